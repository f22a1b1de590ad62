# SPDX-License-Identifier: MIT
"""`show ipv6 route A from B`: what was passed over and why, where the packet goes, and what
the kernel answers for the same packet."""

import pytest
from harness import NotYet, netns

A, B = "2001:db8:a::/48", "2001:db8:b::/48"
FROM_A, FROM_B, FROM_C = "2001:db8:a::5", "2001:db8:b::5", "2001:db8:c::5"


def route(dst, src, *hops):
    names = ("gateway", "interface", "distance", "onlink")
    return {"destination-prefix": dst, "source-prefix": src,
            "next-hop": [dict(zip(names, h)) for h in hops]}


CONFIG = {"srcdest-static:static": {"route": [
    route("::/0", A, ("fe80::2", "v0"), ("fe80::3", "w0", 250)),
    route("::/0", B, ("fe80::3", "w0")),
    route("2001:db8:d::/48", "::/0", ("fe80::2", "v0")),
    route("2001:db8:d::/48", B, ("fe80::3", "w0")),
    route("2001:db8:e1::/48", A, ("fe80::2", "gone0"), ("blackhole", "", 255)),
    route("2001:db8:e2::/48", A, ("2001:db8:f::1", "")),
    route("2001:db8:e3::/48", A, ("unreachable", "")),
    route("2001:db8:e4::/48", A, ("fe80::2", "v0"), ("fe80::3", "w0")),
    route("2001:db8:e5::/48", "::/0", ("2001:db8:d::9", "")),
    route("192.0.2.0/24", "0.0.0.0/0", ("10.1.2.9", "")),
    route("198.51.100.0/24", "0.0.0.0/0", ("10.1.2.8", "")),
]}}


@pytest.fixture(params=["subtrees", "rules"])
def net(topology, request):
    """Both ways of the FIB compiler: what is asked, and what is right, is the same."""
    config = {**CONFIG, "srcdest-fib:fib": {"ipv6-backend": request.param}}
    n = topology({
        "nodes": {"r": {"router": True, "daemons": [("zebra", config)]}, "x": {}, "y": {}},
        "links": {"v": {"r": ("v0", ["2001:db8:f::1/64", "fe80::1/64", "10.1.2.1/24"]),
                        "x": ("x0", ["fe80::2/64"])},
                  "w": {"r": ("w0", ["fe80::1/64"]), "y": ("y0", ["fe80::3/64"])}},
    }, captures=False)

    def quiet():
        rows = n["r"].zebra.show("show ipv6 route")["routes"]
        if any(r["queued"] for r in rows) or \
                sum(r["installed"] and r["protocol"] == "static" for r in rows) != 7:
            raise NotYet([(r["destination"], r["source"], r["state"]) for r in rows])
        return True
    n.wait(quiet, 10, "routes in the kernel")
    n.rules = request.param == "rules"
    return n


def explain(net, dst, src, iif=None):
    family = "ipv6" if ":" in dst else "ip"
    line = f"show {family} route {dst} from {src}" + (f" iif {iif}" if iif else "")
    return net["r"].zebra.show(line)


def text(net, dst, src):
    return net["r"].zebra.show_text(f"show ipv6 route {dst} from {src}")


def passed(answer):
    return [(p["destination"], p["source"], p["verdict"]) for p in answer["pair"]]


def hops(part):
    return [(h.get("gateway"), h.get("interface")) for h in part["nextHop"]]


def agrees(answer, word="equal", difference=None):
    k = answer["kernel"]
    return (k["agreement"], k.get("difference")) == (word, difference)


