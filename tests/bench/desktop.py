"""What a person waits for at the desktop, on the hosted machine and in QEMU.

usage: desktop.py; prints one JSON object a line. The machine takes the times
itself: "ui: settled" tells the longest from an event to the frame after it
(shown_us) and the longest work on a frame (frame_us) since the last such line.
  desktop/key-to-pixel-p50, -p99  a key in the editor, from its arrival
  desktop/compose-full            a frame of the whole screen, by the median
  desktop/drag-frame-p99          dragging a window, from the pointer's report
  desktop/idle-cpu                of one processor, with nothing to do
"""
import json
import os
import re
import statistics
import subprocess
import time

FOLDER = "build/bench/desktop"
KEYS = 200
TOGGLES = 12
DRAGS = 60
IDLE_AFTER_S = 5
IDLE_S = 20
START = "boot\nwait desktop\nsettle\n"
SETTLED = re.compile(r"ui: settled .* shown_us=(\d+) frame_us=(\d+)")


def log_of(machine, name, script):
    """The machine's log of a script."""
    path = f"{FOLDER}/{name}.ui"
    with open(path, "w") as file:
        file.write(START + script)
    subprocess.run(["build/uitest", machine, path, "--out", FOLDER], check=True)
    with open(f"{FOLDER}/log.txt", errors="replace") as file:
        return file.read().splitlines()


def shown_ms(lines):
    """Of everything that somebody did and that showed."""
    values = [int(found[1]) / 1000 for found in map(SETTLED.search, lines)
              if found]
    return sorted(value for value in values if value > 0)


def part(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def keys(machine):
    letters = "the quick brown fox jumps over the lazy dog ".replace(" ", "") * 6
    script = "".join(f"key {letter}\nsettle\n" for letter in letters[:KEYS])
    values = shown_ms(log_of(machine, "keys", script))
    return part(values, 0.5), part(values, 0.99)


def full_frame(machine):
    """Another theme is a new frame of everything. Each change asks for two
    places; what settles after the second one counts."""
    script = 'open "Shell"\nsettle\nopen "Counter"\nsettle\n'
    for i in range(TOGGLES):
        theme = "light" if i % 2 else "dark"
        script += ('click item "Launcher"\nsettle\n'
                   f'click item "Use {theme} theme"\nsettle\n')
    found, longest = 0, {}
    for line in log_of(machine, "frames", script):
        found += "ui: found" in line
        settled = SETTLED.search(line)
        if settled and found > 0 and found % 2 == 0:
            longest[found] = max(longest.get(found, 0), int(settled[2]) / 1000)
    return statistics.median(longest.values())


def drags(machine):
    script = 'open "Shell"\nsettle\n'
    for i in range(DRAGS):
        ends = ("300 120", "380 200") if i % 2 == 0 else ("380 200", "300 120")
        script += f"drag {ends[0]} {ends[1]}\nsettle\n"
    return part(shown_ms(log_of(machine, "drags", script)), 0.99)


def start(machine, disk):
    if machine == "host":
        words = ["build/revenant", "--headless", "--disk", disk]
    else:
        words = ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu",
                 "max", "-m", "512", "-vga", "std", "-nic", "none", "-display",
                 "none", "-serial", "stdio", "-monitor", "none", "-kernel",
                 "build/revenant.elf", "-device", "virtio-blk-pci,drive=disk",
                 "-drive", f"if=none,id=disk,format=raw,file={disk}",
                 "-device", "virtio-tablet-pci"]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def processor_s(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(machine):
    disk = f"{FOLDER}/idle.img"
    with open(disk, "wb") as file:
        file.truncate(256 << 20)
    process = start(machine, disk)
    try:
        for line in process.stdout:
            if b"desktop: ready" in line:
                break
        time.sleep(IDLE_AFTER_S)
        before = processor_s(process)
        time.sleep(IDLE_S)
        return (processor_s(process) - before) / IDLE_S
    finally:
        process.kill()
        process.wait()
        os.remove(disk)


def show(machine, name, value, unit):
    print(json.dumps({"name": f"desktop/{name}",
                      "machine": "host" if machine == "host" else "tcg",
                      "value": round(value, 4), "unit": unit}))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for machine in ("host", "pc"):
        middle, late = keys(machine)
        show(machine, "key-to-pixel-p50", middle, "ms")
        show(machine, "key-to-pixel-p99", late, "ms")
        show(machine, "compose-full", full_frame(machine), "ms")
        show(machine, "drag-frame-p99", drags(machine), "ms")
        show(machine, "idle-cpu", idle(machine), "share")


main()
