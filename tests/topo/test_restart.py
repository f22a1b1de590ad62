# SPDX-License-Identifier: MIT
"""Any daemon may die and come back while packets keep flowing."""

import pytest
from harness import NotYet, watch
from harness import site as place


def kernel_pairs(node):
    """{(dst, src): line} of the IPv6 routes in a node's kernel, by whomever."""
    found = {}
    for line in node.ip_out("-6", "route", "show").splitlines():
        w = line.split()
        if w and w[0] in ("unreachable", "blackhole", "prohibit"):
            w = w[1:]
        dst = "::/0" if w[0] == "default" else w[0]
        found[(dst, w[2] if w[1] == "from" else "::/0")] = line
    return found


def running_site(site):
    net = site()
    watch.site_works(net)
    return net, [watch.stream(net, "host", place.HOST[letter]) for letter in "ab"]


def nothing_lost(net, streams):
    for s, exit_name in zip(streams, ("ispa", "ispb")):
        s.stop()
        assert not s.lost() and s.exits() == [exit_name], f"{exit_name}: {s.summary()}"
    assert [place.drops(net, letter) for letter in "ab"] == [0, 0]


@pytest.mark.parametrize("node", ["core", "ea"])
@pytest.mark.parametrize("kind", ["zebra", "babeld"])
def test_a_killed_daemon_costs_no_packet(site, node, kind):
    net, streams = running_site(site)
    victim = getattr(net[node], kind)
    victim.kill()
    victim.start()
    watch.more(net, streams)
    # And it is in charge again: what the edges announce arrives, what they withdraw goes.
    for letter, interface in (("a", "ea0"), ("b", "eb0")):
        watch.has_route(net, "core", ("::/0", place.PREFIX[letter]), interface, "babel")
    watch.more(net, streams, 400)
    nothing_lost(net, streams)
    place.uplink_down(net, "a")
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "unreachable, no route by core")
    place.uplink_up(net, "a")
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "ispa")
    watch.meets(net, "host", place.HOST["b"], place.BEACON, "ispb")


def test_zebra_that_ended_in_order_leaves_forwarding_on(site):
    net, streams = running_site(site)
    assert net["core"].zebra.stop() == 0
    watch.more(net, streams)
    net["core"].zebra.start()
    watch.has_route(net, "core", ("::/0", place.PREFIX["a"]), "ea0", "babel")
    watch.more(net, streams)
    nothing_lost(net, streams)


def test_leftovers_are_swept(site):
    """What was withdrawn while zebra was dead goes once the tables are complete again."""
    net, streams = running_site(site)
    core = net["core"]
    core.zebra.kill()
    place.uplink_down(net, "a")
    assert ("::/0", place.PREFIX["a"]) in kernel_pairs(core)
    # The edge has withdrawn it before the core's zebra is back.
    watch.has_no_route(net, "eb", ("::/0", place.PREFIX["a"]))
    core.zebra.start()

    def swept():
        line = kernel_pairs(core).get(("::/0", place.PREFIX["a"]))
        if line and not line.startswith("unreachable"):
            raise NotYet(line)
        return True
    net.wait(swept, 90, "the stale route gone from the kernel")
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "unreachable, no route by core")
    watch.more(net, streams)
    streams[1].stop()
    assert not streams[1].lost() and streams[1].exits() == ["ispb"], streams[1].summary()


def test_leftovers_of_a_dead_babeld_are_swept(site):
    net, streams = running_site(site)
    core = net["core"]
    core.babeld.kill()
    place.uplink_down(net, "a")
    watch.has_no_route(net, "ea", ("::/0", place.PREFIX["a"]))
    core.babeld.start()
    watch.has_no_route(net, "core", ("::/0", place.PREFIX["a"]), timeout=60)
    watch.has_route(net, "core", ("::/0", place.PREFIX["b"]), "eb0", "babel")
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "unreachable, no route by core")
    streams[1].stop()
    assert not streams[1].lost() and streams[1].exits() == ["ispb"], streams[1].summary()


def test_babeld_that_ends_in_order_says_good_bye(site):
    """SIGTERM means: route around me. The neighbours hear it at once, not after hold times."""
    net, streams = running_site(site)
    since = streams[0].mark()
    assert net["ea"].babeld.stop() == 0
    assert watch.refusal(net, streams[0], since, "core").sent - since < 2
    net["ea"].babeld.start()
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "ispa")
    streams[1].stop()
    assert not streams[1].lost(), streams[1].summary()
