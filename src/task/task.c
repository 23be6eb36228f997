/*
 * task.c: the tasks, folds and initializers of this process, by name. This is one of the few mutable file-scope variables of the library:
 * declarations register themselves before main, when no object exists yet that could hold them.
 */
#include "task/registry.h"

#include "task/ready_folds.h"
#include "task/reduction.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    const char *name;
    const void *object;
} entry;

typedef struct table {
    entry *entries;
    size_t n, capacity;
    const char *clash; /* a name that two objects were registered under */
} table;

static table tasks, folds, initializers;

static entry *find(const table *in, const char *name)
{
    for (size_t i = 0; i < in->n; i++)
        if (!strcmp(in->entries[i].name, name)) return &in->entries[i];
    return NULL;
}

static rp_status add(table *to, const char *name, const void *object)
{
    entry *old = find(to, name);
    if (old && old->object == object) return RP_OK;
    if (old) {
        to->clash = name;
        return RP_USAGE;
    }
    if (to->n == to->capacity) {
        size_t capacity = to->capacity ? 2 * to->capacity : 32;
        entry *grown = realloc(to->entries, capacity * sizeof *grown);
        if (!grown) return RP_NO_MEMORY;
        to->entries = grown;
        to->capacity = capacity;
    }
    to->entries[to->n++] = (entry){name, object};
    return RP_OK;
}

/* The size of a value of a type; 0: any. */
static size_t size_of_type(rp_type type)
{
    switch (type) {
    case RP_TYPE_BYTES: return sizeof(rp_bytes);
    case RP_TYPE_STRING: return sizeof(const char *);
    default: return 0;
    }
}

static bool fits(rp_type type, size_t size) { return size > 0 && (size_of_type(type) == 0 || size_of_type(type) == size); }

rp_status rpi_task_check(const rp_task *task, rp_error *error)
{
    if (!task) return rp_error_set(error, RP_USAGE, 0, "the task is NULL; if rp_task_find gave it, no such task is linked (see RP_USE)");
    if (!task->name || !task->kernel) return rp_error_set(error, RP_USAGE, 0, "a task has no name, or no kernel");
    if (task->n_arguments < 0 || task->n_arguments > RP_MAX_ARGUMENTS)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d arguments; there may be 0 to %d", task->name, task->n_arguments,
                            RP_MAX_ARGUMENTS);
    bool sound = task->result_type == RP_TYPE_VOID ? task->result_size == 0 : fits(task->result_type, task->result_size);
    if (!sound || task->result_type == RP_TYPE_STRING)
        return rp_error_set(error, RP_USAGE, 0, "the result of task %s can't be %s of %zu bytes", task->name,
                            rp_type_name(task->result_type), task->result_size);
    for (int k = 0; k < task->n_arguments; k++)
        if (task->argument_types[k] == RP_TYPE_VOID || !fits(task->argument_types[k], task->argument_sizes[k]))
            return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s can't be %s of %zu bytes", k + 1, task->name,
                                rp_type_name(task->argument_types[k]), task->argument_sizes[k]);
    return RP_OK;
}

rp_status rp_task_register(const rp_task *task)
{
    rp_status status = rpi_task_check(task, NULL);
    return status == RP_OK ? add(&tasks, task->name, task) : status;
}

rp_status rp_fold_register(const rp_fold *fold)
{
    rp_status status = rpi_fold_check(fold, NULL);
    if (status == RP_OK && rpi_ready_fold(fold->name)) folds.clash = fold->name;
    return status == RP_OK && !folds.clash ? add(&folds, fold->name, fold) : RP_USAGE;
}

rp_status rp_initializer_register(const rp_initializer *initializer)
{
    if (!initializer || !initializer->name || !initializer->start) return RP_USAGE;
    return add(&initializers, initializer->name, initializer);
}

const rp_task *rp_task_find(const char *name)
{
    const entry *found = name ? find(&tasks, name) : NULL;
    return found ? found->object : NULL;
}

const rp_fold *rp_fold_find(const char *name)
{
    const entry *found = name ? find(&folds, name) : NULL;
    return found ? found->object : name ? rpi_ready_fold(name) : NULL;
}

const rp_initializer *rp_initializer_find(const char *name)
{
    const entry *found = name ? find(&initializers, name) : NULL;
    return found ? found->object : NULL;
}

const char *rpi_registry_clash(void) { return tasks.clash ? tasks.clash : folds.clash ? folds.clash : initializers.clash; }
size_t rpi_registry_n_tasks(void) { return tasks.n; }
const rp_task *rpi_registry_task(size_t k) { return tasks.entries[k].object; }
size_t rpi_registry_n_folds(void) { return folds.n; }
const rp_fold *rpi_registry_fold(size_t k) { return folds.entries[k].object; }
size_t rpi_registry_n_initializers(void) { return initializers.n; }
const rp_initializer *rpi_registry_initializer(size_t k) { return initializers.entries[k].object; }

static const char *const type_names[] = {
    [RP_TYPE_RECORD] = "a record", [RP_TYPE_BOOL] = "bool",     [RP_TYPE_INT8] = "int8",   [RP_TYPE_INT16] = "int16",
    [RP_TYPE_INT32] = "int32",     [RP_TYPE_INT64] = "int64",   [RP_TYPE_UINT8] = "uint8", [RP_TYPE_UINT16] = "uint16",
    [RP_TYPE_UINT32] = "uint32",   [RP_TYPE_UINT64] = "uint64", [RP_TYPE_FLOAT] = "float", [RP_TYPE_DOUBLE] = "double",
    [RP_TYPE_BYTES] = "bytes",     [RP_TYPE_STRING] = "string", [RP_TYPE_VOID] = "void",
};

const char *rp_type_name(rp_type type)
{
    size_t index = (size_t)type;
    return index < sizeof type_names / sizeof type_names[0] ? type_names[index] : "unknown type";
}

void rp_bytes_free(rp_bytes *results, size_t n)
{
    if (!results) return;
    for (size_t i = 0; i < n; i++) {
        free((void *)(uintptr_t)results[i].data);
        results[i] = (rp_bytes){NULL, 0};
    }
}
