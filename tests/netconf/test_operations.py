# SPDX-License-Identifier: MIT
"""The operations of RFC 6241 with ncclient over SSH."""

import pytest
from harness.wait import wait_until
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele

import server
from server import NC, NS, STATIC, SYS, config, find, hostname, route, running_hostname, texts


def refused(tag, call, *args, **kw):
    """The error of a call that must fail with this error-tag."""
    with pytest.raises(RPCError) as e:
        call(*args, **kw)
    assert e.value.tag == tag, e.value.xml
    return e.value


# ---- hello, schemas ----

def test_capabilities(nc):
    have = set(nc.server_capabilities)
    for c in ("base:1.0", "base:1.1", "capability:writable-running:1.0",
              "capability:candidate:1.0", "capability:confirmed-commit:1.1",
              "capability:rollback-on-error:1.0", "capability:validate:1.1",
              "capability:startup:1.0", "capability:xpath:1.0", "capability:notification:1.0",
              "capability:interleave:1.0"):
        assert "urn:ietf:params:netconf:" + c in have
    assert any("with-defaults:1.0?basic-mode=explicit" in c for c in have)
    assert any("yang-library:1.1?" in c for c in have)
    assert any(c.startswith(STATIC + "?module=srcdest-static") for c in have)


def test_get_schema_of_every_module_that_is_listed(nc):
    state = nc.get(("subtree", f'<netconf-state xmlns="{server.MON}"><schemas/></netconf-state>'))
    listed = find(state, "m:netconf-state/m:schemas/m:schema")
    assert len(listed) > 15
    for schema in listed:
        name, version = (schema.find(f"m:{x}", NS).text for x in ("identifier", "version"))
        text = nc.get_schema(name, version=version or "").data
        assert f"module {name}" in text and text.rstrip().endswith("}")
    refused("invalid-value", nc.get_schema, "no-such-module")
    refused("invalid-value", nc.get_schema, "srcdest-static", version="1999-01-01")


def test_yang_library_and_library_module_agree(nc):
    lib = nc.get(("subtree", '<yang-library xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-library"/>'))
    names = {e.text for e in server.tree(lib).iter("{*}name")}
    assert {"srcdest-static", "srcdest-babel", "ietf-netconf-acm"} <= names


# ---- get-config, filters, defaults ----

def test_filters(nc):
    nc.edit_config(target="running", config=config(
        hostname("edge"), route("2001:db8:f::/48", "2001:db8:a::/48"), route("2001:db8:e::/48")))

    def routes(filt):
        return texts(nc.get_config("running", filter=filt),
                     "st:static/st:route/st:destination-prefix")

    one = f'<static xmlns="{STATIC}"><route><source-prefix>2001:db8:a::/48</source-prefix></route></static>'
    assert routes(("subtree", one)) == ["2001:db8:f::/48"]
    assert sorted(routes(("subtree", f'<static xmlns="{STATIC}"/>'))) == ["2001:db8:e::/48",
                                                                         "2001:db8:f::/48"]
    # A selection node gives the keys with it, and no sibling.
    some = nc.get_config("running", filter=(
        "subtree", f'<static xmlns="{STATIC}"><route><next-hop/></route></static>'))
    assert len(find(some, "st:static/st:route/st:next-hop/st:gateway")) == 2
    assert not find(some, "s:system")
    # Content that matches nothing selects nothing.
    assert routes(("subtree", one.replace("db8:a", "db8:99"))) == []
    # An empty filter selects nothing (RFC 6241 6.4.2).
    nothing = nc.get_config("running", filter=to_ele(f'<filter xmlns="{NC}" type="subtree"/>'))
    assert len(server.tree(nothing)) == 0
    # Two filters on one node give what both want.
    both = nc.get_config("running", filter=to_ele(
        f'<filter xmlns="{NC}" type="subtree"><system xmlns="{SYS}"><hostname/></system>'
        f'<static xmlns="{STATIC}"><route><destination-prefix/></route></static></filter>'))
    assert texts(both, "s:system/s:hostname") == ["edge"]
    assert len(find(both, "st:static/st:route")) == 2
    # XPath, with the client's own prefixes.
    ns = {"x": STATIC, "y": SYS}
    assert routes(("xpath", (ns, "/x:static/x:route[x:source-prefix='2001:db8:a::/48']"))) == \
        ["2001:db8:f::/48"]
    hosts = nc.get_config("running", filter=("xpath", (ns, "/y:system/y:hostname | /x:static")))
    assert texts(hosts, "s:system/s:hostname") == ["edge"]
    refused("invalid-value", nc.get_config, "running", filter=("xpath", (ns, "/x:static[")))


