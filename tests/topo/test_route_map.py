# SPDX-License-Identifier: MIT
"""Prefix lists and route maps, edited while packets flow: which way they go is the proof.

        left (babel: four pairs)      right (static, floating: two destinations)
          | fe80::1                     | fe80::2
          | l0                          | r0
          `------------- dut -----------'
                          | lan0
                         host   2001:db8:a::10, 2001:db8:b::10
"""

import subprocess

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place

A, B = "2001:db8:a::/48", "2001:db8:b::/48"
D1, D2 = "2001:db8:d1::/48", "2001:db8:d2::/48"
PAIRS = [(d, s) for d in (D1, D2) for s in (A, B)]
TO = {D1: "2001:db8:d1::1", D2: "2001:db8:d2::1"}
FROM = {A: "2001:db8:a::10", B: "2001:db8:b::10"}
LOCAL = "2001:db8:f::1"


def route(dst, src="::/0", **hop):
    return {"destination-prefix": dst, "source-prefix": src,
            "next-hop": [{"interface": "", "distance": 1, **hop}]}


def static(*routes):
    return {"srcdest-static:static": {"route": list(routes)}}


def exit_node(peer):
    return {"router": True,
            "commands": [f"addr add {a}/128 dev lo" for a in TO.values()] +
                        [f"route add {p} via fe80::c dev dut0" for p in (A, B, "2001:db8:f::/48")],
            **peer}


SPEC = {
    "nodes": {
        "left": exit_node({"daemons": [
            ("zebra", static(*(route(d, s, gateway="blackhole") for d, s in PAIRS))),
            ("babeld", place.babel(["dut0"], ["static"]))]}),
        "right": exit_node({}),
        "dut": {"router": True,
                "commands": [f"addr add {LOCAL}/128 dev lo"],
                "daemons": [
                    ("zebra", static(*(route(d, gateway="fe80::2", interface="r0", distance=200)
                                       for d in (D1, D2)))),
                    ("babeld", place.babel(["l0"], []))]},
        "host": {"commands": ["route add default via fe80::c dev lan0"]},
    },
    "links": {
        "dut-left": {"dut": ("l0", ["fe80::c/64"]), "left": ("dut0", ["fe80::1/64"])},
        "dut-right": {"dut": ("r0", ["fe80::c/64"]), "right": ("dut0", ["fe80::2/64"])},
        "lan": {"dut": ("lan0", ["fe80::c/64", "2001:db8:a::1/64", "2001:db8:b::1/64"]),
                "host": ("lan0", [a + "/64" for a in FROM.values()])},
    },
}


def edit(net, *lines, node="dut"):
    says, content = net[node].mgmtd.load("".join(w + "\n" for w in lines))
    assert content, says


def exits(net, left, timeout=30):
    """Waits until the pairs of `left` leave by left, and the others by right."""
    for dst, src in PAIRS:
        watch.meets(net, "host", FROM[src], TO[dst], "left" if (dst, src) in left else "right",
                    timeout)


def hits(net, line):
    """{number: hits} of a list or a map."""
    return {r["sequence"]: r["hits"] for r in net["dut"].zebra.show(line)}


@pytest.fixture
def net(topology):
    made = topology(SPEC)
    echo = EchoServers()
    made.on_close(echo.close)
    for node in ("left", "right"):
        for a in TO.values():
            echo.add(made[node].ns, a, node)
    echo.start()
    exits(made, PAIRS)
    return made


def test_a_list_of_both_prefixes_lets_one_pair_through(net):
    """RFC 9079 3: the pair is what a route is for. A row that names both prefixes has that pair
    alone; without a source it has all of its destination's."""
    edit(net, f"ipv6 prefix-list ONE seq 5 permit {D1} from {A}",
         "route-map CHOOSE permit 10", " match ipv6 address prefix-list ONE", "exit",
         "ipv6 protocol babel route-map CHOOSE")
    exits(net, [(D1, A)])
    # The others are kept, and say why they are not used.
    text = net["dut"].zebra.show_text("show ipv6 route babel")
    assert text.count("denied by route-map CHOOSE: no entry matches") == 3, text
    row, = [r for r in net["dut"].zebra.show("show ipv6 route")["routes"]
            if (r["destination"], r["source"]) == (D2, A)]
    assert not row.get("selected") and row["protocol"] == "babel"
    # A metric that moves is judged again.
    assert hits(net, "show ipv6 prefix-list ONE")[5] >= 1
    assert hits(net, "show route-map CHOOSE")[10] >= 1
    text = net["dut"].zebra.show_text("show route-map CHOOSE")
    assert "of ipv6 babel" in text and "ipv6 address prefix-list ONE" in text, text
    assert f"seq 5 permit {D1} from {A} (" in net["dut"].zebra.show_text("show ipv6 prefix-list")

    # A row is edited: the same number, any source, lengths.
    edit(net, f"ipv6 prefix-list ONE seq 5 permit 2001:db8:d0::/44 le 48 from {B} le 64")
    exits(net, [(D1, B), (D2, B)])
    # One more in front of it, by destination alone.
    edit(net, f"ipv6 prefix-list ONE seq 3 deny {D2}")
    exits(net, [(D1, B)])
    edit(net, f"ipv6 prefix-list ONE seq 3 permit {D2}")
    exits(net, [(D1, B), (D2, A), (D2, B)])
    edit(net, "no ipv6 prefix-list ONE seq 3", f"ipv6 prefix-list ONE seq 5 deny {D1} from {A}",
         "ipv6 prefix-list ONE seq 7 permit any")
    exits(net, [(D1, B), (D2, A), (D2, B)])
    # Without the map all is as it was.
    edit(net, "no ipv6 protocol babel route-map CHOOSE")
    exits(net, PAIRS)
    assert "route-map" not in net["dut"].zebra.show_text("show ipv6 route babel")


