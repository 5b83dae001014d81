"""Starts of the machines, from the process's start to "desktop: ready".

usage: boot.py RUNS; prints one JSON object a line. Each figure is the median.
"""
import json
import os
import statistics
import subprocess
import sys
import time

QEMU = [
    "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max",
    "-m", "512", "-vga", "std", "-nic", "none", "-no-reboot",
    "-display", "none", "-serial", "stdio", "-monitor", "none",
]


def machine(kind, disk):
    if kind == "host":
        return ["build/revenant", "--headless", "--disk", disk]
    words = QEMU + [
        "-drive", f"if=none,id=disk,format=raw,file={disk}",
        "-device", "virtio-blk-pci,drive=disk",
        "-device", "virtio-tablet-pci",
    ]
    if kind == "kernel":
        return words + ["-kernel", "build/revenant.elf"]
    return words + ["-boot", "d", "-cdrom", "build/revenant.iso"]


def start(kind, disk, durable):
    """Milliseconds to "desktop: ready"; with `durable` lives on until a
    generation is. The machine is killed: that is how it is used."""
    began = time.monotonic()
    process = subprocess.Popen(
        machine(kind, disk), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    ready = None
    for line in process.stdout:
        if ready is None and b"desktop: ready" in line:
            ready = (time.monotonic() - began) * 1000
            if not durable:
                break
        if b"snapshot: durable" in line:
            break
    process.kill()
    process.wait()
    if ready is None:
        sys.exit(f"bench: {kind} did not become ready")
    return ready


def main():
    runs = int(sys.argv[1])
    disk = "build/bench/boot.img"
    os.makedirs("build/bench", exist_ok=True)
    for kind in ("host", "kernel", "grub"):
        first, restored = [], []
        for _ in range(runs):
            with open(disk, "wb") as file:
                file.truncate(256 << 20)
            first.append(start(kind, disk, True))
            restored.append(start(kind, disk, False))
        for name, times in (("first", first), ("restored", restored)):
            print(json.dumps({
                "name": f"boot/{kind}-{name}",
                "machine": "host" if kind == "host" else "tcg",
                "value": round(statistics.median(times), 1), "unit": "ms"}))
    os.remove(disk)


main()
