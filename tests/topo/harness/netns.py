# SPDX-License-Identifier: MIT
"""Network namespaces: making, entering for one socket, removing."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000
RUN = "/run/netns"
_libc = ctypes.CDLL(None, use_errno=True)


class CommandFailed(AssertionError):
    pass


def run(args, check=True, stdin=None, timeout=60):
    """Runs a command; its standard output. A failure shows all it said."""
    p = subprocess.run([str(a) for a in args], input=stdin, text=True, capture_output=True,
                       timeout=timeout)
    if check and p.returncode:
        raise CommandFailed(f"{' '.join(map(str, args))}: exit {p.returncode}\n"
                            f"{p.stdout}{p.stderr}")
    return p.stdout


class Namespace:
    """One named namespace, made by the constructor and gone after delete()."""

    def __init__(self, name):
        self.name = name
        run(["ip", "netns", "add", name])
        self.ip("link set lo up")

    def ip(self, *lines):
        """ip(8) commands, all in one process, in this namespace."""
        run(["ip", "-n", self.name, "-batch", "-"], stdin="\n".join(lines) + "\n")

    def exec_args(self, args):
        # The child dies with us whatever happens to us; its pid is the program's.
        return ["ip", "netns", "exec", self.name, "setpriv", "--pdeathsig", "KILL"] + \
            [str(a) for a in args]

    def run(self, args, **kw):
        return run(["ip", "netns", "exec", self.name] + list(args), **kw)

    def popen(self, args, **kw):
        return subprocess.Popen(self.exec_args(args), stdin=subprocess.DEVNULL,
                                start_new_session=True, **kw)  # a Ctrl-C is ours to handle

    def sysctl(self, values):
        """Writes {"net/ipv6/conf/all/forwarding": 1, ...} in this namespace."""
        def write():
            for key, value in values.items():
                with open("/proc/sys/" + key, "w", encoding="ascii") as f:
                    f.write(str(value))
        self.call(write)

    def call(self, function):
        """function() in a thread of its own inside the namespace. A socket made
        there stays in the namespace and may be used anywhere afterwards."""
        result = {}

        def enter():
            try:
                fd = os.open(f"{RUN}/{self.name}", os.O_RDONLY)
                try:
                    if _libc.setns(fd, CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), f"setns {self.name}")
                finally:
                    os.close(fd)
                result["value"] = function()
            except BaseException as e:  # handed to the caller
                result["error"] = e

        t = threading.Thread(target=enter)
        t.start()
        t.join()
        if "error" in result:
            raise result["error"]
        return result["value"]

    def pids(self):
        out = run(["ip", "netns", "pids", self.name], check=False)
        return [int(p) for p in out.split()]

    def delete(self):
        delete_namespace(self.name)


def delete_namespace(name):
    """Ends every process inside the namespace, which is ours alone, and removes it."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + 2
        pids = run(["ip", "netns", "pids", name], check=False).split()
        for pid in pids:
            try:
                os.kill(int(pid), sig)
            except ProcessLookupError:
                pass
        while pids and time.monotonic() < deadline:
            pids = run(["ip", "netns", "pids", name], check=False).split()
            if pids:
                time.sleep(0.02)
        if not pids:
            break
    run(["ip", "netns", "del", name], check=False)


def namespaces():
    """The names of all named namespaces of this machine."""
    try:
        return sorted(os.listdir(RUN))
    except FileNotFoundError:
        return []


# Names of test namespaces carry the pid of the run that owns them.
_OWNED = re.compile(r"^sdt([0-9]+)[a-z]+-")


def sweep_stale():
    """Removes what test runs left that were killed without a chance to clean up."""
    for name in namespaces():
        m = _OWNED.match(name)
        if m and not os.path.exists(f"/proc/{m.group(1)}"):
            delete_namespace(name)
