# SPDX-License-Identifier: MIT
"""A forwarding plane manager: listens, and rebuilds zebra's table from what it is told.

Written from doc/user/fpm.md, <linux/rtnetlink.h> and zebra/fpm.proto; nothing of zebra's own code.
A row of its table is what a forwarding plane needs: {(destination, source): (kind, ways)}, a
way being (gateway, interface index).
"""

import importlib
import ipaddress
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
NETLINK, PROTOBUF = 1, 2
HEADER = struct.Struct(">BBH")
NLMSG = struct.Struct("=IHHII")
RTMSG = struct.Struct("=BBBBBBBBI")
NOOP, DONE, NEWROUTE, DELROUTE = 1, 3, 24, 25
RTA_DST, RTA_SRC, RTA_OIF, RTA_GATEWAY, RTA_MULTIPATH, RTA_VIA = 1, 2, 4, 5, 9, 18
TYPES = {1: "forward", 6: "blackhole", 7: "unreachable", 8: "prohibit"}


def prefix(octets, length):
    """In the words of `show`."""
    return f"{ipaddress.ip_address(octets)}/{length}"


# ---- netlink ----

def attributes(octets):
    while len(octets) >= 4:
        length, kind = struct.unpack_from("=HH", octets)
        assert 4 <= length <= len(octets), octets
        yield kind & 0x3fff, octets[4:length]
        octets = octets[(length + 3) & ~3:]
    assert not octets


def way(found, oif):
    gateway = found.get(RTA_GATEWAY) or found.get(RTA_VIA, b"")[2:]
    return (str(ipaddress.ip_address(gateway)) if gateway else "", oif)


def multipath(octets):
    while octets:
        length, _, _, oif = struct.unpack_from("=HBBi", octets)
        yield way(dict(attributes(octets[8:length])), oif)
        octets = octets[(length + 3) & ~3:]


def netlink(body):
    """("begin"|"end"|"set"|"del", pair, row)"""
    length, kind, _, _, _ = NLMSG.unpack_from(body)
    assert length == len(body), body
    if kind in (NOOP, DONE):
        return ("begin" if kind == NOOP else "end"), None, None
    assert kind in (NEWROUTE, DELROUTE), kind
    family, dlen, slen, _, _, _, _, rtype, _ = RTMSG.unpack_from(body, 16)
    found = dict(attributes(body[28:]))
    octets = 4 if family == socket.AF_INET else 16
    pair = (prefix(found.get(RTA_DST, bytes(octets)), dlen),
            prefix(found.get(RTA_SRC, bytes(octets)), slen))
    if kind == DELROUTE:
        return "del", pair, None
    ways = ()
    if TYPES[rtype] == "forward":
        oif = struct.unpack("=I", found[RTA_OIF])[0] if RTA_OIF in found else 0
        ways = multipath(found[RTA_MULTIPATH]) if RTA_MULTIPATH in found else (way(found, oif),)
    return "set", pair, (TYPES[rtype], frozenset(ways))


# ---- protobuf ----

def messages():
    """The module that protoc makes of zebra/fpm.proto."""
    if "fpm_pb2" not in sys.modules:
        with tempfile.TemporaryDirectory() as d:
            subprocess.run(["protoc", f"--proto_path={TOP}/zebra", f"--python_out={d}",
                            "fpm.proto"], check=True)
            sys.path.insert(0, d)
            try:
                importlib.import_module("fpm_pb2")
            finally:
                sys.path.remove(d)
    return sys.modules["fpm_pb2"]


def address(a):
    if a.HasField("ip4"):
        return str(ipaddress.ip_address(a.ip4.value))
    return str(ipaddress.ip_address(a.ip6.octets)) if a.HasField("ip6") else ""


def key(k):
    dst = prefix(k.destination.octets, k.destination.length)
    any_source = "::/0" if ":" in dst else "0.0.0.0/0"
    return dst, prefix(k.source.octets, k.source.length) if k.HasField("source") else any_source


