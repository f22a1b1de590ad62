# SPDX-License-Identifier: MIT
"""A neighbour that floods, with real packets: what it can make a router keep stays what is
configured, and another neighbour on the same link notices nothing.

It announces new prefixes without end and takes them back, changes their router-id, asks for
everything, asks others for newer sequence numbers, wants all acknowledged, and comes under
many addresses."""

import os
import socket
import struct
import threading

import pytest
from harness import EchoServers, NotYet, watch

GROUP = "ff02::1:6"
R1, R2 = "2001:db8:1::/64", "2001:db8:2::/64"
H1, H2 = R1.replace("::/64", "::9"), R2.replace("::/64", "::9")
ID2 = bytes.fromhex("0200000000000002")
LIMITS = {"neighbors": 8, "neighbor-routes": 500, "routes": 1000}
HELLO = 1.0  # seconds
FAKES = 24
UPDATES, PACKETS = 40, 8  # of each packet, of each round
ENOUGH = 40_000
GROWTH_KB = 10_000  # at what is allowed; all that is announced takes 55,000
LATER_KB = 4_000    # once the limits are reached


def router(lan, router_id):
    babel = {"router-id": router_id, "limit": LIMITS,
             "interface": [{"name": "e0", "link-type": "wired",
                            "mcast-hello-interval": int(HELLO * 100), "update-interval": 400}],
             "redistribute": [{"family": "ipv6", "protocol": "connected"}]}
    return {"router": True,
            "daemons": [("zebra", {}), ("babeld", {"srcdest-babel:babel": babel})]}


def spec():
    host = "route add ::/0 via fe80::a dev h0"
    return {"nodes": {"r1": router(R1, "02:00:00:00:00:00:00:01"),
                      "r2": router(R2, "02:00:00:00:00:00:00:02"),
                      "bad": {}, "h1": {"commands": [host]}, "h2": {"commands": [host]}},
            "links": {"l": {"r1": ("e0", ["fe80::1/64"]), "r2": ("e0", ["fe80::2/64"]),
                            "bad": ("e0", ["fe80::bad/64"] +
                                    [f"fe80::bad:{k:x}/64" for k in range(1, FAKES + 1)])},
                      "lan1": {"r1": ("lan0", ["fe80::a/64", R1.replace("::/", "::1/")]),
                               "h1": ("h0", [H1 + "/64"])},
                      "lan2": {"r2": ("lan0", ["fe80::a/64", R2.replace("::/", "::1/")]),
                               "h2": ("h0", [H2 + "/64"])}}}


# ---- what it says, RFC 8966 4.6 ----

def packet(*tlvs):
    body = b"".join(struct.pack("BB", t, len(v)) + v for t, v in tlvs)
    return struct.pack(">BBH", 42, 2, len(body)) + body


def hello(seqno):
    return 4, struct.pack(">HHH", 0, seqno & 0xffff, 100)


def ihu(of):
    return 5, struct.pack(">BBHH", 3, 0, 96, 600) + socket.inet_pton(socket.AF_INET6, of)[8:]


def router_id(n):
    return 6, struct.pack(">H", 0) + struct.pack(">Q", 0xbad0000000000000 + n)


def update(n, metric):
    prefix = struct.pack(">IHH", 0x20010db8, 0x8000 + (n >> 16), n & 0xffff)
    return 8, struct.pack(">BBBBHHH", 2, 0, 64, 0, 3000, 1, metric) + prefix


def seqno_request(seqno):
    prefix = socket.inet_pton(socket.AF_INET6, R2.removesuffix("/64"))[:8]
    return 10, struct.pack(">BBHBB", 2, 64, seqno & 0xffff, 64, 0) + ID2 + prefix


def ack_request(n):
    return 2, struct.pack(">HHH", 0, n & 0xffff, 10)


EVERYTHING = 9, bytes(2)  # a wildcard route request


