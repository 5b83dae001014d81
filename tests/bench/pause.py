"""How many instructions a barrier takes in QEMU.

usage: pause.py; prints one JSON object. With -icount shift=0 the machine's clock
counts a nanosecond an instruction, and the trace of the store tells nanoseconds.
The largest of many generations counts.
  snapshot/pause-instructions
"""
import json
import os
import re
import subprocess
import sys

DISK = "build/bench/pause.img"
GENERATIONS = 40
PAUSE = re.compile(r"generation \d+ has its barrier after (\d+) ns")


def command():
    with open("tests/crash/invariants.rev") as file:
        app = file.read().replace(",", ",,")
    words = [
        "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max",
        "-icount", "shift=0,sleep=off", "-m", "512", "-vga", "std",
        "-nic", "none", "-no-reboot", "-display", "none", "-serial", "stdio",
        "-monitor", "none", "-kernel", "build/revenant.elf",
        "-drive", f"if=none,id=disk,format=raw,file={DISK}",
        "-device", "virtio-blk-pci,drive=disk"]
    for setting in ("trace=store", "interval_ms=100", f"app={app}",
                    "app_name=invariants"):
        name, value = setting.split("=", 1)
        words += ["-fw_cfg", f"name=opt/revenant/{name},string={value}"]
    return words


def main():
    os.makedirs("build/bench", exist_ok=True)
    with open(DISK, "wb") as file:
        file.truncate(256 << 20)
    process = subprocess.Popen(command(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True,
                               errors="replace")
    pauses = []
    for line in process.stdout:
        found = PAUSE.search(line)
        if found:
            pauses.append(int(found[1]))
        if len(pauses) == GENERATIONS:
            break
    process.kill()
    process.wait()
    os.remove(DISK)
    if len(pauses) < GENERATIONS:
        sys.exit("bench: the machine ended")
    print(json.dumps({"name": "snapshot/pause-instructions", "machine": "tcg",
                      "value": max(pauses), "unit": "instructions"}))


main()
