# SPDX-License-Identifier: MIT
"""What peers do wrong, asked for as it should be: each is expected to fail (cells.py)."""

from cells import faulty
from pair import OURS, Pair


@faulty
def test_bird_and_unscheduled_hellos(topology):
    """An unscheduled Hello of ours promises nothing (RFC 8966 3.4.1). What it does to BIRD is
    why such Hellos have to be asked for."""
    pair = Pair(topology, "bird", "routes", settings={"unscheduled-hellos": True},
                head="debug protocols all;\n")
    capture = pair.net.captures["core"]
    pair.net.wait(lambda: capture.count(f"ipv6.src == {OURS} && babel.message.interval == 0"),
                  20, "an unscheduled Hello")
    pair.net.wait(lambda: pair.peer.log_text().count("Handling hello") > 3, 20,
                  "Hellos at the peer")
    assert "interval 0.010" not in pair.peer.log_text()
