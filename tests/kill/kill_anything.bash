# kill_anything.bash [ROUNDS [SEED]]: runs with a journal are killed at any time, again and again, and go on with the same command. What they have
# written in the end has to be what one run wrote that nobody killed.
#
# A round takes a job, a format, an order, a number of ranks and isolation by chance, and starts the program. At a moment by chance it sends
# a signal to one of the run's processes: rank 0, another rank, a helper process, one of its children, a command, mpirun; or to all of them.
# It waits for the end, and starts the same command again, some times. Then nobody is killed any more. Found bad are: another output, a row
# twice or missing, an item without its side effect, a hang, a process that is left behind, a status that fits nothing.
#
# From the environment: PROGRAM; RANKS, as "1 2 4" (1: without mpirun); WEB_URL for the job fetch. A seed makes the same choices again, but not
# the same moments.
set -u
rounds=${1:-${RANKPOOL_KILL_ROUNDS:-10}} seed=${2:-$(($(date +%s) % 32768))}
limit_s=300
work=$(mktemp -d) || exit 1
tag=$(basename "$work")
# All of the run's processes have its tag in their environment.
processes() {
    local pid
    for pid in $(grep -lzx "KILL_ANYTHING=$tag" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n'); do
        is_alive "$pid" && echo "$pid"
    done
}
is_alive() { grep -Eq '^[0-9]+ \(.*\) [^ZX] ' "/proc/$1/stat" 2>/dev/null; }
end_all() {
    local pid
    for pid in $(processes); do kill -KILL "$pid" 2>/dev/null; done
}
trap 'end_all; rm -rf "$work"' EXIT
cd "$work" || exit 1
RANDOM=$seed
echo "seed $seed"

# chance WORD…: one of them, in $chosen. Not printed, as RANDOM would be another one in a subshell.
chance() { shift $((RANDOM % $#)) && chosen=$1; }

# ---- what is run ----

# shellcheck disable=SC2016  # for the command's shell
effect='echo "$1" >>effects; echo "output of $1"'

choose_items() {
    n=$((200 + RANDOM % 400))
    seq 1 "$n" | sed 's/$/.5/' >items
}

choose_command() {
    local jobs=(compute sleep exec call mandelbrot)
    [ -z "${WEB_URL-}" ] || jobs+=(fetch)
    chance "${jobs[@]}" && job=$chosen
    case $job in
        compute) command=(run compute --items "$n" --param iterations=100000) ;;
        sleep) sed 's/.*/0.002/' items >naps && command=(run sleep --input naps) ;;
        exec) command=(run exec --input items) tail=(-- sh -c "$effect" sh '{}') ;;
        call) command=(run call libm.so.6:lgamma 'double(double)' --grid x=1:2000:1) ;;
        mandelbrot) command=(run mandelbrot --param width=300 --param height="$n" --param file=picture.png) ;;
        fetch)
            seq 1 "$n" | awk -v url="$WEB_URL/pages/" '{ print url $1 % 10 + 1 "?" $1 }' >addresses
            command=(run fetch --input addresses --param directory=pages)
            ;;
    esac
}

choose() {
    local ranks_there
    tail=()
    choose_items
    choose_command
    chance text csv jsonl && command+=(--format "$chosen")
    chance ordered ordered unordered && order=$chosen
    [ "$order" = ordered ] || command+=(--method imap_unordered)
    read -ra ranks_there <<<"${RANKS-1}"
    chance "${ranks_there[@]}" && ranks=$chosen
    launch=()
    [ "$ranks" = 1 ] || launch=(mpirun -n "$ranks")
    chance 1 2 && command+=(--threads "$chosen")
    chance no no yes && isolated=$chosen
    [ "$isolated" = no ] || command+=(--isolate)
    command+=(--retries 5 --on-error collect --output rows) # what is killed under an item is no failure of the item
}

