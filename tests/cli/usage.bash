# usage.bash: wrong usage is one line that names what is wrong and what would be right, status 2, nothing computed.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL

commands=$("$PROGRAM" help | sed -n 's/^  rankpool \([a-z]*\) .*/\1/p' | grep -vx help | paste -sd, | sed 's/,/, /g')
run; expect_usage "no command; there are: $commands (see rankpool help)"
run walk; expect_usage "unknown command 'walk'; there are: $commands (see rankpool help)"
run run; expect_usage 'run needs a job; rankpool jobs lists them'
jobs=$("$PROGRAM" jobs | sed 's/ .*//' | paste -sd, | sed 's/,/, /g') # as the program lists them; see below for what is there
run run nope 1; expect_usage "unknown job 'nope'; there are: $jobs"
run jobs nope; expect_usage "unknown job 'nope'; there are: $jobs"
run jobs compute more; expect_usage "jobs: unexpected argument 'more'"
run info more; expect_usage "info: unexpected argument 'more'"
run run compute; expect_usage 'run compute: no items; give --items N, --input FILE, --csv FILE, --grid NAME=VALUES, a pipe or ITEM… (an item is a number x)'
run run compute --nope; expect_usage 'unknown option --nope; see rankpool run --help'
run run compute --runs 3; expect_usage 'unknown option --runs; see rankpool run --help'
run run compute -3; expect_usage 'unknown option -3; see rankpool run --help; an item that begins with - comes after --'
run run compute --items; expect_usage 'option --items needs a value; see rankpool run --help'
run run compute --items -1; expect_usage '--items -1: must be an integer, 0 or more'
run run compute --items 3x; expect_usage '--items 3x: must be an integer, 0 or more'
run run compute --items 99999999999999999999; expect_usage '--items 99999999999999999999: must be an integer, 0 or more'
run run compute --items 3 4
expect_usage "unexpected argument '4': items are given already; give one of --items, --input, --csv, --grid, ::: and ITEM…"
run run compute --items 3 --input x; expect_usage '--input: items are given already; give one of --items, --input, --csv, --grid, ::: and ITEM…'
run run compute --input ''; expect_usage '--input: needs the name of a file, or - for standard input'
run run compute --input missing; expect_usage "--input: can't open 'missing': No such file or directory"
run run compute --input /; expect_usage '--input: / is a directory, not a file'
run run compute --csv missing; expect_usage "--csv: can't open 'missing': No such file or directory"
run run compute 1 abc; expect_usage "'abc' isn't a number (an item of compute is a number x)"
run run compute --items 3 --method walk
expect_usage "--method: unknown method 'walk'; there are: ${methods// /, }"
run run compute --items 3 --format xml; expect_usage "--format: unknown value 'xml'; there are: text, csv, jsonl"
run run compute --items 3 --format table; expect_usage "--format: unknown value 'table'; there are: text, csv, jsonl"
run compare compute --format text; expect_usage "--format: unknown value 'text'; there are: table, csv, jsonl, markdown"
run compare compute --runs 0; expect_usage '--runs 0: must be an integer from 1 to 1000000'
run compare compute --method map,walk
expect_usage "--method: unknown method 'walk'; there are: ${methods// /, }"
run run compute --items 3 --param iterations; expect_usage '--param iterations: not of the form NAME=VALUE'
run run compute --items 3 --param depth=1; expect_usage "unknown parameter 'depth' of compute; there are: iterations"
run run compute --items 3 --param iterations=-1
expect_usage '--param iterations=-1: iterations must be an integer of 0 or more'
run run compute --items 3 --param iterations=1.5
expect_usage '--param iterations=1.5: iterations must be an integer of 0 or more'
run run compute --items 3 --param iterations=1 --output none/file
expect_usage "--output: can't write 'none/file': No such file or directory"

# What the library checks: the option is named, and what would be right.
for wrong in '--threads 0' '--threads -1' '--threads x' '--chunk 0' '--chunk -5' '--window 0x' '--schedule best' '--backend gpu' \
    '--on-error ignore' '--progress often' '--retries -1' '--retries x' '--timeout 0' '--timeout soon' '--max-tasks-per-child 0'; do
    # shellcheck disable=SC2086
    run run compute --items 3 $wrong
    expect 2 ''
    same 'lines' "$(wc -l <err)" 1
    has err "^rankpool: ${wrong% *} is \"${wrong#* }\"; it must be "
