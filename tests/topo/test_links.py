# SPDX-License-Identifier: MIT
"""What a link is, and how it is spoken on: kinds by the kernel's word, unicast mode, MTU
probing, costs of neighbours, neighbours of RFC 6126. Real packets are the proof."""

import struct

import pytest
from harness import NotYet, watch

GROUP = "ff02::1:6"
FAST = {"mcast-hello-interval": 40, "update-interval": 200}
R1, R2 = "2001:db8:1::/64", "2001:db8:2::/64"
SOURCED = ("2001:db8:d::/48", "2001:db8:a::/48")
STATIC = {"srcdest-static:static": {"route": [
    {"destination-prefix": d, "source-prefix": s,
     "next-hop": [{"gateway": "fe80::9", "interface": "lan0", "distance": 1}]}
    for d, s in (SOURCED, ("2001:db8:d::/48", "::/0"))]}}
HELLO, IHU, UPDATE, ROUTE_REQUEST = 4, 5, 8, 9


def babel(interfaces, protocols=("connected",)):
    return {"srcdest-babel:babel": {
        "interface": [{**FAST, **i} for i in interfaces],
        "redistribute": [{"family": "ipv6", "protocol": p} for p in protocols]}}


def router(interfaces, protocols=("connected",), static=None, **more):
    return {"router": True, **more,
            "daemons": [("zebra", static or {}), ("babeld", babel(interfaces, protocols))]}


def pair(settings, **link):
    """Two routers, a LAN behind each; both with those settings on the link between them."""
    e0 = {"name": "e0", **settings}
    return {"nodes": {"r1": router([e0]),
                      "r2": router([e0], ("connected", "static"), STATIC),
                      "h1": {}, "h2": {}},
            "links": {"l": {"r1": ("e0", ["fe80::1/64"]), "r2": ("e0", ["fe80::2/64"]), **link},
                      "lan1": {"r1": ("lan0", ["fe80::a/64", R1.replace("::/", "::1/")]),
                               "h1": ("h0", ["fe80::9/64"])},
                      "lan2": {"r2": ("lan0", ["fe80::a/64", R2.replace("::/", "::1/")]),
                               "h2": ("h0", ["fe80::9/64"])}}}


def reconfigure(net, node, settings, protocols=("connected",)):
    net[node].babeld.config = babel([{"name": "e0", **settings}], protocols)
    net[node].babeld.reload()


def neighbour(net, node, ifname="e0"):
    rows = net[node].babeld.show(f"show babel neighbor {ifname}")["neighbours"]
    if len(rows) != 1:
        raise NotYet(f"{node} has {rows}")
    return rows[0]


def history(n, kind):
    return int(str(n[f"hello{kind}History"]), 16)


def interface(net, node, ifname):
    return net[node].babeld.show(f"show babel interface {ifname}")["interfaces"][0]


def cost_is(net, node, cost, timeout=20):
    def check():
        n = neighbour(net, node)
        if n["cost"] != cost:
            raise NotYet(f"{node} has {n}")
        return n
    return net.wait(check, timeout, f"cost {cost} at {node}")


def packets(net, since=0, link="l"):
    """[(to the group?, size of the IPv6 packet, [(TLV type, payload)])] of Babel's datagrams."""
    found = []
    for n, size, dst, data in net.captures[link].fields(
            "udp.port == 6696", "frame.number", "ipv6.plen", "ipv6.dst", "udp.payload"):
        body, tlvs = bytes.fromhex(data), []
        at, end = 4, 4 + struct.unpack(">H", body[2:4])[0]
        while at < end:
            if body[at] == 0:
                at += 1
                continue
            tlvs.append((body[at], body[at + 2:at + 2 + body[at + 1]]))
            at += 2 + body[at + 1]
        if int(n) > since:
            found.append((dst == GROUP, 40 + int(size), tlvs))
    return found


def seen(net, link="l"):
    return net.captures[link].count("frame")


def kinds(tlvs):
    return {t for t, _ in tlvs if t > 1}


