#!/bin/bash
# Tests of the batch scripts on a throw-away Slurm of two nodes: test_slurm.sh CASE PROGRAM. Each case starts and stops its own.
set -u
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(cd "$folder/../../slurm" && pwd)
# shellcheck source-path=SCRIPTDIR source=slurm.sh
. "$folder/slurm.sh"
compute=(run compute --items 200 --param iterations=1000)

launch_part() {
    sed -n '/^# ---- launch/,/^# ---- end of launch/p' "$scripts/$1"
}

# A program that prints how it was called, for tests that don't need the real one.
write_stand_in() {
    mkdir -p "$(dirname "$1")"
    # shellcheck disable=SC2016  # the stand-in expands these
    printf '#!/bin/sh\necho "threads=$RANKPOOL_THREADS cpus=$SLURM_CPUS_PER_TASK $*"\ncat\nexit 5\n' >"$1"
    chmod +x "$1"
}

case_batch_scripts_launch_alike() {
    begin
    launch_part hybrid.sbatch >expected
    [ -s expected ] || failed "hybrid.sbatch has no launch part"
    for script in compare array; do
        launch_part "$script.sbatch" >actual
        same_file actual expected
    done
}

case_throwaway_slurm_starts_and_stops() {
    local pids
    begin_slurm
    "$scripts/throwaway-slurm.sh" status slurm || failed "status of a running one"
    "$scripts/throwaway-slurm.sh" start slurm 2>/dev/null && failed "a second start in the same folder"
    pids=$(cat slurm/pids/*)
    expect "number of daemons" "$(wc -w <<<"$pids")" 4
    sbatch --parsable --output=/dev/null --wrap 'exec sleep 300' >/dev/null || failed "sbatch"
    until [ "$(squeue --noheader --format=%T)" = RUNNING ]; do sleep 0.1; done
    "$scripts/throwaway-slurm.sh" stop slurm || failed "stop with a running job"
    for pid in $pids; do
        [ -z "$(tr -d '\0' 2>/dev/null <"/proc/$pid/cmdline")" ] || failed "process $pid is left"
    done
    "$scripts/throwaway-slurm.sh" status slurm 2>/dev/null && failed "status of a stopped one"
    return 0
}

# slurmctld that can't come up: start says so, quickly, and leaves nothing.
case_throwaway_slurm_cleans_up_after_a_failed_start() {
    begin
    mkdir bin
    printf '#!/bin/sh\necho "this is not slurmctld" >&2\nexit 1\n' >bin/slurmctld
    chmod +x bin/slurmctld
    if PATH="$work/bin:$PATH" timeout 200 "$scripts/throwaway-slurm.sh" start "$work/slurm" 2>message; then
        failed "start without a slurmctld"
    fi
    grep -q 'this is not slurmctld' message || failed "no reason given: $(cat message)"
    ! pgrep -f -- "$work/slurm/" || failed "these processes are left"
    [ ! -e slurm/slurm.conf ] || failed "the configuration is left"
}

case_program_is_found_and_gets_the_allocation() {
    begin_slurm
    unset RANKPOOL RANKPOOL_THREADS
    write_stand_in bin/rankpool
    PATH="$work/bin:$PATH" run_batch --output=path.out --nodes=1 "$scripts/hybrid.sbatch" from path
    expect "by PATH" "$(cat path.out)" "threads=2 cpus=2 from path"
    expect "its exit status" "$(exit_code "$job")" 5:0
    write_stand_in build/rankpool
    RANKPOOL_LAUNCHER=mpirun run_batch --output=build.out --cpus-per-task=1 "$scripts/hybrid.sbatch" 'with blanks'
    # mpirun ends the other rank as soon as one has ended with 5.
    expect "by mpirun" "$(sort -u build.out)" 'threads=1 cpus=1 with blanks'
    SRUN_CPUS_PER_TASK=1 RANKPOOL=bin/rankpool run_batch --output=srun.out "$scripts/hybrid.sbatch" x
    expect "by srun, two ranks" "$(cat srun.out)" $'threads=2 cpus=2 x\nthreads=2 cpus=2 x'
    RANKPOOL_LAUNCHER=rsh run_batch --error=wrong.err "$scripts/hybrid.sbatch" x
    expect "unknown launcher" "$(exit_code "$job")" 2:0
    RANKPOOL=nowhere run_batch --error=nowhere.err "$scripts/hybrid.sbatch" x
    expect "missing program" "$(exit_code "$job"), $(cat nowhere.err)" "2:0, rankpool batch: RANKPOOL=nowhere is no program"
}

# Lines that are odd (none at the end, empty ones, a NUL) must come back as they were, from more slices than some inputs have lines.
case_array_cuts_any_file() {
    begin_slurm
    printf '#!/bin/sh\nexec cat\n' >cat-input
    chmod +x cat-input
    printf 'a\n\n  b \nc\0d\r\n\ne' >odd
    printf 'one\n' >one
    for input in odd one; do
        RANKPOOL=./cat-input run_batch --cpus-per-task=1 "$scripts/array.sbatch" run x --param y=z --input "$input"
        cat "rankpool-${job}_"*.out >joined
        same_file joined "$input"
    done
    RANKPOOL_SLICES=4 RANKPOOL=./cat-input run_batch --array=2 --output=again.out "$scripts/array.sbatch" run x --param y=z --items=1000
    expect "a slice again" "$(head -n 1 again.out) $(wc -l <again.out)" "500 250"
    run_batch --array=2 "$scripts/array.sbatch" run x --items 1000
    expect "a slice again, of unknown many" "$(exit_code "$job")" 2:0
}

case_hybrid_is_as_serial() {
    begin_slurm
    "$program" "${compute[@]}" --backend=serial >serial || failed "the serial run"
    expect "lines of the serial run" "$(wc -l <serial)" 200
    for launcher in srun mpirun; do
        RANKPOOL_LAUNCHER=$launcher run_batch --output=$launcher.out --error=$launcher.err "$scripts/hybrid.sbatch" "${compute[@]}"
        expect "exit status under $launcher" "$(exit_code "$job")" 0:0
        same_file "$launcher.out" serial
    done
    RANKPOOL_LAUNCHER=mpirun run_batch --ntasks-per-node=2 --cpus-per-task=1 --output=ranks.out "$scripts/hybrid.sbatch" "${compute[@]}"
    same_file ranks.out serial
}

# One table for both ranks. Two separate programs would print two.
case_ranks_run_on_both_nodes() {
    begin_slurm
    for launcher in srun mpirun; do
        rm -f info.out # the scripts append
        RANKPOOL_LAUNCHER=$launcher run_batch --output=info.out "$scripts/hybrid.sbatch" info
        cat info.out
        expect "ranks and hosts under $launcher" "$(awk '$1 ~ /^[0-9]+$/ { print $1, $2, $3 }' info.out | paste -s -d ,)" "0 n1 2,1 n2 2"
    done
}

# step OPTIONS…: two tasks of srun's in an allocation of their own, on two nodes; leaves status and the files step.out and step.err.
step() {
    timeout 300 srun --nodes=2 --ntasks=2 "$@" "$program" run compute 1 2 --param iterations=10 >step.out 2>step.err </dev/null
    status=$?
}

# Without PMIx each task would do the whole job. A shell in an allocation of several tasks is no task.
case_tasks_that_mpi_cannot_join_are_refused() {
    begin_slurm
    "$program" run compute 1 2 --param iterations=10 >serial || failed "the serial run"
    for mpi in none pmi2; do
        step --mpi=$mpi
        expect "status under srun --mpi=$mpi" "$status, $(wc -c <step.out)" "2, 0"
        expect "lines of the program's" "$(grep -c '^rankpool: ' step.err)" 1
        grep -q 'srun --mpi=pmix' step.err || failed "no fix is named: $(cat step.err)"
    done
    step --mpi=pmix
    expect "status under srun --mpi=pmix" "$status" 0
    same_file step.out serial
    RANKPOOL_MPI=0 step --mpi=none
    expect "tasks that run alone" "$status, $(wc -l <step.out)" "0, 4"
    timeout 300 salloc --quiet --nodes=2 --ntasks=2 "$program" run compute 1 2 --param iterations=10 >shell.out ||
        failed "in a shell of salloc's"
    same_file shell.out serial
    printf '#!/bin/sh\nexec "%s" run compute 1 2 --param iterations=10\n' "$program" >bare.sh
    run_batch --nodes=2 --ntasks=4 --output=bare.out --error=bare.err bare.sh
    expect "status in a batch script" "$(exit_code "$job")" 0:0
    same_file bare.out serial
}

case_array_is_as_serial() {
    begin_slurm
    seq 0.25 3 100 >numbers
    for input in "--items 203" "--input numbers"; do
        # shellcheck disable=SC2086  # an option and its value
        "$program" run compute $input --param iterations=1000 --backend=serial >serial || failed "the serial run"
        # shellcheck disable=SC2086
        run_batch "$scripts/array.sbatch" run compute $input --param iterations=1000
        cat "rankpool-${job}_"*.out >joined
        same_file joined serial
    done
    run_batch "$scripts/array.sbatch" run compute --items 203 -o rows --param iterations=1000
    "$program" run compute --items 203 --param iterations=1000 --backend=serial >serial || failed "the serial run"
    cat rows.000? >joined
    same_file joined serial
}

case_compare_prints_a_leaderboard() {
    begin_slurm
    run_batch --output=board.csv "$scripts/compare.sbatch" compute --items 20 --param iterations=1000 --runs 2 --format csv
    cat board.csv
    expect "exit status" "$(exit_code "$job")" 0:0
    for name in serial pthread openmp mpi hybrid; do
        grep -q -w "$name" board.csv || failed "no line for $name"
    done
}

case_exit_status_is_the_programs() {
    begin_slurm
    for launcher in srun mpirun; do
        RANKPOOL_LAUNCHER=$launcher run_batch --output=$launcher.out --error=$launcher.err "$scripts/hybrid.sbatch" run nosuchjob --items 3
        expect "unknown job under $launcher" "$(exit_code "$job")" 2:0
        await is_accounted "$job" 'FAILED|2:0'
        [ ! -s $launcher.out ] || failed "there is standard output"
        expect "lines that name it" "$(grep -c nosuchjob $launcher.err)" 1
    done
}

# The ranks of a job on a node.
ranks_on() {
    local pid
    for pid in $(grep -l -s -z -F -x -e "SLURMD_NODENAME=$1" /proc/[0-9]*/environ | tr -dc '0-9\n'); do
        [ "$(readlink "/proc/$pid/exe")" != "$program" ] || ! grep -q -s -z -F -x -e "SLURM_CONF=$SLURM_CONF" "/proc/$pid/environ" || echo "$pid"
    done
}