done
run compare compute --backend pthread,gpu; expect 2 ''; has err '^rankpool: --backend is "gpu"; it must be '

for wrong in '--timeout -1' '--max-tasks-per-child x'; do
    # shellcheck disable=SC2086
    run compare compute --items 3 $wrong
    expect 2 ''; has err "^rankpool: ${wrong% *} is \"${wrong#* }\"; it must be "
done
run run compute --items 3 --max-tasks-per-child 5
expect_usage '--max-tasks-per-child needs --isolate, as without it there are no children'
run compare compute --items 3 --max-tasks-per-child 5
expect_usage '--max-tasks-per-child needs --isolate, as without it there are no children'
run compare compute --items 3 --retries 5; expect_usage 'unknown option --retries; see rankpool compare --help'
run run compute --items 3 --isolate=no; expect_usage 'option --isolate takes no value; see rankpool run --help'

# The test jobs have a parameter without a default, limits, and items of several values.
PROGRAM=$TOOLS/rankpool_cli_program
printf '1,2\n' >pairs.csv
run run scale --csv pairs.csv; expect_usage 'scale needs --param factor=VALUE: a number from -10 to 10, what is multiplied with'
run run scale --csv pairs.csv --param factor=11; expect_usage '--param factor=11: factor must be a number from -10 to 10'
run run scale --csv pairs.csv --param factor=nan; expect_usage '--param factor=nan: factor must be a number from -10 to 10'
run run scale --csv pairs.csv --param factor=1 --param offset=101
expect_usage '--param offset=101: offset must be an integer from 0 to 100'
run run scale --items 3 --param factor=1; expect_usage 'an item of scale has 2 values (x,y): give the items with --csv FILE or --grid'
run run scale --csv pairs.csv --param factor=1 --method map
expect_usage '--method map takes items of one value, an item of scale has 2: use its starred form'
run run half --items 129; expect_usage '--items 129: an item of half must be an integer from -128 to 127'
run run half 128; expect_usage "'128' isn't an integer from -128 to 127 (an item of half is an even number)"

# Of several processes that a launcher started, the first one speaks.
launchers=('OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=R OMPI_COMM_WORLD_RANK=' 'PMI_SIZE=2 MPI_LOCALRANKID=R PMI_RANK='
    'SLURM_STEP_NUM_TASKS=2 SLURM_NTASKS=2 SLURM_LOCALID=R SLURM_PROCID=')
