# SPDX-License-Identifier: MIT
"""A table of N routes on its way: from a neighbour into the kernel, on to the next neighbour,
changed, refreshed, withdrawn. One router under test between two speakers (bench_babel.c).

    load --- d0 dut d1 --- sink

Each experiment puts what it finds into a dict as it goes, so that what was measured before it
ran out of time is not lost.
"""

import os
import statistics
import time

from harness import Topology
from kinds import KINDS, ZEBRAS, Account, lookups, show
from told import Told

WIRED = 96  # what the link costs, with each implementation
STEP = 256  # by which metrics grow
RETRACTED = 65535
CHANGES = 1000  # of one route after the other
CHANGES_LIMIT = 15  # seconds
HELLO = 0.1  # seconds: several come while the table does
REFRESH = 16  # seconds between two announcements of all
REFRESHED = 2 * REFRESH  # seconds, from the middle between two


def spec(told):
    return {"nodes": {"load": {}, "sink": {}, "dut": {"router": True, "daemons": told}},
            "links": {"in": {"load": ("g0", ["fe80::1/64"]), "dut": ("d0", ["fe80::2/64"])},
                      "out": {"dut": ("d1", ["fe80::3/64"]), "sink": ("s0", ["fe80::4/64"])}}}


def timed(do, *args):
    start = time.monotonic()
    do(*args)
    return time.monotonic() - start


def speaker(net, node, ifname, n, sources):
    """One that sends no faster than the router reads."""
    pid = list(Account(net["dut"]).pids.values())[-1]
    return Told(net[node], "bench_babel", ifname, n, sources, f"/proc/{pid}/net/udp6")


def neighbours(account, *speakers):
    for t in speakers:
        t.hears("neighbour", 30)
    time.sleep(5)  # both ends know the link, and its cost is at rest
    account.idle()


def limit(found, n, sources):
    """The same table written by bare batches, with a listener: the kernel alone."""
    with Topology(spec([]), captures=False) as net:
        k = Told(net["dut"], "bench_kernel", "d0", n, sources)
        k.hears("ready")
        for word, goal, name in (("write", "all", "announce"), ("delete", "none", "withdraw")):
            k.tell(f"expect {goal}")
            begin = k.asked(word, "begin")
            found[name] = k.reached() - begin


class Memory:
    """Octets per route of each daemon, from now on."""

    def __init__(self, account, n):
        self.account, self.n = account, n
        self.empty = account.memory()
        account.peak_begins()
        self.least = account.peak()

    def per_route(self, found):
        have = {kind: (octets - self.empty[kind]) / self.n
                for kind, octets in self.account.memory().items()}
        found["octets per route"] = sum(have.values())
        if len(have) > 1:
            found.update({f"... {kind}": octets for kind, octets in have.items()})
        found["... at most"] = (self.account.peak() - self.least) / self.n

    def left(self, found):
        found["... afterwards"] = (sum(self.account.memory().values())
                                   - sum(self.empty.values())) / self.n


