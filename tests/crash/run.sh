#!/bin/bash
# The kill campaigns on both machines. Ends in "N passed, N failed".
# usage: tests/crash/run.sh KILLS-ON-HOST KILLS-ON-PC
set -u
cd "$(dirname "$0")/../.."
export RUN_DIR=${RUN_DIR:-build/runs/crash}
mkdir -p "$RUN_DIR"
passed=0 failed=0
campaign() { # MACHINE KILLS
    local line
    line=$(build/crash/crash "$1" --kills "$2" | tee /dev/stderr | tail -n 1)
    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
    else
        failed=$((failed + 1))
    fi
}
campaign host "$1"
campaign pc "$2"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
