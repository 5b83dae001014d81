"""What 1,000 parked threads add to the pause of a barrier, hosted.

usage: threads.py; prints one JSON object. A program makes one thread, then
10,000, and commits a hundred times; the machine's trace tells the pauses.
"""
import json
import os
import re
import statistics
import subprocess

DISK = "build/bench/threads.img"
MANY = 10000


def pauses_ns(threads):
    if os.path.exists(DISK):
        os.remove(DISK)
    log = subprocess.run(
        ["build/revenant", "--set", "trace=store", "--disk", DISK,
         "--disk-size", "256M", "--run", "tests/bench/threads.rev",
         str(threads)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True).stderr
    os.remove(DISK)
    return [int(ns) for ns in
            re.findall(r"has its barrier after (\d+) ns", log)]


def main():
    few, many = (statistics.median(pauses_ns(n)) for n in (1, MANY))
    print(json.dumps({
        "name": "snapshot/pause-slope-threads", "machine": "host",
        "value": round((many - few) / MANY, 4), "unit": "us per 1,000"}))


main()
