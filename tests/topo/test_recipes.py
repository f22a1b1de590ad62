# SPDX-License-Identifier: MIT
"""The recipes of doc/user/recipes: each test runs the very lines of its page."""

from harness import EchoServers, NotYet, recipes, watch

BEACON = "2001:db8:ffff::1"
SITE, OTHER = "2001:db8:a:1::10", "2001:db8:b:1::10"
OUTER = "ipv6.src == 2001:db8:f::2 && udp.port == 4789"


def tunnel_spec():
    """The internet answers as what it is reached by: the far end of the tunnel, or the uplink."""
    return {"nodes": {"edge": {"router": True, "daemons": [("zebra", {})]},
                      "net": {"router": True, "commands": [
                          f"addr add {BEACON}/128 dev lo",
                          "route add 2001:db8:77::/48 via fe80::77 dev far0",
                          "route add 2001:db8:b::/48 via 2001:db8:f::2 dev site0"]},
                      "far": {"router": True, "commands": [
                          f"addr add {BEACON}/128 dev lo",
                          "route add 2001:db8:f::/64 via fe80::1 dev net0"]},
                      "site": {"commands": ["route add ::/0 via fe80::e dev lan0"]},
                      "others": {"commands": ["route add ::/0 via fe80::e dev lan0"]}},
            "links": {"uplink": {"edge": ("up0", ["2001:db8:f::2/64"]),
                                 "net": ("site0", ["2001:db8:f::1/64"])},
                      "beyond": {"net": ("far0", ["fe80::1/64"]),
                                 "far": ("net0", ["fe80::77/64", "2001:db8:77::1/64"])},
                      "a": {"edge": ("a0", ["fe80::e/64", "2001:db8:a:1::1/64"]),
                            "site": ("lan0", [SITE + "/64"])},
                      "b": {"edge": ("b0", ["fe80::e/64", "2001:db8:b:1::1/64"]),
                            "others": ("lan0", [OTHER + "/64"])}}}


def far_end(net):
    """The other side's half of the tunnel; the page is about the edge."""
    for line in ("ip link add tun0 type vxlan id 7 local 2001:db8:77::1 remote 2001:db8:f::2 "
                 "dstport 4789", "ip link set tun0 addrgenmode none",
                 "ip addr add fe80::1/64 dev tun0 nodad", "ip link set tun0 up",
                 "ip -6 route add 2001:db8:a::/48 via fe80::2 dev tun0"):
        net["far"].ns.run(line.split())


def sent_into(net, node, ifname):
    with_counters = net[node].ns.run(["cat", f"/sys/class/net/{ifname}/statistics/tx_packets"])
    return int(with_counters)


def test_tunnel(topology):
    net = topology(tunnel_spec(), captures=["uplink"])
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["net"].ns, BEACON, "uplink")
    echo.add(net["far"].ns, BEACON, "tunnel")
    echo.start()
    far_end(net)
    recipes.run(net, "tunnel")
    watch.meets(net, "site", SITE, BEACON, "tunnel")
    watch.meets(net, "others", OTHER, BEACON, "uplink")

    # Real packets on both ways: each once through the tunnel, each wrapped once on the uplink.
    capture = net.captures["uplink"]
    before, wrapped = sent_into(net, "edge", "tun0"), capture.count(OUTER)
    inside, outside = (watch.stream(net, n, s, BEACON) for n, s in
                       (("site", SITE), ("others", OTHER)))
    watch.more(net, [inside, outside], 300)
    inside.stop()
    outside.stop()
    assert {o.exit for o in inside.outcomes} == {"tunnel"}
    assert {o.exit for o in outside.outcomes} == {"uplink"}
    n, through = len(inside.outcomes), sent_into(net, "edge", "tun0") - before
    # Some neighbour discovery goes through the tunnel, too; a packet that it swallows comes back
    # again and again.
    assert n <= through < n + 50, (n, through)

    def all_captured():
        have = capture.count(OUTER) - wrapped
        if not n <= have < n + 50:
            raise NotYet(f"{have} wrapped of {n}")
        return True
    net.wait(all_captured, 10, "every packet of the tunnel on the uplink, once")
    # The other link carries what is not for the tunnel, and nothing from the site unwrapped.
    assert capture.count(f"ipv6.src == {OTHER} && !vxlan") >= len(outside.outcomes)
    assert capture.count(f"ipv6.src == {SITE} && !vxlan") == 0

    # The tunnel goes, and nothing leaks.
    net["edge"].ip("link set tun0 down")
    watch.meets(net, "site", SITE, BEACON, "unreachable, no route by edge")
    watch.meets(net, "others", OTHER, BEACON, "uplink")
    assert capture.count(f"ipv6.src == {SITE} && !vxlan") == 0
    # Down, an interface has lost its IPv6 addresses.
    net["edge"].ip("link set tun0 up", "addr add fe80::2/64 dev tun0 nodad")
    watch.meets(net, "site", SITE, BEACON, "tunnel")

    # What the page is against: the plain default through the tunnel swallows the tunnel.
    said, content = net["edge"].mgmtd.load(
        "no ipv6 route ::/0 2001:db8:f::1\nipv6 route ::/0 fe80::1 tun0\n")
    assert content, said
    watch.meets(net, "site", SITE, BEACON, "silence")


