# SPDX-License-Identifier: MIT
"""RFC 8967 with peers: the pair of test_peers.py, signed with either algorithm.

What is told and carried is asked by the tests of test_peers.py themselves; here is
who signs, with which key, and what happens when they do not agree.
"""

import pytest
import test_peers as plain
from harness import NotYet, watch

SECRET = "thirty-two octets make a key ok!"  # the same octets for all three
ALGORITHMS = {"hmac-sha-256": ("hmac-sha256", "hmac sha256"),
              "blake2s-128": ("blake2s128", "blake2s128")}  # Debian's babeld, BIRD
OURS, PEER = "fe80::a", "fe80::b"


def debian(algorithm, permissive):
    head = f"key id k1 type {ALGORITHMS[algorithm][0]} value {SECRET.encode().hex()}\n"
    more = "interface link0 key k1" + (" accept-bad-signatures true" if permissive else "")

    class Signing(plain.Debian):
        daemons = [(kind, head + text.replace("interface link0", more, 1))
                   for kind, text in plain.Debian.daemons]
    return Signing


def bird(algorithm, permissive):
    inside = (f"authentication mac{' permissive' if permissive else ''}; "
              f'password "{SECRET}" {{ algorithm {ALGORITHMS[algorithm][1]}; }}; }};')

    class Signing(plain.Bird):
        daemons = [(kind, text.replace("update interval 4 s; };",
                                       "update interval 4 s; " + inside, 1))
                   for kind, text in plain.Bird.daemons]
    assert all(inside in text for _, text in Signing.daemons)
    return Signing


MAKERS = {"debian-babeld": debian, "bird": bird}


def load(net, *lines):
    says, content = net["ours"].mgmtd.load("\n".join(lines) + "\n")
    assert content, says


def sign(net, algorithm, secret=SECRET):
    load(net, "key chain link", "key 5", f"cryptographic-algorithm {algorithm}",
         f"key-string {secret}", "interface link0", "babel authentication key-chain link")


def build(topology, name, algorithm, permissive=False):
    kind = MAKERS[name](algorithm, permissive)
    net = topology(plain.spec(kind.daemons, kind.commands))
    plain.answer(net)
    return net, kind


@pytest.fixture(params=[(p, a) for p in sorted(MAKERS) for a in ALGORITHMS],
                ids="-".join)
def pair(request, topology):
    net, kind = build(topology, *request.param)
    sign(net, request.param[1])
    return net, kind


def auth(net):
    rows = net["ours"].babeld.show("show babel auth link0")
    if len(rows) != 1:
        raise NotYet(f"ours shows {rows}")
    return rows[0]


def proven(net):
    def check():
        row = auth(net)
        have = [n["address"] for n in row.get("neighbor", []) if n["state"] == "proven"]
        if have != [PEER] or row["key"][0]["verified"] < 3:
            raise NotYet(f"ours has {row}")
        return row
    return net.wait(check, 40, "the peer proven, with its key")


def test_announced_and_withdrawn(pair):
    plain.test_announced_and_withdrawn_in_both_directions(pair)
    row = proven(pair[0])
    assert "signed with no key of ours" not in row.get("failed", {}), row


def test_the_peer_restarts(pair):
    plain.test_the_peer_restarts(pair)
    proven(pair[0])


def test_ours_restarts(pair):
    """Killed, ours is believed again at once: the peer knows its index still."""
    net, kind = pair
    plain.all_is_well(net, kind)
    proven(net)
    streams = [watch.stream(net, "h1", plain.HOSTS[plain.S1], plain.BEACONS[plain.D1]),
               watch.stream(net, "h2", plain.HOSTS[plain.T1], plain.BEACONS[plain.D2])]
    index = auth(net)["index"]
    watch.more(net, streams, 400)
    net["ours"].babeld.kill()
    net["ours"].babeld.start()
    proven(net)
    assert auth(net)["index"] == index
    watch.more(net, streams, 1000)
    for s, x in zip(streams, ("xp", "xo")):
        s.stop()
        assert not s.lost() and s.exits() == [x], s.summary()
    plain.all_is_well(net, kind)


def test_another_key_is_no_key(pair):
    net, kind = pair
    plain.all_is_well(net, kind)
    load(net, "key chain link", "key 5", "key-string not-the-secret")
    watch.has_no_route(net, "ours", (plain.D1, plain.S1), 60)
    plain.peer_has(net, kind, [], absent=[(plain.D2, plain.T1), (plain.P2, "::/0")])
    assert auth(net)["failed"]["signed with no key of ours"] > 0
    load(net, "key chain link", "key 5", f"key-string {SECRET}")
    plain.all_is_well(net, kind, 60)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_roll_out_beside_a_permissive_peer(topology, name):
    """The peer signs and believes all; ours learns to sign, permissive, then strict."""
    algorithm = "hmac-sha-256"
    net, kind = build(topology, name, algorithm, permissive=True)
    plain.all_is_well(net, kind)
    s = watch.stream(net, "h1", plain.HOSTS[plain.S1], plain.BEACONS[plain.D1])
    load(net, "interface link0", "babel authentication permissive")
    sign(net, algorithm)
    proven(net)
    watch.more(net, [s])
    load(net, "interface link0", "no babel authentication permissive")
    watch.more(net, [s], 1000)
    s.stop()
    assert not s.lost() and s.exits() == ["xp"], s.summary()
    plain.all_is_well(net, kind)


def test_keys_roll_over_beside_debian(topology):
    """Debian's babeld has one key for an interface: ours bridges old and new with both."""
    net, kind = build(topology, "debian-babeld", "hmac-sha-256")
    sign(net, "hmac-sha-256")
    load(net, "key chain link", "key 6", "key-string the-new-one",
         "cryptographic-algorithm blake2s-128")
    plain.all_is_well(net, kind)
    proven(net)
    peer = plain.peer_of(net)
    peer.stop()
    peer.config = peer.config.replace("hmac-sha256", "blake2s128").replace(
        SECRET.encode().hex(), b"the-new-one".hex())
    peer.prepare()
    peer.start()
    plain.all_is_well(net, kind, 60)
    keys = {k["keyId"]: k for k in auth(net)["key"]}
    assert keys[6]["alone"] > 0, keys
    load(net, "key chain link", "no key 5")
    plain.all_is_well(net, kind)
