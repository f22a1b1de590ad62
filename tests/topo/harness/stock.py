# SPDX-License-Identifier: MIT
"""Debian's FRR daemons one by one, beside ours in a node: protocol daemons as clients of our
zebra, and its zebra under our babeld. The configuration is the daemon's own language, in
a file of it; babeld alone gets it by its vty once it knows its interfaces: the other way round
8.4.4 joins its multicast group twice and gives the interface up.
"""

import os
import socket

from .daemons import KINDS, Ours, Peer
from .wait import NotYet, wait_until



class Stock(Peer):
    program = None
    package = "frr"

    def __init__(self, node, config, **options):
        super().__init__(node, config, **options)
        self.api = os.path.join(self.dir, "zserv.api")
        self.log = os.path.join(self.dir, self.kind + ".log")

    def prepare(self):
        with open(os.path.join(self.dir, self.kind + ".conf"), "w", encoding="ascii") as f:
            f.write("hostname stock\n" + ("" if self.program == "babeld" else self.config))
        # FRR insists on its group. `ip netns exec` has given it a mount namespace of
        # its own, so it can be told of one without touching the machine's list.
        with open("/etc/group", encoding="utf-8") as f:
            groups = f.read()
        with open(os.path.join(self.dir, "group"), "w", encoding="utf-8") as f:
            f.write(groups + "frrvty:x:64999:root\n")
        vty = os.path.join(self.dir, self.program + ".vty")
        if os.path.exists(vty):
            os.unlink(vty)

    def environment(self):
        from .daemons import PEERS
        lib = os.path.join(PEERS, "frr", "usr/lib/x86_64-linux-gnu/frr")
        return dict(os.environ, LD_LIBRARY_PATH=lib)

    def executable(self):
        return [self.peer_program(self.package, "usr/lib/frr/" + self.program)]

    def command(self):
        d = self.dir
        return ["sh", "-c", f'mount --bind {d}/group /etc/group && mount -t tmpfs none /mnt && '
                f'mkdir -p {d}/run /mnt/frr && mount --bind {d}/run /mnt/frr && '
                'mount --rbind /mnt /run && exec "$@"', "sh", *self.executable(),
                "-f", f"{d}/{self.kind}.conf", "-u", "root", "-g", "root", "-z", self.api,
                "-i", f"{d}/{self.kind}.pid", "--vty_socket", d, "-P", "0",
                "--log", f"file:{self.log}"] + self.options.get("arguments", [])

    def ready(self):
        return Ours._answers(f"{self.dir}/{self.program}.vty")

    def start(self):
        super().start()
        if self.program == "babeld":
            self.settle()
            self.configure(*self.config.strip().splitlines())

    def settle(self):
        names = [line.split(":")[1].strip().split("@")[0]
                 for line in self.node.ip_out("-o", "link", "show").splitlines()]

        def knows():
            shown = self.vtysh("show babel interface")
            if not all(n in shown for n in names):
                raise NotYet(shown)
            return True
        wait_until(knows, 20, f"{self} knows its interfaces", context=self.log_tail)

    def vtysh(self, *lines):
        """What it answers to each line, in the framing of FRR's own shell: the text, three
        NULs, a status octet. (The shell itself wants PAM.)"""
        text = b""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(f"{self.dir}/{self.program}.vty")
            for line in ("enable",) + lines:
                s.sendall(line.encode() + b"\0")
                answer = b""
                while answer[-4:-1] != b"\0\0\0":
                    piece = s.recv(65536)
                    if not piece:
                        raise AssertionError(f"{self} closed its vty after {line!r}")
                    answer += piece
                if answer[-1] not in (0, 255):  # CMD_SUCCESS; a word for the next daemon
                    text += f"{line!r} ended with {answer[-1]}: ".encode()
                text += answer[:-4]
        return text.decode()

    def configure(self, *lines):
        said = self.vtysh("configure terminal", *lines, "end")
        if "%" in said or "ended with" in said:
            raise AssertionError(f"{self} refused {lines}: {said}")


class Stock10(Stock):
    """FRR 10.3 of Debian 13, by its own loader and libraries."""

    package = "frr10"

    def environment(self):
        return dict(os.environ)

    def executable(self):
        lib = self.peer_program(self.package, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        d = os.path.dirname(lib)
        return [lib, "--library-path", f"{d}/frr:{d}"] + super().executable()


def kind_of(program, base=Stock, prefix="stock-"):
    return type(base.__name__ + program.capitalize(), (base,),
                {"program": program, "kind": prefix + program})


for _program in ("staticd", "babeld", "ospf6d", "ripngd", "bgpd", "isisd", "zebra"):
    KINDS["stock-" + _program] = kind_of(_program)
    KINDS["stock10-" + _program] = kind_of(_program, Stock10, "stock10-")
