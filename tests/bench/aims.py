# SPDX-License-Identifier: MIT
"""What the project wants to reach, as ratios, and what a run has reached."""

import statistics

from report import LIMIT, OURS, best_peer, growth, ratio

N = "100000"  # routes; an aim for another number says so


def _of(row, to, n=N):
    """Ours to the kernel alone, to the best peer, or as it is."""
    def value(results):
        columns = results["routes"].get(n, {})
        ours = columns.get(OURS, {}).get(row)
        if to == "kernel":
            return ratio(ours, columns.get(LIMIT, {}).get(row))
        return ratio(ours, best_peer(columns, row)) if to == "peer" else ours
    return value


def _growth(row, a="10000", b=N):
    """By how much ours grows steeper than the kernel's own time."""
    def value(results):
        found = growth(results["routes"]).get((row, a, b), {})
        return found[OURS] - found[LIMIT] if OURS in found and LIMIT in found else None
    return value


def _change(row):
    def value(results):
        small, large = (results["routes"].get(n, {}).get(OURS, {}).get(row) for n in ("1000", N))
        return ratio(large, small)
    return value


def _table(work):
    def value(results):
        return results["programs"].get("bench_table", {}).get(f"{work}, {N}: ours/frr")
    return value


def _outage(story, worst=False):
    def value(results):
        sizes = results["outages"].get(story, {}).get(OURS, {}).values()
        found = [(max if worst else statistics.median)(s) for s in sizes if s]
        return max(found, default=None)
    return value


AIMS = [
    ("announce, to the kernel alone", 1.05, _of("announce", "kernel")),
    ("withdraw, to the kernel alone", 1.5, _of("withdraw", "kernel")),
    ("CPU of announce, to the best peer", 1, _of("announce CPU", "peer")),
    ("octets per route", 350, _of("octets per route", None)),
    ("CPU while refreshed, to the best peer", 0.5, _of("CPU per minute", "peer")),
    ("growth of announce from 10,000, above the kernel's exponent", 0, _growth("announce")),
    ("growth of withdraw from 10,000, above the kernel's exponent", 0, _growth("withdraw")),
    ("growth of announce to 1,000,000, above the kernel's exponent", 0,
     _growth("announce", N, "1000000")),
    ("growth of withdraw to 1,000,000, above the kernel's exponent", 0,
     _growth("withdraw", N, "1000000")),
    ("relay, to the best peer", 1, _of("relay", "peer")),
    ("metric change at the next neighbour, to the best peer", 0.5, _of("metric", "peer")),
    ("50,000 routes move to a backup, to the best peer", 1, _of("backup", "peer", "50000")),
    ("a change in 100,000 routes, to one in 1,000: time", 1.1, _change("change ms")),
    ("a change in 100,000 routes, to one in 1,000: CPU", 1.1, _change("change CPU ms")),
    ("latest Hello while routes arrive, ms", 50, _of("Hello late, busy, ms", None)),
    *((f"(D,S) table: {work}, to the shape of FRR's", 0.5, _table(work))
      for work in ("insert", "find", "lookup", "walk", "delete", "octets")),
    ("ring, carrier lost, s", 0.5, _outage("ring carrier lost")),
    ("ring, carrier lost, worst run, s", 1, _outage("ring carrier lost", True)),
    ("ring, silent loss, s", 12, _outage("ring silent loss")),
    ("uplink withdrawn, s", 0.5, _outage("uplink withdrawn")),
]


def table(results):
    """Head and rows: those that were measured."""
    rows = []
    for what, aim, value in AIMS:
        got = value(results)
        if got is not None:
            rows.append([what, f"{aim:g}", f"{got:.2f}", "yes" if got <= aim else "no"])
    return ["100,000 routes unless another number is said", "at most", "is", "reached"], rows
