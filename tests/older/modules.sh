#!/bin/bash
# Compiles the modules of an older build: today's sources with differences that
# an update may bring. KIND "ui": library ui has other fields and methods, in
# other places; a program is called otherwise. KIND "core": all that, and core
# has a method more, before the others.
# usage: tests/older/modules.sh KIND FOLDER
set -eu
cd "$(dirname "$0")/../.."
kind=$1 out=$PWD/$2
revc=$PWD/build/revc
rm -rf "$out/src" "$out/lib" "$out/apps"
mkdir -p "$out/lib" "$out/apps" "$out/src"
cp -r apps "$out/src"

change() { # FILE SED-COMMAND: one that must change something
    sed -i "$2" "$out/src/apps/$1"
    if cmp -s "$out/src/apps/$1" "apps/$1"; then
        echo "older: the change of $1 does not fit it any more" >&2
        exit 1
    fi
}

change lib/ui/window.rev \
    's/^    private let painter = .*/    var older = "ui"\n&\n    fun tellOlder(): String => older/'
change lib/ui/widget.rev \
    's/^    var growX = .*/    var olderMark: Object? = null\n&\n    fun olderFirst(): Int => 7/'
change counter.rev 's/"Add one"/"One more"/'
if [ "$kind" = core ]; then
    change lib/core/list.rev \
        's/^    fun isEmpty(): .*/    fun olderFirst(): Int => 1\n&/'
fi

# By the same names as in this build: they are part of a module.
cd "$out/src"
compile() { # OUT WORD...
    local to=$1
    shift
    "$revc" --library "$out/lib" "$@" -o "$out/$to"
}
compile lib/core.rvc apps/lib/core/*.rev
compile lib/ui.rvc --system apps/lib/ui/*.rev
compile lib/system.rvc --system apps/lib/system/*.rev
for app in apps/*.rev; do
    compile "${app%.rev}.rvc" "$app"
done
compile apps/shell.rvc apps/shell/*.rev
