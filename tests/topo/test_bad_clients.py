# SPDX-License-Identifier: MIT
"""Clients of zebra that send garbage, flood, do not read, say nothing, die in the midst of a
message, come in hundreds, or say that they are somebody else: each harms itself. Meanwhile our
babeld and Debian's staticd are served, and no packet on babeld's route is lost."""

import os
import random

import pytest
from harness import EchoServers, NotYet, watch
from harness.zapi import (ALL, BABEL, CLIENT_CAPABILITIES, HELLO, INTERFACE_ADD,
                          NEXTHOP_REGISTER, RIPNG, ROUTE_ADD, ROUTE_DELETE, SHARP, STATIC, Client,
                          Crowd, complete, graceful, hello, message, redistribute, route)

HERE, THERE = "2001:db8:1::1", "2001:db8:d1::1"
FAR = ("2001:db8:d1::/48", "::/0")
OWN = ("2001:db8:51::/48", "2001:db8:a::/48")
STAGED = ("2001:db8:52::/48", "::/0")
MIB = 1024  # in kB, as /proc has it
NEXT = iter(range(0x100, 0xfff))


def babel(*interfaces):
    return {"srcdest-babel:babel": {
        "interface": [{"name": i, "link-type": "wired", "mcast-hello-interval": 400,
                       "update-interval": 1600} for i in interfaces],
        "redistribute": [{"family": "ipv6", "protocol": "static"}]}}


def statics(*rows):
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": d, "source-prefix": s,
         "next-hop": [{"gateway": g, "interface": i, "distance": 1}]} for d, s, g, i in rows]}}


@pytest.fixture
def net(topology, monkeypatch):
    # What is freed is to be free, also where a sanitizer would keep it for a while.
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:" +
                       os.environ.get("ASAN_OPTIONS", ""))
    n = topology({
        "nodes": {"r": {"router": True, "daemons": [
                      ("zebra", statics((*OWN, "fe80::b", "e0"))), ("babeld", babel("e0")),
                      ("stock-staticd", f"ipv6 route {STAGED[0]} fe80::b e0")]},
                  "p": {"router": True, "daemons": [
                      ("zebra", statics((*FAR, "blackhole", ""))), ("babeld", babel("e0"))],
                      "commands": [f"addr add {THERE}/128 dev lo"]}},
        "links": {"l": {"r": ("e0", ["fe80::a/64", f"{HERE}/64"]),
                        "p": ("e0", ["fe80::b/64", "2001:db8:1::2/64"])}},
    }, captures=False)
    echo = EchoServers()
    n.on_close(echo.close)
    echo.add(n["p"].ns, THERE, "p")
    echo.start()
    watch.has_route(n, "r", FAR, "e0", "babel", timeout=60)
    watch.has_route(n, "r", STAGED, "e0", "static", timeout=60)
    watch.meets(n, "r", HERE, THERE, "p")
    n.probes = watch.stream(n, "r", HERE, THERE)
    return n


def zebra(net):
    return net["r"].zebra


