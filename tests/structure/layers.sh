#!/bin/bash
# layers.sh FOLDER: reads the includes of the sources under FOLDER. Fails, naming it, on an include that goes up, a cycle between files
# (a .c and its .h are one), a .c without a header of its name, and a library's header outside the folder that owns the library.
cd "${1:?}" || exit 2
# Paths, or their beginnings, that may be in a cycle or lack a header of their name, and why.
exceptions="src/cli/main.c the program itself
mpi/communicator.c implements rankpool/mpi.h
omp/openmp.c implements src/worker/openmp.h
src/base/option_rows.c is the table of base/options.h
jobs/ a job registers itself, and nobody calls it
mpi/transport.c implements src/cluster/transport.h
src/without/ stands in for mpi/ and omp/"

find src mpi omp jobs -name '*.[ch]' | LC_ALL=C sort | xargs awk -v exceptions="$exceptions" '
function excepted(path, i) { for (i in exception) if (index(path, exception[i]) == 1) return 1; return 0 }
function never(text) { print text; failed = 1 }
function fail(path, text) { if (!excepted(path)) never(path ": " text) }
function folder(path, parts) { split(path, parts, "/"); return parts[1] == "src" ? parts[2] : parts[1] }
function may_use(from, to) {
    if (from == to || (from == "cli" && (to == "simulate" || to == "journal"))) return 1
    return from in rank && to in rank && to != "mpi" && to != "without" && rank[to] < rank[from]
}
# Follows what is left from `at` until it comes back to a node, names that cycle, and cuts its last include.
function name_cycle(at, seen, path, n, k, text) {
    for (; !(at in seen); at = k) {
        seen[at] = ++n; path[n] = at
        for (k in left) if (left[k] && (at, k) in edge) break
    }
    for (k = seen[at]; k <= n; k++) text = text path[k] " -> "
    fail(at, "cycle: " text at)
    delete edge[path[n], at]
}
# A node that is in a cycle or leads to one; "": there is none. Nodes that include nothing that is left go first.
function cyclic(node, pair, ends, keeps, gone) {
    for (gone = 1; gone;) {
        split("", keeps); gone = 0
        for (pair in edge) { split(pair, ends, SUBSEP); if (left[ends[2]]) keeps[ends[1]] = 1 }
        for (node in left) if (left[node] && !(node in keeps)) { left[node] = 0; gone = 1 }
    }
    for (node in left) if (left[node]) return node
}
BEGIN {
    n = split("base schedule task record worker omp isolate cluster without journal pool simulate mpi", names, " ")
    for (i = 1; i <= n; i++) rank[names[i]] = i
    owner["mpi.h"] = "mpi"; owner["omp.h"] = "omp"; owner["curl/curl.h"] = "jobs"
    for (i = 1; i < ARGC; i++) files[ARGV[i]] = 1
    for (i = split(exceptions, exception, "\n"); i > 0; i--) sub(/ .*/, "", exception[i])
}
FNR == 1 {
    name = node = substr(FILENAME, 1, length(FILENAME) - 2); left[node] = 1; sub(/.*\//, "", name)
    if (!((node ".h") in files) && system("test -e include/rankpool/" name ".h")) fail(FILENAME, "no header of its name")
}
/^[ \t]*#[ \t]*include/ {
    name = $0; sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*/, "", name)
    if (name in owner && owner[name] != folder(FILENAME)) never(FILENAME ": " name " belongs to " owner[name])
    if ($0 !~ /"/) next
    target = FILENAME; sub(/[^\/]*$/, name, target)
    if (("src/" name) in files) target = "src/" name
    if (!may_use(folder(FILENAME), folder(target))) never(FILENAME ":" FNR ": goes up to " name)
    target = substr(target, 1, length(target) - 2)
    if (target != node) edge[node, target] = 1
}
END { while ((start = cyclic()) != "") name_cycle(start); exit failed }'
