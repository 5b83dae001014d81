# Sourced: the counts of a script whose pictures and logs are in $out.
passed=0 failed=0

verdict() { # NAME: after a test of the shell
    if [ $? = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$(basename "$0" .sh): $1; see $out" >&2
    fi
}
