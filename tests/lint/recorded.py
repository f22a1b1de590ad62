#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A recording leaves nothing out.

babel.h is compared with what records it: each function that changes an
instance has an event, each struct that it is given is described to the last
member, each function of the environment is written down and played; and the
daemon goes through the door (babel_record.h) and not beside it.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree  # noqa: E402

HEADERS = ["babeld/core/babel.h", "babeld/core/filter.h"]
EVENTS = "babeld/trace/event.c"
FIELDS = "babeld/trace/event_fields.c"
EVENT_H = "babeld/trace/event.h"
DOOR = "babeld/babel_record.h"
WORLDS = ["babeld/babel_record.c", "babeld/trace/player.c"]
SIMPLE = {"addr", "span", "prefix", "sdprefix", "router_id", "babel"}


def bare(text):
    """Without comments and preprocessor lines."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"^\s*#.*?(?<!\\)$", "", text, flags=re.M | re.S)


def functions(text):
    """{name: parameters} of the prototypes."""
    return {m.group(2): m.group(3) for m in
            re.finditer(r"^[\w ]+?[\s*]+((\w+))\(([^;{}]*)\);", bare(text), re.M)}


def changing(text):
    """Those that make or change an instance: babel_NAME, {NAME: parameters}."""
    found = {}
    for name, params in functions(text).items():
        makes = name == "babel_new"
        if makes or re.search(r"(?<!const )struct babel \*", params):
            found[name.removeprefix("babel_")] = params
    return found


def structs(text):
    """{name: [(type, member)]} also of those defined inside another one."""
    text = bare(text)
    found = {}
    while True:
        m = re.search(r"struct (\w+)\s*\{([^{}]*)\}", text)
        if not m:
            return found
        members = []
        for statement in m.group(2).split(";"):
            statement = " ".join(statement.split())
            if not statement or "(" in statement:
                continue
            first, *more = statement.split(",")
            kind, name = re.match(r"(.*?[\s*])(\w+)(?:\[[^]]*\])*(?:\s*:.*)?$",
                                  first.strip()).groups()
            members.append((kind.strip(), name))
            members += [(kind.strip(), re.match(r"\s*\*?(\w+)", w).group(1)) for w in more]
        found[m.group(1)] = members
        text = text[:m.start()] + f"struct {m.group(1)} " + text[m.end():]


def reached(roots, known):
    """The described structs that are part of what the functions are given."""
    todo, seen = list(roots), set()
    while todo:
        name = todo.pop()
        if name in seen or name in SIMPLE or name not in known:
            continue
        seen.add(name)
        for kind, _ in known[name]:
            todo += re.findall(r"struct (\w+)", kind)
    return seen


def check_functions(entries, events, door):
    problems = []
    for name in entries:
        if f'{{"{name}",' not in events:
            problems.append(f"{EVENTS}: no row for babel_{name}()")
        if not re.search(rf"\bcore_{name}\(", door):
            problems.append(f"{DOOR}: no core_{name}()")
    for name in re.findall(r'^\s*\[EVENT_\w+\] = \{"(\w+)"', events, re.M):
        if name not in entries:
            problems.append(f"{EVENTS}: {name} is no function of babel.h that changes an instance")
    return problems


def check_members(entries, known, events):
    roots = set()
    for params in entries.values():
        roots |= set(re.findall(r"struct (\w+)", params))
    problems = []
    flat = " ".join(events.split())
    for name in sorted(reached(roots - {"babel_env"}, known)):
        for kind, member in known[name]:
            if f"struct {name}, {member}" not in flat and f"struct {name}, {member}[" not in flat \
                    and not re.search(rf"struct {name}, (\w+, )?\w+, {member}[,)]", flat):
                problems.append(f"{FIELDS}: {member} of struct {name} is not recorded")
    return problems


def check_arguments(event_h, events):
    """What an event holds besides those structs."""
    flat = " ".join(events.split())
    holders = {m.group(1): m.group(2) for m in
               re.finditer(r"struct (event_\w+)\s*\{[^{}]*\}\s*(\w+);", bare(event_h))}
    return [f"{FIELDS}: {name} of struct {struct} is not recorded"
            for struct, member in holders.items() for _, name in structs(event_h)[struct]
            if f"{member}, {name}" not in flat
            and not re.search(rf"struct {struct}, (\w+, )?{name}\b", flat)]


def check_env(known_text, worlds):
    m = re.search(r"struct babel_env\s*\{(.*?)^\};", bare(known_text), re.S | re.M)
    members = re.findall(r"\(\*(\w+)\)", m.group(1)) if m else []
    problems = [] if members else ["no struct babel_env found"]
    for path, text in worlds.items():
        problems += [f"{path}: {name}() of struct babel_env is missing"
                     for name in members if not re.search(rf"\.{name} = ", text)]
    return problems


def check_door(entries, files):
    """files: {path: text} of the daemon."""
    problems = []
    for path, text in files.items():
        for name in entries:
            if re.search(rf"\bbabel_{name}\(", bare(text)):
                problems.append(f"{path}: babel_{name}() beside the door; call core_{name}()")
    return problems


def check(root=tree.ROOT):
    headers = {p: tree.read(root, p) for p in HEADERS}
    events = tree.read(root, EVENTS) + tree.read(root, FIELDS)
    entries = changing(headers[HEADERS[0]])
    known = {}
    for text in headers.values():
        known.update(structs(text))
    daemon = [p for p in tree.files(root)
              if os.path.dirname(p) == "babeld" and p.endswith((".c", ".h"))]
    problems = [] if len(entries) > 10 else ["hardly a function of babel.h found"]
    problems += check_functions(entries, events, tree.read(root, DOOR))
    problems += check_members(entries, known, events)
    problems += check_arguments(tree.read(root, EVENT_H), events)
    problems += check_env(headers[HEADERS[0]], {p: tree.read(root, p) for p in WORLDS})
    return problems + check_door(entries, {p: tree.read(root, p) for p in daemon})


if __name__ == "__main__":
    tree.main(check)