def memory(net):
    with open(f"/proc/{zebra(net).process.pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def descriptors(net):
    return len(os.listdir(f"/proc/{zebra(net).process.pid}/fd"))


def clients(net):
    return zebra(net).show("show zebra client")["clients"]


def client(net, protocol):
    found = [c for c in clients(net) if c.get("protocol") == protocol]
    if len(found) != 1:
        raise NotYet(f"{protocol}: {found}")
    return found[0]


def entries(net):
    return sum(r["rib"] for r in zebra(net).show("show ipv6 route summary")["routes"])


def served(net, timeout=30):
    """A new route of the neighbour arrives by way of babeld, and the old ones are in place."""
    pair = (f"2001:db8:{next(NEXT):x}::/48", "::/0")
    net["p"].zebra.config = statics((*FAR, "blackhole", ""), (*pair, "blackhole", ""))
    net["p"].zebra.reload()
    watch.has_route(net, "r", pair, "e0", "babel", timeout)
    rows = watch.selected(net["r"])
    for p in (FAR, OWN, STAGED):
        assert rows[p]["installed"], rows.get(p)


def undisturbed(net):
    """To the end of the test: no packet was lost, and the good ones are connected as before."""
    served(net)
    assert client(net, "babel")["routes"] >= 1 and client(net, "static")["routes"] == 1
    net.probes.stop()
    lost = [o for o in net.probes.outcomes if o.exit != "p"]
    assert not lost, f"{len(lost)} of {len(net.probes.outcomes)}: {lost[:3]}"


def until_closed(net, c, what, timeout=20):
    net.wait(c.closed, timeout, f"the end of {what}")
    c.close()


def test_garbage(net):
    rnd = random.Random(9)
    before = memory(net)
    headers = {"version": message(HELLO, bytes(8), version=5),
               "marker": message(HELLO, bytes(8), marker=255),
               "length 9": message(HELLO, length=9), "length 0": message(HELLO, length=0),
               "octets": b"\x00\x40" + rnd.randbytes(200)}
    for name, octets in headers.items():
        until_closed(net, Client(zebra(net), hello(SHARP), octets), name)
    # What has a good header is dropped, and the client lives.
    c = Client(zebra(net), hello(SHARP))
    for command in set(range(160)) - {HELLO, CLIENT_CAPABILITIES}:
        c.say(message(command, rnd.randbytes(rnd.randrange(80))))
    c.say(message(700) + message(ROUTE_ADD, bytes(65525)))
    for cut in range(10, 40):
        c.say(message(ROUTE_ADD, route(ROUTE_ADD, SHARP, "2001:db8:77::")[10:cut]))
    c.say(route(ROUTE_ADD, SHARP, "2001:db8:78::"))
    watch.has_route(net, "r", ("2001:db8:78::/48", "::/0"), protocol="sharp")
    seen = client(net, "sharp")
    assert seen["messagesDropped"] > 30 and seen["errors"] > seen["messagesDropped"]
    assert seen["lastError"] and seen["dialect"] == "8.4" and seen["processId"] == os.getpid()
    by_name = {m["command"]: m for m in seen["message"]}
    assert by_name["none"]["in"] >= 1 and by_name["ROUTE_ADD"]["in"] >= 1
    text = zebra(net).show_text("show zebra client")
    assert "Client: sharp, connection" in text and "errors: " in text
    assert "sharp " in zebra(net).show_text("show zebra client summary")
    c.close()
    watch.has_no_route(net, "r", ("2001:db8:78::/48", "::/0"))
    assert memory(net) < before + 8 * MIB
    undisturbed(net)


def test_what_can_not_be_used_says_why(net):
    """Refused with a reason at the client, or held with a reason at the route."""
    c = Client(zebra(net), hello(SHARP))

    def fault(octets, says):
        c.say(octets)

        def told():
            last = client(net, "sharp").get("lastError", "")
            if says not in last:
                raise NotYet(last)
            return True
        net.wait(told, 10, says)
        assert says in zebra(net).show_text("show zebra client")
    good = route(ROUTE_ADD, SHARP, "2001:db8:91::")
    head, rest = good[:10], good[10:]
    fault(head + rest[:13] + b"\x81" + rest[14:], "a field with an impossible value")  # /129
    fault(head + rest[:12] + b"\x07" + rest[13:], "a field with an impossible value")  # family
    fault(message(ROUTE_ADD, rest[:10] + b"\x00" + rest[11:20]), "no next hop")
    fault(head + rest[:22] + b"\x00\x00\x00\x09" + rest[26:], "a next hop in another VRF")
    assert client(net, "sharp")["routesRefused"] == 2
    # An interface that is not there: held, and used when it comes.
    pair = ("2001:db8:92::/48", "::/0")
    c.say(route(ROUTE_ADD, SHARP, pair[0][:-3], ifindex=77))
    net.wait(lambda: pair in watch.rib(net["r"]), 10, "the route held")
    assert watch.rib(net["r"])[pair]["state"] == "unusable"
    assert "inactive (there is no such interface)" in zebra(net).show_text("show ipv6 route")
    assert "inactive (there is no such interface)" in zebra(net).show_text(
        "show ipv6 route 2001:db8:92::1 from 2001:db8:1::1")
    net["r"].ip("link add v77 index 77 type veth peer name w77", "link set v77 up",
                "link set w77 up")
    watch.has_route(net, "r", pair, "v77", "sharp")
    net["r"].ip("link set v77 down")
    net.wait(lambda: watch.rib(net["r"])[pair]["state"] == "unusable", 10, "held again")
    assert "inactive (the interface is down)" in zebra(net).show_text("show ipv6 route")
    c.close()
    undisturbed(net)


def test_a_flood(net):
    before, n = memory(net), 60000
    c = Client(zebra(net), hello(SHARP))
    octets = b"".join(route(ROUTE_ADD, SHARP, f"2001:{0xe00 + (i >> 12):x}:{i & 0xfff:x}::")
                      for i in range(n))
    c.say(octets)
    served(net)  # with the flood in the table or on its way there
    net.wait(lambda: entries(net) >= n, 120, "the flood in the table")
    peak = memory(net)
    # And once more, what is there already, and questions with many answers that it reads.
    c.say(octets[:len(octets) // 4])
    for _ in range(2000):
        c.say(message(INTERFACE_ADD) * 10)
        c.read()
    served(net)
    assert client(net, "sharp")["routesAdded"] >= n
    c.close()
    net.wait(lambda: entries(net) < 100, 120, "the flood gone with its owner")
    # None of it is kept twice, and it is room for the next one.
    c = Client(zebra(net), hello(SHARP))
    c.say(octets)
    net.wait(lambda: entries(net) >= n, 120, "the flood again")
    assert memory(net) < peak + (peak - before) // 4
    c.close()
    net.wait(lambda: entries(net) < 100, 120, "the flood gone")
    undisturbed(net)


def test_comings_and_goings(net):
    """Thousands of times a client becomes another, or says that it has told all, beside a large
    table that is not its own."""
    n = 30000
    own = Client(zebra(net), hello(SHARP))
    own.say(b"".join(route(ROUTE_ADD, SHARP, f"2001:{0xe00 + (i >> 12):x}:{i & 0xfff:x}::")
                     for i in range(n)))
    net.wait(lambda: entries(net) >= n, 120, "a large table")
    served(net)
    pair = ("2001:db8:83::", "2001:db8:a::")
    turns = {
        "complete": complete() * 20000,
        "another": b"".join(hello(RIPNG, i % 2) for i in range(6000)),
        "another, with a route": b"".join(
            hello(RIPNG, i) + route(ROUTE_ADD, RIPNG, *pair, instance=i) for i in range(4000)),
        "graceful": graceful(600) + b"".join(
            hello(RIPNG, i) + route(ROUTE_ADD, RIPNG, *pair, instance=i) for i in range(2000)),
    }
    for what, octets in turns.items():
        log = len(zebra(net).log_text())
        c = Client(zebra(net), hello(RIPNG), octets)
        served(net, timeout=20)
        watch.more(net, [net.probes])
        c.close()
        net.wait(lambda: len(clients(net)) == 3, 60, f"{what}: gone")
        assert len(zebra(net).log_text()) - log < 50000, what
    for _ in range(300):
        Client(zebra(net), hello(RIPNG), route(ROUTE_ADD, RIPNG, *pair)).close()
    served(net, timeout=20)
    # Not all of those who announced that they come back are waited for; and the first did.
    assert len(zebra(net).show("show zebra client departed")["departed"]) == 256 - 1
    own.close()
    net.wait(lambda: entries(net) < 600, 120, "the large table gone with its owner")
    undisturbed(net)


def test_who_does_not_read_is_not_heard(net):
    before = memory(net)
    c = Client(zebra(net), hello(SHARP), redistribute(ALL))
    question = message(INTERFACE_ADD) + message(
        NEXTHOP_REGISTER, b"\x00\x00\x01\x00\x0a\x80" + bytes(16))

    def held():
        while c.offer(question):
            pass
        return client(net, "sharp")["held"] == "unread"
    net.wait(held, 60, "the one that does not read held", interval=0.01)
    seen = client(net, "sharp")
    assert 4 << 20 <= seen["octetsWaiting"] <= 8 << 20 and seen["stalls"] == 1
    assert "it does not read" in seen["lastError"]
    assert "sharp: it does not read, " in zebra(net).log_text()
    assert memory(net) < before + 16 * MIB
    served(net)
    assert client(net, "sharp")["messagesIn"] == seen["messagesIn"]
    # It reads: what it had asked is answered, and it is heard again.

    def heard():
        c.read()
        now = client(net, "sharp")
        return now["held"] == "no" and now["messagesIn"] > seen["messagesIn"] \
            and not now["octetsWaiting"]
    net.wait(heard, 60, "heard again", interval=0.01)
    c.close()
    undisturbed(net)


def test_hundreds_of_connections(net):
    before = memory(net)
    silent = [Crowd(zebra(net), 40) for _ in range(9)]
    for crowd in silent:
        net.on_close(crowd.close)
    assert all(c.connected for c in silent)
    net.wait(lambda: len(clients(net)) == 256, 20, "a full house")
    assert descriptors(net) < 300
    # Of one process 32 at most; and those who say nothing make room for who says something.
    pids = [c.get("processId") for c in clients(net)]
    assert max(pids.count(p) for p in set(pids)) == 32
    own = Client(zebra(net), hello(SHARP))
    net.wait(lambda: client(net, "sharp"), 10, "one more served")
    net["r"].babeld.kill()
    net["r"].babeld.start()
    watch.has_route(net, "r", FAR, "e0", "babel", timeout=60)
    assert len(clients(net)) <= 256
    served(net)
    # They are ended for their silence.
    net.wait(lambda: len(clients(net)) == 3, 90, "the silent ones ended")
    assert "it said no HELLO" in zebra(net).log_text()
    assert descriptors(net) < 50 and memory(net) < before + 16 * MIB
    own.close()
    undisturbed(net)


def test_somebody_else_s_name(net):
    for name in (BABEL, STATIC):
        c = Client(zebra(net), hello(name), route(ROUTE_DELETE, name, FAR[0][:-3]),
                   route(ROUTE_DELETE, name, STAGED[0][:-3]))
        until_closed(net, c, "a second one of that name")
    assert "babel is another client already" in zebra(net).log_text()
    # As itself it may withdraw its own routes only, with or without a source.
    c = Client(zebra(net), hello(SHARP), route(ROUTE_DELETE, BABEL, FAR[0][:-3]),
               route(ROUTE_DELETE, SHARP, FAR[0][:-3]), route(ROUTE_DELETE, STATIC, STAGED[0][:-3]),
               route(ROUTE_DELETE, STATIC, OWN[0][:-3], OWN[1][:-3]),
               route(ROUTE_ADD, BABEL, "2001:db8:79::"), hello(BABEL))
    until_closed(net, c, "one that changes its name")
    assert ("2001:db8:79::/48", "::/0") not in watch.rib(net["r"])
    # Debian's staticd gone, its routes go; configured ones of the same kind do not.
    net["r"].daemons["stock-staticd"].kill()
    watch.has_no_route(net, "r", STAGED)
    c = Client(zebra(net), hello(STATIC), route(ROUTE_DELETE, STATIC, OWN[0][:-3], OWN[1][:-3]))
    c.say(route(ROUTE_ADD, STATIC, "2001:db8:80::"))
    watch.has_route(net, "r", ("2001:db8:80::/48", "::/0"), protocol="static")
    c.close()
    watch.has_no_route(net, "r", ("2001:db8:80::/48", "::/0"))
    assert watch.selected(net["r"])[OWN]["installed"]
    net["r"].daemons["stock-staticd"].start()
    watch.has_route(net, "r", STAGED, "e0", "static", timeout=60)
    undisturbed(net)


def test_routes_stay_for_the_graceful_time(net):
    pair = ("2001:db8:81::/48", "2001:db8:a::/48")
    add = route(ROUTE_ADD, SHARP, pair[0][:-3], pair[1][:-3])
    # Never announced: they go at once, as with FRR's zebra. It dies within a message.
    c = Client(zebra(net), hello(SHARP), add)
    watch.has_route(net, "r", pair, protocol="sharp")
    c.say(add[:25])
    c.close()
    net.wait(lambda: pair not in watch.rib(net["r"]), 10, "its route gone")
    # Announced.
    c = Client(zebra(net), hello(SHARP), graceful(6), add, add[:25])
    watch.has_route(net, "r", pair, protocol="sharp")
    c.close()

    def stays():
        row = watch.rib(net["r"])[pair]
        return row["installed"] and row.get("stale")
    net.wait(stays, 5, "its route kept, and stale")
    (gone,) = zebra(net).show("show zebra client departed")["departed"]
    assert (gone["protocol"], gone["routesStale"]) == ("sharp", 1) and gone["expires"] <= 6
    assert "stale: its owner has gone" in zebra(net).show_text(
        "show ipv6 route 2001:db8:81::1 from 2001:db8:a::1")
    net.wait(lambda: pair not in watch.rib(net["r"]), 30, "its route gone when its time is over")
    assert zebra(net).show("show zebra client departed") == {"departed": []}
    # Back in time, it tells it again, and keeps it.
    c = Client(zebra(net), hello(SHARP), graceful(600), add)
    watch.has_route(net, "r", pair, protocol="sharp")
    c.close()
    net.wait(stays, 5, "stale again")
    c = Client(zebra(net), hello(SHARP), graceful(600), add)
    net.wait(lambda: not watch.rib(net["r"])[pair].get("stale"), 10, "fresh again")
    c.close()
    undisturbed(net)