def test_with_defaults(nc):
    nc.edit_config(target="running", config=config(
        route("2001:db8:f::/48", extra="<onlink>false</onlink>")))
    filt = ("subtree", f'<static xmlns="{STATIC}"/>')
    hop = "st:static/st:route/st:next-hop/"

    def leaves(mode):
        got = nc.get_config("running", filter=filt, with_defaults=mode)
        return texts(got, hop + "st:distance"), texts(got, hop + "st:onlink")

    assert leaves(None) == ([], ["false"])
    assert leaves("explicit") == ([], ["false"])
    assert leaves("trim") == ([], [])
    assert leaves("report-all") == (["1"], ["false"])
    tagged = nc.get_config("running", filter=filt, with_defaults="report-all-tagged")
    e = find(tagged, hop + "st:distance")[0]
    assert e.get("{urn:ietf:params:xml:ns:netconf:default:1.0}default") == "true"


# ---- edit-config ----

def test_operations_of_edit_config(nc):
    def edit(part, **kw):
        nc.edit_config(target="running", config=config(part), **kw)

    edit(hostname("one", "create"))
    refused("data-exists", edit, hostname("two", "create"))
    edit(hostname("two", "merge"))
    assert running_hostname(nc) == "two"
    edit(hostname("three", "replace"))
    assert running_hostname(nc) == "three"
    edit(hostname("", "delete").replace("></hostname>", "/>"))
    assert running_hostname(nc) is None
    refused("data-missing", edit, hostname("", "delete").replace("></hostname>", "/>"))
    edit(hostname("", "remove").replace("></hostname>", "/>"))
    # Lists: replace leaves nothing of the entry that was.
    edit(route("2001:db8:f::/48") + route("2001:db8:f::/48", gateway="fe80::3"))
    edit(route("2001:db8:f::/48", gateway="fe80::4", op="replace"))
    got = nc.get_config("running", filter=("subtree", f'<static xmlns="{STATIC}"/>'))
    assert texts(got, "st:static/st:route/st:next-hop/st:gateway") == ["fe80::4"]
    # default-operation none: nodes without an operation must be there.
    refused("data-missing", edit, route("2001:db8:99::/48"), default_operation="none")
    edit(route("2001:db8:f::/48", op="delete"), default_operation="none")
    assert not find(nc.get_config("running", filter=("subtree", f'<static xmlns="{STATIC}"/>')),
                    "st:static/st:route")
    e = refused("data-missing", edit, route("2001:db8:f::/48", op="delete"))
    assert "2001:db8:f::/48" in e.path


def test_default_operation_replace(nc):
    nc.edit_config(target="candidate", config=config(hostname("all")), default_operation="replace",
                   test_option="set")
    got = nc.get_config("candidate")
    assert running_hostname(nc, "candidate") == "all"
    assert not find(got, "s:system/s:netconf") and not find(got, "b:babel")


def test_test_options(nc):
    broken = f'<static xmlns="{STATIC}"><route><destination-prefix>2001:db8::/32' \
             "</destination-prefix><source-prefix>::/0</source-prefix></route></static>"
    for target in ("candidate", "running"):
        nc.edit_config(target=target, config=config(hostname("tested")), test_option="test-only")
        assert running_hostname(nc, target) is None
        refused("operation-failed", nc.edit_config, target=target, config=config(broken),
                test_option="test-then-set")
        nc.edit_config(target=target, config=config(hostname("set")), test_option="test-then-set")
        assert running_hostname(nc, target) == "set"
        nc.discard_changes()
    # `set` lets a candidate be invalid on its way; no commit does.
    nc.edit_config(target="candidate", config=config(broken), test_option="set")
    refused("operation-failed", nc.validate, "candidate")
    refused("operation-failed", nc.commit)
    nc.edit_config(target="candidate", config=config(route("2001:db8::/32")))
    nc.validate("candidate")
    nc.commit()


