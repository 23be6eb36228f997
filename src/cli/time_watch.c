/* time_watch.c: see time_watch.h. */
#include "time_watch.h"
#include "program.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double look_s = 0.25, notice_s = 300;

struct time_watch {
    end_of_job end;
    double request_s;
    int says;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rp_pool *pool;
    double next_ask_s, closing_s; /* next_ask_s: by program_now_s */
    double end_s;                 /* the end that was told last, since the epoch; 0: none */
    int has_said, is_over;
};

/* ---- what is said ---- */

const char *time_watch_text(const rp_pool_time *time, const char *job, double request_s, char text[TIME_WATCH_TEXT_SIZE])
{
    char item[80];
    if (request_s > 0) snprintf(item, sizeof item, "an item may take %.0f s", request_s);
    else if (time->longest_s <= 0) snprintf(item, sizeof item, "no item has ended yet");
    else snprintf(item, sizeof item, "the longest item so far took %.*f s", time->longest_s < 9.95 ? 1 : 0, time->longest_s);
    snprintf(text, TIME_WATCH_TEXT_SIZE, "%.0f s are left of %s%s; %s: nothing new starts in the last %.0f s",
             time->left_s > 0 ? time->left_s : 0, *job ? "job " : "the time limit", job, item, time->reserve_s);
    return text;
}

int time_watch_is_due(const rp_pool_time *time, double request_s)
{
    int is_known = request_s > 0 || time->longest_s > 0;
    return time->is_over || (is_known && time->left_s <= time->reserve_s + notice_s);
}

/* With the mutex held, as the next ones. */
static void look(time_watch *self)
{
    rp_pool_time time;
    char text[TIME_WATCH_TEXT_SIZE];
    rp_pool_get_time(self->pool, &time);
    if (self->has_said || !self->says || !time_watch_is_due(&time, self->request_s)) return;
    self->has_said = 1;
    program_say("%s", time_watch_text(&time, self->end.job, self->request_s, text));
}

/* ---- when the job ends ---- */

static void tell_pool(time_watch *self)
{
    rp_pool_time now;
    rp_error error;
    rp_pool_get_time(self->pool, &now);
    double left_s = self->end_s > 0 ? self->end_s - (double)time(NULL) : now.left_s;
    (void)rp_pool_set_time_left(self->pool, left_s > 0 ? left_s : 0, self->closing_s, &error);
}

/* squeue may hang: the mutex is let go meanwhile. */
static void ask(time_watch *self)
{
    pthread_mutex_unlock(&self->mutex);
    int64_t at = end_of_job_ask(self->end.job);
    pthread_mutex_lock(&self->mutex);
    self->next_ask_s = program_now_s() + self->end.ask_s;
    if (at == 0 || self->is_over) return;
    self->end_s = (double)at;
    tell_pool(self);
    look(self);
}

/* ---- the thread ---- */

static void wait_a_little(time_watch *self)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(look_s * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (!self->is_over) (void)pthread_cond_timedwait(&self->changed, &self->mutex, &until);
}

static void destroy(time_watch *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

/* Nobody waits for this thread, as squeue may hang. So it frees what it has by itself. */
static void *run(void *argument)
{
    time_watch *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (!self->is_over) {
        look(self);
        if (self->end.ask_s > 0 && program_now_s() >= self->next_ask_s) ask(self);
        wait_a_little(self);
    }
    pthread_mutex_unlock(&self->mutex);
    destroy(self);
    return NULL;
}

time_watch *time_watch_begin(const end_of_job *end, rp_pool *pool, double request_s, int says)
{
    rp_pool_time time;
    pthread_t thread;
    rp_pool_get_time(pool, &time);
    time_watch *self = time.reserve_s > 0 ? calloc(1, sizeof *self) : NULL;
    if (!self) return NULL;
    *self = (time_watch){.end = *end, .request_s = request_s, .says = says, .pool = pool};
    self->next_ask_s = program_now_s() + end->first_ask_s;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    if (pthread_create(&thread, NULL, run, self) == 0) {
        (void)pthread_detach(thread);
        return self;
    }
    destroy(self);
    return NULL;
}

void time_watch_need(time_watch *self, double closing_s)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->closing_s = closing_s;
    tell_pool(self);
    pthread_mutex_unlock(&self->mutex);
}

void time_watch_end(time_watch *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    look(self); /* it may all have gone fast */
    self->is_over = 1;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}
