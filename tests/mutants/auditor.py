"""Announcements that are left out, one by one; the auditor must report each.

auditor.py [NAME...]     ends in "N passed, N failed"

A place is one announcement in the sources. The program without it runs three
times, with other programs, seeds and barriers: each run must end with the
auditor's report of a write that was not announced.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

from mutants import ORIGINALS, build

PATIENCE_S = 120
AT_ONCE = 2
LIBRARIES = ["build/lib/core.rvc", "build/lib/ui.rvc", "build/lib/system.rvc"]


def language():
    """Runs of test programs, with a barrier after so many counts."""
    return [["--show", f"--cut={counts}", *LIBRARIES,
             "tests/mutants/writes.rev"]
            for counts in (61, 199, 499)]


def machine():
    """The whole system under random input."""
    return [["--lives", "8", f"{seed}-{seed}"] for seed in (1, 2, 3)]


# Name, file, what stands there once, what stands there instead, program, runs.
PLACES = [
    ("frames", "vm/run/stack.c",
     "    return heap_write(from, (uint64_t)(to - from) * 8);",
     "    return STATUS_OK;",
     "language", language()),
    ("field", "vm/run/interpreter.c",
     "    return memory_write_slow(address, 8);",
     "    return STATUS_OK;",
     "language", language()),
    ("object", "vm/heap/heap.c",
     "    Status status = memory_write(address, bytes);",
     "    Status status = STATUS_OK;",
     "language", language()),
    ("object-start", "vm/heap/heap.c",
     "        if (status == STATUS_OK)\n"
     "            status = heap_write(region_start_word(address), 8);\n"
     "        if (status == STATUS_OK)\n"
     "            status = take_room",
     "        if (status == STATUS_OK)\n"
     "            status = take_room",
     "language", language()),
    ("line-births", "vm/heap/heap.c",
     "heap_write(lines + first, (end - first) * sizeof *lines);",
     "STATUS_OK;",
     "language", language()),
    ("thread", "vm/run/thread.c",
     "               domain, \"a list of its threads is damaged\");\n"
     "    return heap_write(thread, sizeof *thread);",
     "               domain, \"a list of its threads is damaged\");\n"
     "    return STATUS_OK;",
     "language", language()),
    ("domain", "vm/run/thread.c",
     "    return heap_write(domain, sizeof *domain);",
     "    return STATUS_OK;",
     "language", language()),
    ("native", "vm/run/native.c",
     "    call->failed = heap_write(address, size_bytes);\n"
     "    return call->failed",
     "    call->failed = STATUS_OK;\n    return call->failed",
     "language", language()),
    ("hash", "vm/heap/identity.c",
     "        status = heap_write(place, 16);\n",
     "",
     "language", language()),
    ("first-heap", "kernel/system/first.c",
     "    Status status = memory_write(address, PLATFORM_PAGE_BYTES);",
     "    Status status = STATUS_OK;",
     "machine", machine()),
    ("event", "wm/ring.c",
     "        status = heap_write(object->events,\n"
     "                            heap_object_bytes(&object->events->head));",
     "        status = STATUS_OK;",
     "machine", machine()),
    ("pointer", "wm/desk.c",
     "        heap_write(words, heap_object_bytes(&words->head)) != STATUS_OK)",
     "        false)",
     "machine", machine()),
    ("paint", "wm/paint_native.c",
     "    return heap_write(address, size_bytes);",
     "    return STATUS_OK;",
     "machine", machine()),
]


def report(program, words):
    """The auditor's line, or what the run said at last."""
    try:
        run = subprocess.run([program, *words], text=True, errors="replace",
                             env={**os.environ, "SIM_LOG": "1"},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return None, "it hangs"
    found = re.search("^auditor: the write of 0x.*$", run.stdout, re.M)
    return found, f"status {run.returncode}: {run.stdout[-200:]}"


def is_quiet(original, runs):
    """With all announcements nothing is reported."""
    return not any(report(ORIGINALS / original, words)[0] for words in runs)


def judge(place):
    """Empty: each run was reported; else what was seen."""
    name, path, before, after, original, runs = place
    program, why = build(original, f"audit-{name}", path, before, after)
    if not program:
        return why
    for words in runs:
        found, said = report(program, words)
        if not found:
            return f"not reported with {' '.join(words)}: {said}"
    program.unlink()
    return ""


def main():
    chosen = [p for p in PLACES if not sys.argv[1:] or p[0] in sys.argv[1:]]
    failed = 0
    if not (is_quiet("language", language()) and
            is_quiet("machine", machine())):
        failed += 1
        print("auditor: it reports something where nothing is left out")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for place, why in zip(chosen, pool.map(judge, chosen)):
            failed += bool(why)
            print(f"auditor: {place[0]} ({place[1]}): "
                  f"{why or f'reported in {len(place[5])} runs'}", flush=True)
    print(f"{len(chosen) + 1 - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
