# SPDX-License-Identifier: MIT
"""A tunnel between two nodes that takes its time.

Each end is a TUN device in its node's namespace; what one node sends into it
comes out of the other one's after the delay of that direction, in order. Where
the kernel has no netem this is the link with a delay, and it is a tunnel, which
is what such links are.
"""

import collections
import fcntl
import os
import selectors
import struct
import threading
import time

TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def _tun(ns, ifname):
    def make():
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", ifname.encode(), IFF_TUN | IFF_NO_PI))
        return fd
    return ns.call(make)


class Tunnel:
    """delay: seconds each way, or (there, back); may be changed at any time."""

    def __init__(self, ns1, ifname1, ns2, ifname2, delay):
        self.set(delay)
        self.fds = [_tun(ns1, ifname1), _tun(ns2, ifname2)]
        self.waiting = [collections.deque(), collections.deque()]  # (due, packet) from each end
        self.wake_r, self.wake_w = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def set(self, delay):
        self.delay = delay if isinstance(delay, tuple) else (delay, delay)

    def close(self):
        os.write(self.wake_w, b"x")
        self.thread.join()
        for fd in self.fds + [self.wake_r, self.wake_w]:
            os.close(fd)

    def _read(self, end):
        while True:
            try:
                packet = os.read(self.fds[end], 65536)
            except OSError:  # nothing more, or the device is down
                return
            self.waiting[end].append((time.monotonic() + self.delay[end], packet))

    def _write(self, end):
        queue = self.waiting[end]
        while queue and queue[0][0] <= time.monotonic():
            try:
                os.write(self.fds[1 - end], queue.popleft()[1])
            except OSError:
                pass  # lost, as on any link

    def _run(self):
        sel = selectors.DefaultSelector()
        for key in (*self.fds, self.wake_r):
            sel.register(key, selectors.EVENT_READ)
        while True:
            due = min((q[0][0] for q in self.waiting if q), default=time.monotonic() + 60)
            ready = [k.fd for k, _ in sel.select(max(0, due - time.monotonic()))]
            if self.wake_r in ready:
                sel.close()
                return
            for end in (0, 1):
                if self.fds[end] in ready:
                    self._read(end)
                self._write(end)
