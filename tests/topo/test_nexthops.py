# SPDX-License-Identifier: MIT
"""Next hops by real packets: shares of the traffic, gateways found over Babel by source, routes
that drop, IPv4 over IPv6, and kernel tables beside the main one.

    host --lan-- r --east-- x        x and y both are the world behind D, under their names
                   --west-- y
"""

import select
import socket
import struct
import time

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place
from harness.probe import PORT, probe_once

D, FAR = "2001:db8:d::/48", "2001:db8:d::1"
S, OTHER = "2001:db8:a::/48", "2001:db8:b::/48"
FROM_S, FROM_OTHER = "2001:db8:a:1::10", "2001:db8:b:1::10"
D4, FAR4, HOST4 = "192.0.2.0/24", "192.0.2.1", "198.51.100.10"
VIA = "2001:db8:9::/48"
GATE = "2001:db8:9::1"
FLOWS = 400


def hop(gateway, interface="", **more):
    return {"gateway": gateway, "interface": interface, **more}


def route(dst, src, *hops):
    return {"destination-prefix": dst, "source-prefix": src, "next-hop": list(hops)}


def static(*routes):
    return {"srcdest-static:static": {"route": list(routes)}}


def spec(r, x=(), y=(), commands=()):
    world = [f"addr add {FAR}/128 dev lo", f"route add {S} via fe80::1 dev r0",
             f"route add {OTHER} via fe80::1 dev r0"]
    return {
        "nodes": {
            "host": {"commands": ["route add default via fe80::c dev h0"]},
            "r": {"router": True, "daemons": r, "commands": list(commands)},
            "x": {"router": True, "daemons": list(x), "commands": world},
            "y": {"router": True, "daemons": list(y), "commands": world}},
        "links": {
            "lan": {"host": ("h0", [FROM_S + "/64", FROM_OTHER + "/64", HOST4 + "/24"]),
                    "r": ("h0", ["fe80::c/64", "2001:db8:a:1::1/64", "2001:db8:b:1::1/64",
                                 "198.51.100.1/24"])},
            "east": {"r": ("x0", ["fe80::1/64"]), "x": ("r0", ["fe80::2/64"])},
            "west": {"r": ("y0", ["fe80::1/64"]), "y": ("r0", ["fe80::2/64"])}}}


@pytest.fixture
def make(topology):
    def build(*args, **kw):
        net = topology(spec(*args, **kw))
        echo = EchoServers()
        net.on_close(echo.close)
        net["host"].ns.ip("route add default via 198.51.100.1")
        for name in "xy":
            net[name].ns.ip(f"addr add {FAR4}/32 dev lo",
                            "route add 198.51.100.0/24 via inet6 fe80::1 dev r0")
            echo.add(net[name].ns, FAR, name)
            echo.add(net[name].ns, FAR4, name)
        echo.start()
        return net
    return build


def configure(net, *routes):
    net["r"].zebra.config = static(*routes)
    net["r"].zebra.reload()


def shown(net, line, **want):
    return [r for r in net["r"].zebra.show(line)["routes"]
            if all(r.get(k) == v for k, v in want.items())]


# ---- shares ----

def exits(net, source, to, flows=FLOWS):
    """How many of so many flows, each of a source port of its own, met whom."""
    def make_all():
        made = []
        for _ in range(flows):
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.bind((source, 0))
            s.connect((to, PORT))
            made.append(s)
        return made
    sockets = net["host"].ns.call(make_all)
    met, end = {}, time.monotonic() + 30
    try:
        for at in range(0, flows, 20):  # no more at a time than a receiver has room for
            waiting = set(sockets[at:at + 20])
            for n, s in enumerate(waiting):
                s.send(struct.pack("!Q", n))
            while waiting and time.monotonic() < end:
                for s in select.select(list(waiting), [], [], 1)[0]:
                    name = s.recv(64)[8:].decode()
                    met[name] = met.get(name, 0) + 1
                    waiting.remove(s)
            assert not waiting, f"{len(waiting)} of 20 flows without an answer, {met} before"
    finally:
        for s in sockets:
            s.close()
    return met


