#!/bin/bash
# The two ways to start the image: make -s qemu-command and make run. Ends in
# "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/start}
export DISK=$out/disk.img
unset DISPLAY WAYLAND_DISPLAY SIZE APP
mkdir -p "$out"
rm -f "$DISK" build/run.log
passed=0 failed=0
check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "start: $what" >&2
    fi
}

command=$(iso/qemu-command.sh)
check "the command is one line" [ "$(wc -l <<<"$command")" = 1 ]
check "its paths are absolute" [ -n "$(grep -F "file=$PWD/$DISK" <<<"$command")" ]
check "showing and serial are the caller's" \
    [ -z "$(grep -E -- ' -(display|vnc|serial|monitor|qmp)' <<<"$command")" ]
check "a missing disk is made" [ "$(stat -c %s "$DISK")" = $((256 << 20)) ]
check "a size is passed on" \
    [ -n "$(SIZE=1280x800 iso/qemu-command.sh | grep -F 'size,string=1280x800')" ]

iso/run.sh >"$out/said" 2>&1 &
pid=$!
deadline=$((SECONDS + 60))
until grep -qa 'desktop: ready' build/run.log 2>/dev/null; do
    kill -0 $pid 2>/dev/null && [ $SECONDS -lt $deadline ] || break
    read -rt 0.05 <> <(:) || true
done
check "make run reaches the desktop" grep -qa 'desktop: ready' build/run.log
check "COM1 comes to the terminal" \
    grep -qa 'desktop: ready' "$out/said"
check "the VNC port is told" grep -qa '^run: VNC on 127.0.0.1:59' \
    "$out/said"
kill $pid 2>/dev/null
wait $pid 2>/dev/null
check "make run ends with QEMU" bash -c "! kill -0 $pid 2>/dev/null"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
