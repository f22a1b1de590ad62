# SPDX-License-Identifier: MIT
"""RFC 8967 with peers: what happens when keys do not agree, and on the way to a new one.

That signed packets do what packets do is the matrix's (test_matrix.py).
"""

import pytest
from harness import watch
from pair import ANY, BEACONS, D1, D2, HOSTS, P2, S1, SECRET, T1, Pair, key_lines

NAMES = ("bird", "debian-babeld")


def proven(pair):
    return pair.net.wait(pair.proven, 40, "the peer proven, with its key")


@pytest.mark.parametrize("name", NAMES)
def test_another_key_is_no_key(topology, name):
    pair = Pair(topology, name, "hmac-sha-256")
    pair.well()
    pair.type("key chain link", "key 5", "key-string not-the-secret")
    watch.has_no_route(pair.net, "ours", (D1, S1), 60)
    pair.peer_has([], absent=[(D2, T1), (P2, ANY)])
    assert pair.auth()["failed"]["signed with no key of ours"] > 0
    pair.type("key chain link", "key 5", f"key-string {SECRET}")
    pair.well(60)


@pytest.mark.parametrize("name", NAMES)
def test_roll_out_beside_a_permissive_peer(topology, name):
    """The peer signs and believes all; ours learns to sign, permissive, then strict."""
    pair = Pair(topology, name, "hmac-sha-256", permissive=True)
    pair.well()
    s = watch.stream(pair.net, "h1", HOSTS[S1], BEACONS[D1])
    pair.type("interface link0", "babel authentication permissive")
    pair.type(*key_lines("hmac-sha-256"))
    proven(pair)
    watch.more(pair.net, [s])
    pair.type("interface link0", "no babel authentication permissive")
    watch.more(pair.net, [s], 1000)
    s.stop()
    assert not s.lost() and s.exits() == ["xp"], s.summary()
    pair.well()


def test_keys_roll_over_beside_debian(topology):
    """Debian's babeld has one key for an interface: ours bridges old and new with both."""
    pair = Pair(topology, "debian-babeld", "hmac-sha-256")
    pair.type("key chain link", "key 6", "key-string the-new-one",
              "cryptographic-algorithm blake2s-128")
    pair.well()
    proven(pair)
    peer = pair.peer
    peer.stop()
    peer.config = peer.config.replace("hmac-sha256", "blake2s128").replace(
        SECRET.encode().hex(), b"the-new-one".hex())
    peer.prepare()
    peer.start()
    pair.well(60)
    keys = {k["keyId"]: k for k in pair.auth()["key"]}
    assert keys[6]["alone"] > 0, keys
    pair.type("key chain link", "no key 5")
    pair.well()
