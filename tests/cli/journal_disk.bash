# journal_disk.bash: what a run with a journal does where its disk is slow, full, without locks, or not that of all hosts; and whose lock it
# finds there. Where the disk fails in other ways: tests/torture/disk.bash, whose library is used here too.
. "$(dirname "$0")/expect.bash" || exit 1

# faulty CALL HOW N[+] [NAME=VALUE…] -- ARGUMENT…: the program while that happens to calls on its journal.
faulty() {
    local fault="$1 $2 $3" more=()
    shift 3
    while [ "$1" != -- ]; do more+=("$1"); shift; done
    shift
    head -c 16 /dev/zero >counter
    last="$fault: $*"
    { timeout $hang_s env "LD_PRELOAD=$DISK_LIBRARY" "DISK_FAULT=$fault" "DISK_FOLDER=$work/j" "DISK_COUNTER=$work/counter" ${more[@]+"${more[@]}"} \
        "$PROGRAM" "$@" >out 2>err </dev/null; } 2>/dev/null
    status=$?
}
lines_in() { [ "$(cat "$1" 2>/dev/null | wc -l)" -ge "$2" ]; }

# ---- no locks ----

for code in ENOLCK ENOSYS; do
    rm -rf j
    faulty lock $code 1+ -- run nap --journal j 1 2 3; expect 0 '1
2
3'
    same 'lines about locks' "$(grep -c 'the file system of j has no locks: two runs that begin at the same moment are noticed late$' err)" 1
