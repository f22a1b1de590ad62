#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long a commit of many static (D,S) routes takes, to the kernel, against the kernel alone.

    BUILDDIR=build tests/bench/commit.py [N]

Needs root: it makes network namespaces. Build without sanitizers. The kernel
alone is `ip -batch` with the same routes.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "topo"))
from harness import Topology, netns, wait_until  # noqa: E402

SPEC = {"nodes": {"r": {"router": True, "daemons": [("zebra", {}), ("babeld", {})]}, "x": {}},
        "links": {"v": {"r": ("v0", ["fe80::1/64"]), "x": ("x0", ["fe80::2/64"])}}}


def pairs(n):
    return [("2001:db8:%x:%x::/64" % (0x100 + i // 1000, i % 1000), "2001:db8:a:%x::/64" % (i % 16))
            for i in range(n)]


def timed(what, do):
    start = time.monotonic()
    do()
    took = time.monotonic() - start
    print(f"{what:34} {took:7.2f} s")
    return took


def main(n):
    with Topology(SPEC, captures=False) as net:
        r = net["r"]
        ns = r.ns.name
        batch = "".join(f"route add {d} from {s} via fe80::2 dev v0 proto 77\n" for d, s in pairs(n))
        alone = timed(f"kernel alone, {n} routes", lambda: netns.run(
            ["ip", "-6", "-n", ns, "-batch", "-"], stdin=batch))
        netns.run(["ip", "-6", "-n", ns, "route", "flush", "proto", "77"])

        def in_kernel():
            lines = r.ip_out("-6", "route", "show", "proto", "196").splitlines()
            return len([line for line in lines if " from " in line]) == n

        def commit():
            says, content = r.mgmtd.load("".join(f"ipv6 route {d} from {s} fe80::2 v0\n"
                                                 for d, s in pairs(n)))
            assert content, says
            wait_until(in_kernel, 60, "all in the kernel", interval=0.05)
        ours = timed("one commit, file to kernel", commit)
        timed("one route more", lambda: r.mgmtd.load("ipv6 route 2001:db8::/48 fe80::2 v0\n"))
        print(f"{'ratio to the kernel alone':34} {ours / alone:7.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10000)
