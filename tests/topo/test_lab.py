# SPDX-License-Identifier: MIT
"""./lab says what it saw: all is well with the site, and it is not when it is not."""

import os
import signal
import subprocess
import sys

from harness import netns, wait_until
from harness.daemons import TOP

# The lab under other names, so that it does not meet one that is up here.
WRAP = """
import os, sys
sys.path[:0] = [os.path.join({top!r}, "tools"), os.path.join({top!r}, "tests", "topo")]
import lab
lab.PREFIX, lab.RUN = {name!r} + "-", {dir!r}
lab.LOCK, lab.KEPT = lab.RUN + ".pid", lab.RUN + ".kept"
{change}
sys.exit(lab.main(sys.argv[1:]))
"""


def lab(tmp_path, change="", **kw):
    name = f"sdt{os.getpid()}lab"
    text = WRAP.format(top=TOP, name=name, dir=str(tmp_path / "run"), change=change)
    return name, subprocess.Popen([sys.executable, "-B", "-c", text], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)


def nothing_left(name, tmp_path):
    assert not [n for n in netns.namespaces() if n.startswith(name)]
    assert not (tmp_path / "run").exists() and not (tmp_path / "run.pid").exists()


def test_all_is_observed(tmp_path):
    name, p = lab(tmp_path)
    out = p.communicate(timeout=120)[0]
    assert p.returncode == 0, out
    rows = [line.split() for line in out.splitlines() if line.startswith("uplink A")
            or line.startswith("both uplinks")]
    assert len(rows) == 6 and all(r[-1] == "ok" for r in rows), out
    assert "every line was observed" in out
    nothing_left(name, tmp_path)


def test_a_wrong_route_is_not_passed_over(tmp_path):
    """Edge B announces a route for sources of A: not what the table has to say."""
    change = """
edge = lab.site.our_edge("b")
route = edge[0][1]["srcdest-static:static"]["route"][0]
route["source-prefix"] = lab.site.PREFIX["a"]
spec = lab.site.spec(eb=edge)
lab.site.spec = lambda: spec
"""
    name, p = lab(tmp_path, change)
    out = p.communicate(timeout=180)[0]
    assert p.returncode == 1, out
    assert "FAILED" in out and "every line was observed" not in out, out
    nothing_left(name, tmp_path)


def test_an_interrupt_removes_everything(tmp_path):
    name, p = lab(tmp_path)
    wait_until(lambda: f"{name}-core" in netns.namespaces(), 30, "the lab coming up")
    p.send_signal(signal.SIGTERM)
    out = p.communicate(timeout=60)[0]
    assert p.returncode not in (0, None), out
    nothing_left(name, tmp_path)
