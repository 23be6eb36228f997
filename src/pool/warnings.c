/*
 * warnings.c: see warnings.h. Ranks of one host with the same cores are a place, which has a warning if its workers are more than its
 * cores. Places that differ only in where they are have one in common.
 */
#include "pool/warnings.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    const rp_rank_info *first;
    int workers, cores;
} place;

/* Places with the same numbers, which are neighbours; `host`: of the latest one. */
typedef struct group {
    const place *first;
    int n_places, n_hosts;
    const char *host;
} group;

static int by_place(const void *a, const void *b)
{
    const rp_rank_info *one = *(const rp_rank_info *const *)a, *other = *(const rp_rank_info *const *)b;
    int hosts = strcmp(one->host, other->host), affinities = strcmp(one->affinity, other->affinity);
    return hosts ? hosts : affinities ? affinities : (one > other) - (one < other);
}

static int by_numbers(const void *a, const void *b)
{
    const place *one = a, *other = b;
    if (one->workers != other->workers) return one->workers < other->workers ? 1 : -1;
    if (one->cores != other->cores) return one->cores < other->cores ? -1 : 1;
    return by_place(&one->first, &other->first);
}

/* Puts ranks together. Returns how many of the places have more workers than cores; those come first. */
static int find_crowded(const rp_rank_info **sorted, int n_ranks, place *places)
{
    int n = 0;
    for (int i = 0, next; i < n_ranks; i = next) {
        place here = {sorted[i], 0, sorted[i]->cores};
        for (next = i; next < n_ranks; next++) {
            if (strcmp(sorted[next]->host, here.first->host) != 0 || strcmp(sorted[next]->affinity, here.first->affinity) != 0) break;
            here.workers += sorted[next]->threads;
        }
        if (here.workers > here.cores) places[n++] = here;
    }
    return n;
}

bool rpi_warnings_mpirun_binds(void) { return getenv("OMPI_COMM_WORLD_LOCAL_SIZE") != NULL; }

static const char *remedy(const place *at, int n_ranks)
{
    bool is_bound = (n_ranks > 1 || rpi_warnings_mpirun_binds()) && at->cores < at->first->host_cores;
    return is_bound ? "give them more with mpirun --map-by slot:PE=N or --bind-to none, or srun --cpus-per-task=N"
                    : "fewer --threads, or fewer ranks, would fit";
}

static char *write_warning(const group *all, int n_ranks)
{
    char where[RP_ERROR_TEXT_SIZE], *warning;
    const place *first = all->first;
    if (all->n_places == 1) snprintf(where, sizeof where, "(%s) of host %s", first->first->affinity, first->first->host);
    else if (all->n_hosts == 1)
        snprintf(where, sizeof where, "(%s), and so in %d more places of host %s", first->first->affinity, all->n_places - 1,
                 first->first->host);
    else if (all->n_hosts == all->n_places)
        snprintf(where, sizeof where, "on each of %d hosts, %s to %s", all->n_hosts, first->first->host, all->host);
    else
        snprintf(where, sizeof where, "in each of %d places on %d hosts, %s to %s", all->n_places, all->n_hosts, first->first->host,
                 all->host);
    int n = asprintf(&warning, "%d workers share %d core%s %s; %s", first->workers, first->cores, first->cores == 1 ? "" : "s", where,
                     remedy(first, n_ranks));
    return n < 0 ? NULL : warning;
}

/* Takes the group that begins with the first of the places. */
static group take_group(const place *places, int n)
{
    group all = {places, 0, 0, ""};
    for (; all.n_places < n; all.n_places++) {
        const place *at = &places[all.n_places];
        if (at->workers != places->workers || at->cores != places->cores) break;
        all.n_hosts += strcmp(at->first->host, all.host) != 0 || all.n_places == 0;
        all.host = at->first->host;
    }
    return all;
}

static void add(char **warnings, int *n, char *warning)
{
    if (warning) warnings[(*n)++] = warning;
}

static void write_groups(const place *places, int n_places, int n_ranks, char **warnings, int most)
{
    int n = 0, n_groups = 0;
    char *more = NULL;
    for (int at = 0; at < n_places; n_groups++) {
        group all = take_group(&places[at], n_places - at);
        if (n < most) add(warnings, &n, write_warning(&all, n_ranks));
        at += all.n_places;
    }
    if (n_groups <= most) return;
    if (asprintf(&more, "%d more warnings of this kind are left out", n_groups - most + 1) < 0 || n < most) return;
    free(warnings[most - 1]);
    warnings[most - 1] = more;
}

/* ---- cores that no rank may use ---- */

/* Sets how many cores of the host of sorted[0] its ranks may use together. Returns how many ranks there are. */
static int cores_of_host(const rp_rank_info **sorted, int n_ranks, int *cores)
{
    int n = 0;
    for (*cores = 0; n < n_ranks && strcmp(sorted[n]->host, sorted[0]->host) == 0; n++)
        if (n == 0 || strcmp(sorted[n]->affinity, sorted[n - 1]->affinity) != 0) *cores += sorted[n]->cores;
    return n;
}

static char *write_idle(const rp_rank_info *at, int cores, int n_ranks, int n_hosts)
{
    char elsewhere[64] = "", *warning;
    if (n_hosts > 1) snprintf(elsewhere, sizeof elsewhere, ", and not all cores of %d more", n_hosts - 1);
    int n = asprintf(&warning,
                     "%s may use %d of %d cores of host %s%s, as mpirun binds ranks; all of them: mpirun --bind-to none, or "
                     "--map-by slot:PE=N",
                     n_ranks > 1 ? "the ranks" : "this rank", cores, at->host_cores, at->host, elsewhere);
    return n < 0 ? NULL : warning;
}

char *rpi_warnings_of_idle_cores(const rp_rank_info *ranks, int n_ranks)
{
    const rp_rank_info **sorted = calloc((size_t)n_ranks, sizeof *sorted), *first = NULL;
    int n_hosts = 0, first_cores = 0, cores;
    for (int rank = 0; sorted && rank < n_ranks; rank++) sorted[rank] = &ranks[rank];
    if (sorted) qsort(sorted, (size_t)n_ranks, sizeof *sorted, by_place);
    for (int at = 0; sorted && at < n_ranks;) {
        const rp_rank_info *here = sorted[at];
        at += cores_of_host(sorted + at, n_ranks - at, &cores);
        if (cores >= here->host_cores) continue;
        if (n_hosts++ == 0) first = here, first_cores = cores;
    }
    free(sorted);
    return first ? write_idle(first, first_cores, n_ranks, n_hosts) : NULL;
}

/* ---- all that are crowded ---- */

void rpi_warnings_make(const rp_rank_info *ranks, int n_ranks, char **warnings, int most)
{
    const rp_rank_info **sorted = calloc((size_t)n_ranks, sizeof *sorted);
    place *places = calloc((size_t)n_ranks, sizeof *places);
    for (int rank = 0; sorted && rank < n_ranks; rank++) sorted[rank] = &ranks[rank];
    if (sorted && places) {
        qsort(sorted, (size_t)n_ranks, sizeof *sorted, by_place);
        int n = find_crowded(sorted, n_ranks, places);
        qsort(places, (size_t)n, sizeof *places, by_numbers);
        write_groups(places, n, n_ranks, warnings, most);
    }
    free(sorted);
    free(places);
}