@pytest.mark.rfc("8966-3.1-g", "8966-3.4.1-a", "8966-3.4.2-a")
def test_unicast_mode(topology):
    """8966-3.1-g: all that must be known is known, and only Hellos were multicast."""
    net = topology(pair({"unicast": True, "ucast-hello-interval": 100}))
    watch.has_route(net, "r1", (R2, "::/0"), "e0", "babel")
    watch.has_route(net, "r2", (R1, "::/0"), "e0", "babel")
    since = seen(net)
    # Something happens: a route comes and goes, one is asked for.
    watch.has_route(net, "r1", SOURCED, "e0", "babel")
    net["r2"].zebra.config = {}
    net["r2"].zebra.reload()
    watch.has_no_route(net, "r1", SOURCED)
    net["r2"].zebra.config = STATIC
    net["r2"].zebra.reload()
    watch.has_route(net, "r1", SOURCED, "e0", "babel")

    def enough():
        alone = set().union(*(kinds(t) for group, _, t in packets(net, since) if not group))
        if not {HELLO, IHU, UPDATE} <= alone:
            raise NotYet(f"only {alone} so far")
        return True
    net.wait(enough, 20, "Hellos, IHUs and Updates to one router alone")
    for group, _, tlvs in packets(net, since):
        if group:
            assert kinds(tlvs) == {HELLO}, tlvs
        for t, payload in tlvs:
            if t == HELLO: # flag U says which of the two
                assert bool(payload[0] & 0x80) != group, payload
    for node in ("r1", "r2"):
        n = neighbour(net, node)
        assert n["promisedUcastInterval"] == 100 and n["promisedMcastInterval"] == 40
        assert history(n, "Ucast") & 0xc000 == 0xc000, n
        assert interface(net, node, "e0")["unicast"] is True
    # Each has counted what the other expects.
    def counts():
        here, there = neighbour(net, "r1")["ucastHelloSeqno"], neighbour(net, "r2")["expUcastHelloSeqno"]
        if here != there:
            raise NotYet(f"{here}, {there}")
        return True
    net.wait(counts, 10, "the same count of unicast Hellos")


def test_multicast_mode_is_what_it_was(topology):
    """The judge of the test above can fail."""
    net = topology(pair({}))
    watch.has_route(net, "r1", (R2, "::/0"), "e0", "babel")

    def multicast_updates():
        if not any(group and UPDATE in kinds(t) for group, _, t in packets(net, 0)):
            raise NotYet("none so far")
        return True
    net.wait(multicast_updates, 10, "Updates to the group")
    assert history(neighbour(net, "r1"), "Ucast") == 0
    assert "ucastHelloSeqno" not in neighbour(net, "r1")


@pytest.mark.rfc("8966-A.1-a")
def test_unicast_hellos_over_a_restart(topology):
    """8966-A.1-a: a restart of one end is not noticed by the count of its unicast Hellos."""
    net = topology(pair({"ucast-hello-interval": 40}))
    watch.has_route(net, "r2", (R1, "::/0"), "e0", "babel")

    def saved():
        n = neighbour(net, "r2")
        with open(f"{net['r1'].dir}/babeld.state", encoding="ascii") as f:
            lines = [line.split() for line in f if line.startswith("unicast ")]
        if not lines or "expUcastHelloSeqno" not in n:
            raise NotYet(f"{lines} {n}")
        assert lines[0][1:3] == ["e0", "fe80::2"]
        return True
    net.wait(saved, 20, "the count is saved")
    before = neighbour(net, "r2")["expUcastHelloSeqno"]
    net["r1"].babeld.kill()
    net["r1"].babeld.start()

    def heard():
        n = neighbour(net, "r2")
        # What is saved may be a few Hellos old: RFC 8966 A.1 undoes these.
        ahead = (n["expUcastHelloSeqno"] - before + 32768) % 65536 - 32768
        if ahead < 20:
            assert ahead > -16
            raise NotYet(f"{n}")
        return ahead
    assert net.wait(heard, 30, "twenty unicast Hellos more") < 1000
    # Not forgotten in between: what was heard before the restart is still there.
    downs = [e for e in net["r2"].babeld.log_text().splitlines() if "neighbour" in e and "down" in e]
    assert not downs, downs


