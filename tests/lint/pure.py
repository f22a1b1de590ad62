#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pure rooms call nothing and remember nothing of their own.

    pure.py [BUILDDIR]

Looks at the archives as built: what they need from outside beyond lib/base
must be a function on plain memory, the allocator may be asked by lib/base/mem
alone, and no symbol may live in a writable section. What a sanitizer adds to
its build is left out.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

BASE = "lib/base/libbase.a"
ARCHIVES = [BASE, "lib/zapi/libzapi_codec.a", "zebra/core/libzebra_core.a",
            "babeld/core/libbabel_core.a", "babeld/trace/libbabel_trace.a"]
# What an archive may use besides lib/base.
ALSO = {"babeld/trace/libbabel_trace.a": "babeld/core/libbabel_core.a"}

ALLOWED = re.compile(
    r"(__)?(mem(chr|cmp|cpy|move|set)"
    r"|str(chr|cmp|cspn|len|ncmp|ncpy|nlen|rchr|spn|str)|bcmp)(_chk)?$"
    r"|__assert_fail$|__stack_chk_fail$|_GLOBAL_OFFSET_TABLE_$")
ALLOCATOR = {"abort", "aligned_alloc", "calloc", "free", "malloc_usable_size", "realloc"}
ALLOCATOR_MEMBER = re.compile(r"(.*-)?mem\.o$")
SANITIZER = re.compile(r"_*(asan|ubsan|odr_asan|sanitizer|sancov|lsan|tsan|llvm_gcov|gcov|profc"
                       r"|unnamed_\d+$)")
WRITABLE = re.compile(r"\.(data|tdata)(?!\.rel\.ro)(\.|$)|\.(bss|tbss)(\.|$)|\*COM\*$")


def run(*argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def symbols(archive):
    """(member, section, size, name) of every symbol; section *UND* is a need."""
    member = None
    for line in run("objdump", "-t", archive).splitlines():
        m = re.match(r"(\S+):\s+file format", line)
        if m:
            member = m.group(1)
            continue
        m = re.match(r"[0-9a-f]{8,16} (.{7}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$", line)
        if m and "d" not in m.group(1)[5] and "f" != m.group(1)[6]:
            yield member, m.group(2), int(m.group(3), 16), m.group(4)


def defined(archive):
    return {name for _, section, _, name in symbols(archive) if section != "*UND*"}


def check_archive(path, known, title):
    """`known` is what other archives that it may use define."""
    problems = []
    own = defined(path)
    for member, section, _, name in symbols(path):
        if SANITIZER.match(name):
            continue
        if section == "*UND*":
            if name in own or name in known or ALLOWED.match(name):
                continue
            if title == BASE and ALLOCATOR_MEMBER.match(member) and name in ALLOCATOR:
                continue
            problems.append(f"{title}({member}): needs {name}, which no pure room may call")
        elif WRITABLE.match(section):
            problems.append(f"{title}({member}): {name} in {section} is mutable and outlives calls")
    return problems


def check(build=None):
    build = build or tree.builddir()
    missing = [a for a in ARCHIVES if not os.path.exists(os.path.join(build, a))]
    if missing:
        return [f"{build}: not built: {a} (run make there, or name another BUILDDIR)"
                for a in missing]
    base = defined(os.path.join(build, BASE))
    problems = []
    for a in ARCHIVES:
        known = set() if a == BASE else set(base)
        if a in ALSO:
            known |= defined(os.path.join(build, ALSO[a]))
        problems += check_archive(os.path.join(build, a), known, a)
    return problems


if __name__ == "__main__":
    tree.main(lambda: check(sys.argv[1] if len(sys.argv) > 1 else None))
