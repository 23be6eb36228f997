#!/bin/bash
# late.sh COMMAND…: runs late.cc on two ranks, lets rank 1 come when the other has said that it waits, and looks whether all goes on well.
set -u
work=$(mktemp -d) || exit 1
runner=
trap '[ -z "$runner" ] || kill -KILL "$runner" 2>/dev/null; rm -rf "$work"' EXIT
timeout --kill-after=5 300 "$@" "$work/now" >"$work/out" 2>&1 &
runner=$!
until grep -q '^rankpool: rank 0 has waited 10 s for the other ranks to open the pool too' "$work/out"; do
    kill -0 "$runner" 2>/dev/null || break
    sleep 0.1
done
: >"$work/now"
wait "$runner"
result=$?
runner=
[ "$result" = 0 ] && [ "$(grep -c 'has waited' "$work/out")" = 1 ] && grep -qx '2 ranks, the sum is 45' "$work/out" && exit
echo "FAILED: it ended with $result, and said:"
cat "$work/out"
exit 1
