#!/bin/sh
# Installs the missing packages of one section of packages.list.
# usage: packages.sh build|test|check|bench
set -eu
list=$(dirname "$0")/packages.list
wanted=$(awk -v want="$1" '/^# (build|test|check|bench)$/ { on = ($2 == want); next }
    /^#/ { next } on { print $1 }' "$list")
missing=
for package in $wanted; do
    if ! dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
            grep -qx installed; then
        missing="$missing $package"
    fi
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "packages: install these as root, then try again:$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "packages: installing$missing" >&2
$as_root apt-get update -q >&2
# shellcheck disable=SC2086 # words are meant to split
$as_root apt-get install -q -y --no-install-recommends $missing >&2
