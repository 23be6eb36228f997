# journal_rules.bash: which runs may go on with a journal, what is run again, and what becomes of an output that isn't as it was left.
. "$(dirname "$0")/expect.bash" || exit 1

# begun: how many items have run since it was asked last.
begun() { stat -c %s "$BEGUN" 2>/dev/null || echo 0; rm -f "$BEGUN"; }
# first ARGUMENT…: a run of naps with a new journal, to its end.
first() { rm -rf j out.j "$BEGUN"; run run nap --journal j --output out.j --threads 2 "$@"; }
again() { rm -f "$BEGUN"; run run nap --journal j --output out.j --threads 2 "$@"; }
rows() { cp out.j rows; }

# ---- the command line ----

run run nap --items 3 --retry-failed; expect_usage '--retry-failed, --resume, --take-over, --crash-limit and --journal-sync go with --journal DIR'
run run nap --items 3 --journal ''; expect_usage '--journal: needs the name of a folder'
run run nap --items 3 --journal j --resume all; expect_usage "--resume: unknown value 'all'; there are: changed, force"
run compare nap --items 3 --journal j; expect 2; has err 'unknown option --journal'
run scale nap --items 3 --journal j; expect 2; has err 'unknown option --journal'
mkdir other && touch other/thesis.tex
run run nap --items 3 --journal other; expect_usage "other has files, and none of them is a journal's: give a new folder"

# ---- what is done isn't done again ----

seq 10 >ten
first --input ten; expect 0
has err '^rankpool: j: new journal of 10 items$'
rows
again --input ten; expect 0
has err '^rankpool: j: 10 of 10 items done by 1 run before; 0 to do$'
same 'items that ran' "$(begun)" 0
cmp -s out.j rows || problem 'the output has changed'
RANKPOOL_JOURNAL=j run run nap --input ten; expect 0 "$(cat rows)"

# ---- an input that changed ----

seq 12 >more; again --input more; expect 0 # items at the end are no matter
same 'items that ran' "$(begun)" 2
{ seq 4; echo 44; seq 6 12; } >changed
again --input changed; expect 2 ''
has err "^rankpool: item 4 \(44\) isn't the one that the journal has: --resume changed runs those again that changed$"
again --input changed --resume changed; expect 0
same 'items that ran' "$(begun)" 1
same 'rows' "$(cat out.j)" "$(cat changed)"
{ seq 3; seq 5 12; } >removed; again --input removed; expect 2; has err 'item 3 \(5\)'
{ seq 3; echo 3.5; seq 4 12; } >inserted; again --input inserted; expect 2; has err 'item 3 \(3.5\)'
seq 4 >shorter; first --input ten; again --input shorter; expect 2
has err 'there are 4 items, and the journal has item 4'
seq 10 | sed 's/$/\r/' >crlf; again --input crlf; expect 0 # the same items
printf '%s' "$(seq 10)" >no_end; again --input no_end; expect 0
touch -d yesterday ten; cp ten elsewhere; LC_ALL=C.UTF-8 TZ=Asia/Tokyo again --input elsewhere; expect 0
same 'items that ran' "$(begun)" 0
yes 1 | head -50 >equal; first --input equal; expect 0; again --input equal; expect 0
same 'equal items that ran' "$(begun)" 0

rm -rf j; pipe run nap --journal j --input - <ten; expect 0
again --input -; expect 2 ''
has err 'standard input is empty, and the journal has item 0'

# ---- another run ----

first --input ten --format csv; again --input ten; expect 2 ''
has err '^rankpool: the journal j is of another run: format: csv before, text now; give another folder, or --resume force$'
rm -rf j
tests_program=$PROGRAM
PROGRAM=$RANKPOOL
run run exec --input ten --journal j -- echo {}; expect 0
run run exec --input ten --journal j -- echo {} {}; expect 2; has err "command: 'echo' '\{\}' before, 'echo' '\{\}' '\{\}' now"
run run exec --input ten --journal j --joblog log --timeout 9 -- echo {}; expect 0
run run exec --input ten --journal j --resume force -- echo {} {}; expect 0 "$(cat ten)"
rm -rf j; run run compute --items 3 --param iterations=10 --journal j; expect 0
run run compute --items 3 --param iterations=20 --journal j; expect 2; has err 'param.iterations: 10 before, 20 now'
rm -rf j; run run sleep --sample 3 --grid s=0,0.001,0.002,0.003 --journal j; expect 0; cp out sampled
run run sleep --sample 3 --seed 2 --grid s=0,0.001,0.002,0.003 --journal j; expect 2; has err 'seed: 1 before, 2 now'
run run sleep --sample 3 --grid s=0,0.001,0.002,0.003 --journal j; expect 0 "$(cat sampled)"
rm -rf j; run run fetch --param writes=0 --param retries=0 --param header='Authorization: secret' --journal j file:///none; expect 1
grep -rq secret j && problem 'the journal has a secret'
checks=$((checks + 1))
PROGRAM=$tests_program

