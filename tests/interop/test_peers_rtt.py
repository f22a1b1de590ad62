# SPDX-License-Identifier: MIT
"""RFC 9616 with the peers: both ends measure the delay of the tunnel between them.

Debian's babeld 1.12 and FRR's babeld 8.4 have time stamps; Debian's BIRD 2.0.12 has
none yet, and is a neighbour without the extension.
"""

import re

import pytest
from harness import NotYet
from harness import site as place

WAY = 0.02  # seconds each way
RTT = (2000 * WAY - 0.5, 2000 * WAY + 15)  # ms: peers take their time stamps outside the kernel
COST = (96 + 36, 96 + 66)  # RFC 9616 4.2, with a step of our hysteresis
P = "2001:db8:e1::/48"
STATIC = {"srcdest-static:static": {"route": [
    {"destination-prefix": P, "source-prefix": "::/0",
     "next-hop": [{"gateway": "unreachable", "interface": "", "distance": 1}]}]}}
OURS = {"srcdest-babel:babel": {
    "interface": [{"name": "link0", "mcast-hello-interval": 50, "update-interval": 400,
                   "link-type": "tunnel"}],
    "redistribute": [{"family": "ipv6", "protocol": "static"}]}}
DEBIAN = ("interface link0 type tunnel enable-timestamps true hello-interval 1\n"
          "redistribute local deny\nredistribute deny\n")
FRR = """
interface link0
 babel wired
 babel enable-timestamps
 babel hello-interval 1000
 babel update-interval 4000
router babel
 network link0
"""
BIRD = "router id 10.0.0.9;\n" + place.BIRD_HEAD + place.bird_babel(["link0"])


def debian_neighbour(peer):
    """(RTT in ms, what it costs) at the peer."""
    for line in peer.dump():
        m = re.match(r"add neighbour .* rtt ([0-9.]+) rttcost (\d+)", line)
        if m:
            return float(m[1]), int(m[2])
    raise NotYet("\n".join(peer.dump()))


def frr_neighbour(peer):
    text = peer.vtysh("show babel neighbor")
    m = re.search(r"Neighbour .* rtt ([0-9.]+) rttcost (\d+)", text)
    if not m:
        raise NotYet(text)
    return float(m[1]), int(m[2])


PEERS = {"debian-babeld": (DEBIAN, debian_neighbour), "frr-babeld": (FRR, frr_neighbour)}


def spec(kind, config):
    return {"nodes": {
        "ours": {"router": True, "daemons": [("zebra", STATIC), ("babeld", OURS)]},
        "peer": {"router": True, "daemons": [(kind, config)]}},
        "links": {"core": {"ours": ("link0", ["fe80::a/64"]), "peer": ("link0", ["fe80::b/64"]),
                           "delay": WAY}}}


def ours(net):
    rows = net["ours"].babeld.show("show babel neighbor")["neighbours"]
    if len(rows) != 1:
        raise NotYet(f"{rows}")
    return rows[0]


def both_ends_measure(net, neighbour):
    def here():
        n = ours(net)
        if not RTT[0] <= n.get("rtt", 0) / 1000 <= RTT[1] or not COST[0] <= n["cost"] <= COST[1]:
            raise NotYet(f"{n}")
        return n

    def there():
        rtt, cost = neighbour(next(iter(net["peer"].daemons.values())))
        if not RTT[0] <= rtt <= RTT[1] or not COST[0] - 96 <= cost <= COST[1] - 96:
            raise NotYet(f"{rtt} ms, which cost {cost}")
        return rtt
    net.wait(there, 60, "the peer's RTT")
    return net.wait(here, 60, "our RTT")


@pytest.mark.parametrize("kind", sorted(PEERS))
def test_both_ends_measure_the_tunnel(topology, kind):
    """9616-3.2-c 9616-3.2-e: samples on both sides, which take what each sends."""
    config, neighbour = PEERS[kind]
    net = topology(spec(kind, config))
    n = both_ends_measure(net, neighbour)
    assert n["rttSamples"] >= 2 and n["rttRefused"] == 0, n


def test_both_ends_measure_again_after_a_restart_of_either(topology):
    """9616-3.3-b: no clock of before the restart spoils what is measured after it."""
    config, neighbour = PEERS["debian-babeld"]
    net = topology(spec("debian-babeld", config))
    both_ends_measure(net, neighbour)
    for node, kind in (("peer", "debian-babeld"), ("ours", "babeld")):
        victim = net[node].daemons[kind]
        victim.kill()
        victim.start()
        both_ends_measure(net, neighbour)


def test_a_peer_without_time_stamps_costs_what_it_did(topology):
    """9616-5-a: BIRD 2.0.12 skips the sub-TLVs, and its link has its nominal cost."""
    net = topology(spec("bird", BIRD))

    def neighbours():
        n = ours(net)
        if n["cost"] != 96 or n["helloMcastHistory"] != "ffff":
            raise NotYet(f"{n}")
        return n
    assert "rtt" not in net.wait(neighbours, 60, "sixteen Hellos of BIRD")
    bird = net["peer"].bird

    def learnt():
        if (P, "::/0") not in bird.routes():
            raise NotYet(f"{bird.routes()}")
        return bird.routes()[(P, "::/0")]
    net.wait(learnt, 20, "our route at BIRD")
    text = "\n".join(bird.birdc("show babel neighbors").splitlines())
    # Every Hello arrived, and none made it expect the next one sooner than it comes.
    assert re.search(r"fe80::a\s+link0\s+96\s+\d+\s+16\b", text), text
