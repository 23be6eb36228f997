#!/bin/bash
# smoke.sh BENCH PART: runs one part with tiny sizes and looks whether its contestants were measured. Three names are no parts: usage (wrong
# options are refused), failure (a part whose ranks fail makes the command fail) and beside (endless loops run meanwhile, and end).
set -u
bench=$1 part=$2

fail()
{
    echo "smoke.sh: $*" >&2
    exit 1
}

# refuses WORD ARGUMENT…: exit status 2, and one line on standard error that has the word.
refuses()
{
    local word=$1 said status
    shift
    said=$("$bench" "$@" 2>&1 >/dev/null)
    status=$?
    [ $status = 2 ] || fail "$*: exit status $status instead of 2"
    [[ $said == *"$word"* ]] || fail "$*: said '$said'"
}

# measured CONTESTANT: the row has a positive median.
measured()
{
    awk -F, -v name="$1" '{ gsub(/"[^"]*"/, "text") } $2 == name && $5 > 0 { found = 1 } END { exit !found }' <<<"$table" ||
        fail "no figure for $1 in:"$'\n'"$table"
}

case $part in
usage)
    refuses nonsense compute nonsense
    refuses "'dispatc'" dispatc
    refuses --runs --runs 0
    refuses --runs --runs two
    refuses --beside --beside two
    refuses --beside --beside -1
    refuses --format --format xml
    refuses unknown --unknown
    "$bench" --help | grep -q dispatch || fail "--help doesn't name the parts"
    exit 0
    ;;
failure)
    folder=$(mktemp -d) || exit 1
    trap 'rm -rf "$folder"' EXIT
    printf '#!/bin/sh\nprintf "mpi\\t1.5\\n"\nexit 3\n' >"$folder/mpirun"
    chmod +x "$folder/mpirun"
    said=$(PATH=$folder:$PATH "$bench" items --runs 1 --small 2>&1)
    status=$?
    [ $status = 1 ] || fail "exit status $status instead of 1"
    [[ $said == *"part items failed"* ]] || fail "said '$said'"
    exit 0
    ;;
beside) # a loop that didn't end would hold the pipe open, and this would hang
    table=$("$bench" items --runs 1 --small --format csv --beside 2) || fail "exit status $?"
    [[ $table == *'# beside: 2 endless loops'* ]] || fail "doesn't say what runs beside: $table"
    measured mpi
    exit 0
    ;;
item) contestants=('OpenMP static' 'OpenMP guided' pthread openmp 'hybrid 2 x 1' 'inlined OpenMP static' 'range openmp' 'range hybrid 2 x 1') ;;
compute-*) contestants=('OpenMP loop' pthread openmp 'hybrid 1 x 2' 'hybrid 2 x 1') ;;
dispatch-*) contestants=(master/worker mpi) ;;
items) contestants=(mpi) ;;
metg) contestants=('OpenMP static' pthread openmp mpi 'hybrid 2 x 1' 'chunk 1: OpenMP dynamic' 'chunk 1: mpi' 'chunk 1: hybrid 2 x 1') ;;
imbalance-*) contestants=('constant: auto' 'constant: static' 'uniform: fixed' 'uniform: guided' 'uniform: trapezoid' 'uniform: factoring' 'uniform: mfsc' 'uniform: awf-b' 'uniform: af') ;;
data) contestants=(MPI_Send/Recv 'MPI_Send/Recv and function' mpi) ;;
ranks) contestants=(hybrid 'hybrid: rank 0' 'hybrid: messages' master/worker) ;;
exec) contestants=('xargs -P2 -n1' 'posix_spawn loop' 'rankpool run exec' 'rankpool run exec 2 x 1' pthread 'pthread with 4 GB' 'memory of rank 0') ;;
startup) contestants=(/bin/true 'rankpool run' 'mpirun: empty MPI program' 'mpirun: rankpool run') ;;
sigterm) contestants=('rankpool run') ;;
call) contestants=('plain loop' 'call pow' 'call pow (serial)') ;;
isolation) contestants=(pthread 'pthread isolated' 'hybrid 2 x 1' 'hybrid 2 x 1 isolated' 'pthread 100 us' 'hybrid 2 x 1 isolated 100 us') ;;
stream) contestants=(mpi 'memory of rank 0' 'memory of rank 1') ;;
trace) contestants=('openmp 0.1 ms' 'openmp 0.1 ms: grains' 'hybrid 2 x 1 trivial: totals' 'hybrid 2 x 1 empty: grains') ;;
fetch) contestants=(serial 'pthread 16' 'openmp 16' 'hybrid 2 x 8') ;;
steps) contestants=('none: OpenMP loop' 'none: MPI_Allgather' 'none: pthread 1 x 2' '10 us: work alone' '10 us: openmp 1 x 2' '100 us: mpi 2 x 1' '1 ms: hybrid 2 x 1' '1 ms: hybrid 2 x 1 auto') ;;
steps-tcp) contestants=('none: MPI_Allgather' 'none: hybrid 2 x 1' '10 us: mpi 2 x 1' '1 ms: hybrid 2 x 1') ;;
rest) contestants=('OpenMP loop' 'pthread 1 x 2' 'openmp 1 x 2' 'mpi 2 x 1' 'hybrid 2 x 1') ;;
reduce) contestants=('array: OpenMP reduction' 'array: pthread 1 x 2' 'array: openmp 1 x 2' 'array: pthread 1 x 2: RP_COMBINE' 'range: OpenMP reduction' 'range: pthread 1 x 2' 'range: mpi 2 x 1') ;;
apply) contestants=('OpenMP tasks' 'pthread 1 x 2' 'pthread 1 x 2: completions' 'openmp 1 x 2' 'mpi 2 x 1' 'hybrid 2 x 1') ;;
words) contestants=('pthread 1 x 2' 'mpi 2 x 1' 'mpi 2 x 1: travel' 'mpi 2 x 1: travel in order') ;;
imap) contestants=('map: pthread 1 x 2' 'map: openmp 1 x 2' 'hybrid 2 x 1: map' 'hybrid 2 x 1: imap' 'hybrid 2 x 1: imap_unordered') ;;
journal) contestants=('10 us: openmp 1 x 2 and journal' '1 ms: hybrid 2 x 1 and journal' 'empty: openmp 1 x 2 and journal' '1e7 done: first new item' '1e7 done: memory') ;;
journal-exec) contestants=('rankpool run exec' 'rankpool run exec --journal') ;;
constant) contestants=('hybrid 4 x 1: memory' 'hybrid 4 x 1: second map') ;;
idle) contestants=('hybrid 4 x 2') ;;
*) fail "there is no part '$part'" ;;
esac

table=$("$bench" "$part" --runs 1 --small --format csv) || fail "exit status $?"
for contestant in "${contestants[@]}"; do measured "$contestant"; done

# A peer that the lines at the top name is measured too.
case $part:$table in
item:*'; oneTBB '*) measured oneTBB ;;
steps:*'; oneTBB '*) measured '10 us: oneTBB' ;;
words:*'; CPython '*) measured 'CPython Pool by findall' && measured 'CPython Pool by translate' ;;
dispatch-*:*'; CPython '*) measured 'CPython Pool.map' ;;&
dispatch-*:*'; mpi4py '*) measured mpi4py.futures ;;
esac
