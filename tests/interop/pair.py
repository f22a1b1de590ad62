# SPDX-License-Identifier: MIT
"""Ours and one peer on one link, with what the setups of cells.py configure on both.

    xo -- ours ------ peer -- xp    h1 behind ours, h2 behind the peer

Ours has a plain way of its own to D1 by xo, and the peer a plain default by xp.
The peer announces (D1, S1) and a plain P1 by xp; ours announces (D2, T1) and a
plain P2 by xo; each announces its LAN. So the right exit depends on the source
on either side, and on a route that only the neighbour can have told.
"""

import re

from harness import EchoServers, NotYet, watch
from harness import site as place

D1, D2 = "2001:db8:d1::/48", "2001:db8:d2::/48"
P1, P2 = "2001:db8:e1::/48", "2001:db8:e2::/48"
S1, S2, T1, T2 = (f"2001:db8:{x}::/48" for x in ("51", "52", "61", "62"))
ANY, ANY4 = "::/0", "0.0.0.0/0"
HOSTS = {S1: "2001:db8:51:1::10", S2: "2001:db8:52:1::10",
         T1: "2001:db8:61:1::10", T2: "2001:db8:62:1::10"}
LANS = {p: h.replace("::10", "::/64") for p, h in HOSTS.items()}
BEACONS = {p: p.replace("::/48", "::1") for p in (D1, D2, P1, P2)}
LAN4 = {"ours": ("198.51.100.0/25", "198.51.100.128/25"),
        "peer": ("203.0.113.0/25", "203.0.113.128/25")}  # the second ones come and go
OURS, PEER = "fe80::a", "fe80::b"
SECRET = "thirty-two octets make a key ok!"  # the same octets for all
ALGORITHMS = {"hmac-sha-256": ("hmac-sha256", "hmac sha256"),
              "blake2s-128": ("blake2s128", "blake2s128")}  # Debian's babeld, BIRD
WAY = 0.02  # seconds each way, where the link is a tunnel
# FRR misses retractions (cells.py), and looks for routes that have expired, here after 18 s,
# twice a minute.
FORGOTTEN = 90
# Peers take their time stamps outside the kernel, and a busy machine is late. RFC 9616 4.2.
RTT = (2000 * WAY - 0.5, 2000 * WAY + 160)  # ms
RTT_COST = (20, 150)  # Debian's babeld has a maximum of 96, ours of 150


def fourth(lan, last):
    """The address of a LAN with that last number, and its length."""
    net, length = lan.split("/")
    head, first = net.rsplit(".", 1)
    return f"{head}.{int(first) + last}/{length}"


def host4(lan):
    return fourth(lan, 10).split("/")[0]


# What ours is told to do in a setup: settings of link0, and lines typed in afterwards.
UNICAST = {"unicast": True, "ucast-hello-interval": 100}
TUNNEL = {"link-type": "tunnel"}
SETTINGS = {"rtt": TUNNEL, "unicast": UNICAST, ("bird", "beyond"): {**TUNNEL, **UNICAST},
            # FRR measures by a Hello and an IHU in one packet, and ignores unicast Hellos.
            ("frr-babeld", "beyond"): TUNNEL}
TUNNELS = ("rtt", "beyond")
WITH_IP4 = ("via6", "beyond")


def key_lines(*algorithms, secret=SECRET, permissive=False):
    lines = ["key chain link"]
    for n, a in enumerate(algorithms):
        lines += [f"key {5 + n}", f"cryptographic-algorithm {a}", f"key-string {secret}"]
    lines += ["interface link0", "babel authentication key-chain link"]
    return lines + (["babel authentication permissive"] if permissive else [])


def typed(kind, setup):
    if setup in ALGORITHMS:
        return key_lines(setup)
    return key_lines(*ALGORITHMS, permissive=True) if (kind, setup) == (Frr, "beyond") else []


