# SPDX-License-Identifier: MIT
"""Unicast mode and unicast Hellos with the peers, and what RFC 6126 asks of us.

Debian's babeld 1.12 has both kinds of Hello and a unicast mode of its own. Debian's
BIRD 2.0.12 and FRR's babeld 8.4 hear unicast Updates and ignore unicast Hellos; the
latter is of RFC 6126 in all else.
"""

import re

import pytest
import test_frr as frr
import test_peers as peers
from harness import EchoServers, NotYet, watch
from harness import site as place

ALONE = {"unicast": True, "ucast-hello-interval": 100}
OURS = "fe80::a"


def with_settings(spec, settings):
    """The same, with those settings of ours on link0."""
    daemons = spec["nodes"]["ours"]["daemons"]
    config = place.babel(["link0"], ["static", "connected"])
    config["srcdest-babel:babel"]["interface"][0].update(settings)
    nodes = {**spec["nodes"], "ours": {**spec["nodes"]["ours"],
                                       "daemons": [daemons[0], ("babeld", config)]}}
    return {**spec, "nodes": nodes}


def peer_spec(name, settings, words=""):
    kind = peers.PEERS[name]
    (daemon, config), = kind.daemons
    return with_settings(
        peers.spec([(daemon, config.replace(" type wired", " type wired" + words, 1))],
                   kind.commands), settings)


def ours_to_the_group(net):
    """The types of TLV in each packet of ours to the group, first and last words excepted."""
    found = []
    for n, types in net.captures["core"].fields(
            f"udp.port == 6696 && ipv6.src == {OURS} && ipv6.dst == ff02::1:6",
            "frame.number", "babel.message.type"):
        found.append((int(n), set(types.split(","))))
    return found


def neighbour(net):
    rows = net["ours"].babeld.show("show babel neighbor link0")["neighbours"]
    if len(rows) != 1:
        raise NotYet(f"{rows}")
    return rows[0]


def history(n, kind):
    return int(str(n[f"hello{kind}History"]), 16)


@pytest.mark.parametrize("name, words", [("bird", ""), ("debian-babeld", ""),
                                         ("debian-babeld", " unicast true")])
def test_announced_and_withdrawn_by_unicast(topology, name, words):
    """8966-3.1-g: routes of both kinds go both ways, and ours go to the peer alone."""
    net = topology(peer_spec(name, ALONE, words))
    peers.answer(net)
    kind = peers.PEERS[name]
    peers.all_is_well(net, kind)
    kind.withdraw(net)
    watch.has_no_route(net, "ours", (peers.D1, peers.S1))
    zebra = net["ours"].zebra
    zebra.config = peers.static([r for r in peers.OUR_ROUTES if r != (peers.D2, peers.T1)])
    zebra.reload()
    peers.peer_has(net, kind, [(peers.P2, "::/0")], absent=[(peers.D2, peers.T1)])
    kind.announce(net)
    zebra.config = peers.static(peers.OUR_ROUTES)
    zebra.reload()
    peers.all_is_well(net, kind)
    sent = ours_to_the_group(net)
    # At the start nobody is known whom to ask or to tell: wildcards, by number 8 and 9.
    first = [n for n, types in sent if types & {"8", "9"}]
    assert all(types <= {"4", "8", "9"} for _, types in sent), sent
    assert len(first) <= 4 and len(sent) > 10, sent
    assert all(types == {"4"} for n, types in sent if n > max(first, default=0))


def test_debian_counts_both_kinds_of_our_hellos(topology):
    """8966-4.6.5-b: its two histories of us are full, and so are ours of it."""
    net = topology(peer_spec("debian-babeld", ALONE))

    def there():
        text = "\n".join(net["peer"].daemons["debian-babeld"].dump())
        m = re.search(r"add neighbour .* reach ([0-9a-f]+) ureach ([0-9a-f]+)", text)
        if not m or int(m[1], 16) & 0xff00 != 0xff00 or int(m[2], 16) & 0xff00 != 0xff00:
            raise NotYet(text)
        return True
    net.wait(there, 40, "eight Hellos of each kind at the peer")
    assert history(neighbour(net), "Mcast") & 0xf000 == 0xf000


