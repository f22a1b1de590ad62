# SPDX-License-Identifier: MIT
"""What run.py makes of its numbers. It runs no daemon and measures nothing."""

import json
import os
import sys
import types
import xml.etree.ElementTree

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "topo")]

import aims  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
import run  # noqa: E402

RESULTS = {
    "sources": 4, "date": "2026-01-01", "commit": "abc", "notes": ["bird, 100000 routes: late"],
    "routes": {
        "10000": {"kernel limit": {"announce": 0.1}, "ours": {"announce": 0.2, "show": 3.0},
                  "bird": {"announce": 0.4, "show": 1.0}, "babeld": {"announce": 0.3}},
        "50000": {"ours": {"backup": 0.5}, "bird": {"backup": 0.4}},
        "100000": {"kernel limit": {"announce": 1.0}, "bird": {"announce": 4.0},
                   "ours": {"announce": 1.04, "octets per route": 400.0,
                            "Hello late, busy, ms": -3.0}}},
    "outages": {"ring carrier lost": {"ours": {"5": [0.1, 0.2, 0.9], "10": [0.3]},
                                      "bird": {"5": [], "10": [2.0]}}},
    "programs": {"bench_table": {"walk, 100000: ours/frr": 0.4},
                 "bench_core": {"new, ns": 500.0, "babel pair, octets": 200.0}}}


def test_ratios_are_against_the_kernel_and_the_best_peer():
    found = report.ratios(RESULTS)
    assert found["announce, 10000: to the kernel alone"] == 2.0
    assert found["announce, 10000: to the best peer"] == 0.667
    assert found["announce, 10000 to 100000: exponent"] == pytest.approx(0.716)
    assert found["octets per route, 100000"] == 400
    assert found["ring carrier lost, 5 routers: s"] == 0.2
    assert "octets per route, 100000: to the best peer" not in found  # nobody else has it


def test_what_depends_on_the_machine_is_not_kept():
    found = report.ratios(RESULTS)
    assert "bench_core: babel pair, octets" in found
    assert not [name for name in found if name.endswith("ns") or "Hello" in name]


def test_only_what_is_worse_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "HISTORY", str(tmp_path / "history"))
    report.record(RESULTS)
    assert report.compare(RESULTS) == ["nothing is worse by more than 10 %"]
    now = json.loads(json.dumps(RESULTS))
    now["routes"]["10000"]["ours"].update({"announce": 0.21, "show": 9.0})
    assert report.compare(now) == ["show, 10000: to the best peer: 9.0 was 3.0"]
    report.record(now)
    assert report.compare(now) == ["nothing is worse by more than 10 %"]


def test_aims_say_what_is_reached():
    _, rows = aims.table(RESULTS)
    got = {row[0]: row[2:] for row in rows}
    assert got["announce, to the kernel alone"] == ["1.04", "yes"]
    assert got["50,000 routes move to a backup, to the best peer"] == ["1.25", "no"]
    assert got["octets per route"] == ["400.00", "no"]
    assert got["latest Hello while routes arrive, ms"] == ["-3.00", "yes"]
    assert got["growth of announce from 10,000, above the kernel's exponent"] == ["-0.28", "yes"]
    assert got["ring, carrier lost, s"] == ["0.30", "yes"]
    assert got["ring, carrier lost, worst run, s"] == ["0.90", "yes"]
    assert got["(D,S) table: walk, to the shape of FRR's"] == ["0.40", "yes"]
    assert "withdraw, to the kernel alone" not in got  # not measured


def test_tables_have_a_cell_for_everything():
    said = run.text(RESULTS, markdown=True)
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert "| announce | 0.100 (1.00) | 0.200 (2.00) | 0.400 (4.00) | 0.300 (3.00) | 0.67 |" in rows
    assert "| bird |  | 2.00 (2.00) |" in rows
    assert "- bird, 100000 routes: late" in said
    assert "0.200 (2.00)" in run.text(RESULTS)


def test_a_plot_holds_all_dots_within(tmp_path):
    path = tmp_path / "p.svg"
    plot.lines(str(path), "a < b", "routes", {"x": [(1000, 0.03), (70000, 8.0)], "y": [(5, 0)]})
    svg = xml.etree.ElementTree.parse(path).getroot()
    dots = [(float(c.get("cx")), float(c.get("cy")))
            for c in svg.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(dots) == 2  # zero has no logarithm
    assert dots[0][0] < dots[1][0] and dots[0][1] > dots[1][1]
    assert all(plot.LEFT <= x <= plot.WIDTH - plot.RIGHT and
               plot.TOP <= y <= plot.HEIGHT - plot.BOTTOM for x, y in dots)


def test_one_size_is_enough_for_a_plot(tmp_path):
    plot.lines(str(tmp_path / "p.svg"), "one", "routes", {"x": [(1000, 1.0)]})
    plot.lines(str(tmp_path / "none.svg"), "none", "routes", {"x": []})
    assert [p.name for p in tmp_path.iterdir()] == ["p.svg"]


def test_a_part_is_added_to_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("BUILDDIR", str(tmp_path))
    args = types.SimpleNamespace(add=True, json=None)
    run.save(RESULTS, args)
    part = {"sources": 4, "notes": ["new"], "outages": {}, "programs": {}, "routes": {
        "10000": {"ours": {"announce": 0.3}}, "1000": {"ours": {"announce": 0.01}}}}
    whole = run.save(part, args)
    assert whole == json.loads((tmp_path / "bench/results.json").read_text("ascii"))
    assert whole["routes"]["10000"]["ours"] == {"announce": 0.3, "show": 3.0}
    assert whole["routes"]["1000"] == part["routes"]["1000"]
    assert whole["notes"] == [*RESULTS["notes"], "new"]
    assert (tmp_path / "bench/announce.svg").exists()
    args.add = False
    assert run.save(part, args) == part


def test_what_fails_is_noted_with_what_it_had_found():
    def fails(into):
        into["announce"] = 1.0
        raise TimeoutError("no more\nsecond line")
    notes = []
    assert run.measure(10, [("ours", "routes", fails)], 2, notes) == {"ours": {"announce": 1.0}}
    assert notes == ["ours, routes, 10 routes: no more"] * 2


def test_tables_are_compared_with_ours():
    rows = [{"pairs": 10, "table": "ours", "walk": 2.0}, {"pairs": 10, "table": "frr", "walk": 8.0}]
    assert run.tables_compared(rows) == {"walk, 10: ours/frr": 0.25}