# await COMMAND...: polls until it succeeds. The limit is there against hanging, and below the 60 s after which silence is noticed.
await() {
    local end=$((SECONDS + 40))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || failed "40 s without success: $*"
        sleep 0.02
    done
}

has_rows() {
    [ -e rows ] && [ "$(wc -l <rows)" -gt 20 ]
}

# With --kill-on-bad-exit=0 the other ranks live on, so nothing but our own connection tells of it.
case_a_killed_rank_of_another_node_is_named() {
    local since_ms
    begin_slurm
    yes 0.05 | head -n 4000 >items
    job=$(sbatch --parsable --nodes=2 --ntasks-per-node=1 --output=srun.out --error=srun.err --wrap "srun --mpi=pmix --kill-on-bad-exit=0 \
        '$program' run sleep --input items --threads 1 --chunk 1 --method imap_unordered --format csv --output rows") || failed "sbatch"
    await has_rows
    kill -KILL "$(ranks_on n2 | head -n 1)" || failed "there is no rank on n2"
    since_ms=$(($(date +%s%N) / 1000000))
    await grep -q -s '^rankpool: rank 1 on host n2 died while it had item' srun.err
    echo "named after $(($(date +%s%N) / 1000000 - since_ms)) ms"
    await job_is_over "$job"
    grep -q ',lost,.*rank 1 on host n2 died' rows || failed "no rows of lost items"
}

