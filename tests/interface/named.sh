#!/bin/bash
# named.sh TOP BUILD: each test that README.md of this folder names is there: in capitals a part of refused.cc, with a dot a test of ctest,
# otherwise a function of a test. An ellipsis or a star at the end stands for any name that begins so.
set -u
top=$1 build=$2
text=$top/tests/interface/README.md
tests=$(ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p')
problems=0 found=0

problem() {
    problems=$((problems + 1))
    echo "FAILED: README.md names $1, which is no test"
}

for name in $(grep '^|' "$text" | grep -oE '`[a-z0-9_.]+(…|\*)?`' | tr -d '`' | sort -u); do
    case $name in *.* | *_*_*) ;; *) continue ;; esac
    case $name in examples.fortran* | interface.fortran* | cxx.* | *.sh | *.c | *.cc | *.so* | *.h) continue ;; esac # some builds have no such compiler
    found=$((found + 1))
    begin=${name%…} begin=${begin%\*}
    case $name in
        *.*) grep -q "^${begin//./\\.}" <<<"$tests" || problem "$name" ;;
        *) grep -rqE "\b$begin" "$top"/tests/{conformance,cxx,fault,package,unit} "$top/include" || problem "$name" ;;
    esac
done
for name in $(grep '^|' "$text" | grep -oE '\b[A-Z]+_[A-Z_]*' | grep -vE '^(RP|RANKPOOL|CUDA|SLURM)_' | sort -u); do
    found=$((found + 1))
    grep -q "^#ifdef $name" "$top/tests/interface/refused.cc" || problem "$name"
done
[ "$found" -gt 50 ] || { echo "FAILED: only $found names were found" && exit 1; }
echo "named.sh: $problems problems"
[ "$problems" = 0 ]
