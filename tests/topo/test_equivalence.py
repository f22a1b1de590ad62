# SPDX-License-Identifier: MIT
"""The same random edits by lines of vtysh, by a file, and by NETCONF.

Three routers alike, each with its own front end. After every batch of edits they must
have the same running, as a tree and as text, and the same state in zebra, the kernel
and babeld. What one of them refuses, all refuse, in the same words.
"""

import os
import random
import socket
import subprocess

import pytest
from harness import Topology, daemons, wait_until
from lxml import etree
from ncclient import manager
from ncclient.operations import RPCError

DEADLINE = 30
BATCHES, EDITS = 4, 15
PORT = 830
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
YANG = "urn:srcdest:yang:"
DESTINATIONS = ["::/0"] + [f"2001:db8:{i:x}::/48" for i in range(0x100, 0x106)] + \
    ["2001:db8:100:80::/57"]
SOURCES = ["::/0", "2001:db8:a::/48", "2001:db8:a:100::/56", "2001:db8:b::/48"]
# As a line says it; gateway and interface of the model.
HOPS = {"fe80::2 e0": ("fe80::2", "e0"), "fe80::2 e1": ("fe80::2", "e1"),
        "2001:db8:1::2": ("2001:db8:1::2", ""), "e0": ("direct", "e0"),
        "blackhole": ("blackhole", ""), "reject": ("unreachable", "")}
DROPPING = ("blackhole", "reject")
NUMBERS = {"rxcost": ("rxcost", 1, (1, 65534)), "hello-interval": ("mcast-hello-interval", 10,
           (50, 6000)), "update-interval": ("update-interval", 10, (200, 6000)),
           "rtt-min": ("rtt-min", 1, (1, 119)), "max-rtt-penalty": ("max-rtt-penalty", 1, (0, 65535))}
OPEN = ["split-horizon", "enable-timestamps"]  # what is not said goes by the kind of link
SWITCHES = OPEN + ["unicast", "unscheduled-hellos", "probe-mtu", "rfc6126-compatible"]
REDISTRIBUTE = [(f, p) for f in ("ipv6", "ipv4") for p in ("static", "connected", "kernel")]


class Netconfd(daemons.Ours):
    kind = "netconfd"

    def command(self):
        return super().command() + ["--statedir", os.path.join(self.dir, "state")]

    def ready(self):
        return daemons.SYNCED in self.log_text()


def tag(name, content="", op=None, module=None):
    """An element, with an operation if one is given."""
    ns = f' xmlns="{YANG}{module}"' if module else ""
    attr = f' xmlns:nc="{NC}" nc:operation="{op}"' if op else ""
    return f"<{name}{ns}{attr}>{content}</{name}>"


class Edit:
    """One edit as lines, from the config mode on, and as a tree."""

    def __init__(self, lines, xml):
        self.lines, self.xml = lines, xml


def route_edit(dst, src, hop, distance, op="replace", last=False):
    gateway, ifname = HOPS.get(hop, (hop, ""))
    line = f"ipv6 route {dst}" + (f" from {src}" if src != "::/0" else "") + f" {hop}"
    inside = tag("gateway", gateway) + tag("interface", ifname)
    if op == "delete":
        line = "no " + line
    elif distance != 1:
        line += f" {distance}"
        inside += tag("distance", distance)
    keys = tag("destination-prefix", dst) + tag("source-prefix", src)
    route = tag("route", keys, op) if last else tag("route", keys + tag("next-hop", inside, op))
    return Edit([line], tag("static", route, module="static"))


def interface_edit(name, line, inside="", op=None):
    lines = [f"no interface {name}"] if op else [f"interface {name}", " " + line, "exit"]
    return Edit(lines, tag("interfaces", tag("interface", tag("name", name) + inside, op),
                           module="interfaces"))


def setting(name, line, leaf, value, op=None):
    return interface_edit(name, line, tag("babel", tag(leaf, value, op), module="babel"))


def router(line, inside):
    return Edit(["router babel", " " + line, "exit"], tag("babel", inside, module="babel"))


