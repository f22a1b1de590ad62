# SPDX-License-Identifier: MIT
"""The lab behind ./lab: builds the site, observes real packets, says what it saw.

A row of the table is printed as ok only if each thing it says was observed.
"""

import fcntl
import os
import shutil
import signal
import sys
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "topo"))
sys.dont_write_bytecode = True

from harness import Stream, Topology, WaitTimeout, netns, site, wait_until  # noqa: E402
from harness.daemons import program  # noqa: E402

PREFIX = "srcdest-"
RUN = "/run/srcdest-lab"
LOCK = "/run/srcdest-lab.pid"
ROUTERS = ("ea", "eb", "core")
NODES = ("ispa", "ispb", "ea", "eb", "core", "host")
KEPT = os.path.join(TOP, "build", "lab-failed")
SETTLED = 200  # probes that must all fare alike once a phase has settled

DRAWING = """
                     the beacon 2001:db8:ffff::1, behind both
          ispa, delegated 2001:db8:a::/48     ispb, delegated 2001:db8:b::/48
             |                                   |
             ea  ::/0 from 2001:db8:a::/48       eb  ::/0 from 2001:db8:b::/48
              `------------- core --------------'    (only Babel, nothing static)
                              |
                             host  2001:db8:a:1::10 and 2001:db8:b:1::10
"""


def say(text=""):
    print(text, flush=True)


class Table:
    """Rows as they are observed; remembers whether one failed."""

    WIDTHS = (18, 17, 32, 12, 9, 9)

    def __init__(self):
        self.failed = 0

    def head(self):
        self._line("phase", "source", "what its packets met", "probes/lost", "drops A/B", "took",
                   "")
        say("-" * 104)

    def row(self, phase, source, met, counts, drops, took, wrong):
        """wrong: what was not as it has to be; empty if the row was observed."""
        if wrong:
            self.failed += 1
        self._line(phase, source, met, counts, drops, took,
                   "FAILED: " + "; ".join(wrong) if wrong else "ok")

    def _line(self, *columns):
        widths = self.WIDTHS + (0,)
        say(" ".join(str(c).ljust(w) for c, w in zip(columns, widths)).rstrip())


class Lab:
    def __init__(self, topology, table):
        self.t, self.table = topology, table
        self.streams = {}
        self.base = {}
        self.seen_drops = {}

    def start_streams(self):
        for letter in "ab":
            s = Stream(self.t["host"].ns, site.HOST[letter], site.BEACON)
            self.t.on_close(lambda s=s: s.stop(linger=0))
            self.streams[letter] = s.start()

    def drops(self):
        return {letter: site.drops(self.t, letter) - self.base[letter] for letter in "ab"}

    def settle(self, since):
        """Waits until each source had SETTLED probes since then and their fate is known."""
        for s in self.streams.values():
            def enough(s=s):
                sent = [o for o in list(s.outcomes) if o.sent >= since]
                return len(sent) >= SETTLED and (all(o.at for o in sent[:SETTLED])
                                                 or sent[-1].sent - since > 5)
            wait_until(enough, 30, "the probes of this phase")

    def between(self, letter, start, end):
        """The outcomes of what was sent in that time; stragglers get a second to come in."""
        found = [o for o in list(self.streams[letter].outcomes) if start <= o.sent < end]
        try:
            wait_until(lambda: all(o.at for o in found), 1, "stragglers")
        except WaitTimeout:
            pass
        return found

    def judge(self, phase, letter, met, took, start, end, fault=()):
        """One row: between start and end every probe of this source met `met`."""
        probes = self.between(letter, start, end)
        fates = {}
        for o in probes:
            f = fate(self.t, o)
            fates[f] = fates.get(f, 0) + 1
        wrong = list(fault)
        if set(fates) != {met}:
            wrong.append(f"expected only: {met}")
        drops = self.drops()
        if any(drops.values()):
            wrong.append("an ISP got foreign packets")
        answered = sum(n for f, n in fates.items() if f.startswith("left by"))
        unanswered = len(probes) - answered
        counts = f"{len(probes)}/{unanswered if met.startswith('left') else '-'}"
        self.table.row(phase, site.HOST[letter],
                       ", ".join(f if len(fates) == 1 else f"{n} {f}" for f, n in fates.items())
                       or "nothing was sent", counts, f"{drops['a']}/{drops['b']}", took, wrong)

    def first(self, letter, test, since, timeout):
        """When the first answer like that came, in seconds after `since`, or None."""
        s = self.streams[letter]
        try:
            o = wait_until(lambda: s.first(test, since), timeout, "")
        except WaitTimeout:
            return None
        return o.at - since

    def longest_gap(self, letter, start, end):
        """The longest time without an answer, for a source that shall not notice anything."""
        at = [o.at for o in self.between(letter, start, end) if o.exit]
        return f"gap {1000 * max((b - a for a, b in zip(at, at[1:])), default=0):.0f} ms"

    def phase(self, name, since, want, timeout, stream_b_from):
        """A change at `since`: waits for A to meet `want`, then rows for both sources."""
        took = self.first("a", lambda o: fate(self.t, o) == want, since, timeout)
        fault = [] if took is not None else [f"not within {timeout} s"]
        settled = since + (took or 0) + 0.02
        self.settle(settled)
        end = time.monotonic()
        self.judge(name, "a", want, seconds(took), settled, end, fault)
        self.judge(name, "b", "left by ispb", self.longest_gap("b", stream_b_from, end),
                   stream_b_from, end)
        return end


