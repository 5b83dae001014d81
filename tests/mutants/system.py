"""Builds mutants of everything above the store and wants one named test to fail
with each.

system.py COUNT|all|NAME...     SEED chooses which; ends in "N passed, N failed"
A mutant is a row of a list_*.py of this folder:

    (name, file, what stands there once, what stands there instead,
     what is wrong then, (program, word...))

The last is the test: `unit` with words that choose its tests, `language` with
files of tests/language, `machine` with its options and seeds, `modules` with a
count of modules made at random. It must pass without the mutant and fail, panic
or hang with it. Without SEED the choice goes on with each commit. The table of
all goes to system.md.
"""
import concurrent.futures
import glob
import importlib
import os
import pathlib
import random
import re
import subprocess
import sys

from mutants import ORIGINALS, OUT, build

PATIENCE_S = 120
AT_ONCE = 2
LIBRARIES = ["build/lib/core.rvc", "build/lib/ui.rvc", "build/lib/system.rvc"]
HERE = pathlib.Path(__file__).parent


def read_lists():
    """All rows, in the order of the lists' names."""
    rows = []
    for path in sorted(glob.glob(str(HERE / "list_*.py"))):
        rows += importlib.import_module(pathlib.Path(path).stem).MUTANTS
    return rows


def outcome(program, test):
    """None when the test passes, else how it ends."""
    words = [*LIBRARIES, *test[1:]] if test[0] == "language" else test[1:]
    try:
        run = subprocess.run([program, *words], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return "hangs"
    if run.returncode == 0:
        return None
    return "panics" if run.returncode < 0 else "fails"


def judge(row):
    """The row's line of the table, and what is wrong with it, if anything."""
    name, path, before, after, what, test = row
    program, why = build(test[0], name, path, before, after)
    if not program:
        return "", why
    how = outcome(program, test)
    program.unlink()
    if not how:
        return "", f"it lives through {' '.join(test)}"
    return f"| {name} | `{path}` | {what} | {' '.join(test)} | {how} |", ""


def faults_of(rows):
    """What is wrong with the lists themselves."""
    names = [row[0] for row in rows]
    readme = (HERE / "README.md").read_text().split("## Above the store", 1)
    named = re.findall(r"^\| ([a-z0-9-]+) \| `", readme[-1], re.M)
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"{name} is there twice"
    if set(named) != set(names):
        yield f"README.md does not fit: {sorted(set(named) ^ set(names))}"


def count_of_commits():
    run = subprocess.run(["git", "rev-list", "--count", "HEAD"],
                         capture_output=True, text=True)
    return int(run.stdout) if run.returncode == 0 else 1


def main():
    rows = read_lists()
    seed = int(os.environ.get("SEED") or count_of_commits())
    chosen = rows
    if sys.argv[1].isdecimal():
        chosen = random.Random(seed).sample(rows, min(int(sys.argv[1]),
                                                      len(rows)))
    elif sys.argv[1] != "all":
        chosen = [row for row in rows if row[0] in sys.argv[1:]]
    wrong = list(faults_of(rows))
    tests = sorted({row[5] for row in chosen})
    lines = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for test, how in zip(tests, pool.map(
                lambda test: outcome(ORIGINALS / test[0], test), tests)):
            if how:
                wrong.append(f"{' '.join(test)} {how} without any")
        for row, (line, why) in zip(chosen, pool.map(judge, chosen)):
            lines.append(line)
            print(line if not why else f"mutants: {row[0]}: {why}", flush=True)
            if why:
                wrong.append("")
    for sentence in filter(None, wrong):
        print(f"mutants: {sentence}")
    if sys.argv[1] == "all":
        (OUT / "system.md").write_text("\n".join(filter(None, lines)) + "\n")
    print(f"seed {seed}")
    print(f"{max(len(chosen) + 1 - len(wrong), 0)} passed, {len(wrong)} failed")
    sys.exit(len(wrong) > 0)


main()
