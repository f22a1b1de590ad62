# SPDX-License-Identifier: MIT
"""Routes change behind zebra's back: it notices, tells, and repairs; others' stay.

      x fe80::2 --v0-- r --w0-- fe80::3 y        both answer for D and E
                       |
                      h0                         h: addresses in A, B

D has a plain route to x and one for sources in B to y, so it has both halves; E has
only the one for B, so it has an anchor, and for A the default route to x counts. Others have
both for one destination, which needs halves of ours, too.
"""

import re
import signal
import threading

import pytest
from harness import NotYet, watch
from harness.probe import EchoServers

A, B, C = "2001:db8:a::/48", "2001:db8:b::/48", "2001:db8:c::/48"
HOST = {A: "2001:db8:a::9", B: "2001:db8:b::9"}
D, E = "2001:db8:d::/48", "2001:db8:e::/48"
AT = {D: "2001:db8:d::1", E: "2001:db8:e::1"}
# Where packets of a source to a destination are answered.
RIGHT = {(A, D): "x", (B, D): "y", (A, E): "x", (B, E): "y"}
OURS = re.compile(r"proto (196|babel|zebra) metric 2[01]\b")
FOREIGN = ("2001:db8:77::/48 via fe80::2 dev v0 metric 1024",
           f"2001:db8:77::/48 from {B} via fe80::3 dev w0 metric 1024",
           "2001:db8:78::/48 via fe80::2 dev v0 metric 20 proto boot")


def route(dst, src, gateway, interface):
    return {"destination-prefix": dst, "source-prefix": src,
            "next-hop": [{"gateway": gateway, "interface": interface}]}


CONFIG = {"srcdest-static:static": {"route": [
    route("::/0", "::/0", "fe80::2", "v0"), route(D, "::/0", "fe80::2", "v0"),
    route(D, B, "fe80::3", "w0"), route(E, B, "fe80::3", "w0"),
    route("192.0.2.0/24", "0.0.0.0/0", "10.1.2.9", "v0")]}}


@pytest.fixture
def place(topology):
    def make(*options, interval=None):
        conf = dict(CONFIG)
        if interval is not None:
            conf["srcdest-fib:fib"] = {"check-interval": interval}
        def far(link):
            return {"router": True, "commands": [f"addr add {a}/128 dev lo" for a in AT.values()]
                    + [f"route add 2001:db8::/32 via fe80::1 dev {link}"]}
        net = topology({
            "nodes": {"r": {"router": True, "daemons": [
                ("zebra", conf, {"user_options": list(options)})]},
                "x": far("x0"), "y": far("y0"),
                "h": {"commands": ["route add default via fe80::1 dev h0"]}},
            "links": {"v": {"r": ("v0", ["fe80::1/64", "10.1.2.1/24"]),
                            "x": ("x0", ["fe80::2/64"])},
                      "w": {"r": ("w0", ["fe80::1/64"]), "y": ("y0", ["fe80::3/64"])},
                      "h": {"r": ("h0", ["fe80::1/64", "2001:db8:a::1/64", "2001:db8:b::1/64"]),
                            "h": ("h0", [f"{a}/64" for a in HOST.values()])}},
        }, captures=False)
        echo = EchoServers()
        for node in "xy":
            for a in AT.values():
                echo.add(net[node].ns, a, node)
        echo.start()
        net.on_close(echo.close)
        net["r"].ip(*("route add " + f for f in FOREIGN))
        right(net)
        net.before = net.wait(lambda: len(ours(net)) == 10 and ours(net), 10, "all of ours")
        return net
    return make


def right(net):
    for (src, dst), exit_name in RIGHT.items():
        watch.meets(net, "h", HOST[src], AT[dst], exit_name)


def lines(net, family="-6"):
    return [" ".join(x.split()) for x in net["r"].ip_out(family, "route", "show").splitlines()]


def ours(net):
    return sorted(x for f in ("-4", "-6") for x in lines(net, f) if OURS.search(x))


def theirs(net):
    return [x for x in lines(net)
            if x.startswith(("2001:db8:77", "2001:db8:78")) and not OURS.search(x)]


def check(net, line="show ipv6 fib check"):
    return net["r"].zebra.show(line)


