/* output_marks.c: see output_marks.h. The mutex guards all that changes. */
#include "output_marks.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct output_marks {
    const stream *to;
    rpi_journal *journal;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    rpi_printed next;
    bool has_next; /* the thread has something to do */
    bool is_closing;
    int error;
};

/* What isn't a file has nothing to be put on a disk, and no mark. */
static int mark(output_marks *self, const rpi_printed *printed)
{
    rp_error error;
    int code = streams_sync(self->to);
    if (code == EINVAL || code == EROFS) return 0;
    if (code == 0) (void)rpi_journal_printed(self->journal, printed, &error); /* the journal tells its own errors */
    return code;
}

static void *run(void *argument)
{
    output_marks *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (self->has_next || !self->is_closing) {
        if (!self->has_next) {
            pthread_cond_wait(&self->changed, &self->mutex);
            continue;
        }
        rpi_printed printed = self->next;
        pthread_mutex_unlock(&self->mutex);
        int code = mark(self, &printed);
        pthread_mutex_lock(&self->mutex);
        if (self->error == 0) self->error = code;
        self->has_next = false;
        pthread_cond_broadcast(&self->changed);
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

output_marks *output_marks_create(const stream *to, rpi_journal *journal)
{
    output_marks *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->to = to;
    self->journal = journal;
    (void)pthread_mutex_init(&self->mutex, NULL);
    (void)pthread_cond_init(&self->changed, NULL);
    if (pthread_create(&self->thread, NULL, run, self) == 0) return self;
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    return NULL;
}

int output_marks_add(output_marks *self, const rpi_printed *printed)
{
    pthread_mutex_lock(&self->mutex);
    int code = self->error;
    if (!self->has_next) {
        self->next = *printed;
        self->has_next = true;
        pthread_cond_broadcast(&self->changed);
    }
    pthread_mutex_unlock(&self->mutex);
    return code;
}

int output_marks_finish(output_marks *self, const rpi_printed *printed)
{
    if (!self) return 0;
    pthread_mutex_lock(&self->mutex);
    while (self->has_next) pthread_cond_wait(&self->changed, &self->mutex);
    int code = self->error;
    pthread_mutex_unlock(&self->mutex);
    if (code == 0) code = mark(self, printed);
    output_marks_destroy(self);
    return code;
}

void output_marks_destroy(output_marks *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->is_closing = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}
