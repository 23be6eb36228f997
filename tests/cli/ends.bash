# ends.bash: the end of a run when something has run out: descriptors, memory, room on the disk, the largest size of a file. No signal ends
# the program, results that were complete are written, rows are whole, and what is wrong is one line and a status.
. "$(dirname "$0")/expect.bash" || exit 1

# ends_well: no signal; success without a word, or a status with a line.
ends_well() {
    checks=$((checks + 1))
    if [ "$status" -ge 124 ]; then problem "ended by a signal or a time-out: $status"; fi
    if [ "$status" = 0 ] && grep -q '^rankpool' err; then problem 'success with a message'; fi
    if [ "$status" != 0 ] && [ ! -s err ]; then problem 'a status without a message'; fi
}

# ---- descriptors ----

# What a sanitizer and LLVM's OpenMP need of their own isn't ours.
if [ -z "${WITH_SANITIZER-}" ]; then
    exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # what the test was started with
    # With few descriptors it doesn't start, or does everything. The linker needs one to start the program at all.
    least=0
    for n in $(seq 4 12); do
        for options in '--backend pthread' '--backend openmp' '--backend serial' '--isolate' '--timeout 9' '--report=r.csv'; do
            rm -f results
            last="with $n descriptors, $options"
            # shellcheck disable=SC2086
            timeout $hang_s prlimit --nofile="$n" "$PROGRAM" run half --items 1 --threads 2 --output results $options >out 2>err </dev/null
            status=$?
            ends_well
            [ "$status" != 0 ] || same 'results' "$(cat results)" 0
            [ "$status" != 0 ] || least=$n
        done
    done
    checks=$((checks + 1))
    [ "$least" -gt 0 ] || problem 'nothing ever worked'
    for backend in pthread openmp serial; do
        last="one descriptor more than the standard ones, $backend"
        timeout $hang_s prlimit --nofile=4 "$PROGRAM" run half 2 4 --threads 2 --backend $backend --output results >out 2>err </dev/null
        status=$?
        expect 0 '' ''
        same 'results' "$(cat results)" $'1\n2'
    done

    # Nothing is loaded while it runs or ends: by then there may be no descriptor, no memory or no such file.
    for options in '--backend pthread' '--backend openmp' '--backend serial' '--isolate' '--timeout 9' '--report=r.csv'; do
        last="libraries, $options"
        # shellcheck disable=SC2086
        LD_DEBUG=files timeout $hang_s "$PROGRAM" run half 2 4 --threads 2 $options >out 2>err </dev/null
        status=$?
        expect 0 $'1\n2'
        checks=$((checks + 1))
        ! grep -q 'dynamically loaded by' err || problem "loaded late: $(grep 'dynamically loaded by' err)"
    done
fi

# ---- the largest size of a file; a full disk ----

# is_beginning FILE WHOLE: all of its rows are whole, and are the first ones.
is_beginning() {
    checks=$((checks + 1))
    head -c "$(wc -c <"$1")" "$2" | cmp -s - "$1" || problem "$1 isn't how $2 begins"
    [ ! -s "$1" ] || [ "$(tail -c 1 "$1" | od -An -c | tr -d ' ')" = '\n' ] || problem "$1 ends within a row"
    [ "$(wc -c <"$1")" -lt "$(wc -c <"$2")" ] || problem "$1 is complete"
}

too_large="File too large"
# closing_line ITEMS: the last line of err as it has to be, with its own number of items done; none if all were, and what is cut off is the
# output alone.
closing_line() {
    local n
    n=$(sed -n 's/^rankpool: ended early: \([0-9]*\) of .*/\1/p' err)
    [ -z "$n" ] || echo "rankpool: ended early: $n of $1 items done, $(($1 - n)) to do; with --journal DIR the same command would go on"
}
for format in text csv jsonl; do
    for method in imap map; do
        run run split --items 3000 --format $format --method $method --threads 2
        cp out whole
        for blocks in 1 7 20; do
            last="$format, $method, at most $blocks KiB"
            (ulimit -f $blocks && timeout $hang_s "$PROGRAM" run split --items 3000 --format $format --method $method --threads 2 --output results \
                >out 2>err </dev/null)
            status=$?
            expect 4 '' "rankpool: can't write to results: $too_large
$(closing_line 3000)"
            is_beginning results whole
            (ulimit -f $blocks && timeout $hang_s "$PROGRAM" run split --items 3000 --format $format --method $method --threads 2 \
                >results 2>err </dev/null)
            status=$?
            same 'status' $status 4
            same 'message' "$(cat err)" "rankpool: can't write to standard output: $too_large
$(closing_line 3000)"
            is_beginning results whole
        done
    done
