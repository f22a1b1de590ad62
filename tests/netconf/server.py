# SPDX-License-Identifier: MIT
"""A router with a NETCONF server, and clients for it.

Keys and certificates are made for each run. Sockets are opened inside the
router's namespace and used from outside.
"""

import os
import socket
import subprocess

from harness import daemons, netns
from harness.wait import wait_until
from lxml import etree
from ncclient import manager

SSH_PORT, TLS_PORT = 830, 6513
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
SYS = "urn:srcdest:yang:system"
STATIC = "urn:srcdest:yang:static"
IF = "urn:srcdest:yang:interfaces"
BABEL = "urn:srcdest:yang:babel"
KEYS = "urn:srcdest:yang:key-chain"
RIB = "urn:srcdest:yang:rib"
NACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"
MON = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
NOTIF = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
EVENT = "urn:ietf:params:xml:ns:netconf:notification:1.0"
NS = {"nc": NC, "s": SYS, "st": STATIC, "i": IF, "b": BABEL, "k": KEYS, "r": RIB, "nacm": NACM, "m": MON,
      "n": NOTIF, "e": EVENT, "bs": "urn:srcdest:yang:babel-state",
      "fib": "urn:srcdest:yang:fib"}

FAST = {"mcast-hello-interval": 50, "update-interval": 200}


def babel(interface):
    return {"srcdest-babel:babel": {"interface": [dict(name=interface, **FAST)],
                                    "redistribute": [{"family": "ipv6", "protocol": "static"}]}}


SPEC = {
    "nodes": {
        "r1": {"router": True, "daemons": [("zebra", {}), ("babeld", babel("e0"))]},
        "r2": {"router": True, "daemons": [
            ("zebra", {"srcdest-static:static": {"route": [
                {"destination-prefix": "2001:db8:2::/48", "source-prefix": "2001:db8:a::/48",
                 "next-hop": [{"gateway": "blackhole"}]}]}}),
            ("babeld", babel("e0"))]},
    },
    "links": {"l": {"r1": ("e0", ["fe80::1/64", "2001:db8:1::1/64"]),
                    "r2": ("e0", ["fe80::2/64", "2001:db8:1::2/64"])}},
}


class Netconfd(daemons.Ours):
    kind = "netconfd"

    def command(self):
        return super().command() + ["--statedir", os.path.join(self.dir, "state")]

    def ready(self):
        return daemons.SYNCED in self.log_text()


daemons.KINDS[Netconfd.kind] = Netconfd


def _openssl(*args, **kw):
    subprocess.run(["openssl", *args], check=True, capture_output=True, **kw)


class Certificates:
    """A CA that the router trusts, one it does not, and certificates of both."""

    def __init__(self, directory):
        self.dir = directory
        os.mkdir(directory)
        for ca in ("ca", "other-ca"):
            _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "2", "-subj", f"/CN={ca}", "-keyout", self.path(ca, "key"),
                     "-out", self.path(ca, "pem"))
        for name, ca, cn in (("server", "ca", "router"), ("adm", "ca", "adm"),
                             ("printed", "ca", "nobody by name"), ("stranger", "ca", "stranger"),
                             ("foreign", "other-ca", "adm")):
            self.issue(name, ca, cn)

    def path(self, name, kind):
        return os.path.join(self.dir, f"{name}.{kind}")

    def issue(self, name, ca, cn):
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 f"/CN={cn}", "-keyout", self.path(name, "key"), "-out", self.path(name, "csr"))
        _openssl("x509", "-req", "-days", "2", "-in", self.path(name, "csr"), "-CA",
                 self.path(ca, "pem"), "-CAkey", self.path(ca, "key"), "-CAcreateserial", "-out",
                 self.path(name, "pem"))

    def fingerprint(self, name):
        out = subprocess.run(["openssl", "x509", "-in", self.path(name, "pem"), "-noout",
                              "-fingerprint", "-sha256"], check=True, capture_output=True,
                             text=True).stdout
        return out.split("=")[1].strip()


