"""The small programs of micro.rev beside the same in C and in Lua.

usage: micro.py; prints one JSON object a line. The engines take turns, so that
whatever else the computer does meets all of them.
  vm/micro/NAME        least time of Rev by least time of gcc -O2
  vm/micro/NAME-vs-lua    ... by least time of Lua 5.4
  vm/micro-geomean, vm/micro-geomean-vs-lua  over all programs
  vm/persistence-tax   mean time in a world that is kept, with a snapshot each
                       second, by that of an interpreter without the test of
                       each store for snapshots, and without a disk
"""
import json
import math
import os
import re
import shutil
import subprocess
import sys

ROUNDS = 3
DISK = "build/bench/micro.img"
PROGRAM = "tests/bench/micro.rev"
LINE = re.compile(r"micro (\w+) (-?\d+) (\d+)$")


def read(lines):
    """Times in nanoseconds and the result of each program."""
    times, results = {}, {}
    for line in lines:
        if line.rstrip().endswith("micro end"):
            break
        said = LINE.search(line.rstrip())
        if said:
            name, result, ns = said.groups()
            times.setdefault(name, []).append(int(ns))
            if results.setdefault(name, result) != result:
                sys.exit(f"bench: {name} has two results")
    return times, results


def run(words):
    done = subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=True)
    return read(done.stdout.splitlines())


def run_in_world():
    """As an app of a desktop on a disk; killed when it is done."""
    with open(DISK, "wb") as file:
        file.truncate(256 << 20)
    process = subprocess.Popen(
        ["build/revenant", "--headless", "--disk", DISK, "--app", PROGRAM],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    try:
        return read(process.stderr)
    finally:
        process.kill()
        process.wait()
        os.remove(DISK)


ENGINES = {
    "rev": lambda: run(["build/revenant", "--run", PROGRAM]),
    "gcc": lambda: run(["build/micro-bench"]),
    "lua": lambda: run(["lua5.4", "tests/bench/micro.lua"]),
    "world": run_in_world,
    "bare": lambda: run(["build/revenant-untaxed", "--run", PROGRAM]),
}


def measure():
    """Of each engine, for each program the times of each round."""
    rounds = {name: {} for name in ENGINES}
    results = None
    for _ in range(ROUNDS):
        for name, engine in ENGINES.items():
            if name == "lua" and not shutil.which("lua5.4"):
                continue
            times, said = engine()
            results = results or said
            if said != results:
                sys.exit(f"bench: {name} has other results: {said}")
            for program, ns in times.items():
                rounds[name].setdefault(program, []).append(ns)
    return rounds


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def show(name, value, peer):
    print(json.dumps({"name": f"vm/{name}", "machine": "host",
                      "value": round(value, 3), "unit": "ratio",
                      "peer": peer}))


def least(rounds):
    return {name: min(map(min, times)) for name, times in rounds.items()}


def mean(rounds):
    """Of the quietest round."""
    return {name: min(sum(ns) / len(ns) for ns in times)
            for name, times in rounds.items()}


def compare(rev, other, ending, peer):
    ratios = {name: rev[name] / other[name] for name in rev}
    for name, ratio in ratios.items():
        show(f"micro/{name}{ending}", ratio, peer)
    show(f"micro-geomean{ending}", geomean(ratios.values()), peer)


def main():
    os.makedirs("build/bench", exist_ok=True)
    rounds = measure()
    rev = least(rounds["rev"])
    compare(rev, least(rounds["gcc"]), "", "gcc -O2")
    if rounds["lua"]:
        compare(rev, least(rounds["lua"]), "-vs-lua", "Lua 5.4")
    world, bare = mean(rounds["world"]), mean(rounds["bare"])
    show("persistence-tax", geomean([world[name] / bare[name] for name in bare]),
         "no test of stores, no disk")


main()
