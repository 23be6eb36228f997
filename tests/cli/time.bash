# time.bash: a run whose time has an end begins no item that can't end before, says so, and how to go on; its status is 3. Signals before the
# end of a job do the same. Limits are some seconds above the 10 s that are kept in reserve.
. "$(dirname "$0")/expect.bash" || exit 1
seq 1 30000 | sed 's/.*/20/' >naps
how='with --journal DIR the same command would go on'

# The lines of out are all 20, and fewer than all.
is_a_beginning() {
    [ ! -s out ] || same 'results' "$(sort -u out)" 20
    checks=$((checks + 1))
    [ "$(wc -l <out)" -lt 30000 ] || problem 'everything was run'
}

# ends_for REASON: the last line says how far it is.
ends_for() {
    local n
    n=$(wc -l <out)
    expect 3
    is_a_beginning
    same 'last line' "$(grep '^rankpool: ' err | tail -n 1)" "rankpool: $1: $n of 30000 items done, $((30000 - n)) to do; $how"
}

run run nap --input naps --threads 2 --time-limit 12
ends_for 'stopped for the time limit'
has err '^rankpool: [0-9]+ s are left of the time limit; (the longest item so far took [0-9.]+ s|no item has ended yet): nothing new starts in the last [0-9]+ s$'
same 'lines' "$(wc -l <err)" 2
run run nap --input naps --threads 2 --time-limit 0:12 --method map --quiet
expect 3
same 'lines without the notice' "$(wc -l <err)" 1
is_a_beginning

# Under mpirun; with unordered results all that ran is there.
if [ -n "${WITH_MPI-}" ] && command -v mpirun >/dev/null; then
    last='mpirun'
    timeout $hang_s mpirun -n 2 "$PROGRAM" run nap --input naps --threads 1 --method imap_unordered --time-limit 14 >out 2>err </dev/null
    status=$?
    ends_for 'stopped for the time limit'
fi

# No item fits: nothing begins. How many this run has done is in a file for batch scripts.
RANKPOOL_STATUS_FILE=$work/status run run nap --input naps --time-limit 1:00 --time-request 1:40
expect 3 ''
has err '^rankpool: (60|59|58) s are left of the time limit; an item may take 100 s: nothing new starts in the last 110 s$'
same 'last line' "$(tail -n 1 err)" "rankpool: stopped for the time limit: 0 of 30000 items done, 30000 to do; $how"
same 'status and number' "$(cat status status.done | paste -sd,)" 3,0

# Where all fits, nothing is said.
RANKPOOL_STATUS_FILE=$work/status run run nap 5 5 --time-limit 1-0
expect 0 $'5\n5' ''
same 'status and number' "$(cat status status.done | paste -sd,)" 0,2

# When the job ends.
RANKPOOL_END=$(($(date +%s) + 12)) run run nap --input naps --threads 2
ends_for 'stopped for the time limit'
RANKPOOL_END=soon run run nap 1
expect_usage 'RANKPOOL_END is "soon"; it must be a whole number of seconds'
RANKPOOL_END=1 run run nap 1 --time-limit 100 # the option counts
expect 0 1 ''
RANKPOOL_END=1 run run nap 1
expect 3 ''
for wrong in 0 -5 1:60 never; do
    run run nap 1 --time-limit=$wrong
    expect_usage "--time-limit is \"$wrong\"; it must be a number of seconds, or a time as 30:00, 1:30:00 or 1-12"
done

# squeue says it, and may say something else later; what isn't a time changes nothing. `answers` has an answer a line, the last one stays.
mkdir bin
cat >bin/squeue <<'END'
#!/bin/sh
echo "$SLURM_TIME_FORMAT $*" >>asked
head -n 1 answers
[ "$(wc -l <answers)" = 1 ] || sed -i 1d answers
END
chmod +x bin/squeue
in_job() {
    rm -f asked
    PATH=$work/bin:$PATH SLURM_JOB_ID=4711 RANKPOOL_ASK=1 run "$@"
}
printf '%s\n' N/A '' 1x $(($(date +%s) + 5)) >answers
in_job run nap --input naps --threads 2
ends_for 'stopped for the time limit'
has err '^rankpool: [0-9]+ s are left of job 4711; '
has asked '^%s --noheader --format=%e --jobs 4711$'
same 'questions' "$([ "$(wc -l <asked)" -ge 4 ] && echo enough)" enough

# A later end than the job had at first; a task of an array has both numbers.
echo $(($(date +%s) + 12)) >answers
export SLURM_ARRAY_JOB_ID=4711 SLURM_ARRAY_TASK_ID=3
RANKPOOL_END=$(($(date +%s) + 100000)) in_job run nap --input naps --threads 2
ends_for 'stopped for the time limit'
has err '^rankpool: [0-9]+ s are left of job 4711_3; '
unset SLURM_ARRAY_JOB_ID SLURM_ARRAY_TASK_ID

# One that hangs holds nothing up.
printf '#!/bin/sh\nexec sleep 60\n' >bin/squeue
begun_s=$SECONDS
RANKPOOL_END=$(($(date +%s) + 12)) in_job run nap --input naps --threads 2
ends_for 'stopped for the time limit'
finish
