#!/bin/bash
# layers.sh FOLDER: reads the includes of the sources under FOLDER. Fails, naming it, on an include that goes up, a cycle between files (a .c and its
# .h are one), a .c without a header of its name, and a library's header outside the folder that owns the library.
cd "${1:?}" || exit 2

# Paths (or their beginnings) that may lack a header of their name or be in a cycle, and why.
exceptions="src/cli/main.c the program itself
mpi/communicator.c implements rankpool/mpi.h
omp/openmp.c implements src/worker/openmp.h
jobs/ a job registers itself, and nobody calls it
src/simulate/coordinator.c and team.c are parts of simulator.h"

find src mpi omp jobs -name '*.[ch]' | LC_ALL=C sort | xargs awk -v exceptions="$exceptions" '
function is_excepted(path, each) { for (each in excepted) if (index(path, each) == 1) return 1; return 0 }
function fail(text) { print text; failed = 1 }
function folder_of(path, parts) { split(path, parts, "/"); return parts[1] == "src" ? parts[2] : parts[1] }
# The file that an include in quotes means: from src, else from the folder of who includes it.
function resolve(from, name, near) {
    near = from; sub(/[^\/]*$/, "", near)
    return ("src/" name) in files ? "src/" name : near name
}
function may_use(from, to) {
    if (from == to) return 1
    if (from == "cli") return to == "simulate"
    if (from == "omp") return to in rank && rank[to] <= rank["worker"]
    return from in rank && to in rank && rank[to] < rank[from]
}
# Follows what is left from `node` until it comes back; cuts the last include of the circle.
function name_cycle(node, at, text, next_one, seen, k) {
    while (!(node in seen)) {
        seen[node] = ++at; path[at] = node
        for (k in edge) { split(k, ends, SUBSEP); if (ends[1] == node && left[ends[2]]) { next_one = ends[2]; break } }
        node = next_one
    }
    text = node
    for (k = seen[node] + 1; k <= at; k++) text = text " -> " path[k]
    if (!is_excepted(node)) fail("cycle: " text " -> " node)
    delete edge[path[at], node]
}
# Nodes that include nothing that is left go, until none does.
function shrink(node, k, goes, any) {
    do {
        any = 0
        for (node in left) goes[node] = left[node]
        for (k in edge) { split(k, ends, SUBSEP); if (left[ends[2]]) goes[ends[1]] = 0 }
        for (node in left) if (goes[node]) { left[node] = 0; any = 1 }
    } while (any)
    for (node in left) if (left[node]) return node
    return ""
}
BEGIN {
    n = split("base schedule task record worker isolate cluster journal pool simulate mpi", order, " ")
    for (i = 1; i <= n; i++) rank[order[i]] = i
    owner["mpi.h"] = "mpi"; owner["omp.h"] = "omp"; owner["curl/curl.h"] = "jobs"
    for (i = 1; i < ARGC; i++) files[ARGV[i]] = 1
    n = split(exceptions, lines, "\n")
    for (i = 1; i <= n; i++) { split(lines[i], parts, " "); excepted[parts[1]] = 1 }
}
FNR == 1 {
    node = FILENAME; sub(/\.[ch]$/, "", node); left[node] = 1
    base = node; sub(/.*\//, "", base)
    if (FILENAME ~ /c$/ && !((node ".h") in files) && !is_excepted(FILENAME) && system("test -e include/rankpool/" base ".h"))
        fail(FILENAME ": no header of its name")
}
/^[ \t]*#[ \t]*include/ {
    name = $0; sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*/, "", name)
    if (name in owner && owner[name] != folder_of(FILENAME)) fail(FILENAME ": " name " belongs to " owner[name])
    if ($0 !~ /"/) next
    target = resolve(FILENAME, name)
    if (!may_use(folder_of(FILENAME), folder_of(target))) fail(FILENAME ":" FNR ": goes up to " name)
    sub(/\.[ch]$/, "", target)
    if (target != node) edge[node, target] = 1
}
END { while ((start = shrink()) != "") name_cycle(start); exit failed }'