def protobuf(body):
    pb = messages()
    m = pb.Message.FromString(body)
    name = pb.Message.Type.Name(m.type)
    if name.startswith("SYNC_"):
        return name[5:].lower(), None, None
    r = getattr(m, name.lower())
    assert m.HasField(name.lower()) and len(m.ListFields()) == 2, m
    assert name.endswith("SOURCED_ROUTE") == r.key.HasField("source"), m
    if name.startswith("NO_"):
        return "del", key(r.key), None
    kind = pb.Kind.Name(r.kind)[5:].lower()
    return "set", key(r.key), ("forward" if kind == "normal" else kind, frozenset(
        (address(n.address), n.interface.index) for n in r.nexthop))


# ---- the receiver ----

class Receiver:
    """Listens in the node's namespace: on [::1]:port, or on the path that it is given."""

    def __init__(self, node, port=2620, path=None):
        self.table, self.stale, self.wrong = {}, set(), None
        self.begins = self.ends = self.connections = 0
        self.types = set()
        self.stalled = False
        self.path = path
        self.listener = node.ns.call(lambda: self._listen(port))
        self.connection = None
        self._wake = os.pipe()
        self._over = False
        self._hang_up = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _listen(self, port):
        if not self.path:
            s = socket.socket(socket.AF_INET6)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Of those that it accepts, too: a stall is to be felt soon.
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            s.bind(("::1", port))
            s.listen()
            return s
        s = socket.socket(socket.AF_UNIX)
        s.bind(self.path)
        s.listen()
        return s

    def _poke(self):
        os.write(self._wake[1], b"x")

    def close(self):
        self._over = True
        self._poke()
        self._thread.join()
        for fd in self._wake:
            os.close(fd)

    def hang_up(self):
        """Ends the connection; goes on listening, and keeps its table."""
        self._hang_up = True
        self._poke()

    def stall(self, stalled=True):
        """Reads no more; or goes on reading."""
        self.stalled = stalled
        self._poke()

    def say(self, octets):
        self.connection.sendall(octets)

    def _run(self):
        buf = b""
        try:
            while not self._over:
                watch = [self._wake[0], self.listener]
                if self.connection and not self.stalled:
                    watch.append(self.connection)
                ready, _, _ = select.select(watch, [], [])
                if self._wake[0] in ready:
                    os.read(self._wake[0], 4096)
                if self._hang_up:
                    self._hang_up = False
                    self._drop()
                    continue
                if self.listener in ready:
                    self._drop()
                    self.connection, _ = self.listener.accept()
                    self.connections += 1
                    buf = b""
                elif self.connection in ready:
                    piece = self._read()
                    if not piece:
                        self._drop()
                    buf = self._frames(buf + piece)
        except BaseException as e:  # shown by whoever asks for the table
            self.wrong = e
        self._drop()
        self.listener.close()

    def _read(self):
        try:
            return self.connection.recv(1 << 18)
        except ConnectionError:
            return b""

    def _drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def _frames(self, buf):
        at = 0
        while len(buf) - at >= HEADER.size:
            version, kind, length = HEADER.unpack_from(buf, at)
            assert version == 1 and kind in (NETLINK, PROTOBUF) and length > HEADER.size
            if len(buf) - at < length:
                break
            body = buf[at + HEADER.size:at + length]
            self.types.add(kind)
            self._message(*(netlink if kind == NETLINK else protobuf)(body))
            at += length
        return buf[at:]

    def _message(self, what, pair, row):
        if what == "begin":
            self.begins += 1
            self.stale = set(self.table)
        elif what == "end":
            self.ends += 1
            for p in self.stale:
                self.table.pop(p, None)
            self.stale = set()
        elif what == "set":
            self.table[pair] = row
            self.stale.discard(pair)
        else:
            self.table.pop(pair, None)
            self.stale.discard(pair)

    def rows(self):
        if self.wrong:
            raise RuntimeError(f"the receiver has failed: {self.wrong!r}") from self.wrong
        return dict(self.table)


def shown(zebra):
    """The same of what zebra shows: its chosen routes of both families."""
    found = {}
    for line in ("show ipv6 route", "show ip route"):
        for r in zebra.show(line)["routes"]:
            if not r["selected"]:
                continue
            ways = [n for n in r["nexthops"] if n.get("usable") and not n.get("recursive")]
            kinds = {n["type"] for n in ways} & {"blackhole", "unreachable", "prohibit"}
            row = (kinds.pop(), frozenset()) if kinds else \
                ("forward", frozenset((n.get("gateway", ""), n["ifIndex"]) for n in ways))
            found[(r["destination"], r["source"])] = row
    return found
