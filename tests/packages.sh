# shellcheck shell=bash disable=SC2034  # the lists are for the callers
# What ./demo and ./check need from the system, and how it gets there; for sourcing. Each part is looked for itself (a command, a
# library), as a cluster may have it from elsewhere. Only missing Debian packages are installed, and only by root.

PATH=$PATH:/usr/sbin:/sbin # where Debian has nginx, slurmctld and munged

# Package, kind and what to look for.
packages_to_build='
gcc command cc
libc6-dev header stdio.h
cmake command cmake
ninja-build command ninja
pkg-config command pkg-config
openmpi-bin command mpirun
libopenmpi-dev command mpicc
libcurl4-openssl-dev module libcurl
libssl-dev module libcrypto
libffi-dev module libffi
libpng-dev module libpng
libjansson-dev module jansson
libcmocka-dev module cmocka
ca-certificates certificates any
nginx-light command nginx'
packages_to_test='
g++ command c++
gfortran command gfortran
openssl command openssl
procps command ps
bsdutils command script
doxygen command doxygen
tmux command tmux
groff-base command groff
zsh command zsh
fish command fish
bash-completion file /usr/share/bash-completion/bash_completion
strace command strace
munge command munged
slurmctld command slurmctld
slurmd command slurmd
slurm-client command sbatch
clang command clang
libomp-dev clang-with openmp
libclang-rt-dev clang-with address'
# Draws pictures of timings.
packages_to_draw='
gnuplot-nox command gnuplot'
# A second MPI. mpicc and mpirun stay Open MPI's, which Debian prefers.
packages_for_mpich='
mpich command mpiexec.mpich
libmpich-dev command mpicc.mpich'

# Other kinds of builds, and a bare Debian to try the package in.
packages_for_builds='
musl-tools command musl-gcc
gcc-multilib file /usr/lib32/crt1.o
dpkg-dev command dpkg-shlibdeps
file command file
mmdebstrap command mmdebstrap'

certificate_files=(/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem) # Debian, Red Hat, SUSE

packages_fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

packages_has() {
    case $1 in
        command) command -v "$2" >/dev/null ;;
        header) echo "#include <$2>" | cc -E - >/dev/null 2>&1 ;;
        file) [ -e "$2" ] ;;
        module) pkg-config --exists "$2" 2>/dev/null ;;
        clang-with) echo 'int main(void) { return 0; }' | clang -f"$([ "$2" = openmp ] || echo sanitize=)$2" -x c - -o /dev/null >/dev/null 2>&1 ;;
        certificates) cat "${certificate_files[@]}" 2>/dev/null | grep -q . ;;
    esac
}

# Sets missing, the packages whose part isn't there.
packages_look() {
    local package kind name
    missing=()
    while read -r package kind name; do
        [ -z "$package" ] || packages_has "$kind" "$name" || missing+=("$package")
    done <<<"$1"
}

# Debian starts a daemon when its package is installed. A policy forbids that during the installation, as nothing here needs a daemon.
packages_install() {
    local policy='' log result
    log=$(mktemp) || return 1
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update >"$log" 2>&1 </dev/null &&
        apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@" >>"$log" 2>&1 </dev/null
    result=$?
    if [ -n "$policy" ]; then
        rm -f "$policy"
        trap - EXIT
    fi
    [ "$result" = 0 ] || tail -n 15 "$log" >&2
    rm -f "$log"
    return "$result"
}

# packages_need LIST: returns when everything is there; else installs it, or ends the script with what to install.
packages_need() {
    packages_look "$1"
    [ ${#missing[@]} -gt 0 ] || return 0
    local wanted="${missing[*]}"
    command -v apt-get >/dev/null ||
        packages_fail "missing: what these Debian packages have: $wanted; install it as this system does"
    [ "$(id -u)" = 0 ] || packages_fail "missing packages; run as root: apt-get install --no-install-recommends $wanted"
    echo "$(basename "$0"): installs $wanted"
    packages_install "${missing[@]}" || packages_fail "could not install: $wanted"
    packages_look "$1"
    [ ${#missing[@]} = 0 ] || packages_fail "installed, but still not found: ${missing[*]}"
}

# packages_want LIST: the same for what can be done without: returns 1 where it isn't there and can't be installed.
packages_want() {
    packages_look "$1"
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    echo "$(basename "$0"): installs ${missing[*]}"
    packages_install "${missing[@]}" || return 1
    packages_look "$1"
    [ ${#missing[@]} = 0 ]
}

# Configures the build folder $1 with the options that follow. One that exists keeps its generator.
configure() {
    local folder=$1 generator=(-G Ninja) log
    shift
    [ ! -e "$folder/CMakeCache.txt" ] || generator=()
    log=$(cmake -S . -B "$folder" "${generator[@]}" "$@" 2>&1) || packages_fail "cmake failed:"$'\n'"$(tail -n 30 <<<"$log")"
}

# build FOLDER [TARGET...]: says something only when it fails.
build() {
    local folder=$1 log
    shift
    log=$(cmake --build "$folder" ${1+--target "$@"} 2>&1) || packages_fail "the build failed:"$'\n'"$(tail -n 60 <<<"$log")"
}
