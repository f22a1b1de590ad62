# SPDX-License-Identifier: MIT
"""Routes of others in the kernel: learned, chosen, redistributed, and forgotten with them
(doc/decisions/kernel-routes.md).

      x fe80::2 --v0-- dut --link0-- peer lan0 -- (hosts)
      y fe80::3 --w0--/

What `ip route` writes on dut, Babel carries to peer; x and y answer real packets.
"""

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place

A, B = "2001:db8:a::/48", "2001:db8:b::/48"
ANY6, ANY4 = "::/0", "0.0.0.0/0"


def babel(redistribute):
    conf = place.babel(["link0"], [])
    conf["srcdest-babel:babel"]["redistribute"] = [
        {"family": f, "protocol": "kernel"} for f in redistribute]
    return conf


@pytest.fixture
def net(topology):
    t = topology({
        "nodes": {"dut": {"router": True,
                          "daemons": [("zebra", {}), ("babeld", babel(["ipv6", "ipv4"]))]},
                  "peer": {"router": True, "daemons": [("zebra", {}), ("babeld", babel([]))],
                           "commands": ["addr add 2001:db8:a::9/128 dev lo",
                                        "addr add 2001:db8:b::9/128 dev lo"]},
                  "x": {"router": True, "commands": ["addr add 2001:db8:d::1/128 dev lo",
                                                     "route add ::/0 via fe80::1 dev x0"]},
                  "y": {"router": True, "commands": ["addr add 2001:db8:d::1/128 dev lo",
                                                     "route add ::/0 via fe80::1 dev y0"]}},
        "links": {"v": {"dut": ("v0", ["fe80::1/64", "10.1.2.1/24"]), "x": ("x0", ["fe80::2/64"])},
                  "w": {"dut": ("w0", ["fe80::1/64", "10.1.3.1/24"]), "y": ("y0", ["fe80::3/64"])},
                  "core": {"dut": ("link0", ["fe80::a/64", "10.0.0.1/24"]),
                           "peer": ("link0", ["fe80::b/64", "10.0.0.2/24"])}},
    }, captures=False)
    # Back to the sources, for the answers.
    t["dut"].ip(*(f"route add {p} via fe80::b dev link0 metric 5 proto kernel" for p in (A, B)))
    echo = EchoServers()
    t.on_close(echo.close)
    for n in "xy":
        echo.add(t[n].ns, "2001:db8:d::1", n)
    echo.start()
    return t


def learned(net):
    """{(destination, source, distance, metric): [(gateway, interface, weight)]}"""
    found = {}
    for family in ("ip", "ipv6"):
        for r in watch.rows(net["dut"].zebra.show(f"show {family} route kernel")):
            found[(r["destination"], r["source"], r["distance"], r["metric"])] = sorted(
                (n.get("gateway", n["type"]), n.get("interfaceName", ""), n["weight"])
                for n in r["nexthops"])
    return found


def learns(net, want, timeout=10):
    def check():
        have = learned(net)
        if have != want:
            raise NotYet(f"too much: { {k: v for k, v in have.items() if want.get(k) != v} }, "
                         f"too little: { {k: v for k, v in want.items() if have.get(k) != v} }")
        return True
    net.wait(check, timeout, "what others have, and no more")


ROUTES = {  # as `ip route` says it: what zebra shall know
    f"2001:db8:1::/48 from {A} via fe80::2 dev v0":
        (("2001:db8:1::/48", A, 0, 1024), [("fe80::2", "v0", 1)]),
    "2001:db8:2::/48 via fe80::2 dev v0 metric 33554532 proto bird":
        (("2001:db8:2::/48", ANY6, 2, 100), [("fe80::2", "v0", 1)]),
    "2001:db8:3::/48 proto dhcp metric 7 nexthop via fe80::2 dev v0 weight 3 "
    "nexthop via fe80::3 dev w0 weight 5":
        (("2001:db8:3::/48", ANY6, 0, 7), [("fe80::2", "v0", 3), ("fe80::3", "w0", 5)]),
    "blackhole 2001:db8:4::/48": (("2001:db8:4::/48", ANY6, 0, 1024), [("blackhole", "", 1)]),
    "2001:db8:5::/48 dev v0": (("2001:db8:5::/48", ANY6, 0, 1024), [("direct", "v0", 1)]),
    "::/0 via fe80::2 dev v0 proto ra metric 1024":
        (("::/0", ANY6, 0, 1024), [("fe80::2", "v0", 1)]),
    "192.0.2.0/25 via 10.1.2.9": (("192.0.2.0/25", ANY4, 0, 0), [("10.1.2.9", "v0", 1)]),
    "192.0.2.128/25 metric 9 nexthop via 10.1.2.9 dev v0 weight 2 "
    "nexthop via 10.1.3.9 dev w0 weight 4":
        (("192.0.2.128/25", ANY4, 0, 9), [("10.1.2.9", "v0", 2), ("10.1.3.9", "w0", 4)]),
    "prohibit 198.51.100.0/24": (("198.51.100.0/24", ANY4, 0, 0), [("prohibit", "", 1)]),
}
# Nobody's business here.
NOT = ["2001:db8:90::/48 via fe80::2 dev v0 proto redirect",
       "2001:db8:91::/48 via fe80::2 dev v0 proto kernel",
       "2001:db8:92::/48 via fe80::2 dev v0 table 77",
       "192.0.2.0/26 tos 0x10 via 10.1.2.9", "local 2001:db8:93::1/128 dev lo"]


