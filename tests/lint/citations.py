#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Cited sections exist.

`RFC 8966 3.5.1` anywhere in code, tests or documents must be a line of
doc/rfc/sections.txt, and so must the section of every requirement that a test
claims with RFC_TEST(8966, "3.5.1-a", ...), whose ID must be one of
doc/rfc/ids.txt. Documents that are not in sections.txt are not checked.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

SECTIONS = "doc/rfc/sections.txt"
IDS = "doc/rfc/ids.txt"
SUFFIXES = (".c", ".h", ".py", ".md", ".yang", ".am")

# A letter alone might be an article, so appendices need a dot or their name.
SECTION = r"(?:(?:[Ss]ection |[Aa]ppendix |§ ?)?(\d+(?:\.\d+)*|[A-F](?:\.\d+)+)|[Aa]ppendix ([A-F]))"
CITED = re.compile(r"RFC (\d{4}),? " + SECTION + r"(?![\w-])((?:(?:,| and| or| to|,? and) "
                   r"(?:\d+(?:\.\d+)+|[A-F](?:\.\d+)+)(?![\w-]))*)")
TEST = re.compile(r'RFC_TEST\(\s*(\d+),\s*"([^"]+)"')


def load(root):
    """{document: {section}}"""
    known = {}
    for line in tree.read(root, SECTIONS).splitlines():
        if line and not line.startswith("#"):
            doc, section, _ = line.split(" ", 2)
            known.setdefault(doc, set()).add(section)
    return known


def load_ids(root):
    return {line.split()[0] for line in tree.read(root, IDS).splitlines()
            if line and not line.startswith("#")}


def check_text(path, text, known, ids):
    # A citation may be broken over two lines of a comment.
    flat = re.sub(r"\n[ \t]*(?:\*(?!/)|#|//)?[ \t]*", " ", text)
    problems = []
    for m in CITED.finditer(flat):
        doc, sections = m.group(1), [m.group(2) or m.group(3)]
        sections += re.findall(r"[\dA-F][\d.]*\d", m.group(4))
        for s in sections:
            if doc in known and s not in known[doc]:
                problems.append(f"{path}: RFC {doc} has no section {s}")
    for doc, name in TEST.findall(text):
        if doc in known and name.rsplit("-", 1)[0] not in known[doc]:
            problems.append(f"{path}: RFC_TEST {doc} {name}: no such section")
        elif doc in known and f"{doc}-{name}" not in ids:
            problems.append(f"{path}: {doc}-{name} is not in {IDS}")
    return problems


def check(root=tree.ROOT):
    known, ids = load(root), load_ids(root)
    problems, cited = [], 0
    for path in tree.files(root):
        if path.startswith("tests/lint/") or not path.endswith(SUFFIXES):
            continue
        text = tree.read(root, path) or ""
        problems += check_text(path, text, known, ids)
        cited += len(CITED.findall(text))
    return problems if cited else ["no citation found"]


if __name__ == "__main__":
    tree.main(check)
