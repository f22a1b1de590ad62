# SPDX-License-Identifier: MIT
"""What is measured: ours, Debian's peers, and the newest of them (`tools/setup bench`)."""

import os
import time

from harness import daemons, netns, site
from harness.daemons import Bird, DebianBabeld


class Quiet(DebianBabeld):
    """Without -d 1, with which it prints all its tables whenever anything happens."""

    kind, debug = "quiet-babeld", "0"


class Newest:
    """By its own loader, with its own libraries."""

    directory = None

    def peer_command(self, _package, path):
        loader = self.peer_program(self.directory, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        return [loader, "--library-path", os.path.dirname(loader),
                self.peer_program(self.directory, path)]


class BabeldNew(Newest, Quiet):
    kind = directory = "babeld-new"


class BirdNew(Newest, Bird):
    kind, directory = "bird-new", "bird2-new"


class Bird3(Newest, Bird):
    kind = directory = "bird3"


daemons.KINDS.update({c.kind: c for c in (Quiet, BabeldNew, BirdNew, Bird3)})


# ---- What their daemons are told: Babel on these interfaces, with that Hello interval ----

def _ours(interfaces, hello):
    extra = {"mcast-hello-interval": int(hello * 100)} if hello else {}
    return [("zebra", {}), ("babeld", {"srcdest-babel:babel": {
        "limit": {"neighbor-routes": 1_000_000},  # not 200,000
        "interface": [{"name": i, "link-type": "wired", **extra} for i in interfaces]}})]


def _babeld(program):
    def told(interfaces, hello):
        extra = f" hello-interval {hello}" if hello else ""
        return [(program, "".join(f"interface {i} type wired{extra}\n" for i in interfaces)
                 + "redistribute local deny\nredistribute deny\n")]
    return told


def _bird(program):
    def told(interfaces, hello):
        extra = f" hello interval {int(hello * 1000)} ms;" if hello else ""
        names = ", ".join(f'"{i}"' for i in interfaces)
        return [(program, "router id 10.0.0.9;\n" + site.BIRD_HEAD
                 + 'protocol babel { ipv6 sadr { table sadr6; import all; export all; };'
                 f" interface {names} {{ type wired;{extra} }}; }}\n")]
    return told


KINDS = {"ours": _ours, "babeld": _babeld("quiet-babeld"), "bird": _bird("bird"),
         "babeld-new": _babeld("babeld-new"), "bird-new": _bird("bird-new"),
         "bird3": _bird("bird3")}
# Above so many routes they are left out, unless asked for: their tables are not made for it.
MOST = {"babeld": 100_000, "babeld-new": 100_000}
ZEBRAS = {"ours": [("zebra", {})],
          "FRR": [("stock-zebra", "no zebra nexthop kernel enable\n")]}


# ---- What they cost ----

class Account:
    """CPU and memory of the routing daemons of a node."""

    def __init__(self, node):
        self.pids = {kind: d.process.pid for kind, d in node.daemons.items() if kind != "mgmtd"}

    def cpu(self):
        """Seconds, user and system."""
        total = 0
        for pid in self.pids.values():
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
                    total += int(f.read().split()[0])
        return total / 1e9

    def memory(self):
        """{daemon: octets that are its alone}."""
        return {kind: _kilobytes(pid, "smaps_rollup", ("Private_Clean:", "Private_Dirty:"))
                for kind, pid in self.pids.items()}

    def peak_begins(self):
        for pid in self.pids.values():
            with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as f:
                f.write("5")

    def peak(self):
        """What all have had at most since, shared pages included."""
        return sum(_kilobytes(pid, "status", ("VmHWM:",)) for pid in self.pids.values())

    def idle(self, at_most=20):
        """Waits until they use next to nothing, or so many seconds: some never rest."""
        for _ in range(2 * at_most):
            before = self.cpu()
            time.sleep(0.5)
            if self.cpu() - before < 0.01:
                return


def _kilobytes(pid, name, words):
    with open(f"/proc/{pid}/{name}", encoding="ascii") as f:
        return 1024 * sum(int(line.split()[1]) for line in f if line.startswith(words))


# ---- What they can be asked ----

def vtysh(dut, *lines):
    netns.run([daemons.program("vtysh"), "--rundir", dut.dir]
              + [word for line in lines for word in ("-c", line)], timeout=300)


def _the(dut, kind):
    return next((d for d in dut.daemons.values() if isinstance(d, kind)), None)


def show(dut):
    """Shows the whole table, as a user would."""
    if "zebra" in dut.daemons:
        vtysh(dut, "show ipv6 route json")
    elif _the(dut, Bird):
        _the(dut, Bird).birdc("show route table sadr6")
    elif _the(dut, DebianBabeld):
        _the(dut, DebianBabeld).dump()
    else:
        getattr(dut, "stock-zebra").vtysh("show ipv6 route json")


def _packet(i, sources):
    """Destination and source of a packet that takes route i of bench.h."""
    d, s = divmod(i, sources) if sources else (i, 0)
    return f"2001:db8:{d >> 16:x}:{d & 0xffff:x}::1", f"3fff:{s:x}::1"


def lookups(dut, sources):
    """[(name, what asks for the ways of packets)]: nothing where nobody answers for a pair."""
    def ours(what):
        return lambda numbers: vtysh(dut, *(f"show {what} route {d} from {s}" for d, s in
                                            (_packet(i, sources) for i in numbers)))

    if "zebra" not in dut.daemons:
        return []
    return [(f"explain {what}", ours(what)) for what in ("ipv6", "babel")
            if what == "ipv6" or "babeld" in dut.daemons]