@pytest.mark.parametrize("probe", [False, True])
def test_a_link_that_loses_large_packets(topology, probe):
    """It counts as usable only if nobody probes it."""
    net = topology(pair({"probe-mtu": probe}, bridge=True))
    for node in ("r1", "r2"):
        cost_is(net, node, 96)
    since = seen(net)
    net.bridges["l"].ip("link set p0 mtu 1400", "link set p1 mtu 1400")
    if not probe:
        # Long enough for every Hello of the history to be of the time since.
        net.wait(lambda: len([1 for _, _, t in packets(net, since) if HELLO in kinds(t)]) > 40, 30,
                 "forty Hellos")
        for node in ("r1", "r2"):
            assert neighbour(net, node)["cost"] == 96
        assert max(size for _, size, t in packets(net) if HELLO in kinds(t)) < 400
        return
    for node in ("r1", "r2"):
        def lost(node=node):
            rows = net[node].babeld.show("show babel neighbor e0")["neighbours"]
            if rows and rows[0]["cost"] != 65535:
                raise NotYet(f"{node} has {rows}")
            return True
        net.wait(lost, 30, f"the link does not count at {node}")
        watch.has_no_route(net, node, (R2 if node == "r1" else R1, "::/0"))
    assert {size for _, size, t in packets(net) if HELLO in kinds(t)} == {1500}
    net.bridges["l"].ip("link set p0 mtu 1500", "link set p1 mtu 1500")
    watch.has_route(net, "r1", (R2, "::/0"), "e0", "babel")
    watch.has_route(net, "r2", (R1, "::/0"), "e0", "babel")


def test_kinds_by_the_kernels_word(topology):
    """Each kind that this kernel can make, and what follows from it."""
    names = {"vx0": ("tunnel", "its kind is vxlan"), "tun0": ("tunnel", "its kind is tun"),
             "e0": ("wired", "its kind is veth"), "br0": ("wired", "its kind is bridge"),
             "mv0": ("wired", "its kind is macvlan"), "fixed0": ("wireless", "configured")}
    settings = [{"name": n} for n in names]
    settings[-1]["link-type"] = "wireless"
    net = topology({
        "nodes": {"r1": router(settings), "x": {}},
        "links": {"l": {"r1": ("e0", ["fe80::1/64", "2001:db8::1/64"]), "x": ("x0", [])}}},
        captures=False)
    r1 = net["r1"]
    r1.ip("link add vx0 type vxlan id 7 remote 2001:db8::2 dstport 4789 dev e0",
          "link add br0 type bridge", "link add mv0 link e0 type macvlan",
          "link add fixed0 type bridge", "tuntap add mode tun name tun0")
    for name in names:
        if name != "e0":
            r1.ip(f"link set {name} addrgenmode none", f"addr add fe80::1/64 dev {name} nodad",
                  f"link set {name} up")

    def told():
        rows = {i["interface"]: i for i in r1.babeld.show("show babel interface")["interfaces"]}
        for name, (kind, why) in names.items():
            i = rows.get(name, {})
            if (i.get("linkType"), i.get("linkTypeReason")) != (kind, why):
                raise NotYet(f"{name}: {i}")
            assert i["enableTimestamps"] is (kind == "tunnel")
            assert i["splitHorizon"] is (kind != "wireless")
            assert i["rxcost"] == (256 if kind == "wireless" else 96)
        return True
    net.wait(told, 20, "the kinds of all links")
    assert 'Operating mode is "tunnel" (its kind is vxlan)' in \
        r1.babeld.show_text("show babel interface vx0")


