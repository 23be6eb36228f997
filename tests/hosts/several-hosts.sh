#!/bin/bash
# Several hosts on this machine, for the tests: each is a process with a network, a host name and a /dev/shm of its own, and all are joined by
# a bridge in one more network. Nothing of the machine's own network is touched. Needs root. All files are in DIR.
#
#   several-hosts.sh start DIR N               hosts h1 ... hN with the addresses 10.77.0.1 ... 10.77.0.N
#   several-hosts.sh on DIR HOST COMMAND...    runs the command there, in the present folder
#   several-hosts.sh cut DIR HOST              pulls the host's cable
#   several-hosts.sh join DIR HOST             plugs it in again
#   several-hosts.sh slow DIR HOST RATE        what the host sends goes out at that rate, such as 5mbit
#   several-hosts.sh pids DIR HOST             the processes there, one a line
#   several-hosts.sh stop DIR                  ends all processes of all hosts, and checks that none is left
#
# DIR/agent is for mpirun's plm_rsh_agent, in place of ssh.
set -u
PATH=$PATH:/usr/sbin:/sbin # where Debian has ip and tc

usage() {
    sed -n 's/^#   //p' "$0" >&2
    exit 2
}

fail() {
    echo "several-hosts: $*" >&2
    exit 1
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails when it didn't in time.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# A holder is ours when it is the tail that names DIR. Pids are reused, and before that it was a shell.
is_ours() {
    [[ "$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline")" = "tail --follow /dev/null $directory/pids/"* ]]
}

pid_of() {
    local pid
    pid=$(cat "$directory/pids/$1" 2>/dev/null) && [ -n "$pid" ] && is_ours "$pid" && echo "$pid"
}

# has_own PID KIND: the process has left our name space of that kind.
has_own() {
    [ "$(readlink "/proc/$1/ns/$2")" != "$(readlink "/proc/self/ns/$2")" ]
}

# hold NAME KIND...: starts the process that holds the name spaces of a host. It waits until the end of a read that never comes, with a
# command line that names DIR.
hold() {
    local name=$1 kind
    shift
    # shellcheck disable=SC2016  # the inner shell expands these
    setsid unshare "${@/#/--}" bash -c 'exec tail --follow /dev/null "$1"' bash "$directory/pids/$name" </dev/null >/dev/null 2>>"$directory/log" &
    echo $! >"$directory/pids/$name"
    for kind in "$@"; do
        wait_until 20 has_own "$(cat "$directory/pids/$name")" "${kind/mount/mnt}" || return 1
    done
    wait_until 20 is_ours "$(cat "$directory/pids/$name")"
}

# within NAME COMMAND...: in the host's name spaces; for the switch only its network.
within() {
    local pid
    pid=$(pid_of "$1") || fail "$1 isn't there"
    shift
    nsenter --target "$pid" --net --uts --mount --wd="$PWD" -- "$@"
}

make_switch() {
    hold switch net && within switch ip link set lo up && within switch ip link add bridge0 type bridge && within switch ip link set bridge0 up
}

make_host() {
    local name=h$1
    hold "$name" net uts mount || return 1
    within "$name" hostname "$name" || return 1
    within "$name" mount -t tmpfs tmpfs /dev/shm || return 1
    within switch ip link add "port$1" type veth peer name eth0 netns "$(pid_of "$name")" || return 1
    within switch ip link set "port$1" master bridge0 up || return 1
    within "$name" ip link set lo up && within "$name" ip address add "10.77.0.$1/24" dev eth0 && within "$name" ip link set eth0 up
}

# mpirun calls it with options of ssh, the host, and one text for that host's shell. ssh would start in another folder too.
write_agent() {
    cat >"$directory/agent" <<END
#!/bin/bash
while [[ \${1-} = -* ]]; do shift; done
host=\$1
shift
exec "$script" on "$directory" "\$host" /bin/sh -c "\$*"
END
    chmod +x "$directory/agent"
}

# As root we write there, so nobody else may have planted something, nor do so later.
is_private() {
    [ -O "$directory" ] && [ -z "$(find "$directory" -maxdepth 0 -perm /022)" ]
}

give_up() {
    local why
    why=$(cat "$directory/log")
    stop
    fail "$1: $why"
}

start() {
    local i
    [ "$(id -u)" = 0 ] || fail "only root can make networks"
    [ ! -L "$given" ] || fail "$given is a link"
    mkdir -p -m 700 "$directory" || fail "can't make $directory"
    is_private || fail "others own or may write to $directory"
    [ ! -e "$directory/pids" ] || fail "there are hosts in $directory already; stop them first"
    mkdir "$directory/pids" || fail "can't write to $directory"
    trap 'stop; exit 1' INT TERM HUP
    make_switch || give_up "no switch"
    for i in $(seq "$1"); do
        make_host "$i" || give_up "no host h$i"
    done
    write_agent
}

networks_of() {
    local pid
    for pid in "$@"; do readlink "/proc/$pid/ns/net"; done
}

# inhabitants NETWORK...: the processes in them. One program looks: on a busy machine a program for each process takes a minute.
inhabitants() {
    local network names=(-false)
    for network in "$@"; do names+=(-o -lname "${network//[/\\[}"); done
    find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/net' \( "${names[@]}" \) -printf '%P\n' 2>/dev/null | cut -d / -f 1
}

# are_empty NETWORK...: no process is left; zombies have no network.
are_empty() {
    [ -z "$(inhabitants "$@")" ]
}

stop() {
    local name holders=() pid left=() networks=()
    [ -d "$directory/pids" ] || fail "there are no hosts in $directory"
    for name in "$directory"/pids/*; do
        pid=$(pid_of "$(basename "$name")") && holders+=("$pid")
    done
    if [ ${#holders[@]} -gt 0 ]; then
        mapfile -t networks < <(networks_of "${holders[@]}")
        mapfile -t left < <(inhabitants "${networks[@]}")
        kill -KILL "${left[@]}" 2>/dev/null
        wait_until 60 are_empty "${networks[@]}" || fail "processes are left in $directory"
    fi
    rm -rf "${directory:?}"/{pids,agent,log}
}

[ $# -ge 2 ] || usage
command=$1
given=${2%/}
directory=$(readlink -m -- "$given")
script=$(readlink -f -- "${BASH_SOURCE[0]}")
shift 2
case $command in
    start) [[ ${1-} =~ ^[1-9][0-9]?$ ]] || usage ;;
    on | cut | join | slow | pids) [[ ${1-} =~ ^h[0-9]+$ ]] || usage ;;
esac
case $command in
    start) start "$1" ;;
    stop) stop ;;
    on)
        pid=$(pid_of "$1") || fail "$1 isn't there"
        shift
        [ $# -gt 0 ] || usage
        exec nsenter --target "$pid" --net --uts --mount --wd="$PWD" -- "$@"
        ;;
    cut) within switch ip link set "port${1#h}" down ;;
    join) within switch ip link set "port${1#h}" up ;;
    slow) within "$1" tc qdisc add dev eth0 root tbf rate "${2:?}" burst 32k latency 400ms ;;
    pids)
        pid=$(pid_of "$1") || fail "$1 isn't there"
        mapfile -t networks < <(networks_of "$pid")
        inhabitants "${networks[@]}"
        ;;
    *) usage ;;
esac