def row_edit(name, number, action, dst, src, lengths, op="replace", last=False):
    """A row of an IPv6 prefix list; lengths: (ge, le) of the destination, None for none."""
    line = f"ipv6 prefix-list {name} seq {number} {action} {dst}"
    inside = tag("sequence", number) + tag("action", action) + tag("destination-prefix", dst)
    for word, length in zip(("ge", "le"), lengths):
        if length:
            line += f" {word} {length}"
            inside += tag("destination-" + word, length)
    if src:
        line += f" from {src}"
        inside += tag("source-prefix", src)
    keys = tag("family", "ipv6") + tag("name", name)
    if op == "delete":
        line, inside = f"no {line}", tag("sequence", number)
    entry = tag("prefix-list", keys, op) if last else \
        tag("prefix-list", keys + tag("row", inside, op))
    return Edit([line], tag("prefix-lists", entry, module="prefix-list"))


def map_edit(name, number, action, line, inside):
    """A line in an entry of a route map, which is made if it is not there."""
    lines = [f"route-map {name} {action} {number}"] + ([" " + line] if line else []) + ["exit"]
    entry = tag("sequence", number) + tag("action", action) + inside
    return Edit(lines, tag("route-maps", tag("route-map", tag("name", name) + tag("entry", entry)),
                           module="route-map"))


