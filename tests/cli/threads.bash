# threads.bash: the number of workers from cores and environment, what is told of it, and threads that the system refuses.
. "$(dirname "$0")/expect.bash" || exit 1
unset RANKPOOL_THREADS OMP_NUM_THREADS SLURM_CPUS_PER_TASK OMP_STACKSIZE OMP_PROC_BIND OMP_PLACES
cores=$(nproc)
# with VARIABLE=VALUE… COMMAND…: the program in that environment.
with() {
    last="$*"
    timeout $hang_s env "$@" >out 2>err </dev/null
    status=$?
}
warnings() { grep -c '^warning: ' out; }

# A wrong number of ours is refused, whatever the command and the other options are.
for value in abc 0 -1 1000000 '4,2' 1.5 ' '; do
    with RANKPOOL_THREADS="$value" "$PROGRAM" run half 2 4
    expect_usage "RANKPOOL_THREADS is \"$value\"; it must be a whole number from 1 to 65536"
done
with RANKPOOL_THREADS=abc "$PROGRAM" run half 2 --threads 2; expect 2
with RANKPOOL_THREADS=abc "$PROGRAM" run half 2 --backend serial; expect 2
with RANKPOOL_THREADS=abc "$PROGRAM" info; expect 2
with RANKPOOL_THREADS= "$PROGRAM" run half 2; expect 0 1
with RANKPOOL_THREADS=' 3 ' "$PROGRAM" info; expect 0; has out ' 3 threads in rank 0 \(from: RANKPOOL_THREADS\)$'

# A wrong one of others is passed over, and told.
with OMP_NUM_THREADS=none "$PROGRAM" run half 2; expect 0 1
has err '^rankpool: warning: OMP_NUM_THREADS is "none" and is ignored; it must be whole numbers from 1 to 65536, separated by commas$'
with SLURM_CPUS_PER_TASK=4x "$PROGRAM" info; expect 0; same warnings "$(warnings)" 1; has out '^warning: SLURM_CPUS_PER_TASK is "4x" and is ignored'
with OMP_STACKSIZE=lots "$PROGRAM" info; expect 0; same warnings "$(warnings)" 1; has out '^warning: OMP_STACKSIZE is "lots" and is ignored'
with OMP_NUM_THREADS="$cores ,2 " "$PROGRAM" info; expect 0; same warnings "$(warnings)" 0
has out " $cores threads? in rank 0 \(from: OMP_NUM_THREADS\)$"

# OpenMP binds the first thread before main. The process's cores are the same as without.
for setting in OMP_PROC_BIND=true OMP_PROC_BIND=spread OMP_PLACES=cores "GOMP_CPU_AFFINITY=0-$((cores - 1))"; do
    for backend in openmp pthread; do
        with "$setting" "$PROGRAM" info --backend $backend; expect 0; same "warnings with $setting" "$(warnings)" 0
        has out "^workers +$cores: "
        with "$setting" "$PROGRAM" info --backend $backend --threads "$cores"; expect 0; same "warnings with $setting" "$(warnings)" 0
    done
done

run info --stack-size 32M --nested-threads 2; expect 0
for size in 100K 64 2T 1.5M -1 M 64MB; do run info --stack-size $size; expect 2 ''; has err '^rankpool: --stack-size is ".*"; it must be a size such as 64M'; done
with OMP_STACKSIZE=1M "$PROGRAM" run half 2 --backend openmp --stack-size 64M
expect_usage "stack_size is 65536 KiB, but OMP_STACKSIZE gives OpenMP's threads 1024 KiB: use the executor pthread, or unset it"
with OMP_STACKSIZE=1M "$PROGRAM" run half 2 --backend pthread --stack-size 64M; expect 0 1

# Threads that can't be made are an error, and never the end of the process within OpenMP.
refused='^rankpool: 50 worker threads of [0-9]+ MiB of stack can.t be made on host .*: the system gives no more \(Resource temporarily unavailable\)$'
for backend in openmp pthread; do
    run run half 2 --threads 50 --stack-size 1024G --backend $backend; expect 4 ''; has err "$refused"
done
with OMP_STACKSIZE=1000G "$PROGRAM" run half 2 --threads 50 --backend openmp; expect 4 ''; has err "$refused"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod 755 "$work" && cp "$PROGRAM" "$work/program"
    for backend in openmp pthread; do
        with setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --nproc=10 "$work/program" run half 2 --threads 50 --backend $backend
        expect 4 ''; has err "$refused"
        same 'lines' "$(wc -l <err)" 1
    done
fi
with OMP_THREAD_LIMIT=2 "$PROGRAM" run half 2 --threads 4 --backend openmp; expect 2 ''; has err 'only 2 of 4 worker threads: OpenMP gives no more'
for setting in OMP_DYNAMIC=true OMP_MAX_ACTIVE_LEVELS=0 OMP_MAX_ACTIVE_LEVELS=1 OMP_NESTED=false; do
    with "$setting" "$PROGRAM" run half 2 --threads 4 --backend openmp; expect 0 1
done

# A rank that mpirun bound. As many ranks as cores leave none idle.
if [ -n "${WITH_MPI-}" ] && [ "$cores" -gt 1 ] && with env -u OMPI_MCA_hwloc_base_binding_policy mpirun -n 1 --bind-to core nproc && [ "$(cat out)" = 1 ]; then
    unset OMPI_MCA_hwloc_base_binding_policy
    idle="warning: this rank may use 1 of $cores cores of host .*, as mpirun binds ranks; all of them: mpirun --bind-to none, or --map-by slot:PE=N\$"
    with mpirun -n 1 --bind-to core "$PROGRAM" info; expect 0; same warnings "$(warnings)" 1; has out "^$idle"
    with mpirun -n 1 --bind-to core "$PROGRAM" run half 2; expect 0 1; has err "^rankpool: $idle"
    for more in '--bind-to none' "--bind-to core --map-by slot:PE=$cores"; do
        with mpirun -n 1 $more "$PROGRAM" info; expect 0; same "warnings with $more" "$(warnings)" 0
    done
    with mpirun -n "$cores" --bind-to core "$PROGRAM" info; expect 0; same 'warnings of all' "$(warnings)" 0
    with mpirun -n 1 --bind-to core "$PROGRAM" info --threads 1; expect 0; same 'warnings with threads' "$(warnings)" 0
    with mpirun -n 1 --bind-to core "$PROGRAM" info --threads 4; expect 0; same 'warnings of crowds' "$(warnings)" 1
    has out 'give them more with mpirun --map-by'
    with RANKPOOL_THREADS=abc mpirun -n 2 "$PROGRAM" run half 2; expect 2 ''; same 'lines' "$(grep -c '^rankpool: ' err)" 1
fi
finish
