# SPDX-License-Identifier: MIT
"""The configurations of the pages in doc/user/recipes, from the pages themselves.

A block of lines that a test is to run stands behind `<!-- PROGRAM NODE -->`, indented by four.
"""

import os
import re

from .daemons import TOP

_MARK = re.compile(r"<!-- (\w+) (\w+) -->")


def path(page):
    return os.path.join(TOP, "doc/user/recipes", page + ".md")


def blocks(page):
    """{(program, node): text} of doc/user/recipes/PAGE.md."""
    found, name = {}, None
    with open(path(page), encoding="utf-8") as f:
        for line in f:
            mark = _MARK.fullmatch(line.strip())
            if mark:
                name = mark.groups()
                assert name not in found, f"{page}: {name} stands there twice"
                found[name] = ""
            elif name and line.startswith("    "):
                found[name] += line[4:]
            elif name and line.strip() and found[name]:
                name = None
    assert found and all(found.values()), f"{page}: an empty block"
    return found


def run(net, page):
    """Runs shell lines and gives vtysh its lines, in the order of the page."""
    for (program, node), text in blocks(page).items():
        if program == "shell":
            for line in text.splitlines():
                net[node].ns.run(line.split())
        elif program == "vtysh":
            says, content = net[node].mgmtd.load(text)
            assert content, f"{page}, {node}: {says}"