def test_bird_ignores_our_unicast_hellos(topology):
    """8966-3.4.1-c: its link does not suffer by those it does not count."""
    net = topology(peer_spec("bird", {"ucast-hello-interval": 20}))
    peers.answer(net)
    peers.all_is_well(net, peers.Bird)

    def many():
        n = neighbour(net)
        if net.captures["core"].count(f"ipv6.src == {OURS} && babel.message.type == 4 && "
                                      "ipv6.dst == fe80::b") < 50:
            raise NotYet("fewer")
        return n
    n = net.wait(many, 30, "fifty unicast Hellos")
    assert n["txcost"] == 96 and history(n, "Mcast") & 0xf000 == 0xf000, n


@pytest.mark.xfail(strict=True, reason="BIRD 2.0.12 takes an Interval of 0 for 10 ms: "
                   "proto/babel/packets.c, get_time16(); RFC 8966 3.4.1")
def test_bird_and_unscheduled_hellos(topology):
    """8966-3.4.1-d: an unscheduled Hello of ours promises nothing. That it does to BIRD is why
    such Hellos have to be asked for."""
    spec = peer_spec("bird", {"unscheduled-hellos": True})
    (daemon, config), = spec["nodes"]["peer"]["daemons"]
    spec["nodes"]["peer"]["daemons"] = [(daemon, "debug protocols all;\n" + config)]
    net = topology(spec)
    bird = net["peer"].daemons["bird"]
    net.wait(lambda: net.captures["core"].count(
        f"ipv6.src == {OURS} && babel.message.interval == 0"), 20, "an unscheduled Hello")
    net.wait(lambda: bird.log_text().count("Handling hello") > 3, 20, "Hellos at the peer")
    assert "interval 0.010" not in bird.log_text()


@pytest.mark.parametrize("settings", [
    {"rfc6126-compatible": True, "ucast-hello-interval": 20, "unscheduled-hellos": True},
    {"rfc6126-compatible": True, "unicast": True}])
def test_frr_of_rfc6126(topology, settings):
    """8966-F-a 9079-6-a: nothing that it would misread, whatever else is set."""
    net = topology(with_settings(frr.SPEC, settings))
    echo = EchoServers()
    net.on_close(echo.close)
    for x, b in (("xo", "2001:db8:e2::1"), ("xo", "2001:db8:d2::1"), ("xp", "2001:db8:e1::1")):
        echo.add(net[x].ns, b, x)
    echo.start()
    frr.both_ways(net)

    def full():
        n = neighbour(net)
        if history(n, "Mcast") & 0xff00 != 0xff00:
            raise NotYet(f"{n}")
        return n
    assert net.wait(full, 40, "eight Hellos of the peer")["txcost"] == 96
    ours = f"udp.port == 6696 && ipv6.src == {OURS} && "
    capture = net.captures["core"]
    assert capture.count(ours + "babel.message.type == 4 && ipv6.dst == fe80::b") == 0
    assert capture.count(ours + "babel.message.type == 8") > 0
    for value, in capture.fields(ours + "babel.message.type == 4", "babel.message.interval"):
        assert "0" not in value.split(","), value
    # A source prefix is sub-TLV 128.
    for data, in capture.fields(ours + "babel.message.type == 8", "udp.payload"):
        assert "20010db80061" not in data


def test_frr_ignores_our_unicast_hellos(topology):
    """8966-3.4.1-c: its link does not suffer by those it does not count."""
    net = topology(with_settings(frr.SPEC, {"ucast-hello-interval": 20}))

    def full():
        text = net["peer"].daemons["frr-babeld"].vtysh("show babel neighbor")
        m = re.search(r"reach ([0-9a-f]{4})", text)
        if not m or int(m[1], 16) & 0xfff0 != 0xfff0:
            raise NotYet(text)
        return True
    net.wait(full, 40, "twelve Hellos at the peer, none of them missed")
    assert net.captures["core"].count(f"ipv6.src == {OURS} && babel.message.type == 4 && "
                                      "ipv6.dst == fe80::b") > 30
