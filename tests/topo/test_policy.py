# SPDX-License-Identifier: MIT
"""Filter rules and connected prefixes, edited while packets flow."""

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place

A, B = place.PREFIX["a"], place.PREFIX["b"]
DEFAULT_A, DEFAULT_B = ("::/0", A), ("::/0", B)
LAN = "2001:db8:a:1::/64"


def edit(net, node, *lines):
    """Lines of `router babel` in one transaction, on the running router."""
    says, content = net[node].mgmtd.load("router babel\n" + "".join(f" {w}\n" for w in lines) +
                                         "exit\n")
    assert content, says


def static(net, node, line):
    says, content = net[node].mgmtd.load(line + "\n")
    assert content, says


def babel(net, node, pair):
    """The rows of that pair in `show babel route`."""
    rows = net[node].babeld.show("show babel route")["routes"]
    return [r for r in rows if (r["destination"], r["source"]) == pair]


def rules(net, node):
    """{(kind, number): (words, hits)} of `show babel filter`."""
    rows = net[node].babeld.show("show babel filter")
    return {(r["direction"], r["number"]): (r["rule"], r["hits"]) for r in rows}


def kernel(net, node, dst, src):
    return [line for line in net[node].ip_out("-6", "route", "show").splitlines()
            if line.startswith(f"{dst} from {src} ")]


def exits(net, a, b):
    """Waits until the sources A and B of the host meet this."""
    watch.meets(net, "host", place.HOST["a"], place.BEACON, a)
    watch.meets(net, "host", place.HOST["b"], place.BEACON, b)


@pytest.fixture
def net(site):
    made = site()
    watch.site_works(made)
    return made


NO_ROUTE = "unreachable, no route by core"


@pytest.mark.rfc("9079-9-a")
def test_in_by_source(net):
    """A rule on a source refuses that source's default and nobody else's; the refused route
    stays and comes back without being announced again."""
    edit(net, "core", f"babel filter in 10 deny from {A} le 64", "babel filter in 20 permit")
    exits(net, NO_ROUTE, "ispb")
    row, = babel(net, "core", DEFAULT_A)
    assert row["filteredBy"] == "in 10" and row["calculatedMetric"] == 65535
    assert row["receivedMetric"] == 0
    assert "(filtered by in 10)" in net["core"].babeld.show_text("show babel route")
    why = net["core"].babeld.show_text(f"show babel route ::/0 from {A}")
    assert "refused: denied by a rule (in, 10)" in why
    # From one neighbour alone it is another rule.
    edit(net, "core", "babel filter in 10 deny neighbor fe80::a interface ea0")
    exits(net, NO_ROUTE, "ispb")
    words, _ = rules(net, "core")["in", 10]
    assert words == "deny neighbor fe80::a interface ea0"
    watch.has_no_route(net, "core", DEFAULT_A)
    edit(net, "core", "no babel filter in 10")
    exits(net, "ispa", "ispb")
    assert ("in", 20) in rules(net, "core") and ("in", 10) not in rules(net, "core")
    net.wait(lambda: rules(net, "core")["in", 20][1] > 0, 10, "updates under rule 20")


def test_out_by_interface(net):
    """What an edge does not tell is retracted there at once, and told again at once."""
    edit(net, "ea", "babel filter out 10 deny destination ::/0 interface core0")
    exits(net, NO_ROUTE, "ispb")
    watch.has_route(net, "ea", DEFAULT_A, "up0", "static")
    assert babel(net, "ea", DEFAULT_A)[0]["local"]
    edit(net, "ea", "babel filter out 10 permit destination ::/0 set metric 300")
    exits(net, "ispa", "ispb")
    row, = babel(net, "core", DEFAULT_A)
    assert row["receivedMetric"] == 300
    edit(net, "ea", "no babel filter out 10")
    net.wait(lambda: babel(net, "core", DEFAULT_A)[0]["receivedMetric"] == 0, 10, "its own metric")


def test_redistribute_by_tag(net):
    """A tag goes with a static route from zebra to the rules, and from them to zebra."""
    edit(net, "ea", "babel filter redistribute 10 deny tag 7",
         "babel filter redistribute 20 permit protocol static add metric 40")
    static(net, "ea", f"ipv6 route ::/0 from {A} fe80::1 up0 tag 7")
    exits(net, NO_ROUTE, "ispb")
    row, = babel(net, "ea", DEFAULT_A)
    assert row["filteredBy"] == "redistribute 10" and row["tag"] == 7
    # The edge itself still has the route; nothing stands in its way.
    watch.has_route(net, "ea", DEFAULT_A, "up0", "static")
    static(net, "ea", f"ipv6 route ::/0 from {A} fe80::1 up0 tag 8")
    exits(net, "ispa", "ispb")
    assert babel(net, "core", DEFAULT_A)[0]["receivedMetric"] == 40
    edit(net, "core", f"babel filter install 10 permit from {A} set tag 99")

    def tagged():
        return watch.selected(net["core"])[DEFAULT_A].get("tag") == 99
    net.wait(tagged, 10, "the tag in the routing table")


