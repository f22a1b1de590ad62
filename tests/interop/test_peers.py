# SPDX-License-Identifier: MIT
"""Ours and one peer on one link, plain and (D,S) routes in both directions.

    xo -- ours ------ peer -- xp		h1 behind ours, h2 behind the peer

Ours has a plain way of its own to D1 by xo, and the peer a plain default by xp.
The peer announces (D1, S1) and a plain P1 by xp; ours announces (D2, T1) and a
plain P2 by xo; each announces its LAN. So the right exit depends on the source
on either side, and on a route that only the neighbour can have told.
"""

import pytest
from harness import EchoServers, NotYet, watch
from harness import site as place

D1, D2 = "2001:db8:d1::/48", "2001:db8:d2::/48"
P1, P2 = "2001:db8:e1::/48", "2001:db8:e2::/48"
S1, S2, T1, T2 = (f"2001:db8:{x}::/48" for x in ("51", "52", "61", "62"))
HOSTS = {S1: "2001:db8:51:1::10", S2: "2001:db8:52:1::10",
         T1: "2001:db8:61:1::10", T2: "2001:db8:62:1::10"}
LANS = {p: h.replace("::10", "::/64") for p, h in HOSTS.items()}
BEACONS = {p: p.replace("::/48", "::1") for p in (D1, D2, P1, P2)}


