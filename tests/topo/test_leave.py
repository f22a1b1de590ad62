# SPDX-License-Identifier: MIT
"""Who leaves, becomes another, or has lost its past: traffic goes on.

    host - r1 - r2 ----- r4 - x
             \\- r3 - r5 -/
"""

import os

import pytest
from harness import NotYet, watch
from test_ring import DEST, SOURCES, answer_from, default_via, exit_link, exit_node
from test_ring import host_link, host_node, router, wire

PAIR = ("::/0", "2001:db8:a::/48")


def spec(long_way):
    nodes = {"r1": router(["left", "right"]), "r2": router(["north", "south"]),
             "r3": router(["north", "south"]),
             "r4": router(["left", "right"], default_via("x0", ["2001:db8:a::/48"])),
             "x": exit_node(["2001:db8:a::/48"]), "host": host_node()}
    links = {"l12": wire("r1", "left", "r2", "north"), "l13": wire("r1", "right", "r3", "north"),
             "l24": wire("r2", "south", "r4", "left"),
             "exit": exit_link("r4", "x"), "lan": host_link("r1")}
    if long_way:
        nodes["r5"] = router(["north", "south"])
        links["l35"] = wire("r3", "south", "r5", "north")
        links["l54"] = wire("r5", "south", "r4", "right")
    else:
        links["l34"] = wire("r3", "south", "r4", "right")
    return {"nodes": nodes, "links": links}


def running(topology, long_way):
    net = topology(spec(long_way))
    answer_from(net, x="x")
    watch.meets(net, "host", SOURCES["a"], DEST, "x", 30)
    # Both ways are known at both ends: only then is there an alternative.
    for node, wanted in (("r1", 2), ("r4", 2)):
        pair = PAIR if node == "r1" else ("2001:db8:a:1::/64", "::/0")

        def known(node=node, pair=pair, wanted=wanted):
            have = [r for r in net[node].babeld.show("show babel route")["routes"]
                    if (r["destination"], r["source"]) == pair and r["receivedMetric"] < 65535]
            if len(have) < wanted:
                raise NotYet(f"{node} has {have}")
            return True
        net.wait(known, 30, f"both ways on {node}")
    return net, watch.stream(net, "host", SOURCES["a"])


def way(net):
    """The router that r1 sends the packets to."""
    row = watch.selected(net["r1"])[PAIR]
    return {"left": "r2", "right": "r3"}[watch.interfaces(row)[0]]


def nothing_lost(net, stream):
    watch.more(net, [stream])
    stream.stop()
    assert not stream.lost() and stream.exits() == ["x"], stream.summary()


@pytest.mark.parametrize("long_way", [False, True], ids=["feasible", "unfeasible"])
def test_a_router_that_leaves_takes_no_packet_along(topology, long_way):
    """The other way is used before the first one ends, also if a newer seqno is needed for it."""
    net, stream = running(topology, long_way)
    first = way(net)
    assert first == "r2" or not long_way
    assert net[first].babeld.stop() == 0
    watch.has_route(net, "r1", PAIR, {"r2": "right", "r3": "left"}[first], "babel")
    nothing_lost(net, stream)
    assert not [r for r in watch.selected(net[first]).values() if r["protocol"] == "babel"]
    net[first].babeld.start()


def test_another_router_id_costs_no_packet(topology):
    net, stream = running(topology, False)
    for node, identity in (("r4", "02:00:00:00:00:00:00:04"), ("r1", "derived"),
                           ("r4", "derived"), ("r4", "random"),
                           ("r4", "02:00:00:00:00:00:00:44")):
        d = net[node].babeld
        before = d.show("show babel parameters")["routerId"]
        d.config["srcdest-babel:babel"]["router-id"] = identity
        d.reload()

        def changed(d=d, before=before):
            now = d.show("show babel parameters")["routerId"]
            if now == before:
                raise NotYet(now)
            return now
        now = net.wait(changed, 10, "another router-id")
        if ":" in identity:
            assert now == identity
        elif identity == "derived":
            macs = net[node].ip_out("-o", "link", "show")
            assert now[9:14] == "ff:fe" and now[15:] in macs, (now, macs)

        def heard(now=now, node=node):
            pair = PAIR if node == "r4" else ("2001:db8:a:1::/64", "::/0")
            other = net["r1" if node == "r4" else "r4"].babeld
            rows = [r for r in other.show("show babel route")["routes"]
                    if (r["destination"], r["source"]) == pair]
            if {r["routerId"] for r in rows} != {now}:
                raise NotYet(str(rows))
            return True
        net.wait(heard, 10, "the far end knows the new one")
    nothing_lost(net, stream)


def seqno(net, node):
    return net[node].babeld.show("show babel parameters")["seqno"]


def test_an_old_seqno_is_left_behind_at_once(topology):
    """The state file is an older one, and the memory is gone: neighbours know a newer seqno."""
    net, stream = running(topology, False)
    r4 = net["r4"]
    stream.stop()
    r4.babeld.kill()
    old = seqno_of(os.path.join(r4.dir, "babeld.state"))
    rewrite(os.path.join(r4.dir, "babeld.state"), (old - 5000) % 65536)
    os.unlink(os.path.join(r4.dir, "babeld.memory"))
    r4.babeld.start()
    watch.meets(net, "host", SOURCES["a"], DEST, "x", 15)

    # Three minutes is what the neighbours' distances would last.
    def moved():
        now = seqno(net, "r4")
        if (now - old) % 65536 >= 100:
            raise NotYet(f"seqno {now}, before the restart {old}")
        return True
    net.wait(moved, 15, "a seqno ahead of what neighbours know")
    watch.meets(net, "host", SOURCES["a"], DEST, "x", 15)


def seqno_of(path):
    with open(path, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("seqno"))


def rewrite(path, number):
    with open(path, encoding="ascii") as f:
        lines = [f"seqno {number}\n" if line.startswith("seqno") else line for line in f]
    with open(path, "w", encoding="ascii") as f:
        f.writelines(lines)


def test_a_lost_state_of_a_router_with_a_name(topology):
    """A derived router-id is the same after the loss of all files; the seqno is anything."""
    net, stream = running(topology, False)
    r4 = net["r4"]
    stream.stop()
    r4.babeld.config["srcdest-babel:babel"]["router-id"] = "derived"
    r4.babeld.reload()
    name = net.wait(lambda: r4.babeld.show("show babel parameters")["routerId"], 10, "a name")
    watch.meets(net, "host", SOURCES["a"], DEST, "x", 15)
    for _ in range(3):
        r4.babeld.kill()
        for file in ("babeld.state", "babeld.memory"):
            os.unlink(os.path.join(r4.dir, file))
        r4.babeld.start()
        watch.meets(net, "host", SOURCES["a"], DEST, "x", 15)
        assert r4.babeld.show("show babel parameters")["routerId"] == name


def test_an_interface_that_is_taken_away_is_missed_at_once(topology):
    """Its neighbours hear it, and need not wait for Hellos that do not come."""
    net, stream = running(topology, False)
    first = way(net)
    since = stream.mark()
    conf = net[first].babeld.config["srcdest-babel:babel"]
    conf["interface"] = [i for i in conf["interface"] if i["name"] != "north"]
    net[first].babeld.reload()
    watch.has_route(net, "r1", PAIR, {"r2": "right", "r3": "left"}[first], "babel")
    watch.more(net, [stream])
    stream.stop()
    lost = [o for o in stream.outcomes if not o.exit]
    assert not lost or lost[-1].sent - lost[0].sent < watch.CARRIER, stream.summary()
    assert since <= stream.outcomes[-1].sent
