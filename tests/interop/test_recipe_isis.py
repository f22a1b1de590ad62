# SPDX-License-Identifier: MIT
"""doc/user/recipes/isis.md, by its own lines: stock isisd of both releases learns (D,S) routes and
gives them to our zebra; Babel carries them on. And what comes of leaving a line of it away."""

import pytest
from cells import faulty
from harness import EchoServers, NotYet, WaitTimeout, recipes, watch
from harness import site as place

S, HOST, BEACON = "2001:db8:51::/48", "2001:db8:51::10", "2001:db8:ffff::1"
SOURCED, PLAIN = ("::/0", S), ("2001:db8:57::/48", "::/0")
RELEASES = ["stock-isisd", "stock10-isisd"]
SEGMENTS = " segment-routing on\n"
# Faster than the page, which leaves FRR's own times.
TIMES = "interface link0\n isis hello-interval 1\n isis hello-multiplier 4\n" \
    "router isis site\n lsp-gen-interval 1\n spf-interval 1\n"


def spec(kind, change=lambda text: text):
    isisd = {node: change(recipes.blocks("isis")["isisd", node]) + TIMES
             for node in ("edge", "border")}
    return {"nodes": {"edge": {"router": True, "daemons": [("zebra", {}), (kind, isisd["edge"])],
                               "commands": [f"route add {S} via fe80::b dev link0"]},
                      "border": {"router": True, "daemons": [
                          ("zebra", {}), ("babeld", None), (kind, isisd["border"])],
                          "commands": [f"route add {S} via fe80::c dev core0"]},
                      "core": {"router": True, "daemons": [
                          ("zebra", {}), ("babeld", place.babel(["core0"], ["connected"]))],
                          "commands": [f"addr add {HOST}/128 dev lo"]},
                      "isp": {"router": True, "commands": [
                          f"addr add {BEACON}/128 dev lo",
                          f"route add {S} via fe80::2 dev site0"]}},
            "links": {"up": {"edge": ("up0", ["fe80::2/64"]), "isp": ("site0", ["fe80::1/64"])},
                      "isis": {"edge": ("link0", ["fe80::a/64", "2001:db8:1::a/64"]),
                               "border": ("link0", ["fe80::b/64", "2001:db8:1::b/64"])},
                      "babel": {"border": ("core0", ["fe80::b/64"]),
                                "core": ("core0", ["fe80::c/64"])}}}


def learnt(net):
    """What of isis is in border's table: the pairs."""
    rows = net["border"].zebra.show("show ipv6 route")["routes"]
    return {(r["destination"], r["source"]) for r in rows if r["protocol"] == "isis"}


def has_learnt(net, *pairs):
    def check():
        have = learnt(net)
        if not set(pairs) <= have:
            raise NotYet(have)
        return have
    return net.wait(check, 90, f"border has {pairs} from IS-IS")


@pytest.mark.parametrize("kind", RELEASES)
def test_isis(topology, kind):
    net = topology(spec(kind), captures=False)
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["isp"].ns, BEACON, "isp")
    echo.start()
    recipes.run(net, "isis")
    have = has_learnt(net, SOURCED, PLAIN)
    # Nothing has lost its source on the way.
    assert ("::/0", "::/0") not in have
    watch.has_route(net, "border", SOURCED, "link0", "isis")
    # Over Babel to the core, and real packets from there: by the pair, and by nothing else.
    watch.has_route(net, "core", SOURCED, "core0", "babel")
    watch.has_route(net, "core", PLAIN, "core0", "babel")
    watch.meets(net, "core", HOST, BEACON, "isp")
    net["core"].ip("addr add 2001:db8:99::1/128 dev lo")
    watch.meets(net, "core", "2001:db8:99::1", BEACON, "not sent: no route on the host by itself")

    # It is withdrawn as it came: the pair, and nothing else.
    lines = recipes.blocks("isis")["vtysh", "edge"]
    line, = [x for x in lines.splitlines() if f"from {S}" in x]
    assert net["edge"].mgmtd.load(f"no {line}\n") == ("", True)
    net.wait(lambda: SOURCED not in learnt(net), 60, "the pair gone from border")
    assert PLAIN in learnt(net)
    watch.has_no_route(net, "core", SOURCED)
    assert net["edge"].mgmtd.load(line + "\n") == ("", True)
    has_learnt(net, SOURCED)
    watch.meets(net, "core", HOST, BEACON, "isp")

    # And goes with the daemon.
    net["border"].daemons[kind].kill()
    net.wait(lambda: not learnt(net), 20, "nothing of isis in border")


@faulty
@pytest.mark.parametrize("kind", RELEASES)
def test_isis_without_segment_routing(topology, kind):
    """As it should be; it fails at the last line, and there alone."""
    net = topology(spec(kind, lambda text: text.replace(SEGMENTS, "")), captures=False)
    for node in ("edge", "border"):
        if not net[node].mgmtd.load(recipes.blocks("isis")["vtysh", node])[1]:
            raise RuntimeError("the page's lines are refused")
    try:
        net.wait(lambda: len(learnt(net)) > 1, 90, "two routes from IS-IS")
    except WaitTimeout as e:
        raise RuntimeError("another fault than the known one") from e
    have = learnt(net)
    shown = net["border"].daemons[kind].vtysh("show isis database detail")
    if f"IPv6 Source Prefix: {S}" not in shown or \
            have not in ({SOURCED, PLAIN}, {("::/0", "::/0"), PLAIN}):
        raise RuntimeError(f"another fault than the known one: {have} {shown}")
    assert have == {SOURCED, PLAIN}