def test_entries_by_interface_tag_and_protocol(net):
    edit(net, "route-map M deny 10", " match interface l0", "exit", "route-map M permit 20", "exit",
         "ipv6 protocol any route-map M")
    exits(net, [])
    # The interface's routes are judged, not its name: another one.
    edit(net, "route-map M deny 10", " match interface r0", "exit")
    exits(net, PAIRS)

    def only_right():
        text = net["dut"].zebra.show_text("show ipv6 route static")
        if text.count("denied by route-map M 10") != 2:
            raise NotYet(text)
        return True
    net.wait(only_right, 20, "the static routes are denied")
    # A map of its own beats that of any.
    edit(net, "route-map ALL permit 1", "exit", "ipv6 protocol static route-map ALL",
         "route-map M deny 10", " no match interface", " match source-protocol babel",
         " match metric 424242", "exit")
    exits(net, PAIRS)
    edit(net, "route-map M deny 10", " no match metric", "exit")
    exits(net, [])
    # Tags are what the protocol gave: Babel's own rule sets one.
    edit(net, "route-map M deny 10", " match tag 7", "exit",
         "router babel", f" babel filter install 10 permit destination {D1} set tag 7", "exit")
    exits(net, [(D2, A), (D2, B)])


def kernel(net, dst, src):
    return [line for line in net["dut"].ip_out("-6", "route", "show").splitlines()
            if line.startswith(dst + (f" from {src}" if src else " via"))]


def test_set(net):
    """Source, tag and metric: what the kernel and the clients get."""
    edit(net, "route-map S permit 10", f" set src {LOCAL}", " set tag 99", " set metric 4242",
         "exit", "ipv6 protocol babel route-map S")

    def set_everywhere():
        for dst, src in PAIRS:
            row = watch.selected(net["dut"])[dst, src]
            lines = kernel(net, dst, src)
            if row.get("tag") != 99 or row["metric"] != 4242 or \
                    not all(f" src {LOCAL} " in w for w in lines):
                raise NotYet(f"{row} {lines}")
        return True
    net.wait(set_everywhere, 20, "tag, metric and source of the map")
    exits(net, PAIRS)
    edit(net, "no ipv6 protocol babel route-map S")

    def as_given():
        row = watch.selected(net["dut"])[D1, A]
        lines = kernel(net, D1, A)
        if row.get("tag") or row["metric"] == 4242 or any(LOCAL in w for w in lines):
            raise NotYet(f"{row} {lines}")
        return True
    net.wait(as_given, 20, "what Babel gave")
    # An address that is none of this host's does not keep a route out.
    edit(net, "route-map S permit 10", " set src 2001:db8:bad::1", "exit",
         "ipv6 protocol babel route-map S")
    net.wait(lambda: "route-map" in net["dut"].zebra.show_text("show ipv6 route json"), 20,
             "the map")
    exits(net, PAIRS)


def test_ipv4(net):
    def has(*wanted):
        def check():
            rows = net["dut"].ip_out("route", "show", "proto", "static") + \
                net["dut"].ip_out("-N", "route", "show", "proto", "196")
            have = [w for w in ("198.51.100.0/24", "203.0.113.0/25") if w in rows]
            if have != list(wanted):
                raise NotYet(rows)
            return True
        net.wait(check, 20, f"{wanted} in the kernel")
    edit(net, "ip route 198.51.100.0/24 blackhole", "ip route 203.0.113.0/25 blackhole")
    has("198.51.100.0/24", "203.0.113.0/25")
    edit(net, "ip prefix-list L seq 5 permit 203.0.113.0/24 ge 25 le 25",
         "route-map V4 permit 10", " match ip address prefix-list L", "exit",
         "ip protocol static route-map V4")
    has("203.0.113.0/25")
    # Lists of one name for both families are two; IPv6 routes meet no IPv4 map.
    edit(net, "ipv6 prefix-list L seq 5 deny any")
    exits(net, PAIRS)
    assert "seq 5 permit 203.0.113.0/24 ge 25 le 25" in \
        net["dut"].zebra.show_text("show ip prefix-list L")
    edit(net, "no ip protocol static route-map V4")
    has("198.51.100.0/24", "203.0.113.0/25")


