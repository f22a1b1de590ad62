# SPDX-License-Identifier: MIT
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for where in (os.path.join(HERE, "..", "topo"), HERE):
    sys.path.insert(0, where)

import pytest  # noqa: E402
from harness.fixtures import _clean_machine, pytest_runtest_makereport  # noqa: E402,F401
from harness.topo import Topology  # noqa: E402

import server  # noqa: E402


@pytest.fixture(scope="module")
def site():
    """Two routers that speak Babel; a NETCONF server on the first one. Judged at
    the end: no daemon may have died or raised an alarm."""
    with Topology(server.SPEC, captures=False) as t:
        s = server.Server(t)
        yield s
        s.close()
        wrong = t.stop_daemons()
        if wrong:
            print(t.logs(40))
        assert not wrong, "\n".join(wrong)


@pytest.fixture
def nc(site):
    """A session of the user who may do everything; the router is as before afterwards."""
    with site.client("adm") as m:
        yield m
    site.reset()
