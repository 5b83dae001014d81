#!/bin/sh
# Fetches the source of Debian source packages into build/src/NAME, with apt
# but without touching the system: its own package lists and cache, made from
# the Debian archives this system already trusts. Whatever version the release
# has is taken, and printed.
# usage: sources.sh NAME...     (from the top folder of the project)
set -eu
top=$PWD
apt_home=$top/build/cache/apt
sources=$top/build/src
mkdir -p "$apt_home/lists/partial" "$apt_home/cache/archives/partial" "$sources"

fail() {
    echo "sources: $1" >&2
    exit 1
}

# Lines of deb-src for every Debian archive that the system reads packages from.
list_archives() {
    apt-get indextargets --format \
        '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
        'Created-By: Packages' | sort -u | awk '
        $4 == "Debian" || $4 == "Ubuntu" { print "deb-src", $1, $2, $3 }'
}

own_apt() {
    apt-get -q -o Dir::Etc::SourceList="$apt_home/sources.list" \
        -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$apt_home/lists" \
        -o Dir::Cache="$apt_home/cache" -o APT::Sandbox::User= "$@"
}

wanted=
for name in "$@"; do
    [ -f "$sources/$name.ok" ] || wanted="$wanted $name"
done
[ -n "$wanted" ] || exit 0

list_archives >"$apt_home/sources.list"
if [ ! -s "$apt_home/sources.list" ]; then
    fail "apt knows no Debian archive; run 'apt-get update' as root, try again"
fi
own_apt update >"$apt_home/update.log" 2>&1 ||
    fail "cannot reach the Debian archive (build/cache/apt/update.log says why)"
for name in $wanted; do
    rm -rf "$sources/$name.new"
    mkdir -p "$sources/$name.new"
    (cd "$sources/$name.new" && own_apt source "$name") \
        >"$apt_home/$name.log" 2>&1 ||
        fail "cannot fetch $name (build/cache/apt/$name.log says why)"
    folder=$(find "$sources/$name.new" -mindepth 1 -maxdepth 1 -type d)
    version=$(dpkg-parsechangelog -l "$folder/debian/changelog" -S Version)
    rm -rf "${sources:?}/$name"
    mv "$folder" "$sources/$name"
    rm -rf "$sources/$name.new"
    echo "sources: $name $version" >&2
    echo "$version" >"$sources/$name.ok"
done
