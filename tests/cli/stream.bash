# stream.bash: items from a pipe run, and results come out, while the pipe is still open; an endless source doesn't fill the memory.
. "$(dirname "$0")/expect.bash" || exit 1
last='run half --input -'
status=none
: >out; : >err

# A conversation: each answer has to come before the next question is asked.
coproc timeout $hang_s "$PROGRAM" run half --input - --threads 2
exec {questions}>&"${COPROC[1]}" {answers}<&"${COPROC[0]}"
asked=$COPROC_PID
eval "exec ${COPROC[1]}>&-"
for item in 2 4 6; do
    echo $item >&"$questions"
    answer=none
    read -r -t $hang_s answer <&"$answers"
    same "answer to $item" "$answer" $((item / 2))
    [ "$answer" != none ] || break
done
exec {questions}>&-
wait "$asked"
same 'status' $? 0

# A slow item in front doesn't keep unordered results back.
last='imap_unordered'
{ echo 5000; echo 1; sleep 6; } | timeout $hang_s "$PROGRAM" run nap --input - --method imap_unordered --threads 2 --chunk 1 2>err |
    { read -r -t $hang_s first; echo "$first" >first; }
same 'first result' "$(cat first)" 1

# An endless source, until the reader has had enough: a gigabyte goes through a program that may have 600 MB in all.
# (A build with sanitizers needs more from the start, and leaves this out.)
if (ulimit -v 600000 && "$PROGRAM" --version) >out 2>&1; then
    last='endless'
    padded=$(printf "%2500d" 2)
    ( ulimit -v 600000; yes "$padded" | timeout $hang_s "$PROGRAM" run half --input - --threads 2 2>err | head -n 400000 | sort -u >out )
    same 'results' "$(cat out)" 1
    has err '^rankpool: can.t write to standard output: Broken pipe$'
fi
finish
