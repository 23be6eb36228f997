# signals.bash: a run that gets a signal writes what it finished, which is the beginning of what it would have written. It says so in one
# line, and exits with 128 + the signal.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 3000 | sed 's/.*/20/' >naps
n_items=3000
how='with --journal DIR the same command would go on'
export RANKPOOL_GRACE=$hang_s # so that what runs is finished on a busy machine too

# begin COMMAND…: in the background; sets $child, and $program, which is the command's own process once it is there.
begin() {
    last=$*
    rm -f "$BEGUN"
    timeout $hang_s "$TOOLS/start_with" default 2 -- "$@" >out 2>err </dev/null & # bash ignores SIGINT in what runs beside it
    child=$!
    await 'its process' find_program
}
find_program() {
    program=$(ps -o pid= --ppid "$child" | head -n 1 | tr -d ' ')
    [ -n "$program" ]
}

# send SIGNAL: leaves status, out and err.
send() {
    last+=" with SIG$1"
    kill -s "$1" "$program"
    finished
}
finished() {
    wait "$child"
    status=$?
}

# The lines of out are all 20, more than none and fewer than all.
is_a_beginning() {
    checks=$((checks + 2))
    [ "$(sort -u out)" = 20 ] || problem 'there are other results than 20'
    [ "$(wc -l <out)" -lt 3000 ] || problem 'everything was run'
}

for method in imap imap_unordered map map_async apply_async; do
    begin "$PROGRAM" run nap --input naps --method $method --threads 2
    await 'items' has_begun 20
    send TERM
    expect 143
    is_a_beginning
    same 'messages' "$(wc -l <err)" 1
    has err "^rankpool: stopped by SIGTERM: $(wc -l <out) of $n_items items done, $((n_items - $(wc -l <out))) to do; $how$"
done

# Also while calls are still being begun.
seq 1 200000 | sed 's/.*/20/' >many
n_items=200000
begin "$PROGRAM" run nap --input many --method apply_async --threads 2
await 'items' has_begun 20
send TERM
expect 143
is_a_beginning
has err "^rankpool: stopped by SIGTERM: $(wc -l <out) of $n_items items done, $((n_items - $(wc -l <out))) to do; $how$"

n_items=3000
# With a failed item the end is the same.
{ echo -20; cat naps; } >with_one
for method in imap map apply_async; do
    begin "$PROGRAM" run nap --input with_one --method $method --threads 2 --on-error collect
    await 'items' has_begun 20
    send TERM
    expect 143
    is_a_beginning
    same 'messages' "$(wc -l <err)" 2
    has err '^rankpool: item 0 \(-20\) failed on rank 0, '
    has err "^rankpool: stopped by SIGTERM: $(($(wc -l <out) + 1)) of 3001 items done, of which 1 failed, $((3000 - $(wc -l <out))) to do; $how$"
done

begin "$PROGRAM" run nap --input naps --threads 2
await 'items' has_begun 20
send INT
expect 130
is_a_beginning
has err "^rankpool: stopped by SIGINT: [0-9]+ of 3000 items done, [0-9]+ to do; $how$"

# The order of the results is that of the items.
begin "$RANKPOOL" run compute --items 100000 --param iterations=20000 --threads 2
await 'results' has_lines out 1
send TERM
expect 143
"$RANKPOOL" run compute --items "$(wc -l <out)" --param iterations=20000 --backend serial >whole 2>&1
same 'results' "$(cksum <out)" "$(cksum <whole)"

# A pipe without input doesn't delay it.
last='a silent pipe'
mkfifo silent
timeout $hang_s "$PROGRAM" run nap --input - >out 2>err <silent &
child=$!
exec {writer}>silent
await 'its process' find_program
await 'that it takes signals' takes_sigterm "$program"
send TERM
exec {writer}>&-
expect 143 '' "rankpool: stopped by SIGTERM: 0 items done, how many are to do isn't known; $how"

# Items that don't end are given up after the grace time; a second SIGINT doesn't wait for it.
echo 3600000 >long
RANKPOOL_GRACE=0.3 begin "$PROGRAM" run nap --input long
await 'items' has_begun 1
send TERM
expect 143 '' "rankpool: stopped by SIGTERM: 0 of 1 items done, 1 to do; items that were running are given up; $how"
begin "$PROGRAM" run nap --input long
await 'items' has_begun 1
kill -s INT "$program"
nothing_pends() { grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$program/status"; }
await 'the first SIGINT to be taken' nothing_pends
send INT
expect 130 '' "rankpool: stopped by a second SIGINT: 0 of 1 items done, 1 to do; items that were running are given up; $how"

# Under mpirun: the ranks get SIGTERM some time after mpirun, and SIGKILL as long after that.
if [ -n "${OMPI_ALLOW_RUN_AS_ROOT-}" ] && "$PROGRAM" --version | grep -q 'Open MPI' && command -v mpirun >/dev/null; then
    rm -f "$BEGUN"
    last='mpirun with SIGTERM'
    OMPI_MCA_odls_base_sigkill_timeout=5 mpirun -n 4 "$PROGRAM" run nap --input naps --threads 1 >out 2>err </dev/null &
    child=$!
    await 'items' has_begun 40
    kill -s TERM $child
    finished
    status="mpirun's own"
    is_a_beginning
    has err "^rankpool: stopped by SIGTERM: $(wc -l <out) of $n_items items done, $((n_items - $(wc -l <out))) to do; $how$"
fi
finish
