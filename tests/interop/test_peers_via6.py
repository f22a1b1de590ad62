# SPDX-License-Identifier: MIT
"""IPv4 between ours and a peer, over a link with and without IPv4 addresses (RFC 9229).

    h1 --lan1-- ours ---link0--- peer --lan2-- h2

The hosts have IPv4 and their routers on the LANs. Debian's babeld 1.12 speaks
AE 4 in both directions. BIRD 2.0.12 and FRR 8.4.4 do not know it ("extended next
hop" is a word of BIRD's BGP alone there): they have to ignore it, and to go on with
all that stands beside it. What is told both ways, with restarts and loss, is in the
matrix (test_matrix.py).
"""

import pytest
from cells import faulty
from harness import EchoServers, NotYet, watch
from harness import site as place

H1, H2 = "198.51.100.10", "203.0.113.10"
LAN1, LAN2 = "198.51.100.0/24", "203.0.113.0/24"
SIX1, SIX2 = "2001:db8:51:1::", "2001:db8:61:1::"
ANY = "0.0.0.0/0"
OURS_LL, PEER_LL = "fe80::a", "fe80::b"


def our_babel(**settings):
    config = place.babel(["link0"], ["connected"])
    for i in config["srcdest-babel:babel"]["interface"]:
        i.update(settings)
    config["srcdest-babel:babel"]["redistribute"].append(
        {"family": "ipv4", "protocol": "connected"})
    return config


DEBIAN = [("debian-babeld",
           "interface link0 type wired hello-interval 1 update-interval 4\n"
           "redistribute if h0 proto 2 allow\nredistribute local deny\nredistribute deny\n")]

BIRD = [("bird", "router id 10.0.0.9;\nipv4 table m4;\n" + place.BIRD_HEAD +
         "protocol kernel k4 { ipv4 { table m4; export all; }; }\n"
         "protocol babel { ipv4 { table m4; import all; export all; };"
         " ipv6 sadr { table sadr6; import all; export all; };"
         ' interface "link0" { type wired; hello interval 1 s; update interval 4 s; }; }\n'
         'protocol direct { ipv4 { table m4; }; ipv6 sadr { table sadr6; }; interface "h0"; }\n')]

FRR = [("frr-babeld", """
interface link0
 babel wired
 babel hello-interval 1000
 babel update-interval 4000
router babel
 network link0
 redistribute ipv4 connected
 redistribute ipv6 connected
""")]

PEERS = {"debian-babeld": DEBIAN, "bird": BIRD, "frr-babeld": FRR}


def start(topology, peer, ours4=(), peer4=()):
    net = topology({"nodes": {
        "h1": {"commands": ["route add ::/0 via fe80::1 dev h0"]},
        "h2": {"commands": ["route add ::/0 via fe80::1 dev h0"]},
        "ours": {"router": True, "daemons": [("zebra", {}), ("babeld", our_babel())]},
        "peer": {"router": True, "daemons": PEERS[peer]}},
        "links": {
            "core": {"ours": ("link0", [OURS_LL + "/64", *ours4]),
                     "peer": ("link0", [PEER_LL + "/64", *peer4])},
            "lan1": {"ours": ("h0", ["fe80::1/64", SIX1 + "1/64", "198.51.100.1/24"]),
                     "h1": ("h0", [SIX1 + "10/64", H1 + "/24"])},
            "lan2": {"peer": ("h0", ["fe80::1/64", SIX2 + "1/64", "203.0.113.1/24"]),
                     "h2": ("h0", [SIX2 + "10/64", H2 + "/24"])}}})
    net["h1"].ns.ip("route add default via 198.51.100.1")
    net["h2"].ns.ip("route add default via 203.0.113.1")
    echo = EchoServers()
    net.on_close(echo.close)
    for name, addresses in (("h1", (H1, SIX1 + "10")), ("h2", (H2, SIX2 + "10"))):
        for a in addresses:
            echo.add(net[name].ns, a, name)
    echo.start()
    return net