# start OPTION…: the run, in the background, as the leader of a session of its own; $leader.
start() {
    KILL_ANYTHING=$tag setsid ${launch[@]+"${launch[@]}"} "$PROGRAM" "${command[@]}" "$@" ${tail[@]+"${tail[@]}"} >out 2>err </dev/null &
    leader=$!
}

# Until the run has ended; $status. A run that hangs is ended.
await_end() {
    local end=$((SECONDS + limit_s))
    while is_alive "$leader" && [ $SECONDS -lt $end ]; do sleep 0.02; done
    if is_alive "$leader"; then bad "it hangs: $(ps -o pid=,stat=,wchan=,args= -p "$(processes | paste -sd,)")" && end_all; fi
    wait "$leader" 2>/dev/null
    status=$?
    while [ -n "$(processes)" ] && [ $SECONDS -lt $end ]; do sleep 0.05; done
    if [ -n "$(processes)" ]; then bad "left behind: $(ps -o pid=,ppid=,stat=,args= -p "$(processes | paste -sd,)")" && end_all; fi
}

# ---- who is killed ----

parent_of() { sed -E 's/^[0-9]+ \(.*\) . ([0-9]+).*/\1/' "/proc/$1/stat" 2>/dev/null; }
is_program() { [ "$(readlink "/proc/$1/exe" 2>/dev/null)" = "$program_file" ]; }
# What a process is to the run: mpirun, rank0, rank, helper, child, command.
role_of() {
    local pid=$1 parent rank
    parent=$(parent_of "$pid")
    rank=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')
    if ! is_program "$pid"; then [ "$pid" = "$leader" ] && echo "${launch[0]-rank0}" || echo command
    elif [ "$pid" = "$leader" ] || { [ "$parent" = "$leader" ] && [ "$rank" = 0 ]; }; then
        if [ ${#launch[@]} = 0 ] || [ "$pid" != "$leader" ]; then echo rank0; else echo mpirun; fi
    elif [ "$parent" = "$leader" ] && [ ${#launch[@]} != 0 ]; then echo rank
    elif [ "$(parent_of "$parent")" = "$leader" ] || [ "$parent" = "$leader" ]; then echo helper
    else echo child; fi
}

# Kills something; prints what.
strike() {
    local pid role pids roles=() candidates=() signal=$1 wanted=$2 of_all=$3
    mapfile -t pids < <(processes)
    [ ${#pids[@]} -gt 0 ] || return
    if [ "$wanted" = all ]; then
        for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
        echo "KILL all ${#pids[@]}"
        return
    fi
    for pid in "${pids[@]}"; do
        role=$(role_of "$pid")
        [ "$role" != "$wanted" ] || candidates+=("$pid")
        roles+=("$role")
    done
    [ ${#candidates[@]} -gt 0 ] || candidates=("${pids[@]}")
    pid=${candidates[of_all % ${#candidates[@]}]}
    role=$(role_of "$pid")
    kill -"$signal" "$pid" 2>/dev/null
    echo "$signal $role"
}

# ---- one round ----

n_bad=0
bad() {
    n_bad=$((n_bad + 1))
    echo "BAD, round $round, seed $seed: $1"
    echo "  ${launch[*]-} rankpool ${command[*]} ${tail[*]-}"
    echo "  killed: ${killed[*]-nothing}; status ${status-}"
    sed 's/^/  | /' err | tail -20
}

# Rows without the times that items took; sorted where their order is free.
rows() {
    case $job in
        exec) sed -E 's/,ok,0,0,[0-9.e-]+,/,ok,0,0,S,/; s/"seconds":[0-9.e-]+/"seconds":S/' "$1" ;;
        # A page whose record was lost is there already when it is asked for again: its row says so. Pages are compared below.
        fetch) sed -E 's/^([0-9]+,[^,]*,[a-z]+),.*/\1/; s/,"status":.*//; s/^[0-9]+ [0-9]+ [0-9.e-]+ [a-z]+ //' "$1" ;;
        sleep | mandelbrot)
            sed -E 's/,ok,(0[.]002|[0-9]+,[0-9]+,[0-9]+),[0-9.e-]+,/,ok,\1,S,/; s/"seconds":[0-9.e-]+/"seconds":S/; /^[0-9. ]+[0-9.e-]+$/s/ [^ ]+$/ S/' "$1"
            ;;
        *) cat "$1" ;;
    esac | if [ "$order" = unordered ]; then sort; else cat; fi
}

# The run that nobody kills.
reference() {
    rm -rf journal rows effects pages picture.png
    local begun=${EPOCHREALTIME/[.,]/}
    start
    await_end
    took_us=$((${EPOCHREALTIME/[.,]/} - begun))
    [ "$status" = 0 ] || bad "untroubled, it ends with $status"
    rows rows >rows.right
    [ ! -f picture.png ] || mv picture.png picture.right
    [ ! -d pages ] || mv pages pages.right
}

compare_ends() {
    rows rows >rows.now
    cmp -s rows.right rows.now || bad "another output: $(diff rows.right rows.now | head -5)"
    [ ! -d pages.right ] || diff -r pages pages.right >pages.differ || bad "other pages: $(head -3 pages.differ)"
    [ ! -f picture.right ] || cmp -s picture.png picture.right || bad 'another picture'
    if [ "$job" = exec ]; then
        sort -u effects | cmp -s - <(sort -u items) || bad "items without their effect: $(sort -u effects | comm -3 - <(sort -u items) | head -3)"
    fi
}

n_begun() { find journal -name 'items.*' 2>/dev/null | wc -l; }
# Until all ranks have left MPI_Init: when one ends before, or mpirun, Open MPI may leave the others there for ever.
await_ranks() {
    local before=$1 end=$((SECONDS + limit_s))
    while [ ${#launch[@]} != 0 ] && is_alive "$leader" && [ "$(n_begun)" = "$before" ] && [ $SECONDS -lt $end ]; do sleep 0.02; done
}

kill_again_and_again() {
    local n_kills=$((1 + RANDOM % 3)) k signal whom after_us some before
    killed=()
    for ((k = 0; k < n_kills; k++)); do
        chance KILL KILL KILL SEGV TERM INT && signal=$chosen
        chance rank0 rank0 rank helper child command mpirun all && whom=$chosen
        after_us=$(((RANDOM * 32768 + RANDOM) % took_us)) some=$RANDOM
        [ ${#launch[@]} = 0 ] || after_us=$((after_us / 4)) # from when the ranks are there
        before=$(n_begun)
        start --journal journal --crash-limit never
        await_ranks "$before"
        sleep "$(printf '%d.%06d' $((after_us / 1000000)) $((after_us % 1000000)))"
        killed+=("$(strike "$signal" "$whom" "$some") after $((after_us / 1000)) ms")
        await_end
        case $status in
            0 | 1 | 3 | 4 | 1[23][0-9] | 14[0-9] | 213) ;;
            *) bad "after a kill it ends with $status" ;;
        esac
    done
}

# Until it ends well. Items may fail as what ran them was killed; then they are asked for again.
go_on() {
    local more=() k
    for ((k = 0; k < 4; k++)); do
        start --journal journal --crash-limit never ${more[@]+"${more[@]}"}
        await_end
        [ "$status" != 0 ] || return
        more=(--retry-failed)
    done
    bad "it doesn't come to its end: status $status"
}

program_file=$(readlink -f "$PROGRAM")
for ((round = 1; round <= rounds; round++)); do
    killed=() status=
    choose
    rm -rf picture.right pages.right
    reference
    rm -rf journal rows effects pages picture.png
    kill_again_and_again
    go_on
    compare_ends
    echo "round $round: $job, ${#launch[@]}/$ranks ranks, isolated $isolated, $order, $n items: ${killed[*]}"
done
echo "$rounds rounds, $n_bad bad"
[ "$n_bad" = 0 ]
