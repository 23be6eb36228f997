# isolation.bash: with --isolate an item that ends its process, or never ends, is a failed item like others.
. "$(dirname "$0")/expect.bash" || exit 1

for backend in serial pthread openmp; do
    run run end a kill b exit c abort d --isolate --on-error collect --format csv --threads 2 --backend $backend
    expect 1
    same 'the others' "$(grep ',ok,' out | cut -d, -f1,2 | tr '\n' ' ')" '0,a 2,b 4,c 6,d '
    has out '^1,kill,failed,,signal,9,'
    has out '^3,exit,failed,,exit,3,'
    has out '^5,abort,failed,,signal,6,'
    same 'last line' "$(tail -1 err | sed 's/[0-9.]* s$/T/')" 'rankpool: 3 of 7 items failed (2 signal, 1 exit) in T'

    run run end a hang b --isolate --timeout 2 --on-error collect --format csv --threads 2 --backend $backend
    expect 1
    has out '^1,hang,failed,,timeout,,'
    same 'the others' "$(grep -c ',ok,' out)" 2
done

# Without isolation a time-out marks the item, and the run still ends.
run run end a hang b --timeout 2 --on-error collect --format csv --threads 2
expect 1
has out '^1,hang,failed,,timeout,,'

# The order of the options doesn't matter.
run run half 2 4 6 8 --max-tasks-per-child 1 --isolate --threads 1
expect 0 $'1\n2\n3\n4' ''
run compare half 2 4 --isolate --runs 1 --method map --format csv
expect 0
finish