# ---- what has failed ----

printf '%s\n' 1 2 -3 4 -5 6 >bad
first --input bad --on-error collect; expect 1; rows
again --input bad --on-error collect; expect 1 '' "rankpool: j: 4 of 6 items done, 2 failed by 1 run before; 0 to do
rankpool: 2 of 6 items failed in $(grep -o '[0-9.]* s$' err)"
same 'items that ran' "$(begun)" 0
again --input bad --on-error collect --retry-failed; expect 1
same 'items that ran' "$(begun)" 2
cmp -s out.j rows || problem 'the output has changed'
first --input bad; expect 1; rows # stop
again --input bad; expect 1
same 'items that ran behind the failed one' "$(begun)" 0
cmp -s out.j rows || problem 'the output has changed'
again --input bad --on-error collect; expect 1 # goes on
same 'rows' "$(cat out.j | tr '\n' ' ')" '1 2 4 6 '
first --input bad --max-failures 1; expect 1
again --input bad --max-failures 1; expect 1
has err '2 of . items failed.*--max-failures ended the run'
same 'items that ran after too many failures' "$(begun)" 0
first --input bad --on-error collect --halt soon,fail=1; expect 1
again --input bad --on-error collect --halt soon,fail=1; expect 1
same 'items that ran after --halt' "$(begun)" 0

# Tries count over runs.
cat >attempts <<'EOF'
echo "$RANKPOOL_ATTEMPT"; [ "$RANKPOOL_ATTEMPT" -ge 3 ]
EOF
rm -rf j
PROGRAM=$RANKPOOL
run run exec --journal j -- sh attempts ::: a; expect 1
run run exec --journal j --retry-failed -- sh attempts ::: a; expect 1
run run exec --journal j --retry-failed -- sh attempts ::: a; expect 0 3
PROGRAM=$tests_program

# ---- an output that isn't as it was left ----

first --items 30 --format csv; expect 0; rows
for damage in 'truncate -s 40 out.j' 'rm out.j' 'sed -i s/ok/OK/ out.j' 'truncate -s 0 out.j'; do
    $damage
    again --items 30 --format csv; expect 0
    cmp -s out.j rows || problem "the output after: $damage"
done
echo 'more' >>out.j; again --items 30 --format csv; expect 0
cmp -s out.j rows || problem 'the output after more was added'
run run nap --items 30 --format csv --journal j --output other.csv; expect 0
cmp -s other.csv rows || problem 'another output'
same 'items that ran' "$(begun)" 0

# ---- torn ends and damage ----

truncate -s -3 j/items.1
again --items 30 --format csv; expect 0
cmp -s out.j rows || problem 'the output after a torn end'
first --items 30; rows
printf '\0\0\0\0' | dd of=j/items.1 bs=1 seek=300 conv=notrunc status=none
again --items 30; expect 0
has err 'warning: j: [0-9]+ commits are damaged'
cmp -s out.j rows || problem 'the output after damage'

# ---- what runs died with ----