def whole(net, of_ours=10):
    """The kernel is as it was, the comparison says so, and packets go where they should."""
    def restored():
        now = ours(net)
        if now != net.before:
            raise NotYet(f"too much: {set(now) - set(net.before)}, "
                         f"too little: {set(net.before) - set(now)}")
        return True
    net.wait(restored, 20, "the kernel as before")
    right(net)
    seen = check(net)
    assert (seen["equal"], seen["missing"], seen["different"], seen["unexpected"]) == \
        (of_ours, 0, 0, 0), seen
    assert seen["foreign"] == 3 and len(theirs(net)) == 3, (seen, theirs(net))


HALF, ANCHOR = f"{D} from 8000::/1", f"unreachable {E}"
DRIFT = {
    "plain deleted": ("missing", [f"route del {D} metric 20"]),
    "pair deleted": ("missing", [f"route del {D} from {B} metric 21"]),
    "half deleted": ("missing", [f"route del {HALF} metric 21"]),
    "anchor deleted": ("missing", [f"route del {ANCHOR} metric 20"]),
    "default deleted": ("missing", ["route del ::/0 metric 20"]),
    "pair changed": ("different", [
        f"route replace {D} from {B} via fe80::2 dev v0 proto 196 metric 21"]),
    "half changed": ("different", [
        f"route replace {D} from ::/1 via fe80::3 dev w0 proto zebra metric 21"]),
    "multipath made": ("different", [
        f"route append {D} from {B} via fe80::2 dev v0 proto 196 metric 21"]),
    "pair added": ("unexpected", [
        f"route add {D} from {A} via fe80::3 dev w0 proto babel metric 21"]),
    "plain added": ("unexpected", [f"route add {AT[E]} via fe80::2 dev v0 proto babel metric 20"]),
    "helper added": ("unexpected", [
        f"route add unreachable {AT[D]} proto zebra metric 20"]),
}


@pytest.mark.parametrize("what", DRIFT)
def test_drift_is_repaired_and_told(place, what):
    net = place()
    kind, commands = DRIFT[what]
    before = check(net)["drift"]
    net["r"].ip(*commands)
    whole(net)
    after = check(net)["drift"]
    assert after[kind] == before[kind] + 1, (before, after)
    net.wait(lambda: "others changed routes of ours in the kernel" in net["r"].zebra.log_text(),
             5, "an alarm in the log")
    line, = [x for x in net["r"].zebra.log_text().splitlines() if "others changed routes" in x]
    assert f"1 {kind}" in line and "by process" in line, line


def test_other_tables_are_ours_too(place):
    """What we have in tables beside the main one, and what passes for ours in any."""
    net = place("--retain", "3600", interval=0)
    r = net["r"]
    conf = {"srcdest-static:static": {"route": CONFIG["srcdest-static:static"]["route"] + [
        {"destination-prefix": D, "source-prefix": "::/0",
         "next-hop": [{"gateway": "fe80::3", "interface": "w0", "distance": 5, "table": 77}]}]}}
    r.zebra.config = conf
    r.zebra.reload()

    def tables():
        return sorted(" ".join(x.split()) for x in r.ip_out(
            "-6", "route", "show", "table", "all").splitlines() if re.search("table 7[78] ", x))
    want = [f"{D} via fe80::3 dev w0 table 77 proto 196 metric 20 pref medium"]
    net.wait(lambda: tables() == want, 10, "the table's route")
    whole(net, 11)
    for command in (f"del {D} table 77 metric 20",
                    f"replace {D} via fe80::2 dev v0 table 77 proto 196 metric 20",
                    f"add {E} via fe80::2 dev v0 table 77 proto babel metric 20",
                    f"add {E} via fe80::2 dev v0 table 78 proto babel metric 20"):
        r.ip("route " + command)
        net.wait(lambda: tables() == want, 10, f"repaired after {command}")
        whole(net, 11)
    # Others' in such tables stay, and are not in the main table's choice.
    r.ip(f"route add {E} via fe80::2 dev v0 table 77 metric 1024")
    r.zebra.show_text("refresh rib")
    net.wait(lambda: check(net)["comparisons"] > 0, 10, "compared")
    assert len(tables()) == 2
    # An earlier life's are adopted, and go if they are not configured any more.
    r.zebra.kill()
    r.zebra.config = CONFIG
    r.zebra.user_options = ["--retain", "1"]
    r.zebra.start()
    net.wait(lambda: len(tables()) == 1, 20, "the table's route gone")
    whole(net)
    # At an end that leaves nothing, nothing is left there either.
    r.zebra.config = conf
    r.zebra.reload()
    net.wait(lambda: len(tables()) == 2, 20, "the table's route again")
    r.zebra.user_options = ["--flush-on-exit"]
    r.zebra.restart()
    net.wait(lambda: len(tables()) == 2, 20, "the table's route there")
    assert r.zebra.stop() == 0
    assert ours(net) == [] and len(tables()) == 1


