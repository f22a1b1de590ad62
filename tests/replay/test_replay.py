# SPDX-License-Identifier: MIT
"""Recordings with an author; see README.md."""
import os
import re
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "topo"))
from harness import daemons  # noqa: E402

NAMES = sorted(f[:-len(".recording")] for f in os.listdir(HERE) if f.endswith(".recording"))


class Moment:
    def __init__(self, until):
        self.until = until
        self.explain, self.there, self.absent = [], [], []


def parse(text):
    """The paragraph of why, and the moments."""
    why, moments = [], []
    for n, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line:
            continue
        if word == "#" and not moments:
            why.append(rest)
        elif word == "until":
            moments.append(Moment(float(rest)))
        elif moments and word in ("explain", "+", "-"):
            {"explain": moments[-1].explain, "+": moments[-1].there,
             "-": moments[-1].absent}[word].append(rest)
        else:
            raise AssertionError(f"line {n} is not understood: {line}")
    why = " ".join(why)
    assert len(why.split()) >= 20 and re.search(r"RFC \d{4} \w", why), \
        "the paragraph of why is missing, or cites nothing"
    assert moments, "nothing is expected"
    for m in moments:
        assert m.there, f"nothing is expected at {m.until}"
    return why, moments


def judge(moment, out):
    lines = out.splitlines()
    problems = [f"no line matches: {e}" for e in moment.there
                if not any(re.search(e, line) for line in lines)]
    problems += [f"a line matches: {e}" for e in moment.absent
                 if any(re.search(e, line) for line in lines)]
    return problems


def replay(path, moment):
    program = os.path.join(daemons.builddir(), "babeld", "srcdest-babel-replay")
    args = [program, "--loose", "--until", str(moment.until)]
    for pair in moment.explain:
        args += ["--explain", pair]
    p = subprocess.run(args + [path], capture_output=True, text=True, timeout=60, check=False)
    assert p.returncode == 0, p.stdout + p.stderr
    return p.stdout


@pytest.mark.parametrize("name", NAMES)
def test_recording(name):
    with open(os.path.join(HERE, name + ".expect"), encoding="ascii") as f:
        _, moments = parse(f.read())
    for m in moments:
        out = replay(os.path.join(HERE, name + ".recording"), m)
        problems = judge(m, out)
        assert not problems, "\n".join([f"at {m.until} s:"] + problems + [out])


def test_there_are_some_and_none_too_many():
    expected = {f[:-len(".expect")] for f in os.listdir(HERE) if f.endswith(".expect")}
    assert expected == set(NAMES) and NAMES


# --- the judge is shown what it must refuse

WHY = "# " + "word " * 20 + "RFC 8966 3.5\n"


@pytest.mark.parametrize("text, word", [
    ("until 1\n+ x\n", "paragraph"),
    ("# too short RFC 8966 3.5\nuntil 1\n+ x\n", "paragraph"),
    ("# " + "word " * 30 + "\nuntil 1\n+ x\n", "paragraph"),
    (WHY, "nothing is expected"),
    (WHY + "until 1\n- x\n", "nothing is expected at 1"),
    (WHY + "+ x\n", "line 2"),
    (WHY + "until 1\n* x\n", "line 3"),
])
def test_bad_expectations(text, word):
    with pytest.raises(AssertionError, match=word):
        parse(text)


def test_the_judge():
    _, (m,) = parse(WHY + "until 1.5\nexplain ::/0\n+ ^a b$\n- c\n")
    assert m.explain == ["::/0"] and m.until == 1.5
    assert judge(m, "x\na b\n") == []
    assert judge(m, "x\na b \n") == ["no line matches: ^a b$"]
    assert judge(m, "a b\nxcx\n") == ["a line matches: c"]
