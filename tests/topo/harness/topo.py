# SPDX-License-Identifier: MIT
"""A topology from a dict.

    {"nodes": {"r1": {"router": True,
                      "commands": ["route add ::/0 via fe80::1 dev e0"],   # ip -6
                      "daemons": [("zebra", {...}), ("babeld", {...})]}},
     "links": {"l1": {"r1": ("e0", ["fe80::1/64"]), "r2": ("e0", [])}}}

Each node is a namespace. A link of two ends is a veth pair; a link of more, or
one with ``"bridge": True``, is a bridge in a namespace of its own; one with
``"delay": SECONDS`` is a tunnel that takes so long each way. Interface
names are the node's own business. Addresses have no duplicate detection: they
work at once. Daemons are (kind, configuration) or (kind, configuration,
options), see daemons.py, and started in the order of the list.
"""

import os
import shutil
import tempfile

from . import capture, daemons, delay, netns
from .wait import wait_until

_count = 0


def unique_prefix():
    """A namespace prefix of this run and this topology: sdt4711a-, sdt4711b-, ..."""
    global _count
    n, letters = _count, ""
    while True:
        letters = chr(ord("a") + n % 26) + letters
        n = n // 26 - 1
        if n < 0:
            break
    _count += 1
    return f"sdt{os.getpid()}{letters}-"


class Node:
    def __init__(self, topology, name, spec):
        self.topology = topology
        self.name = name
        self.spec = spec
        self.ns = netns.Namespace(topology.prefix + name)
        self.dir = os.path.join(topology.dir, name)
        os.mkdir(self.dir)
        self.daemons = {}
        # Of ours, by kind: what mgmtd has to tell them.
        self.configs = {kind: config for kind, config, *_ in spec.get("daemons", ())
                        if kind in daemons.MANAGED}
        router = int(bool(spec.get("router")))
        values = {"net/ipv6/conf/all/forwarding": router,
                  "net/ipv4/conf/all/forwarding": router,
                  # Every refused packet shall be answered: tests count answers.
                  "net/ipv6/icmp/ratelimit": 0, "net/ipv4/icmp_ratelimit": 0}
        for which in ("all", "default"):
            values[f"net/ipv6/conf/{which}/accept_dad"] = 0
            values[f"net/ipv6/conf/{which}/accept_ra"] = 0
        self.ns.sysctl(values)

    def __getattr__(self, kind):
        """node.zebra, node.babeld, ...: the daemon of that kind."""
        try:
            return self.__dict__["daemons"][kind]
        except KeyError:
            raise AttributeError(f"no {kind} on this node") from None

    def ip(self, *lines):
        self.ns.ip(*lines)

    def ip_out(self, *args):
        return netns.run(["ip", "-n", self.ns.name] + list(args))

    def links_up(self):
        """The kernel takes up to a second to believe in a new link, and sends nothing
        over it before that, not even answers to neighbour discovery."""
        links = self.ip_out("-o", "link", "show", "up").splitlines()
        return all("state UP" in line or ": lo:" in line or "POINTOPOINT" in line
                   for line in links) \
            and not self.ip_out("-6", "addr", "show", "tentative")

    def addresses(self):
        """All its addresses, as text without length."""
        out = self.ip_out("-o", "addr", "show")
        return [line.split()[3].split("/")[0] for line in out.splitlines()]

    def manage(self):
        """mgmtd runs and knows the configuration."""
        if "mgmtd" not in self.daemons:
            self.start("mgmtd", None)
        elif self.mgmtd.running():
            self.mgmtd.configure()

    def start(self, kind, config, **options):
        d = daemons.KINDS[kind](self, config, **options)
        if kind in self.daemons and self.daemons[kind].running():
            raise AssertionError(f"{self.name} has a running {kind} already")
        self.daemons[kind] = d
        d.start()
        return d


