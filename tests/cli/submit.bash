# submit.bash: batch scripts that submit makes, and what it says before sbatch; sbatch and scontrol are stand-ins here. tests/slurm has real
# ones.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
mkdir bin
export PATH=$work/bin:$PATH
tool() { printf '#!/bin/sh\n%s\n' "$2" >"bin/$1" && chmod +x "bin/$1"; }
tool sbatch 'cat >given; echo "$@" >arguments; echo 4711'
tool scontrol 'echo "MaxArraySize            = 1001"'

# What a dry run prints is what sbatch gets. The number goes to standard output.
run submit --nodes=3 --time 2:00 -J 'a "b" c' --dry-run -- run compute --items 100000 --output "it's here"; expect 0; cp out script
run submit --nodes=3 --time 2:00 -J 'a "b" c' -- run compute --items 100000 --output "it's here"; expect 0 4711 ''
cmp -s given script || problem 'sbatch got another script'
same 'arguments of sbatch' "$(cat arguments)" --parsable
same 'its first line' "$(head -n 1 script)" '#!/bin/bash'
bash -n script || problem 'bash -n'
! command -v shellcheck >/dev/null || shellcheck script || problem shellcheck

# The user's options stand in place of the script's own. One job, whatever the number of items is.
same 'directives' "$(grep '^#SBATCH' script)" '#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=2
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --no-kill
#SBATCH --output=%x-%j.out
#SBATCH --error=%x-%j.err
#SBATCH --nodes=3
#SBATCH --time 2:00
#SBATCH -J "a \"b\" c"'
has script "^set -- run compute --items 100000 --output 'it'.''s here'$"
has script '^RANKPOOL=\$\{RANKPOOL:-.*/rankpool\}$'
run submit --dry-run -n4 -c 8 -- run compute --items 3; expect 0
same 'directives' "$(grep -E '^#SBATCH.*(node|task| -n| -c)' out)" $'#SBATCH -n4\n#SBATCH -c 8'
run submit --dry-run -- compare compute; expect 0; has out '^set -- compare compute$'; has out 'set -- compare "\$@"'
run submit --dry-run -- run sleep -- 1; expect 0; has out '^set -- run sleep -- 1$'

# Arrays have a limit, and sbatch would not say why it refuses.
run submit --array=0-1000 --dry-run -- run compute --items 5000; expect 0; has out '^ +slice='; has out 'SBATCH --array=0-1000$'
for array in --array=0-99999 '--array 0-1001%7' '-a 0,1001' -a0-5000:10; do
    rm -f given
    # shellcheck disable=SC2086
    run submit $array -- run compute --items 100000
    expect 2 ''
    has err '^rankpool: submit: --array=.*: this cluster.s indices end at 1000 \(MaxArraySize 1001\); leave --array out'
    [ ! -e given ] || problem 'sbatch was asked'
done
run submit --array=0-3 -- compare compute; expect_usage 'submit: --array cuts the items of run; other commands are one job'
for way in 'exit 1' 'exit 0' 'kill -9 $$'; do # without its answer sbatch decides
    tool scontrol "$way"; run submit --array=0-99999 -- run compute --items 100000; expect 0 4711 ''
done

# Mistakes are found before sbatch.
rm -f given
run submit; expect_usage 'submit needs a command after --, as in: rankpool submit --nodes=2 -- run JOB …'
run submit --nodes=2; expect_usage 'submit needs a command after --, as in: rankpool submit --nodes=2 -- run JOB …'
run submit run compute --items 3; expect_usage 'submit needs a command after --, as in: rankpool submit --nodes=2 -- run JOB …'
run submit two -- run compute --items 3; expect_usage "submit: 'two' is no option of sbatch; the command comes after --"
run submit -- jobs; expect_usage "submit: 'jobs' is no command for a batch job; rankpool submit --help tells which are"
run submit -- run comptue; expect_usage "unknown job 'comptue'; did you mean compute?"
run submit -- run compute --itmes 3; expect_usage 'unknown option --itmes; did you mean --items? See rankpool run --help'
run submit -- run compute --input -; expect_usage 'submit: a batch job has no standard input; give the name of a file'
run submit --comment=$'a\nb' -- run compute --items 1; expect_usage 'submit: an option of sbatch has a line end in it'
[ ! -e given ] || problem 'sbatch was asked'

# sbatch says what it doesn't like; with --wait its status is that of the job.
tool sbatch 'echo "sbatch: error: invalid partition" >&2; exit 1'
run submit -p nowhere -- run compute --items 3
expect 4 '' $'sbatch: error: invalid partition\nrankpool: submit: sbatch took no job (its exit status is 1)'
tool sbatch 'echo "7;cluster"; exit 3'; run submit --wait -- run compute --items 3; expect 3 '7;cluster' ''
rm bin/sbatch
last='without sbatch'
PATH=$work/bin "$PROGRAM" submit -- run compute --items 3 >out 2>err </dev/null
status=$?
expect_usage "submit: can't run sbatch: No such file or directory"

run submit --help; cp out help
for line in 'submit -h' 'help submit' 'submit --nodes=2 -h -- run compute'; do
    # shellcheck disable=SC2086
    run $line; expect 0; cmp -s out help || problem "$line: not the help of submit"
done
run run --help; cp out help
run submit -- run compute --nope -h; expect 0; cmp -s out help || problem 'not the help of run'
finish
