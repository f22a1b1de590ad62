# SPDX-License-Identifier: MIT
"""A commit of two daemons, and one of the three processes killed in the middle of it.

The frame of each step (PREPARE, its answer, APPLY, its answer) is held between mgmtd
and one of the daemons, the victim killed, and the frame let go. When the victim is
back, running, the history, zebra with the kernel, and babeld must agree: all of the
commit or nothing, and what mgmtd had decided before.
"""

import os
import subprocess

import pytest
from harness import Topology, daemons, wait_until
from harness.relay import Relay

DEADLINE = 40
VICTIMS = ("mgmtd", "zebra", "babeld")
STEPS = ("PREPARE", "PREPARED", "APPLY", "APPLIED")
CASES = [(v, s, d) for s in STEPS for d in ("zebra", "babeld") for v in VICTIMS]


class ApartMgmtd(daemons.Mgmtd):
    """mgmtd in a directory of its own, so that daemons find the relay."""

    def __init__(self, node):
        super().__init__(node)
        self.dir = os.path.join(node.dir, "m")
        os.mkdir(self.dir)
        self.log = os.path.join(self.dir, "mgmtd.log")
        self.stderr = os.path.join(self.dir, "mgmtd.stderr")
        self.config_path = os.path.join(self.dir, "srcdest.conf")


@pytest.fixture(scope="module")
def node():
    spec = {"nodes": {"r": {}, "p": {}},
            "links": {"l": {"r": ("e0", ["fe80::1/64"]), "p": ("e0", ["fe80::2/64"])},
                      "k": {"r": ("e1", ["fe80::1/64"]), "p": ("e1", ["fe80::2/64"])}}}
    with Topology(spec, captures=False) as t:
        r = t["r"]
        r.daemons["mgmtd"] = ApartMgmtd(r)
        r.mgmtd.start()
        os.symlink("m/mgmtd.sock", os.path.join(r.dir, "mgmtd.sock"))
        r.relay = Relay(os.path.join(r.dir, "backend.sock"),
                        os.path.join(r.mgmtd.dir, "backend.sock"))
        r.start("zebra", {})
        r.start("babeld", {"srcdest-babel:babel": {"interface": [{"name": "e0"}]}})
        yield r
        r.relay.close()
        wrong = t.stop_daemons()
        if wrong:
            print(t.logs(40))
        assert not wrong, "\n".join(wrong)


def vtysh(node, *args):
    p = subprocess.run([daemons.program("vtysh"), "--rundir", node.dir, *args], text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    return p.returncode, p.stdout


def asked(node, line):
    code, text = vtysh(node, "-c", line)
    assert code == 0, text
    return text


def history(node):
    return asked(node, "show configuration history").splitlines()


def agreement(node, dst):
    """Whether each has the commit: running, zebra, the kernel, babeld."""
    running = asked(node, "show running-config")
    rib = {(r["destination"], r["source"]) for r in node.zebra.show("show ipv6 route")["routes"]
           if r["protocol"] == "static"}
    kernel = node.ns.run(["ip", "-6", "route", "show", "table", "all"])
    babel = {i["interface"] for i in node.babeld.show("show babel interface")["interfaces"]
             if i["running"]}
    assert "e0" in babel
    return {"running route": f"ipv6 route {dst} from 2001:db8:a::/48 blackhole" in running,
            "running network": " network e1\n" in running,
            "zebra": (dst, "2001:db8:a::/48") in rib,
            "kernel": f"blackhole {dst} from 2001:db8:a::/48" in kernel,
            "babeld": "e1" in babel}


def agreed(node, dst):
    """Waits until all have the same; whether that is the commit."""
    def same():
        have = agreement(node, dst)
        assert len(set(have.values())) == 1, str(have)
        return [have["running route"]]
    return wait_until(same, DEADLINE, "all agree", context=node.topology.logs)[0]


def outcome(victim, step, at):
    """What must be: True committed, False not, None either."""
    if step in ("APPLY", "APPLIED"):
        return True  # decided: nothing can undo it
    if victim == "mgmtd" or step == "PREPARE" and victim == at:
        return False  # one vote can never come in
    return None  # mgmtd may have the dead one's vote, and hear of its death after the decision


@pytest.mark.parametrize("victim,step,at", CASES, ids=["-".join(c) for c in CASES])
def test_killed(node, victim, step, at):
    dst = f"2001:db8:{CASES.index((victim, step, at)) + 256:x}::/48"
    assert not any(agreement(node, dst).values())
    before = history(node)
    process = getattr(node, victim)
    node.relay.set_trap(at, step, process.kill)
    path = os.path.join(node.dir, "change.conf")
    with open(path, "w", encoding="ascii") as f:
        f.write(f"ipv6 route {dst} from 2001:db8:a::/48 blackhole\nrouter babel\n network e1\n")
    code, says = vtysh(node, "-f", path)
    assert node.relay.sprung.wait(DEADLINE), f"no {step} for {at}: {node.relay.seen}\n{says}"
    process.start()
    committed = agreed(node, dst)

    must = outcome(victim, step, at)
    assert must in (None, committed), says
    if victim == "mgmtd":
        assert code != 0 and says  # it can't know
    else:
        assert (code == 0) == committed, says
        assert committed or victim in says, says
    assert len(history(node)) == len(before) + committed

    # And all goes on: the next commit reaches everyone.
    if committed:
        code, says = vtysh(node, "-c", "configure terminal",
                           "-c", f"no ipv6 route {dst} from 2001:db8:a::/48 blackhole",
                           "-c", "router babel", "-c", "no network e1")
        assert code == 0, says
        wait_until(lambda: not any(agreement(node, dst).values()), DEADLINE, "undone",
                   context=node.topology.logs)
