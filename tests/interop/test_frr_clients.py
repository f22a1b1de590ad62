# SPDX-License-Identifier: MIT
"""Debian's FRR daemons as clients of our zebra, each by its own protocol: their routes reach the
kernel, those with a source prefix too, go when they are withdrawn, go and return with the daemon,
and routes of ours are redistributed into them. And our babeld on Debian's zebra."""

import pytest

from harness import EchoServers, NotYet, watch
from harness import site as place

A, S = "2001:db8:a9::/64", "2001:db8:51::/48"
D1, D2, D3, D4 = (f"2001:db8:d{n}::/48" for n in (1, 2, 3, 4))
PLAIN, SOURCED = ("2001:db8:57::/48", "::/0"), ("2001:db8:58::/48", S)
DEFAULT = ("::/0", S)


def static(*pairs, gateway):
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": d, "source-prefix": s,
         "next-hop": [{"gateway": gateway, "interface": "link0", "distance": 1}]}
        for d, s in pairs]}}


def spec(dut, peer, dut_commands=(), peer_commands=()):
    return {"nodes": {"dut": {"router": True, "daemons": dut, "commands": list(dut_commands)},
                      "peer": {"router": True, "daemons": peer,
                               "commands": list(peer_commands)},
                      "sink": {}},
            "links": {"core": {"dut": ("link0", ["fe80::a/64", "2001:db8:1::a/64"]),
                               "peer": ("link0", ["fe80::b/64", "2001:db8:1::b/64"])},
                      "lan": {"peer": ("lan0", ["fe80::1/64", "2001:db8:a9::1/64"]),
                              "sink": ("lan0", ["fe80::2/64"])}}}


def kernel(net, node, pair):
    """The kernel's own lines of a pair, protocols as numbers."""
    dst, src = pair
    rows = net[node].ip_out("-N", "-6", "route", "show", dst).splitlines()
    return [r for r in rows if (f"from {src} " in r if src != "::/0" else " from " not in r)]


def in_kernel(net, node, pair, proto, timeout=60):
    def check():
        have = kernel(net, node, pair)
        if not any(f"proto {proto} " in r for r in have):
            raise NotYet(f"{node} has {have} of {net[node].ip_out('-N', '-6', 'route')}")
        return True
    return net.wait(check, timeout, f"{pair} of protocol {proto} in the kernel of {node}")


def not_in_kernel(net, node, pair, proto, timeout=60):
    def check():
        have = [r for r in kernel(net, node, pair) if f"proto {proto} " in r]
        if have:
            raise NotYet(f"{node} has {have}")
        return True
    return net.wait(check, timeout, f"no {pair} of protocol {proto} in the kernel of {node}")


STATICD = f"""
ipv6 route {D1} fe80::b link0
ipv6 route {D2} from {S} fe80::b link0
ipv6 route {D3} 2001:db8:2::b
ipv6 route {D4} from {S} blackhole
"""


def test_staticd(topology):
    net = topology(spec([("zebra", None), ("stock-staticd", STATICD)], [],
                        ["addr add 2001:db8:51::1/128 dev lo"],
                        ["addr add 2001:db8:d1::1/128 dev lo", "addr add 2001:db8:d2::1/128 dev lo",
                         f"route add {S} via fe80::a dev link0"]))
    echo = EchoServers()
    net.on_close(echo.close)
    for b in ("2001:db8:d1::1", "2001:db8:d2::1"):
        echo.add(net["peer"].ns, b, "peer")
    echo.start()
    dut, staticd = net["dut"], net["dut"].daemons["stock-staticd"]

    def all_there():
        for pair in ((D1, "::/0"), (D2, S), (D4, S)):
            in_kernel(net, "dut", pair, 196)
        watch.meets(net, "dut", "2001:db8:1::a", "2001:db8:d1::1", "peer")
        watch.meets(net, "dut", "2001:db8:51::1", "2001:db8:d2::1", "peer")
    all_there()
    assert kernel(net, "dut", (D4, S))[0].startswith("6 ")  # RTN_BLACKHOLE
    # The destination without the source is nobody's.
    assert not [r for r in kernel(net, "dut", (D2, "::/0")) if "proto 196" in r]

    # Next-hop tracking: the gateway becomes reachable, and is lost.
    assert not kernel(net, "dut", (D3, "::/0"))
    dut.ip("addr add 2001:db8:2::a/64 dev link0 nodad")
    in_kernel(net, "dut", (D3, "::/0"), 196)
    dut.ip("addr del 2001:db8:2::a/64 dev link0")
    not_in_kernel(net, "dut", (D3, "::/0"), 196)

    staticd.configure(f"no ipv6 route {D4} from {S} blackhole", f"no ipv6 route {D1} fe80::b link0")
    not_in_kernel(net, "dut", (D4, S), 196)
    not_in_kernel(net, "dut", (D1, "::/0"), 196)
    in_kernel(net, "dut", (D2, S), 196)
    staticd.kill()
    not_in_kernel(net, "dut", (D2, S), 196)
    staticd.start()
    all_there()


