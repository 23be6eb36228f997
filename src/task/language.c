/* language.c: see rankpool/language.h. The kernel of all such tasks finds the function by the task that its context runs. */
#include <rankpool/language.h>

#include "task/context.h"

#include <stdlib.h>
#include <string.h>

typedef struct range_task {
    rp_task task; /* first */
    rp_range_function *function;
    char name[];
} range_task;

static size_t size_of(rp_type type)
{
    switch (type) {
    case RP_TYPE_BOOL: return sizeof(bool);
    case RP_TYPE_INT8:
    case RP_TYPE_UINT8: return 1;
    case RP_TYPE_INT16:
    case RP_TYPE_UINT16: return 2;
    case RP_TYPE_INT32:
    case RP_TYPE_UINT32: return 4;
    case RP_TYPE_INT64:
    case RP_TYPE_UINT64: return 8;
    case RP_TYPE_FLOAT: return sizeof(float);
    case RP_TYPE_DOUBLE: return sizeof(double);
    default: return 0;
    }
}

/* Calls f(n, pointers…). Functions of all types of numbers take pointers alike. */
static void call(rp_range_function *f, size_t n, int n_pointers, const void *const *p)
{
#define AS(...) ((void (*)(size_t, ##__VA_ARGS__))f)
    typedef const void *V;
    switch (n_pointers) {
    case 0: AS()(n); break;
    case 1: AS(V)(n, p[0]); break;
    case 2: AS(V, V)(n, p[0], p[1]); break;
    case 3: AS(V, V, V)(n, p[0], p[1], p[2]); break;
    case 4: AS(V, V, V, V)(n, p[0], p[1], p[2], p[3]); break;
    case 5: AS(V, V, V, V, V)(n, p[0], p[1], p[2], p[3], p[4]); break;
    case 6: AS(V, V, V, V, V, V)(n, p[0], p[1], p[2], p[3], p[4], p[5]); break;
    case 7: AS(V, V, V, V, V, V, V)(n, p[0], p[1], p[2], p[3], p[4], p[5], p[6]); break;
    case 8: AS(V, V, V, V, V, V, V, V)(n, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]); break;
    default: AS(V, V, V, V, V, V, V, V, V)(n, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]); break;
    }
#undef AS
}

static void run_range(rp_run *run, void *results, const rp_view *views, size_t n)
{
    const rpi_context *context = rpi_context_current();
    const range_task *self = (const range_task *)(const void *)context->batch->work->task;
    const void *pointers[RP_MAX_ARGUMENTS + 1];
    int used = 0;
    run->item = 0;
    if (self->task.result_size > 0) pointers[used++] = results;
    for (int k = 0; k < self->task.n_arguments; k++) pointers[used++] = views[k].base;
    call(self->function, n, used, pointers);
    if (__atomic_load_n(&run->attention, __ATOMIC_RELAXED)) (void)rp_run_next(run);
}

static bool are_numbers(rp_type result, int n, const rp_type *arguments)
{
    if (n < 0 || n > RP_MAX_ARGUMENTS || (n > 0 && !arguments)) return false;
    for (int k = 0; k < n; k++)
        if (size_of(arguments[k]) == 0) return false;
    return result == RP_TYPE_VOID || size_of(result) > 0;
}

/* Whether a task is that function with those types. */
static bool is_same(const rp_task *task, const range_task *other)
{
    return task->kernel == run_range && ((const range_task *)(const void *)task)->function == other->function &&
           task->result_type == other->task.result_type && task->n_arguments == other->task.n_arguments &&
           !memcmp(task->argument_types, other->task.argument_types, sizeof task->argument_types);
}

rp_status rp_task_register_range(const char *name, rp_range_function *function, rp_type result, int n_arguments, const rp_type *arguments)
{
    if (!name || !function || !are_numbers(result, n_arguments, arguments)) return RP_USAGE;
    size_t length = strlen(name) + 1;
    range_task *made = calloc(1, sizeof *made + length);
    if (!made) return RP_NO_MEMORY;
    made->function = function;
    made->task = (rp_task){made->name, run_range, result, size_of(result), RP_TASK_CONTIGUOUS, n_arguments, {0}, {0}};
    memcpy(made->name, name, length);
    for (int k = 0; k < n_arguments; k++) {
        made->task.argument_types[k] = arguments[k];
        made->task.argument_sizes[k] = size_of(arguments[k]);
    }
    const rp_task *old = rp_task_find(name);
    rp_status status = old && is_same(old, made) ? RP_OK : rp_task_register(&made->task);
    if (old || status != RP_OK) free(made);
    return status;
}

int rp_fail_text(int code, const char *text) { return rp_fail(code, "%s", text ? text : "it failed"); }
