# launch.bash: however the program was started, it is alone, a rank, or refused with one line: never one of several that each do the whole
# job. The launchers' environments are imitated; what this machine has is tried.
. "$(dirname "$0")/expect.bash" || exit 1
mpirun=${MPIRUN-}

# refused FIX PATTERN…: status 2, no results, and one line of the program's, which names the fix and matches the patterns.
refused() {
    expect 2 ''
    same 'lines' "$(grep -c '^rankpool[a-z_]*: ' err)" 1
    for pattern in 'RANKPOOL_MPI=0' "$@"; do has err "^rankpool[a-z_]*: .*$pattern"; done
}

# with VARIABLES: runs a small job with them in the environment.
with() {
    last="$* run half 2"
    # shellcheck disable=SC2086  # they are several words
    env $1 timeout $hang_s "$PROGRAM" run half 2 >out 2>err </dev/null
    status=$?
}

# ---- environments ----
with ''; expect 0 1 ''
with 'SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2'
if "$PROGRAM" --version | grep -q MPICH; then refused 'srun .*started 2' 'srun --mpi=pmi2'; else refused 'srun .*started 2 processes'; fi
with 'SLURM_PROCID=0 SLURM_LOCALID=0 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2'; refused 'srun .*started 2 processes'
with 'SLURM_PROCID=1 SLURM_LOCALID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2'; expect 2 '' '' # rank 0 has the word
with 'SLURM_JOB_ID=7 SLURM_PROCID=0 SLURM_NTASKS=8'; expect 0 1 ''                          # a batch script
with 'SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_STEP_NUM_TASKS=1'; expect 0 1 ''
with 'RANKPOOL_MPI=0 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2'; expect 0 1 ''
with 'OMPI_COMM_WORLD_SIZE=4x OMPI_COMM_WORLD_RANK=0'; refused 'OMPI_COMM_WORLD_SIZE=4x'
with 'RANKPOOL_MPI=on'; expect 2 '' "$(basename "$PROGRAM"): RANKPOOL_MPI=on must be 0 (run alone) or 1 (start MPI, whatever the launcher)"
with 'OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0'; expect 0 1 ''
if ! "$PROGRAM" --version | grep -q MPICH; then
    with 'PMI_RANK=1 PMI_SIZE=2'; refused 'PMI.*started 2 processes'
    with 'PALS_RANKID=1 PMI_SIZE=2'; refused 'PALS started 2'
    with 'MV2_COMM_WORLD_RANK=1 MV2_COMM_WORLD_SIZE=2'; refused 'MVAPICH.*started 2'
fi
if [ -z "${WITH_MPI-}" ]; then
    for variables in 'OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2' 'FLUX_TASK_RANK=0 FLUX_JOB_SIZE=2'; do
        with "$variables"; refused 'use a build with MPI'
    done
    finish
fi

# ---- what info says ----
info() {
    run info --backend pthread --threads 1
    expect 0
    has out "^start +$1"
}
info 'alone: no launcher'
SLURM_JOB_ID=7 SLURM_PROCID=0 SLURM_NTASKS=8 info "alone: in a job of Slurm's"
RANKPOOL_MPI=0 OMPI_COMM_WORLD_SIZE=2 info 'alone: RANKPOOL_MPI=0'
OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 info 'alone: .*mpirun started one process'
RANKPOOL_MPI=1 info 'a rank: RANKPOOL_MPI=1'

# ---- the launcher of this MPI ----
launch() {
    last="$*"
    timeout --kill-after=5 60 "$SOURCE/tests/mpi/quiet_input.sh" "$@" >out 2>err
    status=$?
}
launch "$mpirun" -n 2 "$PROGRAM" info; expect 0; has out '^start +rank 0 of 2: '; has out '^workers +[0-9]+: 2 ranks'
launch "$mpirun" -n 1 "$PROGRAM" info; expect 0; has out '^start +alone: .* started one process'
RANKPOOL_MPI=0 launch "$mpirun" -n 2 "$PROGRAM" run half 2; expect 0 $'1\n1'
RANKPOOL_MPI=1 launch "$mpirun" -n 2 "$PROGRAM" run half 2; expect 0 1
RANKPOOL_MPI=two launch "$mpirun" -n 2 "$PROGRAM" run half 2; expect 2 ''; same 'lines' "$(grep -c 'RANKPOOL_MPI=two must be' err)" 1

# ---- programs that a task starts ----
self="$PROGRAM run half"
for way in --threads=1 '--isolate --threads=1'; do
    # shellcheck disable=SC2086  # two options
    launch "$mpirun" -n 2 "$PROGRAM" run call $way "$self 2" "$self 4" "$PROGRAM info | grep ^start" "$self 8 & wait"
    expect 0
    same 'results' "$(sed 's/  */ /g' out | cut -c-20 | paste -s -d ,)" '0:1,0:2,0:start alone: a pro,0:4'
    same 'standard error' "$(cat err)" ''
done
# Open MPI's mpirun says that it can't be called below a rank.
if "$PROGRAM" --version | grep -q MPICH; then
    launch "$mpirun" -n 2 "$PROGRAM" run call "$mpirun -n 2 $PROGRAM info | grep ^start"
    expect 0
    has out '^0:start +rank 0 of 2: '
fi

# ---- the launcher of another MPI ----
for other in mpiexec.openmpi mpiexec.hydra; do
    command -v $other >/dev/null && [ "$(realpath "$(command -v $other)")" != "$(realpath "$(command -v "$mpirun")")" ] || continue
    launch $other -n 2 "$PROGRAM" run half 2; refused 'started 2 processes'
    launch $other -n 1 "$PROGRAM" run half 2; expect 0 1 ''
done
finish
