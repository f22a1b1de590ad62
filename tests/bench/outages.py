# SPDX-License-Identifier: MIT
"""For how long a host's packets are lost when something fails, with default timers.

    ring:   a host at r0 and one at the opposite router; a link of the way between them is cut
    chain:  a host at r1, an uplink at each end; the near one is withdrawn
"""

import time

from harness import EchoServers, Topology, site, watch

NEAR, FAR = "2001:db8:a:1::10", "2001:db8:b:1::10"
BEACON = "2001:db8:ffff::1"
SETTLED = 20  # seconds without a loss before anything is cut, and after it is whole again
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
    commands = ["route add ::/0 via fe80::2 dev x0 proto static"]

    @staticmethod
    def daemons(links, uplink):
        return [("debian-babeld", "".join(f"interface {i} type wired\n" for i in links)
                 + "redistribute if h0 proto 2 allow\nredistribute ip ::/0 eq 0 proto 4 allow\n"
                 "redistribute local deny\nredistribute deny\n")]

    @staticmethod
    def withdraw(node):
        node.ip("route del ::/0 via fe80::2 dev x0")


class Bird:
    @staticmethod
    def daemons(links, uplink):
        names = ", ".join(f'"{i}"' for i in links)
        text = ("protocol babel { ipv6 sadr { table sadr6; import all; export all; };"
                f" interface {names} {{ type wired; }}; }}\n"
                'protocol direct { ipv6 sadr { table sadr6; }; interface "h0"; }\n')
        if uplink:
            text += ("protocol static uplink { ipv6 sadr { table sadr6; };"
                     " route ::/0 from ::/0 via fe80::2%x0; }\n")
        return [("bird", "router id from \"lo\";\n" + site.BIRD_HEAD + text)]

    @staticmethod
    def withdraw(node):
        node.bird.birdc("disable uplink", restricted=False)


KINDS = {"ours": Ours, "babeld": Debian, "bird": Bird}


def router(kind, k, links, uplink=False):
    daemons = kind.daemons(links, uplink)
    if kind is Bird:
        daemons = [("bird", daemons[0][1].replace('router id from "lo"',
                                                  f"router id 10.0.{k // 250}.{k % 250 + 1}"))]
    return {"router": True, "daemons": daemons,
            "commands": list(getattr(kind, "commands", ())) if uplink else []}


def lan(node, host, letter):
    address = NEAR if letter == "a" else FAR
    return {node: ("h0", ["fe80::1/64", f"2001:db8:{letter}:1::1/64"]),
            host: ("h0", [address + "/64"])}


HOST = {"commands": ["route add ::/0 via fe80::1 dev h0"]}


def ring_spec(kind, n):
    nodes = {f"r{k}": router(kind, k, ["left", "right"]) for k in range(n)}
    links = {f"l{k}": {f"r{k}": ("right", []), f"r{(k + 1) % n}": ("left", [])} for k in range(n)}
    links.update(near=lan("r0", "ha", "a"), far=lan(f"r{n // 2}", "hb", "b"))
    return {"nodes": {**nodes, "ha": HOST, "hb": HOST}, "links": links}


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
    stream = watch.stream(net, "ha", source, destination, interval=0.01)
    steady(net, stream, SETTLED)
    return stream


def used_link(net, n):
    """The link in the middle of the way from r0 to the far host, and its end that is nearer
    to r0."""
    node, way = 0, []
    while node != n // 2:
        line = net[f"r{node}"].ip_out("-6", "route", "get", FAR)
        side = line.split(" dev ")[1].split()[0]
        way.append((f"r{node}", side))
        node = (node + (1 if side == "right" else -1)) % n
    return way[len(way) // 2]


def ring(kind, n, silent=False):
    with Topology(ring_spec(KINDS[kind], n), captures=False) as net:
        echo = EchoServers()
        net.on_close(echo.close)
        echo.add(net["hb"].ns, FAR, "hb")
        echo.start()
        stream = watched(net, NEAR, FAR)
        node, ifname = used_link(net, n)
        since = time.monotonic()
        if silent:
            net[node].ns.run(["nft", "-f", "-"], stdin="table netdev mute {\n" + "".join(
                f"chain {way} {{\ntype filter hook {way} device {ifname} priority 0\ndrop\n}}\n"
                for way in ("ingress", "egress")) + "}\n")
        else:
            net[node].ip(f"link set {ifname} down")
        net.wait(lambda: stream.first(lambda o: not o.exit, since), GIVE_UP, "a loss")
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


STORIES = {"carrier lost": lambda kind, n: ring(kind, n),
           "silent loss": lambda kind, n: ring(kind, n, silent=True),
           "uplink withdrawn": chain}