def test_install_refuses_and_changes_only_what_zebra_gets(net):
    lan_b = "2001:db8:b:1::1"
    edit(net, "core", f"babel filter install 10 deny from {A}",
         f"babel filter install 20 permit from {B} set metric 9 set src {lan_b}")
    exits(net, NO_ROUTE, "ispb")
    row, = babel(net, "core", DEFAULT_A)
    assert row["selected"] and row["filteredBy"] == "install 10"
    # It is announced all the same.
    net.wait(lambda: [r for r in babel(net, "eb", DEFAULT_A) if r.get("interface")], 10,
             "the route at the other edge")

    def preferred():
        lines = kernel(net, "core", "default", B)
        if not any(f" src {lan_b} " in line for line in lines):
            raise NotYet(lines)
        return watch.selected(net["core"])[DEFAULT_B]
    row = net.wait(preferred, 10, "the preferred source in the kernel")
    assert row["metric"] == 9 and row["preferredSource"] == lan_b
    # Without the address the route is there without it, and with it when it is back.
    net["core"].ip(f"addr del {lan_b}/64 dev lan0")
    net.wait(lambda: not any(lan_b in line for line in kernel(net, "core", "default", B)), 10,
             "a route without the lost address")
    assert kernel(net, "core", "default", B)
    assert watch.selected(net["core"])[DEFAULT_B]["installed"]
    net["core"].ip(f"addr add {lan_b}/64 dev lan0 nodad")
    net.wait(preferred, 10, "the preferred source once more")
    exits(net, NO_ROUTE, "ispb")
    edit(net, "core", "no babel filter install 10", "no babel filter install 20")
    exits(net, "ispa", "ispb")


def refused_count(net):
    rows = net["core"].babeld.show("show babel interface eb0")["interfaces"]
    return rows[0]["updatesRefusedConnected"]


def test_nobody_takes_the_lan_over(net):
    """An edge announces a part of the core's LAN for one source. Without protection the core
    would send there what is meant for its own link (RFC 9079 9)."""
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["host"].ns, place.HOST["a"], "host")
    echo.start()
    reach = (net, "ea", place.EDGE["a"], place.HOST["a"])
    watch.meets(*reach, "host")
    stolen = (LAN, "2001:db8:a:e::/64")
    static(net, "eb", f"ipv6 route {stolen[0]} from {stolen[1]} reject")
    net.wait(lambda: babel(net, "core", stolen), 10, "the announcement")
    row, = babel(net, "core", stolen)
    assert row["filteredBy"] == "connected prefix" and not row["selected"]
    assert f"refused {LAN} from {stolen[1]} from fe80::b on eb0" in net["core"].babeld.log_text()
    assert refused_count(net) > 0
    assert stolen not in watch.rib(net["core"])
    watch.meets(*reach, "host")
    # Whoever wants it, gets it.
    edit(net, "core", "babel accept-connected-specific")
    watch.has_route(net, "core", stolen, "eb0", "babel")
    watch.meets(*reach, "silence")  # eb has no way back to tell of it
    edit(net, "core", "no babel accept-connected-specific")
    watch.meets(*reach, "host")
    watch.has_no_route(net, "core", stolen)
    # Pairs of the default pass at any time.
    exits(net, "ispa", "ispb")


def test_the_configuration_says_it_back(net):
    lines = [f"babel filter in 10 deny destination 2001:db8::/32 ge 40 le 48 from {A} le 64 "
             "neighbor fe80::1 interface ea0 router-id 02:00:00:00:00:00:00:01 metric ge 5 "
             "metric le 9",
             "babel filter in 9 permit destination ::/0 from ::/0 add metric 5 set tag 3",
             "babel filter out 1 deny tag 3",
             "babel filter install 65535 permit set metric 0 set src 2001:db8:a:1::1",
             "babel accept-connected-specific"]
    edit(net, "core", *lines)
    running = net["core"].babeld.show_text("show running-config").splitlines()
    assert [w for w in lines if " " + w not in running] == []
    have = rules(net, "core")
    for line in lines[:-1]:
        _, _, kind, number, words = line.split(" ", 4)
        assert have[kind, int(number)][0] == words
    # And what can't be meant is refused with the reason.
    for line, why in (("babel filter out 5 deny neighbor fe80::1", "know a neighbor"),
                      ("babel filter in 5 deny tag 1", "carries no tags"),
                      ("babel filter in 5 deny add metric 1", "can't set anything"),
                      ("babel filter in 5 permit destination 2001:db8::/32 le 31", "no part"),
                      ("babel filter in 5 permit destination 2001:db8::/32 from 10.0.0.0/8",
                       "one address family")):
        says, content = net["core"].mgmtd.load(f"router babel\n {line}\nexit\n")
        assert not content and why in says.lower(), says