def test_staticd_s_routes_outlive_zebra(topology):
    """kill -9 of ours: what staticd has told stays in the kernel until staticd is back."""
    net = topology(spec([("zebra", static(PLAIN, gateway="fe80::b")), ("stock-staticd", STATICD)],
                        [], ["addr add 2001:db8:51::1/128 dev lo"],
                        ["addr add 2001:db8:d1::1/128 dev lo", "addr add 2001:db8:d2::1/128 dev lo",
                         f"route add {S} via fe80::a dev link0"]))
    echo = EchoServers()
    net.on_close(echo.close)
    ends = (("2001:db8:1::a", "2001:db8:d1::1"), ("2001:db8:51::1", "2001:db8:d2::1"))
    for _, b in ends:
        echo.add(net["peer"].ns, b, "peer")
    echo.start()
    dut, staticd = net["dut"], net["dut"].daemons["stock-staticd"]
    for a, b in ends:
        watch.meets(net, "dut", a, b, "peer")
    streams = [watch.stream(net, "dut", a, b) for a, b in ends]
    dut.zebra.kill()
    watch.more(net, streams)
    dut.zebra.start()
    watch.has_route(net, "dut", PLAIN, "link0", "static")  # the configuration is there
    watch.more(net, streams)
    watch.has_route(net, "dut", (D1, "::/0"), "link0", "static", timeout=60)
    watch.has_route(net, "dut", (D2, S), "link0", "static")
    watch.more(net, streams)
    for s in streams:
        s.stop()
        assert not s.lost() and s.exits() == ["peer"], s.summary()
    staticd.configure(f"no ipv6 route {D1} fe80::b link0")
    not_in_kernel(net, "dut", (D1, "::/0"), 196)
    in_kernel(net, "dut", PLAIN, 196)


BABEL = """
interface link0
 babel wired
 babel hello-interval 1000
 babel update-interval 2000
router babel
 network link0
 redistribute ipv6 {what}
"""
OSPF6 = """
interface link0
 ipv6 ospf6 area 0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 dead-interval 4
router ospf6
 ospf6 router-id 192.0.2.{n}
 timers lsa min-arrival 0
 timers throttle spf 10 100 500
 redistribute {what}
 default-information originate
"""
RIPNG = """
router ripng
 network link0
 timers basic 5 15 10
 redistribute {what}
"""
BGP = """
router bgp 6500{n}
 bgp router-id 192.0.2.{n}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 2001:db8:1::{other} remote-as external
 neighbor 2001:db8:1::{other} timers 1 3
 neighbor 2001:db8:1::{other} timers connect 1
 neighbor 2001:db8:1::{other} advertisement-interval 0
 address-family ipv6 unicast
  redistribute {what}
  neighbor 2001:db8:1::{other} activate
"""
ISIS = """
interface link0
 ipv6 router isis x
 isis network point-to-point
 isis hello-interval 1
 isis hello-multiplier 4
router isis x
 net 49.0001.0000.0000.000{n}.00
 is-type level-1
 topology ipv6-unicast
 topology ipv6-dstsrc
 lsp-gen-interval 1
 spf-interval 1
 redistribute ipv6 {what} level-1
"""

# Program, configuration, the number of its protocol in the kernel.
PROTOCOLS = [("babeld", BABEL, 42), ("ospf6d", OSPF6, 188), ("ripngd", RIPNG, 190), ("bgpd", BGP, 186),
             ("isisd", ISIS, 187)]


def never_plain(net, program, proto):
    """What has a source here is nowhere at the peer without it. (But isisd 8.4.4's fault: it gives
    what it learns to any zebra, stock ones too, without the source.)"""
    if program == "isisd":
        return
    for pair in (SOURCED, DEFAULT):
        dst = "default" if pair == DEFAULT else pair[0]
        have = [r for r in kernel(net, "peer", (dst, "::/0")) if f"proto {proto} " in r]
        assert not have, have


