# SPDX-License-Identifier: MIT
"""IPv4 across links and routers that have no IPv4 address (RFC 9229).

    h1 --lan1-- r1 --west-- r2 --east-- r3 --lan3-- h3

h1 and h3 have IPv4, and r1 and r3 on their LANs. The links in between have
link-local IPv6 alone, r2 has not one IPv4 address anywhere. So each IPv4 packet
between the hosts goes over two routes with IPv6 next hops in each direction.
"""

import socket
import struct
import time

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place

H1, H3 = "198.51.100.10", "203.0.113.10"
LAN1, LAN3 = ("198.51.100.0/24", "0.0.0.0/0"), ("203.0.113.0/24", "0.0.0.0/0")
# The last resort of a router that must send an ICMP error, RFC 9229 3 and RFC 7600.
DUMMY = "192.0.0.8"
FRAG_NEEDED = (3, 4)
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3


def babel(interfaces, redistribute=(), **settings):
    config = place.babel(interfaces, [])
    for i in config["srcdest-babel:babel"]["interface"]:
        i.update(settings)
    config["srcdest-babel:babel"]["redistribute"] = [
        {"family": "ipv4", "protocol": p} for p in redistribute]
    return config


def router(interfaces, redistribute=()):
    return {"router": True,
            "daemons": [("zebra", {}), ("babeld", babel(interfaces, redistribute))]}


SPEC = {"nodes": {
    "h1": {}, "h3": {},
    "r1": router(["west0"], ["connected", "static"]),
    "r2": router(["west0", "east0"]),
    "r3": router(["east0"], ["connected", "static"])},
    "links": {
        "lan1": {"h1": ("h0", [H1 + "/24"]), "r1": ("h0", ["198.51.100.1/24"])},
        "lan3": {"h3": ("h0", [H3 + "/24"]), "r3": ("h0", ["203.0.113.1/24"])},
        "west": {"r1": ("west0", ["fe80::1/64"]), "r2": ("west0", ["fe80::21/64"])},
        "east": {"r3": ("east0", ["fe80::3/64"]), "r2": ("east0", ["fe80::23/64"])}}}


@pytest.fixture
def chain(topology):
    net = topology(SPEC)
    net["h1"].ns.ip("route add default via 198.51.100.1")
    net["h3"].ns.ip("route add default via 203.0.113.1")
    assert not has_ip4(net["r2"]) and not has_ip4(net["r1"], "west0")
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["h1"].ns, H1, "h1")
    echo.add(net["h3"].ns, H3, "h3")
    echo.start()
    return net


def has_ip4(node, interface=None):
    lines = node.ip_out("-4", "-o", "addr", "show", *(["dev", interface] if interface else []))
    return [line for line in lines.splitlines() if " lo " not in line]


def kernel_route(node, dst):
    return node.ip_out("-4", "route", "show", dst).strip()


def through(net, node, pair, gateway, interface):
    """Waits until our zebra says so, and the kernel has it so."""
    via = f"via inet6 {gateway}" if ":" in gateway else f"via {gateway}"

    def check():
        row = watch.selected(net[node], "ip").get(pair)
        if not row or not row["installed"] or row["protocol"] != "babel" or \
                [n.get("gateway") for n in row["nexthops"]] != [gateway]:
            raise NotYet(f"{node} has {row}")
        line = kernel_route(net[node], pair[0])
        assert f"{via} dev {interface} proto babel" in line, line
        return True
    net.wait(check, 30, f"{pair[0]} on {node} via {gateway}")


def works(net, timeout=30):
    watch.meets(net, "h1", H1, H3, "h3", timeout)
    watch.meets(net, "h3", H3, H1, "h1", timeout)


def running(net):
    works(net)
    return [watch.stream(net, "h1", H1, H3), watch.stream(net, "h3", H3, H1)]


def nothing_lost(streams):
    for s in streams:
        s.stop()
        assert not s.lost(), s.summary()


