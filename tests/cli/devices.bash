# devices.bash: what a rank gets of its host: GPUs by their variables, and as many workers as its memory has room for.
. "$(dirname "$0")/expect.bash" || exit 1
unset RANKPOOL_THREADS OMP_NUM_THREADS SLURM_CPUS_PER_TASK SLURM_MEM_PER_NODE SLURM_MEM_PER_CPU
unset CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES ZE_AFFINITY_MASK ONEAPI_DEVICE_SELECTOR
show='echo "$CUDA_VISIBLE_DEVICES"; sleep 0.2'
# with VARIABLE=VALUE… COMMAND…: the program in that environment.
with() {
    last="$*"
    timeout $hang_s env "$@" >out 2>err </dev/null
    status=$?
}

# ---- GPUs ----

with CUDA_VISIBLE_DEVICES=MIG-1,MIG-2 "$RANKPOOL" run exec -n 2 --gpus-per-rank 1 -- sh -c "$show"
expect 0 "$(printf 'MIG-1\nMIG-1')"
with CUDA_VISIBLE_DEVICES=7 "$RANKPOOL" run exec -n 1 --gpus-per-rank 1 -- sh -c "$show"; expect 0 7
with CUDA_VISIBLE_DEVICES=7 "$RANKPOOL" run exec -n 1 --gpus-per-rank 2 -- sh -c "$show"
expect 2 ''; has err 'gpus_per_rank is 2, and the ranks of this host need 2 GPUs; CUDA_VISIBLE_DEVICES has 1$'
run run half 2 --gpus-per-rank 0; expect 2
if [ -n "${MPIRUN-}" ]; then
    with CUDA_VISIBLE_DEVICES=3,5 $MPIRUN -n 2 "$RANKPOOL" run exec -n 8 -j 1 --gpus-per-rank 1 -- sh -c "$show"
    expect 0; same devices "$(sort -u out | tr '\n' ' ')" '3 5 '
    with CUDA_VISIBLE_DEVICES=3,5,7 $MPIRUN -n 2 "$RANKPOOL" run exec -n 8 --gpus-per-rank 2 -- sh -c "$show"
    expect 2 ''; has err 'need 4 GPUs; CUDA_VISIBLE_DEVICES has 3'
fi

# ---- memory ----

mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
run run half 2 --memory-per-item 1000000G
expect 2 ''; has err 'memory_per_item is 1024000000 MiB, and this rank has [0-9]+ MiB'
with SLURM_MEM_PER_NODE=300 "$RANKPOOL" info -j 64 --memory-per-item 100M
expect 0; has out ' [123] threads? in rank 0 \(from: option memory_per_item\)$'
with SLURM_MEM_PER_NODE=300 "$RANKPOOL" info -j 1 --memory-per-item 100M; expect 0; has out ' 1 thread in rank 0'
with "$RANKPOOL" info -j 64 --memory-per-item $((mib / 3 + 1))M
expect 0; has out ' [1-4] threads? in rank 0 \(from: option memory_per_item\)$'

if [ -n "${MPIRUN-}" ]; then # each rank has a half
    with SLURM_MEM_PER_NODE=300 RANKPOOL_THREADS=5 $MPIRUN -n 2 "$RANKPOOL" info --memory-per-item 60M
    expect 0; has out '^workers +4: 2 ranks, 2 threads in rank 0 \(from: option memory_per_item\)$'
fi

finish
