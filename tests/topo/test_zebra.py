# SPDX-License-Identifier: MIT
"""zebra by itself: configuration, the kernel's routes, interfaces, restarts."""

import os
import signal

import pytest
from harness import NotYet, netns, zapi
from harness.daemons import program

A, B = "2001:db8:a::/48", "2001:db8:b::/48"
OURS = ("proto 196", "proto zebra")


def route(dst, src, *hops):
    """A static route; each hop is (gateway, interface[, distance[, onlink]])."""
    names = ("gateway", "interface", "distance", "onlink")
    return {"destination-prefix": dst, "source-prefix": src,
            "next-hop": [dict(zip(names, h)) for h in hops]}


def config(*routes):
    return {"srcdest-static:static": {"route": list(routes)}}


# A next hop of each kind, and what must stand in the kernel for it.
KINDS = {
    "link-local": (route("2001:db8:1::/48", A, ("fe80::2", "v0")), "via fe80::2 dev v0"),
    "gateway": (route("2001:db8:2::/48", A, ("2001:db8:f::2", "")),
                "via 2001:db8:f::2 dev v0"),
    "both": (route("2001:db8:3::/48", A, ("2001:db8:f::2", "v0")),
             "via 2001:db8:f::2 dev v0"),
    "direct": (route("2001:db8:4::/48", A, ("direct", "v0")), "dev v0"),
    "blackhole": (route("2001:db8:5::/48", A, ("blackhole", "")), "blackhole"),
    "unreachable": (route("2001:db8:6::/48", A, ("unreachable", "")), "unreachable"),
    "prohibit": (route("2001:db8:7::/48", A, ("prohibit", "")), "prohibit"),
    "onlink": (route("2001:db8:8::/48", A, ("2001:db8:1234::1", "v0", 1, True)), "onlink"),
    "recursive": (route("2001:db8:9::/48", A, ("2001:db8:d::1", "")), "via fe80::2 dev v0"),
    "multipath": (route("2001:db8:10::/48", A, ("fe80::2", "v0"), ("fe80::3", "w0")),
                  "nexthop"),
    "floating": (route("2001:db8:11::/48", A, ("fe80::2", "v0", 5), ("fe80::3", "w0", 10)),
                 "via fe80::2 dev v0"),
    "default": (route("::/0", A, ("fe80::2", "v0")), "via fe80::2 dev v0"),
}
PLAIN = [route("2001:db8:d::/48", "::/0", ("fe80::2", "v0")),
         route("2001:db8:d::/48", B, ("fe80::3", "w0")),
         route("192.0.2.0/24", "0.0.0.0/0", ("10.1.2.9", ""))]
FULL = config(*PLAIN, *(r for r, _ in KINDS.values()))


@pytest.fixture
def one_router(topology):
    """one_router(config, option, ...): a router with two links and zebra."""
    def make(conf=None, *options):
        return topology({
            "nodes": {"r": {"router": True, "daemons": [("zebra", conf, {
                "user_options": list(options)})]}, "x": {}, "y": {}},
            "links": {"v": {"r": ("v0", ["2001:db8:f::1/64", "10.1.2.1/24"]), "x": ("x0", [])},
                      "w": {"r": ("w0", ["2001:db8:e::1/64"]), "y": ("y0", [])}},
        }, captures=False)
    return make


def kernel(node):
    """What we have in its kernel: sorted lines, a multipath route in one."""
    lines = []
    for family in ("-4", "-6"):
        for line in node.ip_out(family, "route", "show").splitlines():
            if line[:1].isspace():
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
    return sorted(line for line in lines if any(p in line for p in OURS))


def kernel_line(node, dst, src):
    dst = "default" if dst == "::/0" else dst
    for line in kernel(node):
        w = line.split()
        w = w[1:] if w[0] in ("blackhole", "unreachable", "prohibit") else w
        if w[:3] == [dst, "from", src]:
            return line
    raise NotYet(f"no {dst} from {src}")


def reconfigure(net, conf):
    net["r"].zebra.config = conf
    net["r"].zebra.reload()


def said(zebra, text):
    return zebra.log_text().count(text)


def rows(net, line, **want):
    """Rows of a show command that have these members."""
    return [r for r in net["r"].zebra.show(line)["routes"]
            if all(r.get(k) == v for k, v in want.items())]


