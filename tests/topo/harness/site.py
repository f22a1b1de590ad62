# SPDX-License-Identifier: MIT
"""The site of the main job: two ISPs, two edges, a core, a LAN with a host.

                 beacon 2001:db8:ffff::1 behind both
        ispa (2001:db8:a::/48)          ispb (2001:db8:b::/48)
          | fe80::1                       | fe80::1
          | fe80::2 up0                   | fe80::2 up0
          ea                              eb
           \\ core0                 core0 /
            \\ ea0               eb0     /
             `-------- core ------------'
                        | lan0  2001:db8:a:1::1, 2001:db8:b:1::1
                       host     2001:db8:a:1::10, 2001:db8:b:1::10

Each ISP drops and counts, at the way in from the site, every packet whose
source is not from the prefix that it delegated.
"""


import socket

from .probe import EchoServers, probe_once

BEACON = "2001:db8:ffff::1"
PREFIX = {"a": "2001:db8:a::/48", "b": "2001:db8:b::/48"}
HOST = {"a": "2001:db8:a:1::10", "b": "2001:db8:b:1::10"}
EDGE = {"a": "2001:db8:a:e::1", "b": "2001:db8:b:e::1"}
# Fast enough to watch; loss of carrier is acted on at once in any case.
TIMERS = {"mcast-hello-interval": 100, "update-interval": 400}

LINKS = {
    "upa": {"ispa": ("site0", ["fe80::1/64"]), "ea": ("up0", ["fe80::2/64"])},
    "upb": {"ispb": ("site0", ["fe80::1/64"]), "eb": ("up0", ["fe80::2/64"])},
    "ea-core": {"ea": ("core0", ["fe80::a/64"]), "core": ("ea0", ["fe80::c/64"])},
    "eb-core": {"eb": ("core0", ["fe80::b/64"]), "core": ("eb0", ["fe80::c/64"])},
    "lan": {"core": ("lan0", ["fe80::c/64", "2001:db8:a:1::1/64", "2001:db8:b:1::1/64"]),
            "host": ("lan0", [HOST["a"] + "/64", HOST["b"] + "/64"])},
}


def isp(letter):
    return {"router": True,
            "commands": [f"addr add {BEACON}/128 dev lo",
                         f"route add {PREFIX[letter]} via fe80::2 dev site0"]}


def static_default(letter):
    """The (D,S) default route of an edge, and only that."""
    return {"srcdest-static:static": {"route": [
        {"destination-prefix": "::/0", "source-prefix": PREFIX[letter],
         "next-hop": [{"gateway": "fe80::1", "interface": "up0", "distance": 1}]}]}}


def babel(interfaces, redistribute):
    return {"srcdest-babel:babel": {
        "interface": [{"name": i, "link-type": "wired", **TIMERS} for i in interfaces],
        "redistribute": [{"family": "ipv6", "protocol": p} for p in redistribute]}}


def our_edge(letter):
    return [("zebra", static_default(letter)), ("babeld", babel(["core0"], ["static"]))]


def our_core():
    return [("zebra", {}), ("babeld", babel(["ea0", "eb0"], ["connected"]))]


def debian_edge(letter):
    """Debian's babeld as edge; the default route is the kernel's, from boot."""
    return [("debian-babeld",
             "interface core0 type wired hello-interval 1 update-interval 4\n"
             f"redistribute ip ::/0 eq 0 src-ip {PREFIX[letter]} proto 4 allow\n"
             "redistribute local deny\nredistribute deny\n")]


def debian_core():
    return [("debian-babeld",
             "interface ea0 type wired hello-interval 1 update-interval 4\n"
             "interface eb0 type wired hello-interval 1 update-interval 4\n"
             "redistribute if lan0 proto 2 allow\n"
             "redistribute local deny\nredistribute deny\n")]


BIRD_HEAD = """
ipv6 sadr table sadr6;
protocol device { scan time 1; }
protocol kernel { ipv6 sadr { table sadr6; export all; }; merge paths no; }
"""


def bird_babel(interfaces):
    text = "".join(f'interface "{i}" {{ type wired; hello interval 1 s; update interval 4 s; }};'
                   for i in interfaces)
    return ("protocol babel { ipv6 sadr { table sadr6; import all; export all; }; "
            + text + " }\n")


