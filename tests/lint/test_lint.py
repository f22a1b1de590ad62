# SPDX-License-Identifier: MIT
"""Runs every lint over the tree, and feeds each a bad sample that it must refuse."""
import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import citations  # noqa: E402
import headers  # noqa: E402
import interop  # noqa: E402
import pure  # noqa: E402
import recorded  # noqa: E402
import rooms  # noqa: E402
import text  # noqa: E402
import tree  # noqa: E402
import yang  # noqa: E402


@pytest.mark.parametrize("lint", [rooms, headers, text, citations, pure, recorded, yang, interop],
                         ids=lambda m: m.__name__)
def test_tree(lint):
    problems = lint.check()
    assert not problems, "\n" + "\n".join(problems)


def put(root, path, content):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="") as f:
        f.write(content)


def refused(problems, word):
    assert problems and all(word in p for p in problems), problems


# --- rooms

@pytest.fixture
def small_tree(tmp_path):
    put(tmp_path, rooms.ARCHITECTURE, tree.read(tree.ROOT, rooms.ARCHITECTURE))
    put(tmp_path, "lib/base/a.h", "#include <stdint.h>\n")
    put(tmp_path, "lib/io/b.h", '#include "lib/base/a.h"\n')
    put(tmp_path, "zebra/core/rib.c", '#include "lib/base/a.h"\n')
    return str(tmp_path)


def test_rooms_take_a_good_tree(small_tree):
    assert rooms.check(small_tree, small_tree) == []


@pytest.mark.parametrize("path, line, word", [
    ("lib/base/c.c", '#include "lib/io/b.h"', "must not know lib/io"),
    ("lib/io/c.c", '#include "zebra/core/rib.h"', "zebra/core"),
    ("zebra/core/c.c", "#include <stdio.h>", "pure"),
    ("lib/base/c.c", "#  include <time.h>", "pure"),
    ("babeld/c.c", '#include "zebra/core/rib.h"', "zebra/core"),
    ("lib/zapi/zapi.c", '#include "lib/io/b.h"', "lib/zapi codec must not know lib/io"),
    ("lib/base/c.c", '#include "a.h"', "not a path from the top"),
    ("tests/c.c", '#include "lib/base/d.c"', "not a header"),
    ("lib/new/c.c", "", "in no room"),
    ("cellar/c.c", "", "in no room"),
])
def test_rooms_refuse(small_tree, path, line, word):
    put(small_tree, "zebra/core/rib.h", "")
    put(small_tree, path, line + "\n")
    refused(rooms.check(small_tree, small_tree), word)


def test_rooms_and_document_agree(small_tree):
    doc = tree.read(small_tree, rooms.ARCHITECTURE)
    put(small_tree, rooms.ARCHITECTURE, doc.replace("`lib/io`", "`lib/attic`", 1))
    refused(rooms.check_table(small_tree), "lib/")


# --- pure

def archive(tmp_path, member, source):
    put(tmp_path, "x.c", source)
    obj, lib = str(tmp_path / member), str(tmp_path / "lib.a")
    subprocess.run(["gcc", "-O0", "-fPIC", "-c", "-o", obj, str(tmp_path / "x.c")], check=True)
    subprocess.run(["ar", "cr", lib, obj], check=True)
    return lib


@pytest.mark.parametrize("source", [
    "#include <string.h>\nint f(void *p, void *q) { return memcmp(p, q, strlen(q)); }",
    "#include <assert.h>\nvoid f(int *p); void f(int *p) { assert(p); }",
    "static const int t[] = {1, 2}; const int *f(int i); const int *f(int i) { return t + i; }",
    "static const char *const t[] = {\"a\"}; const char *f(int i) { return t[i]; }",
    "int known(void); int f(void) { return known(); }",
])
def test_pure_takes(tmp_path, source):
    assert pure.check_archive(archive(tmp_path, "x.o", source), {"known"}, "lib.a") == []


