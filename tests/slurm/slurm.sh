# shellcheck shell=bash disable=SC2154  # $scripts is the caller's
# What the Slurm tests share: a throw-away Slurm in a folder of its own, ended however the test ends; jobs that are waited for by
# polling (sbatch --wait looks every 2 s at most). For sourcing; needs $scripts (the folder slurm/).

PATH=$PATH:/usr/sbin:/sbin # where Debian has the daemons

# skip REASON: the test can't run here. In continuous integration, and with RANKPOOL_TEST_ALL=1, that is a failure.
skip() {
    if [ "${CI-}" = true ] || [ "${RANKPOOL_TEST_ALL-}" = 1 ]; then
        echo "FAILED: $1"
        exit 1
    fi
    echo "skipped: $1"
    exit 77
}

# Permission to make name spaces can't be installed, so its lack is a failure only in continuous integration.
need_slurm() {
    local name
    for name in munged slurmctld slurmd sbatch srun sacct mpirun; do
        command -v "$name" >/dev/null || skip "$name is not installed"
    done
    if ! unshare --uts true 2>/dev/null && ! unshare --user --map-current-user --keep-caps --uts true 2>/dev/null; then
        RANKPOOL_TEST_ALL=0
        skip "a throw-away Slurm needs root, or name spaces for users"
    fi
}

failed() {
    echo "FAILED: $*"
    tail -n 20 ./*.err ./*.out 2>/dev/null
    exit 1
}

# expect WHAT ACTUAL EXPECTED
expect() {
    [ "$2" = "$3" ] || failed "$1: $2 instead of $3"
}

same_file() {
    cmp "$1" "$2" || failed "$1 differs from $2"
}

clean_up() {
    local result=$?
    trap - EXIT
    cd /
    if [ -e "$work/slurm/slurm.conf" ] && ! "$scripts/throwaway-slurm.sh" stop "$work/slurm"; then
        echo "FAILED: the throw-away Slurm didn't stop cleanly; its files are in $work"
        exit 1
    fi
    rm -rf "$work"
    exit "$result"
}

# Makes a folder and goes there. A guard outside our process tree stops the Slurm even when this shell is killed.
begin() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/rankpool-slurm.XXXXXX") && chmod 755 "$work" && cd "$work" || exit 1 # munged wants to be reachable
    trap clean_up EXIT
    trap 'exit 143' TERM INT HUP
    # shellcheck disable=SC2016  # the inner shell expands these
    setsid --fork bash -c 'tail --pid="$1" -f /dev/null; [ ! -d "$3" ] || { "$2" stop "$3"; rm -rf "$4"; }' \
        guard "$$" "$scripts/throwaway-slurm.sh" "$work/slurm" "$work" </dev/null >/dev/null 2>&1
}

# begin_slurm [NODES]
begin_slurm() {
    begin
    "$scripts/throwaway-slurm.sh" start "$work/slurm" "${1:-2}" 2 || failed "no throw-away Slurm"
    # shellcheck disable=SC1091  # written by start
    . "$work/slurm/environment"
    export OMPI_MCA_odls_base_sigkill_timeout=1 # mpirun takes four times this when the program fails
}

job_is_over() {
    local states
    states=$(timeout 300 scontrol --oneliner show job "$1" | grep -o 'JobState=[A-Z_]*') &&
        ! grep -q -v -E 'COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE' <<<"$states"
}

# exit_code JOB: what scontrol says of it, as 2:0 (status:signal).
exit_code() {
    scontrol --oneliner show job "$1" | sed -n 's/.*[ ]ExitCode=\([0-9:]*\).*/\1/p'
}

# accounts JOB: its ends as sacct shows them, from the records of ended jobs, as FAILED|2:0; one for each start.
accounts() {
    sacct --completion --jobs="$1" --format=state,exitcode --noheader --parsable2 | paste -s -d ' '
}

# is_accounted JOB ENDS
is_accounted() {
    [ "$(accounts "$1")" = "$2" ]
}

# run_batch SBATCH-ARGUMENTS...: submits and waits; sets job, the number. All tasks of an array are waited for.
run_batch() {
    local end=$((SECONDS + 280))
    job=$(timeout 300 sbatch --parsable "$@") || failed "sbatch $*"
    until job_is_over "$job"; do
        [ "$SECONDS" -lt "$end" ] || failed "job $job isn't over: $(scontrol --oneliner show job "$job")"
        sleep 0.1
    done
}