def fate(topology, outcome):
    if outcome.exit:
        return f"left by {outcome.exit}"
    if outcome.error:
        return f"{outcome.error}, says {topology.name_of(outcome.router)}"
    return "silence"


def seconds(t):
    return "-" if t is None else f"{t:.2f} s"


def observe(topology, table, started):
    """All phases. Stops early only where the rest would say nothing."""
    lab = Lab(topology, table)
    try:
        observe_phases(topology, table, started, lab)
    finally:
        for s in lab.streams.values():
            s.stop(linger=0)


def observe_phases(topology, table, started, lab):
    for letter in "ab":
        counted = site.probe_filter(topology, letter)
        lab.base[letter] = site.drops(topology, letter)
        say(f"lab: isp{letter} drops and counts foreign sources ({counted} of 3 sent to it)")
        if counted != 3:
            say(f"lab: FAILED: isp{letter} counted {counted} foreign packets of 3")
            table.failed += 1
    say("lab: waiting for both sources to reach the beacon")
    took = {}
    for letter in "ab":
        def reached(letter=letter):
            return site.path_exit(topology, letter).exit == "isp" + letter
        try:
            wait_until(reached, 30, "")
            took[letter] = time.monotonic() - started
        except WaitTimeout:
            took[letter] = None
    say()
    table.head()
    lab.start_streams()
    start = time.monotonic()
    lab.settle(start)
    end = time.monotonic()
    for letter in "ab":
        fault = [] if took[letter] is not None else ["not within 30 s"]
        lab.judge("both uplinks up", letter, "left by isp" + letter, seconds(took[letter]), start,
                  end, fault)
    if table.failed:
        return
    down = time.monotonic()
    site.uplink_down(topology, "a")
    end = lab.phase("uplink A withdrawn", down, "unreachable, no route, says core", 20, end)
    if table.failed:
        return
    site.uplink_up(topology, "a")
    lab.phase("uplink A back", end, "left by ispa", 20, end)


