"""Pages that an idle desktop writes a snapshot, for its clock.

Runs the hosted desktop for 75 s, in which the clock's minute changes at least
once; prints one JSON object.
"""
import json
import os
import select
import subprocess
import time

SECONDS = 75
# The first generations hold the first heap and the first picture.
FIRST = 3


def watch(process):
    pages = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        ready, _, _ = select.select([process.stderr], [], [], 1)
        line = process.stderr.readline() if ready else ""
        if line.startswith("snapshot: durable"):
            pages.append(int(line.split("pages=")[1].split()[0]))
    return pages[FIRST:]


def main():
    disk = "build/bench/idle.img"
    os.makedirs("build/bench", exist_ok=True)
    with open(disk, "wb") as file:
        file.truncate(256 << 20)
    process = subprocess.Popen(
        ["build/revenant", "--headless", "--disk", disk],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    try:
        pages = watch(process)
    finally:
        process.kill()
        process.wait()
        os.remove(disk)
    print(json.dumps({"name": "snapshot/idle-pages", "machine": "host",
                      "value": max(pages, default=0), "unit": "pages"}))


main()