@pytest.mark.parametrize("source, word", [
    ("#include <time.h>\nlong f(void) { return time(0); }", "needs time"),
    ("#include <stdlib.h>\nvoid *f(void) { return malloc(3); }", "needs malloc"),
    ("#include <stdio.h>\nvoid f(char *p, int n) { sprintf(p, \"%d\", n); }", "needs sprintf"),
    ("static int n; int f(void) { return n++; }", ".bss"),
    ("int n = 3; int f(void) { return n; }", ".data"),
    ("int f(void) { static int n = 3; return n++; }", ".data"),
    ('static __thread int n __attribute__((tls_model("initial-exec"))); '
     "int f(void) { return n++; }", ".tbss"),
    ("static const char *t[] = {\"a\"}; const char **f(int i) { return t + i; }", ".data"),
])
def test_pure_refuses(tmp_path, source, word):
    refused(pure.check_archive(archive(tmp_path, "x.o", source), set(), "lib.a"), word)


def test_pure_allocator_has_one_door(tmp_path):
    source = "#include <stdlib.h>\nvoid *f(void *p) { return realloc(p, 3); }"
    assert pure.check_archive(archive(tmp_path, "mem.o", source), set(), pure.BASE) == []
    refused(pure.check_archive(archive(tmp_path, "mem.o", source), set(), "other.a"), "realloc")
    os.unlink(tmp_path / "lib.a")
    refused(pure.check_archive(archive(tmp_path, "heap.o", source), set(), pure.BASE), "realloc")


def test_pure_refuses_what_is_not_built(tmp_path):
    refused(pure.check(str(tmp_path)), "not built")


# --- recorded

BABEL_H = """struct babel_env { /* c */
	void (*send)(void *ctx);
	uint32_t (*random)(void *ctx);
};
struct sub { bool a, b; };
struct conf {
	uint16_t x; /* a; b */
	struct sub sub;
	struct inner { char name[16]; } list[3];
	unsigned int n;
};
struct babel *babel_new(const struct conf *c);
void babel_go(struct babel *b, const struct conf *c,
	      mono_t now);
bool babel_look(const struct babel *b);
"""
EVENTS = """
	FIELD(BOOL, struct sub, a), FIELD(BOOL, struct sub, b), FIELD(UINT, struct conf, x),
	FIELD_SUB(struct conf, sub, sub_fields), FIELD(NAME, struct inner, name),
	FIELD_MANY(struct conf, list, n, inner_fields),
	[EVENT_NEW] = {"new", new_args, NULL},
	[EVENT_GO] = {"go", go_args, go},
"""


def recorded_problems(babel_h=BABEL_H, events=EVENTS, door="core_new( core_go(",
                      world=".send = s, .random = r,", daemon="core_go(b);"):
    entries, known = recorded.changing(babel_h), recorded.structs(babel_h)
    return (recorded.check_functions(entries, events, door)
            + recorded.check_members(entries, known, events)
            + recorded.check_env(babel_h, {"w.c": world})
            + recorded.check_door(entries, {"d.c": daemon}))


def test_recorded_takes():
    assert recorded_problems() == []


@pytest.mark.parametrize("change, word", [
    ({"events": EVENTS.replace('{"go"', '{"went"')}, "went is no function|no row for babel_go"),
    ({"door": "core_new("}, "core_go"),
    ({"events": EVENTS.replace("struct sub, b", "struct sub, a")}, "b of struct sub"),
    ({"events": EVENTS.replace("struct inner, name", "struct other, name")}, "name of struct inner"),
    ({"events": EVENTS.replace("list, n,", "list, m,")}, "n of struct conf"),
    ({"babel_h": BABEL_H.replace("uint16_t x;", "uint16_t x, y;")}, "y of struct conf"),
    ({"world": ".send = s,"}, "random"),
    ({"daemon": "babel_go(b->babel);"}, "beside the door"),
])
def test_recorded_refuses(change, word):
    problems = recorded_problems(**change)
    assert problems and all(any(w in p for w in word.split("|")) for p in problems), problems