def test_tables_of_sources_are_ours_too(place):
    """The backend by rules: routes in the table that a rule leads to, and the rule."""
    net = place(interval=0)
    r, src = net["r"], "10.7.0.0/16"
    r.zebra.config = {
        "srcdest-fib:fib": {"check-interval": 0, "ipv4-backend": "rules"},
        "srcdest-static:static": {"route": CONFIG["srcdest-static:static"]["route"] + [
            route("192.0.2.0/24", src, "10.1.2.8", "v0"),
            route("198.51.100.0/24", src, "10.1.2.7", "v0")]}}
    r.zebra.reload()
    whole(net, 12)

    def there():
        return (r.ip_out("-4", "rule", "show"),
                sorted(r.ip_out("-4", "route", "show", "table", "all").splitlines()))
    before = there()
    rule, = [x for x in before[0].splitlines() if src in x]
    table = rule.split("lookup ")[1].split()[0]
    for command, kind, n in (
            (f"-4 route flush table {table}", "missing", 2),
            (f"-4 route replace 192.0.2.0/24 via 10.1.2.5 dev v0 table {table} proto 196 metric 20",
             "different", 1),
            (f"-4 route add 203.0.113.0/24 via 10.1.2.5 dev v0 table {table} proto babel metric 20",
             "unexpected", 1),
            (f"-4 rule del from {src} lookup {table}", None, 0)):
        drift = check(net)["drift"]
        r.ip_out(*command.split())

        def restored():
            if there() != before:
                raise NotYet(there())
            return True
        net.wait(restored, 10, f"as before {command}")
        whole(net, 12)
        assert kind is None or check(net)["drift"][kind] == drift[kind] + n, (command, kind)


def test_a_storm_is_one_alarm(place):
    net = place()
    n = 2000
    batch = [f"route add 2001:db8:5:{i:x}::/64 via fe80::2 dev v0 proto babel metric 20"
             for i in range(n)]
    net["r"].ip(*batch)
    net["r"].ip_out("-6", "route", "flush", "proto", "196")
    whole(net)
    alarms = [x for x in net["r"].zebra.log_text().splitlines() if "others changed routes" in x]
    assert len(alarms) < 20
    drift = check(net)["drift"]
    assert drift["unexpected"] == n and drift["missing"] >= 4, drift


def test_an_overrun_is_recovered_by_comparison(place):
    """While zebra stands still, more happens than its buffer holds: routes of ours are
    deleted, changed and added, and 20,000 of others come and go."""
    net = place("--nl-bufsize", "8192", interval=0)
    r = net["r"]
    assert check(net)["overruns"] == 0
    r.zebra.signal(signal.SIGSTOP)
    for command in ("add", "del"):
        r.ip(*(f"route {command} 2001:db8:{0x100 + i // 5000:x}:{i % 5000:x}::/64 "
               "via fe80::2 dev v0 metric 1024" for i in range(10000)))
    r.ip(*(c for _, commands in DRIFT.values() for c in commands
           if not c.startswith(f"route replace {D} from {B}") and "append" not in c))
    r.ip("route add 2001:db8:79::/48 via fe80::3 dev w0 metric 1024", "route del 2001:db8:77::/48")
    r.ip("route add 2001:db8:77::/48 via fe80::3 dev w0 metric 1024")
    r.zebra.signal(signal.SIGCONT)

    def known():
        have = {(x["destination"], x["source"]): x["nexthops"][0]["interfaceName"]
                for x in watch.rows(r.zebra.show("show ipv6 route kernel"))}
        if have != {("2001:db8:77::/48", "::/0"): "w0", ("2001:db8:77::/48", B): "w0",
                    ("2001:db8:78::/48", "::/0"): "v0", ("2001:db8:79::/48", "::/0"): "w0"}:
            raise NotYet(have)
        return True
    net.wait(known, 30, "what others have is known")
    r.ip("route del 2001:db8:79::/48", "route del 2001:db8:77::/48 metric 1024")
    r.ip("route add " + FOREIGN[0])
    whole(net)
    seen = check(net)
    assert seen["overruns"] >= 1 and seen["comparisons"] >= 1, seen
    drift = seen["drift"]
    assert drift["missing"] >= 4 and drift["different"] >= 1 and drift["unexpected"] >= 3, drift
    net.wait(lambda: "found by comparison" in r.zebra.log_text(), 5, "an alarm in the log")
    assert "the kernel had more to tell than fits" in r.zebra.log_text()