def ip4_works(net, timeout=40):
    watch.meets(net, "h1", H1, H2, "h2", timeout)
    watch.meets(net, "h2", H2, H1, "h1", timeout)


def ip6_works(net, timeout=40):
    watch.meets(net, "h1", SIX1 + "10", SIX2 + "10", "h2", timeout)
    watch.meets(net, "h2", SIX2 + "10", SIX1 + "10", "h1", timeout)


def kernel_has(net, node, dst, gateway, timeout=40):
    """Waits for a route with that gateway in the kernel; None: for none that forwards."""
    def check():
        line = net[node].ip_out("-4", "route", "show", dst).strip()
        usable = line and not line.startswith("unreachable")
        if (gateway is None and usable) or (gateway and f"via {gateway} dev link0" not in line):
            raise NotYet(f"{node} has {line!r}")
        return True
    net.wait(check, timeout, f"{dst} via {gateway} on {node}")


def via6(net):
    """Both kernels route through the other's link-local address."""
    ip4_works(net)
    kernel_has(net, "ours", LAN2, f"inet6 {PEER_LL}")
    kernel_has(net, "peer", LAN1, f"inet6 {OURS_LL}")


def test_debian_with_an_address_on_its_side(topology):
    """9229-2.1-b, 9229-2.2-d: each side announces by what it has."""
    net = start(topology, "debian-babeld", peer4=["192.0.2.2/24"])
    ip4_works(net)
    kernel_has(net, "ours", LAN2, "192.0.2.2")
    kernel_has(net, "peer", LAN1, f"inet6 {OURS_LL}")
    net["peer"].ns.ip("addr del 192.0.2.2/24 dev link0")
    kernel_has(net, "ours", LAN2, f"inet6 {PEER_LL}")
    net["peer"].ns.ip("addr add 192.0.2.2/24 dev link0")
    kernel_has(net, "ours", LAN2, "192.0.2.2")
    ip4_works(net)


@faulty
def test_debian_sees_an_address_that_comes(topology):
    """We announce by AE 1 from then on; Debian's babeld goes on by the old next hop, which
    does no harm. (When the address goes again it would, until the route expires.)"""
    net = start(topology, "debian-babeld")
    via6(net)
    net["ours"].ns.ip("addr add 192.0.2.1/24 dev link0")
    watch.meets(net, "h2", H2, H1, "h1")
    kernel_has(net, "peer", LAN1, "192.0.2.1", 12)


def test_debian_without_ours(topology):
    """9229-5-a: with our switch off no IPv4 passes, and IPv6 as ever."""
    net = start(topology, "debian-babeld")
    via6(net)
    babeld = net["ours"].babeld
    babeld.config = our_babel(**{"v4-via-v6": False})
    babeld.reload()
    kernel_has(net, "ours", LAN2, None)
    kernel_has(net, "peer", LAN1, None)
    ip6_works(net)
    babeld.config = our_babel()
    babeld.reload()
    via6(net)


@pytest.mark.parametrize("peer", ["bird", "frr-babeld"])
def test_a_peer_without_the_extension(topology, peer):
    """It ignores AE 4 and nothing else (9229-5-a from its side), and what it announces of
    IPv4 it does where there are addresses. With addresses AE 1 is what both speak."""
    net = start(topology, peer)
    ip6_works(net)
    watch.has_no_route(net, "ours", (LAN2, ANY))
    kernel_has(net, "peer", LAN1, None)
    net["peer"].ns.ip("addr add 192.0.2.2/24 dev link0")
    net["ours"].ns.ip("addr add 192.0.2.1/24 dev link0")
    kernel_has(net, "ours", LAN2, "192.0.2.2")
    kernel_has(net, "peer", LAN1, "192.0.2.1")
    ip4_works(net)
    ip6_works(net)
