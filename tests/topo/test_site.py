# SPDX-License-Identifier: MIT
"""The main job: a site with two ISPs, each packet leaving by the ISP of its source."""

import time

from harness import site as place
from harness import watch


def streams(net):
    return {letter: watch.stream(net, "host", place.HOST[letter]) for letter in "ab"}


def no_drops(net):
    assert [place.drops(net, letter) for letter in "ab"] == [0, 0]


def test_each_source_leaves_by_its_isp(site):
    net = site()
    watch.site_works(net)
    st = streams(net)
    watch.more(net, st.values())
    for letter in "ab":
        st[letter].stop()
        assert st[letter].exits() == ["isp" + letter], st[letter].summary()
        assert not st[letter].lost(), st[letter].summary()
        # The core tells the two exits of the one destination apart.
        watch.has_route(net, "core", ("::/0", place.PREFIX[letter]), f"e{letter}0", "babel")
        watch.has_route(net, "e" + letter, ("::/0", place.PREFIX[letter]), "up0", "static")
    assert not [r for r in watch.rib(net["core"]).values() if r["protocol"] == "static"]
    no_drops(net)


def test_loss_and_return_of_an_uplink(site):
    net = site()
    watch.site_works(net)
    st = streams(net)

    down = time.monotonic()
    place.uplink_down(net, "a")
    refused = watch.refusal(net, st["a"], down, "core")
    assert refused.error == "unreachable, no route", refused
    settled = watch.more(net, st.values())
    watch.has_no_route(net, "core", ("::/0", place.PREFIX["a"]))
    watch.has_route(net, "core", ("::/0", place.PREFIX["b"]), "eb0", "babel")

    up = time.monotonic()
    place.uplink_up(net, "a")
    net.wait(lambda: st["a"].first(lambda o: o.exit == "ispa", up), 20, "source A by ispa again")
    back = watch.more(net, st.values())
    st["a"].stop()
    st["b"].stop()
    assert st["a"].exits() == ["ispa"]
    assert {o.error for o in st["a"].outcomes if settled < o.sent < up} == \
        {"unreachable, no route"}, st["a"].summary()
    assert all(o.exit == "ispa" for o in st["a"].outcomes if o.sent > back), st["a"].summary()
    assert not st["b"].lost() and st["b"].exits() == ["ispb"], st["b"].summary()
    no_drops(net)
    assert refused.sent - down < watch.CARRIER, f"took {refused.sent - down:.2f} s"


def test_an_edge_that_is_cut_off_takes_only_its_own_source_with_it(site):
    net = site()
    watch.site_works(net)
    st = streams(net)
    cut = time.monotonic()
    net["ea"].ip("link set core0 down")
    watch.refusal(net, st["a"], cut, "core")
    watch.more(net, [st["b"]])
    st["b"].stop()
    assert not st["b"].lost() and st["b"].exits() == ["ispb"], st["b"].summary()
    no_drops(net)


def test_one_lookup_is_answered_as_packets_fare(site):
    """`show ipv6 route X from Y` says what real packets meet."""
    net = site()
    watch.site_works(net)
    core = net["core"].zebra
    for letter in "ab":
        rows = watch.rows(core.show(f"show ipv6 route {place.BEACON} from {place.HOST[letter]}"))
        assert [(r["destination"], r["source"]) for r in rows] == [("::/0", place.PREFIX[letter])]
    assert not watch.rows(core.show(f"show ipv6 route {place.BEACON} from 2001:db8:c::1"))


def test_show_commands_say_what_runs(site):
    net = site()
    watch.site_works(net)
    core = net["core"]
    neighbours = core.babeld.show("show babel neighbor")
    assert "ea0" in str(neighbours) and "eb0" in str(neighbours)
    assert "lan0" in str(core.zebra.show("show interface"))
    assert "ea0" in str(core.babeld.show("show babel interface"))
    routes = str(core.babeld.show("show babel route"))
    for letter in "ab":
        assert place.PREFIX[letter] in routes
    text = core.zebra.show_text("show ipv6 route")
    assert "::/0" in text and place.PREFIX["a"] in text