def test_recorded_refuses_a_forgotten_argument():
    event_h = "struct e { union { struct event_x { int a; bool b; } x; } u; };"
    assert recorded.check_arguments(event_h, "ARG(UINT, x, a), ARG(BOOL, x, b)") == []
    refused(recorded.check_arguments(event_h, "ARG(UINT, x, a)"), "b of struct event_x")


# --- headers

def test_headers_refuse(tmp_path):
    put(tmp_path, "good.h", "#ifndef G\n#define G\n#include <stdint.h>\nstruct g { uint8_t a; };\n"
        "#endif\n")
    put(tmp_path, "needy.h", "uint8_t f(void);\n")
    put(tmp_path, "bare.h", "struct b { int a; };\n")
    root = str(tmp_path)
    assert headers.check(root, ["good.h"]) == []
    refused(headers.check(root, ["needy.h"]), "uint8_t")
    refused(headers.check(root, ["bare.h"]), "redefinition")


# --- text

SPDX_C = "/* SPDX-License-Identifier: MIT */\n"


@pytest.mark.parametrize("path, content, word", [
    ("a.c", "int x;\n", "SPDX"),
    ("a.py", "#!/bin/x\n\n# SPDX-License-Identifier: MIT\n", "SPDX"),
    ("script", "#!/bin/sh\necho\n", "SPDX"),
    ("a.c", SPDX_C + "int x; \n", "blanks"),
    ("a.md", "a\t\n", "blanks"),
    ("a.md", "a\r\n", "carriage"),
    ("a.md", "a", "newline"),
    ("a.md", "a\n\n", "empty lines"),
    ("a.md", "see /ho" + "me/me/x\n", "machine"),
    ("a.md", "in /wo" + "rk/x\n", "machine"),
    ("a.md", "from https://py" + "pi.org/x\n", "registry"),
    ("a.md", "from registry" + ".example.internal\n", "registry"),
    ("a.c", SPDX_C + "/* TO" + "DO: more */\n", "unfinished"),
    ("a.c", SPDX_C + "/* X" + "XX */\n", "unfinished"),
    ("a.c", SPDX_C + "<<<<<<" + "< HEAD\n", "conflict"),
])
def test_text_refuses(path, content, word):
    refused([p for p in text.check_text(path, content) if "carriage" not in word or word in p],
            word)


