#!/bin/bash
# same_bits.sh PROGRAM LAUNCHER…: runs the program on several numbers of ranks and threads, and fails unless it prints the same lines on each.
# LAUNCHER ends with its option for the number of ranks. With RANKPOOL_LAYOUTS=all on 1 to 4 ranks of 1 to 3 threads.
program=$1
shift
layouts='1x1 3x2 4x3'
[ "$RANKPOOL_LAYOUTS" != all ] || layouts=$(echo {1..4}x{1..3})
for layout in $layouts; do
    lines=$(timeout --kill-after=5 "${RANKPOOL_HANG_INSIDE_S:-300}" "$@" "${layout%x*}" "$program" "${layout#*x}") || {
        printf '%s\n' "$layout: it failed" "$lines"
        exit 1
    }
    expected=${expected-$lines}
    [ "$lines" = "$expected" ] || {
        printf '%s\n' "on $layout other bits than before:" "$lines" "$expected"
        exit 1
    }
done
[ "$(wc -l <<<"$expected")" = 8 ] || {
    printf '%s\n' 'not 8 lines:' "$expected"
    exit 1
}
