# SPDX-License-Identifier: MIT
"""Each feature with each peer: announced, withdrawn, restarted, with loss (cells.py).

The four stories of a setup share one topology, and each leaves it as it found it.
"""

import pytest
from cells import SETUPS
from harness import watch
from harness.fixtures import judged
from pair import Pair


def setups():
    for peer, names in SETUPS.items():
        for name in names:
            both = f"{peer}-{name}"
            yield pytest.param((peer, name), id=both, marks=pytest.mark.xdist_group(both))


@pytest.fixture(scope="module", params=list(setups()))
def pair(request):
    peer, setup = request.param
    before = request.session.testsfailed
    with judged(f"matrix-{peer}-{setup}",
                lambda: request.session.testsfailed > before) as topology:
        p = Pair(topology, peer, setup)
        yield p


def test_announce(pair):
    """8966-3.1-g 8966-3.4.1-c 8966-4.6.5-b 9229-2.1-a 9229-2.2-b 9616-3.2-c 9616-3.2-e
    9616-5-a: all that is told arrives, is shown and carries packets, both ways; so does what
    is told later, and nothing suffers."""
    pair.well()
    pair.shown()
    pair.withdraw()
    pair.gone()
    s = pair.stream()
    pair.announce()
    pair.well()
    pair.unbroken(s)


def test_withdraw(pair):
    """What is taken back goes, shown and by packets, both ways, and nothing else does."""
    pair.well()
    s = pair.stream()
    pair.withdraw()
    pair.gone()
    pair.unbroken(s)
    pair.announce()
    pair.well()


def test_restart(pair):
    """9616-3.3-b: the peer ends and begins, and is killed; ours is killed, under packets
    that don't notice, and ends and begins."""
    pair.well()
    pair.peer.stop()
    for p in pair.passing("peer"):
        watch.has_no_route(pair.net, "ours", p, 30)
    pair.peer.start()
    pair.well()
    pair.peer.kill()
    for p in pair.passing("peer"):
        watch.has_no_route(pair.net, "ours", p, 30)
    pair.peer.start()
    pair.well()
    pair.shown()

    for victim in (pair.ours.babeld, pair.ours.zebra):
        s = pair.stream()
        victim.kill()
        victim.start()
        pair.well()
        pair.unbroken(s)
    assert pair.ours.babeld.stop() == 0
    pair.peer_has([], absent=pair.passing("ours"))
    pair.ours.babeld.start()
    pair.well()
    pair.shown()


def test_loss(pair):
    """A tenth of all Babel packets is lost, both ways; what comes and goes still does, and
    what packets pass go the right way."""
    pair.well()
    s = pair.stream()
    end = pair.lossy()
    pair.withdraw()
    pair.gone()
    pair.announce()
    pair.well()
    watch.more(pair.net, [s], 20)
    s.stop()
    assert s.exits() == ["h2"], s.summary()
    assert len(s.lost()) < len(s.outcomes) * 3 / 4, s.summary()
    end()
    pair.well()
