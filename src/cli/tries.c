/* tries.c: see tries.h. */
#include "tries.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

typedef struct noted {
    struct noted *next;
    double ended_s;
    rp_error failure;
} noted;

struct tries {
    pthread_mutex_t mutex; /* guards what follows */
    noted *first, **end;
    atomic_int n; /* so that one look tells that there is none */
};

tries *tries_create(void)
{
    tries *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    pthread_mutex_init(&made->mutex, NULL);
    made->end = &made->first;
    return made;
}

static noted *take_first(tries *self)
{
    pthread_mutex_lock(&self->mutex);
    noted *first = self->first;
    if (first) self->first = first->next;
    if (first && !first->next) self->end = &self->first;
    if (first) atomic_fetch_sub(&self->n, 1);
    pthread_mutex_unlock(&self->mutex);
    return first;
}

void tries_destroy(tries *self)
{
    if (!self) return;
    for (noted *first; (first = take_first(self));) free(first);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

void tries_note(void *argument, const rp_error *failure)
{
    tries *self = argument;
    struct timespec now;
    noted *made = malloc(sizeof *made);
    if (!made) return;
    clock_gettime(CLOCK_REALTIME, &now);
    *made = (noted){NULL, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec, *failure};
    pthread_mutex_lock(&self->mutex);
    *self->end = made;
    self->end = &made->next;
    atomic_fetch_add(&self->n, 1);
    pthread_mutex_unlock(&self->mutex);
}

int tries_take(tries *self, rp_error *failure, double *ended_s)
{
    noted *first = atomic_load(&self->n) > 0 ? take_first(self) : NULL;
    if (!first) return 0;
    *failure = first->failure;
    *ended_s = first->ended_s;
    free(first);
    return 1;
}