def test_destinations_longest_first(net):
    # Fallen through: RFC 9079 4.
    a = explain(net, "2001:db8:e3::1", FROM_B)
    assert passed(a) == [("2001:db8:e3::/48", A, "source"), ("::/0", A, "source"),
                         ("::/0", B, "takes")]
    assert (a["way"]["destination"], a["way"]["source"]) == ("::/0", B)
    assert hops(a["way"]) == hops(a["kernel"]) == [("fe80::3", "w0")]
    assert agrees(a)
    # A plain route is found by one of its halves where a source shadows it.
    a = explain(net, "2001:db8:d::1", FROM_A)
    assert passed(a) == [("2001:db8:d::/48", B, "source"), ("2001:db8:d::/48", "::/0", "takes")]
    assert a["kernel"]["source"] == ("::/0" if net.rules else "::/1") and agrees(a)
    a = explain(net, "2001:db8:d::1", FROM_B)
    assert passed(a) == [("2001:db8:d::/48", B, "takes"),
                         ("2001:db8:d::/48", "::/0", "longer-source")]
    assert agrees(a)
    assert a["kernel"].get("ruleSource" if net.rules else "source") == B
    assert ("by our rule for packets from " + B in text(net, "2001:db8:d::1", FROM_B)) == net.rules
    a = explain(net, "2001:db9::1", FROM_C)
    assert passed(a) == [("::/0", A, "source"), ("::/0", B, "source")]
    assert "way" not in a and a["kernel"]["kind"] == "none" and agrees(a)


def test_each_candidate_says_why(net):
    a = explain(net, "2001:db9::1", FROM_A)
    assert passed(a) == [("::/0", B, "source"), ("::/0", A, "takes")]
    best, second = a["pair"][1]["candidate"]
    assert (best["state"], best["distance"]) == ("installed", 1) and "better" not in best
    assert (second["state"], second["distance"]) == ("candidate", 250)
    assert second["better"] == {"protocol": "static", "instance": 0, "distance": 1, "metric": 0}
    says = text(net, "2001:db9::1", FROM_A)
    assert "distance 250 is more than static's 1" in says
    assert "  ::/0 from 2001:db8:a::/48: takes the packet\n" in says
    assert says.endswith("\n  equal\n\n") or says.endswith("\n  equal\n")

    says = text(net, "2001:db8:e1::1", FROM_A)
    assert "none can be used" in says and "inactive (there is no such interface)" in says
    assert "distance 255 is never used" in says
    says = text(net, "2001:db8:e2::1", FROM_A)
    assert "inactive (the gateway is an address of this host)" in says
    # The same in short.
    whole = net["r"].zebra.show_text("show ipv6 route")
    assert "[255/0] unreachable (blackhole), 00:" in whole
    assert ", distance 255 is never used\n" in whole


def test_what_drops_and_what_is_resolved(net):
    a = explain(net, "2001:db8:e3::1", FROM_A)
    assert a["way"]["nextHop"][0]["type"] == "unreachable"
    assert a["kernel"]["kind"] == "unreachable" and agrees(a)
    a = explain(net, "2001:db8:e5::1", FROM_A)
    assert hops(a["way"]) == [("fe80::2", "v0")] and agrees(a)


def test_the_kernel_s_choice_among_several_is_no_difference(net):
    taken = set()
    for i in range(40):
        a = explain(net, f"2001:db8:e4::{i:x}", FROM_A)
        assert sorted(hops(a["way"])) == sorted(hops(a["kernel"])) and agrees(a)
        taken.add(hops(a["kernel"])[a["kernel"]["taken"]])
    assert taken == {("fe80::2", "v0"), ("fe80::3", "w0")}


def test_as_from_an_interface(net):
    a = explain(net, "2001:db9::1", FROM_A, "w0")
    assert a["kernel"]["interface"] == "w0" and agrees(a)
    # IPv4: by the way back, unless one is named.
    a = explain(net, "192.0.2.1", "198.51.100.1")
    assert a["kernel"]["interface"] == "v0" and agrees(a)
    a = explain(net, "192.0.2.1", "198.51.100.1", "w0")
    assert a["kernel"]["interface"] == "w0" and agrees(a)
    a = explain(net, "192.0.2.1", "203.0.113.1")
    assert a["kernel"]["kind"] == "not-asked" and agrees(a, "unknown")
    a = explain(net, "192.0.2.1", "10.1.2.1")  # our own packet
    assert "interface" not in a["kernel"] and agrees(a)
    with pytest.raises(netns.CommandFailed, match="there is no interface none0"):
        net["r"].zebra.show_text("show ipv6 route ::1 from ::1 iif none0")