class Server:
    users = ("adm", "viewer", "outsider")

    def __init__(self, topology):
        self.topology = topology
        self.node = topology["r1"]
        self.keys = os.path.join(self.node.dir, "keys")
        os.mkdir(self.keys)
        for user in self.users + ("unknown",):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key(user)],
                           check=True)
        self.certificates = Certificates(os.path.join(self.node.dir, "tls"))
        says, content = self.node.mgmtd.load(self.configuration())
        assert content, says
        self.node.start("netconfd", None)
        for port in (SSH_PORT, TLS_PORT):
            wait_until(lambda p=port: self.listens(p), 10, f"netconfd listens on {port}")
        with self.client("adm") as m:
            self.base = self.everything(m)

    def key(self, user):
        return os.path.join(self.keys, user)

    def public_key(self, user):
        with open(self.key(user) + ".pub", encoding="ascii") as f:
            return " ".join(f.read().split()[:2])

    def configuration(self):
        """In FRR's words, with the rules of access control."""
        c = self.certificates
        lines = ["netconf server", f" listen ssh ::1 port {SSH_PORT}",
                 # yangcli knows no other family.
                 f" listen ssh 127.0.0.1 port {SSH_PORT}",
                 f" listen tls ::1 port {TLS_PORT}",
                 f" tls certificate {c.path('server', 'pem')}",
                 f" tls private-key {c.path('server', 'key')}",
                 f" tls client-ca {c.path('ca', 'pem')}"]
        for user in self.users:
            lines += [f" user {user}", f"  authorized-key main {self.public_key(user)}"]
            if user == "viewer":
                lines.append(f"  certificate-fingerprint {c.fingerprint('printed')}")
            lines.append(" exit")
        lines += ["exit",
                  "nacm group admins", " user adm", "exit",
                  "nacm group viewers", " user viewer", "exit",
                  "nacm rule-list admins", " group admins", " rule all permit", " exit", "exit",
                  "nacm rule-list viewers", " group viewers",
                  " rule no-keys deny", "  path /srcdest-system:system/netconf",
                  "  operations read", " exit",
                  " rule hostname permit", "  path /srcdest-system:system/hostname",
                  "  operations create update", " exit",
                  " rule no-lock deny", "  rpc lock", "  operations exec", " exit",
                  " rule no-sessions deny", "  module ietf-netconf-notifications",
                  "  notification netconf-session-start", "  operations read", " exit", "exit"]
        return "\n".join(lines) + "\n"

    def listens(self, port):
        try:
            self.connect(port).close()
            return True
        except OSError:
            return False

    def connect(self, port=SSH_PORT):
        """A TCP connection from inside the router."""
        return self.node.ns.call(lambda: socket.create_connection(("::1", port), timeout=10))

    def client(self, user, **options):
        """An ncclient manager, to be closed or used in a with statement."""
        return manager.connect(host="::1", sock=self.connect(), username=user,
                               key_filename=options.pop("key", self.key(user)),
                               hostkey_verify=False, allow_agent=False, look_for_keys=False,
                               timeout=30, **options)

    def vtysh(self, *lines, check=True):
        args = [daemons.program("vtysh"), "--rundir", self.node.dir]
        for line in lines:
            args += ["-c", line]
        return netns.run(args, check=check)

    def reset(self):
        """Running as it was at the start, no candidate, no startup."""
        with self.client("adm") as m:
            m.discard_changes()
            if self.everything(m) == self.base:
                return
            m.edit_config(target="candidate", config=config(self.base), test_option="set",
                          default_operation="replace")
            m.commit()
            assert self.everything(m) == self.base

    @staticmethod
    def everything(m):
        """All of running, as it would stand in <config>."""
        return "".join(etree.tostring(e, encoding="unicode")
                       for e in tree(m.get_config("running")))

    def close(self):
        pass


def config(*parts):
    return f'<config xmlns="{NC}">{"".join(parts)}</config>'


def hostname(name, op=None):
    attr = f' xmlns:nc="{NC}" nc:operation="{op}"' if op else ""
    return f'<system xmlns="{SYS}"><hostname{attr}>{name}</hostname></system>'


def route(dst, src="::/0", gateway="fe80::2", interface="e0", op=None, extra=""):
    attr = f' xmlns:nc="{NC}" nc:operation="{op}"' if op else ""
    hop = f"<next-hop><gateway>{gateway}</gateway><interface>{interface}</interface>{extra}" \
          "</next-hop>" if op not in ("delete", "remove") else ""
    return f'<static xmlns="{STATIC}"><route{attr}><destination-prefix>{dst}' \
           f"</destination-prefix><source-prefix>{src}</source-prefix>{hop}</route></static>"


def tree(reply):
    """The <data> of a reply."""
    return reply.data_ele if hasattr(reply, "data_ele") else etree.fromstring(str(reply).encode())


def find(reply, path):
    return tree(reply).findall(path, NS)


def texts(reply, path):
    return [e.text for e in find(reply, path)]


def running_hostname(m, source="running"):
    names = texts(m.get_config(source, filter=("subtree", f'<system xmlns="{SYS}"><hostname/>'
                                               "</system>")), "s:system/s:hostname")
    return names[0] if names else None
