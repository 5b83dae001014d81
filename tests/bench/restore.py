"""From a start to the picture of a world with much in its memory.

usage: restore.py MB...; prints JSON objects. For each size (100 or 8192) a disk
with so much live data, then the median of some starts. Starts of all sizes take
turns, since the computer is never quiet.
  store/restore-100m, -8g  host: "restore: ... ms=", from the process's start to
                           the picture; tcg: from QEMU's start, through GRUB, to
                           that line
"""
import json
import os
import re
import statistics
import subprocess
import sys
import time

FOLDER = "build/bench/restore"
PROGRAM_MB = 240  # that one may keep
STARTS = 7
RESTORED = re.compile(r"restore: generation=.* ms=(\d+)")
QEMU = ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max",
        "-m", "512", "-vga", "std", "-nic", "none", "-no-reboot",
        "-display", "none", "-serial", "stdio", "-monitor", "none",
        "-device", "virtio-blk-pci,drive=disk",
        "-device", "virtio-tablet-pci", "-boot", "d",
        "-cdrom", "build/revenant.iso", "-drive"]


def hosted(disk):
    return ["build/revenant", "--headless", "--disk", disk]


def wait_line(words, mark):
    """Kills a machine after a line with this mark. The match, and how long it
    took in milliseconds."""
    begun = time.monotonic()
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace")
    found = next((found for found in map(mark.search, process.stdout)
                  if found), None)
    took_ms = (time.monotonic() - begun) * 1000
    process.kill()
    process.wait()
    if not found:
        sys.exit(f"bench: {words[0]} ended")
    return found, took_ms


def make_disk(disk, size_mb):
    """A desktop, and programs which rest with so much memory in use."""
    with open(disk, "wb") as file:
        file.truncate((2 * size_mb + 256) << 20)
    wait_line(hosted(disk), re.compile("snapshot: durable"))
    with open("tests/bench/heap.rev") as file:
        source = file.read()
    for i, done_mb in enumerate(range(0, size_mb, PROGRAM_MB)):
        path = f"{FOLDER}/heap{i}.rev"
        part_mb = min(PROGRAM_MB, size_mb - done_mb)
        with open(path, "w") as file:
            file.write(source.replace("megabytes = 100",
                                      f"megabytes = {part_mb}"))
        wait_line(["build/revenant", "--disk", disk, "--set", "memory_mb=512",
                   "--run", path], re.compile("^durable"))
        os.remove(path)


def show(size_mb, machine, values):
    size = f"{size_mb >> 10}g" if size_mb >= 1024 else f"{size_mb}m"
    print(json.dumps({"name": f"store/restore-{size}", "machine": machine,
                      "value": round(statistics.median(values), 1),
                      "unit": "ms"}))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    disks = {int(word): f"{FOLDER}/{word}.img" for word in sys.argv[1:]}
    times = {}
    for size_mb, disk in disks.items():
        make_disk(disk, size_mb)
    for _ in range(STARTS):
        for size_mb, disk in disks.items():
            found, _ = wait_line(hosted(disk), RESTORED)
            times.setdefault((size_mb, "host"), []).append(int(found[1]))
            _, took_ms = wait_line(
                QEMU + [f"if=none,id=disk,format=raw,file={disk}"], RESTORED)
            times.setdefault((size_mb, "tcg"), []).append(took_ms)
    for disk in disks.values():
        os.remove(disk)
    for (size_mb, machine), values in times.items():
        show(size_mb, machine, values)


main()
