/* display.c: see display.h. */
#include "pool/display.h"

#include "base/c_locale.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_FINISHED = 16, MOST_WIDTH = 100, LEAST_BAR = 10, LINE_SIZE = 512 };

static const double bar_interval_s = 0.1;

struct rpi_display {
    FILE *stream;
    bool terminal;
    double interval_s;
    bool (*sample)(void *argument, rpi_display_sample *out);
    void *argument;
    pthread_t thread;
    bool bar_shown;        /* used by the display's thread alone */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool stopping;
    unsigned n_finished;
    rpi_display_sample finished[MOST_FINISHED];
};

/* ---- text ---- */

static void format_time(double seconds, char *text, size_t size)
{
    if (seconds < 60) rpi_snprintf(text, size, "%.1f s", seconds);
    else if (seconds < 3600) snprintf(text, size, "%d:%02d min", (int)seconds / 60, (int)seconds % 60);
    else if (seconds < 1e8) snprintf(text, size, "%ld:%02ld h", (long)seconds / 3600, (long)seconds % 3600 / 60);
    else snprintf(text, size, "years");
}

static void format_bar(double share, int width, char *text)
{
    int full = (int)(share * width + 0.5);
    text[0] = '[';
    for (int i = 0; i < width; i++) text[1 + i] = i < full ? '#' : '.';
    text[1 + width] = ']';
    text[2 + width] = ' ';
    text[3 + width] = '\0';
}

static void format_numbers(const rpi_display_sample *sample, char *text, size_t size)
{
    bool known = sample->total != UINT64_MAX;
    double rate = sample->elapsed_s > 0 ? (double)sample->completed / sample->elapsed_s : 0;
    char total[40] = "", left[40] = "", failed[40] = "", elapsed[24];
    if (known) snprintf(total, sizeof total, " of %llu", (unsigned long long)sample->total);
    if (known && sample->completed < sample->total && rate > 0) {
        char time[24];
        format_time((double)(sample->total - sample->completed) / rate, time, sizeof time);
        snprintf(left, sizeof left, ", %s left", time);
    }
    if (sample->failed) snprintf(failed, sizeof failed, ", %llu failed", (unsigned long long)sample->failed);
    format_time(sample->elapsed_s, elapsed, sizeof elapsed);
    rpi_snprintf(text, size, "%llu%s, %s, %.4g/s%s%s", (unsigned long long)sample->completed, total, elapsed, rate, left, failed);
}

void rpi_display_format(const rpi_display_sample *sample, int width, char *line, size_t size)
{
    bool known = sample->total != UINT64_MAX && sample->total > 0;
    double share = known ? (double)sample->completed / (double)sample->total : 0;
    if (share > 1) share = 1;
    int percent = known && sample->completed < sample->total ? (int)(100.0L * sample->completed / sample->total) : 100;
    char numbers[240], head[96], bar[MOST_WIDTH + 4] = "";
    format_numbers(sample, numbers, sizeof numbers);
    if (known) snprintf(head, sizeof head, "%s: %3d %% ", sample->name, percent);
    else snprintf(head, sizeof head, "%s: ", sample->name);
    int room = width - (int)(strlen(head) + strlen(numbers)) - 4;
    if (known && room >= LEAST_BAR) format_bar(share, room < MOST_WIDTH ? room : MOST_WIDTH, bar);
    snprintf(line, size, "%s%s%s", head, bar, numbers);
}

/* ---- drawing ---- */

static int terminal_width(const rpi_display *self)
{
    struct winsize size;
    if (ioctl(fileno(self->stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col < MOST_WIDTH ? size.ws_col : MOST_WIDTH;
}

static void draw(rpi_display *self, const rpi_display_sample *sample, bool last)
{
    char line[LINE_SIZE];
    rpi_display_format(sample, self->terminal ? terminal_width(self) : 0, line, sizeof line);
    if (self->terminal) fprintf(self->stream, "\r\033[K%s%s", line, last ? "\n" : "");
    else fprintf(self->stream, "%s\n", line);
    fflush(self->stream);
    self->bar_shown = self->terminal && !last;
}

/* With the mutex held. Releases it while it draws. */
static void draw_finished(rpi_display *self)
{
    while (self->n_finished > 0) {
        rpi_display_sample sample = self->finished[0];
        self->n_finished--;
        memmove(&self->finished[0], &self->finished[1], self->n_finished * sizeof sample);
        pthread_mutex_unlock(&self->mutex);
        draw(self, &sample, true);
        pthread_mutex_lock(&self->mutex);
    }
}

static void *run(void *argument)
{
    rpi_display *self = argument;
    double interval_s = self->terminal ? bar_interval_s : self->interval_s;
    pthread_mutex_lock(&self->mutex);
    while (!self->stopping) {
        bool woken = rpi_cond_wait_until(&self->changed, &self->mutex, rpi_deadline_ns(interval_s));
        draw_finished(self);
        if (woken || self->stopping) continue;
        pthread_mutex_unlock(&self->mutex);
        rpi_display_sample sample;
        if (self->sample(self->argument, &sample)) draw(self, &sample, false);
        pthread_mutex_lock(&self->mutex);
    }
    draw_finished(self);
    pthread_mutex_unlock(&self->mutex);
    if (self->bar_shown) fprintf(self->stream, "\n");
    return NULL;
}

/* ---- life ---- */

rp_status rpi_display_create(FILE *stream, double interval_s, bool (*sample)(void *argument, rpi_display_sample *out), void *argument,
                             rpi_display **progress, rp_error *error)
{
    rpi_display *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->stream = stream;
    self->terminal = isatty(fileno(stream));
    self->interval_s = interval_s;
    self->sample = sample;
    self->argument = argument;
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    int code = rpi_thread_create(&self->thread, 0, run, self);
    if (code) {
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *progress = self;
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
    free(self);
}
