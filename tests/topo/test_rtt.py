# SPDX-License-Identifier: MIT
"""RFC 9616 between two of ours, over two tunnels whose delay is ours to set.

    host -- r1 == short == r2 -- x
               == long  ==
"""

import random
import re
import signal

from harness import EchoServers, NotYet, watch

DEST, HOST = "2001:db8:ffff::1", "2001:db8:a:1::10"
PREFIX = "2001:db8:ffff::/48"
TUNNELS = ("short", "long")
# Fast enough to watch. The type of the link is the kernel's word.
TIMERS = {"mcast-hello-interval": 20, "update-interval": 400}
# The tunnels are programs like any other: on a busy machine they take longer than told.
LATE = 40  # ms, there and back


def babel(redistribute):
    return {"srcdest-babel:babel": {
        "interface": [{"name": i, **TIMERS} for i in TUNNELS],
        "redistribute": [{"family": "ipv6", "protocol": p} for p in redistribute]}}


STATIC = {"srcdest-static:static": {"route": [
    {"destination-prefix": PREFIX, "source-prefix": "::/0",
     "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]}]}}


def spec(short, long):
    """Seconds each way."""
    return {"nodes": {
        "r1": {"router": True, "daemons": [("zebra", {}), ("babeld", babel(["connected"]))]},
        "r2": {"router": True,
               "daemons": [("zebra", STATIC), ("babeld", babel(["static"]))]},
        "x": {"router": True, "commands": ["route add ::/0 via fe80::1 dev x0",
                                           f"addr add {DEST}/128 dev lo"]},
        "host": {"commands": ["route add ::/0 via fe80::1 dev h0"]}},
        "links": {
            "short": {"r1": ("short", ["fe80::a1/64"]), "r2": ("short", ["fe80::a2/64"]),
                      "delay": short},
            "long": {"r1": ("long", ["fe80::b1/64"]), "r2": ("long", ["fe80::b2/64"]),
                     "delay": long},
            "lan": {"r1": ("h0", ["fe80::1/64", "2001:db8:a:1::1/64"]),
                    "host": ("h0", [HOST + "/64"])},
            "exit": {"r2": ("x0", ["fe80::1/64"]), "x": ("x0", ["fe80::2/64"])}}}


def answer(net):
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["x"].ns, DEST, "x")
    echo.start()


def neighbour(net, node, ifname):
    rows = net[node].babeld.show(f"show babel neighbor {ifname}")["neighbours"]
    if len(rows) != 1 or "rtt" not in rows[0]:
        raise NotYet(f"{node} has {rows}")
    return rows[0]


def penalty(ms):
    """RFC 9616 4.2 with its defaults."""
    return 150 * (min(max(ms, 10), 120) - 10) // 110


def has_rtt(net, node, ifname, low, high, timeout=30):
    """Waits for a smoothed RTT in that range, in ms, and the cost of such an RTT. The cost
    follows in steps of a 32nd of the range or more."""
    high += LATE

    def check():
        n = neighbour(net, node, ifname)
        if not low * 1000 <= n["rtt"] <= high * 1000 or n["cost"] != 96 + n["rttCost"] or \
                not penalty(low) - 5 <= n["rttCost"] <= penalty(high) + 5:
            raise NotYet(f"{node} has {n}")
        return n
    return net.wait(check, timeout, f"{low} to {high} ms on {ifname} of {node}")


def leaves_by(net, node, ifname, timeout=40):
    watch.has_route(net, node, (PREFIX, "::/0"), ifname, "babel", timeout)


class Moves:
    """By which interface the kernel has sent packets for a prefix since the beginning."""

    def __init__(self, net, node, prefix):
        self.prefix = prefix
        self.path = net[node].dir + "/moves"
        with open(self.path, "wb") as f:
            self.process = net[node].ns.popen(["ip", "-6", "monitor", "route"], stdout=f)
        net.on_close(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def seen(self):
        found = []
        with open(self.path, encoding="ascii") as f:
            for line in f:
                w = line.split()
                if w[0] == self.prefix and "dev" in w:
                    dev = w[w.index("dev") + 1]
                    found += [dev] if found[-1:] != [dev] else []
        return found


def test_the_shorter_round_trip_wins_and_a_change_of_delay_moves_the_traffic_once(topology):
    """9616-4.2-a 9616-4.3-a: what the model says of tunnels, by real packets."""
    net = topology(spec(0.004, 0.045))
    answer(net)
    for node in ("r1", "r2"):
        has_rtt(net, node, "short", 8, 10)
        has_rtt(net, node, "long", 90, 95)
    leaves_by(net, "r1", "short")
    watch.meets(net, "host", HOST, DEST, "x")
    moves = Moves(net, "r1", PREFIX)
    stream = watch.stream(net, "host", HOST, DEST)
    net.tunnels["short"].set((0.09, 0.06))
    leaves_by(net, "r1", "long", 60)
    for node in ("r1", "r2"):
        has_rtt(net, node, "short", 145, 155, 60)
    # Both jitter about one value: the worse of the two is another one each time.
    dice = random.Random(9616)
    for _ in range(100):
        for name in TUNNELS:
            net.tunnels[name].set(0.03 + dice.uniform(0, 0.03))
        watch.more(net, [stream], 30)
    assert len(moves.seen()) <= 3, moves.seen()
    # And back, when the short one is short again for good.
    net.tunnels["short"].set(0.004)
    net.tunnels["long"].set(0.06)
    leaves_by(net, "r1", "short", 60)
    stream.stop()
    assert len(moves.seen()) <= 4, moves.seen()
    assert stream.exits() == ["x"] and len(stream.lost()) <= 0, stream.summary()


def test_a_stalled_daemon_measures_the_link_and_not_itself(topology):
    """9616-3.2-f: what waits in the socket of a daemon has arrived when it did."""
    net = topology(spec(0.005, 0.02))
    answer(net)
    leaves_by(net, "r1", "short")
    stream = watch.stream(net, "host", HOST, DEST)  # the kernel forwards meanwhile
    has_rtt(net, "r1", "short", 10, 12)
    process = net["r1"].babeld.process
    before = neighbour(net, "r1", "short")["rttSamples"]
    try:
        for _ in range(40):
            process.send_signal(signal.SIGSTOP)
            watch.more(net, [stream], 40)
            process.send_signal(signal.SIGCONT)
            watch.more(net, [stream], 20)
    finally:
        process.send_signal(signal.SIGCONT)
    stream.stop()
    n = neighbour(net, "r1", "short")
    assert n["rttSamples"] - before >= 10
    assert 10000 <= n["rtt"] <= (12 + LATE) * 1000, n


def test_ranges_that_make_no_sense_are_refused(topology):
    """9616-4.2-b: rtt-max must be more than rtt-min."""
    net = topology(spec(0.001, 0.001))
    r1 = net["r1"]
    for text in ("babel rtt-min 120", "babel rtt-max 10", "babel rtt-min 50\n babel rtt-max 50"):
        says, content = r1.mgmtd.load(f"interface short\n {text}\nexit\n")
        assert "rtt-max must be more than rtt-min" in says, (says, content)
    for text in ("babel rtt-min 0", "babel rtt-decay 257", "babel rtt-decay 0",
                 "babel max-rtt-penalty 65536"):
        says, content = r1.mgmtd.load(f"interface short\n {text}\nexit\n")
        assert "rtt" in says, (says, content)
    r1.mgmtd.load("interface short\n babel rtt-min 130\n babel rtt-max 131\n"
                  " babel max-rtt-penalty 0\n babel rtt-decay 256\nexit\n")
    i = r1.babeld.show("show babel interface short")["interfaces"][0]
    assert (i["rttMin"], i["rttMax"], i["maxRttPenalty"], i["rttDecay"]) == (130, 131, 0, 256)


def test_the_switch_is_for_privacy(topology):
    """9616-8-a: a tunnel has time stamps unless told otherwise, another link only if told to."""
    net = topology(spec(0.02, 0.02))
    r1 = net["r1"]
    for name in TUNNELS:
        has_rtt(net, "r1", name, 40, 45)
    r1.mgmtd.load("interface short\n no babel enable-timestamps\nexit\n")

    (n,) = r1.babeld.show("show babel neighbor short")["neighbours"]
    assert "rtt" not in n and n["cost"] == 96
    assert "Timestamps" not in r1.babeld.show_text("show babel interface short")
    assert "Timestamps are enabled" in r1.babeld.show_text("show babel interface long")
    text = r1.babeld.show_text("show babel neighbor")
    assert re.search(r" rtt [4-8]\d", text.split("dev long")[1].split("\n")[0]), text
    assert " rtt " not in text.split("dev short")[1].split("\n")[0]


def test_the_same_by_unicast(topology):
    """9616-3.2-c: IHUs that go to one neighbour alone take a unicast Hello along."""
    net = topology(spec(0.02, 0.02))
    for node in ("r1", "r2"):
        says, content = net[node].mgmtd.load("interface short\n babel unicast\nexit\n")
        assert content, says
    for node in ("r1", "r2"):
        has_rtt(net, node, "short", 40, 45)
    before = {node: neighbour(net, node, "short")["rttSamples"] for node in ("r1", "r2")}
    capture = net.captures["short"]

    def alone():
        """Packets with an IHU (5): to one neighbour each, with a Hello (4)."""
        rows = capture.fields("babel.message.type == 5", "ipv6.dst", "babel.message.type")
        rows = [r for r in rows if r[0] != "ff02::1:6"]
        assert all("4" in r[1].split(",") for r in rows), rows
        if len(rows) < 20:
            raise NotYet(f"{rows}")
        return True
    net.wait(alone, 30, "twenty unicast IHUs")
    for node in ("r1", "r2"):
        n = has_rtt(net, node, "short", 40, 45)
        assert n["rttSamples"] > before[node] and n["rttRefused"] == 0
