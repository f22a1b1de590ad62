# SPDX-License-Identifier: MIT
"""RFC 8967 between ours: who has no key is nobody, and keys change while packets flow.

    host -- r1 == core == r2 -- x
                   |
                   r3, which has another key, or none
"""

import datetime
import glob
import os
import stat
import time

import pytest
from harness import EchoServers, NotYet, watch

DEST, HOST = "2001:db8:ffff::1", "2001:db8:a:1::10"
PREFIX, BAIT = "2001:db8:ffff::/48", "2001:db8:ffff::/64"
TIMERS = {"mcast-hello-interval": 20, "update-interval": 400, "link-type": "wired"}
# What no output but the configuration may contain.
OLD, NEW, OTHER = "0ld-Secret-of-32-octets-exactly!", "nEw-Secret", "0ther-Secret"


def babel(redistribute):
    return {"srcdest-babel:babel": {
        "interface": [{"name": "core", **TIMERS}],
        "redistribute": [{"family": "ipv6", "protocol": p} for p in redistribute]}}


def static(prefix, gateway, ifname):
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": prefix, "source-prefix": "::/0",
         "next-hop": [{"gateway": gateway, "interface": ifname, "distance": 1}]}]}}


def spec():
    return {"nodes": {
        "r1": {"router": True, "daemons": [("zebra", {}), ("babeld", babel(["connected"]))]},
        "r2": {"router": True, "daemons": [("zebra", static(PREFIX, "fe80::2", "x0")),
                                           ("babeld", babel(["static"]))]},
        "r3": {"router": True, "daemons": [("zebra", static(BAIT, "blackhole", "")),
                                           ("babeld", babel(["static"]))]},
        "x": {"router": True, "commands": ["route add ::/0 via fe80::1 dev x0",
                                           f"addr add {DEST}/128 dev lo"]},
        "host": {"commands": ["route add ::/0 via fe80::1 dev h0"]}},
        "links": {
            "core": {"r1": ("core", ["fe80::a1/64"]), "r2": ("core", ["fe80::a2/64"]),
                     "r3": ("core", ["fe80::a3/64"])},
            "lan": {"r1": ("h0", ["fe80::1/64", "2001:db8:a:1::1/64"]),
                    "host": ("h0", [HOST + "/64"])},
            "exit": {"r2": ("x0", ["fe80::1/64"]), "x": ("x0", ["fe80::2/64"])}}}


def load(net, node, *lines):
    says, content = net[node].mgmtd.load("\n".join(lines) + "\n")
    assert content, f"{node} refused {lines}: {says}"


def key(number, secret, *more):
    return ["key chain home", f"key {number}", f"key-string {secret}", *more]


def sign(net, node, *lines):
    """The chain has these lines, and packets are signed with it."""
    load(net, node, *lines, "interface core", "babel authentication key-chain home")


def auth(net, node):
    rows = net[node].babeld.show("show babel auth core")
    if len(rows) != 1:
        raise NotYet(f"{node} shows {rows}")
    return rows[0]


def proven(net, node, *neighbours):
    """Waits until exactly these are proven."""
    def check():
        have = sorted(n["address"] for n in auth(net, node).get("neighbor", [])
                      if n["state"] == "proven")
        if have != sorted(neighbours):
            raise NotYet(f"{node} knows {have}")
        return True
    return net.wait(check, 20, f"{neighbours} proven at {node}")


def uses(net, node, number, what, more_than):
    def check():
        keys = {k["keyId"]: k for k in auth(net, node)["key"]}
        if number not in keys or keys[number][what] <= more_than:
            raise NotYet(f"{node} has {keys}")
        return keys[number]
    return net.wait(check, 20, f"key {number} {what} more than {more_than} at {node}")


def answer(net):
    echo = EchoServers()
    net.on_close(echo.close)
    echo.add(net["x"].ns, DEST, "x")
    echo.start()


def works(net):
    watch.has_route(net, "r1", (PREFIX, "::/0"), "core", "babel")
    watch.meets(net, "host", HOST, DEST, "x")


def lost_nothing(net, s):
    watch.more(net, [s], 600)
    s.stop()
    assert not s.lost() and s.exits() == ["x"], s.summary()


@pytest.fixture
def net(topology):
    n = topology(spec())
    answer(n)
    return n


