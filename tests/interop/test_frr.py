# SPDX-License-Identifier: MIT
"""Stock FRR, which knows no source prefixes: plain routes in both directions, and
nothing that it can't hold is taken by it for a plain route."""

from harness import EchoServers, NotYet, watch
from harness import site as place

P1, P2, D2 = "2001:db8:e1::/48", "2001:db8:e2::/48", "2001:db8:d2::/48"
LAN1, LAN2 = "2001:db8:51:1::", "2001:db8:61:1::"

FRR = """
hostname frr
interface link0
 babel wired
 babel hello-interval 1000
 babel update-interval 4000
router babel
 network link0
 redistribute ipv6 kernel
 redistribute ipv6 connected
"""

OURS = {"srcdest-static:static": {"route": [
    {"destination-prefix": P2, "source-prefix": "::/0",
     "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]},
    {"destination-prefix": D2, "source-prefix": "2001:db8:61::/48",
     "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]}]}}


def exit_node(beacons):
    return {"router": True, "commands": ["route add ::/0 via fe80::1 dev x0"]
            + [f"addr add {b}/128 dev lo" for b in beacons]}


SPEC = {"nodes": {
    "ours": {"router": True, "daemons": [
        ("zebra", OURS), ("babeld", place.babel(["link0"], ["static", "connected"]))]},
    "peer": {"router": True, "commands": [f"route add {P1} via fe80::2 dev x0"],
             "daemons": [("frr-babeld", FRR)]},
    "xo": exit_node(["2001:db8:e2::1", "2001:db8:d2::1"]), "xp": exit_node(["2001:db8:e1::1"]),
    "h1": {"commands": ["route add ::/0 via fe80::1 dev h0"]},
    "h2": {"commands": ["route add ::/0 via fe80::1 dev h0"]}},
    "links": {
        "core": {"ours": ("link0", ["fe80::a/64"]), "peer": ("link0", ["fe80::b/64"])},
        "exit-ours": {"ours": ("x0", ["fe80::1/64"]), "xo": ("x0", ["fe80::2/64"])},
        "exit-peer": {"peer": ("x0", ["fe80::1/64"]), "xp": ("x0", ["fe80::2/64"])},
        "lan1": {"ours": ("h0", ["fe80::1/64", LAN1 + "1/64"]), "h1": ("h0", [LAN1 + "10/64"])},
        "lan2": {"peer": ("h0", ["fe80::1/64", LAN2 + "1/64"]), "h2": ("h0", [LAN2 + "10/64"])}}}


def both_ways(net):
    watch.meets(net, "h1", LAN1 + "10", "2001:db8:e1::1", "xp", 40)
    watch.meets(net, "h2", LAN2 + "10", "2001:db8:e2::1", "xo", 40)


def test_plain_routes_in_both_directions(topology):
    net = topology(SPEC)
    echo = EchoServers()
    net.on_close(echo.close)
    for x, b in (("xo", "2001:db8:e2::1"), ("xo", "2001:db8:d2::1"), ("xp", "2001:db8:e1::1")):
        echo.add(net[x].ns, b, x)
    echo.start()
    both_ways(net)
    watch.has_route(net, "ours", (P1, "::/0"), "link0", "babel")
    # RFC 9079 5.1: to a speaker without the extension the pair is unknown, never plain.
    assert not net["peer"].ip_out("-6", "route", "show", D2).strip()
    watch.meets(net, "h2", LAN2 + "10", "2001:db8:d2::1", "unreachable, no route by peer")

    net["peer"].ip(f"route del {P1}")
    watch.has_no_route(net, "ours", (P1, "::/0"), 30)
    net["peer"].ip(f"route add {P1} via fe80::2 dev x0")
    both_ways(net)

    net["ours"].babeld.stop()

    def gone():
        shown = net["peer"].ip_out("-6", "route", "show", P2).strip()
        if shown and not shown.startswith("unreachable"):
            raise NotYet(shown)
        return True
    net.wait(gone, 60, "our plain route gone from the peer")
    net["ours"].babeld.start()
    both_ways(net)
    peer = net["peer"].daemons["frr-babeld"]
    peer.stop()
    peer.start()
    both_ways(net)
