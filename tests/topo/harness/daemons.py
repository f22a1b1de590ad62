# SPDX-License-Identifier: MIT
"""The daemons that a topology runs: ours, and the peers unpacked by tools/setup.

Each runs in its node's namespace with a run directory of its own, is started
and ended by pid, and keeps its log. BUILDDIR says which build of ours is meant
(default: build). SRCDEST_VALGRIND=1 runs ours under valgrind.
"""

import json
import os
import signal
import socket
import subprocess

from . import frr, netns, shown
from .wait import NotYet, wait_until

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PEERS = os.environ.get("SRCDEST_PEERS", os.path.join(TOP, "build-peers"))
# What a daemon of ours writes when it has its configuration.
SYNCED = "has sent the configuration"
READY = ": notice: ready\n"  # the last word of a start
# What a sanitizer, valgrind or assert() writes when it has found something.
ALARMS = ("Sanitizer", "runtime error:", "Assertion", "ERROR SUMMARY: ")


def builddir():
    return os.path.abspath(os.environ.get("BUILDDIR", os.path.join(TOP, "build")))


def program(name):
    path = os.path.join(builddir(), name, name)
    if not os.access(path, os.X_OK):
        raise AssertionError(f"{path} is not built")
    return path


class Daemon:
    """One daemon of one node. Subclasses say how it is started and asked."""

    kind = None
    # stderr goes beside the log: sanitizers and early errors write there.

    def __init__(self, node, config, **options):
        self.node, self.config, self.options = node, config, options
        self.dir = node.dir
        self.log = os.path.join(self.dir, self.kind + ".log")
        self.stderr = os.path.join(self.dir, self.kind + ".stderr")
        self.process = None
        self.wrong = []

    def __str__(self):
        return f"{self.kind} on {self.node.name}"

    def prepare(self):
        """Writes configuration files."""

    def command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def start(self):
        self.prepare()
        with open(self.stderr, "ab") as err:
            self.process = self.node.ns.popen(self.command(), stdout=err, stderr=err,
                                              cwd=self.dir, env=self.environment())
        try:
            self.await_ready()
        except AssertionError as e:
            raise AssertionError(f"{self} did not start\n{e}\n{self.log_tail(20)}") from None

    def ready(self):
        return True

    def await_ready(self):
        def check():
            if self.process.poll() is not None:
                raise StartFailed(f"ended at once with {self.process.returncode}")
            return self.ready()
        wait_until(check, 20, f"{self} ready")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, sig):
        self.process.send_signal(sig)

    def kill(self):
        """SIGKILL: it gets no chance to say anything or to clean up."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self.process = None

    def stop(self, timeout=10):
        """SIGTERM; its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = f"no end {timeout} s after SIGTERM"
        self.process = None
        return code

    def restart(self):
        if self.running():
            self.stop()
        self.start()

    def finish(self):
        """Ends it if it runs; what was wrong with it, as a list of lines."""
        if self.process is not None:
            early = self.process.poll()
            if early is not None:
                self.wrong.append(f"{self} had died: {early}\n{self.log_tail(25)}")
                self.process = None
            else:
                code = self.stop()
                if code not in self.good_ends:
                    self.wrong.append(f"{self} ended with {code}\n{self.log_tail(25)}")
        return self.wrong + self.alarms()

    good_ends = (0,)

    def alarms(self):
        return []

    def log_text(self):
        text = ""
        for path in (self.log, self.stderr):
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as f:
                    text += f.read()
        return text

    def log_tail(self, lines=12):
        return "\n".join("    " + line for line in self.log_text().splitlines()[-lines:])


class StartFailed(Exception):
    """Ends the wait for a daemon that will never be ready."""


class Ours(Daemon):
    """Ours: --rundir, and what every one of them can be asked."""

    def __init__(self, node, config, user_options=(), recording=None, **options):
        super().__init__(node, config, **options)
        self.user_options = list(user_options)
        if recording:  # a file name in the node's directory
            self.user_options += ["--record", os.path.join(self.dir, recording)]

    def command(self):
        cmd = [program(self.kind), "--rundir", self.dir, "--log", "file:" + self.log]
        if os.environ.get("SRCDEST_VALGRIND"):
            cmd = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=99"] + cmd
        return cmd + self.user_options

    def environment(self):
        return dict(os.environ, SRCDEST_YANG_DIR=os.path.join(TOP, "yang"))

    @staticmethod
    def _answers(path):
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(path)
            return True
        except OSError:
            return False
        finally:
            s.close()

    def show(self, line):
        """What `line json` shows, through vtysh as a user would, in the words of shown.py."""
        out = netns.run([program("vtysh"), "--rundir", self.dir, "-c", line + " json"],
                        check=False)
        try:
            return shown.plain(json.loads(out))
        except ValueError:
            raise NotYet(f"{self}: {line!r} answered {out!r}") from None

    def show_text(self, line):
        return netns.run([program("vtysh"), "--rundir", self.dir, "-c", line])

    def alarms(self):
        found = [line for line in self.log_text().splitlines() if any(a in line for a in ALARMS)]
        return [f"{self} raised an alarm: {found[0]}\n{self.log_tail(40)}"] if found else []