def settled(net, line="show ipv6 route"):
    """Until nothing waits for the kernel any more; what it has then."""
    net.wait(lambda: not rows(net, line, queued=True), 5, "nothing queued")
    return kernel(net["r"])


def full_router(one_router, *options):
    net = one_router(FULL, *options)
    net.wait(lambda: len(rows(net, "show ipv6 route static", installed=True)) == len(KINDS) + 2,
             5, "every static route installed")
    net.wait(lambda: rows(net, "show ip route static", installed=True), 5, "the IPv4 one, too")
    return net, settled(net)


def back_to(net, want):
    def same():
        have = kernel(net["r"])
        if have != want:
            raise NotYet("missing: %s; too much: %s" % (sorted(set(want) - set(have)),
                                                        sorted(set(have) - set(want))))
        return True
    net.wait(same, 5, "the kernel's routes as before")


def test_every_kind_of_next_hop_reaches_the_kernel(one_router):
    net, _ = full_router(one_router)
    for name, (r, want) in KINDS.items():
        line = kernel_line(net["r"], r["destination-prefix"], r["source-prefix"])
        assert want in line, name
        assert "proto 196 metric 21" in line, name
    both = kernel_line(net["r"], "2001:db8:10::/48", A)
    assert "via fe80::2 dev v0" in both and "via fe80::3 dev w0" in both
    # The plain route is found although a (D,S) of its D shadows it.
    for src, via in (("2001:db8:99::1", "fe80::2"), ("2001:db8:b::1", "fe80::3")):
        out = net["r"].ip_out("-6", "route", "get", "2001:db8:d::1", "from", src, "iif", "w0")
        assert f"via {via}" in out, out


def test_one_packet_s_way(one_router):
    net, _ = full_router(one_router)
    zebra = net["r"].zebra
    for dst, src, want in (("2001:db8:d::1", "2001:db8:b::1", ("2001:db8:d::/48", B)),
                           ("2001:db8:d::1", "2001:db8:a::1", ("2001:db8:d::/48", "::/0")),
                           # No source of 2001:db8:1::/48 fits: fall through, and nothing there.
                           ("2001:db8:1::1", "2001:db8:b::1", None),
                           ("2001:db8:77::1", "2001:db8:a::1", ("::/0", A))):
        found = [(r["destination"], r["source"])
                 for r in zebra.show(f"show ipv6 route {dst} from {src}")["routes"]]
        assert found == ([want] if want else []), (dst, src)


def test_a_pair_is_shown_exactly(one_router):
    net, _ = full_router(one_router)
    r, = rows(net, f"show ipv6 route 2001:db8:d::/48 from {B}")
    assert (r["destination"], r["source"]) == ("2001:db8:d::/48", B)
    assert r["nexthops"][0]["interfaceName"] == "w0" and r["selected"] and r["installed"]
    assert {x["source"] for x in rows(net, "show ipv6 route 2001:db8:d::/48")} == {B, "::/0"}
    text = net["r"].zebra.show_text("show ipv6 route static")
    assert "S>* ::/0 from 2001:db8:a::/48 [1/0] via fe80::2, v0, " in text
    assert "S   2001:db8:11::/48 from 2001:db8:a::/48 [10/0] via fe80::3, w0, " in text


@pytest.mark.parametrize("how", ["at once", "slowly"])
def test_a_link_flap_brings_the_routes_back(one_router, how):
    net, before = full_router(one_router)
    r = net["r"]
    if how == "at once":
        r.ip("link set v0 down", "link set v0 up", "addr replace 2001:db8:f::1/64 dev v0 nodad")
    else:
        r.ip("link set v0 down")
        # The floating one takes over meanwhile.
        net.wait(lambda: "via fe80::3 dev w0" in kernel_line(r, "2001:db8:11::/48", A), 5,
                 "the standby next hop")
        r.ip("link set v0 up", "addr replace 2001:db8:f::1/64 dev v0 nodad")
    back_to(net, before)


def test_a_lost_carrier_takes_and_returns_the_routes(one_router):
    net, before = full_router(one_router)
    net.link_set("x", "x0", "down")
    net.wait(lambda: not rows(net, f"show ipv6 route ::/0 from {A}", installed=True), 5,
             "the route over the dead link not used")
    net.link_set("x", "x0", "up")
    back_to(net, before)


