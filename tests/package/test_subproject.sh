#!/bin/bash
# test_subproject.sh TOP: rankpool as a part of another project, with add_subdirectory and with FetchContent from a repository: only the
# library is built, nothing is installed or tested, and no setting of that project changes.
top=$1
# shellcheck source=tests/package/package.bash
. "$(dirname "$0")/package.bash"
without_mpi=-DRANKPOOL_MPI=OFF

fortran=()
! command -v gfortran >/dev/null || fortran=('-DLANGUAGE=C;Fortran' -DPARTS=fortran)

foreign subdirectory all -- -DHOW=subdirectory -DLANGUAGE=C -DSOURCE="$top" $without_mpi -DRANKPOOL_OPENMP=OFF "${fortran[@]}"
gives 2475 "$work/subdirectory/halves"
gives 2475 "$work/subdirectory/halves_by_name"
[ ${#fortran[@]} = 0 ] || gives 2475 "$work/subdirectory/module"
cache=$work/subdirectory/CMakeCache.txt
grep -q '^CMAKE_BUILD_TYPE:STRING=Debug$' "$cache" || problem 'the build type of the parent changed'
changed=$(grep -E '^(BUILD_SHARED_LIBS|BUILD_TESTING|CMAKE_C_FLAGS:STRING=.|CMAKE_C_STANDARD|CMAKE_POSITION)' "$cache")
[ -z "$changed" ] || problem "settings of the parent changed: $changed"
named=$(grep -E '^[A-Za-z_]+:[A-Z]+=' "$cache" | grep -v ':INTERNAL=' | grep -vE '^(RANKPOOL_|CMAKE_|rankpool_|foreign_|HOW|LANGUAGE|SOURCE|PARTS|OpenMP_|MPI|_?pkg)' | sed 's/=.*//')
[ -z "$named" ] || problem "cached settings that aren't named after rankpool: $named"
targets=$(cmake --build "$work/subdirectory" --target help | grep -oE '^(rankpool[a-z_]*|test_[a-z_]*|conformance)\b' | sort -u | tr '\n' ' ')
[[ " $targets " != *' rankpool_program '* && " $targets " != *' conformance '* && " $targets " != *' test_'* ]] || problem "the parent has targets: $targets"
quietly 'the parent installs' env DESTDIR="$work/dest" cmake --install "$work/subdirectory"
[ -z "$(find "$work/dest" -type f 2>/dev/null)" ] || problem 'something of rankpool is installed with the parent'
[[ $(ctest --test-dir "$work/subdirectory" -N 2>&1) != *'Test '[1-9]* ]] || problem 'tests of rankpool are tests of the parent'

# A repository of the tree as it is, with what isn't committed.
quietly 'a repository' bash -c "mkdir '$work/repository' && cd '$top' && tar cf - --exclude='./build*' --exclude=./.git . | tar xf - -C '$work/repository' &&
    cd '$work/repository' && git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@localhost commit -qm all"
foreign fetched all -- -DHOW=fetch -DLANGUAGE=CXX -DSOURCE="file://$work/repository" -DTAG=main -DBUILD_SHARED_LIBS=ON $without_mpi \
    -DFETCHCONTENT_QUIET=ON
gives 2475 "$work/fetched/halves"
gives 2475 "$work/fetched/header"
ldd "$work/fetched/halves" | grep -q 'librankpool\.so\.0\.1' || problem 'BUILD_SHARED_LIBS=ON gives no shared library'
finish