done
# Somebody else's bytes before, and a file that others append to.
last='behind other output'
echo before >results
run run split --items 3000 --format csv
{ cat results out; } >whole
(ulimit -f 7 && exec timeout $hang_s "$PROGRAM" run split --items 3000 --format csv >>results 2>err </dev/null)
status=$?
same 'status' $status 4
same 'what was there' "$(head -n 1 results)" before
(ulimit -f 7; echo before; exec timeout $hang_s "$PROGRAM" run split --items 3000 --format csv 2>err </dev/null) >results
status=$?
same 'status' $status 4
is_beginning results whole
# A table, a report or a trace is there as a whole or not at all.
for option in --report --trace; do
    last="$option"
    yes 2 | head -n 1500 >twos
    (ulimit -f 7 && timeout $hang_s "$PROGRAM" run half --input twos $option=r --chunk 1 --threads 2 --output results >out 2>err </dev/null)
    status=$?
    expect 4 ''
    has err "^rankpool: can't write to r: $too_large$"
    same 'size' "$(wc -c <r)" 0
    same 'results' "$(sort results | uniq -c | tr -d ' ')" 15001
done
last='compare'
(ulimit -f 1 && timeout $hang_s "$PROGRAM" compare half 2 4 --runs 1 --format jsonl --threads 1 --output board >out 2>err </dev/null)
status=$?
expect 4 '' "rankpool: can't write to board: $too_large"
same 'size' "$(wc -c <board)" 0
# A real disk.
if unshare --mount true 2>/dev/null; then
    run run split --items 9000 --format csv
    cp out whole
    last='a full disk'
    mkdir disk
    # shellcheck disable=SC2016
    unshare --mount bash -c 'mount -t tmpfs -o size=64k none disk || exit 99
        timeout $hang_s "$0" run split --items 9000 --format csv --output disk/results >out 2>err </dev/null
        code=$?; cp disk/results results; exit $code' "$PROGRAM"
    status=$?
    if [ "$status" != 99 ]; then
        expect 4 '' "rankpool: can't write to disk/results: No space left on device
$(closing_line 9000)"
        is_beginning results whole
        checks=$((checks + 1))
        [ "$(wc -c <results)" -gt 50000 ] || problem 'rows that would have fit are gone'
    fi
fi

# ---- memory ----

# Where each allocation of the program fails in its turn, it says so.
if [ -z "${WITH_SANITIZER-}" ] && LD_PRELOAD=$TOOLS/fail_calloc.so "$PROGRAM" --version >/dev/null 2>&1; then
    for command in 'run half 2 4 --threads 1' 'compare half 2 --runs 1 --method map --threads 1 --backend pthread' \
        'scale half 2 --runs 1 --threads 1' 'simulate --times constant:1 --items 10' 'info --threads 1' 'jobs half'; do
        for n in $(seq 12); do
            last="$command, where allocation $n fails"
            # shellcheck disable=SC2086
            FAIL_CALLOC=$n LD_PRELOAD=$TOOLS/fail_calloc.so timeout $hang_s "$PROGRAM" $command >out 2>err </dev/null
            status=$?
            checks=$((checks + 1))
            [ "$status" -lt 124 ] || problem "status $status"
            [ "$status" = 0 ] || [ -s err ] || problem 'a status without a message'
        done
    done
fi

# ---- the status file ----

export RANKPOOL_STATUS_FILE=status
for arguments in '0 run half 2' '1 run half 1' '2 run half x' '2 walk' '0 jobs' '0 --version' '4 run half 2 --output /dev/full'; do
    echo old >status
    # shellcheck disable=SC2086
    run ${arguments#* }
    expect "${arguments%% *}"
    same 'status file' "$(cat status)" "${arguments%% *}"
done
echo old >status
: >out
last='stopped'
RANKPOOL_GRACE=0.1 "$PROGRAM" run nap 1 60000 --threads 1 >out 2>err </dev/null &
child=$!
await 'a result' has_lines out 1
same 'no status while it runs' "$(ls status 2>&1 | grep -c '^status$')" 0
kill -s TERM $child
wait $child
status=$?
expect 143
same 'status file' "$(cat status)" 143
RANKPOOL_STATUS_FILE=none/status run run half 2; expect_usage "RANKPOOL_STATUS_FILE: can't write 'none/status': No such file or directory"
if [ -n "${WITH_MPI-}" ]; then
    echo old >status
    last='a lost rank'
    seq 1 200 | sed 's/.*/21/' >odd # rank 1 dies of its first one
    timeout $hang_s mpirun -n 2 "$PROGRAM" run mortal --input odd --threads 1 >out 2>err </dev/null
    status=$?
    checks=$((checks + 1))
    [ "$status" -gt 4 ] || problem "mpirun's own status is $status"
    same 'status file' "$(cat status)" 4
fi
unset RANKPOOL_STATUS_FILE

# ---- the last results can't be written: their reader doesn't read ----

last='two SIGINT while a report is written'
: >err
mkfifo nobody
exec {held}<>nobody
seq 1 4000 | sed 's/.*/2/' >twos
"$TOOLS/start_with" default 2 -- "$PROGRAM" run half --input twos --chunk 1 --threads 1 --report=nobody --output results >out 2>err </dev/null &
child=$!
waited=$((SECONDS + hang_s))
until [ -s err ] || [ $SECONDS -ge $waited ]; do sleep 0.05; done # its table: the pool is done with
kill -s INT $child
until [ $SECONDS -ge $waited ] || ! kill -s INT $child 2>/dev/null; do sleep 0.05; done
wait $child
status=$?
exec {held}>&-
expect 130
same 'results' "$(sort results | uniq -c | tr -d ' ')" 40001
finish
