# ranks.bash: under mpirun one rank speaks, wrong usage starts no MPI, and the results are those of one process.
. "$(dirname "$0")/expect.bash" || exit 1
launch() {
    last="mpirun -n $*"
    timeout $hang_s "$SOURCE/tests/mpi/quiet_input.sh" "$MPIRUN" -n "$@" >out 2>err
    status=$?
}
own() { grep -c '^rankpool: ' err; }

launch 2 "$PROGRAM" run half --items -1; expect 2 ''; same 'lines' "$(own)" 1
has err '^rankpool: --items -1: must be an integer, 0 or more$'
# The other ranks must not end the launch before rank 0 has printed the line.
for _ in 1 2 3 4 5; do
    launch 6 "$PROGRAM" run half --items -1; expect 2 ''; same 'lines' "$(own)" 1
done
launch 2 "$PROGRAM" run half --items 3 --schedule best; expect 2 ''; same 'lines' "$(own)" 1
launch 2 "$PROGRAM" run half --input missing; expect 2 ''; same 'lines' "$(own)" 1
launch 2 "$PROGRAM" walk; expect 2 ''; same 'lines' "$(own)" 1
launch 2 "$PROGRAM" jobs; expect 0; same 'jobs' "$(grep -c '^echo ' out)" 1
launch 2 "$PROGRAM" --version; expect 0; same 'version' "$(grep -c '^rankpool ' out)" 1
launch 2 "$PROGRAM" run --help; expect 0; same 'help' "$(grep -c '^rankpool run ' out)" 1

run run split --items 300 --backend serial --format csv; expect 0
cp out wanted
for n in 1 2 3; do
    for backend in mpi hybrid; do
        launch $n "$PROGRAM" run split --items 300 --backend $backend --threads 2 --format csv
        expect 0; cmp -s out wanted || problem 'other results'
    done
done
for method in $methods; do
    launch 2 "$PROGRAM" run split --items 300 --method "$method" --threads 2 --format csv
    expect 0; sort out | cmp -s - <(sort wanted) || problem 'other results'
done
launch 2 "$PROGRAM" run echo a fail b --on-error collect; expect 1 $'a\nb'; same 'lines' "$(own)" 2
has err '^rankpool: item 1 \(fail\) failed on rank [01], host [^,]+, worker [0-9]+: asked to'
# Ranks write to terminals of mpirun's, but what they write goes to a file here.
launch 2 "$PROGRAM" run echo $'a\x1b\xff' $'b\r\nc'; expect 0 $'a\x1b\xff\nb\r\nc'
launch 2 "$PROGRAM" run end a kill b kill c --on-error collect --isolate; expect 1 $'a\nb\nc'; same 'lines' "$(own)" 3
launch 2 "$PROGRAM" run half 2 --output /dev/full; expect 4 ''; same 'lines' "$(own)" 1
launch 2 "$PROGRAM" info --threads 2; expect 0; has out '^back end +hybrid'; has out '^workers +4: 2 ranks'
launch 2 "$PROGRAM" compare half 2 4 6 --runs 1 --method map,imap --threads 2 --format csv --output board; expect 0
same 'back ends' "$(sed 1d board | grep -v 'serial loop' | cut -d, -f7 | sort -u | tr '\n' ' ')" 'hybrid mpi openmp pthread serial '
same 'ranks' "$(grep ',hybrid,' board | cut -d, -f9-11 | sort -u)" '2,2,4'

# Standard input goes to rank 0, and is read as it comes.
seq 2 2 100 | timeout $hang_s "$MPIRUN" -n 2 "$PROGRAM" run half --input - >out 2>err
status=$?
last='run half --input -'
expect 0 "$(seq 1 50)"
seq 2 2 100 | timeout $hang_s "$MPIRUN" -n 2 "$PROGRAM" run half >out 2>err
status=$?
last='run half, with a pipe'
expect 0 "$(seq 1 50)"

# A terminal comes as a pipe from Open MPI's mpirun, and isn't waited for.
if command -v script >/dev/null && "$MPIRUN" --version | grep -q 'Open MPI'; then
    last='run half, on a terminal'
    timeout $hang_s script -qec "'$MPIRUN' -n 2 '$PROGRAM' run half" /dev/null >out 2>err </dev/null
    status=$?
    expect 2; has out 'run half: no items'
fi
finish
