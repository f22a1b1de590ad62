# SPDX-License-Identifier: MIT
"""The table streamed to a forwarding plane manager: what it has is what zebra shows, after
churn, lost connections, restarts and stalls, in both encodings, over TCP and a unix socket."""

import itertools
import os
import random
import signal

import pytest
from harness import NotYet, fpm

A, B = "2001:db8:a::/48", "2001:db8:b::/48"
ANY = "::/0"
DESTINATIONS = ["::/0"] + [f"2001:db8:{n:x}::/48" for n in range(0x10, 0x16)] + ["2001:db8:10:1::/64"]
HOPS = [("fe80::2", "v0"), ("fe80::3", "v0"), ("fe80::2", "w0"), ("2001:db8:f::2", ""),
        ("direct", "w0")]
DROPS = ["blackhole", "unreachable", "prohibit"]


def spec(conf):
    return {"nodes": {"r": {"router": True, "daemons": [("zebra", conf)]}, "x": {}, "y": {}},
            "links": {"v": {"r": ("v0", ["2001:db8:f::1/64", "10.1.2.1/24"]), "x": ("x0", [])},
                      "w": {"r": ("w0", ["2001:db8:e::1/64"]), "y": ("y0", [])}}}


def config(routes, where):
    return {"srcdest-static:static": {"route": routes}, "srcdest-fpm:fpm": where}


def random_routes(rng):
    """Pairs of every kind of next hop, some of them sharing a destination."""
    routes = [{"destination-prefix": f"2001:db8:{rng.randrange(0x80, 0x84):x}:{i}::/64",
               "source-prefix": src, "next-hop": [{"gateway": kind, "interface": ""}]}
              for i, (kind, src) in enumerate(zip(DROPS, (ANY, A, B)))]
    for dst, src in itertools.product(DESTINATIONS, (ANY, A, B)):
        if rng.random() < .4:
            continue
        if rng.random() < .2:
            hops = [(rng.choice(DROPS), "")]
        else:
            hops = rng.sample(HOPS, rng.choice((1, 1, 1, 2, 3)))
        routes.append({"destination-prefix": dst, "source-prefix": src, "next-hop": [
            {"gateway": g, "interface": i} for g, i in hops]})
    for n in rng.sample(range(9), 3):
        routes.append({"destination-prefix": f"192.0.{n}.0/24", "source-prefix": "0.0.0.0/0",
                       "next-hop": [{"gateway": "10.1.2.9", "interface": ""}]})
    return routes


def listen(net, where):
    """A receiver at the place that the configuration names."""
    r = fpm.Receiver(net["r"], path=where["unix"]) if "unix" in where else \
        fpm.Receiver(net["r"], port=where["server"]["port"])
    net.on_close(r.close)
    return r


def equal(net, receiver, timeout=20):
    """Until the receiver has what zebra shows; the table."""
    def check():
        want, have = fpm.shown(net["r"].zebra), receiver.rows()
        if have != want:
            raise NotYet("missing %s; too much %s; other %s" % (
                sorted(set(want) - set(have)), sorted(set(have) - set(want)),
                [(k, have[k], want[k]) for k in want if k in have and have[k] != want[k]]))
        return want
    return net.wait(check, timeout, "the receiver has what zebra shows")


def status(net):
    return net["r"].zebra.show("show fpm status")


def counters(net):
    return net["r"].zebra.show("show fpm counters")


def set_routes(net, routes, where):
    net["r"].zebra.config = config(routes, where)
    net["r"].zebra.reload()


