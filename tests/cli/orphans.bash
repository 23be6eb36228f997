# orphans.bash: with --isolate, helper and children end with their rank, whatever ends it. What is finished after a signal is written.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 3000 | sed 's/.*/20/' >naps
echo 3600000 >long

children_of() { ps -o pid= --ppid "${1:-1}" | tr -d ' '; }

# begin COMMAND…: in the background, in a group of its own. Without timeout, which would send signals a second time. $begun is its process.
begin() {
    last=$*
    status='(it runs)'
    timeout $hang_s setsid "$@" >out 2>err </dev/null &
    child=$!
    await 'its process' has_children $child
    begun=$(children_of $child)
}
has_children() { [ -n "$(children_of "$1")" ]; }

# await_family N: until there are N helpers and children of $begun, or of the ranks beneath it; sets $ranks, $helpers, and $family to both.
await_family() {
    checks=$((checks + 1))
    await "$1 helpers and children" is_family "$1"
}
is_family() {
    local pid
    ranks=$begun helpers='' family=''
    case $last in mpirun*) ranks=$(children_of $begun) ;; esac
    for pid in $ranks; do helpers+=" $(ps -o pid=,comm= --ppid "$pid" | sed -n 's/ *\([0-9]*\) rp-helper/\1/p')"; done
    for pid in $helpers; do family+=" $pid $(children_of $pid | tr '\n' ' ')"; done
    [ "$(wc -w <<<"$family")" = "$1" ]
}

await_results() { await 'results' has_lines out 5; }

finished() {
    wait $child 2>/dev/null
    status=$?
}

# is_gone: none of $family lives on, though their items would take as long as this waits at most.
is_gone() {
    checks=$((checks + 1))
    await 'the end of all' no_family || kill -KILL $family
}
no_family() { [ -z "$(for pid in $family; do ps -o pid=,stat=,comm= -p "$pid"; done | grep -v ' Z')" ]; }

# ---- one process ----
begin "$PROGRAM" run nap --input long --isolate --threads 2
await_family 3
kill -KILL $begun
finished
is_gone

# A terminal's Ctrl-C goes to a group: what runs is finished.
begin "$PROGRAM" run nap --input naps --isolate --threads 2
await_family 3
await_results
kill -INT -- -$begun
finished
expect 130
same 'results' "$(sort -u out)" 20
has err "^rankpool: stopped by SIGINT: $(wc -l <out) of [0-9]+ items done, "
is_gone

# Without its helper a run can't go on, and says so.
begin "$PROGRAM" run nap --input naps --isolate --threads 2 --on-error collect
await_family 3
await_results
kill -KILL $helpers
finished
expect 1
has err 'helper process .* is gone'
is_gone

# ---- several ----
if [ -n "${OMPI_ALLOW_RUN_AS_ROOT-}" ] && "$PROGRAM" --version | grep -q 'Open MPI' && command -v mpirun >/dev/null; then
    begin mpirun -n 2 "$PROGRAM" run nap --input naps --isolate --threads 1
    await_family 4
    await_results
    kill -KILL "$(tail -n 1 <<<"$ranks")"
    finished
    is_gone

    # mpirun would kill its ranks a second after it told them.
    OMPI_MCA_odls_base_sigkill_timeout=5 begin mpirun -n 2 "$PROGRAM" run nap --input naps --isolate --threads 1
    await_family 4
    await_results
    kill -TERM $begun
    finished
    same 'results' "$(sort -u out)" 20
    has err "^rankpool: stopped by SIGTERM: $(wc -l <out) of [0-9]+ items done, "
    is_gone
fi
finish
