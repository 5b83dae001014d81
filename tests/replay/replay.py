"""Starts disks that power cuts in a recorded session leave.

usage: replay.py FOLDER STATES DESKTOPS [STATE]
FOLDER has disk.img, writes.log and log.txt of the session. STATES disks are
started by the hosted build, the first DESKTOPS of them in QEMU, too; with STATE
only that one, and its image stays in state.img. SEEDS=n in the environment is the seed.

Of each: rvdisk check finds nothing wrong, before and after the start; the
generation that comes back is the last durable one or newer; the program that
checks itself has all that commit() confirmed, and goes on. The tester itself is
tested with disks that lost what a flush had covered. Ends in "N passed, N
failed".
"""
import os
import random
import re
import subprocess
import sys
import threading

from recording import Loss, Recording, State, make_image

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
        generation = 0
        with open(path, errors="replace") as file:
            for line in file:
                if found := DURABLE.search(line):
                    generation = int(found[1])
                elif found := CONFIRMED.search(line):
                    self.counts.append((generation, int(found[1])))

    def count(self, generation):
        """What the program had confirmed by then, None: it was not there."""
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
        "-device", "virtio-tablet-pci", "-drive"]


def words_of(machine, image):
    if machine == "hosted":
        return HOSTED + [image]
    return QEMU + [f"if=none,id=disk,format=raw,file={image}"]


def start(machine, image, promises):
    """The log of a start, which is killed when all that is promised is there.
    """
    process = subprocess.Popen(
        words_of(machine, image), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace")
    hung = threading.Timer(PATIENCE_S, process.kill)
    hung.start()
    lines, wanted = [], READY
    for line in process.stdout:
        lines.append(line.rstrip())
        found = wanted.search(line)
        if BAD.search(line) or (found and (
                wanted is GOOD or promises.count(int(found[1])) is None)):
            break
        wanted = GOOD if found else wanted
    hung.cancel()
    process.kill()
    process.wait()
    return lines


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


def problem_of(state, image, promises, machine="hosted"):
    """Makes, checks and starts one disk."""
    state.make(image)
    wrong = run_check(image)
    if wrong and state.durable > 0:
        return "rvdisk check: " + wrong
    wrong = judge(state, start(machine, image, promises), promises)
    if not wrong and state.durable > 0:
        wrong = run_check(image)
    return wrong


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def verdict(self, name, problem):
        if problem:
            self.failed += 1
            print(f"replay: {name}: {problem}", file=sys.stderr)
        else:
            self.passed += 1
        return problem


def test_tester(recording, image, promises, seed, tally):
    """Writes of the newest generation that get lost must be missed."""
    chance = random.Random(seed)
    whole = Loss(recording, "nothing lost", lambda data, supers: [])
    tally.verdict(whole.name, problem_of(whole, image, promises))
    losses = [(f"a lost write ({i})", lambda data, supers:
               [chance.choice(data)]) for i in range(3)]
    losses.append(("lost superblocks", lambda data, supers: supers))
    for name, which in losses:
        loss = Loss(recording, name, which)
        problem = problem_of(loss, image, promises)
        tally.verdict(name, None if problem else "nobody missed it")
        print(f"replay: {name}: {(problem or 'not missed').splitlines()[0]}")
    promises.counts.append((whole.durable, 1 << 40))
    problem = problem_of(whole, image, promises)
    promises.counts.pop()
    tally.verdict("a count that did not come back",
                  None if problem else "nobody missed it")


def same_as_disk(recording, folder, image):
    """All requests of the log make the disk that the session left."""
    make_image(image, recording.disk_bytes,
               State.prefix(recording.writes(0, len(recording.requests)), None))
    done = subprocess.run(["cmp", image, f"{folder}/disk.img"])
    return "the log is not the whole session" if done.returncode else None


def main():
    folder, states, desktops = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    seed = int((os.environ.get("SEEDS") or "1").split("-")[0])
    image = f"{folder}/state.img"
    recording = Recording(f"{folder}/writes.log",
                          os.path.getsize(f"{folder}/disk.img"))
    promises = Promises(f"{folder}/log.txt")
    last = recording.durable(len(recording.requests))
    print(f"replay: seed {seed}: {len(recording.requests)} requests, "
          f"{len(recording.flushes)} flushes, generation {last}")
    tally = Tally()
    if len(sys.argv) > 4:
        state = State(recording, seed, int(sys.argv[4]))
        tally.verdict(state.name, problem_of(state, image, promises))
        state.make(image)
        return tally
    tally.verdict("the log", same_as_disk(recording, folder, image))
    test_tester(recording, image, promises, seed, tally)
    for number in range(states):
        state = State(recording, seed, number)
        machines = ["hosted"]
        if number < desktops:
            machines.append("QEMU")
        for machine in machines:
            name = f"{state.name} ({state.kind} at {state.cut}, {machine})"
            tally.verdict(name, problem_of(state, image, promises, machine))
    return tally


if __name__ == "__main__":
    result = main()
    print(f"{result.passed} passed, {result.failed} failed")
    sys.exit(1 if result.failed else 0)