def run():
    say(DRAWING)
    say("lab: making namespaces, starting zebra and babeld on ea, eb and core")
    table = Table()
    with Topology(site.spec(), prefix=PREFIX, directory=RUN, captures=False) as t:
        started = time.monotonic()
        site.furnish(t)
        observe(t, table, started)
        dead = [str(d) for d in t.all_daemons() if not d.running()]
        for d in dead:
            say(f"FAILED: {d} has died")
        if table.failed or dead:
            say()
            say(t.logs(15))
            t.keep(KEPT)
            say(f"\nlab: FAILED; logs are kept in {os.path.relpath(KEPT, TOP)}/")
        else:
            say("\nlab: every line was observed")
        if sys.stdin.isatty() and sys.stdout.isatty():
            stay(t)
    say("lab: removed all that was made")
    return 1 if table.failed or dead else 0


def stay(topology):
    say("\nlab: stays up. Look around from another terminal, as root:")
    for n in ROUTERS:
        say(f'  ip netns exec {PREFIX}{n} {program("vtysh")} --rundir {topology[n].dir}'
            ' -c "show babel route"')
    say("or shorter:")
    say('  ./lab vtysh core -c "show ipv6 route"        (also: show babel neighbor, '
        "show interface, ...)")
    say(f"  ./lab sh host ping -c1 -I {site.HOST['a']} {site.BEACON}")
    say("lab: Ctrl-C, or ./lab down, removes everything")
    try:
        while True:
            signal.pause()
    except SystemExit:
        pass  # the exit code is what was observed before


def lock():
    """The lock file, held while a lab is up; None if another one holds it."""
    f = open(LOCK, "a+", encoding="ascii")
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        f.close()
        return None
    return f


def sweep():
    """Removes what a lab left that was killed; True if there was anything."""
    names = [PREFIX + n for n in NODES if PREFIX + n in netns.namespaces()]
    for n in names:
        netns.delete_namespace(n)
    if os.path.isdir(RUN):
        shutil.rmtree(RUN)
        return True
    return bool(names)


def up():
    held = lock()
    if not held:
        with open(LOCK, encoding="ascii") as f:
            say(f"lab: a lab is up already (process {f.read().strip()}); "
                "./lab down removes it")
        return 1
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()

    def end(number, _):
        # Further signals must not interrupt the cleaning.
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_IGN)
        say("\nlab: ending, removing everything")
        sys.exit(128 + number)

    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, end)
    if sweep():
        say("lab: removed what an earlier lab had left")
    try:
        return run()
    except AssertionError as e:  # a command or a daemon that failed says why
        say(f"\nlab: FAILED: {e}\nlab: removed all that was made")
        return 1
    finally:
        os.unlink(LOCK)


def down():
    held, ended = lock(), False
    if not held:
        with open(LOCK, encoding="ascii") as f:
            pid = int(f.read())
        os.kill(pid, signal.SIGTERM)
        say(f"lab: ending the lab that is up (process {pid})")
        held, ended = wait_until(lock, 30, "the lab's end"), True
    swept = sweep()
    if os.path.exists(LOCK):
        os.unlink(LOCK)
    say("lab: removed everything" if swept or ended else "lab: no lab is up, and nothing is left")
    return 0


def enter(what, args):
    """./lab vtysh NODE ..., ./lab sh NODE ...: becomes that program."""
    nodes = ROUTERS if what == "vtysh" else NODES
    if not args or args[0] not in nodes:
        say(f"usage: ./lab {what} {'|'.join(nodes)} [...]")
        return 2
    if PREFIX + args[0] not in netns.namespaces():
        say("lab: no lab is up: ./lab, in a terminal, makes one that stays")
        return 1
    if what == "vtysh":
        path = program("vtysh")
        os.execv(path, [path, "--rundir", os.path.join(RUN, args[0])] + args[1:])
    command = args[1:] or [os.environ.get("SHELL", "/bin/bash")]
    os.execvp("ip", ["ip", "netns", "exec", PREFIX + args[0]] + command)


def main(args):
    if not args:
        return up()
    if args == ["down"]:
        return down()
    if args[0] in ("vtysh", "sh"):
        return enter(args[0], args[1:])
    say("usage: ./lab [down | vtysh NODE ... | sh NODE ...]")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
