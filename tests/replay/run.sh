#!/bin/bash
# Records a session in QEMU, and starts disks that power cuts in it leave. Ends
# in "N passed, N failed".
# usage: tests/replay/run.sh STATES DESKTOPS
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/replay}
rm -rf "$out"
mkdir -p "$out"
truncate -s 64M "$out/disk.img"
truncate -s 1G "$out/writes.log" # sparse; the recorder does not make it longer
read -rd '' -a options < <(sed -n 's/^# options: //p' tests/replay/session.ui)
filter=blklogwrites,file=image,log.driver=file,log.filename=$out/writes.log
filter+=,log-sector-size=512,log-super-update-interval=1
if ! build/uitest pc tests/replay/session.ui --out "$out" \
    --disk "$out/disk.img" --filter "$filter" "${options[@]}" \
    --set "app=$(<tests/crash/invariants.rev)" --set app_name=invariants; then
    echo "0 passed, 1 failed"
    exit 1
fi
python3 tests/replay/replay.py "$out" "$1" "$2"
