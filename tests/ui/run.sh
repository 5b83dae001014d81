#!/bin/bash
# Runs UI scripts: those beside this file on the hosted machine or in QEMU, and
# those in pc/ in QEMU only, and not there where a line says "# only: host". A script's
# line "# options: ..." adds options of build/uitest, "# app: FILE.rev" a program
# that is installed by the name of its file. Ends in "N passed, N failed".
# usage: tests/ui/run.sh host|qemu [SCRIPT...]
# Environment: UITEST, more options for all of them.
set -u
cd "$(dirname "$0")/../.."
machine=$1
shift
if [ $# -gt 0 ]; then
    scripts=("$@")
elif [ "$machine" = host ]; then
    scripts=(tests/ui/*.ui)
else
    scripts=(tests/ui/*.ui tests/ui/pc/*.ui)
fi
passed=0 failed=0 skipped=0

# What apps left behind on the hosted machine is what it should be.
is_honest() { # SCRIPT
    local folder
    folder=${RUN_DIR:-build/ui}/$(basename "$1" .ui)-host
    [ "$machine" = qemu ] || [ ! -e "$folder/disk.img" ] ||
        build/rvdisk check --whole "$folder/disk.img" >"$folder/whole.txt" ||
        { echo "$1: $(tail -2 "$folder/whole.txt")" >&2 && false; }
}
golden=tests/ui/golden
same_versions=no
[ "$(tests/gallery/versions)" = "$(cat $golden/versions)" ] && same_versions=yes
for script in "${scripts[@]}"; do
    [ "$machine" = qemu ] && grep -q '^# only: host' "$script" && continue
    read -ra options < <(sed -n 's/^# options: //p' "$script")
    app=$(sed -n 's/^# app: //p' "$script")
    [ -z "$app" ] || options+=(--set "app=$(cat "$app")" --set
        "app_name=$(basename "$app" .rev)")
    if [ $same_versions = no ] && grep -qE '^(expect [^t]|exact [^ ]+$)' "$script"; then
        skipped=$((skipped + 1)) # golden pictures of other fonts
        continue
    fi
    # shellcheck disable=SC2086 # words are meant to split
    if build/uitest "${machine/qemu/pc}" "$script" "${options[@]}" \
        ${UITEST:-} && is_honest "$script"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ "$failed" = 0 ]
