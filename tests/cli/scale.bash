# scale.bash: which numbers of workers take part, what the table says, and where its rows come from.
. "$(dirname "$0")/expect.bash" || exit 1

points() { sed 1d "$1" | cut -d, -f6-7,9-11 | tr '\n' ' '; }

members='job host cores items runs method backend progress ranks threads workers outcome place median_s low_s high_s minimum_s maximum_s
    speedup time_to_pthread efficiency warm_up_s times_s'

# For a processor, up to the threads that are given; the serial loop comes first.
run scale half 2 4 6 --runs 1 --threads 6 --format csv; expect 0
same 'points' "$(points out)" 'serial loop,serial,1,1,1 map,openmp,1,1,1 map,openmp,1,2,2 map,openmp,1,4,4 map,openmp,1,6,6 '
[ -n "${WITH_MPI-}" ] || same 'a hint' "$(grep -c mpirun err)" 0
run scale half 2 4 6 --runs 1 --threads 4 --all --backend pthread,serial --method imap --format csv; expect 0
same 'points' "$(points out)" 'serial loop,serial,1,1,1 imap,pthread,1,1,1 imap,pthread,1,2,2 imap,pthread,1,3,3 imap,pthread,1,4,4 '
run scale half 2 4 --runs 1 --format csv; expect 0
cores=$(sed -n 2p out | cut -d, -f3)
same 'the cores' "$(tail -1 out | cut -d, -f11)" "$cores"
# Where items mostly wait, up to the number of items.
run scale idle 1 1 1 1 1 --runs 1 --format csv; expect 0
same 'points' "$(points out)" 'serial loop,serial,1,1,1 map,openmp,1,1,1 map,openmp,1,2,2 map,openmp,1,4,4 map,openmp,1,5,5 '
run scale idle 1 1 1 1 1 --runs 1 --threads 2 --format csv; expect 0; same 'rows' "$(sed 1d out | wc -l)" 3
# shellcheck disable=SC2046  # they are several words
run scale idle $(yes 0 | head -n 200) --runs 1 --format csv --progress never; expect 0; same 'the most' "$(tail -1 out | cut -d, -f11)" 64
run scale idle --items 0 --runs 1 --format csv; expect 0; same 'rows' "$(sed 1d out | wc -l)" 2

# What the environment says is a limit too.
export RANKPOOL_THREADS=3
run scale half 2 4 --runs 1 --format csv; expect 0; same 'the limit' "$(tail -1 out | cut -d, -f11)" 3
run scale idle 1 1 1 1 1 --runs 1 --format csv; expect 0; same 'the limit' "$(tail -1 out | cut -d, -f11)" 3
unset RANKPOOL_THREADS

# The table. What is faster depends on what else this machine does.
run scale nap 2 2 2 2 2 2 2 2 --runs 6 --threads 4; expect 0
has out '^nap: 8 items, 6 runs of each after a warm-up; host '
has out '^workers are  back end  workers  place  median \(ms\)  speed-up +interval \(ms\)  efficiency$'
has out '^serial loop  serial +1 +[0-9]+ +[0-9.]+ +1\.00 +[0-9.]+ – [0-9.]+ +100%$'
has out '^threads      openmp +4 +[1-4] +[0-9.]+ +(≈)?[0-4]\.[0-9]+ +[0-9.]+ – [0-9.]+ +[0-9]+%$'
has out '^Fastest: ([124] threads? \(openmp\)|the serial loop)\.'
run scale nap 1 --runs 6 --threads 2 --format markdown; expect 0
has out '^\| workers are \| back end \| workers \| place \| median \(ms\) \| speed-up \| interval \(ms\) \| efficiency \|$'
run scale half 2 4 --runs 2 --threads 2 --format jsonl --output board; expect 0 ''
# shellcheck disable=SC2086
same 'JSON lines' "$("$TOOLS/check_jsonl" $members <board)" 3
run scale half 2 4 --runs 2 --threads 2; expect 0; has out '^Too few runs to say what is faster: 2 of each'

run scale half 2 4 --isolate --runs 1 --threads 2 --format csv; expect 0; same 'rows' "$(sed 1d out | wc -l)" 3

# Items of several values, and what isn't right.
printf '1,2\n3,4\n' >rows
run scale scale --param factor=2 --csv rows --runs 1 --threads 2 --format csv; expect 0; has out ',starmap,openmp,no,1,2,2,ok,'
run scale scale --param factor=2 --csv rows --runs 1 --method map; expect_usage '--method map takes items of one value, an item of scale has 2: use its starred form'
run scale at_home 1 2 3 --runs 1 --threads 1 --method imap; expect 1
has err '^rankpool: WRONG RESULT: imap on openmp differs from the serial loop at item 0 \(1\)$'
run scale half 2 3 --runs 1; expect 1 ''; has err 'item 1 \(3\) failed on rank 0'
run scale half 2 --method map,imap; expect 2 ''; has err "unknown method 'map,imap'"
run scale half 2 --backend gpu; expect 2 ''

# Ranks: the first ones of those that there are.
if [ -n "${WITH_MPI-}" ]; then
    ranks() {
        last="mpirun -n $1 ${*:2}"
        timeout $hang_s "$MPIRUN" -n "$1" "$PROGRAM" "${@:2}" >out 2>err </dev/null
        status=$?
    }
    ranks 3 scale half 2 4 6 --runs 1 --threads 1 --format csv --output board; expect 0
    same 'points' "$(points board)" 'serial loop,serial,1,1,1 map,openmp,1,1,1 map,mpi,1,1,1 map,mpi,2,1,2 map,mpi,3,1,3 '
    ranks 2 scale half 2 4 6 --runs 1 --threads 2 --format csv --output board; expect 0
    same 'points' "$(points board)" \
        'serial loop,serial,1,1,1 map,openmp,1,1,1 map,openmp,1,2,2 map,mpi,1,1,1 map,mpi,2,1,2 map,hybrid,1,2,2 map,hybrid,2,2,4 '
    ranks 2 scale idle 1 1 --runs 1 --format csv --output board; expect 0
    same 'back ends' "$(sed 1d board | cut -d, -f7 | uniq | tr '\n' ' ')" 'serial openmp mpi '
    ranks 2 scale nap 2 2 2 2 --runs 6 --backend mpi; expect 0
    has out '^ranks        mpi +2 +[1-3] '; has out '^Fastest: ([12] ranks?|the serial loop)\.'
    run scale half 2 4 --runs 1 --format csv; expect 0
    has err '^rankpool: these are threads of one process; mpirun -n R rankpool scale … measures 1 to R ranks too$'
fi
finish
