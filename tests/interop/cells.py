#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which cells the matrix of interoperation has: the one list, from which test_matrix.py
makes its tests and `cells.py --write` the table of doc/dev/interop.md (lint compares the two).

A setup is one topology of ours and a peer, with what both are configured to; each story
is one test in it. A setup shows one feature or several at once.
"""
import collections
import os
import sys

PEERS = {"debian-babeld": "Debian's babeld 1.12.1", "bird": "BIRD 2.0.12",
         "frr-babeld": "FRR 8.4.4's babeld"}
FEATURES = {"plain": "plain routes", "ds": "(D,S) routes", "rtt": "RTT",
            "hmac-sha-256": "MAC, HMAC-SHA256", "blake2s-128": "MAC, BLAKE2s-128",
            "via6": "v4-via-v6", "unicast": "unicast mode"}
STORIES = ("announce", "withdraw", "restart", "loss")

# Of no matrix, since they speak another protocol.
OTHERS = {"isisd": "FRR 8.4.4's and 10.3's isisd"}
NAMES = {**PEERS, **OTHERS}

# What each setup shows. "beyond": all at once that ours can do and the peer mostly can't.
SETUPS = {
    "debian-babeld": {"routes": ("plain", "ds"), "rtt": ("rtt",),
                      "hmac-sha-256": ("hmac-sha-256",), "blake2s-128": ("blake2s-128",),
                      "via6": ("via6",), "unicast": ("unicast",)},
    "bird": {"routes": ("plain", "ds"), "hmac-sha-256": ("hmac-sha-256",),
             "blake2s-128": ("blake2s-128",), "beyond": ("rtt", "via6", "unicast")},
    "frr-babeld": {"routes": ("plain", "ds"),
                   "beyond": ("rtt", "hmac-sha-256", "blake2s-128", "via6"),
                   "unicast": ("unicast",)}}

# What a peer has not: the cell is the test that it goes on undisturbed. Each has its reference.
LACKS = {
    ("bird", "rtt"): "no time stamps: the manual of 2.0.12 has no such option; "
                     "`babel_read_subtlvs()` of CZ-NIC/bird `proto/babel/packets.c` passes over "
                     "sub-TLVs that are not mandatory",
    ("bird", "via6"): "no AE 4: `babel_read_update()` of CZ-NIC/bird `proto/babel/packets.c` "
                      "ignores an Update with an AE that it does not know",
    ("bird", "unicast"): "unicast Hellos are ignored: `babel_read_hello()` of CZ-NIC/bird "
                         "`proto/babel/packets.c`; all else may come by unicast",
    ("frr-babeld", "ds"): "sub-TLV 128 is unknown and mandatory: `parse_update_subtlv()` of "
                          "FRRouting/frr `babeld/message.c` ignores the Update",
    ("frr-babeld", "hmac-sha-256"): "no RFC 8967: nothing of it in `babeld/` of FRRouting/frr; "
                                    "ours signs, and is permissive",
    ("frr-babeld", "blake2s-128"): "as HMAC-SHA256; ours signs with both",
    ("frr-babeld", "via6"): "no AE 4: `network_prefix()` of FRRouting/frr `babeld/message.c`",
    ("frr-babeld", "unicast"): "unicast Hellos are ignored: `parse_packet()` of FRRouting/frr "
                               "`babeld/message.c`; all else may come by unicast",
}

# What a peer does wrong: a test that asks for the right thing, and is expected to fail.
Fault = collections.namedtuple("Fault", "peer feature test what reference")
FAULTS = (
    Fault("debian-babeld", "via6", "test_peers_via6.py::test_debian_sees_an_address_that_comes",
          "keeps the next hop of a route that it has, though it is announced with another one",
          "`update_route()` of jech/babeld `route.c`, 1.12.1: the next hop is set for new "
          "routes only"),
    Fault("bird", "unicast", "test_faults.py::test_bird_and_unscheduled_hellos",
          "takes a Hello's Interval of 0 (unscheduled) for 10 ms; ours sends none unless "
          "`unscheduled-hellos` is configured",
          "`get_time16()` of CZ-NIC/bird `proto/babel/packets.c`, 2.0.12"),
    Fault("isisd", "ds", "test_recipe_isis.py::test_isis_without_segment_routing",
          "gives zebra a (D,S) route that it learns without its source, unless segment routing is "
          "on ([the recipe](../user/recipes/isis.md))",
          "`isis_spf_process_lsp()` of FRRouting/frr `isisd/isis_spf.c`: the source counts only "
          "where `srdb.enabled`"),
)
# What a peer does wrong and ours avoids to meet: the test shows that it does.
AVOIDED = (
    Fault("frr-babeld", "plain", "tests/topo/harness/daemons.py",
          "its zebra replaces an IPv6 route by deleting and adding it: packets are lost between",
          "`zebra/rt_netlink.c` of FRRouting/frr; `--v6-rr-semantics` ends that, and the tests "
          "start it so"),
    Fault("frr-babeld", "plain", "tests/interop/test_frr_clients.py",
          "begins with a random seqno under its old router-id if it did not end in good order: in "
          "half of the cases its neighbours find its routes unfeasible for minutes, with stock "
          "zebra too (80 s seen)",
          "`babel_init_routing_process()` of FRRouting/frr `babeld/babeld.c`; the test does not "
          "wait for a peer's route to it to return"),
)


def faulty(function):
    """Expects the failure of a test that FAULTS lists."""
    import pytest
    f, = [f for f in FAULTS if f.test.endswith("::" + function.__name__)]
    return pytest.mark.xfail(strict=True, raises=AssertionError,
                             reason=f"{f.what}: {f.reference}")(function)


def setup_of(peer, feature):
    for name, features in SETUPS[peer].items():
        if feature in features:
            return name
    return None


def table():
    """The lines of the page between the marks."""
    lines = ["| feature | story | " + " | ".join(PEERS.values()) + " |",
             "|---|---|" + "---|" * len(PEERS)]
    for feature, title in FEATURES.items():
        for story in STORIES:
            row = []
            for peer in PEERS:
                state = "goes on without" if (peer, feature) in LACKS else "works"
                row.append(f"{state}: `test_{story}[{peer}-{setup_of(peer, feature)}]`")
            lines.append(f"| {title} | {story} | " + " | ".join(row) + " |")
    lines += ["", "## What a peer has not", "", "| peer | feature | reference |", "|---|---|---|"]
    lines += [f"| {PEERS[p]} | {FEATURES[f]} | {why} |" for (p, f), why in LACKS.items()]
    lines += ["", "## Expected failures", "",
              "| peer | feature | what it does | reference | test |", "|---|---|---|---|---|"]
    lines += [f"| {NAMES[f.peer]} | {FEATURES[f.feature]} | {f.what} | {f.reference} | "
              f"`{f.test}` |" for f in FAULTS]
    lines += ["", "## Faults that are avoided", "",
              "| peer | what it does | reference | where ours avoids it |", "|---|---|---|---|"]
    lines += [f"| {NAMES[f.peer]} | {f.what} | {f.reference} | `{f.test}` |" for f in AVOIDED]
    return lines


def write():
    """Puts the table into the page, between its marks."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../doc/dev/interop.md")
    with open(path, encoding="utf-8") as f:
        head, begin, rest = f.read().partition("<!-- from tests/interop/cells.py -->\n")
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + begin + "\n".join(table()) + "\n" + rest[rest.index("<!-- end -->"):])


if __name__ == "__main__":
    write() if "--write" in sys.argv else print("\n".join(table()))
