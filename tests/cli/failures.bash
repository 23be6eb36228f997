# failures.bash: --max-failures: a run that ends once too many items have failed, the same for every method.
. "$(dirname "$0")/expect.bash" || exit 1
for i in $(seq 100); do printf 'ok\nfail\n'; done >items

for method in imap imap_unordered map map_async apply apply_async; do
    run run echo --input items --method $method --max-failures 3 --chunk 1 --threads 2
    expect 1
    same 'results' "$(sort -u out)" ok
    has err '^rankpool: [0-9]+ of [0-9]+ items failed; --max-failures ended the run$'
    checks=$((checks + 1))
    [ "$(grep -c 'failed on rank' err)" -le 20 ] || problem 'too many items ran'
done

run run echo --input items --max-failures 10% --chunk 1
expect 1
has err '^rankpool: [0-9]+ of [0-9]+ items failed; --max-failures ended the run$'

# A limit that isn't reached changes nothing.
run run echo --input items --max-failures 100
expect 1
same 'results' "$(wc -l <out)" 100
has err '^rankpool: 100 of 200 items failed$'

for value in 0 -1 x 3x 100% 0% %; do
    run run echo a "--max-failures=$value"
    expect_usage "--max-failures is \"$value\"; it must be a whole number of 1 or more, or a share such as 2.5%"
done
run run echo a --max-failures 3 --on-error stop
expect_usage "--max-failures doesn't go with --on-error stop, which ends at the first"
finish
