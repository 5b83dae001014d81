"""Puts JSON objects, a line each from standard input, into build/bench.json."""
import json
import sys

figures = [json.loads(line) for line in sys.stdin if line.startswith("{")]
with open("build/bench.json", "w") as file:
    json.dump(figures, file, indent=1)
    file.write("\n")
for figure in figures:
    print(f'{figure["name"]:32} {figure["machine"]:5} '
          f'{figure["value"]:10} {figure["unit"]}')
