#!/bin/bash
# The same pixels on every machine: each script in both/ makes its golden
# pictures on the hosted machine, and QEMU must show the same, started in each
# of its ways. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0
for script in tests/ui/both/*.ui; do
    golden=${RUN_DIR:-build/runs/both}/golden/$(basename "$script" .ui)
    rm -rf "$golden"
    mkdir -p "$golden"
    build/uitest host "$script" --golden "$golden" --update || exit 1
    for firmware in kernel bios uefi; do
        if build/uitest pc "$script" --golden "$golden" \
            --firmware "$firmware"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
