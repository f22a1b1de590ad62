# SPDX-License-Identifier: MIT
"""babeld by itself: datagrams, interfaces, configuration, state, a stock zebra."""

import os
import re
import signal
import socket
import struct

import pytest
from harness import NotYet, daemons, watch

GROUP = "ff02::1:6"
PORT = 6696
THEIR_ID = bytes.fromhex("0a0b0c0d0e0f1011")


def hello(seqno, interval=400):
    return struct.pack(">BBHHH", 4, 6, 0, seqno, interval)


def packet(*tlvs):
    body = b"".join(tlvs)
    return struct.pack(">BBH", 42, 2, len(body)) + body


def tlvs(data):
    """[(type, payload)] of a packet's body."""
    found, at, end = [], 4, 4 + struct.unpack(">H", data[2:4])[0]
    while at < end:
        if data[at] == 0:
            at += 1
            continue
        found.append((data[at], data[at + 2:at + 2 + data[at + 1]]))
        at += 2 + data[at + 1]
    return found


class Neighbour:
    """A scripted Babel speaker on one interface of a node without daemons."""

    def __init__(self, net, node, ifname, source="fe80::b", port=PORT):
        self.scope = int(net[node].ns.run(["cat", f"/sys/class/net/{ifname}/ifindex"]))

        def make():
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, self.scope)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 1)
            s.bind((source, port, 0, self.scope if source.startswith("fe80") else 0))
            return s

        def listen():
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                         socket.inet_pton(socket.AF_INET6, GROUP) + struct.pack("@I", self.scope))
            s.bind((GROUP, PORT, 0, self.scope))
            s.settimeout(10)
            return s
        self.out = net[node].ns.call(make)
        self.group = net[node].ns.call(listen)
        net.on_close(self.out.close)
        net.on_close(self.group.close)

    def send(self, data, to=GROUP):
        self.out.sendto(data, (to, PORT, 0, self.scope if to.startswith("f") else 0))

    def hear(self, type_, accept=lambda payload: True):
        """The next TLV of that type sent to the group."""
        while True:
            for t, payload in tlvs(self.group.recv(65536)):
                if t == type_ and accept(payload):
                    return payload


CONFIG = {"srcdest-babel:babel": {"interface": [{"name": "v0", "mcast-hello-interval": 20}]}}


@pytest.fixture
def pair(topology):
    """A router with zebra and babeld, and beside it an empty node."""
    def make(conf=None, **kw):
        return topology({
            "nodes": {"r": {"router": True,
                            "daemons": [("zebra", None), ("babeld", conf or CONFIG)]},
                      "x": {}},
            "links": {"v": {"r": ("v0", ["fe80::a/64", "2001:db8:f::1/64"]),
                            "x": ("x0", ["fe80::b/64", "2001:db8:f::2/64"])}},
        }, **kw)
    return make


def parameters(net):
    return net["r"].babeld.show("show babel parameters")


def dropped(net, why):
    return (parameters(net)["datagrams"].get("dropped") or {}).get(why, 0)


def neighbours(net):
    return [n["address"] for n in net["r"].babeld.show("show babel neighbor")["neighbours"]]


def running(net, name="v0"):
    """Whether Babel runs on that interface of r."""
    rows = net["r"].babeld.show("show babel interface")["interfaces"]
    return any(i["interface"] == name and i["running"] for i in rows)


def babel_runs(net):
    net.wait(lambda: running(net), 10, "Babel runs on v0")


@pytest.mark.rfc("8966-4-b", "8966-4-c", "8966-4-d", "8966-4.2-a")
def test_datagrams_that_must_be_dropped(pair):
    net = pair(captures=False)
    babel_runs(net)
    good = packet(hello(1))
    cases = [
        ("source port is not 6696", {"port": PORT + 1}, GROUP),
        ("source is not link-local", {"source": "2001:db8:f::2"}, GROUP),
        ("source is not link-local", {"source": "2001:db8:f::2"}, "2001:db8:f::1"),
        ("destination is neither the group nor ours", {"source": "fe80::b"}, "2001:db8:f::1"),
    ]
    for why, how, to in cases:
        before = dropped(net, why)
        Neighbour(net, "x", "x0", **how).send(good, to)
        net.wait(lambda: dropped(net, why) == before + 1, 10, why)
        assert neighbours(net) == []
    n = Neighbour(net, "x", "x0")
    for bad in (b"", b"\x2a\x02\x00", b"\x2b" + good[1:], good[:1] + b"\x03" + good[2:],
                good[:3] + bytes([good[3] + 1]) + good[4:]):
        n.send(bad)
    n.send(good)
    net.wait(lambda: neighbours(net) == ["fe80::b"], 10, "the neighbour is heard")
    n.send(packet(hello(2)), "fe80::a")
    row = net["r"].babeld.show("show babel interface v0")["interfaces"][0]
    assert row["packetsMalformed"] == 5


