# report.bash: --report and --trace: their figures add up, on every back end, and neither changes the results.
. "$(dirname "$0")/expect.bash" || exit 1
launch() {
    last="mpirun -n $*"
    timeout $hang_s mpirun -n "$@" >out 2>err </dev/null
    status=$?
}

# sums FILE: of a report's csv: rows, items, further tries, failed ones; then 1 when each item from 0 to N-1 was tried exactly once as the
# first try, and 1 when all times and the order are sound.
sums() {
    awk -F, -v n="$2" 'NR > 1 {
        rows++; items += $3; failed += $5; if ($4 > 1) again += $3
        for (k = 0; k < $3 && $4 == 1; k++) seen[$2 + k]++
        if (!($9 >= 0 && $10 >= $9)) bad = 1
        if ($1 == call && $2 < first) bad = 1
        call = $1; first = $2
        wanted = ($10 - $9) / $3
        if ($11 - wanted > 1e-8 || wanted - $11 > 1e-8) bad = 1
    } END {
        once = 1
        for (i = 0; i < n; i++) if (seen[i] != 1) once = 0
        print rows + 0, items + 0, again + 0, failed + 0, once, !bad
    }' "$1"
}

# table: of the table in err: workers, their items, and 1 when their busy times are no more than the makespan.
table() {
    awk '/^ *[0-9]+ +[0-9]+ / { workers++; items += $4; busy += $9 } /^makespan/ { makespan = $2 }
        END { print workers + 0, items + 0, busy <= makespan * workers + 0.0002 * workers }' err
}

header=call,first,items,attempt,failed,rank,host,worker,begin_s,end_s,seconds

run run split --items 300 --format csv --backend serial; expect 0; cp out wanted
for backend in serial pthread openmp; do
    workers=2; [ $backend = serial ] && workers=1
    for more in '' '--schedule fixed --chunk 7 --method starmap' '--schedule static --method map' '--isolate'; do
        # shellcheck disable=SC2086
        run run split --items 300 --format csv --threads 2 --backend $backend --report=report.csv --trace trace.json $more
        expect 0; cmp -s out wanted || problem 'other results'
        same 'header' "$(head -1 report.csv)" $header
        same 'grains' "$(sums report.csv 300 | cut -d' ' -f2-)" '300 0 0 1 1'
        same 'table' "$(table)" "$workers 300 1"
        same 'grains counted' "$(awk '/^grains/ { print $2 + 0 }' err)" "$(($(wc -l <report.csv) - 1))"
        "$TOOLS/check_trace" trace.json >trace.txt || problem "trace.json isn't sound: $(head -3 trace.txt)"
        same 'trace' "$(awk '/^grains/ { print $2, $4 }' trace.txt)" "$(($(wc -l <report.csv) - 1)) 300"
        same 'tracks' "$(awk '/^threads/ { print $2 }' trace.txt)" $workers
    done
done

# A table alone, or nothing: standard output has no part of it.
run run half 2 4 --report; expect 0 $'1\n2'; has err '^efficiency +[0-9.]+%'; has err '^imbalance +[0-9.]+,'
run run half 2 4 --trace trace.json; expect 0 $'1\n2' ''
run run half --items 0 --report; expect 0 ''; has err '^makespan +0\.000 ms'

# Failures and retries.
run run half 1 2 3 4 --on-error collect --report=report.csv; expect 1
same 'failures' "$(sums report.csv 4 | cut -d' ' -f2-)" '4 0 2 1 1'
run run flaky 1 2 3 1 --retries 2 --threads 1 --report=report.csv; expect 0
same 'retries' "$(sums report.csv 4 | cut -d' ' -f2-)" '7 3 3 1 1'
has err '^retries +3 of the items were further tries$'
run run end a kill b --isolate --on-error collect --report=report.csv; expect 1
same 'deaths' "$(sums report.csv 3 | cut -d' ' -f2-)" '3 0 1 1 1'
for method in apply apply_async; do
    run run split --items 30 --format csv --method $method --report=report.csv; expect 0
    same 'calls' "$(sed 1d report.csv | cut -d, -f1 | sort -n | uniq -c | awk '$1 != 1' | wc -l; wc -l <report.csv)" $'0\n31'