# begin_going_on RANKS-OF-A-NODE SBATCH-OPTION…: a batch of items on three nodes, whose ranks go on after a loss; returns when some rows are
# there.
begin_going_on() {
    local of_a_node=$1
    shift
    begin_slurm 3
    n_items=$((400 * of_a_node)) # take 7 s
    yes 0.05 | head -n "$n_items" >items
    # shellcheck disable=SC2016  # the script expands these
    printf '#!/bin/sh\nRANKPOOL_STATUS_FILE=$STATUS_FILE.$PMIX_RANK exec "$@"\n' >with-status
    chmod +x with-status
    export STATUS_FILE=$work/status
    job=$(sbatch --parsable --no-requeue --nodes=3 --ntasks-per-node="$of_a_node" "$@" --output=srun.out --error=srun.err --wrap "srun --mpi=pmix \
        --no-kill --kill-on-bad-exit=0 ./with-status '$program' run sleep --on-lost go-on --input items --threads 1 --chunk 1 \
        --method imap_unordered --format csv --output rows") || failed "sbatch"
    await has_rows
}

# has_more_rows N: more than N.
has_more_rows() { [ "$(wc -l <rows)" -gt "$1" ]; }

# All processes of a node: each has a name space of its own.
processes_of() {
    local uts
    uts=$(readlink "/proc/$(cat "slurm/pids/slurmd-$1")/ns/uts")
    find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/uts' -lname "${uts//[/\\[}" -printf '%P\n' 2>/dev/null | cut -d / -f 1
}

