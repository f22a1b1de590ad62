#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast and how small: ours, its peers and the kernel's own limit, side by side.

    BUILDDIR=build tests/bench/run.py [--routes N[,N...]] [--sources S] [--rounds R]
                                      [--refresh SECONDS] [--zapi] [--kinds ours,bird,...]
                                      [--outages ROUTERS[,...]] [--json FILE]

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

import outages  # noqa: E402
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


def numbers(text):
    return [int(x) for x in text.split(",") if x]


def outage_table(kinds, sizes, rounds):
    """{story: {kind: {routers: [seconds]}}}, printed with the worst in brackets."""
    results = {}
    for story, measured in outages.STORIES.items():
        results[story] = {kind: {n: [] for n in sizes} for kind in kinds}
        for r in range(rounds):
            for n in sizes:
                for kind in kinds:
                    seconds = measured(kind, n)
                    results[story][kind][n].append(seconds)
                    print(f"  round {r + 1}, {story}, {n} routers, {kind}: {seconds:.2f}",
                          flush=True)
        print(f"\n{story}: seconds without an answer, median (worst)")
        print(" " * 18 + "".join(f"{n:>18}" for n in sizes))
        for kind, cells in results[story].items():
            print(f"{kind:18}" + "".join(
                f"{f'{statistics.median(v):.2f} ({max(v):.2f})':>18}" for v in cells.values()))
    return results


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--routes", default="1000,10000,100000", help="'' for none")
    p.add_argument("--outages", default="", help="how long packets are lost, rings and chains")
    p.add_argument("--sources", type=int, default=4)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--refresh", type=int, default=0)
    p.add_argument("--zapi", action="store_true", help="zebra alone too, ours and FRR's")
    p.add_argument("--kinds", default=",".join(routes.KINDS))
    p.add_argument("--json")
    args = p.parse_args()
    if "BUILDDIR" not in os.environ:
        p.error("BUILDDIR must name the build directory")
    kinds = args.kinds.split(",")
    results = {"sources": args.sources, "rounds": args.rounds, "routes": {}}
    for n in numbers(args.routes):
        results["routes"][n] = measure(kinds, n, args)
        table(n, args.sources, results["routes"][n])
    if args.outages:
        results["outages"] = outage_table(kinds, numbers(args.outages), args.rounds)
    if args.json:
        with open(args.json, "w", encoding="ascii") as f:
            json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