def test_a_tunnel_between_two_routers(topology):
    """8966-A.2.1-a: over VXLAN, which is found to be a tunnel; the round trip counts."""
    vx = {"name": "vx0"}
    lan = {n: ("lan0", ["fe80::a/64", p.replace("::/", "::1/")])
           for n, p in (("r1", R1), ("r2", R2))}
    net = topology({
        "nodes": {"r1": router([vx]), "r2": router([vx]), "h1": {}, "h2": {}},
        "links": {"l": {"r1": ("e0", ["2001:db8::1/64"]), "r2": ("e0", ["2001:db8::2/64"])},
                  "lan1": {"r1": lan["r1"], "h1": ("h0", [])},
                  "lan2": {"r2": lan["r2"], "h2": ("h0", [])}}}, captures=False)
    for node, other in (("r1", 2), ("r2", 1)):
        net[node].ip(f"link add vx0 type vxlan id 7 remote 2001:db8::{other} dstport 4789 dev e0",
                     "link set vx0 addrgenmode none",
                     f"addr add fe80::{3 - other}/64 dev vx0 nodad", "link set vx0 up")
    watch.has_route(net, "r1", (R2, "::/0"), "vx0", "babel", 30)
    watch.has_route(net, "r2", (R1, "::/0"), "vx0", "babel", 30)

    def measured():
        for node in ("r1", "r2"):
            n = neighbour(net, node, "vx0")
            if "rtt" not in n:
                raise NotYet(f"{node} has {n}")
            assert n["rtt"] < 100000 and n["cost"] == 96 + n["rttCost"]
        return True
    net.wait(measured, 20, "round-trip times over the tunnel")
    assert interface(net, "r1", "vx0")["k"] == 2


@pytest.mark.rfc("8966-F-a", "9079-6-a")
def test_neighbours_of_rfc6126(topology):
    """9079-6-a: routes with a source prefix neither leave nor come; plain ones do both."""
    net = topology(pair({"rfc6126-compatible": True, "ucast-hello-interval": 40,
                         "unscheduled-hellos": True}))
    watch.has_route(net, "r1", ("2001:db8:d::/48", "::/0"), "e0", "babel")
    watch.has_route(net, "r2", (R1, "::/0"), "e0", "babel")
    # The other end alone may speak so: it is not understood here.
    reconfigure(net, "r2", {}, ("connected", "static"))

    def told():
        if not any(t == UPDATE and b"\x80" in p[10:] for _, _, tlvs in packets(net)
                   for t, p in tlvs):
            raise NotYet("no source prefix so far")
        return True
    net.wait(told, 10, "r2 tells of the pair")
    watch.has_no_route(net, "r1", SOURCED)
    assert interface(net, "r1", "e0")["ignored"]
    ours = [tlvs for _, _, tlvs in packets(net)]
    for tlvs in ours:
        for t, payload in tlvs:
            if t == HELLO:
                assert payload[0] == 0 and payload[4:6] != b"\0\0", payload
    # And when it is understood, it is.
    reconfigure(net, "r1", {})
    watch.has_route(net, "r1", SOURCED, "e0", "babel")


def test_costs_of_one_neighbour(topology):
    """Lines typed at run time; the neighbour hears of what it is to cost."""
    net = topology(pair({}), captures=False)
    for node in ("r1", "r2"):
        cost_is(net, node, 96)
    r1 = net["r1"]

    def type_in(*lines):
        says, content = r1.mgmtd.load("".join(f"{line}\n" for line in ("interface e0",) + lines))
        assert content, says
    type_in("babel neighbor fe80::2 rxcost 200 extra-cost 50")
    cost_is(net, "r1", 146)
    assert neighbour(net, "r1")["extraCost"] == 50
    cost_is(net, "r2", 200)
    type_in("no babel neighbor fe80::2")
    cost_is(net, "r1", 96)
    cost_is(net, "r2", 96)
    type_in("babel k-out-of-j 3 4", "babel metric-algorithm k-out-of-j",
            "no babel split-horizon")
    net.wait(lambda: interface(net, "r1", "e0")["k"] == 3, 10, "3 of 4")
    assert interface(net, "r1", "e0")["splitHorizon"] is False
    type_in("babel split-horizon auto", "no babel k-out-of-j")
    net.wait(lambda: interface(net, "r1", "e0")["splitHorizon"] is True, 10, "split horizon")
    assert interface(net, "r1", "e0")["k"] == 2
