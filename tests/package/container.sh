#!/bin/bash
# container.sh: does what the Dockerfile in src/package/README.md says, in bare Debians that mmdebstrap makes, by root: FROM, COPY and RUN of
# both stages, and then the program, alone and under mpirun. And so what Apptainer's recipe says in %post and %runscript. Takes minutes.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/package/package.bash
. "$top/tests/package/package.bash"
if ! command -v mmdebstrap >/dev/null || [ "$(id -u)" != 0 ]; then
    echo 'mmdebstrap and root are needed: not tried'
    [ "${RANKPOOL_TEST_ALL-}" != 1 ]
    exit
fi

mounted=()
clean() {
    local k
    for ((k = ${#mounted[@]} - 1; k >= 0; k--)); do umount "${mounted[k]}" 2>/dev/null; done
    for k in "${mounted[@]}"; do ! mountpoint -q "$k" || return; done
    rm -rf "$work"
}
trap clean EXIT
bind() { mount "${@:1:$#-1}" "$work/${*: -1}" && mounted+=("$work/${*: -1}"); }

# debian NAME: what debian:12 is, as small as apt can be.
debian() {
    quietly "a bare Debian for $1" mmdebstrap --quiet --variant=apt bookworm "$work/$1" || return
    bind -t proc proc "$1/proc" && bind --bind /dev "$1/dev" && bind --bind /sys "$1/sys" && bind -t tmpfs tmpfs "$1/dev/shm"
    cp /etc/resolv.conf "$work/$1/etc/" 2>/dev/null
}
inside() {
    local name=$1
    shift
    chroot "$work/$name" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

# part BEGIN END: lines of the documents from one to another, without their indentation; a line that ends with \ goes on in the next.
part() { sed -n "/^    $1/,/^[^ ]/s/^    //p" "$top/src/package/README.md" | sed -e ':a' -e '/\\$/N; s/\\\n//; ta'; }

# copy STAGE FROM TO: of the repository, or of another stage.
copy() {
    local stage=$1
    shift
    if [ "$1" = . ]; then
        mkdir -p "$work/$stage$2"
        (cd "$top" && git ls-files -z | tar cf - --null -T -) | tar xf - -C "$work/$stage$2"
    else
        cp "$work/${1#--from=}"$2 "$work/$stage$3"
    fi
}

stage='' entry=''
while read -r word rest <&3; do
    case $word in
        FROM)
            stage=${rest##* AS }
            [[ $rest == *' AS '* ]] || stage=last
            debian "$stage" || break
            ;;
        COPY) quietly "COPY $rest" copy "$stage" $rest ;;
        RUN) quietly "RUN $rest" inside "$stage" sh -c "$rest" ;;
        ENTRYPOINT) entry=$(tr -d '[]"' <<<"$rest") ;;
        '') ;;
        *) problem "the Dockerfile has $word" ;;
    esac
done 3< <(part 'FROM debian:12 AS')
mpi='OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none'
gives $'0\n1\n2' inside last "$entry" run exec -q -n 3 -- echo '{}'
# shellcheck disable=SC2086
gives $'0\n1\n2' inside last env $mpi mpirun -n 2 "$entry" run exec -q -n 3 -- echo '{}'
inside last rankpool --version

# Apptainer's, with the package that the first stage has made.
recipe=$(part 'Bootstrap: docker')
section() { sed -n "/^%$1/,/^%/p" <<<"$recipe" | sed '/^%/d; s/^ *//; /^$/d'; }
debian apptainer
read -r from to < <(section files)
quietly '%files' cp "$work"/build/build/rankpool_*.deb "$work/apptainer$to"
[ "$from" = "$(basename "$to")" ] || problem "%files: $from and $to"
quietly '%post' inside apptainer sh -c "$(section post)"
gives $'0\n1\n2' inside apptainer sh -c "$(section runscript)" rankpool run exec -q -n 3 -- echo '{}'
finish