class Debian:
    """Debian's babeld: it announces what is in its kernel."""

    name, knows_pairs, default = "debian-babeld", True, True
    mine = [f"{P1} via fe80::2 dev x0 proto static",
            f"{D1} from {S1} via fe80::2 dev x0 proto static"]

    @staticmethod
    def daemons(setup, permissive=False):
        head, more, link = "", "", "wired"
        if setup in ALGORITHMS:
            head = f"key id k1 type {ALGORITHMS[setup][0]} value {SECRET.encode().hex()}\n"
            more = " key k1" + (" accept-bad-signatures true" if permissive else "")
        elif setup == "rtt":
            link, more = "tunnel", " enable-timestamps true"
        elif setup == "unicast":
            more = " unicast true"
        return [("debian-babeld", head
                 + f"interface link0 type {link} hello-interval 1 update-interval 4{more}\n"
                 f"redistribute ip {D1} eq 48 src-ip {S1} proto 4 allow\n"
                 f"redistribute ip {P1} eq 48 proto 4 allow\n"
                 "redistribute if h0 proto 2 allow\n"
                 "redistribute local deny\nredistribute deny\n")]

    @staticmethod
    def routes(peer):
        return peer.routes()

    @classmethod
    def withdraw(cls, net):
        net["peer"].ip(*(f"route del {r}" for r in cls.mine))

    @classmethod
    def announce(cls, net):
        net["peer"].ip(*(f"route add {r}" for r in cls.mine))

    @staticmethod
    def neighbour(peer):
        """Our router, as the peer shows it."""
        for line in peer.dump():
            w = line.split()
            if w[:2] == ["add", "neighbour"]:
                return dict(zip(w[3::2], w[4::2]))
        raise NotYet("\n".join(peer.dump()))


class Bird:
    """BIRD 2 with an IPv6 SADR table. It wants 12 of 16 Hellos if not told otherwise: the
    neighbour would be lost often when a tenth of all packets is."""

    name, knows_pairs, default, mine = "bird", True, True, []

    @staticmethod
    def daemons(setup, permissive=False):
        more = ""
        if setup in ALGORITHMS:
            more = (f"authentication mac{' permissive' if permissive else ''}; "
                    f'password "{SECRET}" {{ algorithm {ALGORITHMS[setup][1]}; }};')
        via = " route {} from {} via fe80::2%x0;"
        return [("bird", "router id 10.0.0.9;\nipv4 table m4;\n" + place.BIRD_HEAD
                 + "protocol kernel { ipv4 { table m4; export all; }; }\n"
                 "protocol babel { ipv4 { table m4; import all; export all; };"
                 " ipv6 sadr { table sadr6; import all; export all; };"
                 ' interface "link0" { type wired; hello interval 1 s; update interval 4 s; limit 6; '
                 + more + "}; }\n"
                 + "protocol direct { ipv4 { table m4; }; ipv6 sadr { table sadr6; };"
                 ' interface "h0"; }\n'
                 "protocol static uplink { ipv6 sadr { table sadr6; };"
                 + via.format(D1, S1) + via.format(P1, ANY) + " }\n")]

    @staticmethod
    def routes(peer):
        found = {**peer.routes(), **{(d, ANY4): r for (d, _), r in peer.routes("m4").items()}}
        # What it holds after a retraction is no route.
        return {k: r for k, r in found.items() if "unreachable" not in r}

    @staticmethod
    def withdraw(net):
        net["peer"].bird.birdc("disable uplink", restricted=False)

    @staticmethod
    def announce(net):
        net["peer"].bird.birdc("enable uplink", restricted=False)


class Frr(Debian):
    """Stock FRR, for plain routes: it announces what is in its kernel."""

    name, knows_pairs, default = "frr-babeld", False, False
    mine = [f"{P1} via fe80::2 dev x0"]

    @staticmethod
    def daemons(setup, permissive=False):
        more = " babel enable-timestamps\n" if setup == "beyond" else ""
        return [("frr-babeld", "interface link0\n babel wired\n babel hello-interval 1000\n"
                 " babel update-interval 4000\n" + more + "router babel\n network link0\n"
                 " redistribute ipv6 kernel\n redistribute ipv6 connected\n"
                 " redistribute ipv4 connected\n")]

    @staticmethod
    def routes(peer):
        found = {}
        for line in peer.vtysh("show babel route").splitlines():
            w = line.split()
            if "(installed)" in line and w[w.index("metric") + 1] != "65535":
                found[(w[0], ANY if ":" in w[0] else ANY4)] = line
        return found

    @staticmethod
    def neighbour(peer):
        text = peer.vtysh("show babel neighbor")
        m = re.search(r"^Neighbour (.*)", text, re.M)
        if not m:
            raise NotYet(text)
        w = m[1].split()
        return dict(zip(w[1::2], w[2::2]))


PEERS = {c.name: c for c in (Debian, Bird, Frr)}


