# SPDX-License-Identifier: MIT
"""Routes with a source by policy rules: IPv4, and IPv6 where that is asked for.

      x --v0-- r --w0-- y        both answer for D and E
               |
              h0                 h: addresses in A and B

The default of B leads to y, that of all others to x; so does D, for everybody. So rules come
to B's table first, in which D must not be found: there it is a throw.
"""

import signal
import threading

import pytest
from harness import NotYet, netns, site, watch
from harness.probe import EchoServers, Stream

FAMILIES = {
    "ipv4": {"any": "0.0.0.0/0", "A": "10.3.1.0/24", "B": "10.3.2.0/24",
             "D": "192.0.2.0/24", "E": "198.51.100.0/24", "C": "203.0.113.0/24",
             "a": "10.3.1.9", "b": "10.3.2.9", "d": "192.0.2.1", "e": "198.51.100.1",
             "x": "10.1.0.2", "y": "10.2.0.2", "flag": "-4", "host": 32},
    "ipv6": {"any": "::/0", "A": "2001:db8:a::/48", "B": "2001:db8:b::/48",
             "D": "2001:db8:d::/48", "E": "2001:db8:e::/48", "C": "2001:db8:c::/48",
             "a": "2001:db8:a::9", "b": "2001:db8:b::9", "d": "2001:db8:d::1",
             "e": "2001:db8:e::1", "x": "fe80::2", "y": "fe80::2", "flag": "-6", "host": 128},
}
RIGHT = {("a", "d"): "x", ("b", "d"): "x", ("a", "e"): "x", ("b", "e"): "y"}
TABLE, PREFERENCE = "90790000", 9079
FOREIGN = "from 10.9.0.0/16 lookup 77 priority 9079"


def route(f, dst, src, exit_name):
    gateway, interface = f[exit_name], {"x": "v0", "y": "w0"}[exit_name]
    return {"destination-prefix": f[dst], "source-prefix": f[src],
            "next-hop": [{"gateway": gateway, "interface": interface}]}


def routes(f):
    return [route(f, "any", "any", "x"), route(f, "D", "any", "x"), route(f, "any", "B", "y")]


def config(*more, ipv4="rules", ipv6="rules"):
    return {"srcdest-static:static": {"route": [r for f in FAMILIES.values() for r in routes(f)]
                                      + list(more)},
            "srcdest-fib:fib": {"ipv4-backend": ipv4, "ipv6-backend": ipv6}}


@pytest.fixture
def place(topology):
    def make(*options, conf=None):
        def far(link):
            return {"router": True, "commands": [f"route add 2001:db8::/32 via fe80::1 dev {link}"]
                    + [f"addr add {FAMILIES['ipv6'][k]}/128 dev lo" for k in "de"]}
        net = topology({
            "nodes": {"r": {"router": True, "daemons": [
                ("zebra", conf or config(), {"user_options": list(options)})]},
                "x": far("x0"), "y": far("y0"),
                "h": {"commands": ["route add default via fe80::1 dev h0"]}},
            "links": {"v": {"r": ("v0", ["fe80::1/64", "10.1.0.1/24"]),
                            "x": ("x0", ["fe80::2/64", "10.1.0.2/24"])},
                      "w": {"r": ("w0", ["fe80::1/64", "10.2.0.1/24"]),
                            "y": ("y0", ["fe80::2/64", "10.2.0.2/24"])},
                      "h": {"r": ("h0", ["fe80::1/64", "2001:db8:a::1/64", "2001:db8:b::1/64",
                                         "10.3.1.1/24", "10.3.2.1/24"]),
                            "h": ("h0", ["2001:db8:a::9/64", "2001:db8:b::9/64",
                                         "10.3.1.9/24", "10.3.2.9/24"])}},
        }, captures=False)
        net["r"].ip_out("-4", "rule", "add", *FOREIGN.split())
        net["h"].ip_out("-4", "route", "add", "default", "via", "10.3.1.1")
        for node, gateway in (("x", "10.1.0.1"), ("y", "10.2.0.1")):
            net[node].ip_out("-4", "route", "add", "10.3.0.0/16", "via", gateway)
            for k in "de":
                net[node].ip_out("-4", "addr", "add", FAMILIES["ipv4"][k] + "/32", "dev", "lo")
        echo = EchoServers()
        for node in "xy":
            for f in FAMILIES.values():
                for k in "de":
                    echo.add(net[node].ns, f[k], node)
        echo.start()
        net.on_close(echo.close)
        return net
    return make


