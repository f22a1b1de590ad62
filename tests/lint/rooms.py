#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who includes whom, against the table of doc/dev/architecture.md.

Every quoted include names a file from the top of the tree. A directory that
is in no room is an error: a new room gets its row in both places first.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

LIB = {"lib/base", "lib/io", "lib/zapi codec", "lib/zapi sessions", "lib/nb", "lib/cli"}

# room: rooms it may include besides itself; None: all headers
MAY = {
    "lib/base": set(),
    "lib/zapi codec": {"lib/base"},
    "babeld/core": {"lib/base"},
    "zebra/core": {"lib/base"},
    "babeld/trace": {"lib/base", "babeld/core"},
    "lib/io": {"lib/base"},
    "lib/zapi sessions": {"lib/base", "lib/io", "lib/zapi codec"},
    "lib/nb": {"lib/base", "lib/io"},
    "lib/cli": {"lib/base", "lib/io", "lib/nb"},
    "zebra": LIB | {"zebra/core"},
    "babeld": LIB | {"babeld/core", "babeld/trace"},
    "mgmtd": {"lib/base", "lib/io", "lib/nb", "lib/cli"},
    "netconfd": {"lib/base", "lib/io", "lib/nb"},
    "vtysh": LIB,
    "tests": None,
}

PURE = {"lib/base", "lib/zapi codec", "babeld/core", "babeld/trace", "zebra/core"}
PURE_C_HEADERS = {"assert.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}
# The one door to the allocator.
PURE_EXTRA = {"lib/base/mem.c": {"malloc.h", "stdlib.h"}}

ARCHITECTURE = "doc/dev/architecture.md"


def room_of(path):
    d = os.path.dirname(path)
    if d == "lib/zapi":
        codec = os.path.basename(path).startswith("zapi")
        return "lib/zapi codec" if codec else "lib/zapi sessions"
    if d.split("/")[0] == "tests":
        return "tests"
    return d if d in MAY else None


def check_table(root):
    """The rooms here are the rooms of the document."""
    text = tree.read(root, ARCHITECTURE)
    rows = re.findall(r"^\| (`.*?) \|", text, re.M)
    there = set()
    for row in rows:
        names = re.findall(r"`([\w/]+)`( codec| sessions)?", row)
        there |= {n + kind for n, kind in names}
    here = set(MAY) - {"tests"}
    return ([f"{ARCHITECTURE}: room {r} is not known to tests/lint/rooms.py"
             for r in sorted(there - here)] +
            [f"{ARCHITECTURE}: no row for room {r}" for r in sorted(here - there)])


def check_file(root, path, exists):
    room = room_of(path)
    if room is None:
        return [f"{path}: in no room of {ARCHITECTURE}"]
    problems = []
    text = tree.read(root, path)
    for n, line in enumerate(text.splitlines(), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not m:
            continue
        quote, name = m.groups()
        where = f"{path}:{n}: "
        if quote == "<":
            allowed = PURE_C_HEADERS | PURE_EXTRA.get(path, set())
            if room in PURE and name not in allowed:
                problems.append(f"{where}{room} is pure and must not include <{name}>")
            continue
        target = room_of(name)
        if not name.endswith(".h"):
            problems.append(f"{where}includes {name}, which is not a header")
        elif not exists(name):
            problems.append(f"{where}{name} is not a path from the top of the tree")
        elif target is None:
            problems.append(f"{where}{name} is in no room of {ARCHITECTURE}")
        elif target != room and MAY[room] is not None and target not in MAY[room]:
            problems.append(f"{where}{room} must not know {target} ({name})")
    return problems


def check(root=tree.ROOT, build=None):
    build = build or tree.builddir()
    paths = [f for f in tree.files(root) if f.endswith((".c", ".h"))]

    def exists(name):
        return name in paths or os.path.exists(os.path.join(build, name))

    problems = check_table(root)
    for path in paths:
        problems += check_file(root, path, exists)
    if not paths:
        problems.append("no C file found")
    return problems


if __name__ == "__main__":
    tree.main(check)
