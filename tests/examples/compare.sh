#!/bin/sh
# compare.sh STATUS EXPECTED COMMAND…: runs the command, and fails unless its exit status is STATUS and its standard output is what the
# file EXPECTED holds.
status=$1
expected=$2
shift 2
output=$(mktemp)
trap 'rm -f "$output"' EXIT
timeout --kill-after=5 300 "$@" >"$output"
actual=$?
if [ "$actual" -ne "$status" ]; then
    echo "exit status $actual, not $status (124: it hung)"
    exit 1
fi
diff -u "$expected" "$output"
