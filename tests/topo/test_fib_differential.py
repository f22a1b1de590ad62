# SPDX-License-Identifier: MIT
"""What the RIB says against what the running kernel does, on random tables under churn.

``fib_differential.c`` does the work; here are its namespaces. RFC 9079 4: destination
first, with fall-through, for each source.
"""

import os
import random
import re
import subprocess

import pytest
from harness.daemons import builddir

DEVICES = ["d1", "d2", "d3", "in"]
SPEC = {"nodes": {"r": {"router": True}, "far": {}},
        "links": {d: {"r": (d, []), "far": (d, [])} for d in DEVICES}}


@pytest.fixture(scope="module")
def program():
    name = "tests/topo/fib_differential"
    subprocess.run(["make", "-s", "-C", builddir(), name], check=True, timeout=300)
    return os.path.join(builddir(), name)


BACKENDS = {
    "ipv6 subtrees": ["--family", "ipv6", "--backend", "subtrees"],
    "ipv6 rules": ["--family", "ipv6", "--backend", "rules"],
    "ipv4 rules": ["--family", "ipv4", "--backend", "rules"],
}


def router(topology):
    """Its IPv4 does not judge where packets come from; nothing here has an address."""
    t = topology(SPEC)
    t["r"].ns.sysctl({f"net/ipv4/conf/{name}/{leaf}": value for name in ["all", *DEVICES]
                   for leaf, value in (("rp_filter", 0), ("accept_local", 1))})
    return t["r"]


def differential(topology, program, seed, rounds, *options):
    r = router(topology)
    p = subprocess.run(["ip", "netns", "exec", r.ns.name, program, "--seed", str(seed),
                        "--rounds", str(rounds), *options, *DEVICES],
                       capture_output=True, text=True, timeout=600)
    print(p.stdout, p.stderr)
    assert p.returncode in (0, 1), p.stderr
    numbers = {what: int(n) for n, what in re.findall(r"(\d+) (\w+)", p.stdout)}
    left = []
    for family in "-4", "-6":
        left += [line for line in r.ip_out(family, "route", "show", "table", "all").splitlines()
                 if "proto kernel" not in line and "table local" not in line]
        left += [line for line in r.ip_out(family, "rule").splitlines() if "zebra" in line]
    return numbers, left


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("seed", [1, "random"])
def test_the_kernel_does_what_the_rib_says(topology, program, seed, backend):
    if seed == "random":
        seed = int(os.environ.get("SRCDEST_TEST_SEED") or random.randrange(3, 1 << 31))
    n, left = differential(topology, program, seed, 85, *BACKENDS[backend])
    assert n["lookups"] >= 100000 and n["operations"] > 20000
    assert n["refused"] == 0
    assert n["wrong"] == 0
    assert left == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_at_no_instant_a_packet_is_misled(topology, program, backend):
    """Lookups after every single write: a route that stays is met all the time, and with
    rules one that changes is the old one until it is the new one."""
    n, _ = differential(topology, program, 2, 6, "--moments", *BACKENDS[backend])
    assert n["looks"] > 30000
    assert n["misled"] == 0 and n["wrong"] == 0


@pytest.mark.parametrize("backend,what", [("ipv6 subtrees", "halves"),
                                          ("ipv6 subtrees", "anchors"),
                                          ("ipv6 rules", "throws"), ("ipv4 rules", "throws")])
def test_without_the_compilers_additions_it_does_not(topology, program, backend, what):
    """Else the test above would show nothing, or the kernel needs them no more."""
    n, _ = differential(topology, program, 1, 12, "--without", what, *BACKENDS[backend])
    assert n["wrong"] > n["lookups"] / 1000
