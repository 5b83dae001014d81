"""What a heap of 4 times RAM costs a walk in order and one at random.

usage: walk.py ROUNDS; prints one JSON object a line. Little RAM and enough take
turns; the least time of each counts.
"""
import json
import os
import subprocess
import sys

DISK = "build/bench/walk.img"


def run(memory_mb):
    if os.path.exists(DISK):
        os.remove(DISK)
    out = subprocess.run(
        ["build/revenant", "--set", f"memory_mb={memory_mb}", "--disk", DISK,
         "--disk-size", "512M", "--run", "tests/bench/walk.rev"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    os.remove(DISK)
    return [int(word) for word in out.split()[:2]]


def main():
    turns = [(run(16), run(256)) for _ in range(int(sys.argv[1]))]
    for place, name in enumerate(("walk-sequential", "walk-random")):
        little, enough = (min(turn[of][place] for turn in turns)
                          for of in range(2))
        print(json.dumps({
            "name": f"memory/{name}", "machine": "host",
            "value": round(little / enough, 2), "unit": "ratio",
            "peer": "the same with enough RAM"}))


main()