def signing(net):
    """r1 and r2 sign with the same key, and packets flow."""
    for node in ("r1", "r2"):
        sign(net, node, *key(1, OLD))
    proven(net, "r1", "fe80::a2")
    works(net)


def test_who_has_another_key_is_nobody(net):
    # Before there are keys the bait is taken: the longer prefix wins.
    watch.has_route(net, "r1", (BAIT, "::/0"), "core", "babel")
    for node in ("r1", "r2"):
        sign(net, node, *key(1, OLD))
    sign(net, "r3", *key(1, OTHER))
    watch.has_no_route(net, "r1", (BAIT, "::/0"))
    works(net)

    def refused():
        row = auth(net, "r1")
        if row.get("failed", {}).get("signed with no key of ours", 0) < 10:
            raise NotYet(f"r1 has {row}")
        return row
    row = net.wait(refused, 20, "packets of r3 dropped")
    assert [n["address"] for n in row["neighbor"]] == ["fe80::a2"], row
    net.wait(lambda: "fe80::a3" not in net["r1"].babeld.show_text("show babel neighbor"), 20,
             "r3 forgotten")
    assert "dropped a packet from fe80::a3 on core: signed with no key of ours" \
        in net["r1"].babeld.log_text()
    # Nor if it stops to sign.
    load(net, "r3", "interface core", "no babel authentication key-chain")
    net.wait(lambda: auth(net, "r1").get("failed", {}).get("not signed", 0) > 10, 20,
             "unsigned packets dropped")
    assert (BAIT, "::/0") not in watch.selected(net["r1"])
    # With the right key it is one of us.
    sign(net, "r3", "key chain home", "key 1", f"key-string {OLD}")
    proven(net, "r1", "fe80::a2", "fe80::a3")
    watch.has_route(net, "r1", (BAIT, "::/0"), "core", "babel")


def test_a_network_learns_to_sign_without_losing_a_packet(net):
    """8967-3.1-b: first all sign, each believing who does not yet; then all insist."""
    load(net, "r3", "no router babel")
    works(net)
    s = watch.stream(net, "host", HOST, DEST)
    for node in ("r1", "r2"):
        load(net, node, *key(1, OLD), "interface core", "babel authentication permissive",
             "babel authentication key-chain home")
        watch.more(net, [s])
        if node == "r1":
            net.wait(lambda: auth(net, "r1")["unsignedAccepted"] > 5, 20, "r2 believed unsigned")
    proven(net, "r1", "fe80::a2")
    proven(net, "r2", "fe80::a1")
    before = auth(net, "r1")["unsignedAccepted"]
    watch.more(net, [s], 400)
    row = auth(net, "r1")
    assert row["unsignedAccepted"] == before and row["permissive"] is True, row
    assert row["permissiveRemovable"] is False, row  # that takes five quiet minutes
    text = net["r1"].babeld.show_text("show babel auth")
    assert "core signs with key chain home, and believes also who does not" in text
    assert "Permissive: " in text and "it is needed: the last one came before 00:00:" in text
    for node in ("r1", "r2"):
        load(net, node, "interface core", "no babel authentication permissive")
        watch.more(net, [s])
    lost_nothing(net, s)
    assert auth(net, "r1")["permissive"] is False


def test_keys_roll_over_without_losing_a_packet(net):
    """8967-3.1-b: the new key is added everywhere, then the old one goes."""
    signing(net)
    s = watch.stream(net, "host", HOST, DEST)
    algorithm = "cryptographic-algorithm blake2s-128"
    load(net, "r1", *key(2, NEW, algorithm))
    watch.more(net, [s])
    # r2 has only the old one yet, and r1 can say so.
    assert auth(net, "r1")["key"][0]["removable"] is False
    assert uses(net, "r1", 1, "alone", 0)["unneeded"] <= 1
    load(net, "r2", *key(2, NEW, algorithm))
    uses(net, "r1", 2, "verified", 5)
    alone = uses(net, "r1", 1, "alone", 0)["alone"]
    watch.more(net, [s], 400)
    keys = {k["keyId"]: k for k in auth(net, "r1")["key"]}
    assert keys[1]["alone"] <= alone + 1 and keys[1]["unneeded"] >= 1, keys
    for node in ("r1", "r2"):
        load(net, node, "key chain home", "no key 1")
        watch.more(net, [s])
    uses(net, "r1", 2, "alone", 5)
    assert [k["keyId"] for k in auth(net, "r1")["key"]] == [2]
    lost_nothing(net, s)
    assert "key 2 verified" in net["r1"].babeld.show_text("show babel auth")