# lose_node NODE: daemon, steps and ranks, as when its power fails; but connections end at once, which those of a real one don't.
lose_node() {
    local pids
    pids=$(processes_of "$1")
    [ -n "$pids" ] || failed "there is nothing on $1"
    # shellcheck disable=SC2086  # numbers
    kill -KILL $pids
}

# all_went_on LOST: the rows are those of a run without a loss.
all_went_on() {
    expect "rank 0's status" "$(cat status.0 2>/dev/null)" 0
    expect "rows" "$(sed 1d rows | cut -d, -f1 | sort -n | uniq | wc -l), $(sed 1d rows | grep -c ',ok,')" "$n_items, $n_items"
    expect "lines about losses" "$(grep -c '^rankpool: rank [0-9]* on n2 was lost' srun.err)" "$1"
    echo "job: $(scontrol --oneliner show job "$job" | grep -o -E 'JobState=[A-Z_]+|ExitCode=[0-9:]+' | paste -s -d ' ')"
}

# go_on_without_a_rank RANKS-OF-A-NODE: what others have is not touched, and what the lost rank had runs elsewhere at once.
go_on_without_a_rank() {
    local since_ms n
    begin_going_on "$1"
    kill -KILL "$(ranks_on n2 | head -n 1)" || failed "there is no rank on n2"
    since_ms=$(($(date +%s%N) / 1000000))
    n=$(wc -l <rows)
    await grep -q -s '^rankpool: rank [0-9] on n2 was lost; its [0-9]* items\? goe\?s\? to others; [0-9] of [0-9] ranks go on' srun.err
    echo "others have its items after $(($(date +%s%N) / 1000000 - since_ms)) ms"
    await has_more_rows $((n + 20))
    echo "20 rows more after $(($(date +%s%N) / 1000000 - since_ms)) ms"
    await_job
    all_went_on 1
}