class Mgmtd(Ours):
    """The configuration of a node: its daemons' together, as a file in FRR's words."""

    kind = "mgmtd"

    def __init__(self, node, config=None, **options):
        super().__init__(node, config, **options)
        self.config_path = os.path.join(self.dir, "srcdest.conf")
        self.has = frr.sections()  # what it was told

    def wanted(self):
        return frr.sections(*self.node.configs.values())

    def prepare(self):
        self.has = self.wanted()
        with open(self.config_path, "w", encoding="ascii") as f:
            f.write(frr.text(self.has))

    def command(self):
        return super().command() + ["--config", self.config_path,
                                    "--statedir", os.path.join(self.dir, "state")]

    def ready(self):
        return self._answers(os.path.join(self.dir, "mgmtd.sock"))

    def load(self, text):
        """Lines in one transaction: what vtysh says of them, and whether it is content."""
        path = os.path.join(self.dir, "change.conf")
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        p = subprocess.run([program("vtysh"), "--rundir", self.dir, "-f", path],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           check=False, timeout=60)
        return p.stdout, p.returncode == 0

    def configure(self):
        """Brings it from what it was told to what the daemons' configurations say."""
        wanted = self.wanted()
        change = frr.difference(self.has, wanted)
        if change:
            says, content = self.load(change)
            if not content:
                raise AssertionError(f"{self} refused\n{change}\n{says}")
        self.has = wanted


class Managed(Ours):
    """A daemon with its configuration from mgmtd."""

    def __init__(self, node, config, **options):
        self.readies = self.synced = 0
        super().__init__(node, config, **options)

    @property
    def config(self):
        return self.node.configs.get(self.kind)

    @config.setter
    def config(self, value):
        self.node.configs[self.kind] = value

    def start(self):
        self.node.manage()
        self.readies = self.log_text().count(READY)
        self.synced = self.log_text().count(SYNCED)
        super().start()

    def ready(self):
        if self.log_text().count(READY) <= self.readies:
            return False
        return not self.node.mgmtd.running() or self.log_text().count(SYNCED) > self.synced

    def reload(self):
        """Its configuration has changed: by one transaction."""
        self.node.mgmtd.configure()


class Zebra(Managed):
    kind = "zebra"  # zserv.api is there before it is ready


class Babeld(Managed):
    kind = "babeld"


class Peer(Daemon):
    def peer_program(self, package, path):
        p = os.path.join(PEERS, package, path)
        if not os.access(p, os.X_OK):
            raise AssertionError(f"{p} is missing: run tools/setup test")
        return p

    def peer_command(self, package, path):
        return [self.peer_program(package, path)]


class DebianBabeld(Peer):
    """Debian's babeld. The configuration is its own configuration language."""

    kind = "debian-babeld"
    debug = "1"

    def prepare(self):
        self.conf = os.path.join(self.dir, "debian-babeld.conf")
        self.socket = os.path.join(self.dir, "debian-babeld.sock")
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(f"local-path {self.socket}\n" + self.config)

    def command(self):
        for leftover in (self.socket, os.path.join(self.dir, "debian-babeld.pid")):
            if os.path.exists(leftover):
                os.unlink(leftover)
        return self.peer_command("babeld", "usr/sbin/babeld") + [
                "-d", self.debug, "-c", self.conf, "-S", os.path.join(self.dir, "debian-babeld.state"),
                "-I", os.path.join(self.dir, "debian-babeld.pid")]

    def ready(self):
        return Ours._answers(self.socket)

    def dump(self):
        """Its own `dump`, split in lines."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            s.connect(self.socket)
            f = s.makefile("rw", encoding="ascii")
            while f.readline().strip() != "ok":  # the greeting
                pass
            f.write("dump\n")
            f.flush()
            lines = []
            while (line := f.readline().strip()) not in ("ok", ""):
                lines.append(line)
            return lines

    def routes(self):
        """{(dst, src): interface} of the routes that it has installed. What it holds as
        unreachable after a retraction has an infinite metric."""
        found = {}
        for line in self.dump():
            w = line.split()
            if w[:2] == ["add", "route"] and w[w.index("installed") + 1] == "yes" \
                    and w[w.index("metric") + 1] != "65535":
                found[(w[w.index("prefix") + 1], w[w.index("from") + 1])] = w[w.index("if") + 1]
        return found


class Bird(Peer):
    """Debian's BIRD 2. The configuration is its own configuration language."""

    kind = "bird"

    def prepare(self):
        self.conf = os.path.join(self.dir, "bird.conf")
        self.socket = os.path.join(self.dir, "bird.ctl")
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(f'log "{self.log}" all;\n' + self.config)

    def command(self):
        return self.peer_command("bird2", "usr/sbin/bird") + [
                "-f", "-c", self.conf, "-s", self.socket, "-P", os.path.join(self.dir, "bird.pid")]

    def ready(self):
        return Ours._answers(self.socket)

    def birdc(self, line, restricted=True):
        return netns.run(self.peer_command("bird2", "usr/sbin/birdc")
                         + (["-r"] if restricted else []) + ["-s", self.socket] + line.split())

    def routes(self, table="sadr6"):
        """{(dst, src): text} of the selected routes of a table."""
        found = {}
        for line in self.birdc(f"show route table {table} primary").splitlines():
            w = line.split()
            if len(w) > 3 and "/" in w[0]:
                src = w[2] if w[1] == "from" else "::/0"
                found[(w[0], src)] = line
        return found


