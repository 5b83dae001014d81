"""The rules of the folders, proved from includes and from linked symbols.

layers.py       a line for each thing that is wrong, after its rule's name

  folders   who may see whom (SEES, from the ground up) holds for each include
            and each symbol that an object of any variant takes from another, so
            the graph of folders has no circle
  circles   circles of files inside a folder are those of CIRCLES
  unused    each exported symbol is used by another file that is no test
  length    a file does one thing: longer than LINES_MOST are those of LONG
  names     an exported name begins with the stem of its file or of the header
            that declares it (ftsystem.c defines what FreeType calls)

The lists of exceptions only get shorter: one that is not needed is an error.
A machine's doors are seen through their headers: whoever calls a function of
platform.h, device.h or alloc.h sees that header, not the machine.
"""
import collections
import glob
import os
import re
import subprocess
import sys

VARIANTS = ("host", "pc", "asan")

# What each folder sees besides itself. A folder stands after what it sees.
GROUND = ["kernel/base", "kernel"]
SEES = {
    "kernel/base": [],
    "kernel": ["kernel/base"],
    "kernel/lib": ["kernel/base"],
    "kernel/host": GROUND,
    "kernel/pc": GROUND,
    "drivers": GROUND,
    "persist/store": [*GROUND, "kernel/lib"],
    "persist/memory": [*GROUND, "persist/store"],
    "persist/tools": [*GROUND, "persist/store", "persist/memory"],
    "vm/heap": ["kernel/base", "persist/memory"],
    "vm/code": ["kernel/base", "persist/memory", "vm/heap"],
    "vm/compiler": ["kernel/base", "vm/code"],
    "vm/run": [*GROUND, "persist/memory", "vm/heap", "vm/code"],
    "vm/past": ["kernel/base", "persist/store", "persist/memory", "vm/heap",
                "vm/code", "vm/run"],
    "vm/native": [*GROUND, "kernel/lib", "persist/store", "persist/memory",
                  "vm/heap", "vm/code", "vm/compiler", "vm/run"],
    "gui": ["kernel/base", "kernel/lib"],
    "wm": [*GROUND, "gui"],
    "kernel/system/notices": [*GROUND, "persist/store", "persist/memory",
                              "vm/heap", "vm/run", "wm"],
    "kernel/system": [*GROUND, "gui", "persist/store", "persist/memory",
                      "persist/tools", "vm/heap", "vm/compiler", "vm/run",
                      "vm/past", "vm/native", "wm", "kernel/system/notices"],
    "kernel/system/pc": [*GROUND, "kernel/pc", "drivers", "kernel/system"],
    "kernel/system/host": [*GROUND, "kernel/host", "persist/memory",
                           "persist/store", "persist/tools", "vm/compiler",
                           "vm/run", "wm", "kernel/system",
                           "kernel/system/notices"],
}
# What some files of a folder see besides: those between it and the heap, drivers
# of what only a PC has, and programs that run on the hosted machine.
HEAP = ["persist/memory", "vm/heap", "vm/code", "vm/run", "vm/past"]
SOME_SEE = [
    ("gui", r"typeset_native", ["vm/code", "vm/run"]),
    ("wm", r"(window_object|window_table|desk|seat|ring|desktop|placement|clipboard|script"
           r"|window_native|paint_native|limits_native|past_picture)", HEAP),
    ("drivers", r"(power|ps2|rtc)", ["kernel/pc"]),
    ("persist/tools", r"(rvdisk\w*|example)", ["kernel/host"]),
    ("persist/tools", r"rvdisk_whole", ["vm/heap", "vm/code"]),
]
# Programs by themselves: what they define is theirs alone.
PROGRAMS = r"^(persist/tools/(rvdisk|example)|vm/compiler/revc|" \
           r"kernel/system/host/(main|first_heap)|kernel/host/no_wake)"

# All objects of that library: a user, and nothing of ours.
FREETYPE = "tests/freetype"

DOORS = ["kernel/platform.h", "kernel/device.h", "kernel/base/alloc.h"]
# The compiler calls these by itself.
COMPILER_CALLS = {"memcpy", "memmove", "memset", "memcmp", "strlen", "strcmp",
                  "strncmp"}

