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
import subprocess
import sys

from recording import Loss, Recording, State, make_image
from starts import Promises, Tally, judge, run_check, start

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
