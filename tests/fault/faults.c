/* faults.c: see faults.h. */
#include "faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { RANDOM_CHANCE = 8 };

typedef enum thing { MEMORY, THREAD } thing;

static atomic_bool armed, fired;
static faults_kind what; /* these two are set while nothing is armed */
static unsigned from;
static atomic_uint n_asked[2];
static atomic_long live_blocks;

const char *faults_describe(faults_kind kind, unsigned n, char *text)
{
    static const char *const formats[] = {
        [FAULTS_ONE_ALLOCATION] = "allocation %u fails",
        [FAULTS_NO_MORE_MEMORY] = "allocations fail from number %u on",
        [FAULTS_RANDOM_MEMORY] = "allocations fail at random, seed %u",
        [FAULTS_ONE_THREAD] = "thread %u isn't made",
        [FAULTS_NO_MORE_THREADS] = "threads aren't made from number %u on",
    };
    (void)snprintf(text, 64, formats[kind], n);
    return text;
}

void faults_arm(faults_kind kind, unsigned n)
{
    what = kind;
    from = n;
    atomic_store(&fired, false);
    atomic_store(&n_asked[MEMORY], 0);
    atomic_store(&n_asked[THREAD], 0);
    atomic_store(&armed, true);
}

bool faults_fired(void) { return atomic_load(&fired); }

bool faults_disarm(void)
{
    atomic_store(&armed, false);
    return faults_fired();
}

long faults_live_blocks(void) { return atomic_load(&live_blocks); }

/* splitmix64 of the seed and the number: Steele, Lea & Flood, OOPSLA 2014. */
static bool drawn(unsigned seed, unsigned n)
{
    uint64_t z = ((uint64_t)seed << 32 | n) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % RANDOM_CHANCE == 0;
}

static bool fails(thing asked)
{
    if (!atomic_load(&armed)) return false;
    bool of_threads = what == FAULTS_ONE_THREAD || what == FAULTS_NO_MORE_THREADS;
    if (of_threads != (asked == THREAD)) return false;
    unsigned n = 1 + atomic_fetch_add(&n_asked[asked], 1);
    bool one = what == FAULTS_ONE_ALLOCATION || what == FAULTS_ONE_THREAD;
    bool now = what == FAULTS_RANDOM_MEMORY ? drawn(from, n) : one ? n == from : n >= from;
    if (now) atomic_store(&fired, true);
    return now;
}

static bool no_memory(void)
{
    if (!fails(MEMORY)) return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    if (block) atomic_fetch_add(&live_blocks, 1);
    return block;
}

/* ---- in the place of the C library's; the linker knows these names ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
int __real_vasprintf(char **text, const char *format, va_list arguments);
void __real_free(void *block);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void __wrap_free(void *block);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

void *__wrap_malloc(size_t size) { return no_memory() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t n, size_t size) { return no_memory() ? NULL : counted(__real_calloc(n, size)); }
char *__wrap_strdup(const char *text) { return no_memory() ? NULL : counted(__real_strdup(text)); }

void *__wrap_aligned_alloc(size_t alignment, size_t size) { return no_memory() ? NULL : counted(__real_aligned_alloc(alignment, size)); }

void *__wrap_realloc(void *block, size_t size)
{
    if (no_memory()) return NULL;
    return block ? __real_realloc(block, size) : counted(__real_realloc(block, size));
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    if (no_memory()) return -1;
    int length = __real_vasprintf(text, format, arguments);
    if (length >= 0) (void)counted(*text);
    return length;
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

void __wrap_free(void *block)
{
    if (block) atomic_fetch_sub(&live_blocks, 1);
    __real_free(block);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    return fails(THREAD) ? EAGAIN : __real_pthread_create(thread, attributes, start, argument);
}
