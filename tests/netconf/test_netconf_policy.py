# SPDX-License-Identifier: MIT
"""Filter rules by NETCONF: edited while the routes are there, and read back."""

import pytest
from harness import watch
from harness.wait import wait_until
from ncclient.operations import RPCError

import server
from server import BABEL, NS, config, find, texts

POLICY = "urn:srcdest:yang:babel-policy"
STATE = "urn:srcdest:yang:babel-state"
PAIR = ("2001:db8:2::/48", "2001:db8:a::/48")
NS.setdefault("p", POLICY)


def rule(number, inside, operation="merge"):
    return (f'<babel xmlns="{BABEL}"><filter xmlns="{POLICY}" '
            f'xmlns:nc="{server.NC}" nc:operation="{operation}">'
            f"<direction>in</direction><number>{number}</number>{inside}</filter></babel>")


def hits(nc):
    got = nc.get(("subtree", f'<babel-state xmlns="{STATE}"><filter/></babel-state>'))
    return dict(zip(texts(got, "bs:babel-state/bs:filter/bs:number"),
                    map(int, texts(got, "bs:babel-state/bs:filter/bs:hits"))))


def test_a_rule_made_and_taken_back(site, nc):
    net = site.topology
    watch.has_route(net, "r1", PAIR, "e0", "babel")
    nc.edit_config(target="running", config=config(
        rule(10, f"<action>deny</action><source-prefix>{PAIR[1]}</source-prefix>"),
        rule(20, "<action>permit</action>")))
    watch.has_no_route(net, "r1", PAIR)
    wait_until(lambda: hits(nc).get("10", 0) > 0, 10, "an update under rule 10")
    assert set(hits(nc)) == {"10", "20"}
    got = nc.get_config("running", filter=("subtree", f'<babel xmlns="{BABEL}"/>'))
    assert texts(got, "b:babel/p:filter/p:source-prefix") == [PAIR[1]]
    assert len(find(got, "b:babel/p:filter")) == 2
    # The candidate changes nothing before its commit.
    nc.edit_config(target="candidate", config=config(rule(10, "", "delete")))
    assert "10" in hits(nc)
    nc.commit()
    watch.has_route(net, "r1", PAIR, "e0", "babel")
    assert set(hits(nc)) == {"20"}


def test_what_makes_no_sense_is_refused(nc):
    for inside, why in (
            ("<action>deny</action><set-metric>1</set-metric>", "can't set anything"),
            ("<action>permit</action><tag>1</tag>", "carries no tags"),
            ("<action>permit</action><destination-le>64</destination-le>", "no part"),
            ("<action>permit</action><add-metric>-1</add-metric>", ""),
            ("<action>permit</action><metric>1</metric><metric-ge>1</metric-ge>", "exclude")):
        with pytest.raises(RPCError) as e:
            nc.edit_config(target="running", config=config(rule(10, inside)))
        assert why in str(e.value).lower(), e.value
    assert hits(nc) == {}