case_others_do_what_a_killed_rank_had() {
    go_on_without_a_rank 1
}

# Slurm's plugin for PMIx would end the step.
case_others_do_what_a_killed_rank_had_on_a_node_of_several() {
    go_on_without_a_rank 2
}

# is_rank N PROCESS
is_rank() { grep -q -s -z -F -x -e "PMIX_RANK=$1" "/proc/$2/environ"; }

# Slurm ends nobody then, as the ranks have said goodbye to PMIx: they see it themselves.
case_the_death_of_rank_0_ends_all_that_would_go_on() {
    local pid
    begin_going_on 2
    for pid in $(ranks_on n1); do
        ! is_rank 0 "$pid" || kill -KILL "$pid" || failed "rank 0 can't be killed"
    done
    await grep -q -s '^rankpool: rank 0 on host n1 died' srun.err
    await job_is_over "$job"
    [ -z "$(ranks_on n1)$(ranks_on n2)$(ranks_on n3)" ] || failed "ranks are left"
}

# The node's daemon, its steps and its ranks are gone at once. The job goes on with --no-kill, also when Slurm marks the node as down, as it
# does after a while.
case_others_go_on_when_a_node_is_lost() {
    begin_going_on 2 --no-kill
    lose_node n2
    scontrol update NodeName=n2 State=DOWN Reason=lost || failed "scontrol"
    await grep -q -s '^rankpool: rank [23] on n2 was lost.*; 4 of 6 ranks go on' srun.err
    await_job
    all_went_on 2
}

# Without --no-kill Slurm ends the job when it marks the node as down; rank 0's rows are whole until then.
case_a_lost_node_ends_a_job_without_no_kill() {
    begin_going_on 1
    lose_node n2
    scontrol update NodeName=n2 State=DOWN Reason=lost || failed "scontrol"
    await_job
    echo "job: $(scontrol --oneliner show job "$job" | grep -o -E 'JobState=[A-Z_]+|ExitCode=[0-9:]+' | paste -s -d ' ')"
    [ "$(sed 1d rows | cut -d, -f1 | sort -n | uniq -d | wc -l)" = 0 ] || failed "rows came twice"
}

# As when a rank is lost: rank 0 has said its status, and the launcher ends with another one.
case_exit_status_is_that_of_rank_0() {
    begin_slurm
    # shellcheck disable=SC2016  # the stand-in expands these
    printf '#!/bin/sh\n[ "$PMIX_RANK" != 0 ] || echo 4 >"$RANKPOOL_STATUS_FILE"\nsleep 1\nkill -KILL $$\n' >dies
    chmod +x dies
    for launcher in srun mpirun; do
        RANKPOOL=./dies RANKPOOL_LAUNCHER=$launcher run_batch --output=$launcher.out --error=$launcher.err "$scripts/hybrid.sbatch" x
        expect "exit status under $launcher" "$(exit_code "$job")" 4:0
    done
    [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'rankpool-status.*' -user "$(id -un)" -newer dies)" ] || failed "a folder is left"
}

# drain_batch FILE SBATCH-ARGUMENTS...: signals the batch script when the first result is in FILE.
drain_batch() {
    local file=$1 end=$((SECONDS + 280))
    shift
    job=$(timeout 300 sbatch --parsable "$@") || failed "sbatch $*"
    until [ -s "$file" ] || [ "$SECONDS" -ge "$end" ]; do sleep 0.1; done
    scancel --batch --signal=USR1 "$job" || failed "scancel"
    until job_is_over "$job"; do
        [ "$SECONDS" -lt "$end" ] || failed "job $job isn't over: $(scontrol --oneliner show job "$job")"
        sleep 0.1
    done
}

