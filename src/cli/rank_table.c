/*
 * rank_table.c: see rank_table.h. Hosts with the same rows, whatever their ranks' numbers, are alike. The first one of them is shown.
 */
#include "rank_table.h"
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 2 }; /* so many hosts that are alike are shown one by one */

typedef struct table {
    const rp_rank_info *ranks;
    int n;
    int *host_of;      /* of a rank: the first rank of its host */
    int *like;         /* of the first rank of a host: that of the first host that is like it */
    int *some;         /* room for n numbers */
    const char **name; /* room for n names */
} table;

static int are_alike(const rp_rank_info *a, const rp_rank_info *b)
{
    return a->threads == b->threads && a->cores == b->cores && a->shares_memory == b->shares_memory &&
           strcmp(a->affinity, b->affinity) == 0;
}

/* The next rank of the same host; n: there is none. */
static int next_rank(const table *self, int rank)
{
    int next = rank + 1;
    while (next < self->n && self->host_of[next] != self->host_of[rank]) next++;
    return next;
}

static int are_hosts_alike(const table *self, int a, int b)
{
    while (a < self->n && b < self->n && are_alike(&self->ranks[a], &self->ranks[b])) a = next_rank(self, a), b = next_rank(self, b);
    return a == self->n && b == self->n;
}

/* Ranks of a host usually follow each other. */
static void find_hosts(table *self)
{
    for (int rank = 0; rank < self->n; rank++) {
        const char *host = self->ranks[rank].host;
        int first = rank > 0 ? self->host_of[rank - 1] : 0;
        if (strcmp(self->ranks[first].host, host) != 0)
            for (first = 0; first < rank; first++)
                if (self->host_of[first] == first && strcmp(self->ranks[first].host, host) == 0) break;
        self->host_of[rank] = first;
    }
}

static int is_host(const table *self, int rank) { return self->host_of[rank] == rank; }

static void find_alike(table *self)
{
    for (int host = 0; host < self->n; host++) {
        if (!is_host(self, host)) continue;
        int other = 0;
        while (other < host && !(is_host(self, other) && self->like[other] == other && are_hosts_alike(self, other, host))) other++;
        self->like[host] = other;
    }
}

static void print_row(const char *ranks, const rp_rank_info *info, FILE *file)
{
    fprintf(file, "%6s  %-20s  %7d  %5d  %-6s  %s\n", ranks, info->host, info->threads, info->cores,
            info->shares_memory ? "shared" : "copied", *info->affinity ? info->affinity : "unknown");
}

/* Ranks that follow each other on the host and are alike share a row. */
static void print_host(const table *self, int host, FILE *file)
{
    for (int rank = host, n; rank < self->n;) {
        const rp_rank_info *first = &self->ranks[rank];
        char text[RANGES_SIZE];
        for (n = 0; rank < self->n && are_alike(first, &self->ranks[rank]); rank = next_rank(self, rank)) self->some[n++] = rank;
        print_row(ranges_of_numbers(self->some, n, text), first, file);
    }
}

/* The hosts that are like `like`, but for that one. */
static void print_more(const table *self, int like, FILE *file)
{
    int n_hosts = 0, n_ranks = 0;
    char hosts[RANGES_SIZE], ranks[RANGES_SIZE];
    for (int rank = 0; rank < self->n; rank++) {
        int host = self->host_of[rank];
        if (self->like[host] != like || host == like) continue;
        self->some[n_ranks++] = rank;
        if (host == rank) self->name[n_hosts++] = self->ranks[host].host;
    }
    fprintf(file, "        and %d more hosts like that: %s, ranks %s\n", n_hosts, ranges_of_hosts(self->name, n_hosts, hosts),
            ranges_of_numbers(self->some, n_ranks, ranks));
}

static int count_alike(const table *self, int like)
{
    int n = 0;
    for (int host = 0; host < self->n; host++) n += is_host(self, host) && self->like[host] == like;
    return n;
}

static void print_hosts(const table *self, FILE *file)
{
    for (int host = 0; host < self->n; host++) {
        if (!is_host(self, host)) continue;
        int like = self->like[host], n = count_alike(self, like);
        if (n <= FEW || host == like) print_host(self, host, file);
        if (n > FEW && host == like) print_more(self, like, file);
    }
}

void rank_table_print(const rp_rank_info *ranks, int n, FILE *file)
{
    size_t room = (size_t)(n > 0 ? n : 1);
    table self = {ranks, n, calloc(room, sizeof(int)), calloc(room, sizeof(int)), calloc(room, sizeof(int)), calloc(room, sizeof(char *))};
    fputs("  rank  host                  threads  cores  memory  affinity\n", file);
    if (self.host_of && self.like && self.some && self.name) {
        find_hosts(&self);
        find_alike(&self);
        print_hosts(&self, file);
    } else {
        for (int rank = 0; rank < n; rank++) print_row("", &ranks[rank], file);
    }
    free(self.host_of);
    free(self.like);
    free(self.some);
    free(self.name);
}
