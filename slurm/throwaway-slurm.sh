#!/bin/bash
# A throw-away real Slurm on this machine, for trying batch scripts and for the tests: munged, slurmctld and one slurmd per node, without
# systemd, on loopback. Each node has a host name of its own (n1, n2, ...), as Open MPI's shared-memory files are named after the host.
# For that it needs root, or a kernel that lets users make name spaces. Nodes may declare more CPUs than the machine has. All files are
# in DIR.
#
#   throwaway-slurm.sh start DIR [NODES] [CPUS]    default: 2 nodes of 2 CPUs; then: . DIR/environment; sbatch ...
#   throwaway-slurm.sh status DIR                  a line per daemon, then the nodes; exit 0 when all daemons run
#   throwaway-slurm.sh stop DIR                    cancels the jobs, ends the daemons, checks that none is left; keeps DIR/log
set -u
umask 022
PATH=$PATH:/usr/sbin:/sbin # where Debian has the daemons

usage() {
    sed -n 's/^#   //p' "$0" >&2
    exit 2
}

fail() {
    echo "throwaway-slurm: $*" >&2
    exit 1
}

# A process is ours when its pid is in DIR/pids and its command line names DIR. Pids are reused, and zombies have no command line.
is_ours() {
    [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q -F -e "$directory/"
}

pid_of() {
    cat "$directory/pids/$1" 2>/dev/null
}

is_running() {
    local pid
    pid=$(pid_of "$1") && [ -n "$pid" ] && is_ours "$pid"
}

daemons() {
    [ -d "$directory/pids" ] && ls "$directory/pids"
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails when it didn't in time, or said by 2 that it never will.
wait_until() {
    local end=$((SECONDS + $1)) result
    shift
    while true; do
        "$@"
        result=$?
        [ "$result" != 0 ] || return 0
        [ "$result" != 2 ] && [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# Prints the first of $1 consecutive TCP ports that nobody listens on, below the range that outgoing connections take theirs from.
free_ports() {
    local used first port
    used=$(awk 'NR > 1 { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    for _ in $(seq 50); do
        first=$((20000 + RANDOM % 12000))
        for port in $(seq "$first" $((first + $1 - 1))); do
            ! grep -q -x "$(printf %04X "$port")" <<<"$used" || continue 2
        done
        echo "$first"
        return 0
    done
    return 1
}

write_configuration() {
    local port node_port
    port=$(free_ports $((n_nodes + 1))) || fail "found no free ports"
    node_port="[$((port + 1))-$((port + n_nodes))]"
    [ "$n_nodes" -gt 1 ] || node_port=$((port + 1))
    cat >"$directory/slurm.conf" <<END
ClusterName=throwaway
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$directory/munge/socket,cred_expire=5
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool/%n
TmpFS=$directory/tmp/%n
SlurmctldPidFile=$directory/state/slurmctld.pid
SlurmdPidFile=$directory/state/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$directory/log/jobs
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
KillWait=5
MinJobAge=3600
SlurmdTimeout=10
SchedulerParameters=sched_interval=1,bf_interval=2,batch_sched_delay=0,sched_min_interval=0
NodeName=$node_names NodeAddr=127.0.0.1 NodeHostname=$(hostname -s) Port=$node_port CPUs=$n_cpus RealMemory=2000 State=UNKNOWN
PartitionName=throwaway Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=10 State=UP
END
}

# What a shell needs to use this Slurm: also what Open MPI needs as root, on loopback only, with more ranks than cores (Slurm's
# declared CPUs hide that from it).
write_environment() {
    cat >"$directory/environment" <<END
export SLURM_CONF=$directory/slurm.conf
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_rmaps_base_oversubscribe=1
END
}

# launch NAME COMMAND...: starts a daemon that stays in the foreground, in a session of its own, and notes its pid.
launch() {
    local name=$1
    shift
    setsid "$@" </dev/null >>"$directory/log/$name" 2>&1 &
    echo $! >"$directory/pids/$name"
}

# is_running won't do here: a daemon that has just been launched doesn't have its command line yet.
all_alive() {
    local name
    for name in $(daemons); do
        kill -0 "$(pid_of "$name")" 2>/dev/null || return 1
    done
}

is_ready() {
    all_alive || return 2
    [ "$(timeout 60 sinfo --noheader --states=idle --format=%D 2>/dev/null)" = "$n_nodes" ]
}

has_munge_socket() {
    all_alive || return 2
    [ -S "$directory/munge/socket" ]
}

start_daemons() {
    local i
    launch munged munged --foreground --key-file="$directory/munge/key" --socket="$directory/munge/socket" \
        --pid-file="$directory/munge/pid" --log-file="$directory/log/munged" --seed-file="$directory/munge/seed"
    wait_until 60 has_munge_socket || return 1
    launch slurmctld slurmctld -D -f "$SLURM_CONF"
    for i in $(seq "$n_nodes"); do
        mkdir -p "$directory/spool/n$i" "$directory/tmp/n$i"
        # shellcheck disable=SC2016  # the inner shell expands these
        launch "slurmd-n$i" "${own_host_name[@]}" sh -c 'hostname "$1" && exec slurmd -D -f "$2" -N "$1"' sh "n$i" "$SLURM_CONF"
    done
    wait_until 120 is_ready
}

start() {
    local name missing=''
    for name in munged slurmctld slurmd sinfo unshare setsid; do
        command -v "$name" >/dev/null || missing+=" $name"
    done
    [ -z "$missing" ] || fail "not installed:$missing"
    own_host_name=(unshare --uts)
    [ "$(id -u)" = 0 ] || own_host_name=(unshare --user --map-current-user --keep-caps --uts)
    "${own_host_name[@]}" true 2>/dev/null || fail "not allowed to give nodes host names of their own (UTS name spaces); root is"
    [ ${#directory} -le 80 ] || fail "the name of the folder is too long for a socket: $directory"
    [ ! -e "$directory/slurm.conf" ] || fail "there is one in $directory already; stop it first"
    if ! { mkdir -p "$directory" && check_owner && cd "$directory" && mkdir -p munge state log spool tmp pids && chmod 755 . && chmod 711 munge; }; then
        fail "can't write to $directory"
    fi
    (umask 077 && head -c 1024 /dev/urandom >munge/key) || fail "can't write a key"
    write_configuration
    write_environment
    trap 'stop; exit 1' INT TERM HUP
    if ! start_daemons; then
        echo "throwaway-slurm: not all daemons came up; their last words:" >&2
        tail -n 5 log/* >&2
        stop
        exit 1
    fi
    echo "throwaway-slurm: $n_nodes nodes of $n_cpus CPUs are up; to use them: . $directory/environment"
}

# Others could plant links in a folder that is theirs or that they may write to, and what is written here goes through them.
check_owner() {
    [ -d "$directory" ] || return 0
    [ ! -L "${given%/}" ] && [ -O "$directory" ] && [ -z "$(find "$directory" -maxdepth 0 -perm /022)" ] ||
        fail "$given isn't a folder of your own, that only you may write to; give another one"
}

# Processes of jobs, which carry this Slurm's configuration in their environment, and daemons.
leftovers() {
    local pid name
    for pid in $(grep -l -s -z -F -x -e "SLURM_CONF=$directory/slurm.conf" /proc/[0-9]*/environ | tr -dc '0-9\n'); do
        grep -q -s -z -e '^SLURM_JOB_ID=' "/proc/$pid/environ" && echo "$pid"
    done
    for name in $(daemons); do
        is_running "$name" && pid_of "$name"
    done
}

nothing_left() {
    [ -z "$(leftovers)" ]
}

no_jobs() {
    [ -z "$(timeout 60 squeue --noheader 2>/dev/null)" ]
}

none_running() {
    local name
    for name in "$@"; do
        ! is_running "$name" || return 1
    done
}

# A slurmd that doesn't find its slurmctld takes no notice of SIGTERM.
end_daemons() {
    local name signal
    for signal in TERM KILL; do
        for name in "$@"; do
            is_running "$name" && kill "-$signal" "$(pid_of "$name")" 2>/dev/null
        done
        ! wait_until 5 none_running "$@" || return 0
    done
}

# Jobs go first, as nobody ends their processes once the daemons are gone; munged last, as all others talk through it.
stop() {
    [ -d "$directory/pids" ] || fail "there is none in $directory"
    if is_running slurmctld && ! no_jobs; then
        timeout 60 squeue --noheader --format=%A | xargs --no-run-if-empty timeout 60 scancel
        wait_until 120 no_jobs || echo "throwaway-slurm: jobs are left in $directory" >&2
    fi
    # shellcheck disable=SC2046  # names without blanks
    end_daemons $(daemons | grep -v -x munged)
    end_daemons munged
    if ! wait_until 60 nothing_left; then
        ps -o pid,args -p "$(leftovers | sort -u | paste -s -d ,)" >&2
        fail "these processes are left"
    fi
    rm -rf "${directory:?}"/{pids,munge,state,spool,tmp,slurm.conf,environment}
}

status() {
    local name result=0
    [ -d "$directory/pids" ] || fail "there is none in $directory"
    for name in $(daemons); do
        if is_running "$name"; then
            echo "$name: running, pid $(pid_of "$name")"
        else
            echo "$name: not running"
            result=1
        fi
    done
    timeout 60 sinfo --noheader --Node --format='%N: %T, %c CPUs' || result=1
    return "$result"
}

[[ $# -ge 2 && $# -le 4 ]] || usage
given=$2
directory=$(readlink -m -- "$given")
n_nodes=${3:-2}
n_cpus=${4:-2}
[[ $n_nodes =~ ^[1-9][0-9]?$ && $n_cpus =~ ^[1-9][0-9]{0,3}$ ]] || usage
[[ $directory =~ ^[A-Za-z0-9/._+-]+$ ]] || fail "the name of the folder has characters that slurm.conf can't have: $directory"
node_names="n[1-$n_nodes]"
[ "$n_nodes" -gt 1 ] || node_names=n1
export SLURM_CONF=$directory/slurm.conf
case $1 in
    start | stop | status) check_owner && "$1" ;;
    *) usage ;;
esac
