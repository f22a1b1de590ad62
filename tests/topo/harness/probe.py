# SPDX-License-Identifier: MIT
"""Real packets: who answers them, which way they left, who refused them.

A probe is a UDP datagram with a sequence number. An echo server, which stands
for the internet behind one uplink, answers with the number and its own name;
so the answer says which exit the packet took. A router that has no route
answers with an ICMP error, read here with the router's address. IPv4 and IPv6
alike, as the addresses are.
"""

import selectors
import socket
import struct
import threading
import time

PORT = 7007
IP_RECVERR = 11
IPV6_RECVERR = 25
MSG_ERRQUEUE = 0x2000
IPV6_FREEBIND = 78
SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6 = 2, 3
UNREACH_CODES = {0: "no route", 1: "prohibited", 2: "beyond scope", 3: "address unreachable",
                 4: "port unreachable", 5: "source address failed policy", 6: "reject route"}
UNREACH4_CODES = {0: "no route", 1: "address unreachable", 3: "port unreachable", 4: "too large",
                  13: "prohibited"}


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class EchoServers:
    """Answers probes on any number of (namespace, address) under a name each."""

    def __init__(self):
        self.sel = selectors.DefaultSelector()
        self.wake_r, self.wake_w = socket.socketpair()
        self.sel.register(self.wake_r, selectors.EVENT_READ)
        self.thread = None

    def add(self, ns, address, name, port=PORT):
        def make():
            s = socket.socket(family_of(address), socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((address, port))
            s.setblocking(False)
            return s
        self.sel.register(ns.call(make), selectors.EVENT_READ, name.encode())

    def start(self):
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def _serve(self):
        while True:
            for key, _ in self.sel.select():
                if key.data is None:
                    return
                while True:
                    try:
                        data, peer = key.fileobj.recvfrom(2048)
                        key.fileobj.sendto(data[:8] + key.data, peer)
                    except BlockingIOError:
                        break
                    except OSError:
                        continue  # an ICMPv6 error for an earlier answer

    def close(self):
        if self.thread:
            self.wake_w.send(b"x")
            self.thread.join()
        for key in list(self.sel.get_map().values()):
            key.fileobj.close()
        self.wake_w.close()
        self.sel.close()


class Outcome:
    """What became of one probe."""

    __slots__ = ("seq", "sent", "at", "exit", "error", "router")

    def __init__(self, seq, sent):
        self.seq, self.sent = seq, sent
        self.at = self.exit = self.error = self.router = None

    def __repr__(self):
        if self.exit:
            return f"answered by {self.exit}"
        if self.error:
            return f"ICMP {self.error} from {self.router}"
        return "silence"


def _socket(ns, source):
    def make():
        s = socket.socket(family_of(source), socket.SOCK_DGRAM)
        if s.family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        else:
            s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        s.bind((source, 0))
        s.setblocking(False)
        return s
    return ns.call(make)


def _parse_error4(data):
    _, origin, typ, code, _, _, _ = struct.unpack_from("=IBBBBII", data)
    if origin != SO_EE_ORIGIN_ICMP:
        return f"local error {struct.unpack_from('=I', data)[0]}", "itself"
    router = socket.inet_ntop(socket.AF_INET, data[16 + 4:16 + 8])
    if typ == 3:
        return "unreachable, " + UNREACH4_CODES.get(code, f"code {code}"), router
    if typ == 11:
        return "hop limit exceeded", router
    return f"type {typ} code {code}", router


def _parse_error(ancillary):
    """(text, router) of the ICMP error in an error-queue message."""
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == IP_RECVERR:
            return _parse_error4(data)
        if level == socket.IPPROTO_IPV6 and kind == IPV6_RECVERR:
            errno_, origin, typ, code, _, _, _ = struct.unpack_from("=IBBBBII", data)
            if origin != SO_EE_ORIGIN_ICMP6:
                return f"local error {errno_}", "itself"
            router = socket.inet_ntop(socket.AF_INET6, data[16 + 8:16 + 24])
            if typ == 1:
                return "unreachable, " + UNREACH_CODES.get(code, f"code {code}"), router
            if typ == 3:
                return "hop limit exceeded", router
            return f"type {typ} code {code}", router
    return "error", "?"


class Stream:
    """A steady stream of probes from one source to one destination.

    Used as a context or by start() and stop(); the outcomes are in the order
    of sending. mark() gives a moment to compare Outcome.sent and .at with.
    """

    def __init__(self, ns, source, destination, interval=0.005, port=PORT):
        self.ns, self.source, self.destination, self.port = ns, source, destination, port
        self.interval = interval
        self.outcomes = []
        self.socket = None
        self.stopping = threading.Event()
        self.thread = None

    def start(self):
        self.socket = _socket(self.ns, self.source)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def stop(self, linger=1.0):
        """Sends no more, waits up to linger seconds for the last answers."""
        self.linger = linger
        if self.thread:
            self.stopping.set()
            self.thread.join()
            self.thread = None
            self.socket.close()
        return self

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    @staticmethod
    def mark():
        return time.monotonic()

    def _send(self):
        o = Outcome(len(self.outcomes), time.monotonic())
        self.outcomes.append(o)
        for _ in range(3):
            try:
                self.socket.sendto(struct.pack("!Q", o.seq), (self.destination, self.port))
                return
            except BlockingIOError:
                return
            except OSError:
                # Mostly an error for an earlier probe, reported here once: it is in
                # the error queue too. A lack of a route here repeats itself.
                self._receive()
        o.error, o.router, o.at = "not sent: no route on the host", "itself", time.monotonic()

    def _receive(self):
        for flags in (MSG_ERRQUEUE, 0):
            while True:
                try:
                    data, anc, _, peer = self.socket.recvmsg(2048, 512, flags)
                except BlockingIOError:
                    break
                except OSError:
                    continue
                if len(data) < 8:
                    continue
                o = self.outcomes[struct.unpack_from("!Q", data)[0]]
                if o.at is not None:
                    continue
                o.at = time.monotonic()
                if flags:
                    o.error, o.router = _parse_error(anc)
                else:
                    o.exit = data[8:].decode()

    def _run(self):
        sel = selectors.DefaultSelector()
        sel.register(self.socket, selectors.EVENT_READ)
        due = time.monotonic()
        while not self.stopping.is_set():
            now = time.monotonic()
            if now >= due:
                self._send()
                # A late machine sends later, not faster.
                due = max(due + self.interval, now)
            sel.select(max(0, due - time.monotonic()))
            self._receive()
        end = time.monotonic() + self.linger
        while time.monotonic() < end and any(o.at is None for o in self.outcomes):
            sel.select(0.05)
            self._receive()
        sel.close()

    # What was observed.

    def lost(self):
        return [o for o in self.outcomes if not o.exit]

    def exits(self):
        return sorted({o.exit for o in self.outcomes if o.exit})

    def first(self, test, since=0):
        """The first outcome, among those sent at or after `since`, with test(outcome)."""
        for o in list(self.outcomes):
            if o.sent >= since and o.at is not None and test(o):
                return o
        return None

    def summary(self):
        """What befell the probes, in the order of sending: 120 answered by x, 3 silence, ..."""
        runs = []
        for o in list(self.outcomes):
            if not runs or runs[-1][1] != repr(o):
                runs.append([0, repr(o)])
            runs[-1][0] += 1
        text = ", ".join(f"{n} {what}" for n, what in runs[:30])
        return text + (f" and {len(runs) - 30} changes more" if len(runs) > 30 else "")


def probe_once(ns, source, destination, timeout=1.0, port=PORT):
    """One probe and its outcome."""
    s = Stream(ns, source, destination, port=port)
    s.socket = _socket(ns, source)
    try:
        s._send()
        end = time.monotonic() + timeout
        sel = selectors.DefaultSelector()
        sel.register(s.socket, selectors.EVENT_READ)
        while s.outcomes[0].at is None and time.monotonic() < end:
            sel.select(max(0, min(0.05, end - time.monotonic())))
            s._receive()
        sel.close()
    finally:
        s.socket.close()
    return s.outcomes[0]
