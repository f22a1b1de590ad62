# SPDX-License-Identifier: MIT
"""What a topology says of zebra and babeld, as lines that an FRR user would write.

The configuration of a daemon is a dict:

    {"srcdest-static:static": {"route": [
        {"destination-prefix": .., "source-prefix": .., "next-hop": [..]}]}}
    {"srcdest-fpm:fpm": {"server": {"address": .., "port": ..}, "encoding": ..}}
    {"srcdest-babel:babel": {"interface": [{"name": .., "rxcost": ..}],
                             "redistribute": [..], "router-id": ..}}

in the words of the YANG modules; what babeld does on an interface stands with
its name, and it runs there. A node's whole configuration is its daemons'
together: sections, each with its lines; the first section has no name.
"""

WORDS = {"blackhole": "blackhole", "unreachable": "reject", "prohibit": "prohibit"}
PLAIN = ("::/0", "0.0.0.0/0")


def hop_line(route, hop):
    """One next hop of a static route."""
    dst, src = route["destination-prefix"], route["source-prefix"]
    gateway, ifname = hop["gateway"], hop.get("interface", "")
    words = ["ipv6" if ":" in dst else "ip", "route", dst]
    if src not in PLAIN:
        words += ["from", src]
    if gateway in WORDS:
        words.append(WORDS[gateway])
    elif gateway != "direct":
        words.append(gateway)
    if ifname:
        words.append(ifname)
    if "weight" in hop:
        words += ["weight", str(hop["weight"])]
    if hop.get("distance", 1) != 1:
        words.append(str(hop["distance"]))
    if "table" in hop:
        words += ["table", str(hop["table"])]
    if hop.get("onlink"):
        words.append("onlink")
    return " ".join(words)


def interface_lines(i):
    """The settings of an interface; intervals are typed in milliseconds."""
    lines = []
    if "link-type" in i:
        lines.append(f"babel {i['link-type']}")
    for leaf in ("split-horizon", "enable-timestamps"):
        if leaf in i:
            lines.append(("" if i[leaf] else "no ") + "babel " + leaf)
    for leaf in ("unicast", "unscheduled-hellos", "probe-mtu", "rfc6126-compatible"):
        if i.get(leaf):
            lines.append("babel " + leaf)
    if "v4-via-v6" in i:
        lines.append(("" if i["v4-via-v6"] else "no ") + "babel v4-via-v6")
    for leaf, word, factor in (("rxcost", "rxcost", 1), ("mcast-hello-interval", "hello-interval", 10),
                               ("update-interval", "update-interval", 10),
                               ("ucast-hello-interval", "unicast-hello-interval", 10), ("rtt-decay", "rtt-decay", 1),
                               ("rtt-min", "rtt-min", 1), ("rtt-max", "rtt-max", 1),
                               ("max-rtt-penalty", "max-rtt-penalty", 1)):
        if leaf in i:
            lines.append(f"babel {word} {i[leaf] * factor}")
    return lines


def fpm_lines(fpm):
    lines = []
    if "server" in fpm:
        lines.append("fpm address {address} port {port}".format(**fpm["server"]))
    if "unix" in fpm:
        lines.append(f"fpm unix {fpm['unix']}")
    if "encoding" in fpm:
        lines.append(f"fpm encoding {fpm['encoding']}")
    return lines


def sections(*configs):
    """{"": [line], "interface eth0": [line], "router babel": [line]} of daemons' dicts."""
    found = {"": []}
    for c in configs:
        c = c or {}
        routes = c.get("srcdest-static:static", {}).get("route", [])
        found[""] += [hop_line(r, h) for r in routes for h in r["next-hop"]]
        found[""] += fpm_lines(c.get("srcdest-fpm:fpm", {}))
        interval = c.get("srcdest-fib:fib", {}).get("check-interval")
        found[""] += [f"zebra fib check-interval {interval}"] if interval is not None else []
        found[""] += [f"zebra fib {leaf} {value}"
                      for leaf, value in c.get("srcdest-fib:fib", {}).items()
                      if leaf.endswith("-backend")]
        babel = c.get("srcdest-babel:babel")
        if babel is None:
            continue
        router = [f"babel router-id {babel['router-id']}"] if "router-id" in babel else []
        router += [f"babel limit {what} {n}" for what, n in babel.get("limit", {}).items()]
        for i in babel.get("interface", []):
            lines = interface_lines(i)
            if lines:
                found[f"interface {i['name']}"] = lines
            router.append(f"network {i['name']}")
        router += [f"redistribute {r['family']} {r['protocol']}"
                   for r in babel.get("redistribute", [])]
        if "recording" in babel:
            router.append(f"babel recording max-size {babel['recording']['max-size']}")
        found["router babel"] = router
    return found


def text(found):
    lines = list(found[""])
    for name, inside in found.items():
        if name:
            lines += [name] + [" " + line for line in inside] + ["exit"]
    return "".join(line + "\n" for line in lines)


def opposite(line):
    return line[3:] if line.startswith("no ") else "no " + line


def difference(old, new):
    """The text that leads from one to the other. Deletions first."""
    changes = {}
    for name in {**old, **new}:
        was, now = old.get(name, []), new.get(name, [])
        if name and name not in new:
            changes[""] = changes.get("", []) + ["no " + name]
            continue
        lines = [opposite(line) for line in was if line not in now]
        lines += [line for line in now if line not in was]
        if lines or name not in old:
            changes[name] = changes.get(name, []) + lines
    return text({"": [], **changes})
