#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast and how small: ours, its peers and the kernel's own limit, side by side.

    BUILDDIR=build tests/bench/run.py [--routes N[,N...]] [--sources S] [--rounds R]
                                      [--refresh SECONDS] [--zapi] [--kinds ours,bird,...]
                                      [--json FILE]

Not part of the check; needs root, an optimised build without sanitizers, and the peers of
`tools/setup test`. Each round runs every implementation once, one after the other, so that
a noisy minute hits all alike; prints medians, and their ratio to the kernel alone.
"""

import argparse
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "topo")]

import routes  # noqa: E402

ROWS = ("announce", "withdraw", "relay", "metric", "announce CPU", "withdraw CPU",
        "octets per route", "CPU per minute", "show", "drops")
LIMIT = "kernel limit"


def medians(runs):
    names = {name for run in runs for name in run}
    return {name: statistics.median(run[name] for run in runs if name in run) for name in names}


def measure(kinds, n, args):
    """Medians for the kernel alone, and for each implementation."""
    def work():
        yield LIMIT, lambda: routes.limit(n, args.sources)
        for kind in kinds:
            yield kind, lambda k=kind: routes.through(k, n, args.sources, args.refresh)
        for kind in routes.ZEBRAS if args.zapi else ():
            yield kind + " by ZAPI", lambda k=kind: routes.zapi(k, n, args.sources)

    runs = {kind: [] for kind, _ in work()}
    for r in range(args.rounds):
        for kind, do in work():
            try:
                found = do()
            except TimeoutError as e:
                found = {}
                print(f"{kind}, {n} routes: {e}", file=sys.stderr)
            runs[kind].append(found)
            print(f"  round {r + 1}, {kind}: "
                  + ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
    return {kind: medians(found) for kind, found in runs.items()}


def table(n, sources, found):
    print(f"\n{n} routes, {sources} sources per destination; in brackets: to the kernel alone")
    print(" " * 18 + "".join(f"{kind:>18}" for kind in found))
    for row in ROWS:
        cells = []
        for kind in found:
            value, limit = found[kind].get(row), found[LIMIT].get(row)
            text = "" if value is None else f"{value:.3f}" if value < 100 else f"{value:.0f}"
            if value is not None and limit:
                text += f" ({value / limit:.2f})"
            cells.append(f"{text:>18}")
        print(f"{row:18}" + "".join(cells))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--routes", default="1000,10000,100000")
    p.add_argument("--sources", type=int, default=4)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--refresh", type=int, default=0)
    p.add_argument("--zapi", action="store_true", help="zebra alone too, ours and FRR's")
    p.add_argument("--kinds", default=",".join(routes.KINDS))
    p.add_argument("--json")
    args = p.parse_args()
    if "BUILDDIR" not in os.environ:
        p.error("BUILDDIR must name the build directory")
    results = {}
    for n in (int(x) for x in args.routes.split(",")):
        results[n] = measure(args.kinds.split(","), n, args)
        table(n, args.sources, results[n])
    if args.json:
        with open(args.json, "w", encoding="ascii") as f:
            json.dump({"sources": args.sources, "rounds": args.rounds, "results": results}, f,
                      indent=1)


if __name__ == "__main__":
    main()
