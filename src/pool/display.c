/* display.c: see display.h. */
#include "pool/display.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "pool/progress_line.h"
#include "pool/progress_rate.h"

#include <rankpool/text.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { MOST_FINISHED = 16, USUAL_WIDTH = 80, LINE_SIZE = 512 };

static const double bar_interval_s = 0.1, most_between_samples_s = 1;
static const char erase[] = "\r\033[K";

struct rpi_display {
    rpi_display_config config;
    bool terminal; /* bars are drawn on it */
    pthread_t thread;

    /* Used by the display's thread alone. */
    uint64_t call; /* the one that was sampled last */
    rpi_progress_rate rate;
    double next_line_s; /* of its elapsed time */
    bool was_shown;     /* it had a line or a bar */

    pthread_mutex_t screen; /* held while something is drawn, or hidden; guards the next one. Never taken with `mutex` held */
    bool bar_shown;
    atomic_bool is_shared; /* it was hidden once */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool stopping;
    unsigned n_finished;
    rpi_display_sample finished[MOST_FINISHED];
};

/* ---- the stream ---- */

/* A terminal that isn't the session's is one that a launcher made to collect output. */
static bool takes_bars(FILE *stream)
{
    int file = fileno(stream);
    const char *kind = getenv("TERM");
    return file >= 0 && isatty(file) && tcgetsid(file) == getsid(0) && kind && *kind && strcmp(kind, "dumb") != 0;
}

static bool is_in_background(const rpi_display *self)
{
    pid_t foreground = tcgetpgrp(fileno(self->config.stream));
    return foreground >= 0 && foreground != getpgrp();
}

static int terminal_width(const rpi_display *self)
{
    struct winsize size;
    return ioctl(fileno(self->config.stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}

/* In one write, so that lines of several processes aren't mixed. */
static void put(const rpi_display *self, const char *text)
{
    fwrite(text, 1, strlen(text), self->config.stream);
    fflush(self->config.stream);
}

/* The last cell of a row stays free: what is written there makes some terminals begin a new one. */
static void draw(rpi_display *self, const rpi_progress *progress, bool is_last)
{
    char text[LINE_SIZE], line[LINE_SIZE + 8];
    pthread_mutex_lock(&self->screen);
    if (self->terminal && is_in_background(self)) {
        self->bar_shown = false;
    } else {
        int width = self->terminal ? terminal_width(self) : 0;
        rpi_progress_line(progress, width > 2 ? width - 1 : width, text, sizeof text);
        snprintf(line, sizeof line, "%s%s%s", self->terminal ? erase : "", text, self->terminal && !is_last ? "" : "\n");
        put(self, line);
        self->bar_shown = self->terminal && !is_last;
    }
    pthread_mutex_unlock(&self->screen);
    self->was_shown = true;
}

void rpi_display_hide(rpi_display *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->screen);
    atomic_store(&self->is_shared, true);
    if (self->bar_shown && !is_in_background(self)) put(self, erase);
    self->bar_shown = false;
}

void rpi_display_write(rpi_display *self, FILE *stream, const char *lines, size_t size)
{
    if (self) pthread_mutex_lock(&self->screen);
    if (self && self->bar_shown && !is_in_background(self)) put(self, erase);
    if (self) self->bar_shown = false;
    fwrite(lines, 1, size, stream);
    fflush(stream);
    if (self) pthread_mutex_unlock(&self->screen);
}

void rpi_display_show(rpi_display *self)
{
    if (self) pthread_mutex_unlock(&self->screen);
}

/* ---- samples ---- */

static void begin_call(rpi_display *self, uint64_t call)
{
    if (self->call == call) return;
    self->call = call;
    self->rate = (rpi_progress_rate){0};
    self->next_line_s = self->config.interval_s;
    self->was_shown = false;
}

static rpi_progress progress_of(const rpi_display_sample *sample)
{
    return (rpi_progress){.name = sample->name,
                          .completed = sample->completed,
                          .failed = sample->failed,
                          .n_lost = sample->n_lost,
                          .total = sample->total,
                          .elapsed_s = sample->elapsed_s,
                          .rate = sample->elapsed_s > 0 ? (double)sample->completed / sample->elapsed_s : 0,
                          .left_s = -1};
}

/* Whether a line is due; the one after it is then due an interval later. */
static bool is_due(rpi_display *self, double elapsed_s)
{
    if (self->terminal) return true;
    if (elapsed_s < self->next_line_s) return false;
    self->next_line_s = elapsed_s + self->config.interval_s;
    return true;
}

static void draw_sample(rpi_display *self)
{
    rpi_display_sample sample;
    if (!self->config.sample(self->config.argument, &sample)) return;
    begin_call(self, sample.call);
    rpi_progress_rate_add(&self->rate, sample.elapsed_s, sample.completed);
    if (!is_due(self, sample.elapsed_s)) return;
    rpi_progress progress = progress_of(&sample);
    progress.rate = rpi_progress_rate_now(&self->rate);
    if (sample.total != UINT64_MAX && sample.completed < sample.total)
        progress.left_s = rpi_progress_rate_left_s(&self->rate, sample.total - sample.completed);
    draw(self, &progress, false);
}

static void draw_last(rpi_display *self, const rpi_display_sample *sample)
{
    begin_call(self, sample->call);
    rpi_progress progress = progress_of(sample);
    if (self->was_shown || !self->config.is_brief) draw(self, &progress, true);
}

/* With the mutex held. Releases it while it draws. */
static void draw_finished(rpi_display *self)
{
    while (self->n_finished > 0) {
        rpi_display_sample sample = self->finished[0];
        self->n_finished--;
        memmove(&self->finished[0], &self->finished[1], self->n_finished * sizeof sample);
        pthread_mutex_unlock(&self->mutex);
        draw_last(self, &sample);
        pthread_mutex_lock(&self->mutex);
    }
}

static double between_samples_s(const rpi_display *self)
{
    if (self->terminal) return bar_interval_s;
    return self->config.interval_s < most_between_samples_s ? self->config.interval_s : most_between_samples_s;
}

static void *run(void *argument)
{
    rpi_display *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (!self->stopping) {
        bool woken = rpi_cond_wait_until(&self->changed, &self->mutex, rpi_deadline_ns(between_samples_s(self)));
        if (!atomic_load(&self->is_shared)) draw_finished(self);
        if (woken || self->stopping) continue;
        pthread_mutex_unlock(&self->mutex);
        draw_sample(self);
        pthread_mutex_lock(&self->mutex);
    }
    draw_finished(self);
    pthread_mutex_unlock(&self->mutex);
    if (self->bar_shown && !is_in_background(self)) put(self, "\n");
    return NULL;
}

/* ---- life ---- */

rp_status rpi_display_create(const rpi_display_config *config, rpi_display **display, rp_error *error)
{
    rpi_display *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->config = *config;
    self->terminal = takes_bars(config->stream);
    pthread_mutex_init(&self->screen, NULL);
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    int code = rpi_thread_create(&self->thread, 0, run, self);
    if (code) {
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *display = self;
    return RP_OK;
}

void rpi_display_finish(rpi_display *self, const rpi_display_sample *last)
{
    pthread_mutex_lock(&self->mutex);
    if (self->n_finished < MOST_FINISHED) self->finished[self->n_finished++] = *last;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

void rpi_display_destroy(rpi_display *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->stopping = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    pthread_mutex_destroy(&self->screen);
    free(self);
}
