# SPDX-License-Identifier: MIT
"""Why a route is as it is, and a recording of how it came about that happens again."""

import json
import os
import re
import subprocess

import pytest
import test_auth as signed
from harness import NotYet, daemons
from harness import site as place
from harness import watch

PAIR = ("::/0", place.PREFIX["a"])
SAY = f"show babel route {PAIR[0]} from {PAIR[1]}"


def replay(*args, code=0):
    program = os.path.join(daemons.builddir(), "babeld", "srcdest-babel-replay")
    p = subprocess.run([program, *args], capture_output=True, text=True, timeout=60, check=False)
    assert p.returncode == code, p.stdout + p.stderr
    return p.stdout


def recording(net, node="core"):
    return os.path.join(net[node].dir, "core.recording")


def recorded_core():
    """The core of the site, with all that happens to its babeld written down."""
    zebra, (kind, config) = place.our_core()
    return [zebra, (kind, config, {"recording": "core.recording"})]


def explained(net, line):
    return net["core"].babeld.show(line).get("pair", [])


def test_a_lost_uplink_explained(site):
    net = site()
    watch.site_works(net)
    core = net["core"].babeld

    def announced():
        """From the first Update about it on there is a distance."""
        said = core.show_text(SAY)
        if "feasibility distance" not in said:
            raise NotYet(said)
        return said
    said = net.wait(announced, 10, "a feasibility distance")
    assert f"::/0 from {place.PREFIX['a']}\n" in said
    assert re.search(r"in use: fe80::a via ea0 \(installed\)", said), said
    assert re.search(r"via ea0 neigh fe80::a: selected", said), said
    assert re.search(r"feasibility distance of \S+: seqno \d+ metric \d+", said), said

    # The way of a packet ends at the pair; a source of neither ISP has none.
    way = f"show babel route {place.BEACON} from {place.HOST['b']}"
    assert [(p["destination"], p["source"]) for p in explained(net, way)] == \
        [("::/0", place.PREFIX["b"])]
    nowhere = core.show_text(f"show babel route {place.BEACON} from 2001:db8:c::1")
    assert nowhere == f"{place.BEACON} from 2001:db8:c::1: no route matches\n"
    assert core.show_text("show babel route 2001:db8:99::/48") == \
        "2001:db8:99::/48: nothing is known of it\n"

    place.uplink_down(net, "a")

    def retracted():
        (pair,) = explained(net, SAY)
        if pair["choice"] != "unreachable":
            raise NotYet(str(pair))
        return pair
    pair = net.wait(retracted, 10, "the pair is held")
    assert pair["held"] and 0 < pair["holdLeft"] <= 60000
    assert [c["verdict"] for c in pair["candidate"]] == ["retracted"]
    # RFC 8966 3.8.2.1: it asks everybody for a newer seqno, up to four times.
    (asked,) = pair["awaitedAnswer"]
    assert asked["asked"] == "all" and asked["resendsLeft"] <= 3
    assert asked["seqno"] == (pair["distance"][0]["seqno"] + 1) % 65536
    said = core.show_text(SAY)
    assert re.search(r"unreachable for \d+\.\d s more", said), said
    assert "retracted by the neighbour" in said and "asked all neighbours, again in" in said


def test_a_site_that_loses_an_uplink_is_replayed(site):
    net = site(core=recorded_core())
    watch.site_works(net)
    core = net["core"].babeld
    place.uplink_down(net, "a")
    watch.has_no_route(net, "core", PAIR)
    place.uplink_up(net, "a")
    watch.has_route(net, "core", PAIR, "ea0", "babel")
    shown = core.show("show babel route")["routes"]
    path = recording(net)
    assert os.stat(path).st_mode & 0o777 == 0o600

    # While it runs: all that happened so far happens again.
    replay("--no-tables", path)
    assert core.stop() == 0
    out = replay(path, "--explain", f"::/0 from {place.PREFIX['b']}")
    assert "all is as it was; the recording ended: stopped" in out
    assert len(shown) > 2
    with open(path, encoding="ascii") as f:
        lines = [json.loads(line) for line in f]
    kinds = [line.get("do") for line in lines if "do" in line]
    assert kinds[0] == "new" and kinds[-1] == "free" and kinds.count("leave") == 1
    assert {"packet", "if_up", "run_due"} <= set(kinds)
    # Before the good-bye the tables are those that the daemon showed.
    end = [line["t"] for line in lines if line.get("do") == "leave"][0]
    first = [line["t"] for line in lines if "t" in line][0]
    out = replay(path, "--until", str((end - first - 1) / 1e6))
    for row in shown:
        pair = row["destination"] + (
            "" if row["source"].endswith("/0") else " from " + row["source"])
        assert f"route {pair} metric {row['calculatedMetric']} refmetric " \
            f"{row['receivedMetric']} id {row['routerId']} seqno {row['seqno']}" in out, (row, out)