done

# What was recorded can be simulated.
run run split --items 50 --chunk 1 --report=report.csv; expect 0
run simulate --times report.csv --threads 2; expect 0

# The results go elsewhere meanwhile, in any format.
run run split --items 40 --format csv --report=report.csv --trace trace.json --output rows; expect 0 ''
same 'rows' "$(wc -l <rows)" 41
run run split --items 40 --format jsonl --report; expect 0
"$TOOLS/check_jsonl" index item outcome root square is_even <out >/dev/null || problem 'out is no JSON lines'

# The table adds up: the shares of a worker's time to the makespan, and those of all workers to the lines below.
seq 1 40 | sed 's/.*/10/' >forty
run run nap --input forty --threads 2 --chunk 3 --report; expect 0
same 'sums' "$(awk '
    function far(a, b) { return a - b > 0.01 || b - a > 0.01 }
    /^ *[0-9]+ +[0-9]+ / { n++; busy += $9; if ($9 > most) most = $9; idle[n] = $11 + $12 + $13; of[n] = $9 }
    /^makespan/ { makespan = $2 } /^ideal/ { ideal = $2 } /^efficiency/ { efficiency = $2 + 0 } /^imbalance/ { imbalance = $2 }
    END {
        for (i = 1; i <= n; i++) if (far(idle[i] + of[i], makespan)) print "worker", i
        if (far(ideal, busy / n)) print "ideal"
        if (far(efficiency / 10, 10 * busy / (n * makespan))) print "efficiency"
        if (far(imbalance, most / (busy / n))) print "imbalance"
        print n
    }' err)" 2

# However a run ends, the files are whole.
whole() {
    "$TOOLS/check_trace" trace.json >trace.txt || problem "trace.json isn't sound: $(head -3 trace.txt)"
    same 'items' "$(awk '/^grains/ { print $4 }' trace.txt)" "${1:-$(sed 1d report.csv | awk -F, '{ n += $3 } END { print n }')}"
}

# end_early SIGNAL N COMMAND…: the signal comes when so many items have begun.
end_early() {
    local signal=$1 n=$2
    shift 2
    last="$* with SIG$signal"
    rm -f "$BEGUN"
    "$TOOLS/start_with" default 2 -- "$PROGRAM" "$@" >out 2>err </dev/null & # bash ignores SIGINT in what runs beside it
    await 'items' has_begun "$n"
    kill -s "$signal" $!
    wait $!
    status=$?
}
seq 1 3000 | sed 's/.*/20/' >naps
{ seq 1 4 | sed 's/.*/20/'; echo 3600000; } >endless
run run half 1 2 3 4 --on-error collect --report=report.csv --trace trace.json; expect 1; whole 4
run run end a kill b --isolate --on-error collect --report=report.csv --trace trace.json; expect 1; whole 3
run run end a hang b c --timeout 2 --on-error collect --report=report.csv --trace trace.json; expect 1; whole 4
run run flaky 1 2 3 1 --retries 2 --threads 1 --report=report.csv --trace trace.json; expect 0; whole 7
for signal in TERM INT; do
    RANKPOOL_GRACE=$hang_s end_early $signal 20 run nap --input naps --threads 2 --report=report.csv --trace trace.json
    same 'status' $((status & 2)) 2
    whole "$(wc -l <out)"; has err '^efficiency'
    RANKPOOL_GRACE=0.2 end_early $signal 5 run nap --input endless --threads 1 --report=report.csv --trace trace.json
    has err 'items that were running are given up; '; has err '^efficiency'
    whole 4
done

