# SPDX-License-Identifier: MIT
"""pytest fixtures: a topology that judges itself at the end and leaves nothing behind."""

import contextlib
import os
import re
import signal
import threading

import pytest

from . import capture, daemons, netns
from . import site as site_
from .topo import Topology


@pytest.fixture(scope="session", autouse=True)
def _clean_machine():
    """Before: what killed runs left goes. SIGTERM cleans up as Ctrl-C does."""
    if os.getuid() != 0:
        pytest.exit("topology tests need root: they make network namespaces", 1)
    netns.sweep_stale()

    def terminate(*_):
        raise KeyboardInterrupt("SIGTERM")
    if threading.current_thread() is not threading.main_thread():  # xdist may do that
        yield
        return
    old = signal.signal(signal.SIGTERM, terminate)
    yield
    signal.signal(signal.SIGTERM, old)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.when == "call":
        item.call_failed = report.failed


@contextlib.contextmanager
def judged(name, failed):
    """Gives topology(spec), which builds one and returns it. At the end no daemon may
    have died or raised an alarm, and no captured packet may be malformed. What is left
    by `name` is kept if anything was wrong, or if failed()."""
    made, wrong = [], []

    def make(spec, **kw):
        t = Topology(spec, **kw)
        made.append(t)
        t.build()
        return t

    judging = False
    try:
        yield make
        judging = True
        for t in made:
            wrong += t.stop_daemons()
            t.stop_captures()
            for c in t.captures.values():
                try:
                    capture.assert_no_malformed(c.path)
                except capture.MalformedPackets as e:
                    wrong.append(str(e))
    finally:
        keep = wrong or not judging or failed()
        for t in made:
            if keep and t.dir:
                where = os.path.join(daemons.builddir(), "topo-failed", re.sub(r"\W+", "-", name))
                t.keep(where)
                print(f"logs, configurations and captures kept in {where}")
            t.close()
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.fixture
def topology(request):
    """One for this test, judged after it."""
    with judged(request.node.name, lambda: getattr(request.node, "call_failed", True)) as make:
        yield make


@pytest.fixture
def site(topology):
    """site(ea=..., eb=..., core=...) builds the two-ISP site (default: our daemons)
    with the ISPs' filters and echo servers running."""
    def make(**kw):
        t = topology(site_.spec(**kw))
        site_.furnish(t)
        return t
    return make


__all__ = ["_clean_machine", "pytest_runtest_makereport", "site", "topology"]