def static(routes):
    rows = []
    for dst, src in routes:
        rows.append({"destination-prefix": dst, "source-prefix": src,
                     "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]})
    return {"srcdest-static:static": {"route": rows}}


OUR_ROUTES = [(D1, "::/0"), (D2, T1), (P2, "::/0")]


def our_side():
    return [("zebra", static(OUR_ROUTES)),
            ("babeld", place.babel(["link0"], ["static", "connected"]))]


class Debian:
    """Debian's babeld: it announces what is in its kernel."""

    daemons = [("debian-babeld",
                "interface link0 type wired hello-interval 1 update-interval 4\n"
                f"redistribute ip {D1} eq 48 src-ip {S1} proto 4 allow\n"
                f"redistribute ip {P1} eq 48 proto 4 allow\n"
                "redistribute if h0 proto 2 allow\n"
                "redistribute local deny\nredistribute deny\n")]
    commands = [f"route add {D1} from {S1} via fe80::2 dev x0 proto static",
                f"route add {P1} via fe80::2 dev x0 proto static"]

    @staticmethod
    def routes(peer):
        return peer.routes()

    @staticmethod
    def withdraw(net):
        net["peer"].ip(f"route del {D1} from {S1}")

    @staticmethod
    def announce(net):
        net["peer"].ip(f"route add {D1} from {S1} via fe80::2 dev x0 proto static")


class Bird:
    """BIRD 2 with an IPv6 SADR table."""

    daemons = [("bird", "router id 10.0.0.9;\n" + place.BIRD_HEAD
                + place.bird_babel(["link0"])
                + 'protocol direct { ipv6 sadr { table sadr6; }; interface "h0"; }\n'
                + "protocol static uplink { ipv6 sadr { table sadr6; };"
                  f" route {D1} from {S1} via fe80::2%x0; }}\n"
                + "protocol static { ipv6 sadr { table sadr6; };"
                  f" route {P1} from ::/0 via fe80::2%x0; }}\n")]
    commands = []

    @staticmethod
    def routes(peer):
        return peer.routes()

    @staticmethod
    def withdraw(net):
        net["peer"].bird.birdc("disable uplink", restricted=False)

    @staticmethod
    def announce(net):
        net["peer"].bird.birdc("enable uplink", restricted=False)


PEERS = {"debian-babeld": Debian, "bird": Bird}


def lan(prefixes):
    return ["fe80::1/64"] + [LANS[p].replace("::/64", "::1/64") for p in prefixes]


def exit_node():
    return {"router": True, "commands": ["route add ::/0 via fe80::1 dev x0"]
            + [f"addr add {b}/128 dev lo" for b in BEACONS.values()]}


def spec(peer_daemons, peer_commands):
    return {"nodes": {
        "ours": {"router": True, "daemons": our_side()},
        "peer": {"router": True, "daemons": peer_daemons,
                 "commands": ["route add ::/0 via fe80::2 dev x0"] + peer_commands},
        "xo": exit_node(), "xp": exit_node(),
        "h1": {"commands": ["route add ::/0 via fe80::1 dev h0"]},
        "h2": {"commands": ["route add ::/0 via fe80::1 dev h0"]}},
        "links": {
            "core": {"ours": ("link0", ["fe80::a/64"]), "peer": ("link0", ["fe80::b/64"])},
            "exit-ours": {"ours": ("x0", ["fe80::1/64"]), "xo": ("x0", ["fe80::2/64"])},
            "exit-peer": {"peer": ("x0", ["fe80::1/64"]), "xp": ("x0", ["fe80::2/64"])},
            "lan1": {"ours": ("h0", lan([S1, S2])),
                     "h1": ("h0", [HOSTS[S1] + "/64", HOSTS[S2] + "/64"])},
            "lan2": {"peer": ("h0", lan([T1, T2])),
                     "h2": ("h0", [HOSTS[T1] + "/64", HOSTS[T2] + "/64"])}}}


@pytest.fixture(params=sorted(PEERS))
def pair(request, topology):
    kind = PEERS[request.param]
    net = topology(spec(kind.daemons, kind.commands))
    answer(net)
    return net, kind


def answer(net):
    echo = EchoServers()
    net.on_close(echo.close)
    for x in ("xo", "xp"):
        for b in BEACONS.values():
            echo.add(net[x].ns, b, x)
    echo.start()


def peer_of(net):
    return next(iter(net["peer"].daemons.values()))


def peer_has(net, kind, pairs, absent=()):
    def check():
        have = set(kind.routes(peer_of(net)))
        if not set(pairs) <= have or set(absent) & have:
            raise NotYet(f"the peer has {sorted(have)}")
        return True
    net.wait(check, 40, f"{pairs} and not {absent} at the peer")


def all_is_well(net, kind, timeout=40):
    """Everything announced in both directions, shown and carried by real packets."""
    for p in [(D1, S1), (P1, "::/0"), (LANS[T1], "::/0"), (LANS[T2], "::/0")]:
        watch.has_route(net, "ours", p, "link0", "babel", timeout)
    peer_has(net, kind, [(D2, T1), (P2, "::/0"), (LANS[S1], "::/0"), (LANS[S2], "::/0")])
    for host, source, beacon, want in [
            ("h1", S1, D1, "xp"),  # told by the peer, for this source alone
            ("h1", S2, D1, "xo"),
            ("h1", S1, P1, "xp"), ("h1", S2, P1, "xp"),
            ("h2", T1, D2, "xo"),  # told by ours, for this source alone
            ("h2", T2, D2, "xp"),
            ("h2", T1, P2, "xo"), ("h2", T2, P2, "xo")]:
        watch.meets(net, host, HOSTS[source], BEACONS[beacon], want, timeout)


def test_announced_and_withdrawn_in_both_directions(pair):
    net, kind = pair
    all_is_well(net, kind)
    # The peer takes (D1, S1) back: S1 goes with the plain D1 again, P1 stays.
    kind.withdraw(net)
    watch.meets(net, "h1", HOSTS[S1], BEACONS[D1], "xo")
    watch.has_no_route(net, "ours", (D1, S1))
    watch.meets(net, "h1", HOSTS[S1], BEACONS[P1], "xp")
    # Ours takes (D2, T1) back: T1 goes with the peer's default again, P2 stays.
    zebra = net["ours"].zebra
    zebra.config = static([r for r in OUR_ROUTES if r != (D2, T1)])
    zebra.reload()
    peer_has(net, kind, [(P2, "::/0")], absent=[(D2, T1)])
    watch.meets(net, "h2", HOSTS[T1], BEACONS[D2], "xp", 100)  # once its hold is over
    watch.meets(net, "h2", HOSTS[T1], BEACONS[P2], "xo")
    # And both announce again.
    kind.announce(net)
    zebra.config = static(OUR_ROUTES)
    zebra.reload()
    all_is_well(net, kind)


def test_the_peer_restarts(pair):
    net, kind = pair
    all_is_well(net, kind)
    peer = peer_of(net)
    peer.stop()
    watch.has_no_route(net, "ours", (D1, S1), 30)
    watch.meets(net, "h1", HOSTS[S1], BEACONS[D1], "xo")
    peer.start()
    all_is_well(net, kind)
    peer.kill()
    peer.start()
    all_is_well(net, kind, 60)


@pytest.mark.parametrize("killed", ["babeld", "zebra"])
def test_ours_restarts(pair, killed):
    net, kind = pair
    all_is_well(net, kind)
    victim = getattr(net["ours"], killed)
    victim.kill()
    victim.start()
    all_is_well(net, kind, 60)
    assert victim.stop() == 0
    victim.start()
    all_is_well(net, kind, 60)
