# SPDX-License-Identifier: MIT
"""What surrounds the messages: who gets in, framing, TLS, and peers that misbehave."""

import socket
import ssl
import struct

import paramiko
import pytest
from harness.wait import wait_until
from ncclient.transport.errors import AuthenticationError

import server
from server import NC, TLS_PORT, config, hostname, running_hostname

EOM = b"]]>]]>"
HELLO = (f'<hello xmlns="{NC}"><capabilities><capability>urn:ietf:params:netconf:base:%s'
         "</capability></capabilities></hello>")


class Raw:
    """A NETCONF session of octets, over anything with send, recv and close."""

    def __init__(self, channel, version="1.1", hello=True):
        self.channel, self.version, self.buffer = channel, version, b""
        channel.settimeout(15)
        if hello:
            self.send((HELLO % version).encode() + EOM)
        self.greeting = self.until(EOM).decode()

    def send(self, octets):
        self.channel.sendall(octets)

    def until(self, end):
        while end not in self.buffer:
            more = self.channel.recv(65536)
            if not more:
                raise EOFError(self.buffer)
            self.buffer += more
        out, self.buffer = self.buffer.split(end, 1)
        return out

    def frame(self, text):
        text = text.encode()
        return text + EOM if self.version == "1.0" else b"\n#%d\n%s\n##\n" % (len(text), text)

    def reply(self):
        if self.version == "1.0":
            return self.until(EOM).decode()
        out = bytearray()
        while True:
            self.until(b"\n#")
            size = self.until(b"\n")
            if size == b"#":
                return out.decode()
            while len(self.buffer) < int(size):
                more = self.channel.recv(65536)
                if not more:
                    raise EOFError
                self.buffer += more
            out += self.buffer[:int(size)]
            self.buffer = self.buffer[int(size):]

    def rpc(self, op, message_id="1"):
        self.send(self.frame(f'<rpc xmlns="{NC}" message-id="{message_id}">{op}</rpc>'))
        return self.reply()

    def ended(self):
        try:
            while self.channel.recv(65536):
                pass
            return True
        except socket.timeout:
            return False
        except OSError:
            return True

    def close(self):
        self.channel.close()


@pytest.fixture
def ssh(site):
    """ssh(user, ...) is a raw session over SSH."""
    opened = []

    def make(user="adm", **kw):
        t = paramiko.Transport(site.connect())
        opened.append(t)
        t.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(site.key(user)))
        channel = t.open_session()
        channel.invoke_subsystem("netconf")
        return Raw(channel, **kw)
    yield make
    for t in opened:
        t.close()


@pytest.fixture
def tls(site):
    """tls(certificate, ...) is a raw session over TLS."""
    opened = []

    def make(name, version=None, **kw):
        c = site.certificates
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(c.path("ca", "pem"))
        if version:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = version
        if name:
            context.load_cert_chain(c.path(name, "pem"), c.path(name, "key"))
        s = context.wrap_socket(site.connect(TLS_PORT))
        opened.append(s)
        return Raw(s, **kw)
    yield make
    for s in opened:
        s.close()


@pytest.fixture(autouse=True)
def nobody_else_suffers(site, request):
    """A session that was there before each test works after it."""
    if request.node.name == "test_off_when_not_configured_and_back":
        yield
        return
    with site.client("viewer") as m:
        yield
        m.get_config("running", filter=("subtree", f'<system xmlns="{server.SYS}"/>'))


# ---- SSH ----

def test_only_the_right_key_of_a_configured_user_logs_in(site):
    for user, key in (("adm", "viewer"), ("unknown", "unknown"), ("root", "adm")):
        with pytest.raises(AuthenticationError):
            site.client(user, key=site.key(key)).close_session()
    t = paramiko.Transport(site.connect())
    t.start_client(timeout=10)
    for call in (lambda: t.auth_password("adm", "secret"), lambda: t.auth_none("adm")):
        with pytest.raises(paramiko.BadAuthenticationType) as e:
            call()
        assert e.value.allowed_types == ["publickey"]
    t.close()


def test_a_login_gives_netconf_and_no_shell(site):
    t = paramiko.Transport(site.connect())
    t.connect(username="adm", pkey=paramiko.Ed25519Key.from_private_key_file(site.key("adm")))
    for ask in ("invoke_shell", "get_pty"):
        channel = t.open_session()
        with pytest.raises(paramiko.SSHException):
            getattr(channel, ask)()
        break
    t.close()