def test_an_edit_writes_only_the_difference(net):
    """Four pairs meet the map; one comes out otherwise, and the kernel hears of that one."""
    edit(net, "ipv6 prefix-list L seq 5 permit any", "route-map M permit 10",
         " match ipv6 address prefix-list L", "exit", "ipv6 protocol babel route-map M")
    net.wait(lambda: sum(hits(net, "show route-map M").values()) >= 4, 20, "four are judged")
    with net["dut"].ns.popen(["ip", "-6", "monitor", "route"], text=True,
                             stdout=subprocess.PIPE) as monitor:
        net.on_close(monitor.kill)
        edit(net, f"ipv6 prefix-list L seq 3 deny {D2} from {B}")
        exits(net, [p for p in PAIRS if p != (D2, B)])
        # The same again, by other words: nobody is told.
        edit(net, f"ipv6 prefix-list L seq 2 deny {D2} from {B}")
        net.wait(lambda: hits(net, "show ipv6 prefix-list L").get(2), 20, "judged again")
        net["dut"].ip("route add 2001:db8:e0d::/48 dev lo")
        said = []
        for line in monitor.stdout:
            if "2001:db8:e0d::/48" in line:
                break
            said.append(line)
        monitor.terminate()
    told = [w for w in said if "2001:db8:d" in w]
    assert told and all(D2 in w for w in told), said


def test_nothing_is_lost_by_edits_and_kills(net):
    """Packets of a pair that no edit concerns go on as they did; a pair that is denied stays so
    over a kill of zebra, though its route comes from Babel again."""
    edit(net, f"ipv6 prefix-list L seq 5 deny {D2} from {B}", "ipv6 prefix-list L seq 9 permit any",
         "route-map M permit 10", " match ipv6 address prefix-list L", "exit",
         "ipv6 protocol babel route-map M")
    exits(net, [p for p in PAIRS if p != (D2, B)])
    streams = [watch.stream(net, "host", FROM[src], TO[dst]) for dst, src in ((D1, A), (D2, B))]
    for word in ("deny", "permit", "deny", "permit"):
        edit(net, f"ipv6 prefix-list L seq 3 {word} {D1} from {B}")
        watch.meets(net, "host", FROM[B], TO[D1], "right" if word == "deny" else "left")
    zebra = net["dut"].zebra
    zebra.kill()
    zebra.start()

    def all_are_back():
        rows = [r for r in zebra.show("show ipv6 route")["routes"] if r["protocol"] == "babel"]
        used = {(r["destination"], r["source"]) for r in rows if r["installed"]}
        if len(rows) != 4 or any(r.get("stale") for r in rows) or \
                used != {p for p in PAIRS if p != (D2, B)}:
            raise NotYet(rows)
        return True
    net.wait(all_are_back, 60, "Babel's routes, judged")
    watch.more(net, streams)
    for s, by in zip(streams, ("left", "right")):
        s.stop()
        assert not s.lost() and s.exits() == [by], f"{by}: {s.summary()}"


def test_refusals(net):
    """What names nothing is refused, and so is the end of what is named."""
    for lines, why in (
            (["route-map M permit 10", " match ipv6 address prefix-list NONE", "exit"], "NONE"),
            (["ipv6 protocol babel route-map NONE"], "NONE"),
            (["route-map M deny 10", " set tag 1", "exit"], "can't set anything"),
            ([f"ipv6 prefix-list L seq 1 permit {D1} ge 40"], "shorter than the prefix"),
            (["ipv6 protocol ospf route-map M", "route-map M permit 10", "exit"],
             "has no IPv6 routes")):
        says, content = net["dut"].mgmtd.load("".join(w + "\n" for w in lines))
        assert not content and why in says, (lines, says)
    edit(net, "ipv6 prefix-list L seq 1 permit any", "route-map M permit 10",
         " match ipv6 address prefix-list L", "exit", "ipv6 protocol babel route-map M")
    for line in ("no ipv6 prefix-list L seq 1", "no route-map M permit 10"):
        says, content = net["dut"].mgmtd.load(line + "\n")
        assert not content, (line, says)
    exits(net, PAIRS)
