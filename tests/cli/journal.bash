# journal.bash: `rankpool journal` shows what a journal has, also while a run goes on. make_journal writes one.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL

run journal; expect_usage 'journal needs a folder, the one that a run was given as --journal'
run journal j more; expect_usage "journal: unexpected argument 'more'"
run journal j --failed --todo; expect_usage '--failed and --todo: give one of them'
run journal j --format table; expect_usage "--format: unknown value 'table'; there are: text, csv, jsonl"
run journal missing; expect_usage 'missing is no folder: No such file or directory'
mkdir other && touch other/thesis.tex
run journal other; expect_usage "other has files, and none of them is a journal's: give a new folder"

# Two runs: items 0 to 9 done, 10 failed; the second one goes on, as its process lives and holds the journal.
"$TOOLS/make_journal" j >ready & maker=$!
until_there test -s ready
run journal j; expect 0
has out '^j: 12 done, 1 failed, 7 to do, of 20 items; 2 runs'
has out '^as of 20.*Z, the last commit'
has out '^ +1 +20[^ ]*Z +20[^ ]*Z +stopped +10 +1 .*4711 +n1,n2$'
has out '^ +2 +20[^ ]*Z +20[^ ]*Z +going on +2 +0'
has out "^ +12 +12 +1$" # the slowest item
run journal j --todo; expect 0 "$(seq 13 19)"
run journal j --failed; expect 0 10
run journal j --failed --format csv; expect 0 'index,tries,crashes
10,2,0'
run journal j --failed --format jsonl; expect 0 '{"index":10,"tries":2,"crashes":0}'
run journal j --format csv; expect 0
has out '^run,from,to,end,done,failed,retries,items_per_s,bytes,damaged_commits,job,nodes$'
has out '^1,20[^,]*Z,20[^,]*Z,stopped,10,1,1,.*,0,4711,"n1,n2"$'
run journal j --format jsonl --output rows; expect 0 ''
has rows '^\{"kind":"summary","done":12,"failed":1,"to_do":7,"runs":2,'
has rows '^\{"kind":"run","run":2,.*"end":"going on"'
same 'rows of items that were slow' "$(grep -c '"kind":"slow"' rows)" 10

kill -KILL $maker; wait $maker 2>/dev/null
run journal j; expect 0
has out '^ +2 .* died '
finish
