# progress.bash: what a run shows of itself, on real terminals (pseudo-terminals of script, and of tmux where that is there) and elsewhere.
# The job shell runs commands, so an item ends when the test says so.
. "$(dirname "$0")/expect.bash" || exit 1
unset RANKPOOL_PROGRESS NO_COLOR COLUMNS LINES
export TERM=xterm LC_ALL=C.UTF-8
wait_for() { echo "while [ ! -e $work/$1 ]; do sleep 0.02; done"; }
# when PATTERN FILE: makes the file once that is on the screen.
when() { echo "until grep -Eq '$1' $work/screen; do sleep 0.02; done; touch $work/$2;"; }
escape=$'\e' return=$'\r'

# on_terminal COMMAND: by a shell on a terminal of 80 columns; what it shows goes to the file screen.
on_terminal() {
    last="on a terminal: $1"
    rm -f go one two three
    SHELL=/bin/sh timeout $hang_s script -qec "stty cols 80 rows 24; $1" /dev/null >screen 2>&1 </dev/null
    status=$?
    cp screen out
    : >err
}
lines_of_screen() { tr -d '\r' <screen | sed "s/$escape\[K/\n/g"; }

# ---- a terminal ----

# The bar goes before each result, and comes back; the last line is below all results.
on_terminal "($(when '0 of 3' one) $(when '1 of 3' two) $(when '2 of 3' go)) & exec '$PROGRAM' run shell -j1 '$(wait_for one)' '$(wait_for two)' '$(wait_for go)'"
same 'status' "$status" 0
has screen "shell: +0 % \[\.+\] 0 of 3 in [0-9.]+ s, 0/s"
same 'results' "$(lines_of_screen | grep -cx 0)" 3
same 'a result behind a bar' "$(tr -d '\r' <screen | grep -c "[^K]0$")" 0
same 'the last line' "$(lines_of_screen | tail -n 1 | sed 's/ in .*//; s/#//g')" 'shell: 100 % [] 3 of 3'
same 'lines that are as wide as the terminal' "$(lines_of_screen | awk 'length > 79' | wc -l)" 0

# A message goes before it too.
on_terminal "exec '$PROGRAM' run nap -j1 -o results --on-error collect -- 800 -1 300"
has screen 'rankpool: item 1'
same 'a message behind a bar' "$(tr -d '\r' <screen | grep -c "[^K]rankpool: ")" 0

# Of a run that is over before its first bar nothing is shown; --progress always shows its last line.
on_terminal "'$PROGRAM' run echo a"; same 'a short run' "$(lines_of_screen | grep -v '^echo: ')" a
on_terminal "'$PROGRAM' run echo a b -o results --progress always"; has screen '^.*echo: 100 % .*2 of 2'

# Quiet, and never, are without. Colours there are none of, so NO_COLOR changes nothing.
for option in -q '--progress never'; do
    on_terminal "(sleep 0.5; touch go) & exec '$PROGRAM' run shell $option -o results '$(wait_for go)' true"
    same "the screen with $option" "$(cat screen)" ''
done
on_terminal "($(when '0 of 2' go)) & NO_COLOR=1 exec '$PROGRAM' run shell -j1 -o results '$(wait_for go)' true"
has screen "shell: +0 % \["
same 'colours' "$(grep -c "$escape\[[0-9;]*m" screen)" 0

# A terminal that can't erase gets lines, as a file does.
for kind in dumb ''; do
    on_terminal "(sleep 0.5; touch go) & TERM=$kind exec '$PROGRAM' run shell --progress always -o results '$(wait_for go)' true"
    same "the screen with TERM=$kind" "$(sed 's/ in .*//' screen)" 'shell: 100 % 2 of 2'
    same 'escapes' "$(grep -c "$escape" screen)" 0
done

# In the background nothing is drawn; fg brings the bar.
# shellcheck disable=SC2016
on_terminal "bash -c 'set -m; \"\$1\" run shell -o results \"\$2\" \"\$3\" & sleep 1; echo MARK; (eval \"\$4\") & touch one; fg %1' - '$PROGRAM' '$(wait_for one)' '$(wait_for go)' \"$(when 'of 2' go)\""
same 'before fg' "$(sed '/MARK/,$d' screen | tr -d '\r\n')" ''
has screen 'shell: +(0|50) % \['

# ---- elsewhere ----

# A run of more than 10 s has lines: whole ones, no escapes, and a last one. Others have none, unless they are wanted.
run run shell 'sleep 11.5' true -j1
same 'lines of a long run' "$(sed 's/ in .*//' err)" $'shell:   0 % 0 of 2\nshell: 100 % 2 of 2'
same 'returns and escapes' "$(grep -c "[$return$escape]" err)" 0
run run shell true true; expect 0 $'0\n0' ''
run run shell true true --progress always; same 'a last line' "$(sed 's/ in .*//' err)" 'shell: 100 % 2 of 2'
RANKPOOL_PROGRESS=always run run shell true true; same 'a last line' "$(sed 's/ in .*//' err)" 'shell: 100 % 2 of 2'
RANKPOOL_PROGRESS=always run run shell true true -q; expect 0 $'0\n0' ''
RANKPOOL_PROGRESS=always run run shell true true --progress never; expect 0 $'0\n0' ''
RANKPOOL_PROGRESS=often run run shell true; expect_usage 'RANKPOOL_PROGRESS: progress is "often"; it must be one of: never, auto, always'
if [ -n "${WITH_MPI-}" ]; then
    last='under mpirun'
    timeout $hang_s "$MPIRUN" -n 2 "$PROGRAM" run shell true true --progress always >out 2>err </dev/null
    same 'lines of rank 0' "$(grep -c '^shell: 100 % 2 of 2 in ' err)" 1
    same 'returns and escapes' "$(grep -c "[$return$escape]" err)" 0
fi

# ---- narrow and resized terminals ----

# pane: what tmux's terminal shows.
pane() { tmux -L "$socket" capture-pane -p; }
shows() { pane | grep -Eq -- "$1"; }
if command -v tmux >/dev/null; then
    last='in tmux'
    rm -f go
    socket=$$
    trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
    for columns in 20 40 80; do
        rm -f go
        socket=$$.$columns # a server that is ending would take no new session
        printf -v command "%q " "$PROGRAM" run shell -j1 -o results true "$(wait_for go)" true true
        tmux -L "$socket" -f /dev/null new-session -d -x $columns -y 10 "$command; cat"
        tmux -L "$socket" set-option -g status off
        narrow='^(shell: +25 %| *25 % [0-9][^[]* left)$' # by the time that is left there is room for one or the other
        bar='shell: +25 %'
        [ $columns != 20 ] || bar=$narrow
        await "a bar of $columns columns" shows "$bar"
        same "rows of a bar in $columns columns" "$(pane | grep -c .)" 1
        tmux -L "$socket" resize-window -x 60 -y 10
        if [ $columns = 80 ]; then
            tmux -L "$socket" resize-window -x 20 -y 10
            await 'a narrow bar' shows "$narrow"
        fi
        touch go
        await 'the end' shows '100 %'
        tmux -L "$socket" kill-server
    done
fi
finish