def right(net, family):
    f = FAMILIES[family]
    for (src, dst), exit_name in RIGHT.items():
        watch.meets(net, "h", f[src], f[dst], exit_name)


def rules(net, family):
    lines = [" ".join(line.split()) for line in
             net["r"].ip_out(FAMILIES[family]["flag"], "rule").splitlines()]
    return [line for line in lines if "proto zebra" in line and "lookup 20 " not in line]


def table(net, family, name=TABLE):
    lines = net["r"].ip_out(FAMILIES[family]["flag"], "route", "show", "table", name).splitlines()
    return sorted(" ".join(line.split()) for line in lines)


def whole(net, family):
    f = FAMILIES[family]
    right(net, family)

    def there():
        have = table(net, family), rules(net, family)
        prefix = int(f["B"].split("/")[1])
        want_rule = [f"{PREFERENCE + f['host'] - prefix}: from {f['B']} lookup {TABLE} proto zebra"]
        if have[1] != want_rule or len(have[0]) < 2 or \
                not any(line.startswith(f"throw {f['D']}") for line in have[0]) or \
                not any(line.startswith("default via") and "proto 196" in line
                        for line in have[0]):
            raise NotYet(have)
        return have[0]
    return net.wait(there, 10, f"table and rule of {family}")


def cost(net, family):
    rows = net["r"].zebra.show(f"show {family.replace('v4', '')} fib summary")
    return {row["name"]: row for row in rows}[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_packets_go_by_destination_first(place, family):
    net = place()
    have = whole(net, family)
    seen = cost(net, family)
    assert (seen["backend"], seen["rules"]) == ("rules", 1), seen
    # Three routes; the helpers are what the table has beside its one route.
    assert (seen["routes"], seen["helpers"]) == (3, len(have) - 1), seen
    assert "from 10.9.0.0/16 lookup 77" in net["r"].ip_out("rule")


@pytest.mark.parametrize("family", FAMILIES)
def test_what_others_delete_comes_back(place, family):
    net = place()
    f, r = FAMILIES[family], net["r"]
    before = whole(net, family)
    r.ip_out(f["flag"], "rule", "del", "from", f["B"], "lookup", TABLE)
    assert whole(net, family) == before
    r.ip_out(f["flag"], "route", "del", "default", "table", TABLE)
    assert whole(net, family) == before
    r.ip_out(f["flag"], "route", "del", "throw", f["D"], "table", TABLE)
    assert whole(net, family) == before


def drift(net):
    seen = net["r"].zebra.show("show ip fib check")
    return seen["drift"]["rulesMissing"], seen["drift"]["rulesUnexpected"]


def intact(net):
    """Both families as they should be; the comparison says so."""
    for family in FAMILIES:
        whole(net, family)

    def equal():
        seen = net["r"].zebra.show("show ipv6 fib check")
        have = [seen["rules" + k] for k in ("Equal", "Missing", "Unexpected")]
        if have != [2, 0, 0] or seen.get("ruleDifference"):
            raise NotYet(seen)
        return True
    net.wait(equal, 10, "rules as they should be")


# What somebody does to the rule `own` (and what it is about), and how many are missing and
# unexpected by that.
RULE_DRIFT = {
    "deleted": (["del {own}"], 1, 0),
    "moved, then": (["add {what} priority 9500 protocol zebra", "del {own}"], 1, 1),
    "moved, first": (["del {own}", "add {what} priority 5 protocol zebra"], 1, 1),
    "to another table": (["add from {B} lookup 90790009 priority {pref} protocol zebra"], 0, 1),
    "of another source": (["add from {D} lookup 90790000 priority 9100 protocol zebra"], 0, 1),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("what", RULE_DRIFT)
def test_rule_drift_is_repaired_and_told(place, what, family):
    """While zebra runs: deleted, moved and added rules by our protocol, each counted, told and
    set right; those of others stay."""
    net, f = place(), FAMILIES[family]
    r = net["r"]
    theirs = ["from 10.8.0.0/16 lookup 90790020 priority 9090",
              "from 10.8.0.0/16 lookup 20 priority 9090 protocol zebra"]
    for line in theirs:
        r.ip_out("-4", "rule", "add", *line.split())
    intact(net)
    before = drift(net)
    assert before == (0, 0)
    pref = PREFERENCE + f["host"] - int(f["B"].split("/")[1])
    about = f"from {f['B']} lookup {TABLE}"
    names = {"own": f"{about} priority {pref}", "what": about, "pref": pref, **f}
    commands, missing, unexpected = RULE_DRIFT[what]
    for command in commands:
        r.ip_out(f["flag"], "rule", *command.format(**names).split())
    intact(net)
    for line in theirs:
        assert line.split(" priority")[0] in r.ip_out("-4", "rule"), line
    assert drift(net) == (missing, unexpected)
    alarm = f"policy rules: {missing} missing, {unexpected} unexpected"
    net.wait(lambda: "policy rules: " in r.zebra.log_text(), 5, "an alarm in the log")
    assert alarm in r.zebra.log_text() or "moved" in what, r.zebra.log_text()


def overrun(r):
    """More than the buffer of a zebra that stands still can hold: what comes now is unheard."""
    for what in ("add", "del"):
        for i in range(50):
            r.ip_out("-4", "rule", what, "from", f"10.20.{i}.0/24", "lookup", "78")


def test_the_comparison_names_rules(place):
    """Asked for what it has not heard of, zebra names what it sees, and repairs it."""
    net, f = place("--nl-bufsize", "8192"), FAMILIES["ipv4"]
    r, seen = net["r"], []
    intact(net)
    for line, show in (("show ip fib check", r.zebra.show),
                       ("show ipv6 fib check", r.zebra.show_text)):
        r.zebra.signal(signal.SIGSTOP)
        asker = threading.Thread(target=lambda: seen.append(show(line)))
        asker.start()
        net.wait(lambda: any('"zebra"' in x and x.split()[2] != "0" for x in netns.run(
            ["ip", "netns", "exec", r.ns.name, "ss", "-xpH"]).splitlines()),
                 10, "the question has come to zebra")
        overrun(r)
        r.ip_out("-4", "rule", "del", "from", f["B"], "lookup", TABLE)
        r.ip_out("-4", "rule", "add", "from", f["B"], "lookup", TABLE, "priority", "9500",
                 "protocol", "zebra")
        r.zebra.signal(signal.SIGCONT)
        asker.join()
        intact(net)
    json, text = seen
    assert (json["rulesEqual"], json["rulesMissing"], json["rulesUnexpected"]) == (1, 1, 1), json
    assert sorted((x["kind"], x["preference"], x["source"], x["table"])
                  for x in json["ruleDifference"]) == [
        ("missing", 9087, f["B"], int(TABLE)), ("unexpected", 9500, f["B"], int(TABLE))], json
    assert "policy rules: 1 as they should be, 1 missing, 1 unexpected" in text, text
    assert f"missing    rule 9087: from {f['B']} lookup {TABLE}" in text, text
    assert f"unexpected rule 9500: from {f['B']} lookup {TABLE}" in text, text
    assert drift(net) == (2, 2)


def test_rule_drift_unheard_is_found_by_comparison(place):
    """While zebra stands still, more happens than its buffer holds; then rules are deleted,
    moved and added."""
    net = place("--nl-bufsize", "8192")
    r = net["r"]
    intact(net)
    r.zebra.signal(signal.SIGSTOP)
    f4, f6 = FAMILIES["ipv4"], FAMILIES["ipv6"]
    overrun(r)
    r.ip_out("-4", "rule", "del", "from", f4["B"], "lookup", TABLE)
    r.ip_out("-4", "rule", "add", "from", f4["B"], "lookup", TABLE, "priority", "9500",
             "protocol", "zebra")
    r.ip_out("-4", "rule", "add", "from", f4["D"], "lookup", TABLE, "priority", "9500",
             "protocol", "zebra")
    r.ip_out("-6", "rule", "del", "from", f6["B"], "lookup", TABLE)
    r.zebra.signal(signal.SIGCONT)
    intact(net)
    assert drift(net) == (2, 2)
    net.wait(lambda: "found by comparison" in r.zebra.log_text(), 5, "an alarm in the log")
    assert "policy rules: 2 missing, 2 unexpected" in r.zebra.log_text()
    assert "from 10.9.0.0/16 lookup 77" in r.ip_out("rule")


def test_a_rule_that_is_there_twice_goes_once(place):
    net = place()
    r = net["r"]
    intact(net)
    # What is restored is added whether it is there or not.
    ip = f"ip -n {r.ns.name} -4 rule"
    netns.run(["sh", "-c", f"{ip} save > {net.dir}/rules && {ip} restore < {net.dir}/rules"])
    intact(net)
    assert drift(net) == (0, 1)
    assert r.ip_out("-4", "rule").count("from 10.9.0.0/16 lookup 77") == 2


def test_no_packet_is_lost_over_a_restart(place):
    net = place()
    before = {family: whole(net, family) for family in FAMILIES}
    streams = [Stream(net["h"].ns, f[src], f[dst]).start()
               for f in FAMILIES.values() for src, dst in RIGHT]
    net["r"].zebra.kill()
    net["r"].zebra.start()
    for family in FAMILIES:
        assert whole(net, family) == before[family]
    for s in streams:
        s.stop()
        source = [(k, f) for f in FAMILIES.values() for k in "ab" if f[k] == s.source][0]
        dst = [k for k in "de" if source[1][k] == s.destination][0]
        want = RIGHT[source[0], dst]
        wrong = [o for o in s.outcomes if o.exit != want]
        assert s.outcomes and not wrong, (s.source, s.destination, wrong[:5])


def test_from_one_backend_to_the_other_without_a_gap(place):
    net = place()
    f = FAMILIES["ipv6"]
    whole(net, "ipv6")
    streams = [Stream(net["h"].ns, f[src], f[dst], interval=0.001).start() for src, dst in RIGHT]
    zebra = net["r"].zebra
    for backend, name in (("subtrees", "subtrees"), ("rules", "rules"), ("auto", "subtrees"),
                          ("rules", "rules")):
        zebra.config = config(ipv6=backend)
        zebra.reload()
        net.wait(lambda: cost(net, "ipv6")["backend"] == name, 10, f"{name} in use")
        net.wait(lambda: bool(rules(net, "ipv6")) == (name == "rules"), 10, "rules or none")
        assert ("from " + f["B"] in net["r"].ip_out("-6", "route")) == (name == "subtrees")
    for s, exit_name in zip(streams, RIGHT.values()):
        s.stop()
        wrong = [o for o in s.outcomes if o.exit != exit_name]
        assert s.outcomes and not wrong, (s.source, s.destination, wrong[:5])
    whole(net, "ipv6")


def test_ipv4_is_off_unless_asked_for(place):
    net = place(conf=config(ipv4="none"))
    f = FAMILIES["ipv4"]
    watch.meets(net, "h", f["b"], f["e"], "x")
    assert rules(net, "ipv4") == [] and cost(net, "ipv4")["backend"] == "none"
    row, = [x for x in watch.rows(net["r"].zebra.show("show ip route")) if x["source"] == f["B"]]
    assert not row.get("installed"), row
    net["r"].zebra.config = config()
    net["r"].zebra.reload()
    whole(net, "ipv4")
    net["r"].zebra.config = config(ipv4="none")
    net["r"].zebra.reload()
    watch.meets(net, "h", f["b"], f["e"], "x")
    net.wait(lambda: not rules(net, "ipv4"), 10, "no rule")
    assert "from 10.9.0.0/16 lookup 77" in net["r"].ip_out("rule")


def test_leftovers_are_swept_and_others_tables_left_alone(place):
    """A rule of an earlier run that nobody needs, a table without a rule, and the first
    tables of the range in somebody else's use."""
    net = place("--retain", "1")
    whole(net, "ipv4")
    r = net["r"]
    r.zebra.stop()
    for line in (
         "rule add from 10.8.0.0/16 lookup 90790005 priority 9095 protocol zebra",
         "rule add from 10.7.0.0/16 lookup 90790006 priority 5000 protocol zebra",
         "route add 10.0.0.0/8 via 10.1.0.2 dev v0 table 90790007 metric 20 proto 196",
         "rule add from 10.6.0.0/16 lookup 90790001 priority 5001",
         "route add 10.0.0.0/8 via 10.1.0.2 dev v0 table 90790002"):
        r.ip_out("-4", *line.split())
    r.zebra.config = config(route(FAMILIES["ipv4"], "C", "A", "y"))
    r.zebra.start()
    net.wait(lambda: "10.8.0.0/16" not in r.ip_out("rule") and
             "10.7.0.0/16" not in r.ip_out("rule"), 20, "rules swept")
    net.wait(lambda: "90790007" not in r.ip_out("route", "show", "table", "all"), 20,
             "table swept")
    # A's table is none of those that others use.
    net.wait(lambda: len(rules(net, "ipv4")) == 2, 10, "a rule for A")
    used = {line.split("lookup ")[1].split()[0] for line in rules(net, "ipv4")}
    assert not used & {"90790001", "90790002"}, used
    assert "from 10.6.0.0/16 lookup 90790001" in r.ip_out("rule")
    assert "10.0.0.0/8" in r.ip_out("route", "show", "table", "90790002")
    right(net, "ipv4")


def test_its_own_ranges(place):
    net = place("--rule-preference", "500", "--rule-table", "4242000")
    right(net, "ipv4")
    net.wait(lambda: rules(net, "ipv4") == [
        "508: from 10.3.2.0/24 lookup 4242000 proto zebra"], 10, "there")


def test_flushed_on_exit(place):
    net = place("--flush-on-exit")
    for family in FAMILIES:
        whole(net, family)
    net["r"].zebra.stop()
    for family in FAMILIES:
        assert rules(net, family) == []
        assert "proto 196" not in net["r"].ip_out(FAMILIES[family]["flag"], "route", "show",
                                                  "table", "all")


def test_a_table_of_the_range_is_not_for_others(place):
    net = place()
    says, content = net["r"].mgmtd.load("ip route 10.0.0.0/8 10.1.0.2 table 90790009\n")
    assert not content and "zebra uses this table itself" in says, says
    says, content = net["r"].mgmtd.load("ip route 10.0.0.0/8 10.1.0.2 table 90789999\n")
    assert content, says


def exit_router(name, *statics):
    """Announces these defaults over Babel, and answers for D and E itself."""
    f4, f6 = FAMILIES["ipv4"], FAMILIES["ipv6"]
    rows = [{"destination-prefix": f["any"], "source-prefix": f[src],
             "next-hop": [{"gateway": "blackhole"}]}
            for f in (f4, f6) for src in statics]
    return {"router": True, "daemons": [
        ("zebra", {"srcdest-static:static": {"route": rows},
                   "srcdest-fib:fib": {"ipv4-backend": "rules"}}),
        ("babeld", site.babel([name + "0"], ["static"]))],
        "commands": [f"addr add {f6[k]}/128 dev lo" for k in "de"]}


def babel_router(ipv4):
    # Redistributed for both families; the connected links are the way back.
    conf = site.babel(["v0", "w0"], ["connected"])
    conf["srcdest-babel:babel"]["redistribute"].append({"family": "ipv4", "protocol": "connected"})
    return {"router": True, "daemons": [
        ("zebra", {"srcdest-fib:fib": {"ipv4-backend": ipv4, "ipv6-backend": "rules"}}),
        ("babeld", conf)]}


def test_babel_knows_what_can_be_installed(topology):
    """By rules zebra installs what Babel brings; IPv4 pairs are ignored as long as it does not
    (RFC 9079 4), and taken as soon as it does."""
    x, y = exit_router("x", "any"), exit_router("y", "B")
    for node in (x, y):
        babel = node["daemons"][1][1]["srcdest-babel:babel"]
        babel["redistribute"].append({"family": "ipv4", "protocol": "static"})
    net = topology({
        "nodes": {"r": babel_router("none"), "x": x, "y": y,
                  "h": {"commands": ["route add default via fe80::1 dev h0"]}},
        "links": {"v": {"r": ("v0", ["fe80::1/64", "10.1.0.1/24"]),
                        "x": ("x0", ["fe80::2/64", "10.1.0.2/24"])},
                  "w": {"r": ("w0", ["fe80::1/64", "10.2.0.1/24"]),
                        "y": ("y0", ["fe80::2/64", "10.2.0.2/24"])},
                  "h": {"r": ("h0", ["fe80::1/64", "2001:db8:a::1/64", "2001:db8:b::1/64",
                                     "10.3.1.1/24", "10.3.2.1/24"]),
                        "h": ("h0", ["2001:db8:a::9/64", "2001:db8:b::9/64",
                                     "10.3.1.9/24", "10.3.2.9/24"])}}}, captures=False)
    net["h"].ip_out("-4", "route", "add", "default", "via", "10.3.1.1")
    echo = EchoServers()
    for node in "xy":
        for k in "de":
            net[node].ip_out("-4", "addr", "add", FAMILIES["ipv4"][k] + "/32", "dev", "lo")
            for f in FAMILIES.values():
                echo.add(net[node].ns, f[k], node)
    echo.start()
    net.on_close(echo.close)
    f4, f6 = FAMILIES["ipv4"], FAMILIES["ipv6"]
    babeld = net["r"].babeld

    def goes(family, src, exit_name):
        watch.meets(net, "h", FAMILIES[family][src], FAMILIES[family]["e"], exit_name, 40)

    def ipv4_backend(how):
        net["r"].zebra.config = {"srcdest-fib:fib": {"ipv4-backend": how, "ipv6-backend": "rules"}}
        net["r"].zebra.reload()

    goes("ipv6", "a", "x")
    goes("ipv6", "b", "y")
    watch.has_route(net, "r", (f6["any"], f6["B"]), "w0", "babel")
    goes("ipv4", "a", "x")
    goes("ipv4", "b", "x")
    assert "IPv4 routes with a source prefix are ignored" in babeld.show_text("show babel parameters")
    assert (f4["any"], f4["B"]) not in watch.rib(net["r"], family="ip")

    ipv4_backend("rules")
    goes("ipv4", "b", "y")
    goes("ipv4", "a", "x")
    assert "IPv4 routes with a source prefix are used" in babeld.show_text("show babel parameters")
    ipv4_backend("none")
    goes("ipv4", "b", "x")
    goes("ipv6", "b", "y")
    watch.has_no_route(net, "r", (f4["any"], f4["B"]))
