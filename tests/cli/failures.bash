# failures.bash: what a run says of its failed items, and --max-failures: a run that ends once too many have failed, for every method.
. "$(dirname "$0")/expect.bash" || exit 1
time='[0-9.]+ s'
unread='(, and [0-9]+ more before the run had ended,)?' # apply_async has submitted all items when the first one is read
left="[0-9]+ of 200 items done, [0-9]+ to do; the same command begins anew, with --journal DIR one could go on"
for i in $(seq 100); do printf 'ok\nfail\n'; done >items

for method in imap imap_unordered map map_async apply apply_async; do
    run run echo --input items --method $method --max-failures 3 --chunk 1 --threads 2
    expect 1
    same 'results' "$(sort -u out)" ok
    has err "^rankpool: [0-9]+ of [0-9]+ items failed$unread in $time; --max-failures ended the run: $left$"
    checks=$((checks + 1))
    [ "$(sed -n 's/^rankpool: \([0-9]*\) of .*/\1/p' err)" -le 20 ] || problem 'too many items ran'
done

run run echo --input items --max-failures 10% --chunk 1
expect 1
has err "^rankpool: [0-9]+ of [0-9]+ items failed in $time; --max-failures ended the run: $left$"
run run echo --input items --method map --max-failures 10% --chunk 1
expect 1
has err "^rankpool: [0-9]+ of [0-9]+ items failed in $time; --max-failures ended the run: $left$"

# A limit that isn't reached changes nothing.
run run echo --input items --max-failures 100
expect 1
same 'results' "$(wc -l <out)" 100
has err "^rankpool: 100 of 200 items failed in $time$"

for value in 0 -1 x 3x 100% 0% %; do
    run run echo a "--max-failures=$value"
    expect_usage "--max-failures is \"$value\"; it must be a whole number of 1 or more, or a share such as 2.5%"
done
run run echo a --max-failures 3 --on-error stop
expect_usage "--max-failures doesn't go with --on-error stop, which ends at the first"

# All failures are printed one by one. Where the rows have them too, only some are printed, and that there are more.
run run echo --input items --on-error collect
expect 1; same 'lines' "$(wc -l <err) $(grep -c '^rankpool: item [0-9]* (fail) failed on rank 0' err)" '101 100'
for format in csv jsonl; do
    run run echo --input items --on-error collect --format $format
    expect 1
    same 'lines' "$(wc -l <err) $(grep -c '^rankpool: item [0-9]* (fail) failed on rank 0' err)" '22 20'
    same 'the line after them' "$(sed -n 21p err)" 'rankpool: further failed items have no line here; each is a row of the output'
    same 'rows' "$(grep -Ec '"outcome":"failed"|,failed,' out)" 100
done
head -40 items >fewer
run run echo --input fewer --on-error collect --format csv
expect 1; same 'lines' "$(wc -l <err)" 21

# A time is printed where it is long enough to matter.
run run nap --on-error collect -- -150 -1
expect 1 ''
has err '^rankpool: item 0 \(-150\) failed on rank 0, host [^,]+, worker [0-9]+, after [0-9.]+ s: had a bad dream$'
has err '^rankpool: item 1 \(-1\) failed on rank 0, host [^,]+, worker [0-9]+(, after [0-9.]+ s)?: had a bad dream$'

# Items that fail while the run ends because of another one are counted, though they aren't printed.
run run nap --method apply_async --threads 2 -- -300 -1 -1 -1
expect 1 ''
same 'items' "$(grep -c ' failed on rank' err)" 1
last_words='; the first one ended the run, --on-error collect runs the others too'
has err "^rankpool: 1 of 1 items failed, and [1-3] more before the run had ended, in $time$last_words(: [23] of 4 items done, [12] to do; .*)?$"
finish
