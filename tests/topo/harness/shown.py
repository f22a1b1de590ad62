# SPDX-License-Identifier: MIT
"""What `show ... json` says, in the words that tests use.

The shell gives the model's own nodes (RFC 7951: yang/srcdest-rib.yang and its
neighbours); tests talk of rows: one for each route of each origin, with
`destination` and `source`, flags and numbers.
"""

DROPPING = ("blackhole", "unreachable", "prohibit")
WORDS = {"destination-prefix": "destination", "source-prefix": "source"}


def camel(name):
    first, *rest = WORDS.get(name, name).split("-")
    return first + "".join(w.capitalize() for w in rest)


def value(v):
    """Numbers of 64 bits come as text."""
    return int(v) if isinstance(v, str) and v.isdecimal() else v


def words(node):
    """A node with its names as tests write them; lists of counters become dicts."""
    if isinstance(node, list):
        if node and isinstance(node[0], dict) and set(node[0]) == {"reason", "count"}:
            return {n["reason"]: int(n["count"]) for n in node}
        return [words(n) for n in node]
    if isinstance(node, dict):
        return {camel(k.split(":")[-1]): words(v) for k, v in node.items()}
    return value(node)


def next_hop(n):
    row = words(n)
    if "interface" in row:
        row["interfaceName"] = row["interface"]
    row["fib"] = bool(row.get("installed"))
    row["reject"] = n.get("type") in DROPPING
    return row


def entries(route):
    """A row for each origin of one pair."""
    for e in route["entry"]:
        row = words({k: v for k, v in e.items() if k != "next-hop"})
        row["destination"] = route["destination-prefix"]
        row["source"] = route["source-prefix"]
        if "table" in route:
            row["table"] = route["table"]
        state = e.get("state")
        row["selected"] = state in ("selected", "installed", "failed")
        row["installed"] = state == "installed"
        row["failed"] = state == "failed"
        row["queued"] = state == "selected"
        row["failureReason"] = e.get("reason", "")
        row["nexthops"] = [next_hop(n) for n in e.get("next-hop", [])]
        yield row


def routes(found):
    rows = []
    for r in found:
        rows += entries(r) if "entry" in r else [words(r)]
    return {"routes": rows}


def interfaces(found):
    """Zebra's by name; Babel's as rows."""
    if found and "oper-status" in found[0]:
        return {i["name"]: {**words(i), "operationalStatus": i["oper-status"],
                            "ipAddresses": [{"address": f"{a['ip']}/{a['prefix-length']}"}
                                            for a in i.get("address", [])]} for i in found}
    return {"interfaces": [{**words(i), "interface": i["name"],
                            "running": i.get("state") == "running"} for i in found]}


def summary(found):
    return {"routes": [{"type": o["protocol"], "rib": int(o["entries"]),
                        "fib": int(o["installed"]), "sourced": int(o["sourced"])}
                       for o in found.get("origin", []) if o["family"] == "ipv6"]}


def explained(found):
    """What is explained in its own words, and the row that a lookup has: the winner's."""
    rows = [{"destination-prefix": p["destination-prefix"], "source-prefix": p["source-prefix"],
             "entry": p["candidate"][:1]} for p in found.get("pair", []) if p["verdict"] == "takes"]
    return {**words(found), **routes(rows)}


FORMS = {
    "explain-route": explained,
    "route": routes,
    "table-route": routes,
    "explain-babel-route": lambda found: {"pair": words(found.get("pair", []))},
    "lookup": lambda found: routes(found.get("route", [])),
    "interface": interfaces,
    "neighbor": lambda found: {"neighbours": words(found)},
    "client": lambda found: {"clients": words(found)},
    "departed-client": lambda found: {"departed": words(found)},
    "summary": summary,
    "parameters": words,
    "status": words,
    "counters": words,
}


def plain(answer):
    (name, found), = answer.items()
    return FORMS.get(name.split(":")[-1], words)(found)
