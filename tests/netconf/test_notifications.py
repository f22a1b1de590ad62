# SPDX-License-Identifier: MIT
"""RFC 5277 subscriptions: commits, sessions, and what daemons tell."""

import pytest
from harness.wait import wait_until
from ncclient.operations import RPCError
from ncclient.transport import AuthenticationError
from ncclient.xml_ import to_ele

import server
from server import NS, config, hostname


class Listener:
    """A session that has subscribed, and what has come."""

    def __init__(self, site, user="adm", only=None):
        self.m = site.client(user)
        if only:
            # ncclient would put <filter> into another namespace than RFC 5277 does.
            self.m.dispatch(to_ele(f'<create-subscription xmlns="{server.EVENT}">'
                                   f'<filter type="subtree">{only}</filter></create-subscription>'))
        else:
            self.m.create_subscription()
        self.got = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.m.close_session()

    def collect(self):
        while (n := self.m.take_notification(block=False)):
            self.got.append(n.notification_ele)
        return self.got

    def wait(self, path, what=None):
        def seen():
            for n in self.collect():
                found = n.xpath(path, namespaces=NS)
                if len(found):
                    return [n]
            return None
        return wait_until(seen, 20, what or path)[0]


def test_commit(nc, site):
    with Listener(site) as l:
        nc.edit_config(target="running", config=config(hostname("told")))
        n = l.wait("n:netconf-config-change[n:edit/n:operation='create']")
        assert n.find("e:eventTime", NS) is not None
        assert n.find(".//n:username", NS).text == "adm"
        target = n.find(".//n:target", NS)
        # Prefixes of the path are bound.
        prefix = target.text.split(":")[0].lstrip("/")
        assert target.nsmap[prefix] == server.SYS and "hostname" in target.text
        # Interleave: the subscribed session goes on working.
        assert server.running_hostname(l.m) == "told"


def test_sessions(nc, site):
    with Listener(site) as l:
        with site.client("viewer") as v:
            sid = str(v.session_id)
        n = l.wait(f"n:netconf-session-start[n:session-id='{sid}']")
        assert n.find(".//n:source-host", NS).text == "::1"
        l.wait(f"n:netconf-session-end[n:session-id='{sid}'][n:termination-reason='closed']")
        victim = site.client("adm")
        nc.kill_session(str(victim.session_id))
        n = l.wait(f"n:netconf-session-end[n:session-id='{victim.session_id}']")
        assert n.find(".//n:killed-by", NS).text == str(nc.session_id)


def test_confirmed_commit(nc, site):
    with Listener(site) as l:
        nc.edit_config(target="candidate", config=config(hostname("c")))
        nc.commit(confirmed=True, timeout="60")
        n = l.wait("n:netconf-confirmed-commit[n:confirm-event='start']")
        assert n.find(".//n:timeout", NS).text == "60"
        nc.commit(confirmed=True, timeout="1")
        l.wait("n:netconf-confirmed-commit[n:confirm-event='extend']")
        l.wait("n:netconf-confirmed-commit[n:confirm-event='timeout']")


def test_neighbours_and_routes(nc, site):
    site.topology.wait(lambda: "2001:db8:2::/48" in nc.get(
        ("subtree", f'<rib xmlns="{server.RIB}"/>')).data_xml, 20, "r2's route")
    with Listener(site) as l:
        site.topology.link_set("r2", "e0", "down")
        l.wait("bs:neighbor-down[bs:address='fe80::2']")
        n = l.wait("bs:route-withdrawn[bs:source-prefix='2001:db8:a::/48']")
        assert n.find(".//bs:destination-prefix", NS).text == "2001:db8:2::/48"
        # The kernel took its addresses along.
        site.topology["r2"].ip("link set e0 up", "addr add fe80::2/64 dev e0 nodad",
                               "addr add 2001:db8:1::2/64 dev e0 nodad")
        l.wait("bs:neighbor-up[bs:address='fe80::2']")


def test_drift(nc, site):
    """Who changes our routes in the kernel is told of, and what was done about it."""
    r1, pair = site.topology["r1"], "2001:db8:2::/48 from 2001:db8:a::/48"
    site.topology.wait(lambda: "proto babel" in r1.ip_out("-6", "route", "show"), 20, "r2's route")
    with Listener(site) as l:
        r1.ip(f"route del {pair} metric 21")
        n = l.wait("fib:fib-drift[fib:missing='1']")
        assert [n.find(f".//fib:{e}", NS).text for e in
                ("different", "unexpected", "destination-prefix", "source-prefix",
                 "noticed-by")] == \
            ["0", "0", "2001:db8:2::/48", "2001:db8:a::/48", "notification"]
        assert int(n.find(".//fib:process", NS).text) > 0
    site.topology.wait(lambda: "metric 21" in r1.ip_out(*f"-6 route show {pair}".split()), 20,
                       "the route back")
    data = nc.get(("subtree", '<fib-state xmlns="urn:srcdest:yang:fib"/>')).data
    assert int(data.find(".//fib:drift/fib:missing", NS).text) >= 1
    says = str(nc.dispatch(to_ele('<check-fib xmlns="urn:srcdest:yang:fib"/>')))
    assert ">0</missing>" in says.replace("fib:", "") and "comparisons" in says, says


def test_a_failed_login(nc, site):
    with Listener(site) as l:
        with pytest.raises(AuthenticationError):
            site.client("adm", key=site.key("outsider"))
        n = l.wait("s:authentication-failure")
        assert n.find(".//s:from", NS).text == "::1 ssh"


def test_filter_and_access(nc, site):
    change = f'<netconf-config-change xmlns="{server.NOTIF}"/>'
    with Listener(site, only=change) as l, Listener(site, "viewer") as v:
        site.client("outsider").close_session()
        nc.edit_config(target="running", config=config(hostname("f")))
        l.wait("n:netconf-config-change")
        v.wait("n:netconf-config-change")
        v.wait("n:netconf-session-end")
        names = {e[1].tag.split("}")[1] for e in l.got}
        assert names == {"netconf-config-change"}
        # A rule keeps starts of sessions from viewers.
        assert "netconf-session-start" not in {e[1].tag.split("}")[1] for e in v.got}


def test_refused_subscriptions(nc):
    for kw in ({"stream_name": "OTHER"}, {"start_time": "2026-01-01T00:00:00Z"}):
        with pytest.raises(RPCError):
            nc.create_subscription(**kw)
    nc.create_subscription()
    with pytest.raises(RPCError):
        nc.create_subscription()
