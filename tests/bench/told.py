# SPDX-License-Identifier: MIT
"""Programs of the benchmarks, told what to do by lines."""

import os
import queue
import subprocess
import threading
import time

LIMIT = 120  # seconds for which anything is waited; more is a result, too


def program(name):
    return os.path.join(os.environ["BUILDDIR"], "tests/bench", name)


class Told:
    """One in a namespace."""

    def __init__(self, node, name, *args):
        self.name = name
        self.p = subprocess.Popen(  # pylint: disable=consider-using-with
            node.ns.exec_args([program(name), *map(str, args)]), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        node.topology.on_close(self.end)

    def _read(self):
        for line in self.p.stdout:
            self.lines.put(line.split())
        self.lines.put(None)

    def tell(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()

    def hears(self, word, timeout=None):
        """The number that comes with the word."""
        timeout = timeout or LIMIT
        until = time.monotonic() + timeout
        while True:
            try:
                got = self.lines.get(timeout=max(until - time.monotonic(), 0.01))
            except queue.Empty:
                raise TimeoutError(f"{self.name}: no {word} within {timeout} s") from None
            if got is None:
                raise RuntimeError(f"{self.name} has ended")
            if got[0] == word:
                return float(got[1])

    def asked(self, line, word):
        self.tell(line)
        return self.hears(word)

    def reached(self):
        """When what was expected had come."""
        try:
            return self.hears("reached")
        except TimeoutError:
            so_far = self.asked("counts", "wanted")
            raise TimeoutError(f"{self.name}: {so_far:.0f} routes are as expected after {LIMIT} s"
                               ) from None

    def end(self):
        self.p.stdin.close()
        self.p.kill()
        self.p.wait()