class Generator:
    """Random edits, each of them valid after those before; what they lead to."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.routes = {}  # (dst, src): {hop: distance}
        self.settings = {}  # interface: set of names of leaves
        self.lists = {}  # name: set of numbers
        self.maps = {}  # name: {number: [action, {what is set: value}]}
        self.bound = {}  # protocol: map
        self.manager = False
        self.babel = None  # {"network": set, "redistribute": set, "router-id"}

    def edit(self):
        deeds = [self.route] * 5 + [self.no_route] * 3 + [self.interface] * 3 + \
            [self.fpm, self.no_interface, self.router, self.router, self.router] + \
            [self.hostname] + \
            [self.row] * 3 + [self.no_row] + [self.map_line] * 4 + [self.no_map_entry] + \
            [self.bind] * 2
        while not (e := self.random.choice(deeds)()):
            pass
        return e

    def route(self):
        key = self.random.choice(DESTINATIONS), self.random.choice(SOURCES)
        hop, distance = self.random.choice(list(HOPS)), self.random.choice((1, 1, 1, 5, 200))
        others = {h: d for h, d in self.routes.get(key, {}).items() if h != hop}
        if any(d == distance and (h in DROPPING or hop in DROPPING) for h, d in others.items()):
            return None
        self.routes[key] = {**others, hop: distance}
        return route_edit(*key, hop, distance)

    def no_route(self):
        if not self.routes:
            return None
        key = self.random.choice(sorted(self.routes))
        hops = self.routes[key]
        hop = self.random.choice(sorted(hops))
        distance = hops.pop(hop)
        if not hops:
            del self.routes[key]
        return route_edit(*key, hop, distance, "delete", not hops)

    def interface(self):
        name = self.random.choice(("e0", "e1", "none0"))
        have = self.settings.setdefault(name, set())
        word = self.random.choice(["description", "link-type"] + SWITCHES + list(NUMBERS))
        if word == "description":
            text = self.random.choice(("uplink", "to the left | right", "a & b < c"))
            return interface_edit(name, "description " + text,
                                  tag("description", text.replace("&", "&amp;")
                                      .replace("<", "&lt;")))
        if word == "link-type":
            kind = self.random.choice(("auto", "wired", "wireless", "tunnel"))
            return setting(name, "babel " + kind, word, kind)
        if word in OPEN and self.random.random() < .3:
            return setting(name, f"babel {word} auto", word, "", "remove")
        if word in SWITCHES:
            yes = self.random.random() < .5
            return setting(name, ("" if yes else "no ") + "babel " + word, word,
                           "true" if yes else "false")
        leaf, factor, (low, high) = NUMBERS[word]
        if word in have and self.random.random() < .4:
            have.remove(word)
            return setting(name, "no babel " + word, leaf, "", "delete")
        have.add(word)
        value = self.random.randrange(low, high)
        return setting(name, f"babel {word} {value * factor}", leaf, value)

    def no_interface(self):
        if not self.settings or self.random.random() < .5:
            return None
        name = self.random.choice(sorted(self.settings))
        del self.settings[name]
        return interface_edit(name, "", op="delete")

    def router(self):
        r = self.random.random()
        if self.babel is not None and r < .1:
            self.babel = None
            return Edit(["no router babel"], tag("babel", op="delete", module="babel"))
        b = self.babel = self.babel or {"network": set(), "redistribute": set(), "id": False}
        if r < .5:
            name = self.random.choice(("e0", "e1"))
            on = name not in b["network"]
            b["network"] ^= {name}
            return router(("" if on else "no ") + f"network {name}",
                          tag("network", name, None if on else "delete"))
        if r < .85:
            f, p = what = self.random.choice(REDISTRIBUTE)
            on = what not in b["redistribute"]
            b["redistribute"] ^= {what}
            return router(("" if on else "no ") + f"redistribute {f} {p}",
                          tag("redistribute", tag("family", f) + tag("protocol", p),
                              None if on else "delete"))
        b["id"] = not b["id"]
        if not b["id"]:
            return router("no babel router-id", tag("router-id", op="delete"))
        value = f"02:00:00:00:00:00:00:{self.random.randrange(1, 255):02x}"
        return router("babel router-id " + value, tag("router-id", value))

    def row(self):
        name, number = self.random.choice(("L0", "L1")), self.random.randrange(1, 5) * 5
        dst, src = self.random.choice(DESTINATIONS), self.random.choice([None] + SOURCES)
        length = int(dst.partition("/")[2])
        lengths = self.random.choice(((None, None), (length + 1, None), (None, 128),
                                      (length + 2, length + 4)))
        self.lists.setdefault(name, set()).add(number)
        return row_edit(name, number, self.random.choice(("permit", "deny")), dst, src, lengths)

    def no_row(self):
        if not self.lists:
            return None
        name = self.random.choice(sorted(self.lists))
        number = self.random.choice(sorted(self.lists[name]))
        last = len(self.lists[name]) == 1
        if last and any(what.get("list") == name for m in self.maps.values()
                        for _, what in m.values()):
            return None
        self.lists[name].remove(number)
        if last:
            del self.lists[name]
        return row_edit(name, number, "permit", "::/0", None, (None, None), "delete", last)

    def map_line(self):
        name, number = self.random.choice(("M0", "M1")), self.random.randrange(1, 4)
        action, what = self.maps.get(name, {}).get(
            number, [self.random.choice(("permit", "permit", "deny")), {}])
        kinds = ["list", "metric", "tag", "interface"] + (["set tag"] if action == "permit" else [])
        kind = self.random.choice(kinds)
        if kind == "list" and not self.lists:
            return None
        lines = {"list": ("match ipv6 address prefix-list", "match", "ipv6-prefix-list"),
                 "metric": ("match metric", "match", "metric"), "tag": ("match tag", "match", "tag"),
                 "interface": ("match interface", "match", "interface"),
                 "set tag": ("set tag", "set", "tag")}
        words, where, leaf = lines[kind]
        self.maps.setdefault(name, {})[number] = [action, what]
        if kind in what and self.random.random() < .4:
            del what[kind]
            return map_edit(name, number, action, "no " + words,
                            tag(where, tag(leaf, "", "delete")))
        what[kind] = self.random.choice(sorted(self.lists)) if kind == "list" else \
            self.random.choice(("e0", "e1")) if kind == "interface" else self.random.randrange(9)
        return map_edit(name, number, action, f"{words} {what[kind]}",
                        tag(where, tag(leaf, what[kind])))

    def no_map_entry(self):
        if not self.maps:
            return None
        name = self.random.choice(sorted(self.maps))
        number = self.random.choice(sorted(self.maps[name]))
        last = len(self.maps[name]) == 1
        if last and name in self.bound.values():
            return None
        action, _ = self.maps[name].pop(number)
        if last:
            del self.maps[name]
        keys = tag("name", name)
        entry = tag("route-map", keys, "delete") if last else \
            tag("route-map", keys + tag("entry", tag("sequence", number), "delete"))
        return Edit([f"no route-map {name} {action} {number}"],
                    tag("route-maps", entry, module="route-map"))

    def bind(self):
        protocol = self.random.choice(("static", "any", "babel"))
        keys = tag("family", "ipv6") + tag("protocol", protocol)
        if protocol in self.bound and self.random.random() < .5:
            name = self.bound.pop(protocol)
            return Edit([f"no ipv6 protocol {protocol} route-map {name}"],
                        tag("route-maps", tag("protocol", keys, "delete"), module="route-map"))
        if not self.maps:
            return None
        name = self.bound[protocol] = self.random.choice(sorted(self.maps))
        return Edit([f"ipv6 protocol {protocol} route-map {name}"],
                    tag("route-maps", tag("protocol", keys + tag("route-map", name)),
                        module="route-map"))

    def fpm(self):
        if self.random.random() < .4:
            value = self.random.choice(("netlink", "protobuf"))
            return Edit([f"fpm encoding {value}"],
                        tag("fpm", tag("encoding", value), module="fpm"))
        self.manager = not self.manager
        if not self.manager:
            return Edit(["no fpm address"], tag("fpm", tag("server", op="delete"), module="fpm"))
        address, port = self.random.choice(("::1", "127.0.0.1")), self.random.randrange(1, 65536)
        inside = tag("address", address) + tag("port", port)
        return Edit([f"fpm address {address} port {port}"],
                    tag("fpm", tag("server", inside), module="fpm"))

    def hostname(self):
        name = f"edge{self.random.randrange(100)}"
        return Edit([f"hostname {name}"], tag("system", tag("hostname", name), module="system"))

    def bad_route(self):
        """One that the model or zebra refuses."""
        if self.random.random() < .5:
            return route_edit("2001:db8:bad::/48", self.random.choice(SOURCES), "fe80::9", 1)
        for key, hops in sorted(self.routes.items()):
            if "blackhole" not in hops:
                return route_edit(*key, "blackhole", self.random.choice(sorted(hops.values())))
        return None


class Front:
    def __init__(self, node):
        self.node = node

    def vtysh(self, *args):
        p = subprocess.run([daemons.program("vtysh"), "--rundir", self.node.dir, *args], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                           check=False)
        return p.returncode == 0, p.stdout

    def client(self):
        sock = self.node.ns.call(lambda: socket.create_connection(("::1", PORT), timeout=10))
        return manager.connect(host="::1", sock=sock, username="adm",
                               key_filename=os.path.join(self.node.topology.dir, "adm"),
                               hostkey_verify=False, allow_agent=False, look_for_keys=False,
                               timeout=30)

    def running(self):
        """As a tree, in which the order of siblings says nothing, and as text."""
        with self.client() as m:
            data = m.get_config("running").data_ele
        return plain(data)[3], self.vtysh("-c", "show running-config")[1]

    def state(self):
        routes = sorted(
            (r["destination"], r["source"], r["distance"], r["selected"], r["installed"],
             sorted((h["type"], h.get("gateway", ""), h.get("interfaceName", ""), h["fib"])
                    for h in r["nexthops"]))
            for r in self.node.zebra.show("show ipv6 route")["routes"]
            if r["protocol"] == "static")
        kernel = sorted(" ".join(line.split()) for line in
                        self.node.ip_out("-6", "-N", "route", "show", "table", "all",
                                         "proto", "196").splitlines())
        babel = {i["interface"]: {k: v for k, v in i.items() if k in BABEL}
                 for i in self.node.babeld.show("show babel interface")["interfaces"]}
        parameters = self.node.babeld.show("show babel parameters")
        policy = [[{k: v for k, v in r.items() if k not in ("hits", "judged")}
                   for r in self.node.zebra.show(line)]
                  for line in ("show ipv6 prefix-list", "show route-map")]
        return {"routes": routes, "kernel": kernel, "babel": babel, "policy": policy,
                "announces": parameters.get("redistribute")}


BABEL = ("running", "rxcost", "linkType", "splitHorizon", "mcastHelloInterval", "updateInterval",
         "unicast", "unscheduledHellos", "probeMtu", "rfc6126Compatible", "linkTypeReason",
         "enableTimestamps", "rttMin", "rttMax", "maxRttPenalty")


class Lines(Front):
    """Each line acts at once."""

    def apply(self, edits):
        args = ["-c", "configure terminal"]
        for e in edits:
            for line in e.lines:
                args += ["-c", line]
        return self.vtysh(*args)


class File(Front):
    """All lines in one transaction."""

    def apply(self, edits):
        path = os.path.join(self.node.dir, "change.conf")
        with open(path, "w", encoding="ascii") as f:
            f.write("".join(line + "\n" for e in edits for line in e.lines))
        return self.vtysh("-f", path)


class Netconf(Front):
    """By the candidate, or straight into running, in turns."""

    direct = False

    def apply(self, edits):
        self.direct = not self.direct
        with self.client() as m:
            try:
                for e in edits:
                    m.edit_config(target="running" if self.direct else "candidate",
                                  config=f'<config xmlns="{NC}">{e.xml}</config>')
                if not self.direct:
                    m.commit()
            except RPCError as e:
                if not self.direct:
                    m.discard_changes()
                return False, e.message
        return True, ""


def plain(e):
    """An element without the order of its children."""
    return (e.tag, (e.text or "").strip(), sorted(e.attrib.items()), sorted(map(plain, e)))


@pytest.fixture(scope="module")
def fronts():
    links = {f"{n}{i}": {n: (f"e{i}", ["fe80::1/64", f"2001:db8:{i}::1/64"]),
                         "p": (f"{n}{i}", ["fe80::2/64"])} for n in "abc" for i in (0, 1)}
    with Topology({"nodes": {n: {} for n in "abcp"}, "links": links}, captures=False) as t:
        key = os.path.join(t.dir, "adm")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        with open(key + ".pub", encoding="ascii") as f:
            public = " ".join(f.read().split()[:2])
        made = []
        for n, front in zip("abc", (Lines, File, Netconf)):
            node = t[n]
            for kind in ("zebra", "babeld"):
                node.start(kind, {})
            says, content = node.mgmtd.load(
                f"netconf server\n listen ssh ::1 port {PORT}\n user adm\n"
                f"  authorized-key main {public}\n exit\nexit\n"
                "nacm group admins\n user adm\nexit\n"
                "nacm rule-list admins\n group admins\n rule all permit\n exit\nexit\n")
            assert content, says
            d = node.daemons["netconfd"] = Netconfd(node, None)
            d.start()
            made.append(front(node))
        for f in made:
            wait_until(lambda f=f: listens(f), DEADLINE, "netconfd listens")
        yield made
        wrong = t.stop_daemons()
        if wrong:
            print(t.logs(40))
        assert not wrong, "\n".join(wrong)


def listens(front):
    try:
        front.client().close_session()
        return True
    except OSError:
        return False


def assert_equal(fronts):
    trees, texts = zip(*(f.running() for f in fronts))
    assert texts[0] == texts[1] == texts[2]
    assert trees[0] == trees[1] == trees[2]

    def same_state():
        states = [f.state() for f in fronts]
        for part in states[0]:
            for s in states[1:]:
                assert s[part] == states[0][part], part
        return [states[0]]
    return wait_until(same_state, DEADLINE, "the daemons' states are equal")[0]


def clear(fronts):
    """Nothing of the edits before is left."""
    for f in fronts:
        lines = [line for line in f.running()[1].splitlines()
                 if line.startswith(("ipv6 route ", "interface ", "router babel", "ipv6 protocol ",
                                     "route-map ", "ipv6 prefix-list "))]
        ok, says = File(f.node).apply([Edit(["no " + line for line in lines], "")])
        assert ok, says


@pytest.mark.parametrize("seed", [1, 2, "random"])
def test_three_fronts(fronts, seed):
    if seed == "random":
        seed = int(os.environ.get("SRCDEST_TEST_SEED") or random.randrange(3, 1 << 31))
    print(f"SRCDEST_TEST_SEED={seed}")
    clear(fronts)
    g = Generator(seed)
    for _ in range(BATCHES):
        edits = [g.edit() for _ in range(EDITS)]
        said = [f.apply(edits) for f in fronts]
        lines = "\n".join(line for e in edits for line in e.lines)
        assert all(ok for ok, _ in said), f"{said}\n{lines}"
        state = assert_equal(fronts)
        assert len(state["routes"]) >= len(g.routes), lines
        assert {i for i, v in state["babel"].items() if v["running"]} == \
            (g.babel or {"network": set()})["network"], lines

        bad = g.bad_route()
        if not bad:
            continue
        before = [f.running() for f in fronts]
        said = [f.apply([bad]) for f in fronts]
        assert not any(ok for ok, _ in said), f"{said} {bad.lines}"
        reason = said[2][1]
        assert all(reason in words for _, words in said), f"{said} {bad.lines}"
        assert before == [f.running() for f in fronts]