def test_a_route_deleted_by_hand_is_repaired(one_router):
    net, before = full_router(one_router)
    r = net["r"]
    r.ip(f"route del ::/0 from {A} metric 21")
    back_to(net, before)
    r.ip("route del 2001:db8:d::/48 from 8000::/1 metric 21")
    back_to(net, before)
    r.ip_out("-6", "route", "flush", "proto", "196")
    back_to(net, before)


def monitored(net, action):
    """The IPv6 route notifications that the kernel sends during action()."""
    path = os.path.join(net.dir, "monitor")
    with open(path, "wb") as f:
        p = net["r"].ns.popen(["ip", "-6", "monitor", "route"], stdout=f)
    try:
        marks = iter(range(100))

        def mark():
            """A change of somebody else's, to know that the monitor has come this far."""
            name = "2001:db8:ffff:%x::/64" % next(marks)
            net["r"].ip(f"route add unreachable {name}", f"route del {name}")
            with open(path, encoding="utf-8") as f:
                return f"Deleted unreachable {name}" in f.read()
        net.wait(mark, 5, "the monitor listening")
        action()
        net.wait(mark, 5, "the monitor having seen it all")
    finally:
        p.kill()
        p.wait()
    with open(path, encoding="utf-8") as f:
        return [line for line in f if "2001:db8:ffff:" not in line]


def test_kill_and_restart_touches_no_route(one_router):
    net, before = full_router(one_router)
    zebra = net["r"].zebra

    def life():
        zebra.kill()
        assert kernel(net["r"]) == before
        zebra.start()
        net.wait(lambda: len(rows(net, "show ipv6 route static", installed=True))
                 == len(KINDS) + 2, 5, "all routes adopted")
    assert [line for line in monitored(net, life) if any(p in line for p in OURS)] == []
    assert kernel(net["r"]) == before


def test_what_is_configured_no_more_waits_for_a_static_client(one_router):
    """It may be the client's, who is not back yet: FRR's staticd has the same protocol number."""
    net, before = full_router(one_router, "--retain", "3600")
    r = net["r"]
    r.zebra.kill()
    r.ip(f"route add 2001:db8:77::/48 from {A} via fe80::2 dev v0 proto babel metric 21")
    r.zebra.config = config(PLAIN[0])
    r.zebra.start()
    net.wait(lambda: len(rows(net, "show ipv6 route static", installed=True)) == 1, 5, "adopted")
    assert kernel(r) == before
    c = zapi.Client(r.zebra, zapi.hello(zapi.STATIC), zapi.complete(zapi.AFI4),
                    zapi.complete())
    net.wait(lambda: len(kernel(r)) == 1, 5, "the unconfigured routes gone")
    assert kernel(r) == ["2001:db8:d::/48 via fe80::2 dev v0 proto 196 metric 20 pref medium"]
    # babel's is still waited for.
    assert "proto babel metric 21" in r.ip_out("-6", "route", "show", "2001:db8:77::/48")
    c.close()


def test_nobody_s_leftovers_are_swept(one_router):
    net = one_router(config(), "--retain", "1")
    r = net["r"]
    r.zebra.kill()
    r.ip(f"route add 2001:db8:77::/48 from {A} via fe80::2 dev v0 proto babel metric 21",
         "route add unreachable 2001:db8:77::/48 proto zebra metric 20")
    r.zebra.start()
    net.wait(lambda: "2001:db8:77::/48" not in r.ip_out("-6", "route", "show"), 10, "swept")


def test_an_orderly_end_keeps_the_routes_unless_told(one_router):
    net, before = full_router(one_router)
    zebra = net["r"].zebra
    assert zebra.stop() == 0
    assert kernel(net["r"]) == before
    zebra.user_options = ["--flush-on-exit"]
    zebra.start()
    assert zebra.stop() == 0
    assert kernel(net["r"]) == []
    zebra.start()
    back_to(net, before)


def test_as_many_next_hops_as_the_kernel_is_given(one_router):
    """64 of a route; a 65th is refused in the configuration, not dropped on the way."""
    net = one_router(config(route("2001:db8:cd::/48", A,
                                  *((f"fe80::{i:x}", "v0") for i in range(0x100, 0x140)))))
    net.wait(lambda: rows(net, f"show ipv6 route 2001:db8:cd::/48 from {A}", installed=True), 5,
             "installed")
    line = f"ipv6 route 2001:db8:cd::/48 from {A} fe80::140 v0\n"
    says, content = net["r"].mgmtd.load(line)
    assert "next-hop" in says and "many" in says, (says, content)
    row, = rows(net, f"show ipv6 route 2001:db8:cd::/48 from {A}", installed=True)
    assert len(row["nexthops"]) == 64


