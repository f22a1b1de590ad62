# SPDX-License-Identifier: MIT
"""Any daemon may die and come back while packets keep flowing."""

import subprocess
import threading

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


def test_leftovers_go_when_their_owner_has_told_all(site):
    """Not when the retention time is over: babeld is back and says that it is complete."""
    core = place.our_core()
    core[0] = ("zebra", {}, {"user_options": ["--retain", "3600"]})
    net = site(core=core)
    watch.site_works(net)
    stream = watch.stream(net, "host", place.HOST["b"])
    node = net["core"]
    node.ip("route add 2001:db8:77::/48 via fe80::a dev ea0 metric 1024",
            f"route add 2001:db8:78::/48 from {place.PREFIX['a']} via fe80::a dev ea0 metric 1024")
    node.zebra.kill()
    place.uplink_down(net, "a")
    watch.has_no_route(net, "eb", ("::/0", place.PREFIX["a"]))
    # In the name of a protocol that does not come back: it stays.
    node.ip("route add 2001:db8:79::/48 via fe80::a dev ea0 proto ospf metric 20")
    node.zebra.start()

    def swept():
        line = kernel_pairs(node).get(("::/0", place.PREFIX["a"]))
        if line and not line.startswith("unreachable"):
            raise NotYet(line)
        return True
    net.wait(swept, 60, "babel's stale route gone")
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "unreachable, no route by core")
    have = kernel_pairs(node)
    assert "proto ospf metric 20" in have[("2001:db8:79::/48", "::/0")]
    # Others' are as they were.
    assert "metric 1024" in have[("2001:db8:77::/48", "::/0")]
    assert "metric 1024" in have[("2001:db8:78::/48", place.PREFIX["a"])]
    stream.stop()
    assert not stream.lost() and stream.exits() == ["ispb"], stream.summary()


MANY = 20000


def of_the_many(node):
    return sum(line.startswith("2001:db8:1") for line
               in node.ip_out("-6", "route", "show").splitlines() if "proto babel" in line)


def many(node, command):
    """(D,S) routes, as somebody else's, in an edge's kernel: Babel carries them to the core."""
    node.ip(*(f"route {command} unreachable 2001:db8:1:{i:x}::/64 from {place.PREFIX['a']} "
              "metric 1024" for i in range(MANY)))


def killed_amid(net, command):
    """The edge's routes come or go, and the core's zebra dies after the 500th of its
    writes, as the kernel tells of them."""
    core, word = net["core"], "Deleted" if command == "del" else "2001:db8:1"
    monitor = core.ns.popen(["ip", "-6", "monitor", "route"], stdout=subprocess.PIPE, text=True)
    changing = threading.Thread(target=many, args=(net["ea"], command))
    changing.start()
    try:
        seen = 0
        for line in monitor.stdout:
            seen += line.startswith(word) and "proto babel" in line
            if seen == 500:
                core.zebra.kill()
                break
    finally:
        monitor.kill()
        monitor.wait()
        monitor.stdout.close()
        changing.join()


def test_killed_during_a_large_change(site):
    """While thousands of routes come, and again while they go, zebra dies half-way. The
    streams see nothing of it, and in the end the kernel has what it should have."""
    edge = [("zebra", place.static_default("a")),
            ("babeld", place.babel(["core0"], ["static", "kernel"]))]
    net = site(ea=edge)
    watch.site_works(net)
    streams = [watch.stream(net, "host", place.HOST[letter]) for letter in "ab"]
    core = net["core"]
    killed_amid(net, "add")
    # The kill comes some writes later; on a busy machine the last ones may be done by then.
    assert of_the_many(core) >= 500
    core.zebra.start()
    net.wait(lambda: of_the_many(core) == MANY, 60, "all there")
    killed_amid(net, "del")
    assert of_the_many(core) <= MANY - 500
    core.zebra.start()

    def forgotten():
        left = of_the_many(core)
        if left:
            raise NotYet(f"{left} left")
        return True
    net.wait(forgotten, 90, "none left")
    seen = core.zebra.show("show ipv6 fib check")
    assert (seen["missing"], seen["different"], seen["unexpected"]) == (0, 0, 0), seen
    watch.more(net, streams)
    nothing_lost(net, streams)


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
    assert watch.refusal(net, streams[0], since, "core").sent - since < watch.CARRIER
    net["ea"].babeld.start()
    watch.meets(net, "host", place.HOST["a"], place.BEACON, "ispa")
    streams[1].stop()
    assert not streams[1].lost(), streams[1].summary()
