/*
 * openmp.c: the threads of an OpenMP team. One parallel region lasts as long as the pool. So a worker goes from one chunk to the next with
 * no barrier between them, and OMP_PLACES and OMP_PROC_BIND bind the threads. A thread of the library opens the region, so that neither the
 * client nor the progress thread is caught in it.
 *
 * GNU's OpenMP calls exit when it gets no thread. So as many are tried before it is asked; if they can't be made, the team is told so.
 */
#include "worker/openmp.h"

#include "base/nested.h"
#include "base/places.h"
#include "base/thread.h"
#include "worker/team_work.h"

#include <omp.h>
#include <stdlib.h>

typedef struct threads {
    pthread_t host;
    rpi_team *team;
    unsigned n_workers;
} threads;

/* ---- stacks ---- */

/* Of LLVM's OpenMP alone. Its threads have a size of its own, which can be set until its first region. */
void kmp_set_stacksize_s(size_t size) __attribute__((weak));
size_t kmp_get_stacksize_s(void) __attribute__((weak));

static bool is_llvms(void) { return kmp_set_stacksize_s && kmp_get_stacksize_s; }

/* The stack of the threads that OpenMP makes, where it doesn't follow the process's default. 0: it does. GNU's has read OMP_STACKSIZE
 * before main; without it they get the default, which is set while the region begins. */
static uint64_t fixed_stack_size(void) { return is_llvms() ? kmp_get_stacksize_s() : rpi_thread_stack_of_openmp(); }

static uint64_t stack_size(const threads *self)
{
    uint64_t fixed = fixed_stack_size();
    return fixed ? fixed : rpi_thread_stack_size(rpi_team_stack_size(self->team));
}

static rp_status check_stacks(rpi_team *team, rp_error *error)
{
    uint64_t wanted = rpi_team_stack_size(team);
    if (is_llvms() && !rpi_thread_stack_of_openmp()) kmp_set_stacksize_s((size_t)rpi_thread_stack_size(wanted));
    uint64_t fixed = fixed_stack_size();
    if (!fixed || !wanted || fixed >= wanted) return RP_OK;
    const char *why =
        rpi_thread_stack_of_openmp() ? "OMP_STACKSIZE gives OpenMP's threads" : "OpenMP's threads had from their first pool on";
    return rp_error_set(error, RP_UNSUPPORTED, 0, "stack_size is %llu KiB, but %s %llu KiB: use the executor pthread%s",
                        (unsigned long long)(wanted >> 10), why, (unsigned long long)(fixed >> 10),
                        rpi_thread_stack_of_openmp() ? ", or unset it" : "");
}

/* ---- the region ---- */

/* OMP_MAX_ACTIVE_LEVELS may forbid even the region of the workers. A task's own region is the second level. */
static void allow_levels(void)
{
    bool is_said = getenv("OMP_MAX_ACTIVE_LEVELS") || getenv("OMP_NESTED");
    int least = is_said ? 1 : 2;
    if (omp_get_max_active_levels() < least) omp_set_max_active_levels(least);
}

/* All threads of the region are there when its body begins. */
static void work(const threads *self)
{
    unsigned index = (unsigned)omp_get_thread_num(), got = (unsigned)omp_get_num_threads();
    if (index == 0) {
        rpi_thread_default_end();
        if (got < self->n_workers) rpi_team_miss(self->team, got, 0, "OpenMP gives no more (see OMP_THREAD_LIMIT)");
    }
    rpi_team_work(self->team, index);
}

static void *run_region(void *argument)
{
    const threads *self = argument;
    int code;
    unsigned possible = 1 + rpi_thread_try(self->n_workers - 1, stack_size(self), &code);
    omp_set_dynamic(0);
    allow_levels();
    if (possible < self->n_workers) {
        rpi_team_miss(self->team, 0, code, NULL);
        return NULL;
    }
    rpi_thread_default_begin(stack_size(self));
#pragma omp parallel num_threads((int)self->n_workers)
    work(self);
    rpi_nested_end();
    return NULL;
}

static rp_status start_threads(rpi_team *team, unsigned n_workers, void **state, rp_error *error)
{
    rp_status status = check_stacks(team, error);
    if (status != RP_OK) return status;
    threads *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->team = team;
    self->n_workers = n_workers;
    int code = rpi_thread_create(&self->host, rpi_team_stack_size(team), run_region, self);
    if (code) {
        free(self);
        return rpi_team_refused(team, code, error);
    }
    *state = self;
    return RP_OK;
}

static void join_threads(void *state)
{
    threads *self = state;
    pthread_join(self->host, NULL);
    free(self);
}

const rpi_threads_ops rpi_threads_openmp = {"openmp", start_threads, join_threads};

int rpi_openmp_version(void) { return _OPENMP; }

/* ---- what else is asked of OpenMP ---- */

static unsigned set_nested(unsigned n_threads)
{
    unsigned before = (unsigned)omp_get_max_threads();
    if (n_threads) omp_set_num_threads((int)n_threads);
    return before;
}

/* LLVM's OpenMP binds a thread that it sees for the first time. */
unsigned rpi_nested_set(unsigned n_threads)
{
    static _Thread_local bool is_known;
    cpu_set_t cores;
    bool keeps = is_llvms() && !is_known && sched_getaffinity(0, sizeof cores, &cores) == 0;
    unsigned before = set_nested(n_threads);
    if (keeps) (void)sched_setaffinity(0, sizeof cores, &cores);
    is_known = true;
    return before;
}

/* To pause LLVM's would end the threads of other pools. */
void rpi_nested_end(void)
{
    if (!is_llvms()) (void)omp_pause_resource_all(omp_pause_hard);
}

enum { USUAL_PLACE = 1024 }; /* cores; no memory is needed for those of a usual place */

static void add_place(int place, cpu_set_t *cores, size_t size)
{
    int n = omp_get_place_num_procs(place), usual[USUAL_PLACE], *numbers = n <= USUAL_PLACE ? usual : calloc((size_t)n, sizeof *numbers);
    if (numbers && n > 0) omp_get_place_proc_ids(place, numbers);
    for (int k = 0; numbers && k < n; k++) CPU_SET_S((size_t)numbers[k], size, cores);
    if (numbers != usual) free(numbers);
}

bool rpi_places_cores(cpu_set_t *cores, size_t size)
{
    int n_places = omp_get_proc_bind() == omp_proc_bind_false ? 0 : omp_get_num_places();
    CPU_ZERO_S(size, cores);
    for (int place = 0; place < n_places; place++) add_place(place, cores, size);
    return CPU_COUNT_S(size, cores) > 0;
}