case_usr1_drains() {
    begin_slurm
    yes 0.05 | head -n 4000 >naps
    for launcher in srun mpirun none; do
        RANKPOOL_LAUNCHER=$launcher drain_batch $launcher.out --output=$launcher.out --error=$launcher.err "$scripts/hybrid.sbatch" \
            run sleep --input naps
        expect "exit status under $launcher" "$(exit_code "$job")" 3:0
        await is_accounted "$job" 'FAILED|3:0'
        expect "message under $launcher" "$(grep -c "drained after SIGUSR1: $(wc -l <$launcher.out) of 4000 items done, " $launcher.err)" 1
    done
}

# Links that others have planted aren't followed.
case_throwaway_slurm_refuses_others_folders() {
    begin
    mkdir open own && chmod 777 open && ln -s own link
    for folder in open link/; do
        "$scripts/throwaway-slurm.sh" start $folder 2>message && failed "started in $folder"
        grep -q "$folder isn't a folder of your own" message || failed "$(cat message)"
        [ -z "$(ls $folder)" ] || failed "wrote to $folder"
    done
    if [ "$(id -u)" = 0 ]; then
        chown nobody own
        for command in start stop status; do
            "$scripts/throwaway-slurm.sh" $command own 2>message && failed "$command in another user's folder"
            grep -q "own isn't a folder of your own" message || failed "$(cat message)"
        done
    fi
    return 0
}

# The program knows when its job ends, also when that is moved: 10 s before nothing begins any more. mpirun has no part in it.
case_the_end_of_the_job_may_move() {
    begin_slurm
    yes 0.05 | head -n 4000 >naps
    job=$(RANKPOOL_ASK=1 sbatch --parsable --output=job.out --error=job.err "$scripts/hybrid.sbatch" run sleep --input naps) || failed "sbatch"
    await test -s job.out
    scontrol update "JobId=$job" "EndTime=$(date -d '+14 seconds' +%Y-%m-%dT%H:%M:%S)" || failed "scontrol update"
    await job_is_over "$job"
    expect "exit status" "$(exit_code "$job")" 3:0
    grep -q -E "rankpool: [0-9]+ s are left of job $job; the longest item so far took [0-9.]+ s: nothing new starts in the last 10 s$" job.err ||
        failed "no notice"
    expect "message" "$(grep -c "stopped for the time limit: $(wc -l <job.out) of 4000 items done, " job.err)" 1
}

job_state() {
    scontrol --oneliner show job "$1" | grep -o 'JobState=[A-Z_]*' | cut -d= -f2
}

is_in_state() {
    [ "$(job_state "$1")" = "$2" ]
}

has_started_again() {
    grep -q -s "job $1 was started again: start 2" again.err
}

# A job that goes on has not ended for those that depend on it. Its second start appends to its files and goes on with its journal: the output
# is that of a run that wasn't interrupted, and no item has run twice.
case_a_drained_job_is_requeued_to_its_end() {
    local after_ok after_not_ok
    begin_slurm
    seq 300 | sed 's/^/row /' >serial
    job=$(RANKPOOL_REQUEUE=1 sbatch --parsable --output=again.out --error=again.err "$scripts/hybrid.sbatch" run exec --input serial --output rows \
        --journal sweep.rpj -- sh -c 'echo {} >>ran; sleep 0.05; echo {}') || failed "sbatch"
    after_ok=$(sbatch --parsable --dependency=afterok:"$job" --output=/dev/null --wrap true) || failed "sbatch afterok"
    after_not_ok=$(sbatch --parsable --dependency=afternotok:"$job" --output=/dev/null --wrap true) || failed "sbatch afternotok"
    await test -s rows
    scancel --batch --signal=USR1 "$job" || failed "scancel"
    await grep -q -s "job $job is requeued" again.err
    expect "message" "$(grep -c -E "drained after SIGUSR1: [0-9]+ of 300 items done, [0-9]+ to do; the same command goes on$" again.err)" 1
    expect "those that depend on it" "$(job_state "$after_ok"),$(job_state "$after_not_ok")" PENDING,PENDING
    await has_started_again "$job"
    await job_is_over "$job"
    expect "exit status" "$(exit_code "$job")" 0:0
    same_file rows serial
    grep -q -E "^rankpool: sweep.rpj: [0-9]+ of 300 items done by 1 run before; " again.err || failed "it didn't go on"
    expect "items that ran" "$(sort ran | uniq -c | awk '$1 != 1' | wc -l), $(wc -l <ran)" "0, 300"
    await is_in_state "$after_ok" COMPLETED
    expect "afternotok" "$(job_state "$after_not_ok")" PENDING
    await is_accounted "$job" 'PENDING|0:0 COMPLETED|0:0'
}