@pytest.mark.rfc("8966-4-a")
def test_how_our_datagrams_leave(pair):
    net = pair()
    net["r"].ip("route add 2001:db8:99::/64 dev lo")
    Neighbour(net, "x", "x0").hear(4)
    ours = "udp.port == 6696 && ipv6.src == fe80::a"

    def sent():
        return net.captures["v"].fields(ours, "ipv6.hlim", "ipv6.tclass.dscp", "udp.srcport",
                                        "udp.dstport", "ipv6.dst")
    net.wait(lambda: len(sent()) >= 5, 10, "five packets of ours")
    for hop_limit, dscp, source, dest, to in sent():
        assert (hop_limit, source, dest) == ("1", str(PORT), str(PORT))
        assert dscp == "48"  # CS6
        assert to == GROUP or to.startswith("fe80:")
    assert not net.captures["v"].fields("udp.port == 6696 && !(ipv6.src == fe80::/10)", "ipv6.src")


def test_interfaces_come_and_go(pair):
    """Waits for a link-local address, follows link state, a new address, a new interface."""
    net = pair(captures=False)
    r, n = net["r"], Neighbour(net, "x", "x0")
    babel_runs(net)
    n.hear(4)
    r.ip("addr del fe80::a/64 dev v0")
    net.wait(lambda: not running(net), 10, "no Babel without a link-local address")
    text = r.babeld.show_text("show babel interface v0")
    assert "it has no link-local address" in text
    r.ip("addr add fe80::aa/64 dev v0 nodad")
    babel_runs(net)
    n.hear(4)
    r.ip("link set v0 down")
    net.wait(lambda: not running(net), 10, "no Babel on an interface that is down")
    assert "it is down" in r.babeld.show_text("show babel interface v0")
    r.ip("link set v0 addrgenmode none up", "addr replace fe80::a/64 dev v0 nodad")
    babel_runs(net)
    n.hear(4)
    r.ip("link set v0 down", "link set v0 name w0", "link set w0 up")
    net.wait(lambda: "it does not exist" in r.babeld.show_text("show babel interface v0"), 10,
             "v0 has another name")
    r.babeld.config = {"srcdest-babel:babel": {"interface": [{"name": "w0"}]}}
    r.babeld.reload()
    r.ip("addr replace fe80::a/64 dev w0 nodad")
    net.wait(lambda: running(net, "w0"), 10, "Babel runs on w0")
    n.hear(4)


def test_configuration_changes(pair):
    net = pair(captures=False)
    r, n = net["r"], Neighbour(net, "x", "x0")
    babel_runs(net)
    n.hear(4)
    pid = r.babeld.process.pid

    # A mistake changes nothing, and the answer says which line is wrong.
    for text in ("interface v0\n babel rxcost 0\nexit\n", "router babel\n network v0 v1\n",
                 "router babel\n babel router-id 00:00:00:00:00:00:00:00\n"):
        says, content = r.mgmtd.load(text)
        assert not content and ("change.conf:2" in says or "srcdest-babel:babel" in says), says
    assert running(net)

    # The interval is in the next Hello; nothing starts anew.
    conf = {"interface": [{"name": "v0", "mcast-hello-interval": 33, "rxcost": 111}]}

    def reload():
        r.babeld.config = {"srcdest-babel:babel": conf}
        r.babeld.reload()
    starts = r.babeld.log_text().count("Babel runs from")
    reload()
    n.hear(4, lambda h: struct.unpack(">HHH", h)[2] == 33)
    assert r.babeld.show("show babel interface v0")["interfaces"][0]["rxcost"] == 111
    assert r.babeld.log_text().count("Babel runs from") == starts

    # Another router-id is announced at once.
    conf["router-id"] = "01:23:45:67:89:ab:cd:ef"
    conf["redistribute"] = [{"family": "ipv6", "protocol": "connected"}]
    reload()
    n.hear(6, lambda i: i[2:10] == bytes.fromhex("0123456789abcdef"))
    assert parameters(net)["routerId"] == "01:23:45:67:89:ab:cd:ef"
    assert [(r["destination"], r["source"]) for r in
            r.babeld.show("show babel route")["routes"]] == [("2001:db8:f::/64", "::/0")]

    # Gone from the configuration, gone from the air; back without a router-id, it stays who it is.
    del conf["redistribute"], conf["router-id"]
    conf["interface"] = []
    reload()
    net.wait(lambda: not running(net), 10, "not configured, not running")
    net.wait(lambda: not r.babeld.show("show babel route")["routes"], 10, "nothing redistributed")
    conf["interface"] = [{"name": "v0"}]
    reload()
    babel_runs(net)
    assert parameters(net)["routerId"] == "01:23:45:67:89:ab:cd:ef"
    assert r.babeld.process.pid == pid and r.babeld.running()


