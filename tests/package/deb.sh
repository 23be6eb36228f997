#!/bin/bash
# deb.sh: makes the Debian package, and installs it in a bare Debian that mmdebstrap makes, by root. There it runs bare, under mpirun, fetches
# a page, and a program is built with what it brings. Without mmdebstrap or root: the package is unpacked, and what its files need is looked
# at with ldd.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/package/package.bash
. "$top/tests/package/package.bash"
root=$work/debian

quietly 'configuring' cmake -S "$top" -B "$work/build" -G Ninja -DCMAKE_INSTALL_PREFIX=/usr -DRANKPOOL_TESTS=OFF
quietly 'building' cmake --build "$work/build" --parallel "$(nproc)"
(cd "$work/build" && quietly 'cpack -G DEB' cpack -G DEB)
package=$(ls "$work"/build/rankpool_*.deb) || finish
dpkg-deb -I "$package" | grep -E '^ (Package|Version|Architecture|Depends|Recommends|Installed-Size):'
depends=$(dpkg-deb -f "$package" Depends)
for name in libc6 libopenmpi3 libgomp1 libjansson4 libcurl4 libssl3 libffi8 libpng16-16 openmpi-bin; do
    [[ " $depends," =~ [\ ]$name[\ ,] ]] || problem "the package doesn't depend on $name: $depends"
done
dpkg-deb -c "$package" >"$work/contents"
for file in ./usr/bin/rankpool "./usr/lib/$(gcc -print-multiarch)/librankpool.so.0.1" ./usr/share/man/man1/rankpool.1 \
    ./usr/share/bash-completion/completions/rankpool ./usr/share/doc/rankpool/LICENSE; do
    grep -qE " $file( ->.*|\.gz)?$" "$work/contents" || problem "the package has no $file"
done

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"; }
mounts() {
    mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" && mount --bind /sys "$root/sys" && mount -t tmpfs tmpfs "$root/dev/shm" 2>/dev/null
}
clean() {
    umount "$root/dev/shm" "$root/sys" "$root/dev" "$root/proc" 2>/dev/null
    tests_web stop
    mountpoint -q "$root/dev" || mountpoint -q "$root/sys" || mountpoint -q "$root/proc" || rm -rf "$work"
}
tests_web() { "$top/tests/jobs/webserver.sh" "$1" "$work/web" "${@:2}" 2>/dev/null; }

# The bare Debian that the package is for, and no more: as small as apt can be.
bare_debian() {
    mmdebstrap --variant=apt --include=ca-certificates bookworm "$root" /etc/apt/sources.list.d/*.sources 2>&1 ||
        mmdebstrap --variant=apt bookworm "$root" 2>&1
}

if command -v mmdebstrap >/dev/null && [ "$(id -u)" = 0 ]; then
    trap clean EXIT
    quietly 'a bare Debian' bare_debian
    mounts
    cp "$package" "$root/tmp/rankpool.deb"
    cp /etc/resolv.conf "$root/etc/" 2>/dev/null
    quietly 'apt-get update' inside apt-get -q update
    quietly 'installing the package' inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install /tmp/rankpool.deb
    echo "in a bare Debian: $(inside dpkg-query -W rankpool)"
    mpi='OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none'
    gives $'0\n1\n2' inside rankpool run exec -q -n 3 -- echo '{}'
    # shellcheck disable=SC2086
    gives 4 bash -c "$(declare -f inside); root=$root; inside env $mpi mpirun -n 2 rankpool run exec -q -n 4 -- echo {} | wc -l"
    tests_web start >/dev/null || problem 'the web server did not start'
    quietly 'fetching a page' inside rankpool run fetch -q --param directory=/tmp/pages "$(head -n 1 "$work/web/urls.txt")"
    quietly 'a page was written' bash -c "ls $root/tmp/pages/* | grep -q ."
    quietly 'installing a compiler' inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install gcc libc6-dev
    cp "$here/foreign/halves.c" "$root/tmp"
    quietly 'building a program' inside gcc /tmp/halves.c -o /tmp/halves -lrankpool
    gives 2475 inside /tmp/halves
else
    echo 'no mmdebstrap, or no root: the package is only unpacked'
    quietly 'unpacking' dpkg -x "$package" "$root"
    missing=$(ldd "$root/usr/bin/rankpool" "$root"/usr/lib/*/librankpool.so.0.1 | grep 'not found')
    [ -z "$missing" ] || problem "not found: $missing"
    gives $'0\n1\n2' "$root/usr/bin/rankpool" run exec -q -n 3 -- echo '{}'
fi
finish
