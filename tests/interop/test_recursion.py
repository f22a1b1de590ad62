# SPDX-License-Identifier: MIT
"""Debian's staticd and bgpd over next hops that are not on a link: they ask our zebra, hear of
every change, and their routes follow. And bgpd's check of what it is to originate."""

from harness import EchoServers, NotYet, watch

LINK, PEER = "2001:db8:1::a", "2001:db8:1::b"
FAR, GATE = "2001:db8:d5::1", "2001:db8:77::1"
D, D2, VIA = "2001:db8:d5::/48", "2001:db8:d6::/48", "2001:db8:77::/48"
LOOP, LOOPS = "2001:db8:b0::1", "2001:db8:b0::/48"
OURS = "2001:db8:ee::/48"


def static(**gateways):
    """Routes by their destinations, each over one gateway."""
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": d, "source-prefix": "::/0",
         "next-hop": [{"gateway": g, "interface": i}]} for d, (g, i) in gateways.items()]}}


def spec(dut, peer, peer_commands):
    return {"nodes": {"dut": {"router": True, "daemons": dut},
                      "peer": {"router": True, "daemons": peer, "commands": peer_commands}},
            "links": {"core": {"dut": ("link0", ["fe80::a/64", LINK + "/64"]),
                               "peer": ("link0", ["fe80::b/64", PEER + "/64"])}}}


def configure(net, **gateways):
    net["dut"].zebra.config = static(**gateways)
    net["dut"].zebra.reload()


def kernel(net, node, dst, proto):
    rows = net[node].ip_out("-N", "-6", "route", "show", dst).splitlines()
    return [r.strip() for r in rows if f"proto {proto} " in r]


def becomes(net, node, dst, proto, want, timeout=60):
    """Until the kernel's route is over `want`, or away (None)."""
    def check():
        have = kernel(net, node, dst, proto)
        if [want is not None and want in r for r in have] != ([True] if want else []):
            raise NotYet(f"{node} has {have}")
        return True
    return net.wait(check, timeout, f"{dst} of protocol {proto} over {want} on {node}")


def test_staticd_over_routes_over_routes(topology):
    """A gateway behind a route of ours, and a second one behind the first."""
    net = topology(spec([("zebra", static(**{VIA: ("fe80::b", "link0")})),
                         ("stock-staticd", f"ipv6 route {D} {GATE}\nipv6 route {D2} {FAR}\n")],
                        [], [f"addr add {FAR}/128 dev lo", "addr add 2001:db8:d6::1/128 dev lo"]))
    echo = EchoServers()
    net.on_close(echo.close)
    for a in (FAR, "2001:db8:d6::1"):
        echo.add(net["peer"].ns, a, "peer")
    echo.start()
    for a in (FAR, "2001:db8:d6::1"):
        watch.meets(net, "dut", LINK, a, "peer", 60)
    for d in (D, D2):
        becomes(net, "dut", d, 196, "via fe80::b dev link0")
    # Another way to the first gateway is another way for all that lead over it.
    configure(net, **{VIA: (PEER, "link0")})
    for d in (D, D2):
        becomes(net, "dut", d, 196, f"via {PEER} dev link0")
    watch.meets(net, "dut", LINK, FAR, "peer")
    configure(net)
    for d in (D, D2):
        becomes(net, "dut", d, 196, None)
    configure(net, **{VIA: ("fe80::b", "link0")})
    for d in (D, D2):
        becomes(net, "dut", d, 196, "via fe80::b dev link0")


BGP = """
router bgp 65001
 bgp router-id 192.0.2.{n}
 {check}bgp network import-check
 neighbor {other} remote-as 65001
 neighbor {other} update-source {own}
 neighbor {other} timers 1 3
 neighbor {other} timers connect 1
 neighbor {other} advertisement-interval 0
 address-family ipv6 unicast
  network {network}
  neighbor {other} activate
"""


def test_bgpd_over_a_loopback(topology):
    """Internal BGP between loopbacks: the next hop is found over a route of ours (tracked, told
    when it changes), and `network` is announced while our table has the prefix, not longer."""
    base = {LOOPS: ("fe80::b", "link0")}
    net = topology(spec(
        [("zebra", static(**base)),
         ("stock-bgpd", BGP.format(n=1, other=LOOP, own=LINK, network=OURS, check=""))],
        [("zebra", {}),
         ("stock-bgpd", BGP.format(n=2, other=LINK, own=LOOP, network=D, check="no "))],
        [f"addr add {LOOP}/128 dev lo", f"addr add {FAR}/128 dev lo"]))
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["peer"].ns, FAR, "peer")
    echo.start()
    becomes(net, "dut", D, 186, "via fe80::b dev link0", 90)
    watch.meets(net, "dut", LINK, FAR, "peer")
    row, = [r for r in net["dut"].zebra.show(f"show ipv6 route {D}")["routes"]
            if r["protocol"] == "bgp"]
    assert row["nexthops"][0]["gateway"] == LOOP and row["nexthops"][0]["recursive"], row

    # The way to the next hop changes: the route goes with it.
    configure(net, **{LOOPS: (PEER, "link0")})
    becomes(net, "dut", D, 186, f"via {PEER} dev link0")

    # Nothing covers what we are to originate, then something does, then again nothing.
    assert not kernel(net, "peer", OURS, 186)
    configure(net, **{LOOPS: (PEER, "link0"), OURS: ("blackhole", "")})
    becomes(net, "peer", OURS, 186, "dev link0", 90)
    configure(net, **{LOOPS: (PEER, "link0")})
    becomes(net, "peer", OURS, 186, None)

    # The next hop is not reachable any more: bgpd hears, and withdraws.
    configure(net)
    becomes(net, "dut", D, 186, None)
