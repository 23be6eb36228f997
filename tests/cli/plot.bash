# plot.bash: pictures by gnuplot, and what happens without it, or when it fails.
. "$(dirname "$0")/expect.bash" || exit 1

is_png() { [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]; }
nothing_else() { same 'files' "$(ls pictures)" "$1"; }
mkdir pictures
scale='scale half 2 4 --runs 1 --threads 2'
compare='compare half 2 4 --runs 1 --threads 2'

# A gnuplot of the test's own, in the folder bin, is the only one.
fake_gnuplot() {
    rm -rf bin
    mkdir bin
    [ $# = 0 ] || { printf '#!/bin/sh\n%s\n' "$*" >bin/gnuplot && chmod 755 bin/gnuplot; }
}
with_fake() {
    last="$*"
    PATH=$work/bin /usr/bin/timeout $hang_s "$PROGRAM" "$@" >out 2>err </dev/null
    status=$?
}

# shellcheck disable=SC2086
if command -v gnuplot >/dev/null; then
    run $scale --plot pictures/a.svg; expect 0; nothing_else a.svg
    has pictures/a.svg '</svg>'
    has pictures/a.svg 'fill="#ffffff"|fill *= *"#ffffff"|fill="rgb\(255, *255, *255\)"'
    has pictures/a.svg 'half: time of 2 items'
    has pictures/a.svg 'threads \(openmp\)'
    has pictures/a.svg 'sans-serif'
    run $compare --plot pictures/a.svg --method map_async,imap_unordered; expect 0
    has pictures/a.svg 'map_async on openmp \(1 × 2\)'
    same 'subscripts' "$(grep -c 'baseline-shift\|<tspan[^>]*dy=' pictures/a.svg)" 0
    rm pictures/a.svg
    for command in "$scale" "$compare"; do
        run $command --plot pictures/b.png; expect 0; nothing_else b.png
        is_png pictures/b.png || problem 'b.png is no PNG'
        rm pictures/b.png
    done
    # Numbers have a point whatever the locale is.
    for name in $(locale -a 2>/dev/null | grep -i '^de_\|^fr_' | head -1) C; do
        LC_ALL=$name run $scale --plot pictures/c.svg; expect 0
        same "commas, $name" "$(grep -cE '>[0-9]+,[0-9]+<' pictures/c.svg)" 0
        rm pictures/c.svg
    done
    run $scale --plot "pictures/it's a [name] 100%.svg"; expect 0; nothing_else "it's a [name] 100%.svg"
    rm pictures/*
    if [ -n "${WITH_MPI-}" ]; then
        last='mpirun -n 2 scale --plot'
        timeout $hang_s "$MPIRUN" -n 2 "$PROGRAM" $scale --plot pictures/d.svg >out 2>err </dev/null
        status=$?
        expect 0; nothing_else d.svg; has pictures/d.svg 'ranks \(mpi\)'
        rm pictures/*
    fi
elif [ -n "${RANKPOOL_TEST_ALL-}" ]; then
    problem 'there is no gnuplot'
fi

# Without gnuplot it is said before anything runs.
fake_gnuplot
# shellcheck disable=SC2086
with_fake $scale --plot pictures/a.svg
expect 2 '' "rankpool: --plot: there is no gnuplot here, which draws it (Debian's package gnuplot-nox); --format csv writes what it would draw"
# shellcheck disable=SC2086
with_fake $scale; expect 0

# A gnuplot that fails: its message, no file, and the table all the same. An old picture stays.
# shellcheck disable=SC2086,SC2016
{
    fake_gnuplot 'echo "<svg" ; echo "         line 0: warning: nothing" >&2 ; echo "         line 7: undefined variable: x" >&2 ; exit 1'
    with_fake $scale --plot pictures/a.svg
    expect 4; has out '^half: 2 items'; nothing_else ''
    has err "^rankpool: --plot: no 'pictures/a.svg': gnuplot ended with status 1: line 7: undefined variable: x$"
    echo old >pictures/a.svg
    with_fake $scale --plot pictures/a.svg; expect 4; nothing_else a.svg; same 'the old one' "$(cat pictures/a.svg)" old
    rm pictures/a.svg
    fake_gnuplot 'echo "no display" >&2; exit 3'
    with_fake $scale --plot pictures/a.png; expect 4; nothing_else ''
    has err "gnuplot ended with status 3: no display$"
    fake_gnuplot 'kill -SEGV $$'
    with_fake $scale --plot pictures/a.png; expect 4; nothing_else ''
    has err "gnuplot was ended by signal 11: it says nothing$"
    # It doesn't look whether its writes succeed.
    for half in 'exit 0' 'echo "<svg"; exit 0'; do
        fake_gnuplot "$half"
        with_fake $scale --plot pictures/a.svg; expect 4; nothing_else ''
        has err "^rankpool: --plot: can't write 'pictures/a.svg': No space left on device$"
    done
}

# What is wrong is said before anything runs.
# shellcheck disable=SC2086
{
    fake_gnuplot 'exit 0'
    with_fake $scale --plot pictures/a.pdf; expect_usage "--plot: 'pictures/a.pdf' must end with .svg or .png"
    with_fake $scale --plot ''; expect_usage "--plot: '' must end with .svg or .png"
    with_fake $scale --plot nowhere/a.svg; expect_usage "--plot: can't write 'nowhere/a.svg': No such file or directory"
    mkdir pictures/d.svg
    with_fake $scale --plot pictures/d.svg; expect_usage "--plot: 'pictures/d.svg' is no regular file"
    with_fake $scale --plot same.svg --output same.svg; expect 2 ''
    has err "^rankpool: --plot: 'same.svg' is another file of this command; give another name$"
    seq 2 2 8 >items.svg
    with_fake scale half --input items.svg --runs 1 --plot items.svg; expect 2 ''; same 'the items' "$(wc -l <items.svg)" 4
}
finish
