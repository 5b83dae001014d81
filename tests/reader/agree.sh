# Sourced: the counts of a script, and what both readers say of an image.
passed=0 failed=0

verdict() { # NAME GOOD
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "reader: $1" >&2
    fi
}

# Both say the same of IMAGE, to the word where it is whole; what the second
# reader's status is. Their words stay in $out/mine and $out/theirs.
agree_on() { # IMAGE NAME
    python3 tests/reader/reader.py check "$1" >"$out/mine"
    local mine=$?
    build/rvdisk check "$1" >"$out/theirs"
    local theirs=$?
    [ $mine = $theirs ] &&
        { [ $mine = 1 ] || diff "$out/mine" "$out/theirs"; }
    verdict "$2: they do not agree" $?
    return $mine
}