class Flood:
    """Rounds of packets in a thread of its own, ten a second."""

    def __init__(self, ns):
        self.sockets = [ns.call(lambda a=a: self._socket(a)) for a in
                        ["fe80::bad"] + [f"fe80::bad:{k:x}" for k in range(1, FAKES + 1)]]
        self.announced = self.rounds = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @staticmethod
    def _socket(address):
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        index = socket.if_nametoindex("e0")
        s.bind((address, 6696, 0, index))
        s.connect((GROUP, 6696, 0, index))
        return s

    def _round(self):
        n, self.rounds = self.rounds, self.rounds + 1
        main, *fakes = self.sockets
        main.send(packet(hello(n), ihu("fe80::1"), ihu("fe80::2"), EVERYTHING,
                         *(ack_request(n * 20 + k) for k in range(20)),
                         *(seqno_request(1000 * n + k) for k in range(20))))
        for _ in range(PACKETS):
            first = self.announced
            self.announced += UPDATES
            main.send(packet(router_id(n), *(update(k, 0) for k in range(first, self.announced))))
            if n % 2: # half of them come and go; and some of the others change their source
                main.send(packet(*(update(k, 0xffff) for k in range(first, self.announced))))
                main.send(packet(router_id(n), *(update(k, 0) for k in range(UPDATES))))
        for s in fakes:
            s.send(packet(hello(n), EVERYTHING, router_id(n), update(n, 0)))

    def _run(self):
        while not self.over.wait(0.1):
            self._round()

    def stop(self):
        self.over.set()
        self.thread.join()
        for s in self.sockets:
            s.close()


def memory(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def limits(node):
    return {x["name"]: x for x in node.babeld.show("show babel limits")}


def hellos(net, source):
    found = net.captures["l"].fields(f"babel.message.type == 4 && ipv6.src == {source}",
                                     "frame.time_epoch")
    return [float(row[0]) for row in found]


def flooded(net, flood, n):
    def check():
        if flood.announced < n:
            raise NotYet(f"{flood.announced} prefixes announced")
        return True
    net.wait(check, 90, f"{n} prefixes announced", interval=0.2)


@pytest.fixture
def net(topology, monkeypatch):
    # What is freed is to be free, also where a sanitizer would keep it for a while.
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:" +
                       os.environ.get("ASAN_OPTIONS", ""))
    t = topology(spec())
    watch.has_route(t, "r1", (R2, "::/0"), "e0", "babel")
    watch.has_route(t, "r2", (R1, "::/0"), "e0", "babel")
    echo = EchoServers()
    t.on_close(echo.close)
    echo.add(t["h2"].ns, H2, "h2")
    echo.start()
    return t


def test_a_flood(net):
    s = watch.stream(net, "h1", H1, H2)
    routers = [net["r1"], net["r2"]]
    before = [memory(r.babeld) for r in routers]
    flood = Flood(net["bad"].ns)
    net.on_close(flood.stop)
    flooded(net, flood, ENOUGH // 2)
    half = [memory(r.babeld) for r in routers]
    flooded(net, flood, ENOUGH)
    for r, b, h in zip(routers, before, half):
        now, had = memory(r.babeld), limits(r)
        print(f"{r.name}: {b} kB, {h} kB, {now} kB;",
              ", ".join(f"{k} {v['used']} of {v['most']}, {v['hits']} times"
                        for k, v in had.items()))
        assert now - b < GROWTH_KB and now - h < LATER_KB
        for name, v in LIMITS.items():
            assert had[name]["most"] == v
        for name, v in had.items():
            assert v["used"] <= v["most"], name
        # It did try.
        assert had["neighbors"]["hits"] > 0 and had["neighbor-routes"]["hits"] > ENOUGH / 4
        # And nobody else has to do with it.
        good = [n for n in r.babeld.show("show babel neighbor")["neighbours"]
                if n["address"] in ("fe80::1", "fe80::2")]
        assert len(good) == 1 and good[0]["cost"] == 96, good
        assert int(str(good[0]["helloMcastHistory"]), 16) & 0xfff0 == 0xfff0, good
        assert "limitsReached" not in good[0] or good[0]["limitsReached"] == 0, good
    for source in ("fe80::1", "fe80::2"):
        at = hellos(net, source)
        assert len(at) > 5 and max(b - a for a, b in zip(at, at[1:])) < 2 * HELLO, at
    flood.stop()
    s.stop()
    assert not s.lost(), s.summary()
    # What is over is forgotten, and new neighbours find room.
    watch.has_route(net, "r1", (R2, "::/0"), "e0", "babel")
