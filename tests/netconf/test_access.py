# SPDX-License-Identifier: MIT
"""RFC 8341: what users see, change and call; the command line under the same rules."""

import pytest
from ncclient.operations import RPCError

import server
from server import NACM, config, find, hostname, route, running_hostname, texts


def denied(call, *args, **kw):
    with pytest.raises(RPCError) as e:
        call(*args, **kw)
    assert e.value.tag == "access-denied", e.value.xml
    return e.value


def counters(nc):
    got = nc.get(("subtree", f'<nacm xmlns="{NACM}"/>'))
    return [int(texts(got, f"nacm:nacm/nacm:denied-{x}")[0])
            for x in ("operations", "data-writes", "notifications")]


def test_what_a_viewer_does_not_see_is_left_out(nc, site):
    nc.edit_config(target="running", config=config(hostname("seen")))
    with site.client("viewer") as v:
        for got in (v.get_config("running"), v.get()):
            assert texts(got, "s:system/s:hostname") == ["seen"]
            assert not find(got, "s:system/s:netconf")
        # /nacm is default-deny-all.
        assert not find(v.get_config("running"), "nacm:nacm")
    assert find(nc.get_config("running"), "nacm:nacm")


def test_writes(nc, site):
    before = counters(nc)
    with site.client("viewer") as v:
        e = denied(v.edit_config, target="running", config=config(route("2001:db8:f::/48")))
        assert "route" in e.path
        # One forbidden node spoils the whole edit.
        denied(v.edit_config, target="running",
               config=config(hostname("x"), route("2001:db8:f::/48")))
        denied(v.edit_config, target="candidate", config=config(route("2001:db8:f::/48")))
        assert running_hostname(nc) is None
        v.edit_config(target="running", config=config(hostname("viewers")))
        assert running_hostname(nc) == "viewers"
        # Create and update are permitted, delete is not.
        denied(v.edit_config, target="running",
               config=config(hostname("", "delete").replace("></hostname>", "/>")))
        # What another put into the candidate is not the viewer's to commit.
        nc.edit_config(target="candidate", config=config(route("2001:db8:f::/48")))
        denied(v.commit)
    assert counters(nc)[1] >= before[1] + 5


def test_keys_are_for_those_whom_a_rule_permits_them(nc, site):
    """Secrets of key chains are default-deny-all: neither seen, compared nor set."""
    chain = (f'<key-chains xmlns="{server.KEYS}"><key-chain><name>office</name><key>'
             "<key-id>1</key-id>{}</key></key-chain></key-chains>")
    secrets = ("k:key-chains/k:key-chain/k:key/k:key-string",
               "k:key-chains/k:key-chain/k:key/k:hexadecimal-string")
    nc.edit_config(target="running", config=config(
        chain.format("<key-string>open-sesame</key-string>")))
    with site.client("outsider") as o:
        for got in (o.get_config("running"), o.get(), o.get_config("running", filter=(
                "subtree", chain.format("<key-string/>").replace("<key-id>1</key-id>", "")))):
            assert "open-sesame" not in got.xml
        assert texts(o.get_config("running"), "k:key-chains/k:key-chain/k:name") == ["office"]
        # Nor is it told by what a filter matches (RFC 8341 3.2.4).
        for guess in ("open-sesame", "another"):
            subtree = chain.format(f"<key-string>{guess}</key-string>")
            xpath = f"//k:key[k:key-string='{guess}']/k:key-id"
            for got in (o.get_config("running", filter=(
                    "subtree", subtree.replace("<key-id>1</key-id>", ""))),
                    o.get(("xpath", ({"k": server.KEYS}, xpath)))):
                assert not find(got, "k:key-chains/k:key-chain/k:key"), got.xml
    with site.client("viewer") as v:
        denied(v.edit_config, target="running", config=config(
            chain.format("<hexadecimal-string>00ff</hexadecimal-string>")))
    assert [texts(nc.get_config("running"), s) for s in secrets] == [["open-sesame"], []]
    nc.edit_config(target="running", config=config(
        chain.format("<hexadecimal-string>00ff</hexadecimal-string>")))
    assert [texts(nc.get_config("running"), s) for s in secrets] == [[], ["00ff"]]


def test_operations(nc, site):
    before = counters(nc)
    with site.client("viewer") as v:
        denied(v.lock, "running")
        # kill-session and delete-config are for those whom a rule permits them.
        denied(v.kill_session, str(nc.session_id))
        denied(v.delete_config, "startup")
        v.unlock  # no rule about it: exec-default permits
    with site.client("outsider") as o:
        denied(o.edit_config, target="running", config=config(hostname("x")))
        denied(o.kill_session, str(nc.session_id))
    assert counters(nc)[0] == before[0] + 4


def test_rules_take_effect_at_once_and_root_recovers(nc, site):
    nc.edit_config(target="running", config=config(
        f'<nacm xmlns="{NACM}"><exec-default>deny</exec-default><read-default>deny</read-default>'
        "</nacm>"))
    with site.client("outsider") as o:
        denied(o.get)
    # Whoever locks himself out is root's to help.
    nc.edit_config(target="running", config=config(
        f'<nacm xmlns="{NACM}"><rule-list xmlns:nc="{server.NC}" nc:operation="delete">'
        "<name>admins</name></rule-list></nacm>"))
    denied(nc.get_config, "running")
    site.vtysh("configure terminal", "nacm exec-default permit", "nacm rule-list admins",
               "group admins", "rule all permit")
    nc.get_config("running")
