#!/bin/bash
# shared_killed.sh PROGRAM RANK [isolated]: kills that rank of three while all run items on shared memory. When the job is over, none of the
# processes is left, and nothing that has the library's name is left in the file systems of memory. (Open MPI leaves files of its own there.)
set -u
program=$1 rank=$2
shift 2
work=$(mktemp -d) || exit 1
runner=
end() {
    local result=$?
    trap - EXIT
    [ -z "$runner" ] || kill -KILL "$runner" 2>/dev/null
    rm -rf "$work"
    exit "$result"
}
trap end EXIT

failed() {
    echo "FAILED: $*"
    cat "$work/out" 2>/dev/null
    exit 1
}

# await COMMAND...: polls; the limit is there against hanging alone.
await() {
    local until=$((SECONDS + 100))
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.05
    done
}

pids() {
    (cd "$work/pids" && printf '%s\n' *.rank*) | sed 's/\..*//'
}

# Rank 0 writes its own number; what runs items of it may be itself.
all_run() {
    for r in 1 2; do ls "$work/pids/"*.rank$r >/dev/null 2>&1 || return 1; done
    ls "$work/pids/"*.rank0 >/dev/null 2>&1
}

none_is_left() {
    for pid in $all; do [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" != "$program" ] || return 1; done
}

mkdir "$work/pids"
program=$(readlink -f "$program")
timeout --kill-after=5 250 mpirun -n 3 "$program" "$work/pids" "$@" >"$work/out" 2>&1 &
runner=$!
await all_run || failed "not all ranks got going"
all=$(pids)
for pid in $all; do
    case $pid in *[!0-9]*) failed "no numbers of processes" ;; esac
done
# The number that was written first is the rank's own for rank 0; that of a child, where items are isolated, has the rank above its helper.
victim=$(cd "$work/pids" && printf '%s\n' *.rank"$rank" | head -n 1)
victim=${victim%%.*}
if [ $# -gt 0 ]; then
    helper=$(awk '{ print $4 }' "/proc/$victim/stat")
    parent=$(awk '{ print $4 }' "/proc/$helper/stat")
    [ "$(readlink "/proc/$parent/exe")" != "$program" ] || victim=$parent
fi
kill -KILL "$victim"
wait "$runner"
runner=
await none_is_left || failed "processes are left"
left=$(find /dev/shm /run/shm /tmp -maxdepth 1 -name '*rankpool-region*' 2>/dev/null)
[ -z "$left" ] || failed "left behind: $left"
grep -ls 'memfd:rankpool-region' $(printf '/proc/%s/maps ' $all) && failed "a process still has a region"
exit 0
