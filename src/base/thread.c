/* thread.c: see thread.h. */
#include "base/thread.h"

#include "base/affinity.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- stacks ---- */

static const uint64_t usual_size = 8 << 20, unit_size = 64 << 10, most_size = (uint64_t)1 << 40;

/* A size as OpenMP reads it: a number, perhaps a unit B, K, M or G; without one, in K. Blanks may stand around both. */
static uint64_t read_size(const char *text)
{
    static const char units[] = "bkmg";
    char *end;
    const char *at = text + strspn(text, " \t\n");
    if (*at < '0' || *at > '9') return 0;
    errno = 0;
    unsigned long long number = strtoull(at, &end, 10);
    end += strspn(end, " \t\n");
    const char *unit = *end ? strchr(units, *end | ' ') : units + 1;
    if (*end) end++;
    end += strspn(end, " \t\n");
    if (errno || !unit || *end) return 0;
    unsigned shift = (unsigned)(unit - units) * 10;
    return number <= most_size >> shift ? number << shift : 0;
}

/* The variable that counts. NULL: none is set. */
static const char *openmp_variable(const char **name)
{
    static const char *const names[] = {"OMP_STACKSIZE", "GOMP_STACKSIZE"};
    for (size_t k = 0; k < 2; k++) {
        const char *text = getenv(*name = names[k]);
        if (text && *text) return text;
    }
    return NULL;
}

uint64_t rpi_thread_stack_of_openmp(void)
{
    const char *name, *text = openmp_variable(&name);
    uint64_t size = text ? read_size(text) : 0;
    return size >= (uint64_t)PTHREAD_STACK_MIN ? size : 0;
}

bool rpi_thread_stack_doubt(char *text, size_t size)
{
    const char *name, *value = openmp_variable(&name);
    if (!value || rpi_thread_stack_of_openmp()) return false;
    snprintf(text, size, "%s is \"%.80s\" and is ignored; it must be a size such as 64M", name, value);
    return true;
}

uint64_t rpi_thread_stack_size(uint64_t wanted)
{
    struct rlimit limit;
    uint64_t size = rpi_thread_stack_of_openmp();
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur > size) size = limit.rlim_cur;
    if (size < usual_size) size = usual_size;
    if (wanted) size = wanted;
    if (size > most_size) size = most_size;
    return (size + unit_size - 1) / unit_size * unit_size;
}

/* Asked once a thread, as for the first one a file is read. What the kernel and the C library keep of a stack doesn't count. */
bool rpi_thread_has_stack(uint64_t size)
{
    static _Thread_local size_t here;
    pthread_attr_t attributes;
    if (here == 0) {
        here = SIZE_MAX;
        if (pthread_getattr_np(pthread_self(), &attributes)) return true;
        (void)pthread_attr_getstacksize(&attributes, &here);
        pthread_attr_destroy(&attributes);
    }
    return here >= size - size / 8;
}

/* ---- making threads ---- */

/* Cores are set before the thread runs, where the C library can; else by the thread's maker. */
#ifdef __GLIBC__
static int set_cores(pthread_attr_t *attributes, rpi_core_mask *cores)
{
    return pthread_attr_setaffinity_np(attributes, sizeof *cores, rpi_core_mask_set(cores));
}
static int move(pthread_t thread, rpi_core_mask *cores)
{
    (void)thread, (void)cores;
    return 0;
}
#else
static int set_cores(pthread_attr_t *attributes, rpi_core_mask *cores)
{
    (void)attributes, (void)cores;
    return 0;
}
static int move(pthread_t thread, rpi_core_mask *cores) { return pthread_setaffinity_np(thread, sizeof *cores, rpi_core_mask_set(cores)); }
#endif

static int create(pthread_t *thread, uint64_t stack_size, rpi_core_mask *cores, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code) return code;
    code = pthread_attr_setstacksize(&attributes, (size_t)rpi_thread_stack_size(stack_size));
    if (!code && cores) code = set_cores(&attributes, cores);
    if (!code) code = pthread_create(thread, &attributes, run, argument);
    if (!code && cores) (void)move(*thread, cores);
    pthread_attr_destroy(&attributes);
    return code;
}

int rpi_thread_create_here(pthread_t *thread, uint64_t stack_size, void *(*run)(void *), void *argument)
{
    return create(thread, stack_size, NULL, run, argument);
}

/* Cores may have gone since OpenMP looked. Then the thread gets those of its maker. */
int rpi_thread_create(pthread_t *thread, uint64_t stack_size, void *(*run)(void *), void *argument)
{
    rpi_core_mask cores;
    bool is_own = true, is_given = rpi_affinity_get(&cores, &is_own) && !is_own;
    int code = create(thread, stack_size, is_given ? &cores : NULL, run, argument);
    if (code == EINVAL && is_given) code = create(thread, stack_size, NULL, run, argument);
    return code;
}

static void *wait_for_lock(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* The lock, which is held meanwhile, keeps those that were made from ending before the last one is. */
unsigned rpi_thread_try(unsigned n, uint64_t stack_size, int *code)
{
    pthread_mutex_t all_there = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = calloc(n + 1, sizeof *threads);
    unsigned made = 0;
    *code = threads ? 0 : ENOMEM;
    pthread_mutex_lock(&all_there);
    while (made < n && !*code) {
        *code = create(&threads[made], stack_size, NULL, wait_for_lock, &all_there);
        if (!*code) made++;
    }
    pthread_mutex_unlock(&all_there);
    for (unsigned k = 0; k < made; k++) pthread_join(threads[k], NULL);
    free(threads);
    pthread_mutex_destroy(&all_there);
    return made;
}

/* The default of all threads is one for the process, so is what it was before. */
static struct {
    pthread_mutex_t mutex; /* held from begin to end */
    pthread_attr_t before;
    bool is_changed;
} process = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void rpi_thread_default_begin(uint64_t size)
{
    pthread_attr_t wanted;
    pthread_mutex_lock(&process.mutex);
    process.is_changed = pthread_getattr_default_np(&process.before) == 0;
    if (!process.is_changed || pthread_attr_init(&wanted)) return;
    (void)pthread_attr_setstacksize(&wanted, (size_t)size);
    (void)pthread_setattr_default_np(&wanted);
    pthread_attr_destroy(&wanted);
}

void rpi_thread_default_end(void)
{
    if (process.is_changed) {
        (void)pthread_setattr_default_np(&process.before);
        pthread_attr_destroy(&process.before);
    }
    pthread_mutex_unlock(&process.mutex);
}

/* ---- threads that user code ends ---- */

static void come_back(void *to) { longjmp(*(jmp_buf *)to, 1); }

/* On pthread_exit the C library unwinds the stack to the frame that has the handler, and calls the handler there. So the jump leaves no
 * frame but those. The thread then still counts as one that is about to exit, but only cancellation and setuid care. */
bool rpi_thread_guard(void (*call)(void *), void *argument)
{
    jmp_buf here;
    volatile bool has_returned = false;
    pthread_cleanup_push(come_back, &here);
    if (!setjmp(here)) {
        call(argument);
        has_returned = true;
    }
    pthread_cleanup_pop(0);
    return has_returned;
}