def changes(found, account, load, k, n):
    """One route somewhere in the table goes and comes, each awaited at the kernel."""
    took, cpu, start = [], account.cpu(), time.monotonic()
    for c in range(CHANGES):
        if time.monotonic() - start > CHANGES_LIMIT:
            break
        i = (n // 2 + 7919 * (c // 2)) % n
        metric, goal = ((RETRACTED, "none"), (STEP, "all"))[c % 2]
        k.asked(f"expect {goal} {i}", "expecting")
        begin = load.asked(f"change {i} {metric}", "begin")
        took.append(k.reached() - begin)
    account.idle()
    found["change ms"] = statistics.median(took) * 1e3
    found["change CPU ms"] = (account.cpu() - cpu) / len(took) * 1e3


def asked(found, dut, sources):
    """What a user can ask: the whole table, and the way of a packet, one by one and in bulk."""
    found["show"] = timed(show, dut)
    for name, ask in lookups(dut, sources):
        found[f"{name} ms"] = statistics.median(timed(ask, [i]) for i in range(10)) * 1e3
        found[f"{name}, many ms"] = timed(ask, range(200)) / 200 * 1e3


def through(found, kind, n, sources):
    """All of it with a fresh daemon. Seconds if nothing else is said."""
    with Topology(spec(KINDS[kind](["d0", "d1"], None)), captures=False) as net:
        dut = net["dut"]
        account = Account(dut)
        k = Told(dut, "bench_kernel", "d0", n, sources)
        load, sink = (speaker(net, *at, n, sources) for at in (("load", "g0"), ("sink", "s0")))
        neighbours(account, load, sink)
        memory, cpu = Memory(account, n), account.cpu()
        k.tell("expect all")
        sink.tell(f"expect {WIRED}")
        begin = load.asked("announce 0", "begin")
        found["announce"] = k.reached() - begin
        found["relay"] = sink.reached() - begin
        account.idle()
        found["announce CPU"] = account.cpu() - cpu
        memory.per_route(found)
        asked(found, dut, sources)
        account.idle()

        cpu = account.cpu()
        sink.tell(f"expect {WIRED + STEP}")
        begin = load.asked(f"announce {STEP}", "begin")
        found["metric"] = sink.reached() - begin
        account.idle()
        found["metric CPU"] = account.cpu() - cpu
        changes(found, account, load, k, n)

        cpu = account.cpu()
        k.tell("expect none")
        begin = load.asked("withdraw", "begin")
        found["withdraw"] = k.reached() - begin
        account.idle()
        found["withdraw CPU"] = account.cpu() - cpu
        memory.left(found)
        found["drops"] = load.asked("drops", "drops")
        net.stop_daemons()


def refresh(found, kind, n, sources):
    """What it costs when nothing changes but all is announced anew, again and again."""
    with Topology(spec(KINDS[kind](["d0", "d1"], None)), captures=False) as net:
        account = Account(net["dut"])
        k = Told(net["dut"], "bench_kernel", "d0", n, sources)
        load, sink = (speaker(net, *at, n, sources) for at in (("load", "g0"), ("sink", "s0")))
        neighbours(account, load, sink)
        load.tell(f"refresh {REFRESH}")
        k.tell("expect all")
        sink.tell(f"expect {WIRED}")
        load.tell("announce 0")
        k.reached()
        sink.reached()
        account.idle()
        load.tell(f"refresh {REFRESH}")
        time.sleep(REFRESH / 2)
        cpu = account.cpu()
        time.sleep(REFRESHED)
        found["CPU per minute"] = (account.cpu() - cpu) * 60 / REFRESHED
        net.stop_daemons()


def backup(found, kind, n, sources):
    """Two neighbours have the same; the better one retracts: until all lead to the other."""
    with Topology(spec(KINDS[kind](["d0", "d1"], None)), captures=False) as net:
        account = Account(net["dut"])
        k = Told(net["dut"], "bench_kernel", "d0", n, sources)
        better, other = (speaker(net, *at, n, sources) for at in (("load", "g0"), ("sink", "s0")))
        neighbours(account, better, other)
        for t, metric in ((better, 0), (other, STEP)):
            k.tell("expect d0")
            t.asked(f"announce {metric}", "begin")
            k.reached()
            account.idle()
        cpu = account.cpu()
        k.tell("expect d1")
        begin = better.asked("withdraw", "begin")
        found["backup"] = k.reached() - begin
        account.idle()
        found["backup CPU"] = account.cpu() - cpu
        net.stop_daemons()


def hellos(found, kind, n, sources):
    """How late the router's Hellos are, against the interval of the one before, in ms."""
    with Topology(spec(KINDS[kind](["d0", "d1"], HELLO)), captures=False) as net:
        account = Account(net["dut"])
        k = Told(net["dut"], "bench_kernel", "d0", n, sources)
        load, sink = (speaker(net, *at, n, sources) for at in (("load", "g0"), ("sink", "s0")))
        neighbours(account, load, sink)
        sink.asked("hellos", "late")
        time.sleep(3)
        found["Hello late, idle, ms"] = sink.asked("hellos", "late") * 1e3
        k.tell("expect all")
        sink.tell(f"expect {WIRED}")
        load.tell("announce 0")
        k.reached()
        sink.reached()
        time.sleep(1)
        found["Hello late, busy, ms"] = sink.asked("hellos", "late") * 1e3
        net.stop_daemons()


def zapi(found, kind, n, sources):
    """The same table handed to a zebra over ZAPI alone."""
    with Topology(spec(ZEBRAS[kind]), captures=False) as net:
        dut = net["dut"]
        account = Account(dut)
        k = Told(dut, "bench_kernel", "d0", n, sources)
        client = Told(dut, "bench_zapi", os.path.join(dut.dir, "zserv.api"), "d0", n, sources)
        client.hears("up", 30)
        account.idle()
        memory = Memory(account, n)
        for word, goal, name in (("add", "all", "announce"), ("delete", "none", "withdraw")):
            cpu = account.cpu()
            k.tell(f"expect {goal}")
            begin = client.asked(word, "begin")
            found[name] = k.reached() - begin
            account.idle()
            found[name + " CPU"] = account.cpu() - cpu
            if word == "add":
                memory.per_route(found)
                asked(found, dut, sources)
                account.idle()
        memory.left(found)
        net.stop_daemons()
