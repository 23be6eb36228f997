/*
 * page_pauses.c: see page_pauses.h. The file has records of one size, which are appended and never change. Times are those of the clock
 * that hosts share. What is read may have been written by anybody: a pause is never longer than the worker would wait by itself.
 */
#include "page_pauses.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { NAME_SIZE = 64, MOST_RECORDS = 128 };

static const double look_again_s = 0.1;

typedef struct record {
    uint64_t server;
    double until_s; /* since 1970 */
} record;

static double wall_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static const char *name_of(int64_t id, char name[NAME_SIZE])
{
    (void)snprintf(name, NAME_SIZE, ".rankpool-%016" PRIx64 ".pauses", (uint64_t)id);
    return name;
}

void page_pauses_tell(int directory, int64_t id, uint64_t server, double seconds)
{
    char name[NAME_SIZE];
    const record told = {server, wall_s() + seconds};
    int file = directory < 0 ? -1 : openat(directory, name_of(id, name), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (write(file, &told, sizeof(told)) != (ssize_t)sizeof(told)) (void)ftruncate(file, 0);
    (void)close(file);
}

static void take(const record *told, double now_s, double most_s, page_hosts *hosts)
{
    double left_s = told->until_s - wall_s();
    if (told->server && left_s > 0) page_hosts_pause(hosts, told->server, now_s + (left_s < most_s ? left_s : most_s));
}

static void take_new(page_pauses *self, int file, double now_s, double most_s, page_hosts *hosts)
{
    record told[MOST_RECORDS];
    ssize_t size = pread(file, told, sizeof(told), self->read);
    size_t n = size > 0 ? (size_t)size / sizeof(told[0]) : 0;
    for (size_t i = 0; i < n; i++) take(&told[i], now_s, most_s, hosts);
    self->read += (off_t)(n * sizeof(told[0]));
}

void page_pauses_look(page_pauses *self, int directory, int64_t id, double now_s, double most_s, page_hosts *hosts)
{
    char name[NAME_SIZE];
    if (id != self->id) *self = (page_pauses){.id = id};
    if (directory < 0 || now_s < self->looked_s + look_again_s) return;
    self->looked_s = now_s;
    int file = openat(directory, name_of(id, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    take_new(self, file, now_s, most_s, hosts);
    (void)close(file);
}

void page_pauses_remove(const char *directory, int64_t id)
{
    char name[NAME_SIZE];
    int opened = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return;
    (void)unlinkat(opened, name_of(id, name), 0);
    (void)close(opened);
}