# A long run has bounded memory, and says what it left out.
mkfifo pipe
tail -n 2 pipe >tail &
run run split --items 3000000 --chunk 1 --threads 1 --method map --output /dev/null --trace pipe --report; expect 0
wait $!
has err '^rankpool: of 3000000 grains the first 2097152 are recorded, there was no room for more; larger chunks would fit$'
has err '^grains +3000000, of the first 2097152: 1 item each$'
same 'dropped' "$(grep -o '"grains_dropped":[0-9]*' tail)" '"grains_dropped":902848'

# Wrong usage is found before anything is written.
echo kept >old
run run half 2 --report= ; expect_usage '--report=: needs the name of a file, or no ='
run run half 2 --trace ''; expect_usage '--trace: needs the name of a file'
run run half 2 --report=/nowhere/x; expect_usage "--report: can't write '/nowhere/x': No such file or directory"
run run half 2 --trace /nowhere/x; expect_usage "--trace: can't write '/nowhere/x': No such file or directory"
run run half 2 --trace old --report=old; expect_usage "--report and --trace both name 'old'"
run run half 2 --trace old --output old; expect_usage "--trace: 'old' is where the results go; give another file"
echo 2 >items
run run half --input items --report=items; expect_usage "--report: 'items' is where the items come from; give another file"
same 'items' "$(cat items)" 2
run run half 3x --report=old; expect 2 ''
same 'old file' "$(cat old)" kept
run run half 2 --trace /dev/full; expect 4 1; has err "^rankpool: can't write to /dev/full: No space left on device$"

if [ "${WITH_MPI-}" = 1 ]; then
    for backend in mpi hybrid; do
        workers=4; [ $backend = mpi ] && workers=2
        for more in '' '--schedule guided --method map' '--isolate'; do
            # shellcheck disable=SC2086
            launch 2 "$PROGRAM" run split --items 300 --format csv --threads 2 --backend $backend --report=report.csv --trace trace.json $more
            expect 0; cmp -s out wanted || problem 'other results'
            same 'grains' "$(sums report.csv 300 | cut -d' ' -f2-)" '300 0 0 1 1'
            same 'table' "$(table)" "$workers 300 1"
            has err '^rank 0 +sent [0-9.]+ k?B(ytes)? in [0-9]+ messages, received'
            "$TOOLS/check_trace" trace.json >trace.txt || problem "trace.json isn't sound: $(head -3 trace.txt)"
            same 'trace' "$(awk '/^grains/ { print $4 } /^chunks/ { print $4 }' trace.txt)" $'300\n300'
            same 'places' "$(grep -c '"rank [01], host [^ "]*"' trace.json)" 2
            same 'tracks' "$(awk '/^processes/ { p = $2 } /^threads/ { print p, $2 }' trace.txt)" "2 $workers"
        done
    done

    # The rank that was lost has a name and no events; mpirun's own status is another matter.
    awk 'BEGIN { for (i = 0; i < 300; i++) print i < 20 ? 10 : 11 }' >short
    ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 OMPI_MCA_orte_enable_recovery=1 launch 3 "$PROGRAM" run mortal --input short --threads 1 --chunk 3 --report=report.csv --trace trace.json
    has err '^   1 +[^ ]+ +lost$'
    whole
    same 'names' "$(awk '/^processes/ { p = $2 } /^threads/ { print p, $2 }' trace.txt)" '3 2'
    same 'lost' "$(grep -c '"rank 1, host [^ "]*, lost"' trace.json)" 1

    # mpirun's SIGKILL comes some time after its SIGTERM, and at once when it gets a second one, as timeout(1) would send it.
    seq 1 10 | sed 's/.*/20/' | cat - endless endless >endless_2
    last='mpirun with SIGTERM'
    rm -f "$BEGUN"
    OMPI_MCA_odls_base_sigkill_timeout=5 mpirun -n 2 -x RANKPOOL_GRACE=0.2 "$PROGRAM" run nap --input endless_2 --chunk 1 --threads 1 --report=report.csv --trace trace.json \
        >out 2>err </dev/null &
    await 'results' has_lines out 10
    kill -TERM $!
    wait $!
    has err 'items that were running are given up; '
    whole
fi
finish
