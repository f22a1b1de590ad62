# SPDX-License-Identifier: MIT
"""What our daemons show, keyed by the pair, and questions that tests ask again and again."""

import time

from . import site
from .probe import Stream, probe_once
from .wait import NotYet, wait_until

# Seconds within which a lost carrier is acted on: Linux tells the other end at once or,
# when links come and go elsewhere on the machine, a second later.
CARRIER = 3


def rows(answer):
    """The route rows of a `show ipv6 route ... json`."""
    return answer.get("routes", [])


def rib(node, selected=False, family="ipv6"):
    """{(destination, source): row} of `show ipv6 route`: the selected row where there is one."""
    found = {}
    for r in rows(node.zebra.show(f"show {family} route")):
        key = (r["destination"], r["source"])
        if r.get("selected") or (key not in found and not selected):
            found[key] = r
    return found


def selected(node, family="ipv6"):
    return rib(node, selected=True, family=family)


def family_of(pair):
    return "ipv6" if ":" in pair[0] else "ip"


def interfaces(row):
    """The interfaces over which a route goes into the kernel."""
    return sorted({n["interfaceName"] for n in row["nexthops"]
                   if n.get("fib") and "interfaceName" in n})


def has_route(net, node, pair, interface=None, protocol=None, timeout=20, installed=True):
    """Waits for a selected route of that pair, over that interface, in our zebra."""
    def check():
        have = selected(net[node], family_of(pair))
        row = have.get(pair)
        if row is None:
            raise NotYet(f"{node} has only {sorted(have)}")
        if (installed and not row.get("installed")) or \
                (interface and interfaces(row) != [interface]) or \
                (protocol and row["protocol"] != protocol):
            raise NotYet(f"{node} has {row}")
        return row
    return net.wait(check, timeout, f"{pair} on {node} via {interface}")


def has_no_route(net, node, pair, timeout=20):
    """Waits until no usable route of that pair is left (a hold as unreachable is none)."""
    def check():
        row = selected(net[node], family_of(pair)).get(pair)
        if row and not any(n.get("reject") for n in row["nexthops"]):
            raise NotYet(f"{node} has {row}")
        return True
    return net.wait(check, timeout, f"no {pair} on {node}")


def meets(net, node, source, destination, want, timeout=20):
    """Waits until a real probe is answered by `want`, or refused by the router `want`."""
    def check():
        o = probe_once(net[node].ns, source, destination, timeout=0.5)
        got = o.exit or (o.router and f"{o.error} by {net.name_of(o.router)}") or "silence"
        if got != want:
            raise NotYet(f"{source} to {destination} met {got}")
        return True
    return net.wait(check, timeout, f"{source} to {destination} met {want}", interval=0.02)


def site_works(net, timeout=30):
    """Waits until each source of the site leaves by its own ISP."""
    for letter in "ab":
        meets(net, "host", site.HOST[letter], site.BEACON, "isp" + letter, timeout)


def stream(net, node, source, destination=site.BEACON, running=50, interval=0.005):
    """A running stream of probes, ended with the topology at the latest."""
    s = Stream(net[node].ns, source, destination, interval)
    net.on_close(lambda: s.stop(linger=0))
    s.start()
    wait_until(lambda: len(s.outcomes) >= running, 20, "a running stream")
    return s


def more(net, streams, n=200):
    """Waits until each of the streams has sent n more; the moment when that began."""
    since = time.monotonic()
    for s in streams:
        net.wait(lambda s=s: sum(o.sent > since for o in list(s.outcomes)) >= n, 30,
                 f"{n} more probes")
    return since


def refusal(net, s, since, router, timeout=20):
    """Waits for the first ICMPv6 error from that router for a probe sent since then."""
    def check():
        return s.first(lambda o: o.error and net.name_of(o.router) == router, since)
    return net.wait(check, timeout, f"an ICMPv6 error from {router}")


def hop_limit_exceeded(net):
    """How many packets died of their hop limit, on all nodes: loops leave their trace here."""
    total = 0
    for node in net.nodes.values():
        text = node.ns.run(["cat", "/proc/net/snmp6"])
        counters = dict(line.split() for line in text.splitlines())
        total += int(counters["Icmp6OutTimeExcds"])
    return total
