# SPDX-License-Identifier: MIT
"""Tables, ratios and plots of what run.py has found, and the history of the ratios.

Results are {"routes": {N: {column: {row: number}}}, "outages": {story: {kind: {routers:
[seconds]}}}, "programs": {name: {what: number}}, "notes": [text]}. Less is better throughout.
"""

import json
import math
import os
import statistics

import plot
from kinds import KINDS

LIMIT, OURS = "kernel limit", "ours"
PEERS = [kind for kind in KINDS if kind != OURS]
HISTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../doc/dev/performance-history.jsonl")
WORSE = 1.10
ROWS = ("announce", "withdraw", "relay", "metric", "backup", "announce CPU", "withdraw CPU",
        "metric CPU", "backup CPU", "CPU per minute", "change ms", "change CPU ms",
        "octets per route", "... zebra", "... babeld", "... at most", "... afterwards",
        "Hello late, idle, ms", "Hello late, busy, ms", "show", "explain ipv6 ms",
        "explain ipv6, many ms", "explain babel ms", "explain babel, many ms", "drops")
UNRATED = ("Hello late, idle, ms", "Hello late, busy, ms", "drops")  # to nobody's
GROWING = ("announce", "withdraw", "announce CPU", "withdraw CPU")
# What a run on another machine, or on a busy one, may be compared with.
COMPARED = ("announce", "withdraw", "relay", "metric", "backup", "announce CPU", "withdraw CPU",
            "CPU per minute", "octets per route", "show")


def number(v):
    return f"{v:.0f}" if abs(v) >= 100 else f"{v:.1f}" if abs(v) >= 10 else f"{v:.3f}"


def grid(head, rows, markdown):
    if markdown:
        lines = [head, ["---"] * len(head), *rows]
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
    widths = [max(len(line[k]) for line in [head, *rows]) for k in range(len(head))]
    return "".join("  ".join(cell.ljust(w) if k == 0 else cell.rjust(w)
                             for k, (cell, w) in enumerate(zip(line, widths))).rstrip() + "\n"
                   for line in [head, *rows])


def best_peer(columns, row):
    return min((columns[p][row] for p in PEERS if row in columns.get(p, {})), default=None)


def ratio(a, b):
    return a / b if a and b and a > 0 and b > 0 else None


def routes_table(columns):
    """Head and rows for one size: ours against the best peer, all against the kernel alone."""
    named = {row for found in columns.values() for row in found}
    rows = []
    for row in [r for r in ROWS if r in named] + sorted(named - set(ROWS)):
        cells = []
        for found in columns.values():
            value, limit = found.get(row), columns.get(LIMIT, {}).get(row)
            cell = "" if value is None else number(value)
            if value is not None and limit:
                cell += f" ({value / limit:.2f})"
            cells.append(cell)
        against = None if row in UNRATED else ratio(columns.get(OURS, {}).get(row), best_peer(columns, row))
        rows.append([row, *cells, "" if against is None else f"{against:.2f}"])
    return ["", *columns, "ours/best peer"], rows


def growth(routes):
    """{(row, smaller, larger): {column: exponent of growth}}."""
    found = {}
    for row in GROWING:
        for column in dict.fromkeys(c for columns in routes.values() for c in columns):
            took = {n: routes[n].get(column, {}).get(row, 0) for n in sorted(routes, key=int)}
            sizes = [n for n, t in took.items() if t > 0]
            for a, b in zip(sizes, sizes[1:]):
                exponent = math.log(took[b] / took[a]) / math.log(int(b) / int(a))
                found.setdefault((row, a, b), {})[column] = exponent
    return found


def growth_table(routes):
    found = growth(routes)
    columns = list(dict.fromkeys(c for row in found.values() for c in row))
    order = sorted(found, key=lambda key: (GROWING.index(key[0]), int(key[1])))
    return ["", *columns], [[f"{row}, {a} to {b}",
                             *(f"{found[row, a, b][c]:.2f}" if c in found[row, a, b] else ""
                               for c in columns)] for row, a, b in order]