def test_the_host_key_is_made_once_and_for_nobody_else(site):
    import os
    path = os.path.join(site.node.dir, "state", "netconf_host_key")
    assert os.stat(path).st_mode & 0o777 == 0o600


# ---- framing and messages ----

@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_both_framings(ssh, version):
    s = ssh(version=version)
    assert "session-id" in s.greeting
    assert "<hostname" not in s.rpc("<get-config><source><running/></source></get-config>", "a&amp;b")
    assert "<ok/>" in s.rpc("<discard-changes/>")
    # A request in many small pieces.
    for octet in s.frame(f'<rpc xmlns="{NC}" message-id="9"><discard-changes/></rpc>'):
        s.send(bytes([octet]))
    assert 'message-id="9"' in s.reply()
    # Many at once are answered in their order.
    s.send(b"".join(s.frame(f'<rpc xmlns="{NC}" message-id="{i}"><discard-changes/></rpc>')
                    for i in range(50)))
    for i in range(50):
        assert f'message-id="{i}"' in s.reply()
    assert "<ok/>" in s.rpc("<close-session/>")
    assert s.ended()


@pytest.mark.parametrize("junk", [b"\n#zz\n", b"\n##\n", b"\n#0\n", b"garbage", b"\n#01\na\n##\n",
                                  b"\n#99999999999\n", b"\n#4294967296\n", b"\0" * 100], ids=range(8))
def test_a_bad_frame_ends_that_session(ssh, junk):
    s = ssh()
    s.send(junk)
    assert s.ended()


@pytest.mark.parametrize("hello", [
    "<hello/>", "junk", f'<hello xmlns="{NC}"/>', HELLO % "9.9",
    (HELLO % "1.1").replace("</hello>", "<session-id>4</session-id></hello>"),
    f'<rpc xmlns="{NC}" message-id="1"><get/></rpc>', "<" * 1000, '<!DOCTYPE a [<!ENTITY b "c">]>'],
    ids=range(8))
def test_a_bad_hello_ends_that_session(ssh, hello):
    s = ssh(hello=False)
    s.send(hello.encode() + EOM)
    assert s.ended()


TAGS = [
    ("missing-attribute", f'<rpc xmlns="{NC}"><get/></rpc>'),
    ("malformed-message", f'<rpc xmlns="{NC}" message-id="1"><get></rpc>'),
    ("malformed-message", '<rpc message-id="1"><get/></rpc>'),
    ("malformed-message", "no xml at all"),
    ("malformed-message", f'<hello xmlns="{NC}"/>'),
    ("missing-element", f'<rpc xmlns="{NC}" message-id="1"/>'),
    ("operation-not-supported", f'<rpc xmlns="{NC}" message-id="1"><frobnicate/></rpc>'),
    ("operation-not-supported", f'<rpc xmlns="{NC}" message-id="1"><a xmlns="urn:b"/></rpc>'),
    ("unknown-element", f'<rpc xmlns="{NC}" message-id="1"><get><frob/></get></rpc>'),
    ("unknown-namespace", f'<rpc xmlns="{NC}" message-id="1"><get><f xmlns="urn:b"/></get></rpc>'),
    ("missing-element", f'<rpc xmlns="{NC}" message-id="1"><get-config/></rpc>'),
    ("missing-element", f'<rpc xmlns="{NC}" message-id="1"><kill-session/></rpc>'),
    ("invalid-value", f'<rpc xmlns="{NC}" message-id="1"><kill-session><session-id>x</session-id>'
     "</kill-session></rpc>"),
    ("missing-attribute", f'<rpc xmlns="{NC}" message-id="1"><get><filter type="xpath"/></get></rpc>'),
    ("bad-attribute", f'<rpc xmlns="{NC}" message-id="1"><get><filter type="odd"/></get></rpc>'),
]


def test_error_tags(ssh):
    s = ssh()
    for tag, text in TAGS:
        s.send(s.frame(text))
        reply = s.reply()
        assert f"<error-tag>{tag}</error-tag>" in reply, (text, reply)
    # The session has survived all of that.
    assert "<ok/>" in s.rpc("<discard-changes/>")


