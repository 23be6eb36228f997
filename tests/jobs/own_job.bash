# own_job.bash: jobs in shared libraries, built out of the tree against what is installed: in C and in C++, on one rank and two, and what is
# no job for this program.
. "$(dirname "$0")/../cli/expect.bash" || exit 1
examples=$SOURCE/tests/examples
warnings='-Wall -Wextra -Wshadow -Wconversion -Werror'
"$CMAKE" --install "$BUILD" --prefix "$work/installed" >install.log 2>&1 || { cat install.log; exit 1; }
PROGRAM=$work/installed/bin/rankpool
headers=$work/installed/include

# build SOURCE LIBRARY FLAG…: says what the compiler says.
build() {
    local compiler=$CC
    [[ $1 != *.cc ]] || compiler=$cxx
    # shellcheck disable=SC2086
    "$compiler" $warnings -I"$headers" -shared -fPIC "$1" -o "$2" "${@:3}" >build.log 2>&1 || { cat build.log; problem "$1 doesn't compile"; }
}

# job NAME: a smaller job than the example, from standard input, with a task `twice`.
job() {
    { echo '#include <rankpool/job.h>
static int64_t twice(int64_t x) { return 2 * x; }
RP_TASK(twice, int64_t, int64_t)'
      cat; } >"$1.c"
    build "./$1.c" "$1.so" -Wno-missing-field-initializers "${@:2}"
}

# refuses LIBRARY PATTERN: in one line, before anything runs.
refuses() {
    run run "$1" 1
    expect 2 ''; same 'lines' "$(wc -l <err)" 1; has err "^rankpool: job '$1': $2"
}

# ---- the examples ----
# check LIBRARY: what both print.
check() {
    run run "$1" 6 27 97 --format csv; expect 0
    same 'the rows' "$(cut -d, -f1-5 out | tr '\n' ' ')" 'index,item,outcome,steps,highest 0,6,ok,8,16 1,27,ok,111,9232 2,97,ok,118,9232 '
    for options in '--method map' '--isolate' '--method apply_async --threads 2' '--backend serial'; do
        # shellcheck disable=SC2086
        run run "$1" --items 30 --on-error collect $options; expect 1; same 'rows' "$(cksum <out)" "$(cksum <<<"$thirty")"
        has err "^rankpool: item 0 \(0\) failed on rank 0, .*: 0 isn't positive"
    done
    run run "$1" 27 --param steps=3; expect 1 ''; has err 'it takes more than 3 steps'
    run run "$1" 27 --param step=3; expect 2 ''; has err "^rankpool: unknown parameter 'step' of collatz; .*steps"
    run run "$1" x; expect_usage "'x' isn't an integer of 64 bits (an item of collatz is a positive integer)"
    run run "$1"; expect 2 ''
    run jobs "$1"; expect 0; has out '^collatz: how many steps'; has out '^result: steps \(int64\), highest \(int64\)$'
    run compare "$1" 6 27 97 --runs 1 --method map; expect 0; has out '^collatz: 3 items'
}
build "$examples/myjob.c" c.so
run run ./c.so 6 27; expect 0 "$(cat "$examples/myjob.expected")" ''
run run ./c.so --items 30 --on-error collect --backend serial
thirty=$(cat out)
same 'one of 30' "$(sed -n 27p out)" '111 9232'
check ./c.so
check "$work/c.so"
libraries=./c.so
cxx=${CXX-$(command -v g++ || command -v clang++)}
if [ -n "$cxx" ]; then
    build "$examples/myjob.cc" cc.so -std=c++17
    check ./cc.so
    libraries+=' ./cc.so'
fi
run run c.so 1; expect 2 ''; has err "^rankpool: unknown job 'c.so'; there are: .*; a file needs a slash in its name, as ./job.so$"

# ---- what a job may leave out, and how it may be linked ----
job small <<'END'
static const rp_job job = {.name = "small", .help = "doubles", .item_help = "a number", .task = twice_task};
RP_JOB(job)
END
run run ./small.so 1 2 --format csv; expect 0; same 'columns' "$(head -n 1 out | cut -d, -f1-4)" index,item,outcome,value
run run ./small.so 1 2; expect 0 $'2\n4' ''
run jobs ./small.so; expect 0; has out '^result: value \(int64\)$'; has out '^parameters: none$'
library=$(find "$work/installed" -name librankpool.so | head -n 1)
sed 1,3d small.c >rest
job linked "$library" -Wl,--no-as-needed "-Wl,-rpath,$(dirname "$library")" <rest; run run ./linked.so 1 2; expect 0 $'2\n4' ''
job fails <<'END'
static double only(double x) { return x < 0 ? rp_fail(3, "too small") : x; }
RP_TASK(only, double, double)
static const rp_job job = {.name = "fails", .help = "fails", .item_help = "a number", .task = only_task};
RP_JOB(job)
END
run run ./fails.so 1 --on-error collect -- -1; expect 1 1; has err 'item 1 \(-1\) failed .*: too small \(code 3\)'
job starts <<'END'
static int start(rp_bytes argument, void **state)
{
    static int64_t seven = 7;
    (void)argument;
    *state = &seven;
    return 0;
}
RP_INITIALIZER(starts, start, NULL)
static int64_t from_state(int64_t x) { return x * *(int64_t *)rp_worker_state(); }
RP_TASK(from_state, int64_t, int64_t)
static const rp_job job = {.name = "starts", .help = "", .item_help = "", .task = from_state_task, .initializer = starts_initializer};
RP_JOB(job)
END
run run ./starts.so 1 2; expect 0 $'7\n14' ''
run run ./starts.so 1 2 --isolate; expect 0 $'7\n14' ''