@pytest.mark.parametrize("program, conf, proto", PROTOCOLS, ids=[p[0] for p in PROTOCOLS])
def test_protocol(topology, program, conf, proto):
    kind = "stock-" + program
    # RIPng names third gateways on the link (RFC 2080 2.1.1): not the peer itself, then.
    gateway = "fe80::c" if program == "ripngd" else "fe80::b"
    # A daemon that knows no sources hears of a default from S as such, and takes it for none.
    sourced = (SOURCED, DEFAULT) if program != "isisd" else (SOURCED,)
    net = topology(spec(
        [("zebra", static(PLAIN, *sourced, gateway=gateway)),
         (kind, conf.format(n=1, other="b", what="static"))],
        [("zebra", None), (kind, conf.format(n=2, other="a", what="connected"))]))
    # A connected route of the peer comes to us, ours of staticd to the peer.
    in_kernel(net, "dut", (A, "::/0"), proto)
    in_kernel(net, "peer", PLAIN, proto)
    if program == "isisd":
        # It takes (D,S) routes into its dst-src topology.
        shown = net["peer"].daemons[kind].vtysh("show isis database detail")
        assert "2001:db8:58::/48 (Metric: 0) ipv6-dstsrc" in shown, shown
        assert "IPv6 Source Prefix: " + S in shown, shown
    never_plain(net, program, proto)

    net["peer"].ip("addr del 2001:db8:a9::1/64 dev lan0")
    not_in_kernel(net, "dut", (A, "::/0"), proto)
    net["peer"].ip("addr add 2001:db8:a9::1/64 dev lan0 nodad")
    in_kernel(net, "dut", (A, "::/0"), proto)
    net["dut"].zebra.config = static(*sourced, gateway=gateway)
    net["dut"].zebra.reload()
    if program != "babeld":  # tests/interop/cells.py: it refuses that retraction
        not_in_kernel(net, "peer", PLAIN, proto, 90)

    daemon = net["dut"].daemons[kind]
    daemon.kill()
    not_in_kernel(net, "dut", (A, "::/0"), proto)
    net["dut"].zebra.config = static(PLAIN, *sourced, gateway=gateway)
    net["dut"].zebra.reload()
    daemon.start()
    in_kernel(net, "dut", (A, "::/0"), proto, 90)
    if program != "babeld":  # tests/interop/cells.py: it begins with a random seqno
        in_kernel(net, "peer", PLAIN, proto, 90)
    never_plain(net, program, proto)


def test_babel_into_isisd(topology):
    """A pair that our babeld has learnt goes into IS-IS as a pair, and leaves it as one."""
    net = topology(spec([("zebra", None), ("babeld", place.babel(["link0"], [])),
                         ("stock-isisd", ISIS.format(n=1, what="babel"))],
                        [("zebra", static(PLAIN, SOURCED, gateway="fe80::a")),
                         ("babeld", place.babel(["link0"], ["static"]))]))
    isisd = net["dut"].daemons["stock-isisd"]

    def database(has):
        def check():
            shown = isisd.vtysh("show isis database detail")
            pair = SOURCED[0] + " (Metric: 0) ipv6-dstsrc"
            if (pair in shown and "IPv6 Source Prefix: " + S in shown) != has:
                raise NotYet(shown)
            # Never the destination by itself.
            assert SOURCED[0] + " (Metric: 0)" not in shown.replace(pair, ""), shown
            return shown
        return net.wait(check, 60, f"the pair in isisd's database: {has}")
    in_kernel(net, "dut", SOURCED, 42)
    assert PLAIN[0] + " (Metric: 0)" in database(True)
    net["peer"].zebra.config = static(PLAIN, gateway="fe80::a")
    net["peer"].zebra.reload()
    database(False)


BGP4 = """
router bgp 6500{n}
 bgp router-id 192.0.2.{n}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 192.0.2.{other} remote-as external
 neighbor 192.0.2.{other} timers 1 3
 neighbor 192.0.2.{other} timers connect 1
 neighbor 192.0.2.{other} advertisement-interval 0
 address-family ipv4 unicast
  {what}
"""


