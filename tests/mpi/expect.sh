#!/bin/sh
# expect.sh STATUS PATTERN COMMAND…: runs the command, and fails unless it ends by itself with that exit status (any: whichever) and PATTERN
# (a basic regular expression) is in exactly one line of what it printed.
status=$1
pattern=$2
shift 2
output=$(timeout --kill-after=5 300 "$@" 2>&1)
actual=$?
lines=$(printf '%s\n' "$output" | grep -c -e "$pattern")
printf '%s\n' "$output"
[ "$status" = any ] && [ "$actual" -ne 124 ] && status=$actual
if [ "$actual" -ne "$status" ]; then
    echo "exit status $actual, not $status (124: it hung)"
    exit 1
fi
if [ "$lines" -ne 1 ]; then
    echo "$lines lines with \"$pattern\", not 1"
    exit 1
fi
