"""Disks in QEMU that report errors, by its block driver blkdebug.

usage: errors.py FOLDER [all]
FOLDER has base.img and log.txt of a world that was left in order. Each case is a
start on a copy of it where one request of the disk, or all from that one on,
fail: no panic, nothing durable is lost, the log says what is wrong, and the
system goes on or says why it does not start. Before them, a new world where an
app fills the memory and no write succeeds any more. Ends in "N passed, N failed".
"""
import os
import re
import shutil
import subprocess
import sys
import types

from starts import QEMU, Promises, Tally, judge, run_check, run_until, start

# What raw asks its file for, once for each request.
EVENTS = {"read": "read_aio", "write": "write_aio", "flush": "flush_to_disk"}

GO_ON = """boot
wait desktop
wait "invariants: good"
settle
type "fore"
settle
snapshot
expect text "Kept before"
shutdown
"""
NOT_SAVED = """boot
wait desktop
wait "invariants: good"
settle
type "fore"
wait "did not become durable"
wait "did not become durable"
type "!"
settle
expect text "Kept before!"
cut
"""
NO_MEMORY = """boot
wait desktop
wait "a person is asked what may go"
wait "ui: settled"
expect text "The memory is full"
screenshot asked
click item "Stop app for good"
wait "app: app stopped"
wait "there is room again"
settle
click text "Text"
type "typed beside it"
settle
expect text "3 words"
cut
"""
TOLD = re.compile(r"recovery: |did not become durable|the mark of this start")
DOOMED = re.compile(r"generation (\d+) did not become durable")
READ_OVER = re.compile(r"recovery: cannot |panic: |invariants: good|"
                       r"app: (invariants|number \d+) stopped")

WRITES_BEFORE = 200  # of a world that an app fills, before all fail
FIRST = 2  # the firmware reads the first sector
MISSED = 4  # cases in a row without an error: there are no more requests
SILENT = "the log does not tell"
QUICK = [("read", 2, True), ("read", 30, True), ("read", 60, True),
         ("write", 2, True), ("write", 9, True), ("flush", 1, True),
         ("flush", 4, True), ("read", 1, False), ("read", 5, False),
         ("read", 60, False), ("write", 5, False), ("flush", 3, False)]


def filter_of(folder, kind, number, once):
    """Fails request `number` of a kind: each one before it leads to the next
    state."""
    path = f"{folder}/errors.conf"
    with open(path, "w") as file:
        for i in range(1, number):
            file.write(f'[set-state]\nevent = "{EVENTS[kind]}"\n'
                       f'state = "{i}"\nnew_state = "{i + 1}"\n')
        file.write(f'[inject-error]\nevent = "{EVENTS[kind]}"\n'
                   f'state = "{number}"\niotype = "{kind}"\nerrno = "5"\n'
                   f'once = "{"on" if once else "off"}"\n')
    return f"raw,file.driver=blkdebug,file.image=image,file.config={path}"


def run_script(folder, script, drive, *options):
    """The log, and what is wrong with the run."""
    path = f"{folder}/script.ui"
    with open(path, "w") as file:
        file.write(script)
    done = subprocess.run(
        ["build/uitest", "pc", path, "--out", folder, "--disk",
         f"{folder}/disk.img", "--filter", drive, *options],
        capture_output=True, text=True)
    with open(f"{folder}/log.txt", errors="replace") as file:
        return file.read().splitlines(), done.stderr.strip()


def run_reads(folder, drive):
    """A start where no read succeeds any more comes to an end of some kind."""
    lines = run_until(
        QEMU + ["-blockdev", "driver=file,node-name=image,"
                f"filename={folder}/disk.img",
                "-blockdev", f"node-name=disk,driver={drive}"],
        READ_OVER.search)
    ended = any(READ_OVER.search(line) for line in lines)
    return lines, "" if ended else "it hangs"


def has_failed(folder):
    """Whether QEMU says that a request did."""
    if not os.path.exists(f"{folder}/events.txt"):
        return False
    with open(f"{folder}/events.txt") as file:
        return '"BLOCK_IO_ERROR"' in file.read()


def problem_of(folder, kind, number, once):
    """What is wrong with a case, and whether the disk did fail in it."""
    disk = f"{folder}/disk.img"
    shutil.copyfile(f"{folder}/base.img", disk)
    promises = Promises(f"{folder}/base.txt")
    drive = filter_of(folder, kind, number, once)
    if kind == "read" and not once:
        lines, wrong = run_reads(folder, drive)
    else:
        lines, wrong = run_script(folder, GO_ON if once else NOT_SAVED, drive)
    promises.read(lines)
    log = "\n".join(lines)
    told = TOLD.search(log) is not None
    failed = told or has_failed(folder)
    if not failed and once:
        return wrong, False
    wrong = (wrong or ("it panics" if "panic: " in log else None) or
             (None if told or not failed else SILENT) or run_check(disk))
    doomed = [int(found) for found in DOOMED.findall(log)]
    state = types.SimpleNamespace(durable=promises.durable,
                                  newest=max([promises.durable, *doomed]))
    return wrong or judge(state, start("hosted", disk, promises),
                          promises), failed


def full_memory(folder):
    """What is wrong with a world whose disk takes no more while an app fills
    the memory: a person is asked, and stopping that app makes room."""
    disk = f"{folder}/disk.img"
    with open(disk, "wb") as file:
        file.truncate(96 << 20)
    with open("tests/ui/filler.rev") as file:
        filler = file.read()
    lines, wrong = run_script(
        folder, NO_MEMORY, filter_of(folder, "write", WRITES_BEFORE, False),
        "--set", "memory_mb=16", "--set", f"app={filler}")
    log = "\n".join(lines)
    return (wrong or ("it panics" if "panic: " in log else None) or
            (None if TOLD.search(log) else SILENT) or run_check(disk))


def name_of(kind, number, once):
    return f"{kind} {number} fails {'once' if once else 'for ever'}"


def sweep(folder, tally, kind, once, step, most):
    """Until the disk has no such request any more; how many there were. No two
    runs have as many, so the last ones may not come."""
    number, last, missed = FIRST, 0, 0
    while missed < MISSED and number <= most:
        problem, failed = problem_of(folder, kind, number, once)
        missed = 0 if failed else missed + 1
        last = number if failed else last
        if failed or problem:
            tally.verdict(name_of(kind, number, once), problem)
        number += step
    return last


def run_all(folder, tally):
    for kind, once, step, least, most in (
            ("flush", True, 1, 4, 100), ("write", True, 1, 10, 200),
            ("write", False, 5, 10, 42), ("flush", False, 1, 4, 8),
            ("read", True, 1, 40, 400), ("read", False, 1, 40, 400)):
        count = sweep(folder, tally, kind, once, step, most)
        print(f"diskerrors: {kind}: {count} requests, "
              f"{'once' if once else 'for ever'}", flush=True)
        tally.verdict(f"{kind} requests of a session",
                      None if count >= least else "too few")


def main():
    folder, tally = sys.argv[1], Tally()
    os.replace(f"{folder}/log.txt", f"{folder}/base.txt")
    tally.verdict("memory that is full because the disk takes no more",
                  full_memory(folder))
    if len(sys.argv) > 2:
        run_all(folder, tally)
        return tally
    for kind, number, once in QUICK:
        problem, failed = problem_of(folder, kind, number, once)
        tally.verdict(name_of(kind, number, once),
                      problem or (None if failed else "nothing failed"))
    return tally


if __name__ == "__main__":
    result = main()
    print(f"{result.passed} passed, {result.failed} failed")
    sys.exit(1 if result.failed else 0)
