/* exec_live.c: see exec_live.h. */
#include "exec_live.h"

#include <pthread.h>
#include <string.h>

enum { ENOUGH = 1 << 20 }; /* bytes that wait to be written */

static struct {
    pthread_mutex_t mutex; /* guards what follows */
    int64_t index;         /* the first item that isn't finished; -1: nothing is shown */
    text_buffer waiting[EXEC_LIVE_STREAMS];
    uint64_t taken[EXEC_LIVE_STREAMS]; /* bytes, before those that wait */
} live = {.mutex = PTHREAD_MUTEX_INITIALIZER, .index = -1};

void exec_live_begin(int64_t index)
{
    pthread_mutex_lock(&live.mutex);
    live.index = index;
    for (int k = 0; k < EXEC_LIVE_STREAMS; k++) {
        text_buffer_clear(&live.waiting[k]);
        live.taken[k] = 0;
    }
    pthread_mutex_unlock(&live.mutex);
}

int exec_live_wants(int64_t index, uint64_t from[EXEC_LIVE_STREAMS])
{
    pthread_mutex_lock(&live.mutex);
    int is_wanted = live.index == index;
    for (int k = 0; k < EXEC_LIVE_STREAMS; k++) {
        from[k] = live.taken[k] + live.waiting[k].size;
        is_wanted = is_wanted && live.waiting[k].size < ENOUGH && !live.waiting[k].failed;
    }
    pthread_mutex_unlock(&live.mutex);
    return is_wanted;
}

void exec_live_add(int64_t index, const rp_bytes more[EXEC_LIVE_STREAMS])
{
    pthread_mutex_lock(&live.mutex);
    for (int k = 0; k < EXEC_LIVE_STREAMS && live.index == index; k++) text_buffer_add(&live.waiting[k], more[k].data, more[k].size);
    pthread_mutex_unlock(&live.mutex);
}

/* Bytes up to the end of the last line. Without memory for all, what is there isn't what it seems. */
static size_t whole_lines(const text_buffer *from)
{
    const char *end = from->size > 0 && !from->failed ? memrchr(from->data, '\n', from->size) : NULL;
    return end ? (size_t)(end - from->data) + 1 : 0;
}

int exec_live_has(int64_t index)
{
    pthread_mutex_lock(&live.mutex);
    int has = 0;
    for (int k = 0; k < EXEC_LIVE_STREAMS && live.index == index; k++) has = has || whole_lines(&live.waiting[k]) > 0;
    pthread_mutex_unlock(&live.mutex);
    return has;
}

int exec_live_take(int64_t index, int stream, text_buffer *lines)
{
    text_buffer_clear(lines);
    pthread_mutex_lock(&live.mutex);
    text_buffer *from = &live.waiting[stream];
    size_t size = live.index == index ? whole_lines(from) : 0;
    if (size > 0) text_buffer_add(lines, from->data, size);
    if (lines->failed) size = 0;
    if (size > 0) memmove(from->data, from->data + size, from->size - size);
    from->size -= size;
    live.taken[stream] += size;
    pthread_mutex_unlock(&live.mutex);
    return size > 0;
}

uint64_t exec_live_taken(int64_t index, int stream)
{
    pthread_mutex_lock(&live.mutex);
    uint64_t taken = live.index == index ? live.taken[stream] : 0;
    pthread_mutex_unlock(&live.mutex);
    return taken;
}
