# shellcheck shell=bash disable=SC2154  # $folder, $program are the caller's
# What the tests over several hosts share: hosts in a folder of the test's own, ended however the test ends; runs over them; ranks that are
# found and killed. For sourcing; needs $folder (this one) and $program.

# skip REASON: the test can't run here. In continuous integration that is a failure.
skip() {
    if [ "${CI-}" = true ]; then
        echo "FAILED: $1"
        exit 1
    fi
    echo "skipped: $1"
    exit 77
}

need_hosts() {
    local name
    for name in unshare nsenter ip mpirun; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$name" >/dev/null || skip "$name is not installed"
    done
    [ "$(id -u)" = 0 ] || skip "only root can make networks"
    unshare --net --uts --mount true 2>/dev/null || skip "this system doesn't let root make name spaces"
}

failed() {
    echo "FAILED: $*"
    tail -n 30 ./err ./out 2>/dev/null
    exit 1
}

# expect WHAT ACTUAL EXPECTED
expect() {
    [ "$2" = "$3" ] || failed "$1: $2 instead of $3"
}

# Of a clock that nobody sets; it ticks each 10 ms.
now_ms() {
    local up
    read -r up _ </proc/uptime
    echo $((10#${up/./} * 10))
}

clean_up() {
    local result=$?
    trap - EXIT
    cd /
    if [ -d "$work/hosts/pids" ] && ! "$folder/several-hosts.sh" stop "$work/hosts"; then
        echo "FAILED: the hosts didn't stop cleanly; their files are in $work"
        exit 1
    fi
    rm -rf "$work"
    exit "$result"
}

# begin N: makes a folder, goes there, and starts hosts h1 ... hN. A guard outside our process tree ends them even when this shell is killed.
begin() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/rankpool-hosts.XXXXXX") && cd "$work" || exit 1
    trap clean_up EXIT
    trap 'exit 143' TERM INT HUP
    # shellcheck disable=SC2016  # the inner shell expands these
    setsid --fork bash -c 'tail --pid="$1" -f /dev/null; [ ! -d "$3" ] || { "$2" stop "$3"; rm -rf "$4"; }' \
        guard "$$" "$folder/several-hosts.sh" "$work/hosts" "$work" </dev/null >/dev/null 2>&1
    hosts start "$1" || failed "no hosts"
    export OMPI_MCA_plm_rsh_agent="$work/hosts/agent" OMPI_MCA_btl_tcp_if_include=eth0 OMPI_MCA_oob_tcp_if_include=eth0
}

# hosts COMMAND ARGUMENT...: several-hosts.sh with our folder.
hosts() {
    local command=$1
    shift
    "$folder/several-hosts.sh" "$command" "$work/hosts" "$@"
}

# run_over HOSTS ARGUMENT...: the program over the hosts (h1:2,h2:1) in the background; sets runner. It writes the files out and err. After a
# loss mpirun sends SIGTERM, and SIGKILL 1 s later, in which a busy machine may not come to what is to be said; so there is more time here,
# which mpirun sleeps through. RANKPOOL_HOSTS_AS_USUAL: it is the usual second, for measuring.
run_over() {
    local over=$1 patience=(env RANKPOOL_GRACE=6 OMPI_MCA_odls_base_sigkill_timeout=7) more=(-x RANKPOOL_GRACE)
    shift
    [ -z "${RANKPOOL_HOSTS_AS_USUAL-}" ] || patience=() more=()
    hosts on h1 "${patience[@]}" timeout --kill-after=5 170 mpirun "${more[@]}" --host "$over" "$program" "$@" >out 2>err </dev/null &
    runner=$!
}

# The program's processes on a host. A launcher has its own program.
ranks_on() {
    local pid
    for pid in $(hosts pids "$1"); do
        [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" != "$program" ] || echo "$pid"
    done
}

# await SECONDS COMMAND...: polls until it succeeds. The limit is there against hanging alone.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# has PATTERN FILE
has() {
    grep -q -E -e "$1" "$2" 2>/dev/null
}

has_lines() {
    [ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# has_named PATTERN: has it in err, and adds to held_up_ms what passed between two looks beyond a second.
has_named() {
    local passed_ms=$(($(now_ms) - looked_ms))
    [ "$passed_ms" -le 1000 ] || held_up_ms=$((held_up_ms + passed_ms - 1000))
    looked_ms=$((looked_ms + passed_ms))
    has "$1" err
}

# await_named PATTERN: waits until a line of err names the lost rank; sets took_ms, since $since_ms, and held_up_ms.
await_named() {
    held_up_ms=${held_up_ms-0} looked_ms=${looked_ms-$since_ms}
    await 40 has_named "$1" || failed "nothing like '$1' in 40 s"
    took_ms=$(($(now_ms) - since_ms))
}

# End of a run: rank 0 has written its rows. After a loss mpirun's status is not ours.
await_end() {
    wait "$runner"
    status=$?
    [ "$status" != 124 ] || failed "the run hung"
}
