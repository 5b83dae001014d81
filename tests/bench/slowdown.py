"""What ten generations a second cost a program that changes 20 MB a second.

usage: slowdown.py ROUNDS; prints one JSON object. With snapshots and without
take turns; the least time of each counts.
"""
import json
import os
import subprocess
import sys

DISK = "build/bench/slowdown.img"


def run(interval_ms):
    if os.path.exists(DISK):
        os.remove(DISK)
    return int(subprocess.run(
        ["build/revenant", "--set", f"interval_ms={interval_ms}",
         "--set", "memory_mb=1024", "--disk", DISK, "--disk-size", "1G",
         "--run", "tests/bench/slowdown.rev"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def main():
    with_them, without = [], []
    for _ in range(int(sys.argv[1])):
        without.append(run(3600000))
        with_them.append(run(100))
    os.remove(DISK)
    print(json.dumps({
        "name": "store/slowdown-10hz", "machine": "host",
        "value": round(min(with_them) / min(without), 3), "unit": "ratio",
        "peer": "no snapshots"}))


main()