def test_expected_differences(net):
    assert agrees(explain(net, "2001:db8:f::1", FROM_A), "expected", "own-address")
    assert agrees(explain(net, "ff02::1", FROM_A), "expected", "own-address")
    assert agrees(explain(net, "fe80::9", FROM_C), "expected", "link-local")


def test_a_rule_of_somebody_else_is_a_difference(net):
    r = net["r"]
    r.ip_out("-6", "rule", "add", "from", FROM_A, "lookup", "77", "pref", "9")
    r.ip("route add default via fe80::3 dev w0 table 77")
    a = explain(net, "2001:db9::1", FROM_A)
    assert agrees(a, "different", "other-next-hops")
    assert a["kernel"]["table"] == 77 and hops(a["kernel"]) == [("fe80::3", "w0")]
    assert "  different: the kernel's route has other next hops\n" in \
        text(net, "2001:db9::1", FROM_A)
    a = explain(net, "2001:db8:d::1", FROM_A)
    assert agrees(a, "different", "other-route")
    r.ip_out("-6", "rule", "add", "from", FROM_C, "prohibit", "pref", "8")
    a = explain(net, "2001:db8:d::1", FROM_C)
    assert a["kernel"]["kind"] == "prohibit" and agrees(a, "different", "no-route")
    # Others are not concerned.
    assert agrees(explain(net, "2001:db8:d::1", FROM_B))


def test_the_kernel_loses_a_route(net):
    """Deleted by hand, the next question is answered after the repair or finds the difference;
    in the end they agree again."""
    r = net["r"]
    k = explain(net, "2001:db9::1", FROM_A)["kernel"]
    r.ip(f"route del ::/0 from {k['source']} table {k['table']} metric {k['metric']}")
    net.wait(lambda: agrees(explain(net, "2001:db9::1", FROM_A)), 5, "agreement")
    r.ip("link set w0 down")
    net.wait(lambda: passed(explain(net, "2001:db9::1", FROM_B))[-1] == ("::/0", B, "unusable"),
             5, "the dead link seen")
    a = explain(net, "2001:db9::1", FROM_B)
    assert "way" not in a and agrees(a)
    assert "inactive (the interface is down)" in text(net, "2001:db9::1", FROM_B)


def test_ip4_with_a_source(topology):
    """By rules, which IPv4 has; an IPv4 (D,S) is explained like any other."""
    plain, sourced = ("192.0.2.0/24", "0.0.0.0/0"), ("0.0.0.0/0", "10.7.0.0/16")
    config = {"srcdest-static:static": {"route": [route(*plain, ("10.1.2.9", "")),
                                                  route(*sourced, ("10.1.2.8", ""))]},
              "srcdest-fib:fib": {"ipv4-backend": "rules"}}
    n = topology({"nodes": {"r": {"router": True, "daemons": [("zebra", config)]}, "x": {}},
                  "links": {"v": {"r": ("v0", ["10.1.2.1/24", "10.7.0.1/16"]),
                                  "x": ("x0", [])}}}, captures=False)

    def there():
        rows = n["r"].zebra.show("show ip route")["routes"]
        return sum(r["installed"] and r["protocol"] == "static" for r in rows) == 2
    n.wait(there, 10, "both in the kernel")
    a = explain(n, "198.51.100.1", "10.7.0.9")
    assert passed(a) == [(*sourced, "takes")] and agrees(a)
    assert hops(a["kernel"]) == [("10.1.2.8", "v0")]
    assert a["kernel"]["ruleSource"] == sourced[1] and a["kernel"]["interface"] == "v0"
    # Destination first, also by rules.
    a = explain(n, "192.0.2.1", "10.7.0.9")
    assert passed(a) == [(*plain, "takes")] and agrees(a)
    a = explain(n, "198.51.100.1", "10.1.2.7")
    assert passed(a) == [(*sourced, "source")] and a["kernel"]["kind"] == "none" and agrees(a)
