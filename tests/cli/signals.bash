# signals.bash: a run that gets a signal writes what it finished, which is the beginning of what it would have written. It says so in one
# line, and exits with 128 + the signal.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 3000 | sed 's/.*/20/' >naps

# interrupt SIGNAL DELAY COMMAND…: starts it in the background, sends the signal; leaves status, out, err, and in took_ms how long it
# then took.
interrupt() {
    local signal=$1 delay=$2 begun
    shift 2
    last="$* with SIG$signal"
    timeout 60 "$TOOLS/start_with" default 2 -- "$@" >out 2>err </dev/null &
    local child=$! program
    sleep "$delay"
    program=$(ps -o pid= --ppid "$child" | head -n 1)
    begun=$(date +%s%N)
    kill -s "$signal" ${program:-$child}
    wait "$child"
    status=$?
    took_ms=$((($(date +%s%N) - begun) / 1000000))
}

in_time() {
    checks=$((checks + 1))
    [ "$took_ms" -le "$1" ] || problem "it took $took_ms ms, more than $1"
}

# The lines of out are all 20, more than none and fewer than all.
is_a_beginning() {
    checks=$((checks + 2))
    [ "$(sort -u out)" = 20 ] || problem 'there are other results than 20'
    [ "$(wc -l <out)" -lt 3000 ] || problem 'everything was run'
}

for method in imap imap_unordered map map_async apply_async; do
    interrupt TERM 0.7 "$PROGRAM" run nap --input naps --method $method --threads 2
    expect 143
    is_a_beginning
    same 'messages' "$(wc -l <err)" 1
    has err "^rankpool: stopped by SIGTERM after $(wc -l <out) items$"
    in_time 1500
done

# With a failed item the end is the same.
{ echo -20; cat naps; } >with_one
for method in imap map apply_async; do
    interrupt TERM 0.7 "$PROGRAM" run nap --input with_one --method $method --threads 2 --on-error collect
    expect 143
    is_a_beginning
    same 'messages' "$(wc -l <err)" 2
    has err '^rankpool: item 0 \(-20\) failed on rank 0, '
    has err "^rankpool: stopped by SIGTERM after $(($(wc -l <out) + 1)) items, of which 1 failed$"
done

interrupt INT 0.7 "$PROGRAM" run nap --input naps --threads 2
expect 130
is_a_beginning
has err '^rankpool: stopped by SIGINT after [0-9]+ items$'

# The order of the results is that of the items.
interrupt TERM 0.5 "$RANKPOOL" run compute --items 100000 --param iterations=20000 --threads 2
expect 143
"$RANKPOOL" run compute --items "$(wc -l <out)" --param iterations=20000 --backend serial >whole 2>&1
same 'results' "$(cksum <out)" "$(cksum <whole)"

# A pipe without input doesn't delay it.
last='a silent pipe'
mkfifo silent
timeout 30 "$PROGRAM" run nap --input - >out 2>err <silent &
child=$!
exec {writer}>silent
sleep 0.7
kill -s TERM "$(ps -o pid= --ppid $child | head -n 1)"
wait $child
status=$?
exec {writer}>&-
expect 143 '' 'rankpool: stopped by SIGTERM after 0 items'

# Items that don't end are given up after the grace time; a second SIGINT doesn't wait for it.
echo 60000 >long
RANKPOOL_GRACE=0.3 interrupt TERM 0.5 "$PROGRAM" run nap --input long
expect 143 '' 'rankpool: stopped by SIGTERM; items that were running are given up'
in_time 1500
last='two SIGINT'
timeout 60 "$TOOLS/start_with" default 2 -- "$PROGRAM" run nap --input long >out 2>err </dev/null &
child=$!
sleep 0.5
program=$(ps -o pid= --ppid "$child" | head -n 1)
kill -s INT $program
sleep 0.3
kill -s INT $program
wait $child
status=$?
expect 130 ''

# Under mpirun: the ranks get SIGTERM a second after mpirun, and SIGKILL 0.9 s after that.
if [ -n "${OMPI_ALLOW_RUN_AS_ROOT-}" ] && "$PROGRAM" --version | grep -q 'Open MPI' && command -v mpirun >/dev/null; then
    last='mpirun with SIGTERM'
    mpirun -n 4 "$PROGRAM" run nap --input naps --threads 1 >out 2>err </dev/null &
    child=$!
    sleep 2
    begun=$(date +%s%N)
    kill -s TERM $child
    wait $child
    took_ms=$((($(date +%s%N) - begun) / 1000000))
    status="mpirun's own"
    is_a_beginning
    has err "^rankpool: stopped by SIGTERM after $(wc -l <out) items$"
    in_time 2500
fi
finish
