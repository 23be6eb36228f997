#!/bin/bash
# test_installed.sh TOP BUILD PARTS: installs what is built, with DESTDIR and without, and moves it; other projects find it with find_package
# and pkg-config, shared and static, in C and C++. PARTS: of mpi, program, what was built.
top=$1 build=$2 parts=" ${3-} "
parts=${parts//;/ }
# shellcheck source=tests/package/package.bash
. "$(dirname "$0")/package.bash"
has() { [[ $parts == *" $1 "* ]]; }
prefix=$work/moved

quietly 'installing with DESTDIR' env DESTDIR="$work/dest" cmake --install "$build" --prefix /opt/pool
quietly 'installing to a prefix' cmake --install "$build" --prefix "$work/first"
(cd "$work/dest/opt/pool" && find . -type f | sort) >"$work/with-destdir"
(cd "$work/first" && find . -type f | sort) >"$work/with-prefix"
quietly 'DESTDIR and a prefix have the same files' diff "$work/with-destdir" "$work/with-prefix"
mv "$work/first" "$prefix"
named=$(grep -rlE "$work|$build|/opt/pool" "$prefix" --include='*.cmake' --include='*.pc' --include='*.h')
[ -z "$named" ] || problem "these name a folder of the build or the prefix: $named"

# ---- what is there ----

libdir=$prefix/$(sed -n 's/^libdir=\${prefix}.//p' "$(find "$prefix" -name rankpool.pc)")
for file in "$libdir/librankpool.so" "$libdir/librankpool.a" "$prefix/include/rankpool/rankpool.h" "$libdir/cmake/rankpool/rankpool-config.cmake" \
    "$prefix"/share/doc/rankpool/{LICENSE,README.md,guide.md,reference.md,examples/energy.c,examples/CMakeLists.txt}; do
    [ -e "$file" ] || problem "$file isn't installed"
done
! has mpi || [ -e "$prefix/include/rankpool/mpi.h" ] || problem 'rankpool/mpi.h is not installed'
has mpi || [ ! -e "$prefix/include/rankpool/mpi.h" ] || problem 'rankpool/mpi.h is installed, and there is no MPI'
if has program; then
    for file in bin/rankpool share/man/man1/rankpool.1 share/bash-completion/completions/rankpool share/zsh/site-functions/_rankpool \
        share/fish/vendor_completions.d/rankpool.fish share/rankpool/hybrid.sbatch; do
        [ -e "$prefix/$file" ] || problem "$file isn't installed"
    done
    gives '0.5' "$prefix/bin/rankpool" run call libm.so.6:ldexp 'double(double,int)' --csv <(echo '1,-1')
    # Libraries that are loaded when a job wants them are named in a note, which tools for packages read.
    quietly 'the program names libcurl' grep -q '"soname":\["libcurl' <(tr -d '\0' <"$prefix/bin/rankpool" | grep -a -o '\[{"feature".*}\]')
fi

# ---- find_package ----

with=(-DHOW=find -DCMAKE_PREFIX_PATH="$prefix")
foreign find-shared halves -- "${with[@]}" -DLANGUAGE=C
gives 2475 "$work/find-shared/halves"
ldd "$work/find-shared/halves" | grep -q 'librankpool\.so\.0\.1' || problem 'find_package gives no shared library by itself'
! grep -q fopenmp "$work/find-shared/compile_commands.json" || problem 'users are compiled with -fopenmp'
foreign find-cxx halves header -- "${with[@]}" -DLANGUAGE=CXX
gives 2475 "$work/find-cxx/halves"
gives 2475 "$work/find-cxx/header"
if command -v gfortran >/dev/null; then
    foreign find-fortran ranks module -- "${with[@]}" -DLANGUAGE=Fortran -DPARTS=fortran
    gives 1 "$work/find-fortran/ranks"
    gives 2475 "$work/find-fortran/module"
    grep -q 'frecursive.*module.f90' "$work/find-fortran/compile_commands.json" || problem 'rankpool::fortran brings no -frecursive'
fi
refused find-fortran-in-c 'add Fortran to the languages of the project' "${with[@]}" -DLANGUAGE=C -DPARTS=fortran
foreign find-static halves -- "${with[@]}" -DLANGUAGE=C -DBUILD_SHARED_LIBS=OFF
gives 2475 "$work/find-static/halves"
! ldd "$work/find-static/halves" | grep -q librankpool || problem 'BUILD_SHARED_LIBS=OFF gives the shared library'
! grep -q fopenmp "$work/find-static/compile_commands.json" || problem 'users of the static library are compiled with -fopenmp'
refused find-static-cxx 'add C to the languages of the project' "${with[@]}" -DLANGUAGE=CXX -DPARTS=static
if has mpi; then
    foreign find-mpi on_communicator -- "${with[@]}" -DLANGUAGE=C -DPARTS=mpi ${MPI_C_COMPILER:+-DMPI_C_COMPILER=$MPI_C_COMPILER}
    gives 2475 "$work/find-mpi/on_communicator"
else
    refused find-mpi 'was built without MPI' "${with[@]}" -DLANGUAGE=C -DPARTS=mpi
fi
sed 's/find_package(rankpool 0.1/find_package(rankpool 0.2/' "$here/foreign/CMakeLists.txt" >"$work/CMakeLists.txt"
quietly 'another minor version fits' bash -c "! cmake -S '$work' -B '$work/version' -G Ninja ${with[*]} -DLANGUAGE=C"
# The installed examples are a project of their own.
quietly 'configuring the examples' cmake -S "$prefix/share/doc/rankpool/examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$prefix"
quietly 'building an example' cmake --build "$work/examples" --target energy statistics

# ---- pkg-config ----

export PKG_CONFIG_PATH=$libdir/pkgconfig
compilers=(cc)
! command -v clang >/dev/null || compilers+=(clang)
mkdir "$work/archive"
cp "$libdir/librankpool.a" "$work/archive"
for compiler in "${compilers[@]}"; do
    # shellcheck disable=SC2046
    quietly "$compiler with pkg-config" "$compiler" $(pkg-config --cflags rankpool) "$here/foreign/halves.c" -o "$work/shared" $(pkg-config --libs rankpool)
    gives 2475 env LD_LIBRARY_PATH="$libdir" "$work/shared"
    # The archive comes first, as a folder with it alone.
    # shellcheck disable=SC2046
    quietly "$compiler with pkg-config --static" "$compiler" $(pkg-config --cflags rankpool) "$here/foreign/halves.c" -o "$work/static" \
        -L"$work/archive" $(pkg-config --static --libs rankpool | sed "s:-L$libdir ::; s:-L$prefix[^ ]* ::")
    gives 2475 "$work/static"
    ! ldd "$work/static" | grep -q librankpool || problem 'pkg-config --static gives the shared library'
done
# shellcheck disable=SC2046
! command -v c++ >/dev/null || { quietly 'C++ with pkg-config' c++ -std=c++17 $(pkg-config --cflags rankpool) "$here/foreign/header.cc" -o "$work/header" \
    $(pkg-config --libs rankpool) && gives 2475 env LD_LIBRARY_PATH="$libdir" "$work/header"; }
# shellcheck disable=SC2046
! command -v gfortran >/dev/null || { quietly 'Fortran with pkg-config' gfortran $(pkg-config --variable=fortran_flags rankpool) -J"$work" \
    "$(pkg-config --variable=fortran_source rankpool)" "$here/foreign/module.f90" -o "$work/module" $(pkg-config --libs rankpool) &&
    gives 2475 env LD_LIBRARY_PATH="$libdir" "$work/module"; }
[ "$(pkg-config --libs rankpool)" = "-L$libdir -lrankpool " ] || [[ $(pkg-config --libs rankpool) == *-lrankpool* ]] || problem 'pkg-config --libs has no -lrankpool'
[[ $(pkg-config --libs rankpool) != *-lm* ]] || problem 'pkg-config --libs has what only the static library needs'
finish