CIRCLES = {
    # A failed check says so in the log, whose lines are texts, which check.
    "kernel/base": [{"check", "log", "panic", "text"}],
    # Each loop hands its last pixels to the other.
    "gui": [{"pixels", "pixels_sse2"}],
    # The sleeper asks whether the disk is done, the disk wakes it.
    "kernel/host": [{"disk", "idle"}],
    # Vectors lead to handlers; frames from before a reset are free one by one.
    "kernel/pc": [{"apic", "entry", "interrupts"}, {"frames", "warm"}],
    # A grammar, its types and its code refer to themselves.
    "vm/compiler": [
        {"lexer", "lexer_literal"},
        {"parser", "parser_class", "parser_declaration", "parser_expression",
         "parser_primary", "parser_statement", "parser_type"},
        {"check", "check_call", "check_closure", "check_conform",
         "check_expression", "check_match", "check_member", "check_name",
         "check_narrow", "check_operator", "check_statement", "check_type"},
        {"bridge", "call", "generate_branch", "generate_closure",
         "generate_expression", "generate_list", "generate_loop",
         "generate_match", "generate_operator", "generate_statement",
         "generate_text", "generate_try", "method", "variable"}],
}

# Exported for the tests alone, or used from outside the objects.
UNUSED = {
    "main": "the C library calls it",
    "main_start": "link.ld names it",
    "start_entry": "link.ld names it",
    # Checkers of numbered invariants, and other ways for tests to look inside.
    "heap_check": "checker", "memory_check": "checker",
    "space_check": "checker", "windows_check": "checker",
    "router_check": "checker", "ring_check": "checker",
    "scheduler_check": "checker", "domain_check": "checker",
    "natives_at": "the sweep over all natives",
    "natives_row_at": "the sweep over all rights",
    "pagemap_recent_most": "makes small worlds deep",
    "vm_set_stress": "collections and cuts everywhere",
    "system_start": "the simulator holds the main loop",
    "system_step": "the simulator holds the main loop",
    "paint_write": "writes what programs write",
    "script_search": "hostile trees of widgets",
    "typeset_baseline": "what was measured is what is drawn",
    "typeset_break": "the naive twin breaks lines",
    "fonts_close": "nothing is left", "fonts_forget": "no pixel depends on it",
    "heap_add_region": "a heap of many regions",
    # Waiting for their users: references between apps, pictures in the toolkit.
    "gate_open": "gates", "gate_close": "gates", "gate_copy": "gates",
    "gate_target": "gates", "image_decode": "pictures",
}

LINES_MOST = 500
LONG = {"vm/code/verifier.c", "vm/run/interpreter.c",
        "persist/store/space.c", "vm/past/past.c"}


def tracked(*patterns):
    run = subprocess.run(["git", "ls-files", *patterns], capture_output=True,
                         text=True, check=True)
    return [f for f in run.stdout.split("\n")
            if f and os.path.exists(f) and
            not f.startswith(("tests/", "kernel/lib/include/"))]


def read(path):
    with open(path, encoding="utf8") as file:
        return file.read()


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


folder = os.path.dirname
SOURCES = tracked("*.c", "*.S")
HEADERS = tracked("*.h", "*.def")
TEXTS = {path: read(path) for path in SOURCES + HEADERS}


def declares(header, symbol):
    return re.search(rf"\b{symbol}\b\s*[(\[;]", TEXTS[header])


def objects_of(path):
    names = [f"build/{v}/{os.path.splitext(path)[0]}.o" for v in VARIANTS]
    if folder(path) == "kernel/lib":
        names = [f"build/{v}/adapters/{stem(path)}.o" for v in ("plain", "asan")]
    return [name for name in names if os.path.exists(name)]


class Links:
    """Which file defines a symbol, and which take it."""

    def __init__(self):
        self.definers = collections.defaultdict(set)
        self.users = collections.defaultdict(set)
        self.missing = []
        tests = subprocess.run(["git", "ls-files", "tests/*.c"],
                               capture_output=True, text=True,
                               check=True).stdout.split()
        paths = {}
        for path in SOURCES + tests:
            found = objects_of(path)
            if not found and not path.startswith("tests/"):
                self.missing.append(path)
            paths.update((name, path) for name in found)
        for name in glob.glob("build/plain/freetype/**/*.o", recursive=True):
            paths[name] = FREETYPE
        listing = subprocess.run(["nm", "-P", "-g", "-A", *paths], check=True,
                                 capture_output=True, text=True).stdout
        for line in listing.splitlines():
            name, symbol, kind = line.split()[:3]
            self.add(paths[name.rstrip(":")], symbol, kind)

    def add(self, path, symbol, kind):
        if symbol.startswith("__"):
            return
        if kind in "Uwv":
            self.users[symbol].add(path)
        elif not path.startswith("tests/"):
            self.definers[symbol].add(path)

    def taken(self):
        """(user, definer or door, symbol) for each symbol that crosses files."""
        for symbol, users in self.users.items():
            door = next((d for d in DOORS if declares(d, symbol)), None)
            definers = [door] if door else self.definers.get(symbol, ())
            for user in users:
                if user.startswith("tests/") or symbol in COMPILER_CALLS:
                    continue
                for definer in definers:
                    if user != definer and not re.match(PROGRAMS, definer):
                        yield user, definer, symbol


