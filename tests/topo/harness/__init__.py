# SPDX-License-Identifier: MIT
"""Declarative topologies in network namespaces, for tests and for ./lab.

The pieces: ``netns`` (namespaces, sockets inside them), ``topo`` (a topology
from a dict), ``daemons`` (ours and the peers), ``probe`` (real packets),
``capture`` (what went over each link, and the judge of it), ``wait``.
"""

from .capture import MalformedPackets, assert_no_malformed
from .daemons import Babeld, Bird, DebianBabeld, FrrBabeld, Zebra
from .probe import EchoServers, Stream, probe_once
from .topo import Topology
from . import fpm, recipes, site, stock, watch
from .wait import NotYet, WaitTimeout, wait_until

__all__ = [
    "Babeld", "Bird", "DebianBabeld", "EchoServers", "FrrBabeld", "MalformedPackets", "NotYet",
    "Stream", "Topology", "WaitTimeout", "Zebra", "assert_no_malformed", "fpm", "probe_once", "recipes",
    "site", "stock", "wait_until", "watch",
]