# Each task of an array has its own output and journal. The last task has the number of the array, and doesn't take the others with it.
case_a_task_of_an_array_is_requeued_alone() {
    begin_slurm
    seq 240 | sed 's/^/row /' >serial
    job=$(RANKPOOL_REQUEUE=1 sbatch --parsable --array=0-1 --output=task-%a.out --error=task-%a.err "$scripts/array.sbatch" run exec --input serial \
        --output rows --journal sweep -- sh -c 'echo {} >>ran; sleep 0.05; echo {}') || failed "sbatch"
    await test -s rows.0001
    scancel --batch --signal=USR1 "${job}_1" || failed "scancel"
    await grep -q -s "job ${job}_1 is requeued" task-1.err
    await grep -q -s "job ${job}_1 was started again: start 2" task-1.err
    await job_is_over "$job"
    expect "states" "$(scontrol --oneliner show job "$job" | grep -o 'JobState=[A-Z_]*' | sort -u)" JobState=COMPLETED
    cat rows.000? >joined
    same_file joined serial
    expect "items that ran" "$(wc -l <ran)" 240
    ! grep -q 'started again' task-0.err || failed "another task was started again"
}

# Where a job can't be requeued it ends with 3, and says what to type. Then afternotok jobs start, and afterok jobs never do.
case_what_cannot_go_on_by_itself_says_so() {
    local after_ok after_not_ok
    begin_slurm
    yes 0.05 | head -n 4000 >naps
    export RANKPOOL_REQUEUE=1
    job=$(sbatch --parsable --no-requeue --output=no.out --error=no.err "$scripts/hybrid.sbatch" run sleep --input naps) || failed "sbatch"
    after_ok=$(sbatch --parsable --dependency=afterok:"$job" --output=/dev/null --wrap true) || failed "sbatch afterok"
    after_not_ok=$(sbatch --parsable --dependency=afternotok:"$job" --output=/dev/null --wrap true) || failed "sbatch afternotok"
    await test -s no.out
    scancel --batch --signal=USR1 "$job" || failed "scancel"
    await job_is_over "$job"
    expect "exit status" "$(exit_code "$job"), $(job_state "$job")" "3:0, FAILED"
    grep -q "job $job can't be requeued (.*): to go on, submit it again with the same command line$" no.err || failed "nothing to type"
    await is_in_state "$after_not_ok" COMPLETED
    expect "afterok" "$(job_state "$after_ok")" PENDING
    RANKPOOL_LAUNCHER=none run_batch --output=none.out --error=none.err --nodes=1 "$scripts/hybrid.sbatch" run sleep --input naps --time-request 2:00:00
    expect "exit status of a run that did nothing" "$(exit_code "$job"), $(wc -c <none.out)" "3:0, 0"
    grep -q "job $job is not requeued: this run did no item, and the next one would do none" none.err || failed "no reason"
    grep -q 'rankpool: stopped for the time limit: 0 of 4000 items done, 4000 to do; ' none.err || failed "no closing line"
}