def test_a_second_babeld_has_no_port(pair):
    net = pair(captures=False)
    r = net["r"]
    other = os.path.join(r.dir, "other")
    p = r.ns.popen([daemons.program("babeld"), "--rundir", other], stderr=-1)
    err = p.communicate(timeout=20)[1].decode()
    assert p.returncode == 1 and "6696" in err


@pytest.mark.rfc("8966-3.2.3-a")
def test_state_survives_a_kill(pair):
    """Router-id, seqno and Hello seqnos go on; a damaged file is said and ignored."""
    net = pair(captures=False)
    r, n = net["r"], Neighbour(net, "x", "x0")
    babel_runs(net)
    path = os.path.join(r.dir, "babeld.state")

    def saved():
        with open(path, encoding="ascii") as f:
            lines = [line.split() for line in f]
        return {line[0]: line[-1] for line in lines}

    def last_hello():
        return struct.unpack(">HHH", n.hear(4))[1]

    before = parameters(net)
    # Killed right after the file was written, so that not one Hello went out since.
    while True:
        last = last_hello()
        stamp = os.stat(path).st_mtime_ns
        net.wait(lambda: os.stat(path).st_mtime_ns != stamp, 10, "the file is written")
        r.babeld.signal(signal.SIGSTOP)
        heard = last
        n.group.settimeout(0.2)
        try:
            while True:
                heard = last_hello()
        except TimeoutError:
            n.group.settimeout(10)
        if int(saved()["hello"]) == (heard + 1) % 65536:
            break
        r.babeld.signal(signal.SIGCONT)
    r.babeld.kill()
    r.babeld.start()
    assert last_hello() == (heard + 1) % 65536
    after = parameters(net)
    assert (after["routerId"], after["seqno"]) == (before["routerId"], before["seqno"])
    assert saved()["router-id"] == before["routerId"]

    r.babeld.kill()
    with open(path, "w", encoding="ascii") as f:
        f.write("babeld-state 1\nrouter-id")
    r.babeld.start()
    assert r.babeld.log_text().count("ignoring the state of an earlier run") == 1
    last_hello()
    assert parameters(net)["routerId"] != before["routerId"]
    assert r.babeld.stop() == 0
    assert saved()["router-id"] != before["routerId"]
    r.babeld.start()


def test_sigterm_takes_everything_back(pair):
    net = pair(captures=False)
    r, n = net["r"], Neighbour(net, "x", "x0")
    babel_runs(net)
    update = (b"\x06\x0a\0\0" + THEIR_ID
              + bytes.fromhex("0810 0200 3000 0640 0007 0000 20010db80001"))
    ihu = bytes.fromhex("050e 0300 0060 04b0 000000000000000a")
    for seqno in (1, 2, 3):
        n.send(packet(hello(seqno), ihu, update))
    watch.has_route(net, "r", ("2001:db8:1::/48", "::/0"), "v0", "babel")

    def mark():
        row = r.babeld.show("show babel route 2001:db8:1::/48")["pair"][0]
        if row["fate"] != "installed":
            raise NotYet(str(row))
        return True
    net.wait(mark, 10, "zebra says that it is installed")
    assert "(installed)" in r.babeld.show_text("show babel route")
    assert r.babeld.stop() == 0
    n.hear(8, lambda u: u[0] == 0 and u[8:10] == b"\xff\xff")
    watch.has_no_route(net, "r", ("2001:db8:1::/48", "::/0"))
    assert not r.ip_out("-6", "route", "show", "2001:db8:1::/48").strip()
    r.babeld.start()


