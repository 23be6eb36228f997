# reference.bash: the reference in the repository is what the program prints, and help is the same by its three ways.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
run help --reference; expect 0
cmp -s out "$SOURCE/src/cli/OPTIONS.md" || problem 'src/cli/OPTIONS.md differs; make it anew: rankpool help --reference >src/cli/OPTIONS.md'
for option in --threads --schedule --max-failures --isolate --times --format; do has out "^\\| .*$option"; done
for variable in RANKPOOL_THREADS RANKPOOL_MPI RANKPOOL_GRACE RANKPOOL_PML OMP_NUM_THREADS SLURM_CPUS_PER_TASK; do has out "^\| .$variable"; done
for schedule in $(all_schedules); do has out "^\| $schedule \|"; done

for command in run compare scale simulate journal jobs info; do
    run $command --help; expect 0; cp out by_option
    run help $command; expect 0; cmp -s out by_option || problem "help $command is not $command --help"
done
run --help; expect 0; cp out by_option
run help; expect 0; cmp -s out by_option || problem 'help is not --help'
has out '^  RANKPOOL_GRACE +seconds'
run help walk; expect 2 ''; has err "unknown command 'walk'; there are: run, compare, "
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_LOCAL_RANK=1 run help; expect 0 '' ''
finish
