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


def differential(topology, program, seed, rounds, *options):
    t = topology(SPEC)
    p = subprocess.run(["ip", "netns", "exec", t["r"].ns.name, program, "--seed", str(seed),
                        "--rounds", str(rounds), *options, *DEVICES],
                       capture_output=True, text=True, timeout=300)
    print(p.stdout, p.stderr)
    assert p.returncode in (0, 1), p.stderr
    numbers = [int(n) for n in re.findall(r"(\d+) (?:lookups|operations|refused|wrong)", p.stdout)]
    left = t["r"].ip_out("-6", "route", "show", "table", "main")
    ours = [line for line in left.splitlines() if "proto kernel" not in line]
    return numbers + [ours]


@pytest.mark.parametrize("seed", [1, 2, "random"])
def test_the_kernel_does_what_the_rib_says(topology, program, seed):
    if seed == "random":
        seed = int(os.environ.get("SRCDEST_TEST_SEED") or random.randrange(3, 1 << 31))
    lookups, operations, refused, wrong, left = differential(topology, program, seed, 12)
    assert lookups > 10000 and operations > 3000
    assert refused == 0
    assert wrong == 0
    assert left == []


@pytest.mark.parametrize("what", ["halves", "anchors"])
def test_without_the_compilers_additions_it_does_not(topology, program, what):
    """Else the test above would show nothing, or the kernel needs them no more."""
    lookups, _, _, wrong, _ = differential(topology, program, 1, 12, "--without", what)
    assert wrong > lookups / 1000