def static(routes):
    rows = []
    for dst, src in routes:
        rows.append({"destination-prefix": dst, "source-prefix": src,
                     "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]})
    return {"srcdest-static:static": {"route": rows}}


def our_babel(kind, setup, settings=None):
    config = place.babel(["link0"], ["static", "connected"])
    inside = config["srcdest-babel:babel"]
    inside["interface"][0].update(settings or SETTINGS.get((kind.name, setup), SETTINGS.get(setup, {})))
    if setup in WITH_IP4:
        inside["redistribute"].append({"family": "ipv4", "protocol": "connected"})
    return config


def exit_node():
    return {"router": True, "commands": ["route add ::/0 via fe80::1 dev x0"]
            + [f"addr add {b}/128 dev lo" for b in BEACONS.values()]}


def lan(router, ip4, prefixes):
    """The ends of a LAN: the router's, the host's."""
    nets = LAN4[router] if ip4 else ()
    return (("h0", ["fe80::1/64"] + [LANS[p].replace("::/64", "::1/64") for p in prefixes]
             + [fourth(n, 1) for n in nets]),
            ("h0", [HOSTS[p] + "/64" for p in prefixes] + [fourth(n, 10) for n in nets]))


def spec(kind, setup, permissive=False, settings=None, head=""):
    ip4 = setup in WITH_IP4
    (o, h1), (p, h2) = lan("ours", ip4, (S1, S2)), lan("peer", ip4, (T1, T2))
    core = {"ours": ("link0", [OURS + "/64"]), "peer": ("link0", [PEER + "/64"])}
    return {"nodes": {
        "ours": {"router": True, "daemons": [("zebra", static(OUR_ROUTES)),
                                             ("babeld", our_babel(kind, setup, settings))]},
        "peer": {"router": True, "daemons": [(k, head + text) for k, text in
                                                kind.daemons(setup, permissive)],
                 "commands": (["route add ::/0 via fe80::2 dev x0"] if kind.default else [])
                 + [f"route add {r}" for r in kind.mine]},
        "xo": exit_node(), "xp": exit_node(),
        "h1": {"commands": ["route add ::/0 via fe80::1 dev h0"]},
        "h2": {"commands": ["route add ::/0 via fe80::1 dev h0"]}},
        "links": {
            "core": {**core, "delay": WAY} if setup in TUNNELS else core,
            "exit-ours": {"ours": ("x0", ["fe80::1/64"]), "xo": ("x0", ["fe80::2/64"])},
            "exit-peer": {"peer": ("x0", ["fe80::1/64"]), "xp": ("x0", ["fe80::2/64"])},
            "lan1": {"ours": o, "h1": h1}, "lan2": {"peer": p, "h2": h2}}}


OUR_ROUTES = [(D1, ANY), (D2, T1), (P2, ANY)]
LOSS = """
table inet lossy {
  chain c {
    type filter hook input priority 0
    udp dport 6696 numgen random mod 10 == 0 counter drop
  }
}
"""


class Pair:
    """The two, in one setup: what is told and carried, and what both show.

    permissive: the peer is; settings: of ours on link0, in place of the setup's; head: goes
    before the peer's configuration."""

    def __init__(self, topology, peer, setup, permissive=False, settings=None, head=""):
        self.kind, self.setup = PEERS[peer], setup
        self.net = topology(spec(self.kind, setup, permissive, settings, head),
                            captures=("core",))
        self.ours = self.net["ours"]
        self.peer = next(iter(self.net["peer"].daemons.values()))
        self.four = setup == "via6"  # what comes and goes is IPv4 alone
        echo = EchoServers()
        self.net.on_close(echo.close)
        for x in ("xo", "xp"):
            for b in BEACONS.values():
                echo.add(self.net[x].ns, b, x)
        echo.add(self.net["h2"].ns, HOSTS[T2], "h2")
        if setup in WITH_IP4:
            for host, router in (("h1", "ours"), ("h2", "peer")):
                self.net[host].ns.ip("route add default via "
                                     + fourth(LAN4[router][0], 1).split("/")[0])
                for n in LAN4[router]:
                    echo.add(self.net[host].ns, host4(n), host)
        echo.start()
        if typed(self.kind, setup) and not permissive:
            self.type(*typed(self.kind, setup))

    def type(self, *lines):
        says, content = self.ours.mgmtd.load("\n".join(lines) + "\n")
        assert content, says

    # What is told.

    def lans(self, side):
        if self.four:
            return [(LAN4[side][0], ANY4)]
        return [(LANS[p], ANY) for p in ((S1, S2) if side == "ours" else (T1, T2))]

    def passing(self, side):
        """What that side announces, withdraws and announces again."""
        if self.four:
            return [(LAN4[side][1], ANY4)]
        plain, sourced = ((P2, ANY), (D2, T1)) if side == "ours" else ((P1, ANY), (D1, S1))
        return [plain, sourced] if self.kind.knows_pairs else [plain]

    def probes(self):
        """(host, source, destination, who answers) that need what passes."""
        if self.four:
            (o, o2), (p, p2) = LAN4["ours"], LAN4["peer"]
            return [("h1", host4(o), host4(p2), "h2"), ("h2", host4(p), host4(o2), "h1")]
        rows = [("h1", S1, P1, "xp"), ("h1", S1, D1, "xp"),
                ("h2", T1, P2, "xo"), ("h2", T1, D2, "xo")]
        return [(h, HOSTS[s], BEACONS[d], x) for h, s, d, x in rows
                if self.kind.knows_pairs or d in (P1, P2)]

    def others(self):
        """Those that go another way, whatever the probes above do."""
        if self.four:
            return []
        if not self.kind.knows_pairs:  # RFC 9079 5.1: the pair is unknown to it, never plain
            return [("h1", HOSTS[S2], BEACONS[D1], "xo"),
                    ("h2", HOSTS[T1], BEACONS[D2], "unreachable, no route by peer")]
        return [("h1", HOSTS[S2], BEACONS[D1], "xo"), ("h2", HOSTS[T2], BEACONS[D2], "xp")]

    def announce(self):
        self._ours(OUR_ROUTES, "add")
        if not self.four:
            self.kind.announce(self.net)

    def lossy(self):
        """From now on a share of Babel's packets is lost both ways; gives its end."""
        nodes = [self.net[n].ns for n in ("ours", "peer")]

        def both_have_lost():
            for ns in nodes:
                said = ns.run(["nft", "list", "table", "inet", "lossy"])
                if "packets 0 " in said:
                    raise NotYet(said)
            return True
        def end():
            self.net.wait(both_have_lost, 90, "packets lost both ways")
            for ns in nodes:
                ns.run(["nft", "delete", "table", "inet", "lossy"])
        for ns in nodes:
            ns.run(["nft", "-f", "-"], stdin=LOSS)
        return end

    def withdraw(self):
        self._ours([r for r in OUR_ROUTES if r not in self.passing("ours")], "del")
        if not self.four:
            self.kind.withdraw(self.net)

    def _ours(self, routes, word):
        if self.four:
            for side in ("ours", "peer"):
                self.net[side].ns.ip(f"addr {word} {fourth(LAN4[side][1], 1)} dev h0")
        else:
            self.ours.zebra.config = static(routes)
            self.ours.zebra.reload()

    # What is seen.

    def peer_has(self, pairs, absent=(), timeout=FORGOTTEN):
        def check():
            have = set(self.kind.routes(self.peer))
            if not set(pairs) <= have or set(absent) & have:
                raise NotYet(f"the peer has {sorted(have)}")
            return True
        self.net.wait(check, timeout, f"{pairs} and not {absent} at the peer")

    def well(self, timeout=FORGOTTEN):
        """Everything announced in both directions, shown and carried by real packets."""
        for p in self.passing("peer") + self.lans("peer"):
            watch.has_route(self.net, "ours", p, "link0", "babel", timeout)
        self.peer_has(self.passing("ours") + self.lans("ours"), self.never(), timeout)
        for host, source, destination, want in self.probes() + self.others():
            watch.meets(self.net, host, source, destination, want, timeout)

    def never(self):
        """What the peer can't take from us, and must not take for something else."""
        found = [] if self.kind.knows_pairs else [(D2, ANY)]
        if self.setup == "beyond":
            found += [(n, ANY4) for n in LAN4["ours"]]
        return found

    def gone(self, timeout=FORGOTTEN):
        """What passes has passed away, and nothing else."""
        for p in self.passing("peer"):
            watch.has_no_route(self.net, "ours", p, timeout)
        self.peer_has(self.lans("ours"), self.passing("ours"), timeout)
        for host, source, destination, not_by in self.probes():
            self.leaves(host, source, destination, not_by, timeout)
        for host, source, destination, want in self.others():
            watch.meets(self.net, host, source, destination, want, timeout)

    def leaves(self, host, source, destination, not_by, timeout):
        def check():
            o = watch.probe_once(self.net[host].ns, source, destination, timeout=0.5)
            if o.exit == not_by:
                raise NotYet(f"{source} to {destination} met {o.exit}")
            return True
        self.net.wait(check, timeout, f"{source} to {destination} not by {not_by}")

    def stream(self):
        """Packets between the LANs, both ways, which no story but a stopped peer disturbs."""
        ends = [HOSTS[S2], HOSTS[T2]]
        if self.four:
            ends = [host4(LAN4[side][0]) for side in ("ours", "peer")]
        return watch.stream(self.net, "h1", *ends, interval=0.02, running=10)

    def unbroken(self, stream):
        watch.more(self.net, [stream], 20)
        stream.stop()
        assert not stream.lost() and stream.exits() == ["h2"], stream.summary()

    # What each feature shows.

    def neighbour(self):
        rows = self.ours.babeld.show("show babel neighbor")["neighbours"]
        if len(rows) != 1:
            raise NotYet(f"{rows}")
        return rows[0]

    def auth(self):
        rows = self.ours.babeld.show("show babel auth link0")
        if len(rows) != 1:
            raise NotYet(f"ours shows {rows}")
        return rows[0]

    def shown(self):
        """Waits until both show that they do what the setup is about."""
        self.since = self.net.captures["core"].count("frame")
        for name in SHOWN.get((self.kind.name, self.setup), SHOWN.get(self.setup, ())):
            self.net.wait(getattr(self, name), 60, f"{name} shown by both")

    def proven(self):
        row = self.auth()
        have = [n["address"] for n in row.get("neighbor", []) if n["state"] == "proven"]
        if have != [PEER] or row["key"][0]["verified"] < 3:
            raise NotYet(f"ours has {row}")
        return row

    def measured(self):
        """Both ends know the delay, and what it costs."""
        n, there = self.neighbour(), self.kind.neighbour(self.peer)
        for rtt, cost in ((n.get("rtt", 0) / 1000, n["cost"] - 96),
                          (float(there.get("rtt", 0)), float(there.get("rttcost", 0)))):
            if not RTT[0] <= rtt <= RTT[1] or not RTT_COST[0] <= cost <= RTT_COST[1]:
                raise NotYet(f"ours has {n}, the peer {there}")
        assert n["rttSamples"] >= 2 and n["rttRefused"] == 0, n
        return n

    def unmeasured(self):
        """The link has its nominal cost on both sides, and every Hello has arrived."""
        n = self.neighbour()
        text = self.peer.birdc("show babel neighbors")
        if n["cost"] != 96 or n["helloMcastHistory"] != "ffff" or \
                not re.search(rf"{OURS}\s+link0\s+96\s+\d+\s+16\b", text):
            raise NotYet(f"{n}\n{text}")
        assert "rtt" not in n, n
        return n

    def unicast(self):
        """Our Hellos of both kinds go, and nothing but Hellos goes to the group (now that the
        neighbour is known)."""
        tlvs = "babel.message.type in {5, 8, 9, 10}"  # IHU, Update, both Requests
        babel = f"frame.number > {self.since} && udp.port == 6696 && ipv6.src == {OURS}"
        mine = f"{babel} && {tlvs}"
        group = "ipv6.dst == ff02::1:6"
        capture = self.net.captures["core"]
        assert not capture.count(f"{mine} && {group}")
        hellos = f"{babel} && babel.message.type == 4"
        for what in (f"{mine} && !({group})", f"{hellos} && {group}", f"{hellos} && !({group})"):
            if not capture.count(what):
                raise NotYet(f"no {what} so far")
        return True

    def via_ip6(self):
        """Both kernels route IPv4 through the other's link-local address."""
        for node, other, gateway in (("ours", "peer", PEER), ("peer", "ours", OURS)):
            for dst in LAN4[other]:
                line = self.net[node].ip_out("-4", "route", "show", dst)
                if f"via inet6 {gateway} dev link0" not in line:
                    raise NotYet(f"{node} has {line!r}")
        return True

    def heard(self):
        """Debian's babeld counts our unicast Hellos, and speaks by unicast itself."""
        there = self.kind.neighbour(self.peer)
        if int(there["ureach"], 16) & 0xe000 != 0xe000:
            raise NotYet(f"the peer has {there}")
        return there


SHOWN = {"hmac-sha-256": ("proven",), "blake2s-128": ("proven",), "rtt": ("measured",), "via6": ("via_ip6",),
         ("debian-babeld", "unicast"): ("unicast", "heard"),
         ("bird", "beyond"): ("unmeasured", "unicast"),
         ("frr-babeld", "beyond"): ("measured",), ("frr-babeld", "unicast"): ("unicast",)}