def test_attributes_of_rpc_come_back(ssh):
    s = ssh()
    s.send(s.frame(f'<rpc xmlns="{NC}" xmlns:x="urn:x" message-id="1" x:who="a &lt; b">'
                   "<discard-changes/></rpc>"))
    assert 'xmlns:x="urn:x" x:who="a &lt; b"' in s.reply()


def test_depth_and_entities_are_refused(ssh):
    s = ssh()
    deep = "<a>" * 5000 + "</a>" * 5000
    for op in (f"<get><filter>{deep}</filter></get>",):
        assert "rpc-error" in s.rpc(op)
    s.send(s.frame('<!DOCTYPE rpc [<!ENTITY e "x">]>'
                   f'<rpc xmlns="{NC}" message-id="1"><get/></rpc>'))
    assert "rpc-error" in s.reply()


def test_a_message_over_the_limit_ends_that_session(ssh):
    s = ssh(version="1.0")
    block = b"x" * (1 << 20)
    with pytest.raises(Exception):
        for _ in range(40):
            s.send(block)
        assert s.ended()
        raise EOFError


def test_silent_peers_keep_nobody_out(site):
    """Half-open connections are few; each ends by itself; others log in meanwhile."""
    silent = [site.connect() for _ in range(8)]
    with site.client("adm") as m:
        m.discard_changes()
    for s in silent:
        s.close()
    crowd = [site.connect() for _ in range(40)]
    # Those over the limit are closed at once.
    closed = 0
    for s in crowd:
        s.settimeout(5)
        try:
            if not s.recv(100):
                closed += 1
        except OSError:
            closed += 1
    assert closed >= 20
    for s in crowd:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()

    def again():
        try:
            site.client("adm").close_session()
            return True
        except Exception:
            return False
    wait_until(again, 20, "logins work after the crowd")


def test_a_client_that_does_not_read_stops_only_itself(ssh, site):
    s = ssh()
    ask = s.frame(f'<rpc xmlns="{NC}" message-id="1"><get/></rpc>') * 2000
    s.channel.settimeout(3)
    try:
        s.send(ask)
    except socket.timeout:
        pass
    with site.client("adm") as m:
        m.edit_config(target="candidate", config=config(hostname("quick")))
        assert running_hostname(m, "candidate") == "quick"
        m.discard_changes()


# ---- TLS ----

def test_tls_user_by_common_name_and_by_fingerprint(tls, site):
    s = tls("adm")
    assert "session-id" in s.greeting
    assert "<ok/>" in s.rpc("<lock><target><running/></target></lock>")
    assert "<ok/>" in s.rpc("<unlock><target><running/></target></unlock>")
    # The fingerprint says viewer, whatever the name says; viewers may not lock.
    v = tls("printed")
    assert "access-denied" in v.rpc("<lock><target><running/></target></lock>")
    assert "<ok/>" in s.rpc("<close-session/>")
    assert s.ended()


@pytest.mark.parametrize("certificate", [None, "foreign", "stranger"])
def test_tls_without_a_good_certificate(tls, certificate):
    """None at all; of a CA that is not trusted; of a user who is not configured."""
    with pytest.raises((OSError, EOFError)):
        tls(certificate)


def test_tls_old_versions_are_refused(tls):
    with pytest.raises(OSError):
        tls("adm", version=ssl.TLSVersion.TLSv1_1)
    assert "session-id" in tls("adm", version=ssl.TLSVersion.TLSv1_2).greeting


def test_tls_port_with_something_else_on_it(site):
    for junk in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 1000, b""):
        s = site.connect(TLS_PORT)
        s.sendall(junk)
        s.close()


# ---- the configuration of the server itself ----

def test_off_when_not_configured_and_back(site):
    before = site.vtysh("show running-config")
    assert "netconf server" in before
    s = site.client("adm")
    site.vtysh("configure terminal", "no netconf server")
    wait_until(lambda: not site.listens(server.SSH_PORT), 10, "nobody listens")
    wait_until(lambda: not s.connected, 10, "sessions of users that are gone end")
    says, content = site.node.mgmtd.load(site.configuration())
    assert content, says
    wait_until(lambda: site.listens(server.SSH_PORT), 10, "it listens again")