def moment(seconds):
    t = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return t.strftime("%H:%M:%S %b %d %Y").replace(" 0", " ")


def test_keys_change_by_the_calendar(net):
    """The old key ends and the new one begins by their lifetimes; nobody touches anything."""
    signing(net)
    s = watch.stream(net, "host", HOST, DEST)
    change = time.time() + 8
    for node in ("r1", "r2"):
        # Who is a little early, or late, is still believed.
        load(net, node, *key(2, NEW, f"send-lifetime {moment(5)} infinite"), "exit",
             "key 1", f"send-lifetime {moment(-60)} {moment(7)}",
             f"accept-lifetime {moment(-60)} duration 70")
    keys = {k["keyId"]: k for k in auth(net, "r1")["key"]}
    assert keys[1]["sending"] and not keys[2]["sending"] and keys[2]["accepting"], keys

    def changed():
        keys = {k["keyId"]: k for k in auth(net, "r1")["key"]}
        if list(keys) != [2] or not keys[2]["sending"]:
            raise NotYet(f"r1 has {keys}")
        return keys
    net.wait(changed, 30, "only the new key in force")
    assert time.time() > change - 1
    lost_nothing(net, s)
    uses(net, "r1", 2, "alone", 5)


def another_boot(node):
    path = os.path.join(node.dir, "babeld.state")
    with open(path, encoding="ascii") as f:
        lines = f.readlines()
    assert any(line.startswith("index core ") for line in lines), lines
    with open(path, "w", encoding="ascii") as f:
        f.writelines("boot 0123\n" if line.startswith("boot ") else line for line in lines)


def test_a_killed_router_is_believed_at_once_when_it_is_back(net):
    """8967-3.1-c: its counters go on, so nobody has to ask it; it asks the others."""
    signing(net)
    load(net, "r3", "no router babel")
    s = watch.stream(net, "host", HOST, DEST)
    watch.more(net, [s], 400)  # long enough that the counters set aside are on the disk
    before, asked = auth(net, "r2"), auth(net, "r1")["challengesSent"]
    r2 = net["r2"].babeld
    r2.kill()
    r2.start()
    proven(net, "r2", "fe80::a1")
    after = auth(net, "r2")
    assert after["index"] == before["index"], (before, after)
    assert after["packetCounter"] > before["packetCounter"], (before, after)
    watch.more(net, [s], 400)
    assert auth(net, "r1")["challengesSent"] == asked
    # After another boot of the machine it has another index and is asked: that costs no
    # packet either.
    r2.kill()
    another_boot(net["r2"])
    r2.start()
    proven(net, "r2", "fe80::a1")
    net.wait(lambda: auth(net, "r1")["challengesSent"] > asked, 20, "r2 challenged")
    assert auth(net, "r2")["index"] != before["index"]
    lost_nothing(net, s)


def test_secrets_stay_where_they_belong(net):
    """The configuration has them, as FRR's; nothing else, and nobody else may read it."""
    signing(net)
    sign(net, "r3", *key(1, OTHER))
    net.wait(lambda: auth(net, "r1").get("failed"), 20, "packets of r3 dropped")
    r1 = net["r1"]
    assert f" key-string {OLD}\n" in r1.babeld.show_text("show running-config")
    for line in ("show babel auth", "show babel auth json", "show babel interface",
                 "show babel parameters json"):
        assert OLD not in r1.babeld.show_text(line), line
    for daemon in r1.daemons.values():
        assert OLD not in daemon.log_text(), daemon
    r1.babeld.show_text("write memory")
    holders = []
    for path in glob.glob(os.path.join(r1.dir, "**"), recursive=True):
        # What the test itself wrote is not of ours.
        if not os.path.isfile(path) or path.endswith(("change.conf", ".pcap")):
            continue
        with open(path, "rb") as f:
            if OLD.encode() in f.read():
                holders.append(path)
                assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, path
    assert holders
