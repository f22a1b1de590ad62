#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast and how small: ours, its peers and the kernel's own limit, side by side.

    BUILDDIR=build-opt tests/bench/run.py            # the quick selection: some minutes
    BUILDDIR=build-opt tests/bench/run.py --full     # all of it
    BUILDDIR=build-opt tests/bench/run.py --routes 100000 --kinds ours,bird    # only that

Not part of the check; needs root, an optimised build without sanitizers, and the peers of
`tools/setup bench`. Each round runs every implementation once, one after the other, so that
a noisy minute hits all alike; prints medians, and writes results.json, report.md and plots
into BUILDDIR/bench. One that takes too long is reported with what it had done by then.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "topo")]

import aims  # noqa: E402
import kinds as implementations  # noqa: E402
import outages  # noqa: E402
import report  # noqa: E402
import routes  # noqa: E402
import told  # noqa: E402

# Of C: they say {name: number}, or a list that compares tables.
PROGRAMS = {"bench_table": ["--json", "--shape", "pairs", "10000", "100000"],
            "bench_core": ["--json"]}
# Sizes of each experiment.
QUICK = {"routes": "1000,10000", "zapi": "10000", "backup": "10000", "hellos": "10000",
         "refresh": "", "outages": "", "programs": True}
FULL = {"routes": "1000,10000,50000,100000,1000000", "zapi": "100000,1000000", "backup": "50000",
        "hellos": "100000", "refresh": "100000", "outages": "5,10,20,50", "programs": True}
EXPERIMENTS = {"routes": routes.through, "backup": routes.backup, "hellos": routes.hellos,
               "refresh": routes.refresh}
MANY = 1_000_000  # routes: in one round only


def jobs(args, kinds):
    """{N: [(column, experiment, what measures it into a dict)]}."""
    found = {}

    def put(n, column, name, do, *how):
        found.setdefault(n, []).append(
            (column, name, lambda into: do(into, *how, n, args.sources)))
    for n in numbers(args.routes):
        put(n, report.LIMIT, "kernel", routes.limit)
    for name, do in EXPERIMENTS.items():
        for n in numbers(getattr(args, name)):
            for kind in kinds:
                if n <= implementations.MOST.get(kind, n) or args.all:
                    put(n, kind, name, do, kind)
    for n in numbers(args.zapi):
        for kind in implementations.ZEBRAS:
            put(n, kind + " by ZAPI", "zapi", routes.zapi, kind)
    return found


def attempt(what, do, into, notes):
    """A failure is a result: it is noted, and what was found before it counts."""
    try:
        do(into)
    except (AssertionError, OSError, RuntimeError, ValueError,
            subprocess.SubprocessError) as e:
        notes.append(f"{what}: {(str(e) or repr(e)).splitlines()[0]}")
        print("  " + notes[-1], file=sys.stderr, flush=True)


def measure(n, work, rounds, notes):
    """{column: {row: median}}; of Hellos the worst."""
    runs = {}
    for r in range(1 if n >= MANY else rounds):
        for column, name, do in work:
            found, start = {}, time.monotonic()
            attempt(f"{column}, {name}, {n} routes", do, found, notes)
            print(f"  round {r + 1}, {name}, {n} routes, {column} "
                  f"({time.monotonic() - start:.0f} s): "
                  + ", ".join(f"{k} {report.number(v)}" for k, v in found.items()), flush=True)
            for row, v in found.items():
                runs.setdefault(column, {}).setdefault(row, []).append(v)
    return {column: {row: (max if row.startswith("Hello") else statistics.median)(v)
                     for row, v in rows.items()} for column, rows in runs.items()}


def numbers(text):
    return [int(x) for x in text.split(",") if x]


def measure_outages(stories, kinds, sizes, rounds, notes):
    """{story: {kind: {routers: [seconds]}}}"""
    results = {}
    for story in stories:
        measured = outages.STORIES[story]
        results[story] = {kind: {str(n): [] for n in sizes} for kind in kinds}
        for r in range(rounds):
            for n in sizes:
                for kind in kinds:
                    seconds = results[story][kind][str(n)]
                    attempt(f"{story}, {n} routers, {kind}",
                            lambda into, k=kind, m=n, f=measured: into.append(f(k, m)),
                            seconds, notes)
                    print(f"  round {r + 1}, {story}, {n} routers, {kind}: {seconds[-1:]}",
                          flush=True)
    return results


def tables_compared(rows):
    """{what: ours as a part of another table's}."""
    ours = {row["pairs"]: row for row in rows if row["table"] == "ours"}
    return {f"{work}, {row['pairs']}: ours/{row['table']}": ours[row["pairs"]][work] / value
            for row in rows if row["table"] != "ours"
            for work, value in row.items() if isinstance(value, float) and value > 0}


