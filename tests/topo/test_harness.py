# SPDX-License-Identifier: MIT
"""The harness itself, without any daemon of ours: a judge that cannot fail is none."""

import os
import socket
import struct

import pytest
from harness import (EchoServers, MalformedPackets, NotYet, Stream, Topology, WaitTimeout,
                     assert_no_malformed, netns, probe_once, site, wait_until)
from harness.capture import ends_in_ihu_stamps

LINE = {"nodes": {"a": {"commands": ["route add ::/0 via 2001:db8::1 dev e0"]},
                  "r": {"router": True},
                  "b": {"commands": ["route add ::/0 via 2001:db8:1::1 dev e0"]}},
        "links": {"l1": {"a": ("e0", ["2001:db8::2/64"]), "r": ("e0", ["2001:db8::1/64"])},
                  "l2": {"r": ("e1", ["2001:db8:1::1/64"]), "b": ("e0", ["2001:db8:1::2/64"])}}}


def test_wait_until_shows_what_it_saw():
    def never():
        raise NotYet("seven")
    with pytest.raises(WaitTimeout, match="after 0.1 s not seen: eight\n  last observed: seven"):
        wait_until(never, 0.1, "eight")


def test_probes_say_who_answered_and_who_refused(topology):
    t = topology(LINE)
    echo = EchoServers()
    t.on_close(echo.close)
    echo.add(t["b"].ns, "2001:db8:1::2", "bee")
    echo.start()
    with Stream(t["a"].ns, "2001:db8::2", "2001:db8:1::2") as s:
        wait_until(lambda: len(s.outcomes) >= 50, 10, "50 probes")
    assert s.exits() == ["bee"] and not s.lost(), s.summary()
    refused = probe_once(t["a"].ns, "2001:db8::2", "2001:db8:2::2")
    assert refused.error == "unreachable, no route"
    assert t.name_of(refused.router) == "r"
    t["r"].ip("link set e1 down")
    refused = probe_once(t["a"].ns, "2001:db8::2", "2001:db8:1::2")
    assert refused.error == "unreachable, no route", refused


def test_lost_probes_are_counted(topology):
    t = topology(LINE)
    echo = EchoServers()
    t.on_close(echo.close)
    echo.add(t["b"].ns, "2001:db8:1::2", "bee")
    echo.start()
    t["r"].ns.run(["nft", "-f", "-"], stdin="""table ip6 t { chain c {
        type filter hook forward priority 0; udp dport 7007 numgen inc mod 10 vmap { 0 : drop };
        }
    }""")
    s = Stream(t["a"].ns, "2001:db8::2", "2001:db8:1::2").start()
    wait_until(lambda: len(s.outcomes) >= 50, 10, "50 probes")
    s.stop(linger=0.3)
    assert len(s.lost()) in (len(s.outcomes) // 10, len(s.outcomes) // 10 + 1), s.summary()


def test_malformed_packets_are_found():
    """A Babel packet whose only TLV claims more octets than there are, RFC 8966 4.3."""
    with Topology(LINE) as t:
        hello = struct.pack("!BBHBBHHH", 42, 2, 8, 4, 6, 0, 1, 400)
        broken = struct.pack("!BBHBBH", 42, 2, 4, 8, 40, 0)

        def send(payload):
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            s.bind(("2001:db8::2", 6696))
            s.sendto(payload, ("2001:db8::1", 6696))
            s.close()
        t["a"].ns.call(lambda: send(hello))
        capture = t.captures["l1"]
        wait_until(lambda: capture.count("babel && !icmpv6") == 1, 10, "the good packet captured")
        assert_no_malformed(capture.path)
        t["a"].ns.call(lambda: send(broken))
        wait_until(lambda: capture.count("udp.port == 6696 && !icmpv6") == 2, 10, "the bad packet captured")
        with pytest.raises(MalformedPackets):
            assert_no_malformed(capture.path)


def test_only_time_stamps_at_the_end_of_an_ihu_are_beyond_the_judge():
    """RFC 9616 6.2: a Hello and an IHU with time stamps; then the same cut short."""
    packet = bytes.fromhex("2a020028 040c0000dcb300140304 1fb232c5"
                           "05180300 0060003c 00000000000000a2 0308 36434165 1fb07644")
    assert ends_in_ihu_stamps(packet)
    for k in range(len(packet)):
        assert not ends_in_ihu_stamps(packet[:k])
        assert not ends_in_ihu_stamps(packet[:2] + (k - 4).to_bytes(2, "big") + packet[4:k]
                                      if k >= 4 else packet[:k])
    assert not ends_in_ihu_stamps(packet[:18] + b"\6" + packet[19:])
    assert not ends_in_ihu_stamps(packet[:-9] + b"\7" + packet[-8:])


def test_filters_of_the_isps_can_count(topology):
    t = topology(site.spec(ea=[], eb=[], core=[]))
    site.furnish(t)
    assert [site.drops(t, letter) for letter in "ab"] == [0, 0]
    assert [site.probe_filter(t, letter, packets=5) for letter in "ab"] == [5, 5]


def test_nothing_is_left_behind():
    with pytest.raises(KeyboardInterrupt):
        with Topology(LINE) as t:
            names = [n.ns.name for n in t.nodes.values()]
            pids = [p for n in t.nodes.values() for p in n.ns.pids()]
            directory = t.dir
            assert pids and set(names) <= set(netns.namespaces())
            raise KeyboardInterrupt
    assert not set(names) & set(netns.namespaces())
    assert not [p for p in pids if os.path.exists(f"/proc/{p}")]
    assert not os.path.exists(directory)
