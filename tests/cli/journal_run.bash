# journal_run.bash: a run that was killed goes on from its journal, and at its end the output is that of a run that wasn't, byte for byte;
# where there is no order, each row once.
. "$(dirname "$0")/expect.bash" || exit 1

# kill_at N [LAUNCHER…] @ ARGUMENT…: runs the program until N more items have begun, and then kills it, with its launcher and its ranks.
kill_at() {
    local n=$1 launcher=()
    shift
    while [ "$1" != @ ]; do launcher+=("$1"); shift; done
    shift
    last="kill_at $n: $*"
    rm -f "$BEGUN"
    "${launcher[@]}" "$PROGRAM" "$@" >out 2>err <"${input:-/dev/null}" & pid=$!
    until_there begun_or_ended "$n" $pid
    kill -KILL $pid $(children $pid) 2>/dev/null
    wait $pid 2>/dev/null
    status=$?
}
begun_or_ended() { has_begun "$1" || ! kill -0 "$2" 2>/dev/null; }
children() { cat /proc/"$1"/task/*/children 2>/dev/null; }

# goes_on KIND EXPECTED [LAUNCHER…] @ ARGUMENT…: killed three times, and then to the end; KIND same: the file out.j is EXPECTED; sorted: but
# for its order. The status is that of a run that nothing happened to.
goes_on() {
    local kind=$1 expected=$2 launcher=()
    shift 2
    rm -rf j out.j
    for n in 3 9 20; do kill_at $n "$@"; done
    while [ "$1" != @ ]; do launcher+=("$1"); shift; done
    shift
    last="goes_on: ${launcher[*]} $*"
    timeout $hang_s "${launcher[@]}" "$PROGRAM" "$@" >out 2>err <"${input:-/dev/null}"
    status=$?
    has err '^rankpool: j: [0-9]+( of [0-9]+)? items done(, [0-9]+ failed)? by 3 runs before'
    if [ $kind = same ]; then cmp -s out.j "$expected" || problem "the output is another"
    else cmp -s <(sort out.j) <(sort "$expected") || problem "the output has other rows"; fi
    checks=$((checks + 1))
}
journal=(--journal j --output out.j --threads 2 --crash-limit never) # the kills here are no fault of items

# ---- jobs, formats, orders, isolation ----

seq 1 60 >items
printf '%s\n' 3 4 -2 5 1 7 -3 2 6 4 3 2 5 4 3 6 2 1 4 3 5 2 4 3 2 6 5 4 3 2 5 4 1 2 3 4 5 6 2 3 >naps
run run nap --input naps --on-error collect --output naps.text; expect 1
for format in csv jsonl; do # what a failure says of its place and time is another each time
    run run nap --items 40 --output naps.$format --format $format; expect 0
done
grep -v '^-' naps >naps.ok; cmp -s naps.ok naps.text || problem 'naps'

goes_on same naps.text @ run nap --input naps --on-error collect "${journal[@]}"; expect 1
has err '2 of 40 items failed'
goes_on same naps.csv @ run nap --items 40 "${journal[@]}" --format csv; expect 0
goes_on same naps.jsonl @ run nap --items 40 "${journal[@]}" --format jsonl --method map; expect 0
goes_on sorted naps.text @ run nap --input naps --on-error collect "${journal[@]}" --method imap_unordered; expect 1
goes_on sorted naps.csv @ run nap --items 40 "${journal[@]}" --format csv --method istarmap_unordered; expect 0
goes_on same naps.text @ run nap --input naps --on-error collect "${journal[@]}" --isolate; expect 1
goes_on same naps.text @ run nap --input naps --on-error collect "${journal[@]}" --retries 1 --schedule fixed --chunk 3; expect 1

# Standard input that is given again.
input=naps goes_on same naps.text @ run nap --input - --on-error collect "${journal[@]}"; expect 1


tests_program=$PROGRAM
PROGRAM=$RANKPOOL

# ---- exec: both outputs, and files of them ----

command=(-- sh -c 'printf x >>"$BEGUN"; echo "out $0"; echo "err $0" >&2; sleep 0.005; [ "$0" != 7 ]' {})
run run exec --input items --output exec.text "${command[@]}"; expect 1
goes_on same exec.text @ run exec --input items "${journal[@]}" "${command[@]}"; expect 1
goes_on same exec.text @ run exec --input items "${journal[@]}" --tag --param tag=0 "${command[@]}"; expect 1
rm -rf files log
goes_on same /dev/null @ run exec --input items "${journal[@]}" --param results=files --joblog log "${command[@]}"; expect 1
same 'files of items' "$(ls files | wc -l)" 120
same 'rows of the job log' "$(tail -n +2 log | cut -f1 | sort -n | tr '\n' ' ')" "$(seq 60 | tr '\n' ' ')"
run run exec --grid a=1:6:1 --grid b=x,y --output grid.text -- sh -c 'printf x >>"$BEGUN"; sleep 0.01; echo "$0 $1"' {a} {b}; expect 0
goes_on same grid.text @ run exec --grid a=1:6:1 --grid b=x,y "${journal[@]}" -- sh -c 'printf x >>"$BEGUN"; sleep 0.01; echo "$0 $1"' {a} {b}

# The standard error of all items comes once where nothing printed it before: standard output can't be cut.
rm -rf j
run run exec --input items --journal j "${command[@]}"; expect 1
cp out all.out; grep '^err' err >all.err
run run exec --input items --journal j "${command[@]}"; expect 1 "$(cat all.out)"
same 'standard error of items' "$(grep '^err' err)" "$(cat all.err)"
has err "standard output can't be cut: all rows are printed, from the first on"
"$PROGRAM" run exec --input items --journal j "${command[@]}" 2>/dev/null | cmp -s - all.out || problem 'a pipe'

# What a job makes of all results, it makes of old ones too; and a job whose function is named on the command line.
pictures=(run mandelbrot --param width=60 --param height=80 --param iterations=100000)
if "$PROGRAM" "${pictures[@]}" --param file=one.png -q >/dev/null 2>&1; then
    rm -rf j
    timeout -s KILL 0.3 "$PROGRAM" "${pictures[@]}" --param file=two.png --journal j --output out.j --crash-limit never >/dev/null 2>&1
    run "${pictures[@]}" --param file=two.png --journal j --output out.j --crash-limit never; expect 0
    cmp -s one.png two.png || problem 'the picture is another'
fi
rm -rf j
run run call libm.so.6:pow 'double(double, double)' --grid a=1:9:1 --grid b=1:9:1 --output powers; expect 0
for size in 4000 2000; do # a power cut
    run run call libm.so.6:pow 'double(double, double)' --grid a=1:9:1 --grid b=1:9:1 --journal j --output out.j; expect 0
    cmp -s out.j powers || problem 'powers'
    truncate -s $size j/items.1
done

PROGRAM=$tests_program

# ---- ranks ----

if [ -n "${WITH_MPI:-}" ] && [ -n "${WITH_OPEN_MPI:-1}" ]; then
    mpi=("$MPIRUN" -n 2)
    goes_on same naps.text "${mpi[@]}" @ run nap --input naps --on-error collect "${journal[@]}"; expect 1
    goes_on sorted naps.csv "${mpi[@]}" @ run nap --items 40 "${journal[@]}" --format csv --method imap_unordered; expect 0
    # Other numbers of ranks and threads give the same bytes.
    rm -rf j out.j
    kill_at 9 "${mpi[@]}" @ run nap --items 40 "${journal[@]}" --format csv
    run run nap --items 40 --journal j --output out.j --crash-limit never --threads 3 --format csv --schedule guided; expect 0
    cmp -s out.j naps.csv || problem 'other ranks'
    # A rank that is lost, with a launcher that lets the others go on: what it had counts as crashed once, and is run again.
    rm -rf j out.j
    awk 'BEGIN { for (i = 0; i < 60; i++) print i < 20 ? 10 : 11 }' >short
    last='a rank is lost'
    OMPI_MCA_orte_enable_recovery=1 timeout $hang_s "$MPIRUN" -n 3 "$PROGRAM" run mortal --input short --threads 1 --journal j --output out.j \
        --on-error collect --on-lost stop >out 2>err </dev/null
    has err '^rankpool: rank 1 on host [^ ]+ died while it had item'
    "$RANKPOOL" journal j >shown; has shown ' broken '
    "$RANKPOOL" journal j --todo --format csv >todo; has todo ',1$'
    same 'items that count as crashed more than once' "$(grep -c ',[23]$' todo)" 0
    run run mortal --input short --threads 2 --journal j --output out.j --on-error collect; expect 0
    cmp -s out.j short || problem 'the output after a rank was lost'
    # With a journal the others go on unless told otherwise.
    rm -rf j out.j
    last='a rank is lost, and the others go on'
    OMPI_MCA_orte_enable_recovery=1 timeout $hang_s "$MPIRUN" -n 3 "$PROGRAM" run mortal --input short --threads 1 --journal j --output out.j \
        --on-error collect >out 2>err </dev/null
    status=$?
    same status "$status" 0
    has err '^rankpool: rank 1 on .* was lost; .* go to others; 2 of 3 ranks go on$'
    cmp -s out.j short || problem 'the output'
fi

finish