@pytest.mark.parametrize("option", ["stop-on-error", "continue-on-error", "rollback-on-error"])
def test_error_options_leave_all_or_nothing(nc, option):
    parts = hostname("half") + route("2001:db8:f::/48", op="delete")
    for target in ("running", "candidate"):
        refused("data-missing", nc.edit_config, target=target, config=config(parts),
                error_option=option)
        assert running_hostname(nc, target) is None


BAD_EDITS = [
    ("unknown-element", f'<system xmlns="{SYS}"><nothing/></system>'),
    ("unknown-namespace", '<system xmlns="urn:nobody"><hostname>a</hostname></system>'),
    ("invalid-value", hostname("no blanks here")),
    ("operation-failed", route("10.0.0.0/8", "2001:db8::/32")),
]


@pytest.mark.parametrize("tag, part", BAD_EDITS, ids=[tag for tag, _ in BAD_EDITS])
def test_bad_edits_name_what_is_wrong(nc, tag, part):
    before = nc.get_config("running").data_xml
    with pytest.raises(RPCError) as e:
        nc.edit_config(target="running", config=config(part))
    assert e.value.tag in (tag, "bad-element", "invalid-value"), e.value.xml
    assert e.value.message
    assert nc.get_config("running").data_xml == before


def test_the_same_words_on_both_front_ends(nc, site):
    part = route("2001:db8:f::/48", gateway="blackhole", interface="") + \
        route("2001:db8:f::/48", gateway="fe80::2")
    e = refused("operation-failed", nc.edit_config, target="running", config=config(part))
    says = site.vtysh("configure exclusive", "ipv6 route 2001:db8:f::/48 fe80::2 e0",
                      "ipv6 route 2001:db8:f::/48 blackhole", "commit", "abort", check=False)
    assert e.message in says


def test_copy_and_delete(nc):
    nc.edit_config(target="running", config=config(hostname("kept")))
    nc.copy_config(source="running", target="startup")
    assert running_hostname(nc, "startup") == "kept"
    nc.edit_config(target="running", config=config(hostname("other")))
    nc.copy_config(source="startup", target="candidate")
    assert running_hostname(nc, "candidate") == "kept"
    nc.commit()
    assert running_hostname(nc) == "kept"
    nc.copy_config(source="startup", target="running")
    refused("invalid-value", nc.copy_config, source="running", target="running")
    nc.delete_config("startup")
    assert running_hostname(nc, "startup") is None
    with pytest.raises(RPCError):
        nc.delete_config("running")


# ---- candidate and commit ----

def test_candidate(nc):
    nc.edit_config(target="candidate", config=config(hostname("cand")))
    assert running_hostname(nc) is None
    nc.discard_changes()
    assert running_hostname(nc, "candidate") is None
    nc.edit_config(target="candidate", config=config(hostname("cand")))
    nc.validate("candidate")
    nc.commit()
    assert running_hostname(nc) == "cand"
    nc.commit()  # nothing to do is fine


def test_confirmed_commit_goes_back_by_itself(nc):
    nc.edit_config(target="candidate", config=config(hostname("brief")))
    nc.commit(confirmed=True, timeout="1")
    assert running_hostname(nc) == "brief"
    wait_until(lambda: running_hostname(nc) is None, 10, "the commit is rolled back")


def test_confirmed_commit_confirmed_and_cancelled(nc, site):
    nc.edit_config(target="candidate", config=config(hostname("sure")))
    nc.commit(confirmed=True, timeout="600")
    with site.client("adm") as other:
        refused("lock-denied", other.lock, "running")
    nc.commit()
    assert running_hostname(nc) == "sure"
    nc.edit_config(target="candidate", config=config(hostname("unsure")))
    nc.commit(confirmed=True, timeout="600")
    nc.cancel_commit()
    assert running_hostname(nc) == "sure"
    with pytest.raises(RPCError):
        nc.cancel_commit()


def test_confirmed_commit_with_persist_outlives_its_session(nc, site):
    with site.client("adm") as m:
        m.edit_config(target="candidate", config=config(hostname("lasting")))
        m.commit(confirmed=True, timeout="600", persist="token")
    assert running_hostname(nc) == "lasting"
    refused("invalid-value", nc.commit, persist_id="other")
    nc.commit(persist_id="token")
    assert running_hostname(nc) == "lasting"
    with site.client("adm") as m:
        m.edit_config(target="candidate", config=config(hostname("fleeting")))
        m.commit(confirmed=True, timeout="600", persist="again")
    nc.cancel_commit(persist_id="again")
    assert running_hostname(nc) == "lasting"


