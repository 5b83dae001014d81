"""Building a program with one text of its source changed."""
import os
import pathlib
import subprocess

ORIGINALS = pathlib.Path("build/mutants")
OUT = pathlib.Path(os.environ.get("RUN_DIR", "build/mutants"))
FLAGS = ("-std=c17 -I. -ffp-contract=off -fno-strict-aliasing -g -fno-math-errno "
         "-D_GNU_SOURCE -O2 -w -idirafter /usr/include/stb").split()


def build(original, name, path, before, after):
    """The mutated program of build/mutants/ORIGINAL, or None, and why not."""
    source = pathlib.Path(path).read_text()
    if source.count(before) != 1:
        return None, f"its place is there {source.count(before)} times"
    OUT.mkdir(parents=True, exist_ok=True)
    mutant, thing, program = (OUT / f"{name}.c", OUT / f"{name}.o",
                              OUT / name)
    mutant.write_text(source.replace(before, after))
    replaced = f"build/host/{path[:-2]}.o"
    objects = [str(thing) if o == replaced else o for o in
               (ORIGINALS / f"{original}.objects").read_text().split()]
    if str(thing) not in objects: # it comes before its archive
        objects.insert(0, str(thing))
    for command in (["gcc", *FLAGS, "-c", mutant, "-o", thing],
                    ["gcc", *objects, "-o", program]):
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            return None, f"it does not build: {made.stderr[:300]}"
    return program, ""
