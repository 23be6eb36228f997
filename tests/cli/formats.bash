# formats.bash: the three formats of results, and failures in each.
. "$(dirname "$0")/expect.bash" || exit 1

run run split 4 9; expect 0 $'2 16 true\n3 81 false' ''
record=cause,code,message,rank,host,worker,attempt,elapsed_s
run run split 2 --format csv
expect 0 "index,item,outcome,root,square,is_even,$record"$'\n0,2,ok,1.4142135623730951,4,true,,,,,,,,' ''
run run split 2 --format jsonl
expect 0 '{"index":0,"item":"2","outcome":"ok","root":1.4142135623730951,"square":4,"is_even":true}' ''
run run split --format jsonl -- -1
expect 0 '{"index":0,"item":"-1","outcome":"ok","root":null,"square":1,"is_even":false}' ''

# Numbers have as few digits as read back exactly, in each format.
printf '1,0\n1,2\n49,1\n3,-3\n' >sums
run run scale --csv sums --param factor=0.1; expect 0 $'0.1\n0.30000000000000004\n5\n0' ''
run run scale --csv sums --param factor=0.1 --format csv
expect 0 "index,item,outcome,value,$record"$'\n0,"1,0",ok,0.1,,,,,,,,\n1,"1,2",ok,0.30000000000000004,,,,,,,,
2,"49,1",ok,5,,,,,,,,\n3,"3,-3",ok,0,,,,,,,,' ''
run run scale --csv sums --param factor=0.1 --format jsonl
expect 0 '{"index":0,"item":"1,0","outcome":"ok","value":0.1}
{"index":1,"item":"1,2","outcome":"ok","value":0.30000000000000004}
{"index":2,"item":"49,1","outcome":"ok","value":5.0}
{"index":3,"item":"3,-3","outcome":"ok","value":0.0}' ''

# Text that csv and JSON have to escape, and bytes that are no UTF-8.
text=$'a,"b"\n\t\x01é\xff'
run run echo "$text" --format csv
expect 0 "index,item,outcome,text,$record"$'\n0,"a,""b""\n\t\x01é\xff",ok,"a,""b""\n\t\x01é\xff",,,,,,,,'
run run echo "$text" --format jsonl
expect 0 '{"index":0,"item":"a,\"b\"\n\t\u0001é�","item_base64":"YSwiYiIKCQHDqf8=","outcome":"ok","text":"a,\"b\"\n\t\u0001é�","text_base64":"YSwiYiIKCQHDqf8="}' ''

# A text that looks like an address with user information isn't one, as the job doesn't say so.
text='http://a.org,joe@b.org'
run run echo "$text" --format csv
expect 0 "index,item,outcome,text,$record"$'\n0,"http://a.org,joe@b.org",ok,"http://a.org,joe@b.org",,,,,,,,'
run run echo "$text" --format jsonl
expect 0 '{"index":0,"item":"http://a.org,joe@b.org","outcome":"ok","text":"http://a.org,joe@b.org"}'
echo "$text" >texts
run run echo --input texts --format csv
has out '^0,"http://a.org,joe@b.org",ok,'

# Failures: a row in csv and jsonl, no line in text; one line each on standard error, with the item, where it ran, and why.
place='failed on rank 0, host [^,]+, worker [0-9]+: asked to, "quoted" \(code 7\)'
row='^[13],fail,failed,,task,7,"asked to, ""quoted""",0,[^,]+,[01],1,[0-9.e-]+$'
for method in $methods; do
    run run echo a fail b fail c --on-error collect --method "$method" --threads 2
    expect 1
    same 'the others' "$(sort out | tr '\n' ' ')" 'a b c '
    same 'lines' "$(wc -l <err)" 3
    has err "^rankpool: item 1 \(fail\) $place$"
    has err "^rankpool: item 3 \(fail\) $place$"
    same 'last line' "$(tail -1 err | sed 's/[0-9.]* s$/T/')" 'rankpool: 2 of 5 items failed in T'
    run run echo a fail b fail c --on-error collect --method "$method" --format csv; expect 1
    same 'csv rows' "$(sort out | sed 1d | wc -l) $(grep -Ec "$row" out)" '5 2'
    run run echo a fail b fail c --on-error collect --method "$method" --format jsonl; expect 1
    same 'jsonl rows' "$(grep failed out | "$TOOLS/check_jsonl" index item outcome ${record//,/ })" 2
    same 'jsonl rows' "$(grep -v failed out | "$TOOLS/check_jsonl" index item outcome text)" 3

    run run echo fail a fail --method "$method" --backend serial
    expect 1 ''
    same 'lines' "$(wc -l <err)" 2
    has err "^rankpool: item 0 \(fail\) $place$"
    has err '^rankpool: 1 of 1 items failed(, and 1 more before the run had ended,)? in [0-9.]+ s; the first one ended the run, --on-error collect runs the others too: [12] of 3 items done, [12] to do; the same command begins anew, with --journal DIR one could go on$'
done

# A long item is shortened in the message.
long=$(printf 'x%.0s' $(seq 100))
run run half --on-error collect 1; expect 1 ''; has err '^rankpool: item 0 \(1\) failed on rank 0, host [^,]+, worker [0-9]+: odd \(code 22\)$'
run run nap "$long"; expect_usage "'${long:0:60}…' isn't a number (an item of nap is milliseconds)"

# A job's columns have other names than those of failed items.
for program in "$PROGRAM" "$RANKPOOL"; do
    for job in $("$program" jobs | sed -n 's/^\([a-z]*\)  .*/\1/p'); do
        PROGRAM=$program run run "$job" --input /dev/null --format csv --param factor=1 --param directory=.
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" --csv /dev/null --format csv --param factor=1
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" --input /dev/null --format csv --param directory=.
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" --input /dev/null --format csv
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" --input /dev/null --format csv -- true
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" --input /dev/null --format csv --param file=
        [ "$status" = 0 ] || PROGRAM=$program run run "$job" libm.so.6:cos 'double(double)' --input /dev/null --format csv
        expect 0
        same "columns of $job that there are twice" "$(head -1 out | tr ',' '\n' | sort | uniq -d)" ''
    done
done
finish