def test_a_refusal_is_shown_with_its_reason_and_logged_once(one_router):
    net = one_router()
    address = net["r"].ip_out("-o", "addr", "show", "dev", "v0", "scope", "link").split()[3]
    # Link-local addresses repeat from link to link, so it is the kernel that knows.
    own = route("2001:db8:cc::/48", A, (address.split("/")[0], "v0"))
    reconfigure(net, config(own))

    def refused():
        return rows(net, f"show ipv6 route 2001:db8:cc::/48 from {A}", failed=True)
    row, = net.wait(refused, 5, "the kernel's refusal")
    assert "Invalid argument" in row["failureReason"] and row["selected"]
    zebra = net["r"].zebra
    text = zebra.show_text("show ipv6 route static")
    assert "S>r 2001:db8:cc::/48" in text and "Invalid argument" in text
    # Events that make zebra look again do not make it log again.
    net.link_set("x", "x0", "down")
    net.link_set("x", "x0", "up")
    net.wait(refused, 5, "refused still")
    reconfigure(net, config(own, PLAIN[0]))
    net.wait(refused, 5, "refused still")
    assert said(zebra, "refuses the static route 2001:db8:cc::/48") == 1


def test_a_next_hop_that_can_not_be_used_is_held_with_its_reason(one_router):
    """No route is lost for it, and the kernel is not asked; when the reason goes, so does
    the wait."""
    net = one_router(config(
        route("2001:db8:c0::/48", A, ("2001:db8:f::1", "")),
        route("2001:db8:c1::/48", A, ("2001:db8:f::9", "nosuch0"), ("fe80::2", "v0")),
        route("2001:db8:c2::/48", A, ("2001:db8:f::9", "w0")),
        route("2001:db8:c3::/48", "::/0", ("2001:db8:c4::1", "")),
        route("2001:db8:c4::/48", "::/0", ("2001:db8:c3::1", ""))))
    reasons = {"2001:db8:c0::/48": "the gateway is an address of this host",
               "2001:db8:c2::/48": "no connected prefix on the interface covers the gateway",
               "2001:db8:c3::/48": "the way to the gateway leads back to this route",
               "2001:db8:c4::/48": "the way to the gateway leads back to this route"}

    def text():
        return net["r"].zebra.show_text("show ipv6 route static")

    def held():
        lines = {line.split()[1]: line for line in text().splitlines() if line[:1] == "S"}
        return all(f"inactive ({why})" in lines[dst] for dst, why in reasons.items())
    net.wait(held, 5, "reasons shown")
    assert "via 2001:db8:f::9 inactive (there is no such interface)" in text()
    there = [line.split()[0] for line in kernel(net["r"]) if "proto 196" in line]
    assert there == ["2001:db8:c1::/48"]
    zebra = net["r"].zebra
    for dst in ("2001:db8:c3::/48", "2001:db8:c4::/48"):
        assert said(zebra, f"the static route {dst} is not used: the way to its gateway") == 1
    net["r"].ip_out("addr", "del", "2001:db8:f::1/64", "dev", "v0")
    net["r"].ip_out("addr", "add", "2001:db8:f::3/64", "dev", "v0", "nodad")
    net.wait(lambda: "via 2001:db8:f::1 dev v0" in kernel_line(net["r"], "2001:db8:c0::/48", A),
             5, "usable once the address has gone")


# Lines that are refused.
BAD = {
    "families": "ipv6 route ::/0 from 10.0.0.0/8 fe80::2 v0",
    "gateway's family": f"ipv6 route ::/0 from {A} 10.1.2.9",
    "IPv6 source": "ip route 10.0.0.0/8 from 2001:db8::/32 10.1.2.9",
    "link-local alone": f"ipv6 route ::/0 from {A} fe80::2",
    "dropping on an interface": f"ipv6 route ::/0 from {A} blackhole v0",
    "dropping beside forwarding": f"ipv6 route ::/0 from {A} blackhole\n"
                                  f"ipv6 route ::/0 from {A} fe80::2 v0",
    "no next hop": f"ipv6 route ::/0 from {A}",
    "no prefix": f"ipv6 route 2001:db8::/129 from {A} fe80::2 v0",
    "distance": f"ipv6 route ::/0 from {A} fe80::2 v0 256",
}