class StockZebra(daemons.FrrBabeld):
    """FRR's zebra alone."""

    kind = "frr-zebra"

    def prepare(self):
        super().prepare()
        # This version can't put a (D,S) route into the kernel by a next-hop object.
        with open(os.path.join(self.dir, "frr-zebra.conf"), "a", encoding="ascii") as f:
            f.write("no zebra nexthop kernel enable\n")

    def command(self):
        return self._args("zebra")

    def start(self):
        daemons.Daemon.start(self)

    def ready(self):
        return daemons.Ours._answers(f"{self.dir}/frr.zserv")


def test_a_stock_zebra(topology):
    """Interfaces, redistribution, (D,S) routes and IPv4 routes over an IPv6 next hop (RFC
    9229) with FRR's zebra; its loss and return."""
    statics = {"srcdest-static:static": {"route": [
        {"destination-prefix": d, "source-prefix": s,
         "next-hop": [{"gateway": "blackhole", "interface": ""}]}
        for d, s in (("::/0", "2001:db8:a::/48"), ("2001:db8:d::/48", "::/0"),
                     ("203.0.113.0/24", "0.0.0.0/0"))]}}
    theirs = {"srcdest-babel:babel": {
        "interface": [{"name": "v0", "mcast-hello-interval": 50}],
        "redistribute": [{"family": f, "protocol": "static"} for f in ("ipv4", "ipv6")]}}
    ours = {"srcdest-babel:babel": {
        "interface": [{"name": "x0", "mcast-hello-interval": 50}],
        "redistribute": [{"family": "ipv6", "protocol": "connected"}]}}
    net = topology({
        "nodes": {"r": {"router": True, "daemons": [("zebra", statics), ("babeld", theirs)]},
                  "s": {"router": True}, "l": {}},
        "links": {"v": {"r": ("v0", ["fe80::a/64"]), "s": ("x0", ["fe80::b/64"])},
                  "w": {"s": ("lan0", ["2001:db8:5::1/64"]), "l": ("l0", [])}}})
    s = net["s"]
    stock = StockZebra(s, "")
    s.daemons["frr-zebra"] = stock
    stock.start()
    s.start("babeld", ours, user_options=["--zapi", f"{s.dir}/frr.zserv"])
    watch.has_route(net, "r", ("2001:db8:5::/64", "::/0"), "v0", "babel")

    def kernel():
        out = s.ip_out("-6", "route", "show")
        if not re.search(r"^default from 2001:db8:a::/48 .*via fe80::a dev x0", out, re.M) or \
                not re.search(r"^2001:db8:d::/48 .*via fe80::a dev x0", out, re.M):
            raise NotYet(out)
        # Without next-hop objects it writes IPv6 gateways of IPv4 routes in this way, with
        # a neighbour entry that has the real one's link-layer address.
        ip4 = s.ip_out("-4", "route", "show", "203.0.113.0/24")
        if "via 169.254.0.1 dev x0" not in ip4:
            raise NotYet(ip4)
        return out
    net.wait(kernel, 20, "all routes in the kernel of s")
    assert not re.search(r"^default via", kernel(), re.M)
    # Stock zebra does not say what became of a route; we do not claim to know.
    rows = s.babeld.show("show babel route ::/0")["pair"]
    assert [(x["source"], x["fate"]) for x in rows] == [("2001:db8:a::/48", "unknown")]
    stock.kill()
    net.wait(lambda: not s.babeld.show("show babel parameters")["zebra"]["connected"], 10, "lost")
    stock.start()
    net.wait(lambda: s.babeld.show("show babel parameters")["zebra"]["connected"], 20, "back")
    net.wait(kernel, 20, "all routes in the kernel of s again")
    watch.has_route(net, "r", ("2001:db8:5::/64", "::/0"), "v0", "babel")