def bird_edge(letter):
    rid = {"a": "10.0.0.1", "b": "10.0.0.2"}[letter]
    return [("bird", f"router id {rid};\n" + BIRD_HEAD + bird_babel(["core0"]) +
             "protocol static uplink { ipv6 sadr { table sadr6; }; check link yes;"
             f" route ::/0 from {PREFIX[letter]} via fe80::1%up0; }}\n")]


def bird_core():
    return [("bird", "router id 10.0.0.3;\n" + BIRD_HEAD + bird_babel(["ea0", "eb0"]) +
             'protocol direct { ipv6 sadr { table sadr6; }; interface "lan0"; }\n')]


def kernel_default(letter):
    return f"route add ::/0 from {PREFIX[letter]} via fe80::1 dev up0 proto static"


def spec(ea=None, eb=None, core=None):
    """The topology with the given lists of daemons on its three routers (default: ours)."""
    nodes = {
        "ispa": isp("a"), "ispb": isp("b"),
        "ea": {"router": True, "daemons": our_edge("a") if ea is None else ea},
        "eb": {"router": True, "daemons": our_edge("b") if eb is None else eb},
        "core": {"router": True, "daemons": our_core() if core is None else core},
        "host": {"commands": ["route add ::/0 via fe80::c dev lan0"]},
    }
    for letter in "ab":
        edge = nodes["e" + letter]
        # A global address to send ICMPv6 errors from: all its links have link-local ones.
        edge["commands"] = [f"addr add {EDGE[letter]}/128 dev lo"]
        if any(kind == "debian-babeld" for kind, *_ in edge["daemons"]):
            edge["commands"].append(kernel_default(letter))
    return {"nodes": nodes, "links": LINKS}


def uplink_down(topology, letter):
    """The ISP's side of the uplink goes down: its edge loses the carrier."""
    topology["isp" + letter].ip("link set site0 down")


def uplink_up(topology, letter):
    """And comes back, with what the kernel took from a downed interface at the ISP."""
    topology["isp" + letter].ip("link set site0 up", "addr add fe80::1/64 dev site0 nodad",
                                f"route add {PREFIX[letter]} via fe80::2 dev site0")


def filters(topology):
    """Ingress filters of both ISPs. Link-local is the link's own business."""
    for letter in "ab":
        topology["isp" + letter].ns.run(["nft", "-f", "-"], stdin=f"""
            table netdev ingress {{
                counter foreign {{ }}
                chain site {{
                    type filter hook ingress device site0 priority 0; policy accept;
                    ip6 saddr != {{ {PREFIX[letter]}, fe80::/10, ::/128 }} counter name foreign drop
                }}
            }}""")


def furnish(topology):
    """Filters, and the beacon behind each ISP, which answers with the ISP's name."""
    filters(topology)
    echo = EchoServers()
    topology.on_close(echo.close)
    for isp_name in ("ispa", "ispb"):
        echo.add(topology[isp_name].ns, BEACON, isp_name)
    echo.start()


def drops(topology, letter):
    """How many foreign packets an ISP has dropped so far."""
    out = topology["isp" + letter].ns.run(["nft", "list", "counter", "netdev", "ingress",
                                           "foreign"])
    return int(out.split("packets")[1].split()[0])


def probe_filter(topology, letter, packets=3):
    """Sends foreign packets straight from an edge to its ISP, bypassing all routing,
    and returns how many the ISP has dropped since: the counter must be able to count."""
    other = "b" if letter == "a" else "a"
    before = drops(topology, letter)
    edge = topology["e" + letter]

    def make():
        s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"up0\0")
        return s
    index = edge.ns.call(lambda: socket.if_nametoindex("up0"))
    src = socket.inet_pton(socket.AF_INET6, HOST[other])
    dst = socket.inet_pton(socket.AF_INET6, "fe80::1")
    # A bare header, next header 59 (none), RFC 8200 4.7.
    header = bytes([0x60, 0, 0, 0, 0, 0, 59, 64]) + src + dst
    with edge.ns.call(make) as s:
        for _ in range(packets):
            s.sendto(header, ("fe80::1", 0, 0, index))
    return drops(topology, letter) - before


def path_exit(topology, letter):
    """One real probe from the host's address of that prefix; its outcome."""
    return probe_once(topology["host"].ns, HOST[letter], BEACON)
