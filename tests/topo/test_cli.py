# SPDX-License-Identifier: MIT
"""The command line as a person has it: vtysh on a terminal, mgmtd and zebra behind it."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import termios
import time

import pytest
from harness import wait_until
from harness.daemons import program

CTRL_C, CTRL_Z = "\x03", "\x1a"
DEADLINE = 30


class Terminal:
    """vtysh on a pseudo terminal: what is typed, and what stands there then."""

    def __init__(self, rundir, home, columns=200):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = dict(os.environ, TERM="dumb", HOME=home, INPUTRC="/dev/null")
            env.pop("VTYSH_PAGER", None)
            os.execve(program("vtysh"), ["vtysh", "--rundir", rundir], env)
        termios.tcsetwinsize(self.fd, (50, columns))
        self.seen = ""

    def until(self, pattern):
        """Reads until the pattern matches; all up to the end of the match."""
        end = time.monotonic() + DEADLINE
        while not (m := re.search(pattern, self.seen)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"not seen: {pattern!r}; seen: {self.seen!r}")
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace").replace("\r", "")
            except OSError:
                raise AssertionError(f"vtysh ended; seen: {self.seen!r}") from None
        text, self.seen = self.seen[:m.end()], self.seen[m.end():]
        return text

    def type(self, text):
        os.write(self.fd, text.encode())

    def line(self, text, prompt):
        """A whole line; what came before the next prompt."""
        self.type(text + "\n")
        return self.until(rf"{re.escape(prompt)} $")

    def close(self):
        if self.pid is None:
            return
        os.close(self.fd)
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        self.pid = None


@pytest.fixture
def node(topology):
    return topology({"nodes": {"r": {"daemons": [("zebra", {})]}, "p": {}},
                     "links": {"l": {"r": ("v0", ["2001:db8:5::1/64", "fe80::5/64"]),
                                     "p": ("v0", ["2001:db8:5::2/64"])}}})["r"]


@pytest.fixture
def terminal(node):
    made = []

    def make():
        t = Terminal(node.dir, node.dir)
        made.append(t)
        t.until(r"\S+# $")
        t.line("configure terminal", "(config)#")
        t.line("hostname edge", "edge(config)#")
        t.line("end", "edge#")
        return t

    yield make
    for t in made:
        t.close()


def vtysh(node, *args, check=True, stdin=None):
    """(exit code, output) of vtysh with these arguments."""
    p = subprocess.run([program("vtysh"), "--rundir", node.dir, *args], text=True, input=stdin,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    if check:
        assert p.returncode == 0, p.stdout
    return p.returncode, p.stdout


def running(node):
    return vtysh(node, "-c", "show running-config")[1]


def kernel_has(node, text):
    return text in node.ns.run(["ip", "-6", "route", "show", "table", "all"])


def test_a_session_at_a_terminal(node, terminal):
    t = terminal()
    t.line("conf t", "edge(config)#")
    t.line("router babel", "edge(config-router)#")
    t.line("network v0", "edge(config-router)#")
    # A line of another mode, and a command from outside.
    t.line("interface v0", "edge(config-if)#")
    assert " network v0\n" in t.line("do sh run", "edge(config-if)#")
    t.line("exit", "edge(config)#")
    assert "^" in t.line("nonsense", "edge(config)#")
    t.line("no router babel", "edge(config)#")
    t.type("interface v0\n")
    t.until(r"\(config-if\)# $")
    t.type(CTRL_Z)
    t.until(r"edge# $")
    assert "babel" not in running(node)
    # Ctrl-C drops what was typed.
    t.type("show nons" + CTRL_C)
    t.until(r"\^C\n(edge# )+$")
    assert "srcdest " in t.line("show version", "edge#")
    t.type("exit\n")
    t.until(r"exit\n")


def test_help_and_completion(node, terminal):
    t = terminal()
    t.type("show ?")
    # The line comes a second time, behind the help.
    t.until(r"\n  version +Version[^\0]*edge# show \Z")
    t.type("ver\t")
    t.until(r"version $")
    t.line("", "edge#")
    t.line("configure terminal", "edge(config)#")
    # The name of an interface that exists now.
    t.type("interface v\t")
    t.until(r"interface v0 $")
    t.type("\n")
    t.until(r"\(config-if\)# $")
    t.type("babel rxcost ?")
    t.until(r"\(1-65534\)[^\0]*babel rxcost \Z")
    t.line("100", "edge(config-if)#")
    assert "babel rxcost 100" in running(node)
    # Inside quotes it is a character.
    t.line('description "why?"', "edge(config-if)#")
    assert "why?" in running(node)
    assert "json" in vtysh(node, "-c", "show interface ?")[1]


def test_commit_confirmed_comes_back(node, terminal):
    t = terminal()
    vtysh(node, "-c", "configure terminal", "-c", "ipv6 route 2001:db8:7::/48 blackhole")
    wait_until(lambda: kernel_has(node, "2001:db8:7::/48"), DEADLINE, "the route")
    t.line("configure private", "edge(config)#")
    t.line("no ipv6 route 2001:db8:7::/48 blackhole", "edge(config)#")
    assert "-ipv6 route 2001:db8:7::/48 blackhole" in t.line("show configuration diff", "edge(config)#")
    assert kernel_has(node, "2001:db8:7::/48")
    assert "in 3 seconds" in t.line("commit confirmed 3", "edge(config)#")
    t.line("end", "edge#")
    wait_until(lambda: not kernel_has(node, "2001:db8:7::/48"), DEADLINE, "the route gone")
    wait_until(lambda: kernel_has(node, "2001:db8:7::/48"), DEADLINE, "the route back")
    assert "2001:db8:7::/48" in running(node)


def test_exclusive_names_its_owner(node, terminal):
    t = terminal()
    t.line("configure exclusive", "edge(config)#")
    code, text = vtysh(node, "-c", "configure terminal", "-c", "hostname other", check=False)
    assert code == 1
    assert "root" in text and "lock" in text, text
    assert "hostname edge" in running(node)
    t.line("end", "edge#")
    vtysh(node, "-c", "configure terminal", "-c", "hostname other")
    # The lock of a session goes with it.
    t.line("configure exclusive", "other(config)#")
    t.close()
    wait_until(lambda: vtysh(node, "-c", "configure terminal", "-c", "hostname edge",
                             check=False)[0] == 0, DEADLINE, "the lock gone")


def test_file_with_a_bad_line(node):
    path = os.path.join(node.dir, "frr.conf")
    with open(path, "w", encoding="ascii") as f:
        f.write("frr version 8.4.4\nhostname fromfile\n!\nrouter babel\n network v0\n"
                " netwrok v1\n!\ninterface v0\n babel rxcost 70000\n!\n")
    before = running(node)
    code, text = vtysh(node, "-f", path, check=False)
    assert code == 1
    assert f"{path}:6: " in text and "netwrok v1" in text and f"{path}:9: " in text
    assert "(1-65534)" in text
    assert running(node) == before
    with open(path, "w", encoding="ascii") as f:
        f.write("frr version 8.4.4\nhostname fromfile\n!\nrouter babel\n network v0\n!\n")
    vtysh(node, "-C", "-f", path)
    assert running(node) == before
    vtysh(node, "-f", path)
    assert "hostname fromfile" in running(node)


def test_commands_filters_and_exit_codes(node):
    code, text = vtysh(node, "-c", "show running-config | count ^no-such", check=False)
    assert (code, text) == (0, "Count: 0 lines\n")
    assert vtysh(node, "-c", "show nonsense", check=False)[0] == 1
    assert vtysh(node, "--nonsense", check=False)[0] == 2
    code, text = vtysh(node, "-c", "configure terminal\ninterface v0\ndescription a | b\nend",
                       "-c", "show running-config | include description")
    assert text == " description a | b\n"
    # From a pipe: goes on after a failure, and remembers it.
    code, text = vtysh(node, check=False, stdin="nonsense\nshow version\n")
    assert code == 1 and "srcdest" in text


def test_write_survives_a_restart(node):
    vtysh(node, "-c", "configure terminal", "-c", "hostname kept", "-c", "end", "-c",
          "write memory")
    vtysh(node, "-c", "configure terminal", "-c", "hostname lost")
    node.mgmtd.prepare = lambda: None  # the file stays as it was saved
    node.mgmtd.restart()
    assert "hostname kept" in running(node)
    # One that was killed goes on where it was.
    vtysh(node, "-c", "configure terminal", "-c", "hostname unsaved")
    node.mgmtd.kill()
    node.mgmtd.start()
    assert "hostname unsaved" in running(node)


def test_the_shell_outlives_mgmtd(node, terminal):
    t = terminal()
    t.line("configure private", "edge(config)#")
    t.line("hostname lost", "edge(config)#")
    node.mgmtd.kill()
    assert "not running" in t.line("show version", "edge(config)#")
    node.mgmtd.start()
    # What was typed for the former session's mode is not run in the new one.
    assert "not run" in t.line("hostname wrong", "edge#")
    assert "srcdest " in t.line("show version", "edge#")
    assert "hostname edge" in running(node)


def test_hostile_front_ends_end_alone(node, terminal):
    t = terminal()
    path = os.path.join(node.dir, "mgmtd.sock")
    for octets in (b"\xff" * 64, b"\0\0\0\0", b"\0\0\0\x10" + b"\xaa" * 16, b"\0\xff\xff\xff"):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(DEADLINE)
            s.connect(path)
            s.sendall(octets)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
    assert "srcdest " in t.line("show version", "edge#")


def test_large_table_starts_at_once(node, terminal):
    """The first routes are printed before zebra has told the last ones."""
    t = terminal()
    n = 20000
    batch = "".join(f"route add blackhole 2001:db8:{i >> 8:x}:{i & 255:x}00::/56 proto 77\n"
                    for i in range(n))
    subprocess.run(["ip", "netns", "exec", node.ns.name, "ip", "-6", "-batch", "-"], text=True,
                   input=batch, check=True)
    wait_until(lambda: f"{n}" in vtysh(node, "-c", "show ipv6 route summary")[1], 20, "all routes")
    p = subprocess.Popen([program("vtysh"), "--rundir", node.dir, "-c", "show ipv6 route json"],
                         stdout=subprocess.PIPE)
    first = os.read(p.stdout.fileno(), 4096)
    assert first
    # The reader sleeps: mgmtd must neither buffer the table nor be stuck.
    assert "srcdest" in vtysh(node, "-c", "show version")[1]
    rest = p.stdout.read()
    assert p.wait() == 0
    assert len(json.loads(first + rest)["route"]) >= n
    # Ctrl-C drops the rest of the answer, and keeps the session with its mode.
    t.line("configure private", "edge(config)#")
    t.type("show ipv6 route\n")
    t.until(r"2001:db8:2:")
    t.type(CTRL_C)
    t.until(r"\^C\n(?s:.*)edge\(config\)# $")
    assert "srcdest " in t.line("show version", "edge(config)#")