def outage_table(kinds):
    sizes = list(dict.fromkeys(n for cells in kinds.values() for n in cells))
    rows = [[kind, *(f"{statistics.median(cells[n]):.2f} ({max(cells[n]):.2f})"
                     if cells.get(n) else "" for n in sizes)] for kind, cells in kinds.items()]
    return ["routers", *map(str, sizes)], rows


def text(results, markdown=False):
    parts = []

    def put(title, table):
        head, rows = table
        if rows:
            parts.append(f"{title}\n\n" + grid(head, rows, markdown))
    for n, columns in sorted(results["routes"].items(), key=lambda item: int(item[0])):
        put(f"{n} routes, {results['sources']} sources per destination: seconds, or what the row"
            " says; in brackets: to the kernel alone", routes_table(columns))
    put("Growth: the exponent, 1 being linear", growth_table(results["routes"]))
    for story, kinds in results["outages"].items():
        put(f"{story}: seconds without an answer, median (worst)", outage_table(kinds))
    for name, said in results["programs"].items():
        put(name, (["", ""], [[what, number(v)] for what, v in said.items()]))
    if results["notes"]:
        parts.append("".join(("- " if markdown else "") + note + "\n"
                             for note in results["notes"]))
    return "\n".join(parts)


def plots(results, directory):
    """One file each; those without a number are left out."""
    for row in ("announce", "withdraw", "octets per route", "change ms"):
        series = {}
        for n, columns in results["routes"].items():
            for column, found in columns.items():
                if row in found:
                    series.setdefault(column, []).append((int(n), found[row]))
        name = row.replace(" ", "-")
        plot.lines(os.path.join(directory, name + ".svg"), row, "routes", series)
    for story, kinds in results["outages"].items():
        series = {kind: [(int(n), statistics.median(v)) for n, v in cells.items() if v]
                  for kind, cells in kinds.items()}
        plot.lines(os.path.join(directory, "outage-" + story.replace(" ", "-") + ".svg"),
                   story + ", seconds", "routers", series)


# ---- History ----

def ratios(results):
    """{name: number} of what does not depend on the machine, or not much; less is better."""
    found = {}

    def put(name, a, b=1):
        if ratio(a, b) is not None:
            found[name] = round(ratio(a, b), 3)
    for n, columns in results["routes"].items():
        ours, limit = columns.get(OURS, {}), columns.get(LIMIT, {})
        for row in COMPARED:
            put(f"{row}, {n}: to the kernel alone", ours.get(row), limit.get(row))
            put(f"{row}, {n}: to the best peer", ours.get(row), best_peer(columns, row))
        for row in ("octets per route", "... zebra", "... babeld"):
            put(f"{row}, {n}", ours.get(row))
        alone = columns.get("ours by ZAPI", {})
        put(f"announce by ZAPI, {n}: to the kernel alone", alone.get("announce"),
            limit.get("announce"))
    for (row, a, b), columns in growth(results["routes"]).items():
        put(f"{row}, {a} to {b}: exponent", columns.get(OURS))
    sizes = sorted(results["routes"], key=int)
    if len(sizes) > 1:
        first, last = (results["routes"][n].get(OURS, {}) for n in (sizes[0], sizes[-1]))
        for row in ("change ms", "change CPU ms"):
            put(f"{row}, {sizes[-1]}: to {sizes[0]}", last.get(row), first.get(row))
    for story, kinds in results["outages"].items():
        for n, seconds in kinds.get(OURS, {}).items():
            put(f"{story}, {n} routers: s", statistics.median(seconds) if seconds else None)
    for name, said in results["programs"].items():
        for what, v in said.items():
            if not what.endswith(", ns"):
                put(f"{name}: {what}", v)
    return found


def record(results):
    with open(HISTORY, "a", encoding="ascii") as f:
        f.write(json.dumps({"date": results["date"], "commit": results["commit"],
                            **ratios(results)}) + "\n")


def compare(results):
    """Lines about what has become worse since it was last recorded."""
    before = {}
    if os.path.exists(HISTORY):
        with open(HISTORY, encoding="ascii") as f:
            for line in f:
                before.update(json.loads(line))  # the last one that has it
    worse = [f"{name}: {v} was {before[name]}" for name, v in ratios(results).items()
             if name in before and before[name] > 0 and v > before[name] * WORSE]
    return worse or ["nothing is worse by more than 10 %"]
