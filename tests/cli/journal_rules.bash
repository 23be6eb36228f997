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

# ---- two at once ----

rm -rf j "$BEGUN"
"$PROGRAM" run nap --journal j 5000 5000 >/dev/null 2>&1 & pid=$!
until_there has_begun 1
run run nap --journal j 5000 5000; expect 2 ''
has err "the journal j is in use by process $pid on "
kill -STOP $pid; run run nap --journal j 5000 5000; expect 2; kill -CONT $pid
kill -KILL $pid; wait $pid 2>/dev/null
# Its place is taken when it is dead, also by what has died itself.
rm -rf j
run run nap --journal j 1 2; expect 0

finish