def test_flows_are_shared_by_weight(make):
    """One to three, by the kernel's hash of the flow; a way that goes leaves the group, and
    comes back into it."""
    shared = route(D, S, hop("fe80::2", "x0", weight=1), hop("fe80::2", "y0", weight=3))
    net = make([("zebra", static(shared))])
    net["r"].ns.sysctl({"net/ipv6/fib_multipath_hash_policy": 1})
    for name in "xy":  # neighbours known
        net.wait(lambda name=name: name in exits(net, FROM_S, FAR, 20), 20, f"{name} met")
    met = exits(net, FROM_S, FAR)
    # Binomial: 300 of 400 within five standard deviations of 8.7.
    assert 256 <= met["y"] <= 344, met
    row, = shown(net, f"show ipv6 route {D} from {S}")
    assert sorted(n["weight"] for n in row["nexthops"]) == [1, 3]
    assert ", weight 3" in net["r"].zebra.show_text(f"show ipv6 route {D} from {S}")

    net.link_set("y", "r0", "down")
    net.wait(lambda: [n["reason"] for n in shown(net, f"show ipv6 route {D} from {S}")[0]["nexthops"]
                      if not n.get("usable")] == ["the interface is down"], 10, "y0 is out")
    assert exits(net, FROM_S, FAR, 50) == {"x": 50}
    net.link_set("y", "r0", "up")
    net["y"].ip("addr add fe80::2/64 dev r0 nodad", f"route replace {S} via fe80::1 dev r0")
    watch.has_route(net, "r", (D, S))
    net.wait(lambda: "y" in exits(net, FROM_S, FAR, 20), 20, "y is met again")
    configure(net, route(D, S, hop("fe80::2", "x0", weight=3), hop("fe80::2", "y0", weight=1)))
    net.wait(lambda: {n["interfaceName"]: n["weight"] for n in shown(
        net, f"show ipv6 route {D} from {S}")[0]["nexthops"]} == {"x0": 3, "y0": 1}, 5, "turned")
    met = exits(net, FROM_S, FAR)
    assert 256 <= met["x"] <= 344, met


# ---- gateways ----

def test_a_gateway_is_found_over_babel_by_source(make):
    """x announces the gateway's prefix to everybody, y to sources in S alone (RFC 9079 4)."""
    babel = place.babel(["r0"], ["static"])
    r = [("zebra", static(route(D, S, hop(GATE)), route(D, "::/0", hop(GATE)))),
         ("babeld", place.babel(["x0", "y0"], []))]
    x = [("zebra", static(route(VIA, "::/0", hop("blackhole")))), ("babeld", babel)]
    y = [("zebra", static(route(VIA, S, hop("blackhole")))), ("babeld", babel)]
    net = make(r, x, y)
    watch.meets(net, "host", FROM_S, FAR, "y")
    watch.meets(net, "host", FROM_OTHER, FAR, "x")
    row, = shown(net, f"show ipv6 route {D} from {S}")
    assert row["nexthops"][0]["recursive"] and row["nexthops"][1]["interfaceName"] == "y0"

    # A better route for a part of S has no say; the packets of the part go with the rest.
    net["x"].zebra.config = static(route(VIA, "::/0", hop("blackhole")),
                                   route("2001:db8:9::/64", "2001:db8:a:1::/64", hop("blackhole")))
    net["x"].zebra.reload()
    watch.has_route(net, "r", ("2001:db8:9::/64", "2001:db8:a:1::/64"), "x0", "babel")
    watch.meets(net, "host", FROM_S, FAR, "y")

    # y withdraws: while Babel holds the prefix as unreachable it leads nowhere, and after that
    # over x; the plain route takes the packets all along.
    net["y"].zebra.config = static()
    net["y"].zebra.reload()
    watch.meets(net, "host", FROM_S, FAR, "x", 60)

    def over_x():
        row, = shown(net, f"show ipv6 route {D} from {S}")
        return row["installed"] and watch.interfaces(row) == ["x0"]
    net.wait(over_x, 400, "found over the plain route")
    net["x"].babeld.kill()
    net.wait(lambda: not shown(net, f"show ipv6 route {D}", installed=True), 120, "lost with x")
    row, = shown(net, f"show ipv6 route {D} from {S}")
    assert row["nexthops"][0]["reason"] in ("the route to the gateway drops packets",  # held
                                            "no route leads to the gateway")
    assert row["reason"] == "no next hop can be used"


# ---- routes that drop, and IPv4 over IPv6 ----

DROPS = {"reject": ("unreachable", {"unreachable, no route", "unreachable, address unreachable"}),
         "prohibit": ("prohibit", {"unreachable, prohibited"}),
         "blackhole": ("blackhole", {None})}


def error_of(net, source, to):
    return probe_once(net["host"].ns, source, to, timeout=0.5).error


