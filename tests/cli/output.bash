# output.bash: where results go, and what happens when they can't.
. "$(dirname "$0")/expect.bash" || exit 1

run run half 2 4 --output results; expect 0 '' ''; same 'results' "$(cat results)" $'1\n2'
run run half 2 --output results; expect 0 '' ''; same 'an existing file is replaced' "$(cat results)" 1
printf '2\n' >numbers
run run half --input numbers --output ./numbers; expect_usage "--output: './numbers' is where the items come from; give another file"
same 'the input' "$(cat numbers)" 2
printf 'x\n' >bad
run run half --input bad --output results; expect 2; same 'the old results after a mistake in the input' "$(cat results)" 1
run run half 2 --output .; expect_usage "--output: can't write '.': Is a directory"
run run half 2 --output ''; expect_usage '--output: needs the name of a file'

# A full disk: one line, another one about what is left, and status 4, also when only the last flush fails, and on standard output.
run run half 2 --output /dev/full; expect 4 '' "rankpool: can't write to /dev/full: No space left on device"
run run split --items 5000 --format csv --output /dev/full; expect 4 ''
same 'messages' "$(sed 's/[0-9]* of 5000 items done, [0-9]* to do/N/' err)" "rankpool: can't write to /dev/full: No space left on device
rankpool: ended early: N; with --journal DIR the same command would go on"
run run split --items 5000 --format jsonl --output /dev/full; expect 4 ''
same 'messages' "$(sed 's/[0-9]* of 5000 items done, [0-9]* to do/N/' err)" "rankpool: can't write to /dev/full: No space left on device
rankpool: ended early: N; with --journal DIR the same command would go on"
run compare half 2 --runs 1 --method map --output /dev/full; expect 4 '' "rankpool: can't write to /dev/full: No space left on device"
for arguments in 'run half 2' 'jobs' 'jobs half' 'info' '--version' '--help' 'run --help'; do
    last="$arguments >/dev/full"
    : >out
    # shellcheck disable=SC2086
    timeout $hang_s "$PROGRAM" $arguments >/dev/full 2>err
    status=$?
    same 'status' $status 4
    has err "^rankpool: can't write to standard output: No space left on device$"
done

# Progress goes to standard error and leaves the results alone.
run run nap 1 2 3 --progress always; expect 0 $'1\n2\n3'
[ -s err ] || problem 'no progress on standard error'
run run nap 1 2 3 --progress never; expect 0 $'1\n2\n3' ''
run run nap 1 2 3; expect 0 $'1\n2\n3' ''
finish