def includes():
    """(file, seen, "#include"); what is seen in another form is told apart."""
    for path, text in TEXTS.items():
        for seen in re.findall(r'^[ \t]*#[ \t]*include[ \t]*(["<][^">]+[">])',
                               text, re.M):
            if seen[1:-1] in TEXTS:
                yield path, seen[1:-1], "#include"


def strange_includes():
    """Includes that the rules would not see."""
    for path, text in TEXTS.items():
        for seen in re.findall(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', text,
                               re.M):
            if seen not in TEXTS:
                yield f"{path} includes \"{seen}\", which is no path from here"


def exception_for(path, there):
    """The row of SOME_SEE that lets the file see the folder, or None."""
    for row in SOME_SEE:
        where, names, seen = row
        if where == folder(path) and re.fullmatch(names, stem(path)) and \
                there in seen:
            return where, names, there
    return None


def rule_folders(links):
    ground = []
    for name, seen in SEES.items():
        for above in (s for s in seen if s not in ground):
            yield f"layers.py: {name} stands before {above}, which it sees"
        ground.append(name)
    for path in SOURCES + HEADERS:
        if folder(path) not in SEES:
            yield f"{path}: its folder is not in SEES"
    yield from strange_includes()
    used = set()
    for path, seen, what in [*links.taken(), *includes()]:
        here, there = folder(path), folder(seen)
        if here == there:
            continue
        if there in SEES.get(here, ()):
            used.add((here, there))
        elif exception_for(path, there):
            used.add(exception_for(path, there))
        else:
            yield f"{path} may not see {seen} ({what})"
    for name, seen in SEES.items():
        for idle in (s for s in seen if (name, s) not in used):
            yield f"layers.py: {name} need not see {idle}"
    for where, names, seen in SOME_SEE:
        for idle in (s for s in seen if (where, names, s) not in used):
            yield f"layers.py: {names} of {where} need not see {idle}"


def circles(edges):
    """The sets of files that reach each other."""
    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for end in edges[todo.pop()]:
                if end not in seen:
                    seen.add(end)
                    todo.append(end)
        return seen
    reach = {start: reached(start) for start in list(edges)}
    done = set()
    for start in sorted(reach):
        circle = {end for end in reach[start] if start in reach.get(end, ())}
        if start not in done and len(circle) > 1:
            yield frozenset(circle)
        done |= circle


def rule_circles(links):
    edges = collections.defaultdict(set)
    for user, definer, _ in links.taken():
        if folder(user) == folder(definer):
            edges[folder(user), stem(user)].add((folder(definer),
                                                 stem(definer)))
    for ends in list(edges.values()):
        ends -= {end for end in ends if end not in edges}
    found = {(next(iter(c))[0], frozenset(name for _, name in c))
             for c in circles(edges)}
    known = {(where, frozenset(names)) for where, list_ in CIRCLES.items()
             for names in list_}
    for where, names in sorted(found - known, key=str):
        yield f"{where}: {', '.join(sorted(names))} wait for each other"
    for where, names in sorted(known - found, key=str):
        yield f"layers.py: {where}: {', '.join(sorted(names))} is no circle"


def rule_unused(links):
    found = set()
    for symbol, definers in links.definers.items():
        others = {u for u in links.users.get(symbol, ()) if u not in definers and
                  (not u.startswith("tests/") or u == FREETYPE)}
        if not others and symbol not in COMPILER_CALLS and \
                not any(declares(d, symbol) for d in DOORS):
            found.add(symbol)
            if symbol not in UNUSED:
                yield f"{', '.join(sorted(definers))}: nobody uses {symbol}"
    for symbol in sorted(set(UNUSED) - found):
        yield f"layers.py: {symbol} is used, or gone"


def rule_length(_):
    long = {path for path, text in TEXTS.items()
            if text.count("\n") > LINES_MOST}
    for path in sorted(long - LONG):
        yield f"{path} has over {LINES_MOST} lines: what is it doing besides?"
    for path in sorted(LONG - long):
        yield f"layers.py: {path} is not long any more"


def rule_names(links):
    for symbol, definers in sorted(links.definers.items()):
        stems = {stem(path) for path in definers}
        stems |= {stem(h) for h in HEADERS if declares(h, symbol)}
        if symbol not in COMPILER_CALLS and symbol != "main" and \
                stem(min(definers)) != "ftsystem" and not any(
                symbol == s or symbol.startswith(s + "_") for s in stems):
            yield f"{', '.join(sorted(definers))}: {symbol} names neither its " \
                  "file nor its header"


def main():
    links = Links()
    for path in links.missing:
        print(f"folders: {path} has no object: build first")
    for rule in ("folders", "circles", "unused", "length", "names"):
        for sentence in globals()[f"rule_{rule}"](links):
            print(f"{rule}: {sentence}")


main()
