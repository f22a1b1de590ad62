#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone, and twice."""
import concurrent.futures
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

PACKAGES = ["libevent_core", "libmnl", "libyang", "json-c", "libcap", "cmocka"]
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Wno-unused", "-Werror", "-D_GNU_SOURCE"]


def check(root=tree.ROOT, headers=None):
    if headers is None:
        headers = [f for f in tree.files(root) if f.endswith(".h")]
    found = subprocess.run(["pkg-config", "--cflags", *PACKAGES], capture_output=True, text=True)
    if found.returncode:
        return [found.stderr.strip()]
    argv = ["gcc", *FLAGS, "-I", root, "-I", tree.builddir(), *found.stdout.split(),
            "-fsyntax-only", "-x", "c", "-"]

    def compile_one(h):
        text = f'#include "{h}"\n#include "{h}"\n'
        r = subprocess.run(argv, input=text, capture_output=True, text=True, cwd=root)
        return [f"{h}: does not compile alone:\n{r.stderr}"] if r.returncode else []

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for found in pool.map(compile_one, headers) for p in found]
    return problems if headers else ["no header found"]


if __name__ == "__main__":
    tree.main(check)