def encodings(net, link, sender, since=0.0):
    """The address encodings in the TLVs from there since that time of day."""
    rows = net.captures[link].fields(f"babel && ipv6.src == {sender} && frame.time_epoch > {since}",
                                     "babel.message.ae")
    return {int(ae) for row in rows for ae in row[0].split(",") if ae}


def test_packets_cross_what_has_no_ipv4(chain):
    """9229-2.1-a: by AE 4 alone."""
    net = chain
    works(net)
    through(net, "r1", LAN3, "fe80::21", "west0")
    through(net, "r2", LAN3, "fe80::3", "east0")
    through(net, "r2", LAN1, "fe80::1", "west0")
    through(net, "r3", LAN1, "fe80::23", "east0")
    # As FRR shows such a route, and in babeld's own table.
    text = net["r2"].zebra.show_text("show ip route")
    assert "A>* 198.51.100.0/24 [100/96] via fe80::1, west0" in text, text
    text = net["r2"].babeld.show_text("show babel route")
    assert "198.51.100.0/24" in text and "fe80::1" in text, text
    assert 4 in encodings(net, "west", "fe80::21") and 1 not in encodings(net, "west", "fe80::21")
    nothing_lost([watch.stream(net, "h1", H1, H3), watch.stream(net, "h3", H3, H1)])


@pytest.mark.parametrize("kind", ["zebra", "babeld"])
@pytest.mark.parametrize("node", ["r1", "r2"])
def test_a_killed_daemon_costs_no_packet(chain, node, kind):
    """Adopted with their IPv6 gateways, not written anew, not lost."""
    net = chain
    streams = running(net)
    before = kernel_route(net[node], LAN3[0])
    victim = getattr(net[node], kind)
    victim.kill()
    victim.start()
    watch.more(net, streams)
    through(net, node, LAN3, *(("fe80::21", "west0") if node == "r1" else ("fe80::3", "east0")))
    watch.more(net, streams, 400)
    nothing_lost(streams)
    assert kernel_route(net[node], LAN3[0]).split()[:6] == before.split()[:6]


def static(*routes):
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": d, "source-prefix": "0.0.0.0/0",
         "next-hop": [{"gateway": "blackhole", "distance": 1}]} for d in routes]}}


def test_withdrawn_and_announced_again(chain):
    net = chain
    far = ("192.0.2.128/25", "0.0.0.0/0")
    works(net)
    zebra = net["r3"].zebra
    for _ in range(2):
        zebra.config = static(far[0])
        zebra.reload()
        through(net, "r1", far, "fe80::21", "west0")
        zebra.config = {}
        zebra.reload()
        watch.has_no_route(net, "r2", far)
        watch.has_no_route(net, "r1", far)
    # The last route out of the way refuses packets; nothing else has changed.
    watch.meets(net, "h1", H1, "192.0.2.129", "unreachable, no route by r1")
    works(net)


def test_a_router_that_goes_takes_its_routes_along(chain):
    net = chain
    works(net)
    assert net["r3"].babeld.stop() == 0  # it retracts all
    watch.has_no_route(net, "r1", LAN3)
    watch.meets(net, "h1", H1, H3, "unreachable, address unreachable by r1")
    net["r3"].babeld.start()
    works(net)


