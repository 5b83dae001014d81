"""Starting disks, and judging what comes back."""
import math
import re
import subprocess
import sys
import threading

PATIENCE_S = 60
BAD = re.compile(r"panic: |recovery: |app: |VIOLATED|auditor: |apps: |error: |"
                 r"Sanitizer|runtime error|snapshot: g|did not become durable|"
                 r"cannot start")
READY = re.compile(r"desktop: ready .*generation=(\d+)")
DURABLE = re.compile(r"snapshot: durable generation=(\d+)")
CONFIRMED = re.compile(r"invariants: durable a=(\d+)")
RESTARTED = re.compile(r"invariants: restarted a=(\d+)")
GOOD = re.compile(r"invariants: good")


class Promises:
    """What the session's log says was durable, by generation."""

    def __init__(self, path):
        self.counts = []  # (generation, count)
        self.durable = 0
        self.gone_after = math.inf  # then the program was stopped
        with open(path, errors="replace") as file:
            self.read(file)

    def read(self, lines):
        for line in lines:
            if found := DURABLE.search(line):
                self.durable = int(found[1])
            elif found := CONFIRMED.search(line):
                self.counts.append((self.durable, int(found[1])))
            elif "app: invariants stopped" in line:
                self.gone_after = self.durable

    def count(self, generation):
        """What the program had confirmed by then, None: it was not there."""
        if generation > self.gone_after:
            return None
        return max((count for number, count in self.counts
                    if number <= generation), default=None)


def run_check(image):
    """What rvdisk says is wrong; None: nothing."""
    done = subprocess.run(["build/rvdisk", "check", image],
                          capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() if done.returncode else None


HOSTED = ["build/revenant", "--headless", "--set", "test=1", "--disk"]
QEMU = ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max",
        "-m", "256", "-vga", "std", "-nic", "none", "-display", "none",
        "-no-reboot", "-monitor", "none", "-serial", "stdio",
        "-kernel", "build/revenant.elf",
        "-fw_cfg", "name=opt/revenant/test,string=1",
        "-device", "virtio-blk-pci,drive=disk,werror=report,rerror=report",
        "-device", "virtio-tablet-pci"]


def run_until(words, over):
    """The log of a machine, which is killed after a line for which `over` is
    true."""
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace")
    hung = threading.Timer(PATIENCE_S, process.kill)
    hung.start()
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if over(line):
            break
    hung.cancel()
    process.kill()
    process.wait()
    return lines


def start(machine, image, promises):
    """The log of a start until all that is promised is there."""
    wanted = READY

    def over(line):
        nonlocal wanted
        found = wanted.search(line)
        if BAD.search(line) or (found and (
                wanted is GOOD or promises.count(int(found[1])) is None)):
            return True
        wanted = GOOD if found else wanted
        return False
    words = (HOSTED + [image] if machine == "hosted" else
             QEMU + ["-drive", f"if=none,id=disk,format=raw,file={image}"])
    return run_until(words, over)


def judge(state, lines, promises):
    """What is wrong with a start; None: nothing."""
    log = "\n".join(lines)
    for line in lines:
        if BAD.search(line):
            return line
    ready = READY.search(log)
    if not ready:
        return "the desktop does not come"
    generation = int(ready[1])
    if not state.durable <= generation <= state.newest:
        return (f"generation {generation} came back, {state.durable} was "
                f"durable, {state.newest} the newest")
    promised = promises.count(generation)
    if promised is None:
        return None
    restarted = RESTARTED.search(log)
    if not restarted or not GOOD.search(log):
        return "the program does not go on"
    if int(restarted[1]) < promised:
        return f"the count is {restarted[1]}, {promised} was confirmed"
    return None


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def verdict(self, name, problem):
        if problem:
            self.failed += 1
            print(f"{name}: {problem[:300]}", file=sys.stderr)
        else:
            self.passed += 1
        return problem