def test_redistribute_table(topology):
    """Routes of a kernel table beside the main one, by `redistribute table`."""
    there, elsewhere = "198.51.100.0/24", "203.0.113.0/24"
    made = spec([("zebra", None),
                 ("stock-staticd", f"ip route {there} blackhole table 100\n"
                                   f"ip route {elsewhere} blackhole table 101\n"),
                 ("stock-bgpd", BGP4.format(n=1, other=2, what="redistribute table 100"))],
                [("zebra", None), ("stock-bgpd", BGP4.format(n=2, other=1, what=""))])
    for n, node in ((1, "dut"), (2, "peer")):
        made["links"]["core"][node][1].append(f"192.0.2.{n}/24")
    net = topology(made)

    def peer_has(has):
        def check():
            rows = net["peer"].ip_out("-N", "route", "show", "proto", "186")
            assert elsewhere not in rows, rows
            if (there in rows) != has:
                raise NotYet(rows)
            return True
        net.wait(check, 60, f"{there} at the peer: {has}")
    peer_has(True)
    net["dut"].daemons["stock-staticd"].configure(f"no ip route {there} blackhole table 100")
    peer_has(False)


def test_routes_of_others_reach_a_stock_daemon(topology):
    """`redistribute kernel`: what somebody else put into our kernel; plain ones only, for it has
    no sources."""
    net = topology(spec(
        [("zebra", None), ("stock-ospf6d", OSPF6.format(n=1, what="kernel"))],
        [("zebra", None), ("stock-ospf6d", OSPF6.format(n=2, what="connected"))]))
    net["dut"].ip("route add 2001:db8:61::/48 via fe80::b dev link0",
                  "route add 2001:db8:62::/48 proto ra metric 77 nexthop via fe80::b dev link0 "
                  "nexthop via fe80::c dev link0",
                  f"route add 2001:db8:63::/48 from {S} via fe80::b dev link0",
                  "route add 2001:db8:64::/48 via fe80::b dev link0 proto redirect")
    for n in (61, 62):
        in_kernel(net, "peer", (f"2001:db8:{n}::/48", "::/0"), 188)
    for n in (63, 64):
        assert not kernel(net, "peer", (f"2001:db8:{n}::/48", "::/0"))
    net["dut"].ip("route del 2001:db8:62::/48 nexthop via fe80::c dev link0",
                  "route del 2001:db8:61::/48")
    not_in_kernel(net, "peer", ("2001:db8:61::/48", "::/0"), 188, 90)
    assert kernel(net, "peer", ("2001:db8:62::/48", "::/0"))


REFUSED = "could not install a route from " + S


@pytest.mark.parametrize("objects", [False, True], ids=["no-nexthop-objects", "default"])
def test_our_babeld_on_stock_zebra(topology, objects):
    """FRR 8.4 pairs (D,S) routes with nexthop objects, and the kernel refuses."""
    net = topology(spec(
        [("stock-zebra", "" if objects else "no zebra nexthop kernel enable\n"),
         ("babeld", place.babel(["link0"], []))],
        [("zebra", static(PLAIN, SOURCED, (D2, S), gateway="fe80::a")),
         ("babeld", place.babel(["link0"], ["static"]))]))
    dut = net["dut"]
    in_kernel(net, "dut", PLAIN, 42)
    if not objects:
        in_kernel(net, "dut", SOURCED, 42)
        in_kernel(net, "dut", (D2, S), 42)
        assert REFUSED not in dut.babeld.log_text()
        assert "could not install" not in dut.babeld.show_text("show babel parameters")
        # Both hold their routes over a restart of zebra, and find each other again.
        dut.daemons["stock-zebra"].restart()
        in_kernel(net, "dut", SOURCED, 42)
        return
    net.wait(lambda: REFUSED in dut.babeld.log_text(), 30, "babeld tells of the refusal")
    assert "no zebra nexthop kernel enable" in dut.babeld.show_text("show babel parameters")
    assert not kernel(net, "dut", SOURCED)
    # Once: more routes are refused and nothing more is said.
    net["peer"].zebra.config = static(PLAIN, SOURCED, (D2, S), (D3, S), gateway="fe80::a")
    net["peer"].zebra.reload()

    def failed():
        v = dut.babeld.show_text("show babel parameters")
        if " 3 failed" not in v:
            raise NotYet(v)
        return True
    net.wait(failed, 30, "a third refusal")
    assert dut.babeld.log_text().count(REFUSED) == 1
