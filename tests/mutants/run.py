"""Builds mutants of the store and wants the unit tests to fail with each.

run.py COUNT|all     SEED chooses which; ends in "N passed, N failed"
"""
import os
import pathlib
import random
import subprocess
import sys

from list import MUTANTS

OUT = pathlib.Path("build/mutants")
FLAGS = ("-std=c17 -I. -ffp-contract=off -fno-strict-aliasing -g "
         "-D_GNU_SOURCE -O2 -w").split()
PATIENCE_S = 300


def build(name, path, before, after):
    """The mutated program; a string when it cannot be made."""
    source = pathlib.Path(path).read_text()
    if source.count(before) != 1:
        return None, f"its place is there {source.count(before)} times"
    mutant, thing, program = (OUT / f"{name}.c", OUT / f"{name}.o",
                              OUT / name)
    mutant.write_text(source.replace(before, after))
    original = f"build/host/{path[:-2]}.o"
    objects = [str(thing) if o == original else o
               for o in (OUT / "original.objects").read_text().split()]
    for command in (["gcc", *FLAGS, "-c", mutant, "-o", thing],
                    ["gcc", *objects, "-o", program]):
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            return None, f"it does not build: {made.stderr[:300]}"
    return program, ""


def killed(program):
    """True when the tests fail, panic or hang with it."""
    try:
        return subprocess.run([program], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              timeout=PATIENCE_S).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def main():
    seed = int(os.environ.get("SEED") or 1)
    chosen = list(MUTANTS)
    if sys.argv[1] != "all":
        chosen = random.Random(seed).sample(chosen, int(sys.argv[1]))
    failed = 0
    if killed(OUT / "original"):
        failed += 1
        print("mutants: the tests fail without any")
    for name, path, before, after in chosen:
        program, why = build(name, path, before, after)
        if program and killed(program):
            continue
        failed += 1
        print(f"mutants: {name}: {why or 'it lives'}", flush=True)
    print(f"seed {seed}")
    print(f"{len(chosen) + 1 - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
