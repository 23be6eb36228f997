# retries.bash: --retries gives a failed item further tries, and a record says which one was the last.
. "$(dirname "$0")/expect.bash" || exit 1

for method in $methods; do
    run run flaky 1 2 3 --retries 2 --method "$method" --threads 2
    expect 0
    same 'results' "$(sort out | tr '\n' ' ')" '1 2 3 '
    same 'standard error' "$(cat err)" ''
    run run flaky 1 2 3 --retries 1 --on-error collect --method "$method" --threads 2 --format csv
    expect 1
    same 'failed rows' "$(grep -c ',failed,' out) $(grep -Ec '^2,3,failed,,task,5,not yet,0,[^,]+,[01],2,' out)" '1 1'
    has err '^rankpool: item 2 \(3\) failed on rank 0, host [^,]+, worker [0-9]+, attempt 2(, after [0-9.]+ s)?: not yet \(code 5\)$'
    has err '^rankpool: 1 of 3 items failed in [0-9.]+ s$'
done
run run flaky 2 --retries 0
expect 1 ''
finish