@pytest.mark.parametrize("encoding", ["netlink", "protobuf"])
@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_the_receiver_has_the_table(topology, tmp_path, encoding, transport):
    rng = random.Random(f"{encoding} {transport}")
    where = {"encoding": encoding}
    if transport == "tcp":
        where["server"] = {"address": "::1", "port": 4711}
    else:
        where["unix"] = str(tmp_path / "fpm")
    net = topology(spec(config(random_routes(rng), where)), captures=False)
    receiver = listen(net, where)
    have = equal(net, receiver)
    assert any(s not in (ANY, "0.0.0.0/0") for _, s in have) and any(d != ANY for d, _ in have)
    assert {k for k, _ in have.values()} == {"forward", *DROPS}
    assert any(len(w) > 1 for _, w in have.values())
    assert receiver.types == {fpm.NETLINK if encoding == "netlink" else fpm.PROTOBUF}
    net.wait(lambda: status(net)["state"] == "streaming", 10, "streaming")
    assert status(net)["encoding"] == encoding and receiver.begins == receiver.ends == 1

    # Churn: by configuration, by links, by others' routes.
    for _ in range(4):
        set_routes(net, random_routes(rng), where)
        net["r"].ip(f"route add 2001:db8:{rng.randrange(0x90, 0xa0):x}:{rng.randrange(99)}::/64 "
                    "via fe80::9 dev v0 metric 1")
        equal(net, receiver)
    net.link_set("y", "y0", "down")
    equal(net, receiver)
    net.link_set("y", "y0", "up")
    equal(net, receiver)
    assert receiver.begins == 1, "one connection, one table, and then changes alone"

    # The connection goes, and the table changes meanwhile.
    receiver.hang_up()
    set_routes(net, random_routes(rng), where)
    net.wait(lambda: receiver.ends == 2, 20, "the whole table once more")
    equal(net, receiver)

    # So does zebra; the receiver keeps its table, and is told anew.
    net["r"].zebra.kill()
    net["r"].zebra.config = config(random_routes(rng), where)
    net["r"].zebra.start()
    net.wait(lambda: receiver.ends == 3, 20, "the whole table of the new zebra")
    equal(net, receiver)
    assert receiver.connections == 3

    # And the receiver: zebra says why it is alone.
    receiver.close()
    net.wait(lambda: status(net)["state"] in ("waiting", "connecting"), 10, "no connection")
    net.wait(lambda: "FPM at " in net["r"].zebra.show_text("show fpm status")
             and "Last error: Connection refused" in net["r"].zebra.show_text("show fpm status"),
             20, "the reason")
    if transport == "unix":
        os.unlink(where["unix"])
    receiver = listen(net, where)
    equal(net, receiver)


def memory(zebra):
    with open(f"/proc/{zebra.process.pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


ROUTES = 30_000
GROWTH_KB = 6_000


def batch(net, verb, via, first=0):
    path = os.path.join(net["r"].dir, "batch")
    with open(path, "w", encoding="ascii") as f:
        f.writelines(f"route {verb} 2001:db8:{(n >> 8) + 0x1000:x}:{n & 0xff:x}::/64 "
                     f"via {via} dev v0 metric 9\n" for n in range(first, ROUTES))
    net["r"].ip_out("-6", "-batch", path)


def in_rib(net, gateway, n):
    """zebra has heard of all of the batch: of its last route."""
    last = f"2001:db8:{(n >> 8) + 0x1000:x}:{n & 0xff:x}::/64"

    def check():
        rows = net["r"].zebra.show(f"show ipv6 route {last}")["routes"]
        have = [h.get("gateway") for r in rows if r["selected"] for h in r["nexthops"]]
        if have != ([gateway] if gateway else []):
            raise NotYet(f"{last} by {have}")
        return True
    net.wait(check, 60, f"{last} by {gateway}")


def test_a_stalled_reader(topology, monkeypatch):
    """zebra does not grow for it, nobody else waits for it, and it has all when it reads again."""
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:" +
                       os.environ.get("ASAN_OPTIONS", ""))
    where = {"encoding": "netlink", "server": {"address": "::1", "port": 2620}}
    net = topology(spec(config([], where)), captures=False)
    receiver = listen(net, where)
    batch(net, "add", "fe80::2")
    in_rib(net, "fe80::2", ROUTES - 1)
    equal(net, receiver, 60)
    receiver.stall()

    def round_of_changes(i):
        batch(net, "replace", f"fe80::{i + 3}")
        in_rib(net, f"fe80::{i + 3}", ROUTES - 1)
    # One round fills the sockets and marks every pair; further ones add nothing.
    for i in range(4):
        round_of_changes(i)
        net.wait(lambda: status(net)["pairsWaiting"] > 0 or counters(net)["overflows"], 20,
                 "pairs that wait")
        if i == 1:
            before = memory(net["r"].zebra)
    growth = memory(net["r"].zebra) - before
    assert growth < GROWTH_KB, f"zebra has grown by {growth} kB"
    assert status(net)["pairsWaiting"] <= ROUTES + 100
    assert status(net)["octetsWaiting"] <= 1 << 20

    # A route for the kernel does not wait behind the receiver.
    set_routes(net, [{"destination-prefix": "2001:db8:77::/48", "source-prefix": A,
                      "next-hop": [{"gateway": "fe80::2", "interface": "v0"}]}], where)
    net.wait(lambda: f"from {A}" in net["r"].ip_out("-6", "route", "show", "2001:db8:77::/48"),
             10, "the route in the kernel")
    assert ("2001:db8:77::/48", A) not in receiver.rows()
    receiver.stall(False)
    equal(net, receiver, 60)
    assert receiver.connections == 1