SERVICE = "2001:db8:5e::1"
CLIENT = {"a": "2001:db8:a::10", "b": "2001:db8:b::10"}


def anycast_spec():
    ours = [("zebra", {}), ("babeld", None)]
    return {"nodes": {"r0": {"router": True, "daemons": ours}, "r1": {"router": True, "daemons": ours},
                      "r2": {"router": True, "daemons": ours},
                      "clients": {"commands": ["route add ::/0 via fe80::e dev lan0"]},
                      "site1": {"commands": [f"addr add {SERVICE}/128 dev lo",
                                             "route add ::/0 via fe80::1 dev srv0"]},
                      "site2": {"commands": [f"addr add {SERVICE}/128 dev lo",
                                             "route add ::/0 via fe80::1 dev srv0"]}},
            "links": {"near": {"r0": ("near0", ["fe80::e/64"]), "r1": ("e0", ["fe80::1/64"])},
                      "far": {"r0": ("far0", ["fe80::e/64"]), "r2": ("e0", ["fe80::2/64"])},
                      "s1": {"r1": ("srv0", ["fe80::1/64"]), "site1": ("srv0", ["fe80::51/64"])},
                      "s2": {"r2": ("srv0", ["fe80::1/64"]), "site2": ("srv0", ["fe80::52/64"])},
                      "lan": {"r0": ("lan0", ["fe80::e/64", "2001:db8:a::1/48", "2001:db8:b::1/48"]),
                              "clients": ("lan0", [a + "/64" for a in CLIENT.values()])}}}


def served(net, a, b, timeout=30):
    watch.meets(net, "clients", CLIENT["a"], SERVICE, a, timeout)
    watch.meets(net, "clients", CLIENT["b"], SERVICE, b, timeout)


def test_anycast(topology):
    net = topology(anycast_spec(), captures=False)
    echo = EchoServers()
    net.on_close(echo.close)
    for site in ("site1", "site2"):
        echo.add(net[site].ns, SERVICE, site)
    echo.start()
    recipes.run(net, "anycast")
    served(net, "site1", "site2")

    # The page's own line takes it back: plain anycast, the nearest for all, after the two seconds
    # for which Babel holds a withdrawn pair as unreachable.
    stream = watch.stream(net, "clients", CLIENT["b"], SERVICE)
    with open(recipes.path("anycast"), encoding="utf-8") as f:
        line, = [x for x in f.read().split("`") if x.startswith("no ipv6 route")]
    assert net["r2"].mgmtd.load(line + "\n") == ("", True)
    served(net, "site1", "site1")
    watch.more(net, [stream])
    stream.stop()
    exits = [o.exit for o in stream.outcomes]
    assert set(exits[-200:]) == {"site1"} and "site2" in exits
    assert exits.count(None) < 1000, exits.count(None)  # of 200 a second
    assert net["r2"].mgmtd.load(line[3:] + "\n") == ("", True)
    served(net, "site1", "site2")

    # So does the loss of the way there; and of the near site, for the others.
    net.link_set("r0", "far0", "down")
    served(net, "site1", "site1")
    net["r0"].ip("link set far0 up", "addr add fe80::e/64 dev far0 nodad")
    served(net, "site1", "site2", 60)
    net.link_set("r0", "near0", "down")
    served(net, "site2", "site2")