def test_an_address_that_comes_and_goes(chain):
    """9229-2.1-b: AE 1 from then on, without a packet lost; and back when it goes."""
    net = chain
    streams = running(net)
    net["r2"].ns.ip("addr add 192.0.2.2/24 dev west0")
    through(net, "r1", LAN3, "192.0.2.2", "west0")
    through(net, "r2", LAN1, "fe80::1", "west0")  # r1 has none
    watch.more(net, streams, 400)
    net["r1"].ns.ip("addr add 192.0.2.1/24 dev west0")
    through(net, "r2", LAN1, "192.0.2.1", "west0")
    since = time.time()
    watch.more(net, streams, 1500)  # full announcements included, every 4 s
    nothing_lost(streams)
    for sender in ("fe80::1", "fe80::21"):
        assert {1} == {1, 4} & encodings(net, "west", sender, since)
    assert 4 in encodings(net, "east", "fe80::23", since)
    # The kernel drops every IPv4 route of an interface with its last address.
    net["r1"].ns.ip("addr del 192.0.2.1/24 dev west0")
    through(net, "r2", LAN1, "fe80::1", "west0")
    through(net, "r1", LAN3, "192.0.2.2", "west0")
    works(net)
    net["r2"].ns.ip("addr del 192.0.2.2/24 dev west0")
    through(net, "r2", LAN1, "fe80::1", "west0")
    through(net, "r1", LAN3, "fe80::21", "west0")
    works(net)


def test_switched_off(chain):
    """9229-5-a: nothing is announced or learnt there, IPv6 is as ever."""
    net = chain
    works(net)
    babeld = net["r2"].babeld
    babeld.config = babel(["west0", "east0"], **{"v4-via-v6": False})
    babeld.reload()
    watch.has_no_route(net, "r2", LAN1)
    watch.has_no_route(net, "r1", LAN3)
    shown = {i["interface"]: i for i in net["r2"].babeld.show("show babel interface")["interfaces"]}
    assert shown["west0"]["v4ViaV6"] is False and shown["west0"]["running"]
    babeld.config = babel(["west0", "east0"])
    babeld.reload()
    works(net)
    through(net, "r2", LAN1, "fe80::1", "west0")


# ---- ICMP ----

def traceroute(net, ttl):
    """Who says that a packet from h1 to h3 has died after so many hops."""
    def make():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        return s
    return errors(net, make, 64)


def too_large(net, size):
    """Who says that a packet of that size that may not be fragmented does not fit on."""
    def make():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # Not what the kernel remembers of earlier answers: it is to be sent.
        s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        return s
    return errors(net, make, size - 28)


def errors(net, make, payload):
    """(router, type, code, mtu) of the ICMP error that h1 gets for one packet to h3."""
    def listener():
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        s.settimeout(1)
        return s
    with net["h1"].ns.call(listener) as heard, net["h1"].ns.call(make) as s:
        s.bind((H1, 0))
        port = s.getsockname()[1]
        for _ in range(10):
            s.sendto(bytes(payload), (H3, 9))
            try:
                data, (router, _) = heard.recvfrom(2048)
            except (TimeoutError, socket.timeout):
                continue
            icmp, inner = data[20:28], data[28:]
            if inner[16:20] == socket.inet_aton(H3) and \
                    struct.unpack("!H", inner[20:22])[0] == port:
                return router, icmp[0], icmp[1], struct.unpack("!H", icmp[6:8])[0]
    raise AssertionError("no ICMP error came")


def test_icmp_from_a_router_without_an_address(chain):
    """9229-3-a: time exceeded and fragmentation needed reach the sender from the
    dummy address, or from one that the router has anywhere."""
    net = chain
    works(net)
    assert traceroute(net, 1)[:3] == ("198.51.100.1", 11, 0)
    assert traceroute(net, 2)[:3] == (DUMMY, 11, 0)
    # r3 has an address on its LAN, none where the packet came from.
    assert traceroute(net, 3)[:3] == ("203.0.113.1", 11, 0)
    for node in ("r2", "r3"):
        net[node].ns.ip("link set east0 mtu 1300")
    assert too_large(net, 1400) == (DUMMY,) + FRAG_NEEDED + (1300,)
    # An address of the router itself is better: one can tell who it was.
    net["r2"].ns.ip("addr add 192.0.2.22/32 dev lo")
    assert traceroute(net, 2)[:3] == ("192.0.2.22", 11, 0)
    assert too_large(net, 1400) == ("192.0.2.22",) + FRAG_NEEDED + (1300,)
