"""Records what the day of generations.c is made of, at the speed of a person.

usage: tests/bench/day.py [PROGRAM [RVDISK]]

Runs the hosted desktop with its usual interval of a second and the editor that
a new disk shows. A document of three paragraphs is put in; then

  typing    60 s of typing at its end, 5 characters a second
  dragging  30 s in which the pointer crosses the window and then drags it by
            its title, once a second, each time to another place
  pointing  30 s in which the pointer goes to and fro over the window and beside
            it, 10 places a second, and nothing is pressed

A generation behind one of the same kind counts to the kind. For each kind it
prints how many pages changed (`rvdisk diff` with the generation before) and the
pages of three generations from the middle. A desktop at rest makes no
generation at all, whatever its clock shows (idle.py). Not part of `make bench`:
it takes two minutes, and the constants of generations.c follow from it.
"""
import os
import subprocess
import sys
import threading
import time

FOLDER = "build/bench/day"
DISK = f"{FOLDER}/day.img"
# Of the middle of the window's title, one after the other.
PLACES = [(500, 88), (540, 100), (572, 140), (530, 170), (480, 130)]
WORDS = ("the first of them had come at night and nobody knew who it was but "
         "in the morning there were seven of these ships before the harbour "
         "so everyone went down to look and some said it would be a good year ")
PARAGRAPHS = "\\n".join([WORDS * 2, WORDS, WORDS + "so far"])


class Machine:
    def __init__(self, program):
        self.kind = None
        self.kinds = {}
        self.process = subprocess.Popen(
            [program, "--headless", "--disk", DISK, "--set", "keep=1000",
             "--ui", "-", "--out", FOLDER], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stderr:
            if line.startswith("snapshot: durable"):
                number = int(line.split("generation=")[1].split()[0])
                self.kinds[number] = self.kind

    def obey(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer != "ok\n":
            sys.exit(f"day: {command}: {answer}")


def repeat(seconds, interval, step):
    start = time.monotonic()
    for number in range(int(seconds / interval)):
        step(number)
        time.sleep(max(0, start + (number + 1) * interval - time.monotonic()))


def type_letter(machine, number):
    machine.obey(f'type "{WORDS[number % len(WORDS)]}"')


def drag_piece(machine, number):
    x, y = PLACES[number % len(PLACES)]
    next_x, next_y = PLACES[(number + 1) % len(PLACES)]
    for step in range(8):
        machine.obey(f"move {x - 160 + step * 20} {y + 160 - step * 20}")
    machine.obey(f"drag {x} {y} {next_x} {next_y}")


def point(machine, number):
    step = number % 20
    machine.obey(f"move {100 + 40 * min(step, 20 - step)} {200 + 15 * step}")


def live(machine):
    for command in ["boot", "wait desktop", "settle", 'click text "Text"',
                    f'type "{PARAGRAPHS}"', "settle", "snapshot"]:
        machine.obey(command)
    for kind, seconds, interval, step in [("typing", 60, 0.2, type_letter),
                                          ("dragging", 30, 1, drag_piece),
                                          ("pointing", 30, 0.1, point)]:
        time.sleep(3)  # what is of the kind before becomes a generation
        machine.kind = kind
        repeat(seconds, interval, lambda number: step(machine, number))
        machine.kind = None
    machine.obey("snapshot")


def changed(rvdisk, generation):
    """The ranges of pages that differ from the generation before."""
    lines = subprocess.run(
        [rvdisk, "diff", DISK, str(generation - 1), str(generation)],
        check=True, capture_output=True, text=True).stdout.splitlines()
    ranges = [line.split() for line in lines if line.startswith("pages ")]
    return [(int(words[1]), int(words[3])) for words in ranges]


def size(ranges):
    return sum(last - first + 1 for first, last in ranges)


def show(rvdisk, machine, kind):
    # The first of a kind has what was left of the kind before.
    numbers = [number for number, its in machine.kinds.items()
               if its == kind and machine.kinds.get(number - 1) == kind]
    found = sorted((changed(rvdisk, number) for number in numbers), key=size)
    sizes = [size(ranges) for ranges in found]
    middle = len(sizes) // 2
    print(f"{kind}: {len(sizes)} generations, pages {sizes[0]} to {sizes[-1]},"
          f" median {sizes[middle]}, all {sizes}")
    for ranges in found[max(0, middle - 1):middle + 2]:
        print("   ", " ".join(f"{first}+{last - first + 1}"
                              for first, last in ranges))


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/revenant"
    rvdisk = sys.argv[2] if len(sys.argv) > 2 else "build/rvdisk"
    os.makedirs(FOLDER, exist_ok=True)
    with open(DISK, "wb") as file:
        file.truncate(512 << 20)
    machine = Machine(program)
    try:
        live(machine)
    finally:
        machine.process.kill()
        machine.process.wait()
    for kind in ["typing", "dragging", "pointing"]:
        show(rvdisk, machine, kind)
    os.remove(DISK)


main()
