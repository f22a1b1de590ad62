#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A commit of many static (D,S) routes, from vtysh to the kernel, against ip(8).

Not part of the check: BUILDDIR=build tests/bench/bench_commit.py [ROUTES [ROUNDS]]
with a build that is optimised and has no sanitizers.

Each round measures, by turns and in the same namespace, until the kernel has all:
`vtysh -f` of one transaction; `ip -6 -batch` of what zebra had put into the kernel,
that is, the routes and the FIB compiler's additions. Prints medians and the ratio.
"""

import os
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "topo"))

from harness import Topology, daemons, wait_until  # noqa: E402

SPEC = {"nodes": {"r": {"daemons": [("zebra", {}),
                                    ("babeld", {"srcdest-babel:babel": {
                                        "interface": [{"name": "e0"}]}})]}, "p": {}},
        "links": {"l": {"r": ("e0", ["fe80::1/64"]), "p": ("e0", ["fe80::2/64"])}}}
DEADLINE = 120


def lines(n):
    """n routes: 100 sources for each destination."""
    return [f"ipv6 route 2001:db8:{0x100 + i // 100:x}::/48 from 2001:db8:a:{i % 100:x}::/64 "
            "fe80::2 e0" for i in range(n)]


def entries():
    """The kernel's count of IPv6 routes, of the namespace of this thread."""
    with open("/proc/thread-self/net/rt6_stats", encoding="ascii") as f:
        return int(f.read().split()[3], 16)


def listing(node):
    """Routes of the kernel, as ip takes them."""
    out = node.ip_out("-6", "route", "show", "table", "all")
    return [re.sub(r" (pref \w+|error -?\d+)", "", line).strip() for line in out.splitlines()]


def idle(node):
    """Nothing changes in the kernel between two looks."""
    return listing(node) == listing(node)


def until(node, count, args):
    """Seconds from the start of a command in the node until the kernel has that many
    routes, and until the command has ended."""
    def measure():
        start = time.monotonic()
        p = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        while entries() != count:
            if time.monotonic() - start > DEADLINE or p.poll():
                print(p.communicate()[0].decode())
                raise AssertionError(f"{entries()} of {count} routes: {args}")
            time.sleep(0.001)
        there = time.monotonic() - start
        said = p.communicate()[0]
        if p.returncode:
            raise AssertionError(said.decode())
        return there, time.monotonic() - start
    return node.ns.call(measure)


def main(n, rounds):
    with Topology(SPEC, captures=False) as t:
        r = t["r"]
        path, removal, batch, undo = (os.path.join(r.dir, x)
                                      for x in ("add", "del", "batch", "undo"))
        with open(path, "w", encoding="ascii") as f:
            f.write("".join(line + "\n" for line in lines(n)))
        with open(removal, "w", encoding="ascii") as f:
            f.write("".join(f"no {line}\n" for line in lines(n)))
        vtysh = [daemons.program("vtysh"), "--rundir", r.dir, "-f"]
        # What zebra puts there, once, to know it and its number.
        base = r.ns.call(entries)
        plain = set(listing(r))
        subprocess.run(vtysh + [path], check=True)
        wait_until(lambda: len(listing(r)) - len(plain) >= n, DEADLINE, "all routes", interval=0.5)
        wait_until(lambda: idle(r), DEADLINE, "zebra has nothing to do", interval=0.5)
        installed = [line for line in listing(r) if line not in plain]
        full = r.ns.call(entries)
        with open(batch, "w", encoding="ascii") as f:
            f.write("".join(f"route add {line}\n" for line in installed))
        with open(undo, "w", encoding="ascii") as f:
            f.write("".join(f"route del {line}\n" for line in installed))
        until(r, base, vtysh + [removal])
        print(f"{n} routes of the RIB, {len(installed)} of the kernel")
        sys.stdout.flush()
        ours, answered, ip, removed = [], [], [], []
        for k in range(rounds):
            there, end = until(r, full, vtysh + [path])
            ours.append(there)
            answered.append(end)
            removed.append(until(r, base, vtysh + [removal])[0])
            # Stopped daemons do not watch: the kernel alone.
            watchers = (r.zebra, r.mgmtd, r.babeld)
            for d in watchers:
                d.signal(19)
            ip.append(until(r, full, ["ip", "-6", "-batch", batch])[0])
            until(r, base, ["ip", "-6", "-batch", undo])
            for d in watchers:
                d.signal(18)
            # zebra sees its routes come and go; it is itself again before the next round.
            wait_until(lambda: r.zebra.show("show ipv6 route summary"), 30, "zebra answers")
            print(f"  round {k + 1}: commit {ours[-1]:.3f} s, ip -batch {ip[-1]:.3f} s",
                  flush=True)
        m, i = statistics.median(ours), statistics.median(ip)
        print(f"vtysh -f until the kernel has all: {m:.3f} s ({n / m:.0f} routes/s); "
              f"until vtysh ends: {statistics.median(answered):.3f} s; "
              f"removal: {statistics.median(removed):.3f} s")
        print(f"ip -6 -batch:                      {i:.3f} s ({len(installed) / i:.0f} routes/s)")
        print(f"ratio: {m / i:.1f}")
        t.stop_daemons()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10000,
         int(sys.argv[2]) if len(sys.argv) > 2 else 5)
