#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The matrix of interoperation, its page and its tests say the same.

tests/interop/cells.py is the list: each feature has a setup with each peer, each
story and each listed fault a test, and doc/dev/interop.md holds its table. An
expected failure that is not on the list is hidden, and refused.
"""
import importlib.util
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

CELLS = "tests/interop/cells.py"
MATRIX = "tests/interop/test_matrix.py"
PAGE = "doc/dev/interop.md"
BEGIN, END = "<!-- from tests/interop/cells.py -->", "<!-- end -->"
HIDDEN = re.compile(r"pytest\.xfail|pytest\.skip|mark\.skip|mark\.xfail|except AssertionError")


def load(root):
    spec = importlib.util.spec_from_file_location("cells", os.path.join(root, CELLS))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def has_test(root, where, name):
    return os.path.exists(os.path.join(root, where)) and f"def {name}(" in tree.read(root, where)


def check(root=tree.ROOT):
    cells, problems = load(root), []
    for peer in cells.PEERS:
        for feature in cells.FEATURES:
            if not cells.setup_of(peer, feature):
                problems.append(f"{CELLS}: no setup shows {feature} with {peer}")
    for peer, feature in cells.LACKS:
        if peer not in cells.PEERS or feature not in cells.FEATURES:
            problems.append(f"{CELLS}: {peer} lacks {feature}, which is not in the matrix")
    for story in cells.STORIES:
        if not has_test(root, MATRIX, f"test_{story}"):
            problems.append(f"{MATRIX}: no test_{story}")
    for fault in cells.FAULTS:
        where, name = fault.test.split("::")
        if not has_test(root, f"tests/interop/{where}", name):
            problems.append(f"{CELLS}: there is no test {fault.test}")
    for fault in cells.AVOIDED:
        if not os.path.exists(os.path.join(root, fault.test)):
            problems.append(f"{CELLS}: there is no {fault.test}")
    for path in tree.files(root):
        if path.startswith("tests/interop/") and path.endswith(".py") and path != CELLS:
            for m in HIDDEN.finditer(tree.read(root, path)):
                problems.append(f"{path}: {m.group()} hides a failure: list it in {CELLS}")
    page = tree.read(root, PAGE)
    inside = page.partition(BEGIN)[2].partition(END)[0].strip("\n").split("\n")
    if inside != cells.table():
        problems.append(f"{PAGE} is not what {CELLS} says: run {CELLS} --write")
    return problems


if __name__ == "__main__":
    tree.main(check)
