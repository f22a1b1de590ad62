# SPDX-License-Identifier: MIT
"""A ZAPI client of the worst kind: it says what it is told to, in the dialect of FRR 8.4, as
octets on zebra's socket, and reads only when asked to."""

import os
import socket
import struct
import subprocess
import sys

BABEL, STATIC, RIPNG, SHARP = 22, 3, 5, 23  # route types
INTERFACE_ADD, ROUTE_ADD, ROUTE_DELETE, REDISTRIBUTE_ADD, HELLO = 0, 8, 9, 11, 18
NEXTHOP_REGISTER, CLIENT_CAPABILITIES = 20, 119
ALL = 30  # of route types
AFI4, AFI6 = 1, 2


def message(command, body=b"", marker=254, version=6, length=None):
    length = 10 + len(body) if length is None else length
    return struct.pack("!HBBIH", length, marker, version, 0, command) + body


def hello(kind, instance=0, session=0):
    return message(HELLO, struct.pack("!BHIBB", kind, instance, session, 0, 0))


def route(command, kind, destination, source=None, ifindex=0, instance=0):
    """A /48 that is dropped, or goes by an interface."""
    def prefix(text):
        return struct.pack("!B6s", 48, socket.inet_pton(socket.AF_INET6, text)[:6])
    body = struct.pack("!BHIIBB", kind, instance, 0, 0x21 if source else 1, 1, 10)
    body += prefix(destination) + (prefix(source) if source else b"")
    if ifindex:
        return message(command, body + struct.pack("!HIBBI", 1, 0, 1, 0, ifindex))
    return message(command, body + struct.pack("!HIBBB", 1, 0, 6, 0, 1))


def graceful(seconds):
    return message(CLIENT_CAPABILITIES, struct.pack("!III", 1, seconds, 0))


def complete(afi=AFI6):
    """It has told all of that family."""
    return message(CLIENT_CAPABILITIES, struct.pack("!4I", 2, afi, 1, 0))


def redistribute(kind):
    return message(REDISTRIBUTE_ADD, struct.pack("!BBH", AFI6, kind, 0))


class Client:
    """A connection."""

    def __init__(self, zebra, *first):
        self.patience = 120
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.path.join(zebra.dir, "zserv.api"))
        self.socket.setblocking(False)
        for m in first:
            self.say(m)

    def say(self, octets):
        """Waits while zebra does not read; false: it has hung up."""
        self.socket.settimeout(self.patience)
        try:
            self.socket.sendall(octets)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False
        finally:
            self.socket.setblocking(False)

    def offer(self, octets):
        """Does not wait; small messages go whole or not at all."""
        try:
            return self.socket.send(octets) == len(octets)
        except BlockingIOError:
            return False

    def read(self):
        """What is there now; None: zebra has hung up."""
        got = b""
        try:
            while piece := self.socket.recv(1 << 20):
                got += piece
            return None
        except BlockingIOError:
            return got
        except ConnectionResetError:
            return None

    def closed(self):
        return self.read() is None

    def close(self):
        self.socket.close()


CROWD = """
import socket, sys, time
path, n, first = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])
held = []
for _ in range(n):
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(path)
        if first:
            s.sendall(first)
        held.append(s)
    except OSError:
        pass
print(len(held), flush=True)
sys.stdin.read()
"""


class Crowd:
    """Many connections of another process, each of which says `first` and no more."""

    def __init__(self, zebra, n, first=b""):
        self.process = subprocess.Popen(
            [sys.executable, "-c", CROWD, os.path.join(zebra.dir, "zserv.api"), str(n),
             first.hex() or ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.connected = int(self.process.stdout.readline())

    def close(self):
        if self.process.stdin:
            self.process.stdin.close()
            self.process.stdin = None
            self.process.stdout.close()
            self.process.wait(20)