def test_each_kind_is_learned_announced_and_forgotten(net):
    dut = net["dut"]
    dut.ip(*("route add " + r for r in list(ROUTES) + NOT))
    want = dict(ROUTES.values())
    learns(net, want)
    # A zebra that starts later finds the same.
    dut.zebra.kill()
    dut.zebra.start()
    learns(net, want)
    for dst, src, _, _ in want:
        watch.has_route(net, "peer", (dst, src), "link0", "babel", timeout=60)
    have = watch.selected(net["peer"], "ipv6")
    assert not [p for p in have if p[0].startswith("2001:db8:9") and have[p]["protocol"] == "babel"]
    for line, (key, _) in ROUTES.items():
        dut.ip("route del " + line.split(" nexthop")[0])
        del want[key]
        learns(net, want)
        watch.has_no_route(net, "peer", key[:2], timeout=30)


def test_packets_follow_them_by_source(net):
    """A plain one and one with a source, of somebody else: the plain one is not shadowed."""
    net["dut"].ip("route add 2001:db8:d::/48 via fe80::2 dev v0 metric 1024",
                  f"route add 2001:db8:d::/48 from {B} via fe80::3 dev w0 metric 1024")
    for src, exit_name in (("2001:db8:a::9", "x"), ("2001:db8:b::9", "y")):
        watch.meets(net, "peer", src, "2001:db8:d::1", exit_name, 60)
    net["dut"].ip(f"route del 2001:db8:d::/48 from {B}")
    watch.meets(net, "peer", "2001:db8:b::9", "2001:db8:d::1", "x", 60)


def test_one_next_hop_less_is_no_withdrawal(net):
    """IPv6 tells it as a deletion. At the neighbour the route never goes."""
    dut = net["dut"]
    dut.ip("route add 2001:db8:d::/48 nexthop via fe80::2 dev v0 nexthop via fe80::3 dev w0")
    watch.has_route(net, "peer", ("2001:db8:d::/48", ANY6), "link0", "babel", timeout=60)
    before = watch.selected(net["peer"])[("2001:db8:d::/48", ANY6)]["uptime"]
    stream = watch.stream(net, "peer", "2001:db8:a::9", "2001:db8:d::1")
    dut.ip("route del 2001:db8:d::/48 nexthop via fe80::3 dev w0")
    learns(net, {("2001:db8:d::/48", ANY6, 0, 1024): [("fe80::2", "v0", 1)]})
    watch.more(net, [stream])
    stream.stop()
    assert not stream.lost(), stream.summary()
    assert watch.selected(net["peer"])[("2001:db8:d::/48", ANY6)]["uptime"] >= before
    dut.ip("route append 2001:db8:d::/48 via fe80::3 dev w0")
    learns(net, {("2001:db8:d::/48", ANY6, 0, 1024): [("fe80::2", "v0", 1), ("fe80::3", "w0", 1)]})
    dut.ip("route replace 2001:db8:d::/48 via fe80::3 dev w0")
    learns(net, {("2001:db8:d::/48", ANY6, 0, 1024): [("fe80::3", "w0", 1)]})


def test_a_route_goes_with_the_address_it_prefers(net):
    """IPv4: kernels before 6.7 say nothing of it. The link keeps another address."""
    dut, key = net["dut"], ("198.51.100.0/24", ANY4, 0, 9)
    dut.ip("addr add 10.1.2.7/24 dev v0",
           "route add 198.51.100.0/24 via 10.1.2.9 src 10.1.2.7 metric 9",
           "route add 192.0.2.0/24 via 10.1.2.9 metric 9")
    other = {("192.0.2.0/24", ANY4, 0, 9): [("10.1.2.9", "v0", 1)]}
    learns(net, {key: [("10.1.2.9", "v0", 1)], **other})
    dut.ip("addr del 10.1.2.7/24 dev v0")
    assert "src 10.1.2.7" not in dut.ip_out("-4", "route", "show")
    learns(net, other)


def test_an_advertised_route_goes_with_its_lifetime(net):
    net["dut"].ip("route add ::/0 via fe80::2 dev v0 proto ra metric 1024 expires 2")
    learns(net, {("::/0", ANY6, 0, 1024): [("fe80::2", "v0", 1)]})
    learns(net, {}, timeout=90)