@pytest.mark.parametrize("path, content", [
    ("a.c", SPDX_C + 'char t[] = "/tmp/fooXXXXXX";\n'),
    ("script", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n"),
    ("a.md", "a/home/x, $HOME/work/x, ../work/x, /run/srcdest\n"),
    ("a.md", ""),
])
def test_text_takes(path, content):
    assert text.check_text(path, content) == []


# --- citations

KNOWN = {"8966": {"3.5.1", "3.5.2", "4", "A.2", "B"}}
IDS = {"8966-3.5.1-a"}


@pytest.mark.parametrize("good", [
    "RFC 8966 3.5.1.", "(RFC 8966 4)", "RFC 8966 A.2", "RFC 8966 Appendix B", "RFC 8966 section 4",
    "RFC 8966 3.5.1, 3.5.2 and 3.5.1", "RFC 8966 3.5.1 and 9 octets", "RFC 8966 A router", "RFC 1 9",
    "RFC 8966 2-out-of-3", "RFC 5952 9.9", "see RFC 8966", 'RFC_TEST(8966, "3.5.1-a", "x")',
    'RFC_TEST(7000, "9-z", "x")',
])
def test_citations_take(good):
    assert citations.check_text("a.c", good, KNOWN, IDS) == []


@pytest.mark.parametrize("bad", [
    "RFC 8966 3.5.9", "RFC 8966 3.5.1.1", "RFC 8966, 9", "RFC 8966 A.7", "RFC 8966 Appendix G9 F",
    "RFC 8966 3.5.1 and 3.9", "/* RFC 8966\n\t * 3.9 */", "RFC\n * 8966 3.9", "RFC 8966 section 3",
    'RFC_TEST(8966, "3.5.9-a", "x")', 'RFC_TEST(8966,\n\t "3.5.1-b", "x")',
])
def test_citations_refuse(bad):
    refused(citations.check_text("a.c", bad.replace("Appendix G9 F", "Appendix F"), KNOWN, IDS),
            "8966")


# --- yang

MODULE = """// a comment { with a brace
module srcdest-x {
  yang-version 1.1; namespace "urn:x"; prefix x;
  revision 2026-01-01 { description "First" + ' one.'; }
  container c {
    description "What it is.";
    %s
  }
}
"""


@pytest.mark.parametrize("node", [
    'leaf n { type string; description "A name; with { in it."; }',
    'leaf n { type uint16; units "seconds"; description "A time."; }',
    'leaf metric { type uint16; description "A preference."; }',
])
def test_yang_takes(tmp_path, node):
    put(tmp_path, "yang/srcdest-x.yang", MODULE % node)
    assert yang.check(str(tmp_path)) == []


@pytest.mark.parametrize("node, word", [
    ("leaf n { type string; }", "no description"),
    ('list l { key n; description "L."; leaf n { type string; } }', "no description"),
    ('leaf n { type string; description "a name"; }', "no sentence"),
    ('leaf n { type uint16; description "A time."; }', "without units"),
    ('leaf n { type nothing; description "A name."; }', "yanglint"),
    ('leaf n { type string; description "A name."; } }', "not one module"),
])
def test_yang_refuses(tmp_path, node, word):
    put(tmp_path, "yang/srcdest-x.yang", MODULE % node)
    problems = yang.check(str(tmp_path))
    assert any(word in p for p in problems), problems


# --- interop

@pytest.mark.parametrize("path, old, new, word", [
    (interop.CELLS, '"via6": ("via6",), ', "", "no setup shows via6"),
    (interop.CELLS, "::test_bird_and", "::test_bird_or", "there is no test"),
    (interop.MATRIX, "def test_loss(", "def test_losses(", "no test_loss"),
    (interop.MATRIX, "def test_loss(", '@pytest.mark.xfail\ndef test_loss(', "hides a failure"),
    (interop.PAGE, "| loss | works", "| loss | fails", "is not what"),
])
def test_interop_refuses(tmp_path, path, old, new, word):
    for p in tree.files():
        if p.startswith("tests/interop/") or p == interop.PAGE:
            put(tmp_path, p, tree.read(tree.ROOT, p))
    for fault in interop.load(tree.ROOT).AVOIDED:
        put(tmp_path, fault.test, "")
    assert interop.check(str(tmp_path)) == []
    content = tree.read(str(tmp_path), path)
    assert old in content
    put(tmp_path, path, content.replace(old, new))
    problems = interop.check(str(tmp_path))
    assert any(word in p for p in problems), problems


def test_files_of_a_tarball(tmp_path):
    for path in ("a.c", "build/b.c", "build-san/b.c", "configure", ".git-not/x", "lib/c.h"):
        put(tmp_path, path, "")
    assert tree.files(str(tmp_path)) == ["a.c", "lib/c.h"]
    shutil.rmtree(tmp_path)


# --- pages of requirements

def test_pages_of_requirements_are_current(tmp_path):
    subprocess.run([sys.executable, os.path.join(tree.ROOT, "tools/rfc-coverage"), "--write",
                    str(tmp_path)], check=True, stdout=subprocess.DEVNULL)
    for name in sorted(os.listdir(tmp_path)):
        with open(tmp_path / name) as f:
            assert tree.read(tree.ROOT, f"doc/rfc/{name}") == f.read(), \
                f"doc/rfc/{name} is not what tools/rfc-coverage --write makes"
