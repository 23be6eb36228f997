#!/bin/sh
# kill_and_resume.sh EXPECTED PROGRAM: starts the program with a folder for its journal, kills it as soon as results are there, and starts it
# again. Fails unless what it prints the second time is what the file EXPECTED holds, and the first time nothing, if it was killed.
expected=$1
program=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

size() { stat -c %s "$folder/journal/items.1" 2>/dev/null || echo 0; }

RANKPOOL_MPI=0 RANKPOOL_THREADS=2 "$program" "$folder/journal" >"$folder/first" &
process=$!
while [ "$(size)" -lt 1500 ] && kill -0 $process 2>/dev/null; do sleep 0.01; done
kill -KILL $process 2>/dev/null
wait $process 2>/dev/null
[ $? -eq 137 ] && [ -s "$folder/first" ] && { echo "it had printed something"; exit 1; }
RANKPOOL_MPI=0 timeout --kill-after=5 300 "$program" "$folder/journal" >"$folder/second" || { echo "the second run has failed"; exit 1; }
diff -u "$expected" "$folder/second"
