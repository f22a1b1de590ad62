# SPDX-License-Identifier: MIT
"""Several (D,S) of one D, side by side with plain routes of the same D."""

import time

import pytest
from harness import EchoServers, watch
from harness import site as place

LETTERS = "abcd"
PREFIX = {x: f"2001:db8:{x}::/48" for x in LETTERS}
SOURCE = {x: f"2001:db8:{x}:1::10" for x in LETTERS}
NET = "2001:db8:ffff::/48"
DEST = "2001:db8:ffff::1"
# Which exit of the edge serves which source; d has none but the plain route's.
EXIT = {"a": "x1", "b": "x2", "c": "x3"}


def statics(routes):
    """routes: (destination, source, exit)."""
    rows = []
    for dst, src, exit_name in routes:
        rows.append({"destination-prefix": dst, "source-prefix": src,
                     "next-hop": [{"gateway": "fe80::2", "interface": exit_name, "distance": 1}]})
    return {"srcdest-static:static": {"route": rows}}


ALL = [(NET, PREFIX[x], EXIT[x]) for x in EXIT] + [(NET, "::/0", "x4")]


def spec():
    exits = ["x1", "x2", "x3", "x4"]
    nodes = {"edge": {"router": True, "commands": ["addr add 2001:db8:e::1/128 dev lo"],
                      "daemons": [
                ("zebra", statics(ALL)), ("babeld", place.babel(["core0"], ["static"]))]},
             "core": {"router": True, "daemons": [
                ("zebra", {}), ("babeld", place.babel(["edge0"], ["connected"]))]},
             "host": {"commands": ["route add ::/0 via fe80::c dev lan0"]}}
    links = {"core": {"edge": ("core0", []), "core": ("edge0", [])},
             "lan": {"core": ("lan0", ["fe80::c/64"] + [f"2001:db8:{x}:1::1/64" for x in LETTERS]),
                     "host": ("lan0", [a + "/64" for a in SOURCE.values()])}}
    for x in exits:
        nodes[x] = {"router": True, "commands": [
            f"addr add {DEST}/128 dev lo", "route add ::/0 via fe80::1 dev e0"]}
        links[x] = {"edge": (x, ["fe80::1/64"]), x: ("e0", ["fe80::2/64"])}
    return {"nodes": nodes, "links": links}


@pytest.fixture
def net(topology):
    t = topology(spec())
    echo = EchoServers()
    t.on_close(echo.close)
    for x in ("x1", "x2", "x3", "x4"):
        echo.add(t[x].ns, DEST, x)
    echo.start()
    for letter in LETTERS:
        watch.meets(t, "host", SOURCE[letter], DEST, EXIT.get(letter, "x4"), 30)
    return t


def test_every_source_has_its_own_way_and_the_rest_the_plain_one(net):
    """Also source d: the plain route of a D must not be shadowed by its (D,S) in the kernel."""
    for letter in EXIT:
        watch.has_route(net, "core", (NET, PREFIX[letter]), "edge0")
    watch.has_route(net, "core", (NET, "::/0"), "edge0")
    # What the kernel needs beside that is nobody else's business.
    shown = set(watch.rib(net["core"])) | set(watch.rib(net["edge"]))
    assert not [pair for pair in shown if pair[1] in ("::/1", "8000::/1")]


def test_withdrawing_one_pair_is_seen_at_once_and_touches_no_other(net):
    streams = {x: watch.stream(net, "host", SOURCE[x], DEST) for x in LETTERS}
    down = time.monotonic()
    net["x1"].ip("link set e0 down")
    # The neighbour holds the pair as unreachable for a while, RFC 8966 3.5.4.
    first = watch.refusal(net, streams["a"], down, "core")
    assert first.sent - down < watch.CARRIER, f"took {first.sent - down:.2f} s"
    # The neighbour has lost that pair and only that.
    pairs = {p for p, r in watch.selected(net["core"]).items()
             if p[0] == NET and not any(n.get("reject") for n in r["nexthops"])}
    assert pairs == {(NET, PREFIX["b"]), (NET, PREFIX["c"]), (NET, "::/0")}
    # Then source a goes by the plain route of the same destination.
    watch.meets(net, "host", SOURCE["a"], DEST, "x4", 60)
    watch.more(net, streams.values())
    for x in LETTERS:
        streams[x].stop()
    for x in "bcd":
        assert not streams[x].lost(), streams[x].summary()
        assert streams[x].exits() == [EXIT.get(x, "x4")]


def test_a_commit_changes_only_what_changed(net):
    """One commit: pair b goes to another exit, pair c goes away, the rest stays without a gap.
    c is refused at the core during the hold time (RFC 8966 3.5.4), and never goes astray."""
    streams = {x: watch.stream(net, "host", SOURCE[x], DEST) for x in LETTERS}
    zebra = net["edge"].zebra
    zebra.config = statics([(NET, PREFIX["a"], "x1"), (NET, PREFIX["b"], "x3"),
                            (NET, "::/0", "x4")])
    zebra.reload()
    watch.meets(net, "host", SOURCE["b"], DEST, "x3")
    watch.has_no_route(net, "core", (NET, PREFIX["c"]))
    watch.meets(net, "host", SOURCE["c"], DEST, "x4", 60)
    watch.more(net, streams.values())
    for x in LETTERS:
        streams[x].stop()
    for x in "abd":
        assert not streams[x].lost(), f"{x}: {streams[x].summary()}"
    assert all(o.error for o in streams["c"].lost()), streams["c"].summary()
    assert streams["a"].exits() == ["x1"] and streams["d"].exits() == ["x4"]
    assert streams["b"].exits() == ["x2", "x3"] and streams["c"].exits() == ["x3", "x4"]
