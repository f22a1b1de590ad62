#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The models: yanglint takes them, and every node says what it is, as help does.

A number that measures something has units; what is merely counted off, named or
compared (an index, an identifier, a preference) has none and is listed here.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

MODULE = re.compile(r"yang/srcdest-[^/]*\.yang")
TOKEN = re.compile(r'\s+|//[^\n]*|/\*.*?\*/|(?P<p>[{};])|"(?P<d>(?:[^"\\]|\\.)*)"'
                   r"|'(?P<s>[^']*)'|(?P<w>(?:(?!//|/\*)[^\s{};\"'])+)", re.S)
DESCRIBED = ("container", "list", "leaf", "leaf-list", "enum", "typedef", "grouping", "rpc",
             "notification", "extension", "augment", "bit", "feature", "identity")
NUMBER = re.compile(r"u?int(8|16|32|64)")
# Dimensionless.
PLAIN = {"index", "if-index", "lower-if-index", "instance", "distance", "discriminator", "metric",
         "tag", "table", "error", "weight", "id", "session", "seqno", "rxcost", "txcost", "cost",
         "rtt-decay", "max-rtt-penalty", "number", "metric-ge", "metric-le", "set-metric",
         "add-metric", "set-tag", "process-id", "table", "preference", "origin",
         "taken", "sequence", "process"}


def statements(text, at=0):
    """[(keyword, argument, substatements)] and where they end."""
    found, words = [], []
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise ValueError(f"no token at {text[at:at + 20]!r}")
        at = m.end()
        if m["p"] == "}":
            return found, at
        if m["p"]:
            keyword, argument = words[0], "".join(w for w in words[1:] if w != "+")
            below = []
            if m["p"] == "{":
                below, at = statements(text, at)
            found.append((keyword, argument, below))
            words = []
        else:
            words += [m[k] for k in ("d", "s", "w") if m[k] is not None]
    return found, at


def argument_of(below, keyword):
    return next((a for k, a, _ in below if k == keyword), None)


def check_nodes(path, where, below):
    problems = []
    for keyword, name, inner in below:
        here = f"{where}/{name}"
        if keyword in DESCRIBED:
            says = " ".join((argument_of(inner, "description") or "").split())
            if not says:
                problems.append(f"{path}: {keyword} {here} has no description")
            elif not says.endswith("."):
                problems.append(f"{path}: the description of {keyword} {here} is no sentence")
        if keyword in ("leaf", "leaf-list") and name not in PLAIN and \
                NUMBER.fullmatch(argument_of(inner, "type") or "") and \
                not argument_of(inner, "units"):
            problems.append(f"{path}: {keyword} {here} is a number without units")
        problems += check_nodes(path, here if keyword in DESCRIBED else where, inner)
    return problems


def check_module(path, text):
    try:
        found, end = statements(text)
    except (ValueError, IndexError) as e:
        return [f"{path}: not read: {e}"]
    if end != len(text) or len(found) != 1 or found[0][0] != "module":
        return [f"{path}: not one module"]
    return check_nodes(path, "", found[0][2])


def yanglint(root, path):
    p = subprocess.run(["yanglint", "-p", os.path.join(root, "yang"), os.path.join(root, path)],
                       capture_output=True, text=True, check=False)
    said = (p.stdout + p.stderr).strip()
    return [f"{path}: yanglint: {said or p.returncode}"] if p.returncode or said else []


def check(root=tree.ROOT):
    problems, seen = [], 0
    for path in tree.files(root):
        if MODULE.fullmatch(path):
            problems += check_module(path, tree.read(root, path)) + yanglint(root, path)
            seen += 1
    return problems if seen else ["no module found"]


if __name__ == "__main__":
    tree.main(check)