cat >job.c <<'EOF'
#include <rankpool/job.h>
#include <rankpool/rankpool.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static int64_t boom(int64_t x)
{
    usleep(3000);
    const char *last = getenv("LAST");
    if (x == 17 && rp_attempt() < (last ? atoi(last) : 9)) raise(SIGSEGV);
    return x * x;
}
RP_TASK(boom, int64_t, int64_t)
static const rp_job job = {.name = "boom", .help = "ends its process at one item", .item_help = "an integer", .task = boom_task};
RP_JOB(job)
EOF
if ${CC:-cc} -shared -fPIC -I"$SOURCE/include" job.c -o boom.so 2>/dev/null; then
    PROGRAM=$RANKPOOL
    died() { run run ./boom.so --items 40 --threads 4 -q --on-error collect --journal j --output out.j "$@"; }
    rm -rf j
    for k in 1 2 3; do died; same "the status of run $k" "$status" 139; done
    died; expect 1 # no other item is held to account
    same 'failed items' "$(grep ' failed' err | tr '\n' ' ')" 'rankpool: item 17 (17) failed, attempt 3: 3 runs or ranks died with it; --retry-failed runs it again rankpool: 1 of 40 items failed (1 crash) in '"$(grep -o '[0-9.]* s$' err) "
    same 'rows' "$(wc -l <out.j)" 39
    died; expect 1 # and stays so
    died --isolate --retry-failed; expect 1
    has err 'item 17 .*signal 11'
    rm -rf j; died --crash-limit 1; died --crash-limit 1; expect 1
    has err 'item 17 .* 1 run or rank died with it'
    rm -rf j; export LAST=3 # tries count over runs
    died --crash-limit never; died --crash-limit never; died --crash-limit never; expect 0
    unset LAST
    PROGRAM=$tests_program
fi

# A run that a signal ends hasn't died: nothing is held to account, and what was done is kept. It has recorded that before it gives up.
for signal in TERM HUP USR1; do
    rm -rf j "$BEGUN"
    nap=1000; [ $signal = USR1 ] || nap=60000 # a drain waits for what runs
    RANKPOOL_GRACE=0.1 "$PROGRAM" run nap --journal j --threads 2 1 2 3 $nap 5 >/dev/null 2>&1 & pid=$!
    until_there has_begun 5
    kill -$signal $pid; wait $pid
    same "the status after $signal" $? "$(case $signal in TERM) echo 143 ;; HUP) echo 129 ;; *) echo 0 ;; esac)"
    "$RANKPOOL" journal j >shown; has shown ' (stopped|done) '
    "$RANKPOOL" journal j --todo --format csv >todo
    same "what is held to account after $signal" "$(grep -c ',[1-3]$' todo)" 0
done

# ---- two at once ----

rm -rf j "$BEGUN"
"$PROGRAM" run nap --journal j 5000 5000 >/dev/null 2>&1 & pid=$!
until_there has_begun 1
run run nap --journal j 5000 5000; expect 2 ''
has err "the journal j is in use by process $pid on "
kill -STOP $pid; run run nap --journal j 5000 5000; expect 2; kill -CONT $pid
kill -KILL $pid; wait $pid 2>/dev/null

# A run that is replaced while it is stopped writes nothing that counts, and ends with 4.
rm -rf j "$BEGUN" out.j
"$PROGRAM" run nap --journal j --threads 1 --output out.j 400 401 402 >/dev/null 2>stopped.err & pid=$!
until_there has_begun 2
kill -STOP $pid
"$TOOLS/move_holder" j || problem 'the lock can not be changed'
run run nap --journal j --threads 1 400 401 402; expect 2 ''
has err 'which can.t be reached from here; once it has ended, take the journal over: the same command with --take-over$'
run run nap --journal j --threads 1 --take-over 400 401 402; expect 0 '400
401
402'
kill -CONT $pid; wait $pid; same 'the status of a run that was replaced' $? 4
has stopped.err 'has taken over|is taken by'

# ---- where it lies ----

if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && shm=$(mktemp -d /dev/shm/rankpool-XXXXXX); then
    run run nap --journal "$shm/j" 1; expect 0 1
    has err '^rankpool: warning: .*/j lies in memory, and is gone when the machine.s power is$'
    rm -rf "$shm"
fi

# ---- a disk that is full ----

yes 1 | head -1000 >thousand
rm -rf j
(ulimit -f 20; trap '' XFSZ; "$PROGRAM" run nap --journal j --output out.j --input thousand --format jsonl --threads 2 >out 2>err); status=$?
last='a journal that may not grow'
expect 4
has err 'File too large'
has err '^rankpool: j: of this run [0-9]+ of [0-9]+ records are safe; the same command goes on$'
run run nap --journal j --output out.j --input thousand --format jsonl --threads 8 -q; expect 0
same 'rows' "$(wc -l <out.j)" 1000

finish
