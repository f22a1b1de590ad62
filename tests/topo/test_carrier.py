# SPDX-License-Identifier: MIT
"""What carries Babel on a link that has both families, and what Babel carries over it.

    h1 -- r1 ==== r2 -- h2		every link has IPv4, global and link-local IPv6
"""

import pytest
from harness import NotYet
from harness import site as place

LANS = ("198.51.100", "203.0.113")
PORT = "6696"


def router(ifname="c0"):
    conf = place.babel([ifname], ["connected"])
    conf["srcdest-babel:babel"]["redistribute"].append({"family": "ipv4", "protocol": "connected"})
    return {"router": True, "daemons": [("zebra", {}), ("babeld", conf)]}


def host(k):
    # The topology's commands are of ip -6; the IPv4 route is made by the test.
    return {"commands": [f"route add ::/0 via 2001:db8:{k}::1 dev h0"]}


def lan(k, node, name):
    return {node: ("h0", [f"{LANS[k - 1]}.1/24", f"2001:db8:{k}::1/64", f"fe80::{k}1/64"]),
            name: ("h0", [f"{LANS[k - 1]}.10/24", f"2001:db8:{k}::10/64"])}


SPEC = {"nodes": {"r1": router(), "r2": router(), "h1": host(1), "h2": host(2)},
        "links": {"core": {n: ("c0", [f"192.0.2.{k}/24", f"2001:db8:c::{k}/64", f"fe80::{k}/64"])
                           for k, n in ((1, "r1"), (2, "r2"))},
                  "lan1": lan(1, "r1", "h1"), "lan2": lan(2, "r2", "h2")}}


def reaches(net, node, *targets):
    def check():
        for t in targets:
            out = net[node].ns.run(["ping", "-n", "-c", "1", "-W", "1", t], check=False)
            if " 1 received" not in out:
                raise NotYet(f"{node} to {t}: {out}")
        return True
    net.wait(check, 40, f"{node} reaches {targets}")


@pytest.mark.rfc("8966-3.1-a", "8966-4-a")
def test_ipv6_carries_the_routes_of_both_families(topology):
    net = topology(SPEC)
    for k in (1, 2):
        net[f"h{k}"].ns.run(["ip", "route", "add", "default", "via", f"{LANS[k - 1]}.1"])
    reaches(net, "h1", f"{LANS[1]}.10", "2001:db8:2::10")
    reaches(net, "h2", f"{LANS[0]}.10", "2001:db8:1::10")
    capture = net.captures["core"]
    rows = capture.fields(f"udp.port == {PORT} && ipv6", "ipv6.src", "ipv6.dst", "ipv6.hlim",
                          "udp.srcport", "udp.dstport")
    assert {r[0] for r in rows} == {"fe80::1", "fe80::2"}
    # Both kinds of destination were used, and nothing but link-local scope.
    assert {r[1] for r in rows} == {"ff02::1:6", "fe80::1", "fe80::2"}
    assert {tuple(r[2:]) for r in rows} == {("1", PORT, PORT)}
    # No Babel over IPv4, by unicast or to the group of RFC 8966 5; no membership in it.
    assert capture.count(f"ip && (udp.port == {PORT} || ip.dst == 224.0.0.111)") == 0
    for node in ("r1", "r2"):
        assert "224.0.0.111" not in net[node].ip_out("-4", "maddr", "show", "dev", "c0")
        udp = net[node].ns.run(["cat", "/proc/net/udp"])
        assert f":{int(PORT):04X} " not in udp
        assert f":{int(PORT):04X} " in net[node].ns.run(["cat", "/proc/net/udp6"])


@pytest.mark.rfc("8966-C-b")
def test_no_line_lowers_a_metric_or_lengthens_a_prefix(topology):
    """What the grammar of filters does not have can't be configured."""
    net = topology(SPEC)
    r = net["r1"]
    for rule in ("add metric -1", "add metric 0", "set metric -1", "add metric 65535",
                 "set destination 2001:db8:2::/65", "set from 2001:db8::/64"):
        says, content = r.mgmtd.load(f"router babel\n babel filter in 10 permit {rule}\nexit\n")
        assert not content and "babel filter" in says, (rule, says)
    says, content = r.mgmtd.load("router babel\n babel filter in 10 permit add metric 1\nexit\n")
    assert content, says
