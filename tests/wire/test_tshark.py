# SPDX-License-Identifier: MIT
"""Our packets before an independent judge: Wireshark's dissector.

wire_pcap writes random packets and says what is in them; tshark must find
nothing malformed in them and read the same destinations, metrics and seqnos,
decompressed by its own code, and the Source Prefix sub-TLV (RFC 9079 7.1)
where it stands.
"""
import ipaddress
import os
import pathlib
import subprocess
import xml.etree.ElementTree as ET

import pytest

UPDATE, ROUTE_REQUEST, SEQNO_REQUEST = 8, 9, 10
PADDING_AND_STATE = {0, 1, 6, 7}


def program():
    top = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("BUILDDIR", top / "build")) / "tests/wire/wire_pcap"


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    path = tmp_path_factory.mktemp("wire") / "ours.pcap"
    text = subprocess.run([program(), path], check=True,
                          capture_output=True, text=True).stdout
    pdml = subprocess.run(["tshark", "-r", path, "-T", "pdml"], check=True,
                          capture_output=True).stdout
    return path, text.splitlines(), ET.fromstring(pdml)


def network(plen, octets):
    """A prefix as ipaddress has it; refuses host bits."""
    kind = ipaddress.IPv4Network if len(octets) == 4 else ipaddress.IPv6Network
    return kind((octets, plen))


def of_hex(word):
    plen, digits = word.split("/")
    return network(int(plen), bytes.fromhex(digits))


def expected(lines):
    """(frame, type, destination, source, metric, seqno) as we meant it."""
    for line in lines:
        words = line.split()
        dst = src = metric = seqno = None
        frame, kind = int(words[0]), int(words[1])
        if len(words) > 3 and "/" in words[2]:
            dst, src = of_hex(words[2]), of_hex(words[3])
        if kind == UPDATE:
            metric, seqno = int(words[-3]), int(words[-1])
        yield frame, kind, dst, src, metric, seqno


def field(message, name):
    found = message.find(f".//field[@name='{name}']")
    return None if found is None else found.get("show")


def source_of(message, kind, plen, family_octets):
    """The Source Prefix sub-TLV: what stands behind the natural end of the TLV
    (RFC 8966 4.6), which tshark marks as a sub-TLV in Updates only."""
    octets = bytes.fromhex(message.get("value"))
    natural = {UPDATE: 12, ROUTE_REQUEST: 4, SEQNO_REQUEST: 16}[kind] + (plen + 7) // 8
    if kind == UPDATE:
        natural -= int(field(message, "babel.message.omitted"))
    sub = octets[natural:]
    marked = [bytes.fromhex(f.get("value"))
              for f in message.findall(".//field[@name='babel.subtlv']")]
    if kind == UPDATE:
        assert marked == ([sub] if sub else [])
    if not sub:
        return network(0, bytes(family_octets))
    assert sub[0] == 128 and sub[1] == len(sub) - 2
    assert sub[2] > 0 and len(sub) - 3 == (sub[2] + 7) // 8
    return network(sub[2], sub[3:].ljust(family_octets, b"\0"))


def dissected(pdml):
    for frame, packet in enumerate(pdml.findall("packet"), start=1):
        for message in packet.findall("./proto[@name='babel']/field[@name='babel.message']"):
            kind = int(field(message, "babel.message.type"))
            if kind in PADDING_AND_STATE:
                continue
            dst = src = metric = seqno = None
            shown = [f.get("show") for f in message.iter("field")
                     if f.get("show", "").startswith("Prefix: ")]
            if shown and field(message, "babel.message.ae") != "0":
                dst = ipaddress.ip_network(shown[0].removeprefix("Prefix: "))
                plen = int(field(message, "babel.message.plen"))
                assert plen == dst.prefixlen
                src = source_of(message, kind, plen, dst.max_prefixlen // 8)
            if kind == UPDATE:
                metric = int(field(message, "babel.message.metric"))
                seqno = int(field(message, "babel.message.seqno"), 16)
            yield frame, kind, dst, src, metric, seqno


def test_nothing_malformed(capture):
    path, _, pdml = capture
    assert len(pdml.findall("packet")) == 200
    assert not pdml.findall(".//field[@name='_ws.malformed']")
    bad = subprocess.run(["tshark", "-r", path, "-o", "udp.check_checksum:TRUE", "-Y",
                          "_ws.malformed || _ws.expert.severity >= 0x600000 "
                          "|| udp.checksum.status != 1 || !babel"],
                         check=True, capture_output=True, text=True).stdout
    assert bad == ""


@pytest.mark.rfc("9079-7.2-b", "8966-4.6.9-n")
def test_same_prefixes_read_by_tshark(capture):
    _, lines, pdml = capture
    want, got = list(expected(lines)), list(dissected(pdml))
    assert len(want) > 5000
    assert any(w[3] is not None and w[3].prefixlen for w in want)
    for w, g in zip(want, got):
        assert w == g
    assert len(want) == len(got)
