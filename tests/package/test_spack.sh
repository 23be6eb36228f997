#!/bin/bash
# test_spack.sh TOP: Spack's recipe in src/package/README.md, run with stand-ins for Spack; cmake takes the arguments that it gives. 77: no
# Python is there.
top=$1
# shellcheck source=tests/package/package.bash
. "$(dirname "$0")/package.bash"
if ! command -v python3 >/dev/null; then
    echo 'there is no python3'
    [ "${RANKPOOL_TEST_ALL-}" != 1 ] || exit 1
    exit 77
fi
sed -n '/^    from spack\.package import/,/^## /s/^    //p' "$top/src/package/README.md" >"$work/package.py"
quietly 'running the recipe' python3 -B "$here/spack.py" "$work/package.py" "$top"
python3 -B "$here/spack.py" "$work/package.py" "$top" >"$work/arguments"
mapfile -t all < <(sed '/^$/,$d' "$work/arguments")
mapfile -t none < <(sed '1,/^$/d; /^$/d' "$work/arguments")
[ ${#all[@]} -ge 5 ] && [ ${#none[@]} = ${#all[@]} ] || problem "arguments: ${all[*]} / ${none[*]}"
for variants in all none; do
    declare -n arguments=$variants
    quietly "configuring with $variants of the variants" cmake -S "$top" -B "$work/$variants" -G 'Unix Makefiles' -DCMAKE_INSTALL_PREFIX="$work/prefix" "${arguments[@]}"
    said=$(cmake --build "$work/$variants" --target help)
    program=no
    [[ $said != *rankpool_program* ]] || program=yes
    [ "$variants $program" = 'all yes' ] || [ "$variants $program" = 'none no' ] || problem "with $variants of the variants the program: $program"
done
finish
