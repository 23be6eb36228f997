/* threads_pthread.c: see threads_pthread.h. */
#include "worker/threads_pthread.h"

#include "base/nested.h"
#include "base/thread.h"
#include "worker/team_work.h"

#include <stdlib.h>

typedef struct member {
    pthread_t thread;
    rpi_team *team;
    unsigned index;
} member;

typedef struct threads {
    unsigned n;
    member members[];
} threads;

static void *run_member(void *argument)
{
    const member *self = argument;
    rpi_team_work(self->team, self->index);
    rpi_nested_end();
    return NULL;
}

static void join_threads(void *state)
{
    threads *all = state;
    for (unsigned i = 0; i < all->n; i++) pthread_join(all->members[i].thread, NULL);
    free(all);
}

/* If a thread can't be made, the team is told that it and the later ones won't come. The team then stops, and joins those that did. */
static rp_status start_threads(rpi_team *team, unsigned n_workers, void **state, rp_error *error)
{
    threads *all = calloc(1, sizeof *all + n_workers * sizeof all->members[0]);
    if (!all) return rpi_error_no_memory(error);
    for (unsigned i = 0; i < n_workers; i++, all->n++) {
        all->members[i].team = team;
        all->members[i].index = i;
        int code = rpi_thread_create(&all->members[i].thread, rpi_team_stack_size(team), run_member, &all->members[i]);
        if (!code) continue;
        rpi_team_miss(team, i, code, NULL);
        break;
    }
    *state = all;
    return RP_OK;
}

const rpi_threads_ops rpi_threads_pthread = {"pthread", start_threads, join_threads};
