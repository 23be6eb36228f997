# mandelbrot.bash: the job `mandelbrot` by the program: the same picture from all methods, threads and ranks; rows and sums as text; a run that
# is cut short, and a libpng that lacks.
. "$(dirname "$0")/../cli/expect.bash" || exit 1
small='--param width=90 --param height=40'

run run mandelbrot $small --param owner=true --threads 2 --format csv; expect 0
same 'rows' "$(wc -l <out)" 41
has out '^20,20,ok,20,[0-9]+,[0-9]+,'
mv mandelbrot.png first.png
[ -s mandelbrot-owner.png ] || problem 'no picture of the owners'
for method in map apply_async imap_unordered; do
    run run mandelbrot $small --threads 3 --method $method --output rows; expect 0 ''
    cmp -s mandelbrot.png first.png || problem "another picture by $method"
done
if [ -n "${WITH_MPI:-}" ]; then
    last='two ranks'
    timeout $hang_s "$MPIRUN" -n 2 "$PROGRAM" run mandelbrot $small --param file=two.png --threads 1 >out 2>err </dev/null
    status=$?
    expect 0
    cmp -s two.png first.png || problem 'another picture from two ranks'
fi
run compare mandelbrot $small --runs 1 --method imap,map --format csv; expect 0
rm -f ./*.png
run run mandelbrot 3 4 --param height=5; expect 1; has err '^rankpool: mandelbrot.png isn.t written: 3 of 5 rows are missing$'
run run mandelbrot 5 --param height=5 --param file=; expect 1; has err 'the picture has the rows 0 to 4'
run run mandelbrot --param file=missing/x.png
expect_usage "parameter file=missing/x.png: can't write the picture: No such file or directory; file= makes no picture"
same 'files' "$(ls ./*.png ./*.part 2>/dev/null)" ''

# A libpng without what is needed stands for one that isn't there.
if [ -z "${WITH_SANITIZER:-}" ]; then
    mkdir fake && echo 'int nothing;' >fake/empty.c
    library=$(ldconfig -p | grep -oE 'libpng[0-9]*\.so\.[0-9]+' | head -n 1)
    "${CC:-cc}" -shared -o "fake/$library" fake/empty.c || problem 'no library was made'
    export LD_LIBRARY_PATH=$work/fake
    run run mandelbrot --param height=5
    expect_usage "parameter file=mandelbrot.png: pictures need libpng: $library has no png_image_write_to_stdio; file= makes no picture"
    run run mandelbrot --param height=5 --param file=; expect 0; same 'rows' "$(wc -l <out)" 5
fi
finish