class FrrBabeld(Peer):
    """Debian FRR's own zebra and babeld, for plain routes. The configuration is babeld's."""

    kind = "frr-babeld"
    good_ends = (0,)

    def prepare(self):
        for name in ("zebra", "babeld"):
            with open(os.path.join(self.dir, f"frr-{name}.conf"), "w", encoding="ascii") as f:
                f.write("hostname frr\n")
        # FRR insists on its group. `ip netns exec` has given it a mount namespace of
        # its own, so it can be told of one without touching the machine's list.
        with open("/etc/group", encoding="utf-8") as f:
            groups = f.read()
        with open(os.path.join(self.dir, "group"), "w", encoding="utf-8") as f:
            f.write(groups + "frrvty:x:64999:root\n")
        self.zebra = None

    def environment(self):
        lib = os.path.join(PEERS, "frr", "usr/lib/x86_64-linux-gnu/frr")
        return dict(os.environ, LD_LIBRARY_PATH=lib)

    def _args(self, name):
        d = self.dir
        # /run/frr keeps its seqno over a restart; a lower one would be unfeasible.
        return ["sh", "-c", f'mount --bind {d}/group /etc/group && mount -t tmpfs none /mnt && '
                f'mkdir -p {d}/run /mnt/frr && mount --bind {d}/run /mnt/frr && '
                'mount --rbind /mnt /run && exec "$@"', "sh",
                self.peer_program("frr", "usr/lib/frr/" + name), "-f", f"{d}/frr-{name}.conf",
                "-u", "root",
                "-g", "root", "-z", f"{d}/frr.zserv", "-i", f"{d}/frr-{name}.pid",
                "--vty_socket", d, "-A", "::1", "--log", f"file:{self.log}"]

    def command(self):
        return self._args("babeld")

    def start(self):
        self.prepare()
        with open(self.stderr, "ab") as err:
            # Without this it replaces an IPv6 route by none, and then by the new one.
            self.zebra = self.node.ns.popen(self._args("zebra") + ["--v6-rr-semantics"], stdout=err, stderr=err,
                                            cwd=self.dir, env=self.environment())
        wait_until(lambda: Ours._answers(f"{self.dir}/frr.zserv"), 20, f"FRR zebra of {self}",
                   context=self.log_tail)
        with open(self.stderr, "ab") as err:
            self.process = self.node.ns.popen(self.command(), stdout=err, stderr=err,
                                              cwd=self.dir, env=self.environment())
        wait_until(lambda: Ours._answers(f"{self.dir}/babeld.vty"), 20, f"{self} ready",
                   context=self.log_tail)

        # Interfaces known first, configuration after: the other way round this version
        # joins the multicast group twice and gives the interface up.
        wait_until(lambda: "link0" in self.vtysh("show babel interface"), 10,
                   f"{self} knows its interfaces")
        self.vtysh("configure terminal", *self.config.strip().splitlines())

    def vtysh(self, *lines):
        """What babeld answers to each line, in the framing of FRR's own shell: the text,
        three NULs, a status octet. (The shell itself wants PAM.)"""
        text = b""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            s.connect(f"{self.dir}/babeld.vty")
            for line in ("enable",) + lines:
                s.sendall(line.encode() + b"\0")
                answer = b""
                while answer[-4:-1] != b"\0\0\0":
                    answer += s.recv(65536)
                text += answer[:-4]
        return text.decode()

    def _end_zebra(self):
        if self.zebra and self.zebra.poll() is None:
            self.zebra.send_signal(signal.SIGTERM)
            try:
                self.zebra.wait(10)
            except subprocess.TimeoutExpired:
                self.zebra.kill()
                self.zebra.wait()
        self.zebra = None

    def kill(self):
        super().kill()
        self._end_zebra()

    def stop(self, timeout=10):
        code = super().stop(timeout)
        self._end_zebra()
        return code


KINDS = {c.kind: c for c in (Mgmtd, Zebra, Babeld, DebianBabeld, Bird, FrrBabeld)}
MANAGED = (Zebra.kind, Babeld.kind)
