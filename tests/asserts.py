"""Every test can fail: prints those that assert nothing.

A C test has an EXPECT in its body, or names a function of its file that has one
or leads to one there. A language test says what it expects. A UI script waits
for a line of the log, expects a picture or a text, or compares two pictures;
those of the gallery and of benches are no tests. Words in comments do not count.
"""
import re
import subprocess

FUNCTION = re.compile(r"(?m)^(?:static )?[\w *]+?\b(\w+)\([^;{]*\) \{\n"
                      r"((?:.*\n)*?)\}\n")
TEST = re.compile(r'(?m)^(?:TEST|CAMPAIGN)\("((?:[^"\\]|\\.)*)"\) \{\n'
                  r"((?:.*\n)*?)\}\n")
NO_TESTS = ("tests/gallery/", "tests/bench/", "tests/replay/session.ui")


def tracked(*patterns):
    return subprocess.run(["git", "ls-files", *patterns], capture_output=True,
                          text=True, check=True).stdout.split()


def read(path):
    with open(path, encoding="utf8") as file:
        return file.read()


def code_of(path):
    return re.sub(r"(?s)/\*.*?\*/", "", read(path))


def names_one_of(names, body):
    return any(re.search(rf"\b{name}\b", body) for name in names)


def asserting_functions(text):
    bodies = dict(FUNCTION.findall(text))
    known = {name for name, body in bodies.items() if "EXPECT" in body}
    grown = True
    while grown:
        more = {name for name, body in bodies.items()
                if name not in known and names_one_of(known, body)}
        known |= more
        grown = bool(more)
    return known


def main():
    for path in tracked("tests/*.c"):
        text = code_of(path)
        tests = TEST.findall(text)
        known = asserting_functions(text) if tests else ()
        for sentence, body in tests:
            if "EXPECT" not in body and not names_one_of(known, body):
                print(f"{path}: \"{sentence}\" asserts nothing")
    for path in tracked("tests/language/*/*.rev"):
        if not re.search(r"// expect|\bexpect(Equal)?\(", read(path)):
            print(f"{path} expects nothing")
    for path in tracked("tests/*.ui"):
        if not path.startswith(NO_TESTS) and not re.search(
                r"(?m)^(expect|exact|same|pixel|lit|wait \")", read(path)):
            print(f"{path} expects nothing")


main()