def run_programs(notes):
    """{program: {what: number}} of those that are built."""
    found = {}
    for name, options in PROGRAMS.items():
        path = told.program(name)
        if os.access(path, os.X_OK):
            def do(into, command=(path, *options)):
                said = json.loads(subprocess.run(command, check=True, timeout=300,
                                                 stdout=subprocess.PIPE).stdout)
                into.update(tables_compared(said) if isinstance(said, list) else said)
            found[name] = {}
            attempt(name, do, found[name], notes)
    return found


def text(results, markdown=False):
    head, rows = aims.table(results)
    return ((report.grid(head, rows, markdown) + "\n" if rows else "")
            + report.text(results, markdown))


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--full", action="store_true", help="all sizes, peers and rounds")
    p.add_argument("--quick", action="store_true", help="what runs if nothing is asked for")
    p.add_argument("--routes", help="N[,N...]: through a router, from and to a neighbour")
    p.add_argument("--backup", help="N[,N...]: move to another neighbour after a retraction")
    p.add_argument("--hellos", help="N[,N...]: punctuality while so many routes arrive")
    p.add_argument("--refresh", help="N[,N...]: CPU while so many routes are refreshed")
    p.add_argument("--zapi", nargs="?", const="", help="N[,N...]: zebra alone, ours and FRR's; "
                   "without sizes: those of --routes")
    p.add_argument("--outages", help="ROUTERS[,...]: how long packets are lost")
    p.add_argument("--stories", help=", ".join(outages.STORIES))
    p.add_argument("--programs", action="store_true", default=None, help="those of C")
    p.add_argument("--kinds", help=",".join(implementations.KINDS))
    p.add_argument("--all", action="store_true", help="also those too slow for so many routes")
    p.add_argument("--sources", type=int, default=4, help="per destination; 0: plain routes")
    p.add_argument("--rounds", type=int)
    p.add_argument("--limit", type=int, default=told.LIMIT, help="seconds for one step")
    p.add_argument("--add", action="store_true", help="to the results of BUILDDIR/bench")
    p.add_argument("--json", help="a file for the results, beside those of BUILDDIR/bench")
    p.add_argument("--markdown", action="store_true")
    p.add_argument("--record", action="store_true", help="adds the ratios to the history")
    p.add_argument("--compare", action="store_true", help="with the last recorded ratios")
    args = p.parse_args()
    if "BUILDDIR" not in os.environ:
        p.error("BUILDDIR must name the build directory")
    if args.zapi == "":
        args.zapi = args.routes or QUICK["zapi"]
    some = any(getattr(args, name) is not None for name in QUICK)
    for name, value in (FULL if args.full else QUICK).items():
        if getattr(args, name) is None:
            setattr(args, name, ("" if some else value))
    args.rounds = args.rounds or (3 if args.full else 1)
    args.kinds = args.kinds or "ours,babeld,bird,bird3"
    return args


def merged(old, new):
    """Both; of two numbers of the same name the new one."""
    return {**old, **{k: merged(old[k], v) if isinstance(v, dict) and k in old else v
                      for k, v in new.items()}}


def save(results, args):
    """Into BUILDDIR/bench, to what is there if so asked: all that is there now."""
    directory = os.path.join(os.environ["BUILDDIR"], "bench")
    kept = os.path.join(directory, "results.json")
    os.makedirs(directory, exist_ok=True)
    if args.add and os.path.exists(kept):
        with open(kept, encoding="ascii") as f:
            old = json.load(f)
        notes = old["notes"] + [n for n in results["notes"] if n not in old["notes"]]
        results = {**merged(old, results), "notes": notes}
    for path in filter(None, (kept, args.json)):
        with open(path, "w", encoding="ascii") as f:
            json.dump(results, f, indent=1)
    with open(os.path.join(directory, "report.md"), "w", encoding="ascii") as f:
        f.write(text(results, markdown=True))
    report.plots(results, directory)
    return results


def main():
    args = arguments()
    told.LIMIT = args.limit
    kinds = args.kinds.split(",")
    commit = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], check=False,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    notes = []
    results = {"date": time.strftime("%Y-%m-%d"), "commit": commit, "sources": args.sources,
               "routes": {}, "outages": {}, "programs": {}, "notes": notes}
    for n, work in sorted(jobs(args, kinds).items()):
        results["routes"][str(n)] = measure(n, work, args.rounds, notes)
        save(results, args)
    if args.programs:
        results["programs"] = run_programs(notes)
    if args.outages:
        stories = args.stories.split(",") if args.stories else list(outages.STORIES)
        results["outages"] = measure_outages(stories, [k for k in kinds if k in outages.KINDS],
                                             numbers(args.outages), args.rounds, notes)
    results = save(results, args)
    print("\n" + text(results, args.markdown))
    if args.compare:
        print("\n".join(report.compare(results)))
    if args.record:
        report.record(results)


if __name__ == "__main__":
    main()