class Topology:
    """Built by entering it, gone after leaving it, also by exception.

    Every link is captured, or those whose names are in `captures`."""

    def __init__(self, spec, prefix=None, directory=None, captures=True):
        self.spec = spec
        self.prefix = prefix if prefix is not None else unique_prefix()
        self.want_directory = directory
        self.want_captures = captures
        self.dir = None
        self.nodes = {}
        self.bridges = {}
        self.tunnels = {}
        self.captures = {}
        self.closers = []
        self.names = {}

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def __getitem__(self, node):
        return self.nodes[node]

    def build(self):
        # Short: socket paths below it must fit in sun_path.
        if self.want_directory:
            self.dir = self.want_directory
            os.makedirs(self.dir)
        else:
            self.dir = tempfile.mkdtemp(prefix="sdt", dir="/tmp")
            os.chmod(self.dir, 0o755)
        for name, spec in self.spec["nodes"].items():
            self.nodes[name] = Node(self, name, spec)
        for name, link in self.spec.get("links", {}).items():
            self._link(name, dict(link))
        self._settle()
        for node in self.nodes.values():
            for line in node.spec.get("commands", ()):
                netns.run(["ip", "-n", node.ns.name, "-6"] + line.split())
        self._settle()
        if self.want_captures:
            for name, link in self.spec.get("links", {}).items():
                if self.want_captures is True or name in self.want_captures:
                    self._capture(name, link)
        for node in self.nodes.values():
            for kind, config, *options in node.spec.get("daemons", ()):
                node.start(kind, config, **(options[0] if options else {}))

    def _settle(self):
        for node in self.nodes.values():
            wait_until(node.links_up, 10, f"links and addresses of {node.name}")

    def _link(self, name, link):
        seconds = link.pop("delay", None)
        bridge = link.pop("bridge", False) or len(link) != 2
        ends = list(link.items())
        if bridge:
            b = netns.Namespace(f"{self.prefix}{name}.lan")
            self.bridges[name] = b
            b.ip("link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up")
            for i, (node, (ifname, addrs)) in enumerate(ends):
                b.ip(f"link add p{i} type veth peer name {ifname} netns {self.nodes[node].ns.name}",
                     f"link set p{i} master br0 up")
        elif seconds is not None:
            (n1, (if1, _)), (n2, (if2, _)) = ends
            self.tunnels[name] = delay.Tunnel(self.nodes[n1].ns, if1, self.nodes[n2].ns, if2,
                                              seconds)
        else:
            (n1, (if1, _)), (n2, (if2, _)) = ends
            self.nodes[n1].ip(f"link add {if1} type veth peer name {if2} netns "
                              f"{self.nodes[n2].ns.name}")
        for node, (ifname, addrs) in ends:
            # Addresses by hand keep link-locals predictable where a test wants that.
            lines = []
            if any(a.startswith("fe80:") for a in addrs):
                lines.append(f"link set {ifname} addrgenmode none")
            lines += [f"addr add {a} dev {ifname}" + (" nodad" if ":" in a else "")
                      for a in addrs]
            self.nodes[node].ip(*lines, f"link set {ifname} up")

    def _capture(self, name, link):
        if name in self.bridges:
            ns, ifname = self.bridges[name], "br0"
        else:
            node, ifname = self.ends(name)[0]
            ns = self.nodes[node].ns
        c = capture.Capture(ns, ifname, os.path.join(self.dir, name + ".pcap"))
        self.captures[name] = c
        c.start()

    def link_set(self, node, ifname, state):
        """link_set("r1", "e0", "down"): the other end loses its carrier."""
        self.nodes[node].ip(f"link set {ifname} {state}")

    def ends(self, link):
        """The (node, ifname) of each end of a link."""
        return [(n, e[0]) for n, e in self.spec["links"][link].items()
                if n not in ("bridge", "delay")]

    def name_of(self, address):
        """Which node has this address, or the address itself if none has."""
        if address not in self.names:
            for name, node in self.nodes.items():
                for a in node.addresses():
                    self.names.setdefault(a, name)
        return self.names.get(address, address)

    def all_daemons(self):
        return [d for n in self.nodes.values() for d in n.daemons.values()]

    def logs(self, lines=12):
        """The tails of all daemons' logs, for failure messages."""
        return "\n".join(f"--- {d} (last lines of its log)\n{d.log_tail(lines)}"
                         for d in self.all_daemons())

    def keep(self, directory):
        """Copies logs, configurations and captures there, for whoever looks into a failure."""
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.dir, directory, ignore=_sockets)

    def wait(self, predicate, timeout, what, **kw):
        """wait_until() whose failure shows the daemons' logs."""
        return wait_until(predicate, timeout, what, context=self.logs, **kw)

    def on_close(self, closer):
        """Calls closer() before the namespaces go."""
        self.closers.append(closer)

    def stop_daemons(self):
        """Ends every daemon by SIGTERM and returns what was wrong with any of them."""
        wrong = []
        for d in reversed(self.all_daemons()):
            wrong += d.finish()
        return wrong

    def stop_captures(self):
        for c in self.captures.values():
            c.stop()

    def close(self):
        """Removes everything, however far the building got. Never raises half-way."""
        for closer in reversed(self.closers):
            _quietly(closer)
        self.closers.clear()
        for d in self.all_daemons():
            _quietly(d.kill)
        _quietly(self.stop_captures)
        for t in self.tunnels.values():
            _quietly(t.close)
        self.tunnels.clear()
        # By name: an interrupt may have come between making one and noting it.
        mine = [self.prefix + n for n in self.spec["nodes"]] + \
            [f"{self.prefix}{n}.lan" for n in self.spec.get("links", {})]
        for name in netns.namespaces():
            if name in mine:
                _quietly(lambda name=name: netns.delete_namespace(name))
        self.nodes, self.bridges = {}, {}
        if self.dir:
            shutil.rmtree(self.dir, ignore_errors=True)
            self.dir = None


def _quietly(f):
    try:
        f()
    except Exception as e:  # cleaning goes on: the next thing wants removing too
        print(f"while cleaning up: {e}")


def _sockets(directory, names):
    return [n for n in names if not (os.path.isdir(p := os.path.join(directory, n))
                                     or os.path.isfile(p))]
