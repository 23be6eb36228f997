# info.bash: what info says of a job of Slurm's, from its variables and from squeue, and of ranks, in few lines.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
unset ${!SLURM_@}
run info; expect 0; same 'lines about a job' "$(grep -cE '^(job|nodes|time left|memory) ' out)" 0
has out '^start +alone'

# What Slurm says is in the environment.
export SLURM_JOB_ID=1234 SLURM_JOB_NAME=sweep SLURM_JOB_PARTITION=main SLURM_JOB_NUM_NODES=2 SLURM_JOB_NODELIST='n[1-2]' SLURM_MEM_PER_NODE=4000
SLURM_JOB_END_TIME=$(($(date +%s) + 100000)) run info; expect 0
has out '^job +1234 of Slurm.s, sweep, partition main$'
has out '^nodes +2: n\[1-2\]$'
has out '^time left +1-03:4[0-9]:[0-9][0-9]$'
has out '^memory +4000 MB of each node \(SLURM_MEM_PER_NODE\)$'
SLURM_JOB_END_TIME=5 run info; has out '^time left +0:00:00$'
# A terminal obeys nothing of it.
SLURM_JOB_END_TIME=5 SLURM_JOB_NAME=$'a\e[31mb' run info; has out '^job .*, a.x1b\[31mb, '

# Else squeue is asked.
mkdir bin
export PATH=$work/bin:$PATH
# squeue COMMANDS: from now on.
squeue_is() { printf '#!/bin/sh\n%s\n' "$1" >bin/squeue && chmod +x bin/squeue; }
squeue_is 'echo "$@" >asked; echo 59:12'; run info; expect 0; has out '^time left +59:12$'
same 'what squeue was asked' "$(cat asked)" '--noheader --format=%L --jobs 1234'
squeue_is 'echo UNLIMITED'; run info; expect 0; has out '^time left +no limit$'
for way in 'exit 1' 'echo 1:00; exit 1' 'exec sleep 600' 'kill -9 $$' ':'; do
    squeue_is "$way"; run info; expect 0; has out "^time left +not known, as squeue doesn't answer$"
done
unset SLURM_MEM_PER_NODE
squeue_is 'echo 1:00'; SLURM_MEM_PER_CPU=500 run info; has out '^memory +500 MB for each CPU \(SLURM_MEM_PER_CPU\)$'
run info; has out "^memory +all of the nodes': the job has no limit$"
if [ -n "${WITH_MPI-}" ]; then
    unset ${!SLURM_@}
    last='4 ranks of one host'
    timeout $hang_s "$MPIRUN" -n 4 "$PROGRAM" info --threads 1 >out 2>err </dev/null
    has out '^ +0-3 +'
    same 'rows' "$(grep -c ' shared ' out)" 1
fi
finish
