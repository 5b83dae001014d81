"""Which lines and branches of the store no test reaches.

Runs build/cov/store and asks gcov. Each gap must be in uncovered.txt with the
reason why nothing reaches it, and nothing else may be there. A reason may be
that of several gaps; of lines with the same text in a function all but the
first have their number behind it:

    file function: the line's text
    file function: the line's text #2
        the reason

What only a failing CHECK would do is no gap. Ends in "N passed, N failed".
"""
import json
import os
import pathlib
import re
import subprocess
import sys

FILES = sys.argv[1:]
REASONS = pathlib.Path("tests/store/uncovered.txt")
OBJECTS = pathlib.Path("build/cov")
SEEDS = "1-25"


def run_tests():
    for counts in OBJECTS.rglob("*.gcda"):
        counts.unlink()
    run = subprocess.run([OBJECTS / "store"], stdout=subprocess.PIPE, text=True,
                         env={"SEEDS": SEEDS, **os.environ}, check=False)
    print(run.stdout.splitlines()[-1])
    return run.returncode == 0


def measured(path):
    """gcov's lines of a file."""
    told = subprocess.run(
        ["gcov", "--json-format", "--stdout", "--branch-probabilities",
         OBJECTS / path.replace(".c", ".o")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return next(f["lines"] for f in json.loads(told.stdout)["files"]
                if f["file"] == path)


def gaps(path):
    """Gaps as "file function: text", and the counts of lines and branches."""
    source = pathlib.Path(path).read_text().splitlines()
    found, seen, figures = {}, {}, [0, 0, 0, 0]
    for line in measured(path):
        text = source[line["line_number"] - 1].strip()
        branches = [] if text.startswith("CHECK(") else line["branches"]
        reached = [b for b in branches if b["count"]]
        for i, more in enumerate((1, line["count"] > 0, len(branches), len(reached))):
            figures[i] += more
        name = f"{path} {line.get('function_name', '')}: {text}"
        seen[name] = seen.get(name, 0) + 1
        name += f" #{seen[name]}" if seen[name] > 1 else ""
        if not line["count"] or len(reached) < len(branches):
            what = "a branch" if line["count"] else "the line"
            found[name] = f"{line['line_number']}: {what}"
    return found, figures


def reasons():
    text = REASONS.read_text() if REASONS.exists() else ""
    groups = re.findall(r"((?:^persist/\S+ .*\n)+)((?:^    .*\n)+)", text, re.M)
    return {name: reason for names, reason in groups
            for name in names.splitlines()}


def main():
    failed = [] if run_tests() else ["the tests fail"]
    given, found, total = reasons(), {}, [0, 0, 0, 0]
    for path in FILES:
        its, figures = gaps(path)
        found.update(its)
        total = [a + b for a, b in zip(total, figures)]
        print("%-22s lines %4d of %4d, branches %4d of %4d" %
              (path, figures[1], figures[0], figures[3], figures[2]))
    print("%-22s lines %4d of %4d, branches %4d of %4d" %
          ("all", total[1], total[0], total[3], total[2]))
    failed += [f"no test reaches, and no reason says why: {name} ({where})"
               for name, where in found.items() if name not in given]
    failed += [f"a reason for what is reached: {name}"
               for name in given if name not in found]
    for what in failed:
        print(f"coverage: {what}")
    print(f"{len(FILES) + len(given)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


main()