def test_it_compares_by_itself(place):
    net = place(interval=1)
    first = check(net)["comparisons"]
    net.wait(lambda: check(net)["comparisons"] >= first + 3, 20, "three more comparisons")
    whole(net)
    assert "others changed routes" not in net["r"].zebra.log_text()
    net["r"].zebra.config = dict(CONFIG, **{"srcdest-fib:fib": {"check-interval": 0}})
    net["r"].zebra.reload()
    done = check(net)["comparisons"]
    net["r"].zebra.show_text("refresh rib")
    net.wait(lambda: check(net)["comparisons"] > done, 10, "one for a reason")


def test_commits_put_no_comparison_off(place):
    """They come oftener than the interval is over."""
    net = place(interval=3)
    r = net["r"]
    first, again = check(net)["comparisons"], [0]

    def committed():
        again[0] += 1
        more = route(f"2001:db8:f{again[0] % 2}::/48", "::/0", "fe80::2", "v0")
        r.zebra.config = {"srcdest-fib:fib": {"check-interval": 3}, "srcdest-static:static": {
            "route": CONFIG["srcdest-static:static"]["route"] + [more]}}
        r.zebra.reload()
        return check(net)["comparisons"] >= first + 2
    net.wait(committed, 30, "two comparisons between many commits", interval=0.1)
    assert again[0] > 4


def test_churn_of_others_is_no_drift(place):
    """The kernel's tables change under each dump, which may leave out what stays."""
    net = place(interval=1)
    r = net["r"]
    going = threading.Event()

    def churn():
        n = 0
        while not going.is_set():
            n += 1
            r.ip(*(f"route {command} 2001:db8:{0x200 + i % 7:x}:{i:x}::/64 via fe80::2 dev v0 "
                   f"metric {1024 + n % 2}" for command in ("add", "del") for i in range(500)))
    thread = threading.Thread(target=churn)
    thread.start()
    try:
        first = check(net)
        for _ in range(40):
            seen = check(net)
            assert (seen["missing"], seen["different"], seen["unexpected"]) == (0, 0, 0), seen
        r.zebra.show_text("refresh rib")
        net.wait(lambda: check(net)["comparisons"] >= first["comparisons"] + 3, 60,
                 "three more comparisons")
    finally:
        going.set()
        thread.join()
    whole(net)
    assert set(check(net)["drift"].values()) == {0}
    assert "others changed routes" not in r.zebra.log_text()


def test_the_text_of_the_comparison(place):
    net = place(interval=0)
    text = net["r"].zebra.show_text("show ip fib check")
    assert re.search(r"equal +10  as they should be", text), text
    assert re.search(r"foreign +3  of others, left alone", text), text
    # What it finds before zebra has heard of it, it names; and it is repaired all the same.
    net["r"].zebra.signal(signal.SIGSTOP)
    net["r"].ip(*DRIFT["pair deleted"][1])
    net["r"].zebra.signal(signal.SIGCONT)
    whole(net)


def test_a_foreign_route_in_the_place_of_ours_stays(place):
    """Same pair, same priority, another protocol: it is theirs now, and ours steps back."""
    net = place()
    r = net["r"]
    r.ip(f"route replace {D} from {B} via fe80::2 dev v0 proto static metric 21")
    watch.meets(net, "h", HOST[B], AT[D], "x")
    net.wait(lambda: check(net)["foreign"] == 4, 5, "one more of others'")
    r.zebra.show_text("refresh rib")
    net.wait(lambda: check(net)["comparisons"] > 0, 10, "compared")
    assert "proto static" in r.ip_out("-6", "route", "show", D, "from", B)
    assert "proto 196" not in r.ip_out("-6", "route", "show", D, "from", B)
    r.ip(f"route del {D} from {B} metric 21")
    whole(net)