def parameters(net):
    return net["core"].babeld.show("show babel parameters")


def test_a_recording_that_is_configured(site):
    """Babel starts anew for it, and no packet goes astray or is lost meanwhile."""
    net = site()
    watch.site_works(net)
    core = net["core"]
    streams = {x: watch.stream(net, "host", place.HOST[x]) for x in "ab"}
    watch.more(net, streams.values())
    plain = core.babeld.config
    core.babeld.config = {"srcdest-babel:babel": {
        **plain["srcdest-babel:babel"], "recording": {"max-size": 3}}}
    core.babeld.reload()
    path = os.path.join(core.dir, "babeld.recording")

    def is_recorded():
        r = parameters(net).get("recording")
        if not r or not r["running"] or r["file"] != path or r["limit"] != 3 << 20:
            raise NotYet(str(r))
        return r["events"] > 50
    net.wait(is_recorded, 20, "a recording")
    for x in "ab":
        watch.has_route(net, "core", ("::/0", place.PREFIX[x]), f"e{x}0", "babel")
    watch.more(net, streams.values())
    for x, st in streams.items():
        st.stop()
        assert not st.lost() and st.exits() == ["isp" + x], st.summary()
    replay("--no-tables", path)

    core.babeld.config = plain
    core.babeld.reload()
    net.wait(lambda: not parameters(net)["recording"]["running"], 10, "the end of the recording")
    assert re.search(r"^Recorded into .*babeld.recording: \d+ events, .*, ended: stopped$",
                     core.babeld.show_text("show babel parameters"), re.M)
    assert "the recording ended: stopped" in replay("--no-tables", path)
    watch.site_works(net)


def test_what_was_changed_is_found(site):
    """A recording of which one packet is another differs there, and nowhere before."""
    net = site(core=recorded_core())
    watch.site_works(net)
    assert net["core"].babeld.stop() == 0
    path = recording(net)
    with open(path, encoding="ascii") as f:
        lines = f.readlines()
    said = [i for i, line in enumerate(lines) if '"said"' in line]
    # The first packet that made Babel choose a route.
    start, end = next((a, b) for a, b in zip(said, said[1:])
                      if '"do":"packet"' in lines[a + 1] and '"routes":0' not in lines[b])
    changed = re.sub(r'"octets":"[0-9a-f]+"', '"octets":"2a020000"', lines[start + 1])
    assert changed != lines[start + 1]
    with open(path + ".other", "w", encoding="ascii") as f:
        f.writelines(lines[:start + 1] + [changed] + lines[start + 2:])
    out = replay("--no-tables", path + ".other", code=1)
    where, what = re.search(r"\.other:(\d+): (.*)", out).groups()
    assert int(where) == end + 1, out
    assert "less than it did then" in what or "something else" in what, out


def test_a_recording_of_signed_packets_holds_no_key(topology):
    """It holds digests as they were computed, so it is replayed by who has no key."""
    spec = signed.spec()
    spec["nodes"]["r1"]["daemons"][1] += ({"recording": "core.recording"},)
    net = topology(spec)
    signed.answer(net)
    for node in ("r1", "r2"):
        signed.sign(net, node, *signed.key(1, signed.OLD))
    signed.sign(net, "r3", *signed.key(1, signed.OTHER))
    signed.proven(net, "r1", "fe80::a2")
    signed.works(net)
    assert net["r1"].babeld.stop() == 0
    path = recording(net, "r1")
    assert "the recording ended: stopped" in replay("--no-tables", path)
    with open(path, encoding="ascii") as f:
        text = f.read()
    assert '{"answer":"mac","value":"' in text
    for secret in (signed.OLD, signed.OTHER):
        assert secret not in text and secret.encode().hex() not in text


@pytest.mark.parametrize("cut", [0, 7])
def test_a_recorder_that_is_killed(site, cut):
    net = site(core=recorded_core())
    watch.site_works(net)
    net["core"].babeld.kill()
    path = recording(net)
    if cut:
        os.truncate(path, os.stat(path).st_size - cut)
    out = replay("--no-tables", path)
    assert "all is as it was; the recorder died" in out
    assert ("cut off" in out) == bool(cut), out


def test_no_recording_is_no_reason_not_to_route(site):
    zebra, (kind, config) = place.our_core()
    net = site(core=[zebra, (kind, config, {"user_options": ["--record", "/nowhere/x"]})])
    watch.site_works(net)
    assert "can't record into /nowhere/x: No such file or directory" in \
        net["core"].babeld.log_text()
