# SPDX-License-Identifier: MIT
"""What all the lints share: the files of the tree, and how a lint speaks."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def builddir():
    """The build directory to look at; BUILDDIR, or `build` in the tree."""
    return os.path.join(ROOT, os.environ.get("BUILDDIR", "build"))


def files(root=ROOT):
    """Paths, relative to root, of what belongs to the tree. A checkout knows
    it itself; in an unpacked tarball it is everything that is not built."""
    if os.path.exists(os.path.join(root, ".git")):
        out = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z",
                              "-co", "--exclude-standard"],
                             check=True, capture_output=True, text=True).stdout
        return sorted(f for f in out.split("\0")
                      if f and os.path.isfile(os.path.join(root, f)))
    found = []
    for d, dirs, names in os.walk(root):
        dirs[:] = [n for n in dirs if not n.startswith((".", "build", "autom4te", "__pycache__"))]
        found += [os.path.relpath(os.path.join(d, n), root) for n in names]
    generated = {"configure", "Makefile.in", "aclocal.m4"}
    return sorted(f for f in found if f not in generated)


def read(root, path):
    """The text of a file, None if it is not text."""
    with open(os.path.join(root, path), "rb") as f:
        data = f.read()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def main(check):
    """Runs check(), prints its findings, and exits with 1 if there are any."""
    problems = check()
    for p in problems:
        print(p)
    sys.exit(1 if problems else 0)
