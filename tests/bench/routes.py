# SPDX-License-Identifier: MIT
"""A table of N routes on its way: from a neighbour into the kernel, on to the next neighbour,
changed, refreshed, withdrawn. One router under test between two speakers (bench_babel.c).

    load --- dut --- sink
"""

import os
import queue
import subprocess
import threading
import time

from harness import Topology, daemons, netns, site

WIRED = 96  # what the link costs, with each implementation
STEP = 256  # by which metrics grow


def program(name):
    return os.path.join(os.environ["BUILDDIR"], "tests/bench", name)


class Told:
    """A program of ours in a namespace, told what to do by lines."""

    def __init__(self, node, name, *args):
        self.name = name
        self.p = subprocess.Popen(node.ns.exec_args([program(name), *args]), text=True,
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

    def hears(self, word, timeout=180):
        """The number that comes with the word."""
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

    def end(self):
        self.p.stdin.close()
        self.p.kill()
        self.p.wait()


# ---- What is measured ----

def ours():
    return [("zebra", {}), ("babeld", {"srcdest-babel:babel": {
        "interface": [{"name": i, "link-type": "wired"} for i in ("d0", "d1")]}})]


def debian():
    return [("debian-babeld", "interface d0 type wired\ninterface d1 type wired\n"
             "redistribute local deny\nredistribute deny\n")]


def bird():
    return [("bird", "router id 10.0.0.9;\n" + site.BIRD_HEAD
             + 'protocol babel { ipv6 sadr { table sadr6; import all; export all; };'
             ' interface "d0", "d1" { type wired; }; }\n')]


KINDS = {"ours": ours, "babeld": debian, "bird": bird}


def spec(daemons):
    return {"nodes": {"load": {}, "sink": {}, "dut": {"router": True, "daemons": daemons}},
            "links": {"in": {"load": ("g0", ["fe80::1/64"]), "dut": ("d0", ["fe80::2/64"])},
                      "out": {"dut": ("d1", ["fe80::3/64"]), "sink": ("s0", ["fe80::4/64"])}}}


ZEBRAS = {"ours": [("zebra", {})],
          "FRR": [("stock-zebra", "no zebra nexthop kernel enable\n")]}


def show(dut):
    """Shows the whole table, as a user would."""
    if "zebra" in dut.daemons:
        netns.run([daemons.program("vtysh"), "--rundir", dut.dir, "-c", "show ipv6 route json"])
    elif "bird" in dut.daemons:
        dut.bird.birdc("show route table sadr6")
    elif "debian-babeld" in dut.daemons:
        getattr(dut, "debian-babeld").dump()
    else:
        getattr(dut, "stock-zebra").vtysh("show ipv6 route json")


def timed(do, *args):
    start = time.monotonic()
    do(*args)
    return time.monotonic() - start


class Account:
    """CPU and memory of the daemons of a node."""

    def __init__(self, node, kinds=("zebra", "babeld", "debian-babeld", "bird", "stock-zebra")):
        self.pids = [d.process.pid for k, d in node.daemons.items() if k in kinds]

    def cpu(self):
        """Seconds, user and system."""
        total = 0
        for pid in self.pids:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
                    total += int(f.read().split()[0])
        return total / 1e9

    def memory(self):
        """Octets that are theirs alone."""
        total = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += sum(int(line.split()[1]) for line in f
                             if line.startswith(("Private_Clean:", "Private_Dirty:")))
        return total * 1024


def idle(account, at_most=20):
    """Waits until the daemons use next to nothing, or so many seconds: some never rest."""
    for _ in range(2 * at_most):
        before = account.cpu()
        time.sleep(0.5)
        if account.cpu() - before < 0.01:
            return


def limit(n, sources):
    """The same table written by bare batches, with a listener: the kernel alone."""
    with Topology(spec([]), captures=False) as net:
        k = Told(net["dut"], "bench_kernel", "d0", n, sources)
        k.hears("ready")
        found = {}
        for word, goal, name in (("write", "all", "announce"), ("delete", "none", "withdraw")):
            k.tell(f"expect {goal}")
            k.tell(word)
            begin = k.hears("begin")
            found[name] = k.hears("reached") - begin
        return found


def through(kind, n, sources, refreshed=0):
    """One run of all with a fresh daemon. Seconds, but memory in octets per route."""
    with Topology(spec(KINDS[kind]()), captures=False) as net:
        dut = net["dut"]
        account = Account(dut)
        k = Told(dut, "bench_kernel", "d0", n, sources)
        load = Told(net["load"], "bench_babel", "g0", n, sources,
                    f"/proc/{account.pids[-1]}/net/udp6")
        sink = Told(net["sink"], "bench_babel", "s0", n, sources)
        for t in (load, sink):
            t.hears("neighbour", 30)
        time.sleep(5)  # both ends know the link, and its cost is at rest
        idle(account)
        found, empty, cpu = {}, account.memory(), account.cpu()
        k.tell("expect all")
        sink.tell(f"expect {WIRED}")
        load.tell("announce 0")
        begin = load.hears("begin")
        found["announce"] = k.hears("reached") - begin
        found["relay"] = sink.hears("reached") - begin
        idle(account)
        found["announce CPU"] = account.cpu() - cpu
        found["octets per route"] = (account.memory() - empty) / n

        found["show"] = timed(show, dut)
        idle(account)

        sink.tell(f"expect {WIRED + STEP}")
        load.tell(f"announce {STEP}")
        begin = load.hears("begin")
        found["metric"] = sink.hears("reached") - begin
        idle(account)
        if refreshed:
            load.tell("refresh 16")
            cpu = account.cpu()
            time.sleep(refreshed)
            found["CPU per minute"] = (account.cpu() - cpu) * 60 / refreshed
            load.tell("refresh 0")
            idle(account)

        cpu = account.cpu()
        k.tell("expect none")
        load.tell("withdraw")
        begin = load.hears("begin")
        found["withdraw"] = k.hears("reached") - begin
        idle(account)
        found["withdraw CPU"] = account.cpu() - cpu
        load.tell("drops")
        found["drops"] = load.hears("drops")
        net.stop_daemons()
        return found


def zapi(kind, n, sources):
    """The same table handed to a zebra over ZAPI alone."""
    with Topology(spec(ZEBRAS[kind]), captures=False) as net:
        dut = net["dut"]
        account = Account(dut)
        k = Told(dut, "bench_kernel", "d0", n, sources)
        client = Told(dut, "bench_zapi", os.path.join(dut.dir, "zserv.api"), "d0", n, sources)
        client.hears("up", 30)
        idle(account)
        found, empty = {}, account.memory()
        for word, goal, name in (("add", "all", "announce"), ("delete", "none", "withdraw")):
            cpu = account.cpu()
            k.tell(f"expect {goal}")
            client.tell(word)
            begin = client.hears("begin")
            found[name] = k.hears("reached") - begin
            idle(account)
            found[name + " CPU"] = account.cpu() - cpu
            if word == "add":
                found["octets per route"] = (account.memory() - empty) / n
                found["show"] = timed(show, dut)
                idle(account)
        net.stop_daemons()
        return found