for launcher in "${launchers[@]}"; do
    # shellcheck disable=SC2163  # the variables whose names are in it
    export ${launcher//R /1 }1
    run run half --items -1; expect 0 '' '' # so that mpirun lets the first one speak
    run jobs; expect 0 '' ''
    run --version; expect 0 '' ''
    # shellcheck disable=SC2163
    export ${launcher//R /0 }0
    run run half --items -1; expect_usage '--items -1: must be an integer, 0 or more'
    # shellcheck disable=SC2046  # names
    unset $(tr ' ' '\n' <<<"$launcher" | cut -d= -f1)
done
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_LOCAL_RANK=1 RANKPOOL_MPI=0 run run compute --items -1; expect_usage '--items -1: must be an integer, 0 or more'

# What was meant is told: a letter more or less, another one, or two that changed places. Nothing is run.
PROGRAM=$RANKPOOL
run rnu; expect_usage "unknown command 'rnu'; did you mean run? (see rankpool help)"
run help simluate; expect_usage "unknown command 'simluate'; did you mean simulate?"
run run comptue --items 3; expect_usage "unknown job 'comptue'; did you mean compute?"
run run compute --items 3 --thread 3; expect_usage 'unknown option --thread; did you mean --threads? See rankpool run --help'
run run compute --ietms=3; expect_usage 'unknown option --ietms; did you mean --items? See rankpool run --help'
run run compute --items 3 --param iteratons=1; expect_usage "unknown parameter 'iteratons' of compute; did you mean iterations?"
run run compute --items 3 --schedule guidde; expect_usage '--schedule is "guidde"; did you mean guided?'
run run compute --items 3 --backend openmpi; expect_usage '--backend is "openmpi"; did you mean openmp?'
run run compute --items 3 --format jsnol; expect_usage "--format: unknown value 'jsnol'; did you mean jsonl?"
run run compute --items 3 --header atuo; expect_usage "--header: unknown value 'atuo'; did you mean auto?"
run run compute --items 3 --method impa; expect_usage "--method: unknown method 'impa'; did you mean imap?"
run compare compute --method map,impa; expect_usage "--method: unknown method 'impa'; did you mean imap?"
# Two of three letters are another word, and so is what has three mistakes.
run rx; expect_usage "unknown command 'rx'; there are: $commands (see rankpool help)"
run run cmopuetx --items 3; expect_usage "unknown job 'cmopuetx'; there are: $jobs"

# Names aren't shortened, although what was meant is clear: a script would mean something else when there are more options.
run run compute --ite 3; expect_usage 'unknown option --ite; did you mean --items? See rankpool run --help'
run run compute --m imap; expect_usage 'unknown option --m; see rankpool run --help'
run --vers; expect_usage 'unknown option --vers before a command; see rankpool help'

# Letters, alone and together, with the value behind them or as the next word. -- ends the options, and - is an item as others.
run run compute --items 3 --param iterations=10 --threads 1 --backend pthread --format csv; expect 0; cp out long
for letters in '-n 3 -j 1 -b pthread -f csv' '-n3 -j1 -bpthread -fcsv' '-qn3 -j1 -bpthread -fcsv' '-qn 3 -j1 -b pthread -fcsv -q'; do
    # shellcheck disable=SC2086
    run run compute --param iterations=10 $letters; expect 0; cmp -s out long || problem "$letters: another output"
done
seq 0 2 >numbers
run run compute --param iterations=10 -j1 -f csv -i numbers -o written; expect 0 '' ''; cmp -s written long || problem '-o: another output'
pipe run compute --param iterations=10 -j1 -f csv -i - <numbers; expect 0; cmp -s out long || problem '-i -: another output'
run run compute -n; expect_usage 'option -n needs a value; see rankpool run --help'
run run compute -n=3; expect_usage '--items =3: must be an integer, 0 or more'
run run compute -qz; expect_usage 'unknown option -z; see rankpool run --help; an item that begins with - comes after --'
run run compute -; expect_usage "'-' isn't a number (an item of compute is a number x)"
run run compute --param iterations=1 -q -- 1 -2; expect 0; same lines "$(wc -l <out)" 2
run run compute 1 -- --items; expect_usage "'--items' isn't a number (an item of compute is a number x)"
run run -- compute 1 --help; expect_usage "'--help' isn't a number (an item of compute is a number x)"

# Help anywhere is help, also beside mistakes; but not as the value of an option, nor behind --.
run run --help; cp out help_of_run
for line in 'run -h' 'run compute -h' 'run -qh' 'run nope --nope -h' 'run --items x --help' 'run -h -- x' 'run compute 1 2 --format xml -h' \
    '-h run' '--help run' 'help run'; do
    # shellcheck disable=SC2086
    run $line; expect 0; cmp -s out help_of_run || problem "$line: not the help of run"
    same 'standard error' "$(cat err)" ''
done
run --help; cp out help_of_all
for line in -h help 'walk -h' '--nope --help'; do
    # shellcheck disable=SC2086
    run $line; expect 0; cmp -s out help_of_all || problem "$line: not the help of all"
done
run run compute --output -h -n1 --param iterations=1; expect 0 '' ''; [ -s ./-h ] || problem 'the value -h was taken for an option'
run help run more; expect_usage "help: unexpected argument 'more'; see rankpool help"
run help --nope; expect_usage 'unknown option --nope of help; see rankpool help'

# Help and versions are no mistakes, and start nothing.
for command in run compare scale simulate journal jobs info; do
    run $command --help; expect 0; has out "^rankpool $command "
    same 'standard error' "$(cat err)" ''
done
run --help; expect 0; has out 'rankpool run JOB'
run -V; expect 0; cp out version
run --version; expect 0; cmp -s out version || problem '-V is not --version'
run --version; expect 0; has out '^rankpool [0-9]+\.[0-9]+\.[0-9]+$'; has out 'OpenMP'; has out 'libcurl/'
run jobs; expect 0; has out '^compute +'; has out '^fetch +'; has out '^sleep +'
run jobs compute; expect 0; has out '^item: a number x$'; has out '^  iterations .* 10000000 +'
run jobs --help; expect 0
run info --backend pthread --threads 3; expect 0; has out '^back end +pthread'; has out '^workers +3: '
finish
