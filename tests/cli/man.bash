# man.bash: manual pages. Each command, option, variable and exit status is there; groff has nothing to say; building them again gives the
# same.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
export SOURCE_DATE_EPOCH=1700000000
commands=$("$PROGRAM" help | sed -n 's/^  rankpool \([a-z]*\) .*/\1/p' | sort -u | grep -vx help)

run help --man; expect 0; cp out page
has page '^\.TH RANKPOOL 1 2023-11-14 "rankpool [0-9.]+"'
for command in $commands; do has page "fB$command.fR"; done
for name in RANKPOOL_THREADS RANKPOOL_PROGRESS SLURM_JOB_ID; do has page "fB$name.fR"; done
for status in 0 1 2 3 4; do has page "fB$status.fR"; done

for command in $commands; do
    run help --man "$command"; expect 0; cp out page
    has page "^\.TH RANKPOOL-${command^^} 1 2023-11-14 "
    has page "^rankpool.-$command .- "
    run help "$command"
    for option in $(grep -oE '^ +(-[a-z], )?--[a-z-]+' out | grep -oE -- '--[a-z-]+'); do
        grep -qF "${option//-/\\-}" page || problem "the page of $command has no $option"
    done
done

# As text.
if command -v groff >/dev/null; then
    for command in '' $commands; do
        last="groff on the page of '$command'"
        # shellcheck disable=SC2086
        "$PROGRAM" help --man $command | groff -man -Tutf8 -ww >text 2>err
        same 'what groff says' "$(cat err)" ''
        [ "$(wc -l <text)" -gt 20 ] || problem 'the page is short'
    done
    "$PROGRAM" help --man run | groff -man -Tutf8 -P-c -P-b -P-u >text
    has text '^ +rankpool run JOB \[options\] \[ITEM…\]$'
    has text '^ +-n, --items N$'
    tr -s ' \n' ' ' <text >joined
    has joined "the rank's cores over its workers"
    has joined 'A line ends with .n or .r.n '
fi

# The same again, and without the variable of today.
mkdir first second
run help --write first; expect 0 '' ''
run help --write second; expect 0 '' ''
diff -r first second >out || problem 'the second time is different'
unset SOURCE_DATE_EPOCH
run help --man jobs; has out "^\.TH RANKPOOL-JOBS 1 $(date -u +%Y)-"

# What the build has made is what this program makes, and it is installed where man and shells look.
run help --write today; expect 0 '' ''
diff -r -I '^\.TH' today "$BUILD/share" | grep -v '^Only in .*/share: rankpool$' >out && problem "build/share is out of date"
last=installing
if cmake --install "$BUILD" --prefix "$work/usr" >out 2>err; then
    for file in man/man1/rankpool.1 man/man1/rankpool-run.1 bash-completion/completions/rankpool zsh/site-functions/_rankpool \
        fish/vendor_completions.d/rankpool.fish rankpool/hybrid.sbatch rankpool/array.sbatch; do
        [ -s "usr/share/$file" ] || problem "share/$file isn't installed"
    done
    [ -x usr/share/rankpool/hybrid.sbatch ] || [ ! -x "$SOURCE/slurm/hybrid.sbatch" ] || problem 'the batch script lost its permission'
fi

run help --man walk; expect 2 ''; has err "unknown command 'walk'"
run help --write; expect_usage '--write needs a folder, for what is below /usr/share'
run help --write /proc/none; expect 4 ''; has err "can't write '/proc/none/man/man1/rankpool.1'"
run help --completion tcsh; expect_usage "--completion: unknown shell 'tcsh'; there are: bash, zsh, fish"
run help --completion zhs; expect_usage "--completion: unknown shell 'zhs'; did you mean zsh?"
run help --completion; expect_usage '--completion needs a shell; there are: bash, zsh, fish'
finish