# ---- what is no job for this program ----
refuses ./missing.so 'No such file or directory$'
refuses ./ "isn't a file$"
refuses /dev/zero "isn't a file$"
echo text >text.so; refuses ./text.so '.*(invalid ELF header|file too short)$'
job none </dev/null; refuses ./none.so 'it has no job: RP_JOB of rankpool/job.h makes one known$'
job unresolved <<'END'
int elsewhere(void);
int here(void);
int here(void) { return elsewhere(); }
static const rp_job job = {.name = "x", .help = "", .item_help = "", .task = twice_task};
RP_JOB(job)
END
refuses ./unresolved.so '.*undefined symbol: elsewhere$'
sed 's/^RP_JOB(job)$/const rp_job_library rankpool_job = {"0.0.9", RP_JOB_VERSION - 1, sizeof(rp_job), \&job, rp_fail};/' rest |
    job old -Wno-missing-variable-declarations
refuses ./old.so 'it was built with version 0.0.9 of rankpool/job.h, this is [0-9.]+: build it again$'
sed 's/^RP_JOB(job)$/const rp_job_library rankpool_job = {"0.0.9", RP_JOB_VERSION, sizeof(rp_job) - 64, \&job, rp_fail};/' rest | job smaller
refuses ./smaller.so 'it was built with version 0.0.9 '
job nameless <<'END'
static const rp_job job = {.help = "", .item_help = "", .task = twice_task};
RP_JOB(job)
END
refuses ./nameless.so 'its name, help, item_help or task is NULL$'
job record <<'END'
typedef struct pair { int a, b; } pair;
static pair both(int x) { return (pair){x, x}; }
RP_TASK(both, pair, int)
static const rp_job job = {.name = "record", .help = "", .item_help = "", .task = both_task};
RP_JOB(job)
END
refuses ./record.so 'its result is a record, and it has no fields$'
job clash <<'END'
static double compute(double x) { return x; }
RP_TASK(compute, double, double)
static const rp_job job = {.name = "clash", .help = "", .item_help = "", .task = compute_task};
RP_JOB(job)
END
refuses ./clash.so 'rankpool has another task compute: give it another name$'
job broken <<'END'
static const rp_task task = {"broken", NULL, RP_TYPE_INT64, 8, 0, 1, {RP_TYPE_INT64}, {8}};
static const rp_job job = {.name = "broken", .help = "", .item_help = "", .task = &task};
RP_JOB(job)
END
refuses ./broken.so "its task broken or its initializer can't be used: see rankpool/task.h$"
archive=$(find "$work/installed" -name librankpool.a)
job own "$archive" -Wl,-Bsymbolic -Wl,--unresolved-symbols=ignore-all <rest
refuses ./own.so 'it has a librankpool of its own: link it without$'

# ---- ranks ----
if [ -n "${WITH_MPI-}" ]; then
    launch() {
        last="mpirun $*"
        rm -f "$work/status"
        RANKPOOL_STATUS_FILE=$work/status timeout $hang_s "$SOURCE/tests/mpi/quiet_input.sh" "$MPIRUN" "$@" >out 2>err
        status=$?
        [ ! -e "$work/status" ] || status=$(cat "$work/status") # the launcher may end rank 0 before it has written that
    }
    for library in $libraries; do
        launch -n 2 "$PROGRAM" run "$library" --items 30 --on-error collect --backend mpi; expect 1; same 'rows' "$(cat out)" "$thirty"
    done
    launch -n 2 "$PROGRAM" run ./missing.so 1; expect 2 ''
    same 'who says it' "$(grep -c '^rankpool: ' err)" 1; has err "^rankpool: job './missing.so': No such file or directory$"
    mkdir -p other
    launch -n 1 "$PROGRAM" run ./c.so 1 : -n 1 env -C other "$PROGRAM" run ./c.so 1; expect 2 ''
    same 'who says it' "$(grep -c '^rankpool: ' err)" 1
    has err "^rankpool: rank 1, host [^,]+, can't take part: job './c.so': No such file or directory$"
    launch -n 1 env -C other "$PROGRAM" run ./c.so 1 : -n 1 "$PROGRAM" run ./c.so 1; expect 2 ''
    has err "^rankpool: job './c.so': No such file or directory$"
    sed 's/3 \* n + 1/5 * n + 1/' "$examples/myjob.c" >other.c
    build ./other.c other/c.so
    launch -n 1 "$PROGRAM" run ./c.so 1 : -n 1 env -C other "$PROGRAM" run ./c.so 1; expect 2 ''
    has err '^rankpool: ranks must run the same program: rank 1, host [^,]+, has another build of c.so '
    cp small.so other/c.so
    launch -n 1 "$PROGRAM" run ./c.so 1 : -n 1 env -C other "$PROGRAM" run ./c.so 1; expect 2 ''
    has err "^rankpool: ranks must run the same program: rank 1, host [^,]+, doesn't know task collatz, which rank 0 knows$"
fi
finish
