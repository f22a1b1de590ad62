# SPDX-License-Identifier: MIT
"""For how long a host's packets are lost when something fails, with default timers.

    ring:   a host at r0 and one at the opposite router; a link of the way between them is cut
    grid:   hosts at opposite corners; a link of the way is cut, or a router on it dies
    chain:  a host at r1, an uplink at each end; the near one is withdrawn
"""

import math
import time

from harness import EchoServers, Topology, site, watch

NEAR, FAR = "2001:db8:a:1::10", "2001:db8:b:1::10"
BEACON = "2001:db8:ffff::1"
SETTLED = 20  # seconds without a loss before anything is cut, and after it is whole again
NOTICED = 15  # seconds by which whoever fell silent is missed
GIVE_UP = 180


# ---- The routers, one function per implementation: daemons, and what they say of links ----

class Ours:
    @staticmethod
    def daemons(links, uplink):
        static = {"srcdest-static:static": {"route": [
            {"destination-prefix": "::/0", "source-prefix": "::/0",
             "next-hop": [{"gateway": "fe80::2", "interface": "x0", "distance": 1}]}]}}
        return [("zebra", static if uplink else {}), ("babeld", {"srcdest-babel:babel": {
            "interface": [{"name": i, "link-type": "wired"} for i in links],
            "redistribute": [{"family": "ipv6", "protocol": p}
                             for p in ("connected", "static")]}})]

    @staticmethod
    def withdraw(node):
        node.zebra.config = {}
        node.zebra.reload()


class Debian:
    program = "debian-babeld"
    commands = ["route add ::/0 via fe80::2 dev x0 proto static"]

    @classmethod
    def daemons(cls, links, uplink):
        return [(cls.program, "".join(f"interface {i} type wired\n" for i in links)
                 + "redistribute if h0 proto 2 allow\nredistribute ip ::/0 eq 0 proto 4 allow\n"
                 "redistribute local deny\nredistribute deny\n")]

    @staticmethod
    def withdraw(node):
        node.ip("route del ::/0 via fe80::2 dev x0")


class Bird:
    program = "bird"

    @classmethod
    def daemons(cls, links, uplink):
        names = ", ".join(f'"{i}"' for i in links)
        text = ("protocol babel { ipv6 sadr { table sadr6; import all; export all; };"
                f" interface {names} {{ type wired; }}; }}\n"
                'protocol direct { ipv6 sadr { table sadr6; }; interface "h0"; }\n')
        if uplink:
            text += ("protocol static uplink { ipv6 sadr { table sadr6; };"
                     " route ::/0 from ::/0 via fe80::2%x0; }\n")
        return [(cls.program, "router id from \"lo\";\n" + site.BIRD_HEAD + text)]

    @classmethod
    def withdraw(cls, node):
        node.daemons[cls.program].birdc("disable uplink", restricted=False)


KINDS = {"ours": Ours, "babeld": Debian, "bird": Bird,
         **{name: type(name, (base,), {"program": name}) for name, base in
            (("babeld-new", Debian), ("bird-new", Bird), ("bird3", Bird))}}


def router(kind, k, links, uplink=False):
    daemons = kind.daemons(links, uplink)
    if issubclass(kind, Bird):
        rid = f"router id 10.0.{k // 250}.{k % 250 + 1}"
        daemons = [(kind.program, daemons[0][1].replace('router id from "lo"', rid))]
    return {"router": True, "daemons": daemons,
            "commands": list(getattr(kind, "commands", ())) if uplink else []}


def lan(node, host, letter):
    address = NEAR if letter == "a" else FAR
    return {node: ("h0", ["fe80::1/64", f"2001:db8:{letter}:1::1/64"]),
            host: ("h0", [address + "/64"])}


HOST = {"commands": ["route add ::/0 via fe80::1 dev h0"]}


def two_hosts(kind, n, links, far):
    """Routers and links, {name: {router: interface}}; a host at r0 and one at the far router."""
    ports = {f"r{k}": [] for k in range(n)}
    for ends in links.values():
        for node, ifname in ends.items():
            ports[node].append(ifname)
    nodes = {f"r{k}": router(kind, k, ports[f"r{k}"]) for k in range(n)}
    spec = {name: {node: (ifname, []) for node, ifname in ends.items()}
            for name, ends in links.items()}
    spec.update(near=lan("r0", "ha", "a"), far=lan(f"r{far}", "hb", "b"))
    return {"nodes": {**nodes, "ha": HOST, "hb": HOST}, "links": spec}