def test_a_bad_line_changes_nothing(one_router):
    net, before = full_router(one_router)
    for name, bad in BAD.items():
        says, content = net["r"].mgmtd.load("ipv6 route 2001:db8:5a::/48 fe80::2 v0\n" + bad + "\n")
        assert not content, name
        assert "change.conf:2" in says or "/srcdest-static:static/route" in says, f"{name}: {says}"
        assert kernel(net["r"]) == before, name
    reconfigure(net, config())
    net.wait(lambda: kernel(net["r"]) == [], 5, "an empty configuration removes all")


@pytest.mark.parametrize("name", [n for n in BAD if n != "link-local alone"])
def test_a_bad_file_is_exit_1_of_the_check(one_router, name):
    """The check knows the model's rules; that left out is zebra's own."""
    net = one_router()
    mgmtd = net["r"].mgmtd
    path = os.path.join(mgmtd.dir, "bad.conf")
    with open(path, "w", encoding="ascii") as f:
        f.write(f"ipv6 route 2001:db8:5a::/48 fe80::2 v0\n{BAD[name]}\n")
    p = mgmtd.node.ns.popen([program("mgmtd"), "--rundir", mgmtd.dir, "--config", path,
                             "--config-check"], env=mgmtd.environment(), stdout=-1, stderr=-1)
    out, err = p.communicate(timeout=20)
    assert p.returncode == 1
    assert path in (out + err).decode()


def test_an_interface_may_come_later_and_go_by_another_name(one_router):
    net = one_router(config(route("::/0", A, ("fe80::9", "z0"))))
    r = net["r"]
    row, = rows(net, "show ipv6 route static")
    assert row["nexthops"][0]["reason"] == "there is no such interface"
    r.ip("link add z0 type veth peer name z1", "link set z0 up", "link set z1 up")
    net.wait(lambda: "dev z0" in kernel_line(r, "::/0", A), 5, "the route over the new interface")
    r.ip("link set z0 down", "link set z0 name q0", "link set q0 up")
    net.wait(lambda: not rows(net, "show ipv6 route static", installed=True), 5,
             "not over another name")
    r.ip("link del q0", "link add z0 type veth peer name z1", "link set z0 up", "link set z1 up")
    net.wait(lambda: "dev z0" in kernel_line(r, "::/0", A), 5, "over the one of its name again")


def test_routes_of_others_are_in_the_table(one_router):
    net = one_router(config(PLAIN[0]))
    r = net["r"]
    r.ip(f"route add 2001:db8:88::/48 from {A} via fe80::9 dev v0",
         "route add 2001:db8:89::/48 via fe80::9 dev v0 metric 33554532 proto bird")

    def kernels():
        return {(k["destination"], k["source"], k["distance"], k["metric"])
                for k in rows(net, "show ipv6 route kernel", installed=True)}
    want = {("2001:db8:88::/48", A, 0, 1024), ("2001:db8:89::/48", "::/0", 2, 100)}
    net.wait(lambda: kernels() == want, 5, "both kernel routes")
    # A foreign plain route is shadowed like ours when a (D,S) of its D comes.
    reconfigure(net, config(route("2001:db8:89::/48", A, ("fe80::2", "w0"))))
    net.wait(lambda: "via fe80::9" in r.ip_out(
        "-6", "route", "get", "2001:db8:89::1", "from", "2001:db8:99::1", "iif", "w0"), 5,
        "the foreign plain route found for other sources")
    r.ip(f"route del 2001:db8:88::/48 from {A}")
    net.wait(lambda: len(kernels()) == 1, 5, "the withdrawn one gone")
    # Set down, the link takes the other one along, too; it does not come back by itself.
    r.ip("link set v0 down", "link set v0 up")
    net.wait(lambda: kernels() == set(), 5, "gone with its link")


