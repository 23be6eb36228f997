# shellcheck shell=bash
# For the tests of the package: a folder of their own, and what they count. For sourcing.
set -u
unset RANKPOOL RANKPOOL_LAUNCHER RANKPOOL_THREADS RANKPOOL_MPI OMP_NUM_THREADS DESTDIR LD_LIBRARY_PATH CMAKE_PREFIX_PATH PKG_CONFIG_PATH
here=$top/tests/package
problems=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

problem() {
    problems=$((problems + 1))
    echo "FAILED: $1"
}

# quietly WHAT COMMAND…: runs it; what it prints is shown only when it fails.
quietly() {
    local what=$1 said
    shift
    said=$("$@" 2>&1) && return
    problem "$what: $(tail -n 25 <<<"$said")"
    return 1
}

# gives EXPECTED COMMAND…
gives() {
    local expected=$1 said
    shift
    said=$("$@" 2>&1) && [ "$said" = "$expected" ] || problem "$* gives '$said', not '$expected'"
}

# foreign NAME TARGET… -- OPTIONS…: configures and builds the foreign project in the folder NAME.
foreign() {
    local name=$1 targets=()
    shift
    while [ "$1" != -- ]; do
        targets+=("$1")
        shift
    done
    shift
    quietly "configuring $name" cmake -S "$here/foreign" -B "$work/$name" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 "$@" || return
    quietly "building $name" cmake --build "$work/$name" --target "${targets[@]}"
}

# refused NAME TEXT OPTIONS…: the foreign project can't be configured, and the text says why.
refused() {
    local name=$1 text=$2 said
    shift 2
    if said=$(cmake -S "$here/foreign" -B "$work/$name" -G Ninja "$@" 2>&1); then problem "$name could be configured"; fi
    [[ $(tr -s ' \n' '  ' <<<"$said") == *"$text"* ]] || problem "$name doesn't say '$text': $(tail -n 15 <<<"$said")"
}

finish() {
    echo "$(basename "$0"): $problems problems"
    [ "$problems" = 0 ]
}
