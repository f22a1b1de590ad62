# SPDX-License-Identifier: MIT
"""<get> of a table of 100,000 routes: it starts at once, nobody grows for it, and a client that
stops reading in its midst costs nobody else anything."""

import os
import time

import paramiko
import pytest
from harness.topo import Topology

import server
from test_transport import Raw

ROUTES = 100_000
# A page as a tree and as text, and 4 MB that may wait for netconfd; the reply is 50 MB.
GROWTH_KB = 25_000
DESTINATIONS = [f"2001:db8:{(n >> 8) + 256:x}:{(n & 0xff) + 1:x}::/64" for n in range(ROUTES)]
RIB = f'<filter type="subtree"><rib xmlns="{server.RIB}">%s</rib></filter>'


def memory(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


@pytest.fixture
def large(monkeypatch):
    # What is freed is to be free, also where a sanitizer would keep it for a while.
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", ""))
    spec = {"nodes": {"r1": {"router": True, "daemons": [("zebra", {})]}, "r2": {}},
            "links": {"l": {"r1": ("e0", ["fe80::1/64"]), "r2": ("e0", ["fe80::2/64"])}}}
    with Topology(spec, captures=False) as t:
        s = server.Server(t)
        batch = os.path.join(t["r1"].dir, "routes")
        with open(batch, "w", encoding="ascii") as f:
            f.writelines(f"route add {d} via fe80::2 dev e0\n" for d in DESTINATIONS)
        t["r1"].ip_out("-6", "-batch", batch)
        yield s
        wrong = t.stop_daemons()
        assert not wrong, "\n".join(wrong)


def seconds(daemon):
    """Of processor time."""
    with open(f"/proc/{daemon.process.pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def session(s):
    t = paramiko.Transport(s.connect())
    t.connect(username="adm", pkey=paramiko.Ed25519Key.from_private_key_file(s.key("adm")))
    channel = t.open_session()
    channel.invoke_subsystem("netconf")
    raw = Raw(channel)
    channel.settimeout(60)
    return raw


def rpc(raw, filt):
    return raw.frame(f'<rpc xmlns="{server.NC}" message-id="1"><get>{filt}</get></rpc>')


def test_a_large_table_comes_in_pieces(large):
    node = large.node
    daemons = [node.mgmtd, node.netconfd, node.zebra]
    with large.client("adm") as m:
        def there():
            got = m.get(("subtree", f'<rib xmlns="{server.RIB}"><route><destination-prefix>'
                         f"{DESTINATIONS[-1]}</destination-prefix></route></rib>"))
            return server.texts(got, "r:rib/r:route/r:destination-prefix") == [DESTINATIONS[-1]]
        large.topology.wait(there, 60, "all routes in the RIB")

        before = {d.kind: memory(d) for d in daemons}
        raw = session(large)
        used = {d.kind: seconds(d) for d in daemons}
        start = time.monotonic()
        raw.send(rpc(raw, RIB % ""))
        raw.buffer += raw.channel.recv(4096)
        first = time.monotonic() - start
        # Nobody reads any more; another session asks by key and writes.
        for d in DESTINATIONS[:20]:
            got = m.get(("subtree", f'<rib xmlns="{server.RIB}"><route><destination-prefix>{d}'
                         "</destination-prefix></route></rib>"))
            assert server.texts(got, "r:rib/r:route/r:destination-prefix") == [d]
        stalled = {d.kind: memory(d) for d in daemons}
        text = raw.reply()
        whole = time.monotonic() - start
        after = {d.kind: memory(d) for d in daemons}
    print(f"{len(text)} octets, the first after {first:.2f} s, the last after {whole:.1f} s;",
          "; ".join(f"{d.kind} {before[d.kind]} kB, {stalled[d.kind]} kB stalled,"
                    f" {after[d.kind]} kB after, {seconds(d) - used[d.kind]:.1f} s of processor"
                    for d in daemons))
    for k, kb in before.items():
        assert max(stalled[k], after[k]) - kb < GROWTH_KB, f"{k} grew"
    assert len(text) > 12_000_000
    for d in DESTINATIONS[::997] + DESTINATIONS[-1:]:
        assert text.count(f"<destination-prefix>{d}</destination-prefix>") == 1
    assert text.count("<rib ") == 1 and text.count("rpc-error") == 0
    raw.close()
