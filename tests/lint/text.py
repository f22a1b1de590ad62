#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What no file of the tree may contain, and what each must begin with."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

# Written so that this file does not contain what it looks for.
FORBIDDEN = [
    (re.compile(r"(?<![\w.$}/])/(?:home|Users)/\w"), "a path of somebody's machine"),
    (re.compile(r"(?<![\w.$}/])/(?:work|root|workspace|opt/wheels)(?:/|\b(?!-))"),
     "a path of somebody's machine"),
    (re.compile(r"\b(?:pypi|registry|proxy|mirror|artifactory|nexus)[\w-]*\.(?:[\w-]+\.)+[a-z]{2,}\b"),
     "the host of a package registry"),
    (re.compile(r"\b(?:pypi[.]org|pythonhosted[.]org|crates[.]io|npmjs[.](?:com|org))\b"),
     "the host of a package registry"),
    (re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X)\b"), "unfinished work"),
    (re.compile(r"^(?:<{7} |>{7} |={7}$)"), "the mark of a merge conflict"),
]
SPDX = "SPDX-License-Identifier: MIT"
SPDX_SUFFIXES = (".c", ".h", ".am", ".ac", ".py", ".sh", ".yang")
# Code components of RFCs, unmodified; yang/ietf/README.md has their licence.
# Inputs of fuzzers, which are octets also where they look like text.
NOT_OURS = re.compile(r"yang/ietf/ietf-[^/]*[.]yang|tests/fuzz/corpus/.*")


def check_text(path, text):
    problems = []
    if NOT_OURS.fullmatch(path):
        return problems
    if "\r" in text:
        problems.append(f"{path}: carriage returns")
    if text and not text.endswith("\n"):
        problems.append(f"{path}: no newline at the end")
    if text.endswith("\n\n"):
        problems.append(f"{path}: empty lines at the end")
    script = text.startswith("#!")
    if (path.endswith(SPDX_SUFFIXES) or script) and \
            SPDX not in "\n".join(text.split("\n")[:2 if script else 1]):
        problems.append(f"{path}:1: no SPDX line")
    for n, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip(" \t"):
            problems.append(f"{path}:{n}: blanks at the end of the line")
        for pattern, what in FORBIDDEN:
            m = pattern.search(line)
            if m:
                problems.append(f"{path}:{n}: {what}: {m.group(0)}")
    return problems


def check(root=tree.ROOT):
    problems, seen = [], 0
    for path in tree.files(root):
        text = tree.read(root, path)
        if text is not None:
            problems += check_text(path, text)
            seen += 1
    return problems if seen else ["no text file found"]


if __name__ == "__main__":
    tree.main(check)
