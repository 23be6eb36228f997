# drains.bash: SIGUSR1, SIGUSR2 and SIGXCPU drain a run: no item begins any more, what runs is finished and written, the status is 3, and one
# line says how much is done. Other ranks don't take notice of them.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 3000 | sed 's/.*/20/' >naps

how='with --journal DIR the same command would go on'

# drained SIGNAL ITEMS: the last line of the run whose results are in out.
drained() {
    local n
    n=$(wc -l <out)
    echo "rankpool: drained after SIG$1: $n of $2 items done, $(($2 - n)) to do; $how"
}

# drain SIGNAL COMMAND…: sends the signal when the first result is there; leaves status, out, err.
drain() {
    local signal=$1
    shift
    last="$* with SIG$signal"
    : >out
    "$@" >out 2>err </dev/null &
    local child=$!
    until_there test -s out
    kill -s "$signal" "$child"
    wait "$child"
    status=$?
}

# The lines of out are all 20, more than none and fewer than all.
is_a_beginning() {
    same 'results' "$(sort -u out)" 20
    checks=$((checks + 1))
    [ "$(wc -l <out)" -lt 3000 ] || problem 'everything was run'
}

for signal in USR1 USR2 XCPU; do
    for method in imap imap_unordered; do
        drain $signal "$PROGRAM" run nap --input naps --method $method --threads 2
        expect 3
        is_a_beginning
        same 'message' "$(cat err)" "$(drained $signal 3000)"
    done
done

# Methods that give everything at the end: the signal comes when an item has left its mark.
for method in map apply_async; do
    last="--method $method"
    rm -f begun
    { echo 'touch begun; sleep 0.3'; seq 1 500 | sed 's/.*/sleep 0.05/'; } >commands
    "$PROGRAM" run shell --input commands --method $method --threads 2 >out 2>err </dev/null &
    child=$!
    until_there test -e begun
    kill -s USR1 $child
    wait $child
    status=$?
    expect 3
    same 'message' "$(cat err)" "$(drained USR1 501)"
    same 'results' "$(sort -u out)" 0
done

# What runs is finished, longer than any grace time, and in the main thread too; its sleep isn't cut short.
for backend in pthread serial; do
    { echo 1; echo 1500; seq 1 50 | sed 's/.*/20/'; } >long
    RANKPOOL_GRACE=0.1 drain USR1 "$PROGRAM" run nap --input long --threads 1 --backend $backend --chunk 1 --schedule fixed
    expect 3
    same 'results' "$(head -n 2 out | paste -sd,)" 1,1500
done

# A signal that stops still does; of a pipe it isn't known how many items are left.
last='USR1, then TERM'
{ echo 1; echo 60000; } >long
: >out
RANKPOOL_GRACE=0.2 "$PROGRAM" run nap --input long --threads 1 >out 2>err </dev/null &
child=$!
until_there test -s out
kill -s USR1 $child
kill -s TERM $child
wait $child
status=$?
expect 143 1 "rankpool: stopped by SIGTERM: 1 of 2 items done, 1 to do; items that were running are given up; $how"

mkfifo items
"$PROGRAM" run nap --input - >out 2>err <items &
child=$!
exec {writer}>items
last='a pipe'
echo 5 >&$writer
until_there test -s out
kill -s USR1 $child
wait $child
status=$?
exec {writer}>&-
expect 3 5 "rankpool: drained after SIGUSR1: 1 items done, how many are to do isn't known; $how"

# With failed items, and when everything was done anyway.
{ echo -20; cat naps; } >with_one
drain USR1 "$PROGRAM" run nap --input with_one --threads 2 --on-error collect
expect 3
has err "^rankpool: drained after SIGUSR1: $(($(wc -l <out) + 1)) of 3001 items done, of which 1 failed, $((3000 - $(wc -l <out))) to do; $how$"

# Slurm sends such a signal to all processes of a step, and so to what items have started. Those items haven't failed: they run again. One that
# began after the list of processes was made gets no signal, and is ended by the run.
seq 40 >numbers
for signal in USR1 TERM; do
    last="exec, all of which gets SIG$signal"
    rm -rf begun sweep.rpj rows
    : >begun
    setsid "$RANKPOOL" run exec --input numbers --threads 2 --journal sweep.rpj --output rows -- sh -c 'echo >>begun; sleep 0.3; echo {}' 2>err </dev/null &
    child=$!
    until_there has_lines begun 4
    # shellcheck disable=SC2046  # numbers
    kill -s $signal $(ps -o pid= -s $child)
    wait $child
    status=$?
    expect $([ $signal = USR1 ] && echo 3 || echo 143)
    has err "^rankpool: (drained after|stopped by) SIG$signal: [0-9]+ of 40 items done, [0-9]+ to do;( [0-9]+ that had begun (was|were) ended;)? the same command goes on$"
    "$RANKPOOL" run exec --input numbers --threads 2 --journal sweep.rpj --output rows -- sh -c 'echo >>begun; sleep 0.3; echo {}' 2>err </dev/null
    status=$?
    expect 0
    same 'rows' "$(cksum <rows)" "$(cksum <numbers)"
done

# Under mpirun all ranks get it at once, and the ranks above 0 go on.
if [ -n "${WITH_MPI-}" ] && command -v mpirun >/dev/null; then
    for signal in USR1 USR2; do
        drain $signal mpirun -n 3 "$PROGRAM" run nap --input naps --threads 1
        expect 3
        is_a_beginning
        has err "^$(drained $signal 3000)$"
    done
fi
finish
