#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Draws what `simulate --log FILE` wrote.

    plot.py [-o OUT.svg] LOG...

Four pictures in one file (SVG or PNG, by its name): how long it took until all
packets that were watched arrived again, by kind of mishap; packets and octets
a second over the run; what a round of each kind cost. Needs python3-matplotlib.
"""
import argparse
import collections
import json


class Run:
    """A log: its plan, its rounds, its seconds."""

    def __init__(self, path):
        self.plan, self.rounds, self.seconds = {}, [], []
        with open(path, encoding="ascii") as f:
            for line in f:
                row = json.loads(line)
                if "plan" in row:
                    self.plan = row["plan"]
                elif "round" in row:
                    self.rounds.append(row)
                else:
                    self.seconds.append(row)

    @property
    def name(self):
        p = self.plan
        return f"{p['shape']} of {p['nodes']}, seed {p['seed']}"

    def rates(self, key):
        """(second, amount in that second) of a counter."""
        pairs = zip(self.seconds, self.seconds[1:])
        return [(b["second"], (b[key] - a[key]) / (b["second"] - a["second"])) for a, b in pairs
                if b["second"] > a["second"]]


def by_kind(runs):
    kinds = collections.defaultdict(list)
    for run in runs:
        for r in run.rounds:
            kinds[r["round"]].append(r)
    return dict(sorted(kinds.items()))


def draw_reach(ax, kinds):
    for kind, rounds in kinds.items():
        reach = sorted(r["reach"] for r in rounds)
        share = [(k + 1) / len(reach) for k in range(len(reach))]
        ax.step(reach, share, where="post", label=f"{kind} ({len(reach)})")
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set_xlabel("seconds until all arrives again")
    ax.set_ylabel("share of rounds")
    ax.legend(fontsize="x-small")


def draw_rate(ax, runs, key):
    for run in runs:
        points = smoothed(run.rates(key))
        ax.plot([t for t, _ in points], [v / run.plan["nodes"] for _, v in points], lw=0.8,
                label=run.name)
    ax.set_xlabel("second of the run")
    ax.set_ylabel(f"{key} a second and router")
    ax.legend(fontsize="x-small")


def smoothed(points, most=500):
    """Means over so many seconds that no more than `most` points are left."""
    step = -(-len(points) // most) or 1
    chunks = [points[k:k + step] for k in range(0, len(points), step)]
    return [(c[0][0], sum(v for _, v in c) / len(c)) for c in chunks]


def draw_cost(ax, kinds):
    names = list(kinds)
    means = [sum(r["packets"] for r in kinds[n]) / len(kinds[n]) for n in names]
    ax.barh(names, means)
    ax.set_xlabel("packets sent in a round, mean")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", default="simulation.svg")
    parser.add_argument("logs", nargs="+", metavar="LOG")
    args = parser.parse_args()
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    runs = [Run(path) for path in args.logs]
    kinds = by_kind(runs)
    fig, axes = pyplot.subplots(2, 2, figsize=(12, 9))
    draw_reach(axes[0][0], kinds)
    draw_cost(axes[0][1], kinds)
    draw_rate(axes[1][0], runs, "packets")
    draw_rate(axes[1][1], runs, "octets")
    fig.tight_layout()
    fig.savefig(args.out)
    print(f"{args.out}: {len(runs)} runs, {sum(len(r.rounds) for r in runs)} rounds")


if __name__ == "__main__":
    main()