def test_routes_that_drop(make):
    """Each in its way, for IPv4 and IPv6, plain and for the sources in S alone."""
    over_x, over_x4 = hop("fe80::2", "x0"), hop("fe80::2", "x0")
    net = make([("zebra", static(route(D, "::/0", over_x), route(D4, "0.0.0.0/0", over_x4)))])
    watch.meets(net, "host", FROM_S, FAR, "x")
    watch.meets(net, "host", HOST4, FAR4, "x")  # an IPv4 route over an IPv6 gateway
    for word, errors in DROPS.values():
        configure(net, route(D, "::/0", over_x), route(D, S, hop(word)),
                  route(D4, "0.0.0.0/0", over_x4), route(FAR4 + "/32", "0.0.0.0/0", hop(word)))
        watch.has_route(net, "r", (D, S))
        watch.has_route(net, "r", (FAR4 + "/32", "0.0.0.0/0"))
        assert error_of(net, FROM_S, FAR) in errors
        assert error_of(net, HOST4, FAR4) in errors
        watch.meets(net, "host", FROM_OTHER, FAR, "x")  # not of S
    for word, errors in DROPS.values():
        configure(net, route(D, "::/0", hop(word)), route(D, OTHER, over_x))
        net.wait(lambda: {n["type"] for r in shown(net, f"show ipv6 route {D}", source="::/0",
                                                   installed=True)
                          for n in r["nexthops"]} == {word}, 5, word)
        assert error_of(net, FROM_S, FAR) in errors
        watch.meets(net, "host", FROM_OTHER, FAR, "x")


# ---- tables ----

def in_table(net, family, n):
    return [line.strip() for line in
            net["r"].ip_out(family, "route", "show", "table", str(n)).splitlines()]


def test_tables_beside_the_main_one(make):
    """Packets that a policy rule sends to table 100 go by its routes, the others by the main
    table's; both are chosen apart and shown apart."""
    routes = [route(D, "::/0", hop("fe80::2", "x0"), hop("fe80::2", "y0", table=100)),
              route(D, OTHER, hop("fe80::2", "y0", table=100)),
              route(D4, "0.0.0.0/0", hop("fe80::2", "x0"), hop("fe80::2", "y0", table=100)),
              route("2001:db8:77::/48", "::/0", hop("blackhole", table=70000, distance=7))]
    net = make([("zebra", static(*routes))], commands=[f"rule add from {S} lookup 100"])
    net["r"].ns.ip("rule add from 198.51.100.0/24 lookup 100")
    watch.meets(net, "host", FROM_S, FAR, "y")
    watch.meets(net, "host", FROM_OTHER, FAR, "x")
    watch.meets(net, "host", HOST4, FAR4, "y")
    assert {(r["destination"], r["source"], r["table"]) for r in
            shown(net, "show ipv6 route table 100", installed=True)} == \
        {(D, "::/0", 100), (D, OTHER, 100)}
    assert [r["destination"] for r in shown(net, "show ip route table 100", installed=True)] == [D4]
    assert [r["distance"] for r in shown(net, "show ipv6 route table 70000")] == [7]
    assert f"S>* {D} from {OTHER} [1/0] via fe80::2, y0" in \
        net["r"].zebra.show_text("show ipv6 route table 100")
    assert not shown(net, f"show ipv6 route {D} from {OTHER}")

    # What somebody deletes there is put back; a link that goes takes it, and brings it back.
    net["r"].ip(f"route del {D} via fe80::2 dev y0 table 100 proto 196")
    watch.meets(net, "host", FROM_S, FAR, "y")
    net.link_set("r", "y0", "down")
    watch.meets(net, "host", FROM_S, FAR, "x")  # the rule's table has none: the next rule's
    net.link_set("r", "y0", "up")
    net["r"].ip("addr add fe80::1/64 dev y0 nodad")
    watch.meets(net, "host", FROM_S, FAR, "y")

    # A restart leaves them in place; what is not configured any more goes.
    before = in_table(net, "-6", 100)
    zebra = net["r"].zebra
    zebra.kill()
    assert in_table(net, "-6", 100) == before
    zebra.start()
    net.wait(lambda: len(shown(net, "show ipv6 route table 100", installed=True)) == 2, 20, "back")
    assert in_table(net, "-6", 100) == before
    configure(net, routes[0])
    net.wait(lambda: not in_table(net, "-4", 100) and not in_table(net, "-6", 70000) and
             f"{D} from {OTHER}" not in "\n".join(in_table(net, "-6", 100)) or
             (_ for _ in ()).throw(NotYet("something stays")), 10, "what went is gone")
    watch.meets(net, "host", FROM_S, FAR, "y")
