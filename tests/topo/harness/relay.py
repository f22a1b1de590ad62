# SPDX-License-Identifier: MIT
"""A relay between daemons and mgmtd that stops at a message of a transaction.

It listens where daemons look for mgmtd and passes frames (lib/nb/mgmt.proto: a
length of four octets, then one Message) to where mgmtd is. With a trap set, the
next frame of one kind on one daemon's connection waits until the trap's action
is done.
"""

import os
import socket
import threading

# The number of the field that a Message is: its first octet is number << 3 | 2.
KINDS = {"PREPARE": 2, "PREPARED": 3, "APPLY": 4, "APPLIED": 5, "ABORT": 6}


def _exactly(sock, n):
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        if not part:
            raise EOFError
        data += part
    return data


class Relay:
    def __init__(self, path, upstream):
        self.path, self.upstream = path, upstream
        self.lock = threading.Lock()
        self.trap = None
        self.sprung = threading.Event()
        self.seen = []  # (daemon, kind) of the frames of transactions, for failure messages
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def set_trap(self, daemon, kind, action):
        with self.lock:
            self.seen = []
            self.sprung.clear()
            self.trap = (daemon, KINDS[kind], action)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def _accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            up = socket.socket(socket.AF_UNIX)
            try:
                up.connect(self.upstream)
            except OSError:
                s.close()
                up.close()
                continue
            about = {}  # who it is: known from its first message
            for a, b in ((s, up), (up, s)):
                threading.Thread(target=self._pass, args=(a, b, about), daemon=True).start()

    def _pass(self, source, sink, about):
        try:
            while True:
                head = _exactly(source, 4)
                body = _exactly(source, int.from_bytes(head, "big"))
                if "daemon" not in about:
                    # Subscribe, the first field of which is the name.
                    at = body.index(b"\x0a", 1)
                    about["daemon"] = body[at + 2:at + 2 + body[at + 1]].decode()
                self._look(about["daemon"], body[0] >> 3)
                sink.sendall(head + body)
        except (EOFError, OSError):
            pass
        # The other direction reads on: what was sent before the end is delivered.
        for sock, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
            try:
                sock.shutdown(how)
            except OSError:
                pass

    def _look(self, daemon, kind):
        with self.lock:
            if kind in KINDS.values():
                self.seen.append((daemon, kind))
            if not self.trap or self.trap[:2] != (daemon, kind):
                return
            action = self.trap[2]
            self.trap = None
        action()
        self.sprung.set()