# A job that is cancelled says how far it came. Slurm sends SIGTERM to all processes, and kills them KillWait (5 s) later.
case_scancel_leaves_a_closing_line() {
    begin_slurm
    yes 0.05 | head -n 4000 >naps
    for launcher in srun none; do
        job=$(RANKPOOL_LAUNCHER=$launcher sbatch --parsable --output=$launcher.out --error=$launcher.err "$scripts/hybrid.sbatch" run sleep --input naps) ||
            failed "sbatch"
        await test -s $launcher.out
        scancel "$job" || failed "scancel"
        await job_is_over "$job"
        await grep -q -s "stopped by SIGTERM: $(wc -l <$launcher.out) of 4000 items done, " $launcher.err
        expect "state under $launcher" "$(job_state "$job")" CANCELLED
        await is_accounted "$job" 'CANCELLED|0:0'
    done
}

# await_job: of the number in $job.
await_job() {
    local end=$((SECONDS + 280))
    until job_is_over "$job"; do
        [ "$SECONDS" -lt "$end" ] || failed "job $job isn't over: $(scontrol --oneliner show job "$job")"
        sleep 0.1
    done
}

# submit WHAT ARGUMENTS…: waits for the job too.
submit() {
    local what=$1
    shift
    job=$("$program" submit "$@" 2>submit.err) || failed "$what: submit $*: $(cat submit.err)"
    [[ $job =~ ^[0-9]+$ ]] || failed "$what: '$job' is no number"
    await_job
}

# The user's options count, however they are written, and not those of the script that they replace.
case_submit_runs_a_job() {
    begin_slurm
    unset RANKPOOL
    "$program" "${compute[@]}" --backend=serial >serial || failed "the serial run"
    submit "the script's options" --output=plain.out -- "${compute[@]}"
    expect "exit status" "$(exit_code "$job")" 0:0
    same_file plain.out serial
    submit "other options" -N 2 -n 4 -c1 -t 5 -J 'a "b" \c' --error error.err -o own.out -- "${compute[@]}" --report
    same_file own.out serial
    expect "ranks" "$(grep -c -E '^ +[0-3] +0 +n[12] ' error.err)" 4
    expect "name and time" "$(scontrol --oneliner show job "$job" | grep -o -E 'JobName=.* UserId|TimeLimit=[0-9:]+')" \
        $'JobName=a "b" \\c UserId\nTimeLimit=00:05:00'
    submit "its last option" --nodes=1 --nodes=2 --output=info.out -- info
    grep -q -E "^job +$job of Slurm's, rankpool, partition " info.out || failed "no job: $(cat info.out)"
    grep -q -x -E 'nodes +2: n\[1-2\]' info.out || failed "no nodes: $(cat info.out)"
    grep -q -x -E 'time left +(59:[0-9]{2}|0:59:[0-9]{2}|1:00:00)' info.out || failed "no time left: $(cat info.out)"
    grep -q -E '^memory ' info.out || failed "no memory: $(cat info.out)"
}

# Many items are one job; an array has a limit, which is told before sbatch.
case_submit_knows_arrays() {
    begin_slurm
    unset RANKPOOL
    "$program" run compute --items 100000 --param iterations=1 --backend=serial >serial || failed "the serial run"
    submit "100,000 items" --output=one.out -- run compute --items 100000 --param iterations=1
    same_file one.out serial
    submit "an array" --array=0-3 -- run compute --items 100000 --param iterations=1
    cat "rankpool-${job}_"*.out >joined
    same_file joined serial
    "$program" submit --array=0-1001 -- run compute --items 100000 >out 2>message && failed "an array of 1002 tasks"
    grep -q "this cluster's indices end at 1000 (MaxArraySize 1001)" message || failed "$(cat message)"
    "$program" submit --partition=nowhere -- run compute --items 1 >out 2>message && failed "a partition that isn't there"
    grep -q 'sbatch took no job' message || failed "$(cat message)"
    [ ! -s out ] || failed "a number of no job: $(cat out)"
}

if [ $# != 2 ] || ! declare -F "case_$1" >/dev/null; then
    echo "usage: test_slurm.sh CASE PROGRAM" >&2
    exit 2
fi
program=$(readlink -f "$2")
export RANKPOOL=$program
need_slurm
"case_$1"
