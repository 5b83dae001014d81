"""Builds mutants of the store and wants the tests to fail with each.

run.py COUNT|all|NAME...     SEED chooses which; ends in "N passed, N failed"
All are given to all tests, and the table with the one that killed each goes to
list.md. Some are given to the one that README.md names, which must pass without.
"""
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys

from list import MUTANTS
from mutants import ORIGINALS, OUT, build

PATIENCE_S = 300
# First the tests that are quick, then the campaigns with few seeds.
STAGES = (["tests/unit/", "promises", "outage", "maps", "cuts"],
          ["damage", "faults"], ["sequences"])
AT_ONCE = 2


def killer(program, stages):
    """The test that fails, panics or hangs with it, and how; None: it lives."""
    settings = {**os.environ, "FIRST": "1", "SEEDS": "1-60"}
    for words in stages:
        how = "fails"
        try:
            run = subprocess.run([program, *words], env=settings, text=True,
                                 errors="replace", stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, timeout=PATIENCE_S)
            said = run.stdout
            if run.returncode == 0:
                continue
            if run.returncode < 0:
                how = "panics"
        except subprocess.TimeoutExpired as end:
            said, how = (end.stdout or b"").decode(errors="replace"), "hangs"
        tests = re.findall(r"^TEST (.*)$", said, re.M)
        return (tests[-1] if tests else "the start"), how
    return None


def judge(mutant, stages):
    """The mutant's line of the table, and what is wrong with it, if anything."""
    name, path, before, after, what = mutant
    program, why = build("original", name, path, before, after)
    if not program:
        return "", why
    death = killer(program, stages)
    program.unlink()
    if not death:
        return "", "it lives"
    (file, sentence), how = death[0].split(": ", 1), death[1]
    file = file.removeprefix("tests/").removesuffix(".c")
    return f"| {name} | `{path}` | {what} | {file}: {sentence} | {how} |", ""


def listed():
    """The sentence of the test that kills each, as README.md has it."""
    readme = pathlib.Path("tests/mutants/README.md").read_text()
    store = readme.split("## Above the store", 1)[0]
    return dict(re.findall(r"^\| ([a-z-]+) \| `.*: ([^|]*) \| [a-z]+ \|$", store,
                           re.M))


def main():
    seed = int(os.environ.get("SEED") or 1)
    chosen = list(MUTANTS)
    if sys.argv[1].isdecimal():
        chosen = random.Random(seed).sample(chosen, int(sys.argv[1]))
    elif sys.argv[1] != "all":
        chosen = [mutant for mutant in MUTANTS if mutant[0] in sys.argv[1:]]
    killers, failed = listed(), 0
    differ = set(killers) ^ {mutant[0] for mutant in MUTANTS}
    if differ:
        failed += 1
        print(f"mutants: README.md does not fit: {sorted(differ)}")
    stages = [STAGES if sys.argv[1] == "all" else
              [[killers.get(mutant[0], "")]] for mutant in chosen]
    named = STAGES if sys.argv[1] == "all" else [sum(sum(stages, []), [])]
    if killer(ORIGINALS / "original", named):
        failed += 1
        print("mutants: the tests fail without any")
    lines = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for mutant, (line, why) in zip(chosen,
                                       pool.map(judge, chosen, stages)):
            lines.append(line)
            failed += bool(why)
            print(line if not why else f"mutants: {mutant[0]}: {why}",
                  flush=True)
    if sys.argv[1] == "all":
        (OUT / "list.md").write_text("\n".join(filter(None, lines)) + "\n")
    print(f"seed {seed}")
    print(f"{len(chosen) + 2 - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