done
rm -rf j "$BEGUN"
(faulty lock ENOLCK 1+ -- run nap --journal j 100000) & runner=$!
until_there has_begun 1
faulty lock ENOLCK 1+ -- run nap --journal j 100000; expect 2 '' # the other one's process is all that says so
has err 'the journal j is in use by process [0-9]+ on '
children() { cat /proc/"${1:-none}"/task/*/children; }
kill -KILL $(children $(children $runner)) # the child of timeout
wait $runner 2>/dev/null

# What is being run can't be mapped.
rm -rf j
faulty map ENODEV 1+ -- run nap --journal j 1 2; expect 0
has err "^rankpool: warning: j can't keep what is being run: if this process dies, none of it is held to account$"

# ---- a slow disk ----

# The workers go on while a sync takes as long as it likes. Their rows wait: what is printed is in the file.
item='until [ -e go ]; do sleep 0.02; done; echo x >>effects; echo x'
rm -rf j go effects rows
yes "$item" | head -40 >commands
(faulty sync hold 1+ DISK_HELD="$work/held" -- run call --journal j --journal-sync 0.01 --threads 2 --input commands --output rows) & runner=$!
until_there test -s j/runs.jsonl # written when all of the beginning is on the disk
touch held go
until_there lines_in effects 40
rm held
wait $runner
last='a sync that takes long'
same 'rows' "$(grep -c '^0:x$' rows)" 40
same 'items that the journal has' "$("$RANKPOOL" journal j --format jsonl | grep -o '"done":40,' | head -1)" '"done":40,'

# More than 64 MiB wait: it says so, and goes on.
rm -rf j rows go
awk 'BEGIN { for (s = "x"; length(s) < 1000000;) s = s s; for (i = 0; i < 100; i++) print i s }' >large
mkfifo pipe
(faulty sync hold 1+ DISK_HELD="$work/held" -- run echo --journal j --journal-sync 0.01 --threads 1 --chunk 1 --input pipe --output rows; cp err slow.err) & runner=$!
exec 3>pipe
until_there test -s j/runs.jsonl # written when all is on the disk
touch held
cat large >&3 &
exec 3>&-
until_there grep -qs '^rankpool: the disk of j is slow: results wait for it$' err
rm held
wait $runner
cmp -s rows large || problem 'the rows of a slow disk'
same 'lines about it' "$(grep -c 'is slow' slow.err)" 1

# ---- a full one ----

# full: as root of name spaces of its own, on a disk that is too small; and the same command when it is larger.
cat >full <<'END'
mkdir -p disk && mount -t tmpfs -o size=96k tmpfs disk && cd disk || exit 77
"$PROGRAM" run nap --journal j --output rows --input ../thousand --format jsonl --threads 2 >../out 2>../err
echo $? >../first
mount -o remount,size=20m disk 2>/dev/null || mount -o remount,size=20m "$PWD"
"$PROGRAM" run nap --journal j --output rows --input ../thousand --format jsonl --threads 2 >../out.again 2>../err.again
echo $? >../second
"$RANKPOOL" journal j >../shown
cp rows ../rows.full
END
yes 0.01 | head -1000 >thousand
PROGRAM=$PROGRAM RANKPOOL=$RANKPOOL unshare -m bash full 2>full.err || PROGRAM=$PROGRAM RANKPOOL=$RANKPOOL unshare -rm bash full 2>full.err
if [ $? = 77 ] || [ ! -e first ]; then
    echo 'no small disk here: skipped'
else
    last='a full disk'
    same 'the first status' "$(cat first)" 4
    has err 'No space left on device'
    # Either the journal or the output is the first to be without room.
    has err "^rankpool: (j: of this run [0-9]+ of [0-9]+ records are safe|ended early: [0-9]+ of 1000 items done, [0-9]+ to do); the same command goes on$"
    same 'the second status' "$(cat second)" 0
    run run nap --input thousand --format jsonl --output rows.right --threads 2
    cmp -s rows.full rows.right || problem 'the output of a disk that was full'
    has shown '\([0-9]+ bytes an item\)'
fi

# ---- a disk of one host ----

case $(stat -f -c %T .) in
    ext2/ext3 | xfs | btrfs | overlayfs | zfs | f2fs)
        rm -rf j; run run nap --journal j 1; expect 0 1 'rankpool: j: new journal of 1 item'
        rm -rf j; SLURM_JOB_NUM_NODES=2 run run nap --journal j 1; expect 0 1
        has err "^rankpool: warning: j lies on this host's own disk: the same command goes on only where rank 0 is on this host again$"
        SLURM_JOB_NUM_NODES=2 run run nap --journal j -q 1; expect 0 1 ''
        ;;
esac

# ---- a look while a run goes on ----

rm -rf j go
printf '%s\n' 'echo a' 'until [ -e go ]; do sleep 0.02; done; echo b' >commands
"$PROGRAM" run call --journal j --threads 1 --chunk 1 --input commands >/dev/null 2>&1 & pid=$!
shows() { "$RANKPOOL" journal j >shown 2>/dev/null && grep -Eq "$1" shown; }
until_there shows '^j: 1 done, 0 failed, 1 to do, of 2 items; 1 run'
has shown '^as of 20.*Z, the last commit'
has shown ' going on '
touch go
until_there shows '^j: 2 done, 0 failed, 0 to do, of 2 items; 1 run'
wait $pid

# ---- whose lock it is ----

# A process number that was used again: another process has it, which began at another time.
rm -rf j "$BEGUN"
"$PROGRAM" run nap --journal j 100000 >/dev/null 2>&1 & pid=$!
until_there has_begun 1
kill -KILL $pid; wait $pid 2>/dev/null
"$TOOLS/move_holder" j $$ || problem 'the lock can not be changed'
run run nap --journal j --resume changed 1; expect 0 1

# The name of the host says nothing: the holder lives on this one, whatever it is called.
rm -rf j "$BEGUN"
"$PROGRAM" run nap --journal j 100000 >/dev/null 2>&1 & pid=$!
until_there has_begun 1
if unshare -u true 2>/dev/null; then uts=(unshare -u); else uts=(unshare -ru); fi
last='another name of this host'
"${uts[@]}" bash -c 'hostname elsewhere && exec "$@"' bash "$PROGRAM" run nap --journal j --take-over 100000 >out 2>err </dev/null; status=$?
expect 2 ''
has err "the journal j is in use by process $pid on "
kill -KILL $pid; wait $pid 2>/dev/null

# ---- SIGTERM, and then no time ----

# What is done is in the file, and that the run ended by itself: its items aren't held to account when it is killed before it could end.
rm -rf j "$BEGUN"
RANKPOOL_GRACE=$hang_s "$PROGRAM" run nap --journal j --threads 2 1 2 100000 100000 >/dev/null 2>&1 & pid=$!
until_there has_begun 4
kill -TERM $pid
until_there shows ' stopped '
kill -KILL $pid; wait $pid 2>/dev/null
"$RANKPOOL" journal j --todo --format csv >todo
same 'what is done' "$(shows '^j: 2 done' && echo 2)" 2
same 'what is held to account' "$(grep -c ',[1-3]$' todo)" 0

# ---- another build ----

# Rows are what the build printed that made them: those of before are kept, also when the output is written again.
build() {
    cat >job.c <<END
#include <rankpool/job.h>
#include <rankpool/rankpool.h>
typedef struct pair { int64_t whole; double exact; } pair;
static pair twice(int64_t x) { return (pair){2 * x, 2 * x + 0.5}; }
RP_TASK(twice, pair, int64_t)
static const rp_field fields[] = {{"value", $1}, {NULL, 0, 0}};
static const rp_job job = {.name = "twice", .help = "is built twice", .item_help = "an integer", .task = twice_task, .fields = fields};
RP_JOB(job)
END
    ${CC:-cc} -shared -fPIC -I"$SOURCE/include" job.c -o twice.so 2>/dev/null
}
if build 'RP_TYPE_INT64, 0'; then
    PROGRAM=$RANKPOOL
    rm -rf j rows
    seq 3 >few; run run ./twice.so --input few --format csv --journal j --output rows; expect 0
    build 'RP_TYPE_DOUBLE, 8'
    seq 5 >few; run run ./twice.so --input few --format csv --journal j --output rows; expect 0
    same 'rows' "$(cut -d, -f4 rows | paste -sd' ')" 'value 2 4 6 8.5 10.5'
    rm rows; run run ./twice.so --input few --format csv --journal j --output rows; expect 0
    same 'rows that are written again' "$(cut -d, -f4 rows | paste -sd' ')" 'value 2 4 6 8.5 10.5'
fi
finish
