"""What a person waits for beside each program that means harm, hosted.

usage: hostile.py [COUNT]; so many of the programs, spread over all of them
(default all); prints one JSON object a line. Times are the machine's own: from
a key's arrival to the frame that shows it, collections included.
  hostile/key-to-pixel-p50, -p99   of all keys beside all programs
  hostile/key-to-pixel-worst       the longest, and beside which program
  hostile/end-longest              from Enter behind "end NAME" to its answer
  hostile/together-p50, -p99, -end-longest   beside sixteen of them at once
"""
import glob
import json
import os
import re
import subprocess
import sys

FOLDER = "build/bench/hostile"
TOGETHER = 16
DISK = f"{FOLDER}/hostile.img"
DISK_BYTES = 2 << 30  # none is filled: whose notice would take the keys
LETTERS = "thequickbrownfoxjumpsoverthelazydog"
SETTLED = re.compile(r"ui: settled .* shown_us=(\d+) frame_us=(\d+)")
SCRIPT = ('boot\nwait desktop\nwait "attack begins"\nopen "Editor"\nsettle\n' +
          "".join(f"key {letter}\nsettle\n" for letter in LETTERS) +
          'open "Shell"\nsettle\ntype "end Attack"\nsettle\nkey enter\n'
          'wait "app: Attack stopped"\nsettle\n')


def source_of(path):
    with open(path) as file:
        source = file.read()
    if not re.search(r"^class Attack", source, re.M):
        with open("tests/hostile/attack.rev") as file:
            source += file.read()
    return source


def settled_ms(lines):
    """One for each key, and for the rest of the script."""
    return [int(found[1]) / 1000 for found in map(SETTLED.search, lines)
            if found]


def new_disk():
    with open(DISK, "wb") as file:
        file.truncate(DISK_BYTES)


def play(script, path, name):
    """False: it did not go well."""
    source = source_of(path).replace('name = "Attack"', f'name = "{name}"')
    done = subprocess.run(
        ["build/uitest", "host", script, "--firmware", "kernel", "--patience",
         "120", "--out", FOLDER, "--set", f"app={source}", "--set",
         f"app_name={name}", "--set", "app_rights=all", "--set",
         "interval_ms=3600000", "--disk", DISK])
    return done.returncode == 0


def run(path):
    """Milliseconds of the keys, and of the end; None: it did not go well."""
    script = f"{FOLDER}/hostile.ui"
    with open(script, "w") as file:
        file.write(SCRIPT)
    if not play(script, path, "Attack"):
        return None
    with open(f"{FOLDER}/log.txt", errors="replace") as file:
        values = settled_ms(file.read().splitlines())
    return values[-3 - len(LETTERS):-3], values[-1]


def run_together(paths):
    """The same of the last, with the others in its world."""
    new_disk()
    for number, path in enumerate(paths[:-1], 1):
        play("tests/hostile/comes.ui", path, f"Attack{number}")
    return run(paths[-1])


def part(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def show(name, value, unit):
    print(json.dumps({"name": f"hostile/{name}", "machine": "host",
                      "value": round(value, 2), "unit": unit}), flush=True)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    paths = sorted(glob.glob("tests/hostile/programs/*.rev"))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else len(paths)
    keys, ends, worst = [], [], (0, "")
    chosen = paths[::max(1, len(paths) // count)]
    for path in chosen:
        new_disk()
        result = run(path)
        name = os.path.basename(path)[:-4]
        if result is None:
            print(f"hostile.py: {name} has no figures", file=sys.stderr)
            continue
        keys += result[0]
        ends.append(result[1])
        worst = max(worst, (max(result[0]), name))
        print(f"{name}: {part(result[0], 0.5):.1f} {max(result[0]):.1f} "
              f"{result[1]:.1f}", file=sys.stderr)
    show("key-to-pixel-p50", part(keys, 0.5), "ms")
    show("key-to-pixel-p99", part(keys, 0.99), "ms")
    show("key-to-pixel-worst", worst[0], f"ms, {worst[1]}")
    show("end-longest", max(ends), "ms")
    keys, ends = [], []
    for first in range(0, len(chosen) - TOGETHER + 1, TOGETHER):
        result = run_together(chosen[first:first + TOGETHER])
        if result is None:
            print(f"hostile.py: no figures from {chosen[first]} on",
                  file=sys.stderr)
            continue
        keys += result[0]
        ends.append(result[1])
    if keys:
        show("together-p50", part(keys, 0.5), "ms")
        show("together-p99", part(keys, 0.99), "ms")
        show("together-end-longest", max(ends), "ms")
    os.remove(DISK)


main()