def ring_spec(kind, n):
    links = {f"l{k}": {f"r{k}": "right", f"r{(k + 1) % n}": "left"} for k in range(n)}
    return two_hosts(kind, n, links, n // 2)


def grid_spec(kind, n):
    """As square as n allows, two rows at least; the last one may be short."""
    rows = max([2] + [r for r in range(2, math.isqrt(n) + 1) if n % r == 0])
    columns = -(-n // rows)
    links = {}
    for k in range(n):
        if (k + 1) % columns and k + 1 < n:
            links[f"x{k}"] = {f"r{k}": "east", f"r{k + 1}": "west"}
        if k + columns < n:
            links[f"y{k}"] = {f"r{k}": "south", f"r{k + columns}": "north"}
    return two_hosts(kind, n, links, n - 1)


def chain_spec(kind, n):
    def ends(k):
        return (["left"] if k else []) + (["right"] if k < n - 1 else [])
    nodes = {f"r{k}": router(kind, k, ends(k), uplink=k in (0, n - 1)) for k in range(n)}
    links = {f"l{k}": {f"r{k}": ("right", []), f"r{k + 1}": ("left", [])} for k in range(n - 1)}
    links["lan"] = lan("r1", "ha", "a")
    for name, end in (("xnear", "r0"), ("xfar", f"r{n - 1}")):
        nodes[name] = {"router": True, "commands": [f"addr add {BEACON}/128 dev lo",
                                                    "route add ::/0 via fe80::1 dev x0"]}
        links[name] = {end: ("x0", ["fe80::1/64"]), name: ("x0", ["fe80::2/64"])}
    return {"nodes": {**nodes, "ha": HOST}, "links": links}


# ---- What is seen ----

def steady(net, stream, seconds, timeout=GIVE_UP):
    """Waits until no packet has been lost for so long; those of the last second may be on
    their way."""
    def check():
        now = time.monotonic()
        last = [o for o in list(stream.outcomes) if now - seconds - 1 < o.sent < now - 1]
        return last and now - last[0].sent >= seconds and all(o.exit for o in last)
    net.wait(check, timeout, f"{seconds} s without a loss")


def outage(stream, since):
    """Seconds between the first and the last loss, and those lost altogether."""
    lost = [o.sent for o in stream.outcomes if o.sent >= since and not o.exit]
    return lost[-1] - lost[0] + stream.interval if lost else 0.0


def watched(net, source, destination):
    stream = watch.stream(net, "ha", source, destination)
    steady(net, stream, SETTLED)
    return stream


def way(net):
    """The (router, interface) of each hop between routers from r0 to the far host."""
    across = {}
    for name in net.spec["links"]:
        one, other = net.ends(name)
        across[one], across[other] = other, one
    hops, node = [], "r0"
    while True:
        line = net[node].ip_out("-6", "route", "get", FAR)
        ifname = line.split(" dev ")[1].split()[0]
        if ifname == "h0":
            return hops
        hops.append((node, ifname))
        node = across[node, ifname][0]


def lose_carrier(net):
    hops = way(net)
    node, ifname = hops[len(hops) // 2]
    net[node].ip(f"link set {ifname} down")


def fall_silent(net):
    hops = way(net)
    node, ifname = hops[len(hops) // 2]
    net[node].ns.run(["nft", "-f", "-"], stdin="table netdev mute {\n" + "".join(
        f"chain {side} {{\ntype filter hook {side} device {ifname} priority 0\ndrop\n}}\n"
        for side in ("ingress", "egress")) + "}\n")


def die(net):
    """A router's power is gone: all its links are."""
    hops = way(net)
    node = hops[len(hops) // 2][0]
    for d in net[node].daemons.values():
        d.kill()
    net[node].ip(*(f"link set {ends[node][0]} down"
                   for ends in net.spec["links"].values() if node in ends))


def between_hosts(spec, fault, kind, n):
    with Topology(spec(KINDS[kind], n), captures=False) as net:
        echo = EchoServers()
        net.on_close(echo.close)
        echo.add(net["hb"].ns, FAR, "hb")
        echo.start()
        stream = watched(net, NEAR, FAR)
        since = time.monotonic()
        fault(net)
        # It may take so little that no packet is lost.
        net.wait(lambda: time.monotonic() - since > NOTICED, GIVE_UP, "a loss")
        steady(net, stream, SETTLED)
        stream.stop()
        net.stop_daemons()
        return outage(stream, since)


def chain(kind, n):
    with Topology(chain_spec(KINDS[kind], n), captures=False) as net:
        echo = EchoServers()
        net.on_close(echo.close)
        for x in ("xnear", "xfar"):
            echo.add(net[x].ns, BEACON, x)
        echo.start()
        watch.meets(net, "ha", NEAR, BEACON, "xnear", GIVE_UP)
        stream = watched(net, NEAR, BEACON)
        since = time.monotonic()
        KINDS[kind].withdraw(net["r0"])
        net.wait(lambda: stream.first(lambda o: o.exit == "xfar", since), GIVE_UP,
                 "the other uplink")
        steady(net, stream, 5)
        stream.stop()
        net.stop_daemons()
        return outage(stream, since)


def two(spec, fault):
    return lambda kind, n: between_hosts(spec, fault, kind, n)


STORIES = {"ring carrier lost": two(ring_spec, lose_carrier),
           "ring silent loss": two(ring_spec, fall_silent),
           "uplink withdrawn": chain,
           "grid carrier lost": two(grid_spec, lose_carrier),
           "grid silent loss": two(grid_spec, fall_silent),
           "grid router dies": two(grid_spec, die)}