def test_confirmed_commit_ends_with_its_session(nc, site):
    with site.client("adm") as m:
        m.edit_config(target="candidate", config=config(hostname("gone")))
        m.commit(confirmed=True, timeout="600")
        assert running_hostname(nc) == "gone"
    wait_until(lambda: running_hostname(nc) is None, 10, "the commit went with its session")


# ---- locks and sessions ----

def test_locks(nc, site):
    with site.client("adm") as other:
        for store in ("running", "candidate", "startup"):
            other.lock(store)
            e = refused("lock-denied", nc.lock, store)
            assert f"session-id>{other.session_id}<" in e.info.replace("nc:", "").replace(
                "ns0:", ""), e.info
        refused("in-use", nc.edit_config, target="running", config=config(hostname("x")))
        refused("in-use", nc.edit_config, target="candidate", config=config(hostname("x")))
        # The command line is stopped by the same lock and names its owner.
        says = site.vtysh("configure terminal", "hostname x", check=False)
        assert str(other.session_id) in says or "adm" in says
        assert running_hostname(nc) is None
        other.unlock("startup")
        with pytest.raises(RPCError):
            other.unlock("startup")
    with nc.locked("running"):
        nc.edit_config(target="running", config=config(hostname("mine")))
    assert running_hostname(nc) == "mine"


def test_lock_of_a_changed_candidate_is_refused_and_unlock_discards(nc):
    nc.edit_config(target="candidate", config=config(hostname("dirty")))
    with pytest.raises(RPCError):
        nc.lock("candidate")
    nc.discard_changes()
    nc.lock("candidate")
    nc.edit_config(target="candidate", config=config(hostname("dirty")))
    nc.unlock("candidate")
    assert running_hostname(nc, "candidate") is None


def test_kill_session(nc, site):
    victim = site.client("adm")
    victim.lock("running")
    refused("invalid-value", nc.kill_session, str(nc.session_id))
    refused("invalid-value", nc.kill_session, "4000000000")
    nc.kill_session(str(victim.session_id))
    wait_until(lambda: not victim.connected, 10, "the killed session has ended")
    nc.lock("running")
    nc.unlock("running")


# ---- state and RPCs of daemons ----

def test_state_of_the_rib(nc):
    nc.edit_config(target="running", config=config(route("2001:db8:f::/48", "2001:db8:a::/48")))
    want = f'<rib xmlns="{server.RIB}"><route><destination-prefix>2001:db8:f::/48' \
           "</destination-prefix></route></rib>"

    def seen():
        return texts(nc.get(("subtree", want)), "r:rib/r:route/r:source-prefix")
    wait_until(lambda: seen() == ["2001:db8:a::/48"], 10, "the route is in the RIB")
    by_xpath = nc.get(("xpath", ({"r": server.RIB},
                                 "/r:rib/r:route[r:destination-prefix='2001:db8:f::/48']")))
    assert texts(by_xpath, "r:rib/r:route/r:destination-prefix") == ["2001:db8:f::/48"]
    everything = nc.get()
    assert "2001:db8:f::/48" in texts(everything, "r:rib/r:route/r:destination-prefix")
    assert find(everything, "bs:babel-state") and find(everything, "s:system")


def test_rpc_of_a_daemon(nc):
    # What r2 announces; then the way of a packet, by destination and source.
    def lookup(dst, src):
        reply = nc.dispatch(to_ele(
            f'<lookup xmlns="{server.RIB}"><destination>{dst}</destination>'
            f"<source>{src}</source></lookup>"))
        return str(reply)
    wait_until(lambda: "2001:db8:2::/48" in lookup("2001:db8:2::1", "2001:db8:a::1"), 20,
               "the route that r2 announces")
    assert "2001:db8:2::/48" not in lookup("2001:db8:2::1", "2001:db8:b::1")
    assert nc.dispatch(to_ele(f'<refresh xmlns="{server.RIB}"/>')).ok
    why = str(nc.dispatch(to_ele(
        f'<explain-route xmlns="{server.RIB}-explain"><destination>2001:db8:2::1</destination>'
        "<source>2001:db8:a::1</source></explain-route>")))
    assert ">takes</" in why and "<kernel" in why
    e = refused("missing-element", nc.dispatch, to_ele(f'<lookup xmlns="{server.RIB}"/>'))
    assert "destination" in e.message
