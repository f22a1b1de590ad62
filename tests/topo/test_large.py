# SPDX-License-Identifier: MIT
"""100,000 routes: shown at once, page by page, and nobody grows or is late for it."""

import json
import os
import subprocess

import pytest
from harness import NotYet, netns
from harness.daemons import program

ROUTES = 100_000
# A page is made of a thousand of these; the front end's queue holds 4 MB.
GROWTH_KB = 20_000
HELLO = 2.0  # seconds
DESTINATIONS = [f"2001:db8:{(n >> 8) + 1:x}:{(n & 0xff) + 1:x}::/64" for n in range(ROUTES)]


def spec():
    babel = {"interface": [{"name": "l0", "link-type": "wired", "mcast-hello-interval": 200,
                            "update-interval": 60000}],
             "redistribute": [{"family": "ipv6", "protocol": "kernel"}]}
    return {"nodes": {"r": {"router": True, "daemons": [
                ("zebra", {}), ("babeld", {"srcdest-babel:babel": babel})]},
                      "peer": {}},
            "links": {"link": {"r": ("l0", ["fe80::1/64"]), "peer": ("l0", ["fe80::2/64"])}}}


def memory(daemon, what="VmRSS"):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith(what)).split()[1])


def count(node, line, key):
    out = netns.run([program("vtysh"), "--rundir", node.zebra.dir, "-c", line])
    return sum(int(o[key]) for o in json.loads(out)["summary"]["origin"])


@pytest.fixture
def net(topology, monkeypatch):
    # What is freed is to be free, also where a sanitizer would keep it for a while.
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:" +
                       os.environ.get("ASAN_OPTIONS", ""))
    t = topology(spec())
    batch = os.path.join(t["r"].dir, "routes")
    with open(batch, "w", encoding="ascii") as f:
        f.writelines(f"route add {d} via fe80::2 dev l0\n" for d in DESTINATIONS)
    t["r"].ip_out("-6", "-batch", batch)

    def all_there():
        n = count(t["r"], "show ipv6 route summary json", "entries")
        if n < ROUTES:
            raise NotYet(f"{n} routes in the RIB")
        return True
    t.wait(all_there, 60, "all routes in the RIB")
    return t


def daemons(net):
    return [net["r"].mgmtd, net["r"].zebra, net["r"].babeld]


def hellos(net):
    """When Hellos of r went over the link."""
    found = net.captures["link"].fields("babel.message.type == 4 && ipv6.src == fe80::1",
                                        "frame.time_epoch")
    return [float(row[0]) for row in found]


class Reader:
    """vtysh, whose output is read only when we want it."""

    def __init__(self, node, line):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [program("vtysh"), "--rundir", node.zebra.dir, "-c", line], stdout=subprocess.PIPE)
        self.text = b""

    def some(self):
        self.text += os.read(self.process.stdout.fileno(), 4096)

    def rest(self):
        self.text += self.process.stdout.read()
        assert self.process.wait(10) == 0
        return self.text


def shown_in_pieces(net, line):
    """The answer as JSON. In the midst of it, nobody reads for three Hellos."""
    before = {d.kind: memory(d) for d in daemons(net)}
    r = Reader(net["r"], line)
    try:
        r.some()
        assert r.text.startswith(b"{")
        had = len(hellos(net))

        def three_more():
            n = len(hellos(net)) - had
            if n < 3:
                raise NotYet(f"{n} Hellos")
            return True
        net.wait(three_more, 30, "Hellos while nobody reads", interval=0.5)
        # Others are served meanwhile.
        assert count(net["r"], "show ipv6 route summary json", "entries") >= ROUTES
        stalled = {d.kind: memory(d) for d in daemons(net)}
        text = r.rest()
    finally:
        r.process.kill()
        r.process.wait()
        r.process.stdout.close()
    after = {d.kind: memory(d) for d in daemons(net)}
    print(f"{line}: {len(text)} octets;",
          "; ".join(f"{k} {before[k]} kB, {stalled[k]} kB stalled, {after[k]} kB after,"
                    f" {memory(getattr(net['r'], k), 'VmHWM')} kB at most" for k in before))
    for k, kb in before.items():
        assert max(stalled[k], after[k]) - kb < GROWTH_KB, f"{k} grew"
    # It can't have been kept anywhere: much more than all there was room for.
    assert len(text) > 12_000_000
    return json.loads(text)


def test_a_large_table_is_shown_in_pieces(net):
    def announced():
        n = net["r"].babeld.show("show babel parameters")["zebra"]["routesRedistributed"]
        if n < ROUTES:
            raise NotYet(f"{n} routes in babeld")
        return True
    net.wait(announced, 60, "all routes in babeld")

    rib = shown_in_pieces(net, "show ipv6 route json")["route"]
    kernel = [r["destination-prefix"] for r in rib if r["entry"][0]["protocol"] == "kernel"]
    assert len(kernel) == ROUTES
    assert set(kernel) >= set(DESTINATIONS)
    babel = shown_in_pieces(net, "show babel route json")["route"]
    local = [r["destination-prefix"] for r in babel if r["local"]]
    assert len(local) == ROUTES and set(local) >= set(DESTINATIONS)

    # RFC 8966 3.4.1: the next Hello comes before the interval that the last one promised is over.
    at = hellos(net)
    gaps = [b - a for a, b in zip(at, at[1:])]
    print(f"{len(at)} Hellos, the longest gap {max(gaps):.3f} s of {HELLO} s")
    assert len(at) > 6 and max(gaps) < HELLO
