#!/bin/bash
# test_exec.sh PROGRAM [LAUNCHER…]: the job exec as users run it, bare or behind a launcher ("mpirun -n 2"). Each case stands under what has
# to happen. Nothing waits for a time to pass, but for time-outs that are the case's own.
set -u
program=$1
shift
launcher=("$@")
hang_s=${RANKPOOL_HANG_INSIDE_S:-250}
unset RANKPOOL_HANG_INSIDE_S
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
problems=0 checks=0

problem()
{
    problems=$((problems + 1))
    printf 'FAILED: %s\n  %s\n  status %s, out:\n%s\n  err:\n%s\n' "$last" "$1" "$status" "$(head -c 800 out | cat -v)" \
        "$(head -c 800 err | cat -v)"
}

# run ARGUMENT…: exec with no input; leaves $status and the files out and err. A pipe's standard input goes by `feed`.
run()
{
    last="$*"
    timeout -k 5 "$hang_s" "${launcher[@]}" "$program" run exec "$@" </dev/null >out 2>err
    status=$?
}
feed()
{
    last="$*"
    timeout -k 5 "$hang_s" "${launcher[@]}" "$program" run exec "$@" >out 2>err
    status=$?
}
expect()
{
    checks=$((checks + 1))
    [ "$status" = "$1" ] || problem "the status isn't $1"
    [ $# -lt 2 ] || [ "$(cat out)" = "$2" ] || problem "out isn't: $2"
}
has()
{
    checks=$((checks + 1))
    grep -Eqa -- "$2" "$1" || problem "no line of $1 matches: $2"
}
has_not()
{
    checks=$((checks + 1))
    ! grep -Eqa -- "$2" "$1" || problem "a line of $1 matches: $2"
}
same()
{
    checks=$((checks + 1))
    [ "$2" = "$3" ] || problem "$1: '$2' isn't '$3'"
}
until_there()
{
    local end=$((SECONDS + hang_s))
    until "$@"; do
        [ $SECONDS -lt $end ] || { problem "waited in vain for: $*"; return 1; }
        sleep 0.02
    done
}
# Whether a process runs whose command line has this text.
runs() { grep -aqs -- "$1" /proc/[0-9]*/cmdline; }
is_gone() { ! runs "$1"; }
mark=rankpool-exec-test-$$ # in the command line of each process that has to end

words_are_passed_as_they_are()
{
    run 'a b' "it's" '$X;*' 'tail\' -- printf '[%s]' {}
    expect 0 "[a b][it's][\$X;*][tail\\]"
    run 1 -- printf '[%s]' 'a  b' {}; expect 0 '[a  b][1]'
    [ ${#launcher[@]} -gt 0 ] || { run -- -x -- rm -- {}; expect 2 ''; }
    run -- printf '[%s]' {} ::: 'a b' "it's" '$X;*'; expect 0 "[a b][it's][\$X;*]"
    printf '%s\n' -x >texts
    run --input texts -- printf '[%s]' {}; expect 0 '[-x]'
    : >-x; run --input texts -- rm -- {}; expect 0 ''
    [ ! -e ./-x ] || problem 'the second -- was not the command'\''s'
}

placeholders_are_expanded_once_and_anywhere()
{
    run /a/b.c -- printf '[%s]' 'x{}y{.}{/}{//}{/.}{#}' {}{}; expect 0 '[x/a/b.cy/a/bb.c/ab1][/a/b.c/a/b.c]'
    run a b -- echo last; expect 0 $'last a\nlast b'
    run '{#}' '{}' -- echo {}; expect 0 $'{#}\n{}'
    printf 'd/a.b,2\nc.d,4\n' >rows
    run --csv rows -- printf '[%s]' '{1.}' '{2/}' '{1/.}' '{2}'; expect 0 '[d/a][2][a][2][c][4][c][4]'
    run --csv rows -- printf '[%s]' {}; expect 0 '[d/a.b][2][c.d][4]'
    run --csv rows -- printf '[%s]' 'x{}y'; expect 0 '[xd/a.b 2y][xc.d 4y]'
    echo 'one two' >texts; run texts -- awk '{print $2}'; expect 0 two
    run 1 -- echo '{foo}' '{a,b}' '{' '}{'; expect 0 '{foo} {a,b} { }{ 1'
    run 1 -- echo '{= s/a/b/ =}'; expect 2 ''; has err 'Perl'
    run 1 -- echo '{2}'; expect 2 ''; has err '\{2\}: an item has 1 column'
    printf 'name,mass\na/b.c,3\n' >rows
    run --csv rows --header yes -- echo '{name/.}' '{mass}{2}'; expect 0 'b 33'
    run --csv rows --header yes -- touch '{nmae}'; expect 2 ''; has err 'did you mean \{name\}'
    run --csv rows --header yes -- awk 'BEGIN {print $1}'; expect 0 ''
    run --grid mass=1,2 --grid speed=0:1:0.5 -- printf '%s/%s ' '{mass}' '{speed}'; expect 0 '1/0 1/0.5 1/1 2/0 2/0.5 2/1 '
    run --threads 1 1 2 -- echo '{%}'; [ ${#launcher[@]} -gt 0 ] || expect 0 $'1\n1'
}

lists_may_have_names()
{
    run --header yes -- printf '%s/%s ' '{mass}' '{speed/.}' ::: mass 1 2 ::: speed a.b c; expect 0 '1/a 1/c 2/a 2/c '
    run --header yes -- printf '%s-%s ' '{x}' '{y}' ::: x 1 2 :::+ y 3 4; expect 0 '1-3 2-4 '
    printf 'name\nn1\nn2\n' >names
    run --header yes -- echo '{name}{k}' :::: names ::: k 7; expect 0 $'n17\nn27'
    run --header yes -- echo '{one}' ::: one a b; expect 0 $'a\nb'
    run --header yes --format csv -- true ::: a 1 ::: b 2; has out '^0,a=1 b=2,ok,'
    run --header no -- echo ::: a 1; expect 0 $'a\n1'
    run --header yes -- echo '{nmae}' ::: name 1 ::: k 2; expect 2 ''; has err 'did you mean \{name\}'
    run --header yes -- true ::: a 1 ::: a 2; expect 2 ''; has err "two lists named 'a'"
    run --header yes -- true ::: a 1 ::: b 1 2 :::+ c 3; expect 2 ''; has err 'linked by'
    [ ${#launcher[@]} -gt 0 ] || { run --header yes 1 2 -- true; expect 2 ''; has err 'no first line'; }
}

workers_are_numbered_through_all_ranks()
{
    run --threads 2 --items 60 -- sh -c 'sleep 0.02; echo "$RANKPOOL_RANK/$RANKPOOL_WORKER {%}"'
    expect 0
    sort -u out >numbers
    same 'numbers of workers' "$(cut -d ' ' -f 2 numbers | sort | uniq -d)" ''
    [ ${#launcher[@]} -eq 0 ] || same ranks "$(cut -d / -f 1 numbers | sort -u | paste -sd ' ')" '0 1'
    [ "$(cut -d ' ' -f 2 numbers | sort -n | tail -n 1)" -le $((2 * (${#launcher[@]} > 0 ? 2 : 1))) ] || problem 'a number beyond the workers'
}

a_shell_gets_values_quoted()
{
    run --param shell=true 'a";id;"' "b';id;'" '$(id)' $'c\nd' -- 'printf "%s|" {} "{}" '\''{}'\'' x{}'
    expect 0 "a\";id;\"|a\";id;\"|a\";id;\"|xa\";id;\"|b';id;'|b';id;'|b';id;'|xb';id;'|\$(id)|\$(id)|\$(id)|x\$(id)|c
d|c
d|c
d|xc
d|"
    printf 'l1\nl2\n' >'a b'
    run --param shell=true 'a b' -- 'wc -l < {}'; expect 0 2
    run --param shell=true 1 -- 'echo ${HOME:+home} {}'; expect 0 'home 1'
    greet() { echo "hello $1"; }
    export -f greet
    run --param shell=bash you -- greet; expect 0 'hello you'
    run you -- greet; expect 1 ''; has err 'shell=bash, and export -f'
}

scripts_and_failures_to_start()
{
    printf 'echo "script $1"\n' >script; chmod +x script
    run a -- ./script; expect 0 'script a'
    : >plain
    run a -- ./nosuch; expect 1 ''; has err "can't start ./nosuch: No such file or directory"
    run a -- ./plain; expect 1 ''; has err "can't start ./plain: Permission denied"
    run a --format csv -- sh -c 'exit 127'; has out '^0,a,failed,127,0,[^,]*,,,exit,127,exit status 127,'
    run a --format csv -- nosuch; has out "^0,a,failed,-1,0,[^,]*,,,system,2,"
    run a -- ''; expect 2 ''
    run a --; expect 2 ''
}

one_item_too_long_fails_alone()
{
    { echo a; head -c 140000 /dev/zero | tr '\0' x; echo; echo b; } >long
    run --input long -- printf '%.1s\n'; expect 1 $'a\nb'
    has err 'Argument list too long: a word of 140000 bytes; the limit is 131071'
}

bytes_stay_bytes()
{
    printf '\377\001\n' >bytes
    run --input bytes -- printf '%s' {}; same bytes "$(od -An -tx1 out)" ' ff 01'
    run --input bytes --tag -- printf '%s' {}; same tag "$(od -An -tx1 out)" ' ff 01 09 ff 01 0a'
    run --input bytes --format jsonl -- printf '%s' {}
    has out '"item":".*","item_base64":"/wE=","outcome":"ok",.*"stdout_base64":"/wE=","stderr":""\}$'
    run --format jsonl a -- printf 'a\303\244'; has_not out base64
    run --input bytes --joblog log -- printf '%s' {}; same log "$(tail -1 log | cut -f 9 | od -An -tx1)" \
        " 70 72 69 6e 74 66 20 25 73 20 27 ff 01 27 0a"
}

outputs_are_whole_and_in_order()
{
    run 0 1 -- sh -c 'for i in $(seq 3000); do echo $1 $i; echo $1 $i >&2; done' sh
    expect 0 "$(for k in 0 1; do for i in $(seq 3000); do echo "$k $i"; done; done)"
    same 'standard error' "$(cat err)" "$(cat out)"
    run --items 300 -- sh -c 'echo $((($1 * 7919) % 300))' sh; expect 0 "$(for i in $(seq 0 299); do echo $((i * 7919 % 300)); done)"
    run 3 1 2 -- sh -c 'echo $1; exit $1' sh; expect 1 $'3\n1\n2'
    run --method imap_unordered 1 2 3 -- echo; expect 0; same sorted "$(sort out)" $'1\n2\n3'
    run --method map 1 2 -- sh -c 'echo $1; test $1 = 1' sh; expect 1 $'1\n2'
    run 1 -- sh -c 'head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2'; expect 0
    same sizes "$(stat -c %s out err | paste -sd ' ')" '3000000 1000000'
    run 1 -- sh -c 'echo a >&2; echo b >/dev/stderr; echo c >&2; echo d >/dev/stdout'; expect 0 d; same err "$(cat err)" $'a\nb\nc'
}

# The first item that isn't finished is seen while it runs, in whole lines; others wait for their turn, and at the end all is as without.
the_first_item_is_seen_live()
{
    local prints='i=0; while [ $i -lt $((1 + $1 % 7 * 40)) ]; do echo $1 $i; i=$((i + 1)); [ $((i % 50)) != 0 ] || sleep 0.07; done; printf end$1'
    run --threads 2 --tag --items 12 -- sh -c "$prints" sh; expect 0; mv out plain
    run --threads 2 --tag --items 12 --param live=1 -- sh -c "$prints" sh; expect 0
    cmp -s out plain || problem 'the output is another one'
    [ ${#launcher[@]} -gt 0 ] && return # which rank has the first item is chance there
    for wrong in '--format csv' '--retries 1' '--journal j' '--param results=res' '--method map' '--method imap_unordered'; do
        # shellcheck disable=SC2086
        run --param live=1 $wrong 1 -- true; expect 2 ''
        has err "live=1"
    done
    local child waits='until [ -e go-$1 ]; do sleep 0.02; done'
    rm -f go-*
    last='live=1, while it runs'
    timeout "$hang_s" "$program" run exec --threads 2 --param live=1 1 2 3 -- sh -c "echo a\$1; echo b\$1 >&2; printf c\$1
        $waits; seq 60000; : >printed-\$1; until [ -e end-\$1 ]; do sleep 0.02; done; echo d\$1" sh >out 2>err </dev/null &
    child=$!
    : >go-2
    : >end-2
    until_there test -e printed-2
    until_there grep -q a1 out
    until_there grep -q b1 err
    same 'what is seen of the first item' "$(cat out)" a1
    same 'its standard error' "$(cat err)" b1
    : >go-1 # what is beyond the memory of a starter is seen too
    until_there grep -qx 60000 out
    has_not out '[ad]2|d1'
    : >end-1
    until_there grep -q d1 out
    until_there grep -q a3 out # the third one is the first that isn't finished
    has out d2
    : >go-3
    : >end-3
    wait $child
    status=$?
    expect 0 "$(for k in 1 2 3; do echo a$k; printf c$k; seq 60000; echo d$k; done)"
    same 'standard error' "$(cat err)" $'b1\nb2\nb3'
}

output_without_room_fails_its_item_alone()
{
    printf '%s\n' 1 600000 2 >texts
    [ ${#launcher[@]} -gt 0 ] && return # mpirun makes TMPDIR when it isn't there
    TMPDIR=$work/nosuch run --input texts -- sh -c 'head -c $1 /dev/zero | tr "\0" x; echo' sh; expect 1 $'x\nxx'
    has err 'item 1 \(600000\) failed .*: output lost: No such file or directory'
    run --param max_output=1000 --input texts -- sh -c 'head -c $1 /dev/zero | tr "\0" x; echo' sh; expect 1 $'x\nxx'
    has err 'item 1 \(600000\) failed .*: output lost: File too large'
}

a_folder_that_is_gone_fails_the_item()
{
    [ ${#launcher[@]} -gt 0 ] && return
    mkdir gone
    last='a folder'
    (cd gone && exec timeout "$hang_s" "$program" run exec --threads 1 1 2 -- sh -c 'rmdir "$PWD"; echo ran' </dev/null >../out 2>../err)
    status=$?
    expect 1 ran
    has err "item 1 \(2\) failed on rank 0, host .*: can't run in the folder $work/gone: No such file or directory"
}

tags_stand_before_each_line()
{
    run --tag $'a\tb' 'c' -- sh -c 'printf "1\n2"; printf 3 >&2'
    expect 0 $'a\\tb\t1\na\\tb\t2\nc\t1\nc\t2'
    same err "$(cat err)" $'a\\tb\t3\nc\t3'
    printf 'x,"y\nz"\n' >rows; run --csv rows --tag -- echo {1}; expect 0 $'x,"y\\nz"\tx'
}

a_background_process_does_not_hold_its_item()
{
    SECONDS=0
    run 1 -- sh -c "sh -c 'exec -a $mark sleep 1000' & echo hi" ; expect 0 hi
    run 1 -- bash -c "(exec -a $mark sleep 1000) & echo hi" ; expect 0 hi
    [ $SECONDS -lt 200 ] || problem 'it waited for the background process'
    until_there is_gone "$mark" # with the run, everything ends
}

results_are_files_each()
{
    long=$(printf 'x%.0s' $(seq 300))
    run --param results=res .. a/b '' "$long" '%2E' -- sh -c 'echo "out $1"; echo err >&2' sh
    expect 0 ''
    same names "$(ls res | cut -c 1-40 | paste -sd ' ')" \
        "0-...err 0-...out 1-a%2Fb.err 1-a%2Fb.out 2-.err 2-.out 3-${long:0:38} 3-${long:0:38} 3-${long:0:38} 4-%252E.err 4-%252E.out"
    same content "$(cat res/1-a%2Fb.out)" 'out a/b'
    same item "$(cat res/3-*.item)" "$long"
    [ "$(ls -A)" = "$(ls -A | grep -v '^\.\.')" ] || problem 'something is outside'
    run --param results=part 1 2 -- sh -c 'echo some; test $1 = 2 || kill -9 $$' sh; expect 1 ''
    same parts "$(ls part | paste -sd ' ')" '0-1.err.part 0-1.out.part 1-2.err 1-2.out'
}

dry_run_prints_lines_for_a_shell()
{
    run --dry-run $'a\nb' '' '*' "it's" -- printf '[%s]' {} 'own  *' if; expect 0
    for shell in sh bash; do
        same "$shell" "$($shell out)" $'[a\nb][own  *][if][][own  *][if][*][own  *][if][it\'s][own  *][if]'
    done
    run --dry-run 1 -- if; expect 0 "'if' 1"
    run --dry-run --param shell=true 'a b' -- 'printf "[%s]" {}'; same shell "$(sh out)" '[a b]'
    run --dry-run 1 -- touch made; [ ! -e made ] || problem 'it ran'
}

statuses_are_told()
{
    run 0 -- true; expect 0
    run 1 2 3 -- sh -c 'exit 255'; expect 1; has err '^rankpool: 3 of 3 items failed \(3 exit\)'
    run 0 1 0 -- sh -c 'exit $1' sh; expect 1; has err 'item 1 \(1\) failed .*: exit status 1$'
    run --format csv 9 15 -- sh -c 'kill -$1 $$' sh; expect 1
    has out '^0,9,failed,-1,9,[^,]*,,,signal,9,ended by signal 9 \(Killed\),'
    has out '^1,15,failed,-1,15,[^,]*,,,signal,15,ended by signal 15 \(Terminated\),'
    run --format jsonl 3 -- sh -c 'echo o; echo e >&2; exit $1' sh
    has out '"exit":3,"signal":0,"seconds":[0-9.e-]+,"stdout":"o\\n","stderr":"e\\n","cause":"exit","code":3,"message":"exit status 3"'
    run --retries 2 1 -- sh -c 'echo $RANKPOOL_ATTEMPT; test $RANKPOOL_ATTEMPT = 3'; expect 0 3
    run --retries 1 1 -- sh -c 'echo $RANKPOOL_ATTEMPT; exit 1'; expect 1 2
    run --on-error stop --threads 1 0 1 0 -- sh -c 'exit $1' sh; expect 1
    # What ended before the item that failed, and comes behind it, isn't printed, and the failed one has its own output.
    run --on-error stop --threads 2 --items 2 -- sh -c '[ $1 = 1 ] || { echo own; while [ ! -e ended ]; do sleep 0.05; done; exit 1; }
        echo behind; : >ended' sh
    rm -f ended
    expect 1 own
}

halt_ends_the_run()
{
    run --halt now,fail=1 1 2 -- bash -c "[ \$1 = 2 ] || exec -a $mark sleep 1000; exit 1" sh; expect 1
    until_there is_gone "$mark"
    has err '1 of 1 items failed \(1 exit\) in .*; --halt ended the run: 1 of 2 items done, 1 to do; '
    has err 'what still runs is ended, and its output dropped'
    run --halt now,success=1 1 2 -- bash -c "[ \$1 = 2 ] || exec -a $mark sleep 1000" sh; expect 0
    until_there is_gone "$mark"
    run --halt soon,fail=10% --items 100 -- sh -c 'echo $1; exit 1' sh; expect 1
    [ "$(wc -l <out)" -lt 100 ] || problem 'all ran'
    run --halt later 1 -- true; expect 2 ''; has err 'now or soon'
    run --halt never 1 -- false; expect 1
}

# What was begun has a row in the output and in the job log, however it ended: with -1, as it isn't the command's own end, and the signal.
# Nothing is taken for a result of it, and a run with a journal runs it again.
what_was_begun_has_a_row()
{
    local waits="[ \$1 = 2 ] || { echo part; : >began-\$1; exec -a $mark sleep 1000; }; until [ -e began-1 ]; do sleep 0.02; done"
    rm -f began-*
    run --halt now,fail=1 --threads 2 --joblog log --format csv --param results=some 1 2 -- bash -c "$waits; exit 1" sh; expect 1
    has out '^0,1,ended,-1,15,'
    has out ',ended,15,ended with the run by signal 15 \(Terminated\),'
    has out '^1,2,failed,1,0,'
    same 'rows of the log' "$(tail -n +2 log | cut -f 1,7,8 | sort | paste -sd ' ')" $'1\t-1\t15 2\t1\t0'
    same parts "$(ls some | paste -sd ' ')" '0-1.err.part 0-1.out.part 1-2.err 1-2.out'
    has err '1 of 1 items failed \(1 exit\) in .* 1 of 2 items done, 1 to do; 1 that had begun was ended; the same command begins anew'
    rm -rf began-* j
    run --halt now,success=1 --threads 2 --joblog log --tag --retries 2 1 2 -- bash -c "$waits; echo whole" sh; expect 0 $'2\twhole'
    same 'rows of the log' "$(tail -n +2 log | cut -f 1,7,8 | sort | paste -sd ' ')" $'1\t-1\t15 2\t0\t0'
    has log "^1.*$mark"
    rm -f began-*
    run --halt now,success=1 --threads 2 --journal j --format csv 1 2 -- bash -c "[ -e go ] || { $waits; }" sh; expect 0
    has_not out '^0,1'
    : >go
    run --halt never --threads 2 --journal j --format csv 1 2 -- bash -c "[ -e go ] || { $waits; }" sh; expect 0
    same 'items that are done' "$(cut -d , -f 1-5 out | paste -sd ' ')" 'index,item,outcome,exit,signal 0,1,ok,0,0 1,2,ok,0,0'
    rm -rf go j
    is_gone "$mark" || problem 'something is left'
}

# The same at the end of the grace time: TERM, and to what ignores it KILL.
the_grace_ends_with_a_row()
{
    [ ${#launcher[@]} -gt 0 ] && return
    local name signal trap grace
    for name in INT TERM; do
        signal=$([ $name = INT ] && echo 15 || echo 9)
        trap=$([ $name = INT ] && echo : || echo "trap '' TERM")
        grace=$([ $name = INT ] && echo 1000 || echo 0.1)
        rm -f began-*
        last="SIG$name"
        set -m
        RANKPOOL_GRACE=4 "$program" run exec --threads 2 --joblog log --format jsonl --param grace=$grace 1 2 3 4 -- \
            bash -c "$trap; echo part; : >began-\$1; exec -a $mark sleep 1000" sh </dev/null >out 2>err &
        child=$!
        set +m
        until_there test -e began-1
        until_there test -e began-2
        kill -s $name $child
        wait $child
        status=$?
        expect $([ $name = INT ] && echo 130 || echo 143)
        same 'rows of the log' "$(tail -n +2 log | cut -f 1,7,8 | sort | paste -sd ' ')" $'1\t-1\t'$signal$' 2\t-1\t'$signal
        same rows "$(grep -c "\"outcome\":\"ended\",\"exit\":-1,\"signal\":$signal,.*\"cause\":\"ended\"" out)" 2
        has err "^rankpool: stopped by SIG$name: 0 of 4 items done, 4 to do; 2 that had begun were ended; with --journal"
        is_gone "$mark" || problem 'something is left'
    done
}

a_time_out_ends_all_of_an_item()
{
    run --timeout 0.3 1 -- sh -c "sleep 1000 $mark & sleep 1000 $mark"; expect 1
    run --timeout 0.3 1 --joblog log -- bash -c "(exec -a $mark sleep 1000) & exec -a $mark sleep 1000"; expect 1
    has err 'ended at its time-out of 0.3 s'
    is_gone "$mark" || problem 'something is left'
    same log "$(tail -1 log | cut -f 7,8)" $'-1\t15'
    run --timeout 0.3 1 -- bash -c "trap '' TERM; (trap '' TERM; exec -a $mark sleep 1000) & while :; do wait; done"; expect 1
    is_gone "$mark" || problem 'something is left of what ignores TERM'
    run --timeout 0.3 1 -- bash -c "setsid bash -c 'exec -a $mark sleep 1000' & wait"; expect 1
    is_gone "$mark" || problem 'something is left in another session'
    run --timeout 0.3 1 -- setsid bash -c "exec -a $mark sleep 1000"
    until_there is_gone "$mark"
    run --timeout 1000 1 -- true; expect 0
}

a_starter_that_is_killed_fails_one_item()
{
    run --threads 1 1 2 3 -- bash -c "echo \$1; [ \$1 != 2 ] || { kill -9 \$PPID; exec -a $mark sleep 1000; }" sh; expect 1 $'1\n3'
    has err "item 1 \\(2\\) failed .*: the process that starts commands isn't there: it was killed"
    until_there is_gone "$mark"
}

commands_read_nothing()
{
    feed --input - -- sh -c 'cat; echo "$1"' sh < <(printf 'a\nb\n'); expect 0 $'a\nb'
    run /proc/self/fd/0 -- readlink; expect 0 /dev/null
    [ ${#launcher[@]} -eq 0 ] && command -v script >/dev/null || return
    last='on a terminal'
    timeout -k 5 "$hang_s" script -qec "$program run exec 1 -- sh -c 'cat </dev/tty || exit 3'" /dev/null </dev/null >out 2>err
    status=$?
    expect 1
    has out 'exit status 3'
}

commands_inherit_what_the_caller_has()
{
    run 1 -- sh -c 'grep -E "SigIgn|SigBlk" /proc/self/status'
    same signals "$(cat out)" "$(grep -E 'SigIgn|SigBlk' /proc/self/status)"
    run 1 -- pwd; run 1 -- sh -c pwd; expect 0 "$work"
    [ ${#launcher[@]} -gt 0 ] && return
    OWN=kept run --threads 1 5 -- sh -c 'unset RANKPOOL_TEST_ALL; exec env'
    same environment "$(grep -v -e '^RANKPOOL_' -e '^_=' out | sort)" "$(OWN=kept sh -c env </dev/null | grep -v -e '^RANKPOOL_' -e '^_=' | sort)"
    same 'own variables' "$(grep ^RANKPOOL_ out | sort | paste -sd ' ')" \
        'RANKPOOL_ATTEMPT=1 RANKPOOL_INDEX=0 RANKPOOL_LOCAL_RANK=0 RANKPOOL_RANK=0 RANKPOOL_WORKER=0'
}

few_descriptors_are_enough()
{
    [ ${#launcher[@]} -gt 0 ] && return
    last='ulimit -n 64'
    (ulimit -n 64; timeout "$hang_s" "$program" run exec --threads 50 --items 200 -- sh -c 'sleep 0.02; echo $1' sh </dev/null >out 2>err; echo $? >status)
    status=$(cat status)
    expect 0 "$(seq 0 199)"
    same warnings "$(grep -c 'no more than' err)" 1
}

the_job_log_has_a_row_for_each()
{
    run --joblog log 'a b' $'c\td\n' 3 -- sh -c 'echo "$1"; [ "$1" != 3 ] || kill -9 $$' sh; expect 1
    same header "$(head -1 log)" $'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand'
    same rows "$(wc -l <log)" 4
    same 'the first row' "$(grep -P '^1\t' log | cut -f 1,5-)" $'1\t0\t4\t0\t0\tsh -c \'echo "$1"; [ "$1" != 3 ] || kill -9 $$\' sh \'a b\''
    has log '^2.*sh .c\\td\\n.$'
    same signal "$(grep -P '^3\t' log | cut -f 7,8)" $'0\t9'
    cp log before
    printf 'a\0\n' >bad
    run --joblog log --input bad -- true; expect 2 ''
    cmp -s log before || problem 'a mistake has emptied the log'
    run --joblog nosuch/log 1 -- true; expect 2 ''; has err "can't write the job log: No such file or directory"
    run --joblog log 1 -- nosuch; same 'not found' "$(tail -1 log | cut -f 7)" 127
}

the_job_log_has_a_row_for_each_try()
{
    run --joblog log --retries 3 a b -- sh -c 'echo "$1$RANKPOOL_ATTEMPT"
        case $RANKPOOL_ATTEMPT in 1) exit 7 ;; 2) kill -9 $$ ;; *) [ $1 = a ] ;; esac' sh
    expect 1 $'a3\nb4'
    same tries "$(tail -n +2 log | cut -f 1,7,8 | grep ^1 | paste -sd ' ')" $'1\t7\t0 1\t0\t9 1\t0\t0'
    same 'other tries' "$(tail -n +2 log | cut -f 1,7,8 | grep ^2 | paste -sd ' ')" $'2\t7\t0 2\t0\t9 2\t1\t0 2\t1\t0'
    same commands "$(tail -n +2 log | cut -f 9 | sort -u | wc -l)" 2
    awk -F '\t' 'NR > 1 && ($3 < 1e9 || $4 + 0 < 0 || $3 < last[$1]) { exit 1 } NR > 1 { last[$1] = $3 }' log || problem 'the times of tries'
    run --joblog log --retries 2 --param tag=1 1 -- true; same 'a row without a failure' "$(wc -l <log)" 2
}

the_first_command_starts_before_the_last_line_is_read()
{
    mkfifo pipe
    exec 3<>pipe
    timeout "$hang_s" "${launcher[@]}" "$program" run exec --input pipe -- sh -c 'echo "$1"; : >"began-$1"' sh >out 2>err </dev/null 3>&- &
    local child=$!
    last='a pipe' status=
    echo one >&3
    until_there test -e began-one
    until_there grep -q one out
    echo two >&3
    until_there test -e began-two
    exec 3>&-
    wait $child
    status=$?
    [ ${#launcher[@]} -gt 0 ] || expect 0 $'one\ntwo'
}

signals_end_what_runs()
{
    [ ${#launcher[@]} -gt 0 ] && return
    local name number child
    for name in INT TERM; do
        number=$([ $name = INT ] && echo 130 || echo 143)
        rm -f began-*
        last="SIG$name"
        set -m # or a process in the background would ignore SIGINT
        RANKPOOL_GRACE=0.2 "$program" run exec --joblog log 1 2 3 4 5 6 -- bash -c ": >began-\$1; exec -a $mark sleep 1000" sh </dev/null >out 2>err &
        child=$!
        set +m
        until_there test -e began-1
        kill -s $name $child
        wait $child
        status=$?
        expect "$number" ''
        until_there is_gone "$mark"
    done
}

the_end_of_a_rank_ends_its_commands()
{
    local child
    rm -f began-1
    "${launcher[@]}" "$program" run exec 1 2 3 -- bash -c ": >began-\$1; trap '' TERM; exec -a $mark sleep 1000" sh </dev/null >out 2>err &
    child=$!
    last='kill -9'
    until_there test -e began-1
    kill -9 $child
    wait $child 2>/dev/null
    until_there is_gone "$mark"
}

a_reader_that_goes_ends_the_run()
{
    last='head -1'
    "${launcher[@]}" "$program" run exec --items 100000 -- echo 2>err </dev/null | head -1 >out
    status=${PIPESTATUS[0]}
    same out "$(cat out)" 0
    [ "$(grep -c '^rankpool:' err)" -le 2 ] || problem 'more than a message or two'
}

delay_paces_the_starts()
{
    local before
    before=$(date +%s.%N)
    run --delay 0.1 +%s.%N +%s.%N +%s.%N +%s.%N -- date; expect 0
    [ ${#launcher[@]} -gt 0 ] && return
    awk -v before="$before" '$1 - before < 0.1 * (NR - 1) - 0.01 { early = 1 } END { exit early || NR != 4 }' out || problem 'they started too soon'
}

for case in words_are_passed_as_they_are placeholders_are_expanded_once_and_anywhere lists_may_have_names \
    workers_are_numbered_through_all_ranks a_shell_gets_values_quoted \
    scripts_and_failures_to_start one_item_too_long_fails_alone bytes_stay_bytes outputs_are_whole_and_in_order the_first_item_is_seen_live \
    output_without_room_fails_its_item_alone a_folder_that_is_gone_fails_the_item \
    tags_stand_before_each_line a_background_process_does_not_hold_its_item results_are_files_each dry_run_prints_lines_for_a_shell \
    statuses_are_told halt_ends_the_run what_was_begun_has_a_row the_grace_ends_with_a_row a_time_out_ends_all_of_an_item a_starter_that_is_killed_fails_one_item commands_read_nothing commands_inherit_what_the_caller_has \
    few_descriptors_are_enough the_job_log_has_a_row_for_each the_job_log_has_a_row_for_each_try \
    the_first_command_starts_before_the_last_line_is_read signals_end_what_runs \
    the_end_of_a_rank_ends_its_commands a_reader_that_goes_ends_the_run delay_paces_the_starts; do
    [ -z "${ONLY:-}" ] || [ "$ONLY" = "$case" ] || continue
    [ -z "${VERBOSE:-}" ] || echo "$case"
    $case
done
echo "$checks checks, $problems problems"
[ $problems = 0 ] && [ $checks -gt 0 ]
