# SPDX-License-Identifier: MIT
"""FRR's babeld 8.4 as a router of RFC 6126, and ours told that it has such neighbours; and
what it wants beyond either RFC."""

import pytest
from harness import NotYet
from pair import ANY, OURS, P2, PEER, Pair

NO_ID = "prefix with no router id"


@pytest.mark.parametrize("settings", [
    {"rfc6126-compatible": True, "ucast-hello-interval": 20, "unscheduled-hellos": True},
    {"rfc6126-compatible": True, "unicast": True}], ids=["hellos", "unicast"])
def test_frr_of_rfc6126(topology, settings):
    """8966-F-a 9079-6-a: nothing that it would misread, whatever else is set."""
    pair = Pair(topology, "frr-babeld", "routes", settings=settings)
    pair.well()

    def full():
        n = pair.neighbour()
        if int(str(n["helloMcastHistory"]), 16) & 0xff00 != 0xff00:
            raise NotYet(f"{n}")
        return n
    assert pair.net.wait(full, 40, "eight Hellos of the peer")["txcost"] == 96
    ours = f"udp.port == 6696 && ipv6.src == {OURS} && "
    capture = pair.net.captures["core"]
    assert capture.count(ours + f"babel.message.type == 4 && ipv6.dst == {PEER}") == 0
    assert capture.count(ours + "babel.message.type == 8") > 0
    for value, in capture.fields(ours + "babel.message.type == 4", "babel.message.interval"):
        assert "0" not in value.split(","), value
    # A source prefix is sub-TLV 128.
    for data, in capture.fields(ours + "babel.message.type == 8", "udp.payload"):
        assert "20010db80061" not in data


def test_frr_hears_every_retraction(topology):
    """It passes over those that don't stand behind a Router-Id, which RFC 8966 4.6.9 does not
    ask for."""
    pair = Pair(topology, "frr-babeld", "routes")
    pair.well()
    for _ in range(4):
        pair.withdraw()
        pair.net.wait(lambda: NO_ID in pair.peer.log_text()
                      or (P2, ANY) not in pair.kind.routes(pair.peer), 40, "the retraction")
        assert NO_ID not in pair.peer.log_text()
        pair.announce()
        pair.well()
