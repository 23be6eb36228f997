# closing.bash: however a run ends before its last item, one line says why, how many items are done, how many are to do, and how to go on; a
# run that ends with its last item has none. The table has an end a row.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 3000 | sed 's/.*/20/' >naps
{ seq 20; seq 40 | sed 's/.*/-1/'; seq 200; } >bad # the job nap fails items below 0
anew='the same command begins anew, with --journal DIR one could go on'
would='with --journal DIR the same command would go on'
goes='the same command goes on'

# closes STATUS ALL WHY HOW: one line of the program is the closing one, and its numbers add up.
closes() {
    local line
    checks=$((checks + 1))
    [ "$status" = "$1" ] || problem "status is $status, not $1"
    same 'closing lines' "$(grep -c '^rankpool: .* to do; ' err)" 1
    line=$(grep '^rankpool: .* to do; ' err)
    [[ $line =~ ^rankpool:\ $3:\ .*\ to\ do\;\ (.*)$ ]] || problem "it should say: $3"
    [[ $line =~ \ ([0-9]+)\ of\ $2\ items\ done(,\ of\ which\ [0-9]+\ failed)?,\ ([0-9]+)\ to\ do\;\ (.*)$ ]] || problem 'no numbers'
    same 'all items' $((${BASH_REMATCH[1]:-0} + ${BASH_REMATCH[3]:-0})) "$2"
    same "how to go on" "${BASH_REMATCH[4]:-}" "$4"
    [ "${BASH_REMATCH[3]:-0}" -gt 0 ] || problem 'nothing is left'
}

time='[0-9.]+ s'
failed="[0-9]+ of [0-9]+ items failed(, and [0-9]+ more before the run had ended,)?( \\([^)]*\\))? in $time"
first="$failed; the first one ended the run, --on-error collect runs the others too"
# Limits that items reach. A row: status, why, options; how to go on without a journal, and with one.
while IFS='|' read -r code why options without with; do
    for method in imap imap_unordered map apply_async; do
        case "$options" in *--halt* | *%) [ $method = imap ] || [ $method = imap_unordered ] || continue ;; esac
        # shellcheck disable=SC2086
        run run nap --input bad --threads 2 --chunk 1 --method $method $options
        closes "$code" 260 "$why" "$without"
    done
    rm -rf j
    # shellcheck disable=SC2086
    run run nap --input bad --threads 2 --chunk 1 --journal j $options
    closes "$code" 260 "$why" "$with"
done <<END
1|$first|--on-error stop|$anew|the same command with --retry-failed or --on-error collect goes on
1|$failed; --max-failures ended the run|--max-failures 3|$anew|the same command with --retry-failed or a higher --max-failures goes on
1|$failed; --max-failures ended the run|--max-failures 2%|$anew|the same command with --retry-failed or a higher --max-failures goes on
1|$failed; --halt ended the run|--on-error collect --halt soon,fail=2|$anew|the same command with --retry-failed or another --halt goes on
1|$failed; --halt ended the run|--on-error collect --halt now,fail=2|$anew|the same command with --retry-failed or another --halt goes on
0|--halt ended the run|--on-error collect --halt soon,success=2|$anew|the same command with another --halt goes on
0|--halt ended the run|--on-error collect --halt now,success=2|$anew|the same command with another --halt goes on
END

# Signals. A row: signal, status, why.
while read -r signal code why; do
    for options in '' '--journal j'; do
        rm -rf j "$BEGUN"
        last="SIG$signal, $options"
        # shellcheck disable=SC2086
        RANKPOOL_GRACE=$hang_s "$TOOLS/start_with" default 2 -- "$PROGRAM" run nap --input naps --threads 2 $options >out 2>err </dev/null &
        child=$!
        await 'items' has_begun 20
        kill -s "$signal" $child
        wait $child
        status=$?
        closes "$code" 3000 "$why" "$([ -n "$options" ] && echo "$goes" || echo "$would")"
    done
done <<END
INT 130 stopped by SIGINT
TERM 143 stopped by SIGTERM
HUP 129 stopped by SIGHUP
USR1 3 drained after SIGUSR1
USR2 3 drained after SIGUSR2
XCPU 3 drained after SIGXCPU
END

# Items that don't end are given up.
for options in '' '--journal j'; do
    rm -rf j "$BEGUN"
    last="given up, $options"
    # shellcheck disable=SC2086
    RANKPOOL_GRACE=0.2 "$PROGRAM" run nap 3600000 --threads 1 $options >out 2>err </dev/null &
    child=$!
    await 'items' has_begun 1
    kill -s TERM $child
    wait $child
    status=$?
    how=$([ -n "$options" ] && echo "$goes" || echo "$would")
    closes 143 1 'stopped by SIGTERM' "items that were running are given up; $how"
done

# The time, and what can't be written.
rm -rf j
run run nap --input naps --time-limit 1:00 --time-request 1:40
closes 3 3000 'stopped for the time limit' "$would"
run run nap --input naps --time-limit 1:00 --time-request 1:40 --journal j
closes 3 3000 'stopped for the time limit' "$goes"
run run split --items 30000 --output /dev/full
closes 4 30000 'ended early' "$would"
rm -rf j
run run split --items 30000 --output /dev/full --journal j
closes 4 30000 'ended early' "$goes"
for options in '' '--journal j'; do
    rm -rf j
    last="a reader that goes, $options"
    # shellcheck disable=SC2086
    timeout $hang_s "$PROGRAM" run split --items 300000 $options 2>err </dev/null | head -n 1 >out
    status=${PIPESTATUS[0]}
    same 'what a reader that has gone is told' "$(grep -vc 'new journal\|^rankpool: .*Broken pipe$\|records are safe\|output isn' err)" 0
done

# Of a pipe it isn't known how many there are; a mistake in it is an end, too.
last='a pipe'
{ seq 20; echo -1; seq 20; } | timeout $hang_s "$PROGRAM" run nap --threads 1 >out 2>err
status=$?
expect 1
has err "^rankpool: $first: [0-9]+ items done, how many are to do isn't known; $anew$"
last='a mistake in a pipe'
{ seq 20; echo x; } | timeout $hang_s "$PROGRAM" run nap --threads 1 >out 2>err
status=$?
expect 2
has err "^rankpool: ended early: [0-9]+ items done, how many are to do isn't known; $would$"

# With the last item there is nothing to say of what is left, and with -q nothing of an end that isn't an error.
run run nap 1 2 3
expect 0 $'1\n2\n3' ''
run run nap --on-error collect -- 1 -1
expect 1 1
has err "^rankpool: $failed$"
run run nap --on-error collect --halt soon,success=1 --chunk 1 --threads 1 -q 1 2 3 4 5 6 7 8
expect 0
same 'lines' "$(wc -l <err)" 0

# A lost rank.
if [ -n "${WITH_MPI-}" ] && "$PROGRAM" --version | grep -q 'Open MPI'; then
    awk 'BEGIN { for (i = 0; i < 300; i++) print i < 20 ? 10 : 11 }' >short
    for options in '' '--journal j --on-lost stop'; do
        rm -rf j status.*
        last="a lost rank, $options"
        export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
        # shellcheck disable=SC2086
        RANKPOOL_STATUS_FILE=$work/status.0 timeout $hang_s mpirun --enable-recovery -n 3 "$PROGRAM" run mortal --input short --threads 1 --chunk 3 \
            $options >out 2>err </dev/null
        status=$(cat status.0)
        closes 4 300 '([0-9]+ of [0-9]+ items lost with a rank in [0-9.]+ s|ended early)' "$([ -n "$options" ] && echo "$goes" || echo "$would")"
    done
fi
finish