def test_what_it_says(topology):
    """Frames are read and ignored, however many; anything else ends the session, and zebra stays."""
    where = {"server": {"address": "::1", "port": 2620}}
    net = topology(spec(config([], where)), captures=False)
    receiver = listen(net, where)
    equal(net, receiver)
    frame = fpm.HEADER.pack(1, 1, 20) + fpm.NLMSG.pack(16, fpm.DELROUTE, 0, 0, 0)
    receiver.say(frame * 50_000 + frame[:7])
    net.wait(lambda: counters(net)["framesIgnored"] == 50_000, 20, "all frames read")
    receiver.say(frame[7:])
    net.wait(lambda: counters(net)["framesIgnored"] == 50_001, 20, "the frame in two pieces")
    equal(net, receiver)
    assert receiver.connections == 1
    receiver.say(b"GET / HTTP/1.0\r\n\r\n")
    net.wait(lambda: receiver.connections == 2, 20, "another session")
    assert "it says what is no FPM frame" in net["r"].zebra.log_text()
    net.wait(lambda: receiver.ends == 2, 20, "all of the table again")
    equal(net, receiver)


def test_lines(topology):
    net = topology(spec(config([], {})), captures=False)
    mgmtd, zebra = net["r"].mgmtd, net["r"].zebra

    def refused(text, why):
        says, content = mgmtd.load(text)
        assert not content and why in says, says
    assert "No forwarding plane manager is configured" in zebra.show_text("show fpm status")
    refused("fpm address ::1\nfpm unix /run/fpm\n", "not at both")
    refused("fpm address fe80::1\n", "can't be the address of a forwarding plane manager")
    refused("fpm address ::1 port 0\n", "port")
    refused("fpm unix run/fpm\n", "run/fpm")
    receiver = fpm.Receiver(net["r"])
    net.on_close(receiver.close)
    assert mgmtd.load("fpm address ::1\n") == ("", True)
    assert "fpm address ::1\n" in zebra.show_text("show running-config")
    equal(net, receiver)
    # Another encoding is another session.
    assert mgmtd.load("fpm encoding protobuf\n") == ("", True)
    net.wait(lambda: receiver.types == {fpm.NETLINK, fpm.PROTOBUF}, 10, "protobuf")
    net.wait(lambda: receiver.ends == 2, 10, "the table in it")
    equal(net, receiver)
    text = zebra.show_text("show fpm status")
    assert "FPM at ::1 port 2620, protobuf: streaming for 00:00:" in text, text
    text = " ".join(zebra.show_text("show fpm counters").split())
    assert "Connections 2 " in text and "Whole tables told 2 " in text, text
    assert mgmtd.load("no fpm address\n") == ("", True)
    net.wait(lambda: receiver.connection is None, 10, "the end of the session")
    assert status(net)["state"] == "off"
    os.kill(zebra.process.pid, signal.SIGHUP)
    assert zebra.running()
