# SPDX-License-Identifier: MIT
"""What went over a link, and tshark's judgement of it."""

import os
import signal
import subprocess

from . import netns
from .probe import PORT
from .wait import wait_until


class MalformedPackets(AssertionError):
    pass


class Capture:
    """tcpdump on one interface, everything, into one file."""

    def __init__(self, ns, ifname, path):
        self.ns, self.ifname, self.path = ns, ifname, path
        self.process = None
        self.error_path = path + ".err"

    def start(self):
        with open(self.error_path, "wb") as err:
            self.process = self.ns.popen(
                ["tcpdump", "-i", self.ifname, "-s", "0", "-U", "--immediate-mode", "-Z", "root",
                 "-w", self.path],
                stdout=subprocess.DEVNULL, stderr=err)

        def listening():
            with open(self.error_path, encoding="utf-8") as f:
                return "listening on" in f.read()
        wait_until(listening, 10, f"tcpdump listening on {self.ifname}", interval=0.02)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def count(self, display_filter):
        """How many packets so far match a tshark filter."""
        return len(self.fields(display_filter, "frame.number"))

    def fields(self, display_filter, *names):
        """One list of values per matching packet."""
        args = ["tshark", "-r", self.path, "-Y", display_filter, "-T", "fields"]
        for n in names:
            args += ["-e", n]
        out = netns.run(args, check=False)
        return [line.split("\t") for line in out.splitlines()]


# What tshark says of a packet that is not as its protocol wants it. Checksums
# are the sender's network card's business, and a veth has none. Probes are our own
# and come from random ports, which tshark may take for those of some protocol.
MALFORMED = ("(_ws.malformed || _ws.expert.severity == error || _ws.short)"
             f" && !(udp.port == {PORT})")


def ends_in_ihu_stamps(payload):
    """A whole Babel packet whose last TLV is an IHU that ends in its two time stamps: tshark
    4.0 looks for the second one behind them, and finds the end of the packet."""
    if len(payload) < 4 or payload[:2] != b"*\2":
        return False
    body, last = payload[4:], b""
    if len(body) != int.from_bytes(payload[2:4], "big"):
        return False
    while body:
        size = 1 if body[0] == 0 else 2 + body[1] if len(body) > 1 else 2
        last, body = body[:size], body[size:]
        if len(last) != size:
            return False
    return len(last) in (18, 22, 26, 34) and last[0] == 5 and last[-10:-8] == b"\3\x08"


def assert_no_malformed(path):
    """Raises with tshark's own words if any packet in the file is malformed."""
    if not os.path.exists(path) or os.path.getsize(path) <= 24:
        return
    # A capture cut off in mid-packet by the end of tcpdump makes tshark exit 2
    # after it judged all whole packets, so its exit code is no verdict.
    out = netns.run(["tshark", "-r", path, "-Y", MALFORMED, "-T", "fields", "-e", "frame.number",
                     "-e", "ipv6.src", "-e", "frame.protocols", "-e", "_ws.expert.message",
                     "-e", "udp.payload"], check=False, timeout=120)
    lines = [line.rsplit("\t", 1) for line in out.splitlines()]
    lines = [text for text, payload in lines if not ends_in_ihu_stamps(bytes.fromhex(payload))]
    if lines:
        raise MalformedPackets(f"malformed packets in {os.path.basename(path)}:\n"
                               + "\n".join(lines[:20]))