def test_connected_prefixes_follow_addresses_and_links(one_router):
    net = one_router()
    r = net["r"]

    def connected(line="show ipv6 route connected"):
        return {(c["destination"], c["nexthops"][0]["interfaceName"]) for c in rows(net, line)}
    both = {("2001:db8:f::/64", "v0"), ("2001:db8:e::/64", "w0")}
    net.wait(lambda: connected() == both, 5, "both connected")
    assert connected("show ip route connected") == {("10.1.2.0/24", "v0")}
    r.ip("addr add 2001:db8:f::5/64 dev v0 nodad", "addr del 2001:db8:f::1/64 dev v0",
         "addr add 2001:db8:33::1/64 dev w0 nodad")
    net.wait(lambda: connected() == both | {("2001:db8:33::/64", "w0")}, 5,
             "connected by the second address, and a new one")
    r.ip("addr del 2001:db8:f::5/64 dev v0")
    net.wait(lambda: ("2001:db8:f::/64", "v0") not in connected(), 5, "the last address gone")
    net.link_set("y", "y0", "down")
    net.wait(lambda: connected() == set(), 5, "nothing connected over a dead link")
    net.link_set("y", "y0", "up")
    net.wait(lambda: len(connected()) == 2, 5, "connected again")
    shown = r.zebra.show("show interface v0")["v0"]
    assert shown["operationalStatus"] == "up"
    assert "10.1.2.1/24" in {a["address"] for a in shown["ipAddresses"]}


def test_without_configuration_it_serves(one_router):
    net = one_router()
    zebra = net["r"].zebra
    # The harness itself knocks at the socket to see whether it is open.
    net.wait(lambda: zebra.show("show zebra client") == {"clients": []}, 5, "no client")
    assert said(zebra, "can hold routes with a source prefix") == 1
    zebra.signal(signal.SIGHUP)
    net.wait(lambda: zebra.show("show zebra client") == {"clients": []}, 5, "still there")
    assert zebra.running()


def test_without_mgmtd_it_goes_on_and_starts(one_router):
    """What runs stays; one that starts alone keeps the kernel's routes as they are, and
    nothing is written twice when mgmtd is back."""
    net, before = full_router(one_router, "--retain", "3600")
    r = net["r"]
    r.mgmtd.kill()
    net.wait(lambda: said(r.zebra, "mgmtd is gone"), 5, "the loss noticed")
    assert kernel(r) == before
    r.zebra.kill()
    r.zebra.start()
    assert kernel(r) == before

    def back():
        r.mgmtd.start()
        net.wait(lambda: said(r.zebra, "has sent the configuration") == 2, 10, "synced")
    assert [line for line in monitored(net, back) if any(p in line for p in OURS)] == []
    assert kernel(r) == before


def test_a_second_zebra_of_the_same_run_directory_is_refused(one_router):
    net = one_router()
    zebra = net["r"].zebra
    p = zebra.node.ns.popen(zebra.command(), env=zebra.environment(), stdout=-1, stderr=-1)
    _, err = p.communicate(timeout=20)
    assert p.returncode == 1 and str(zebra.process.pid) in err.decode()
    # The harness itself knocks at the socket to see whether it is open.
    net.wait(lambda: zebra.show("show zebra client") == {"clients": []}, 5, "no client")


def test_many_routes_come_and_go(one_router):
    """More than one turn of the loop and one batch can take; and the daemon answers meanwhile."""
    many = [route("2001:db8:%x:%x::/64" % (0x100 + i // 1000, i % 1000), s, ("fe80::2", "v0"))
            for i in range(3000) for s in (A, B)]
    net = one_router(config())

    def count():
        return len([line for line in kernel(net["r"]) if "proto 196" in line])
    reconfigure(net, config(*many))
    net.wait(lambda: count() == len(many), 30, "all there")
    total = net["r"].zebra.show("show ipv6 route summary")
    assert {"type": "static", "rib": 6000, "fib": 6000, "sourced": 6000} in total["routes"]
    reconfigure(net, config())
    net.wait(lambda: kernel(net["r"]) == [], 30, "all gone")


def test_help_tells_the_own_options(one_router):
    net = one_router()
    cmd = net["r"].zebra.command()
    out = netns.run([cmd[0], "--help"])
    assert "--retain SECONDS" in out and "--flush-on-exit" in out
    for bad in ("x", "-1", "1s", "86401"):
        p = net["r"].ns.popen([cmd[0], "--retain", bad], stdout=-1, stderr=-1)
        _, err = p.communicate(timeout=20)
        assert p.returncode == 2 and bad in err.decode()
