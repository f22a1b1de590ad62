# SPDX-License-Identifier: MIT
"""Commits over zebra and babeld as they run: who dies in the middle harms nobody."""

import signal
import threading

import pytest
from harness import netns
from harness.daemons import program

BEFORE = {
    "zebra": {"srcdest-static:static": {"route": [
        {"destination-prefix": "2001:db8:1::/48", "source-prefix": "2001:db8:a::/48",
         "next-hop": [{"gateway": "fe80::2", "interface": "v0"}]}]}},
    "babeld": {"srcdest-babel:babel": {"interface": [{"name": "v0", "rxcost": 111}]}}}
CHANGE = """
no ipv6 route 2001:db8:1::/48 from 2001:db8:a::/48 fe80::2 v0
ipv6 route 2001:db8:2::/48 from 2001:db8:a::/48 fe80::2 v0
interface v0
 babel rxcost 222
exit
"""
OLD, NEW = ("2001:db8:1::/48", 111), ("2001:db8:2::/48", 222)
KINDS = ("zebra", "babeld")


@pytest.fixture
def router(topology):
    net = topology({
        "nodes": {"r": {"router": True,
                        "daemons": [(kind, BEFORE[kind]) for kind in KINDS]}, "x": {}},
        "links": {"v": {"r": ("v0", ["fe80::1/64"]), "x": ("x0", ["fe80::2/64"])}},
    }, captures=False)
    agree(net, OLD)
    return net


def kernel(r):
    """The one static route that the kernel has."""
    lines = [line.split() for line in r.ip_out("-6", "route", "show").splitlines()
             if "proto 196" in line and "from" in line]
    return [words[0] for words in lines]


def rxcost(r):
    return [i["rxcost"] for i in r.babeld.show("show babel interface v0")["interfaces"]]


def running(r):
    text = netns.run([program("vtysh"), "--rundir", r.dir, "-c", "show running-config"])
    return [want for want in (OLD, NEW)
            if f"ipv6 route {want[0]} " in text and f"babel rxcost {want[1]}\n" in text]


def unread(r):
    """What mgmtd has said to a daemon that does not read."""
    rows = [line.split() for line in r.ns.run(["ss", "-xHn"]).splitlines()
            if f"{r.dir}/backend.sock" in line]
    return [row for row in rows if row[1] == "ESTAB" and int(row[3]) > 0]


def agree(net, *wants):
    """Running, the kernel and babeld say the same, one of those."""
    r = net["r"]

    def check():
        return any(running(r) == [w] and kernel(r) == [w[0]] and rxcost(r) == [w[1]]
                   for w in wants)
    net.wait(check, 30, f"all agree on one of {wants}")
    return running(r)[0]


def test_a_commit_is_everywhere_at_once(router):
    says, content = router["r"].mgmtd.load(CHANGE)
    assert content, says
    # No wait: what the shell was told is done.
    assert running(router["r"]) == [NEW] and rxcost(router["r"]) == [NEW[1]]
    agree(router, NEW)


@pytest.mark.parametrize("victim", ("mgmtd",) + KINDS)
@pytest.mark.parametrize("frozen", KINDS)
def test_killed_while_a_daemon_prepares(router, frozen, victim):
    """One daemon does not answer, so the commit waits for it; then somebody is killed."""
    r = router["r"]
    r.daemons[frozen].signal(signal.SIGSTOP)
    told = []
    shell = threading.Thread(target=lambda: told.append(r.mgmtd.load(CHANGE)))
    shell.start()
    other = next(kind for kind in KINDS if kind != frozen)
    router.wait(lambda: unread(r), 5, "the commit waits for its answer")
    r.daemons[victim].kill()
    if victim != frozen:
        r.daemons[frozen].signal(signal.SIGCONT)
    shell.join(20)
    assert not shell.is_alive()
    (_, content), = told
    r.daemons[victim].start()
    # Nobody said yes for the one that was lost; one that thawed may have.
    end = agree(router, OLD, NEW)
    assert content == (end == NEW) or victim == "mgmtd"
    assert r.daemons[other].running()
    # And the next one goes through.
    says, content = r.mgmtd.load(CHANGE if end == OLD else "interface v0\n babel rxcost 223\nexit\n")
    assert content, says


def test_a_daemon_that_hangs_is_left_behind(router):
    """It loses the transaction and its session, not the configuration."""
    r = router["r"]
    r.babeld.signal(signal.SIGSTOP)
    says, content = r.mgmtd.load(CHANGE)
    assert not content and "babeld" in says
    assert kernel(r) == [OLD[0]]
    r.babeld.signal(signal.SIGCONT)
    agree(router, OLD)
    says, content = r.mgmtd.load(CHANGE)
    assert content, says
    agree(router, NEW)


def test_mgmtd_comes_back_to_what_was(router):
    """Killed after a commit, without `write memory`: running is what it was."""
    r = router["r"]
    assert r.mgmtd.load(CHANGE)[1]
    seen = r.zebra.log_text().count("has sent the configuration")
    r.mgmtd.kill()
    agree_kernel = kernel(r)
    r.mgmtd.process = None
    restart_without_file(r.mgmtd)
    router.wait(lambda: r.zebra.log_text().count("has sent the configuration") > seen, 10, "synced")
    assert kernel(r) == agree_kernel
    agree(router, NEW)


def restart_without_file(mgmtd):
    """As a supervisor does: the startup file stays as it was written last."""
    prepare, mgmtd.prepare = mgmtd.prepare, lambda: None
    try:
        mgmtd.start()
    finally:
        mgmtd.prepare = prepare


def test_a_bad_record_is_refused_by_the_daemon_s_own_words(router):
    """zebra's rule, that the model does not have; babeld's part is not applied either."""
    r = router["r"]
    says, content = r.mgmtd.load("ipv6 route 2001:db8:3::/48 ff02::2\n"
                                 "interface v0\n babel rxcost 99\nexit\n")
    assert not content
    assert "can't be the address of a router" in says and "zebra" in says, says
    agree(router, OLD)
