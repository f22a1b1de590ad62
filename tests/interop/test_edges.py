# SPDX-License-Identifier: MIT
"""The site with other implementations as its edges: packets still leave by the right ISP."""

import pytest
from harness import site as place
from harness import watch


def withdraw(net, letter):
    """Takes the edge's default route away, in the way that its daemon understands."""
    edge = net["e" + letter]
    if "debian-babeld" in edge.daemons:
        edge.ip("route del ::/0 from " + place.PREFIX[letter])
    elif "bird" in edge.daemons:
        edge.bird.birdc("disable uplink", restricted=False)
    else:
        place.uplink_down(net, letter)


def announce(net, letter):
    edge = net["e" + letter]
    if "debian-babeld" in edge.daemons:
        edge.ip(place.kernel_default(letter))
    elif "bird" in edge.daemons:
        edge.bird.birdc("enable uplink", restricted=False)
    else:
        place.uplink_up(net, letter)


EDGES = {"debian-and-bird": (place.debian_edge, place.bird_edge),
         "bird-and-debian": (place.bird_edge, place.debian_edge),
         "ours-and-bird": (place.our_edge, place.bird_edge),
         "debian-and-ours": (place.debian_edge, place.our_edge)}
CORES = {"our-core": place.our_core, "debian-core": place.debian_core,
         "bird-core": place.bird_core}
# Our core between foreign edges, and our edges around foreign cores.
CASES = [("debian-and-bird", "our-core"), ("bird-and-debian", "our-core"),
         ("ours-and-bird", "debian-core"), ("debian-and-ours", "bird-core")]


@pytest.mark.parametrize("edges,core", CASES)
def test_packets_leave_by_the_right_isp(site, edges, core):
    ea, eb = EDGES[edges]
    net = site(ea=ea("a"), eb=eb("b"), core=CORES[core]())
    watch.site_works(net)
    st = {x: watch.stream(net, "host", place.HOST[x]) for x in "ab"}
    watch.more(net, st.values())
    if core == "our-core":
        for x in "ab":
            watch.has_route(net, "core", ("::/0", place.PREFIX[x]), f"e{x}0", "babel")

    # Each in turn goes and returns; the other's packets do not notice.
    for gone, stays in (("a", "b"), ("b", "a")):
        since = watch.more(net, [st[stays]], 20)
        withdraw(net, gone)
        net.wait(lambda g=gone, t=since: st[g].first(lambda o: o.error, t), 30,
                 f"{gone} refused")
        if core == "our-core":
            watch.meets(net, "host", place.HOST[gone], place.BEACON,
                        "unreachable, no route by core")
        announce(net, gone)
        watch.meets(net, "host", place.HOST[gone], place.BEACON, "isp" + gone, 40)
        lost = [o for o in st[stays].outcomes if o.sent > since and o.at and not o.exit]
        assert not lost, st[stays].summary()
    for x in "ab":
        st[x].stop()
        assert st[x].exits() == ["isp" + x], st[x].summary()
        assert place.drops(net, x) == 0
