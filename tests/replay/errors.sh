#!/bin/bash
# Disks in QEMU that report errors. Ends in "N passed, N failed".
# usage: tests/replay/errors.sh [all]
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/diskerrors}
rm -rf "$out"
mkdir -p "$out"
truncate -s 64M "$out/base.img"
cat >"$out/begin.ui" <<'END'
boot
wait desktop
wait "invariants: durable"
settle
click item "Untitled"
type "Kept be"
settle
snapshot
shutdown
END
if ! build/uitest host "$out/begin.ui" --out "$out" --disk "$out/base.img" \
    --set "app=$(<tests/crash/invariants.rev)" --set app_name=invariants; then
    echo "0 passed, 1 failed"
    exit 1
fi
python3 tests/replay/errors.py "$out" "$@"
