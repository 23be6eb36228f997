/*
 * task.c: the tasks and initializers of this process, by name. This is one of the few mutable file-scope variables of the library:
 * declarations register themselves before main, when no object exists yet that could hold them.
 */
#include "task/registry.h"

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

static table tasks, initializers;

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

rp_status rp_task_register(const rp_task *task) { return add(&tasks, task->name, task); }
rp_status rp_initializer_register(const rp_initializer *initializer) { return add(&initializers, initializer->name, initializer); }

const rp_task *rp_task_find(const char *name)
{
    const entry *found = find(&tasks, name);
    return found ? found->object : NULL;
}

const rp_initializer *rp_initializer_find(const char *name)
{
    const entry *found = find(&initializers, name);
    return found ? found->object : NULL;
}

const char *rpi_registry_clash(void) { return tasks.clash ? tasks.clash : initializers.clash; }
size_t rpi_registry_n_tasks(void) { return tasks.n; }
const rp_task *rpi_registry_task(size_t k) { return tasks.entries[k].object; }
size_t rpi_registry_n_initializers(void) { return initializers.n; }
const rp_initializer *rpi_registry_initializer(size_t k) { return initializers.entries[k].object; }

static const char *const type_names[] = {
    [RP_TYPE_RECORD] = "a record", [RP_TYPE_BOOL] = "bool",     [RP_TYPE_INT8] = "int8",   [RP_TYPE_INT16] = "int16",
    [RP_TYPE_INT32] = "int32",     [RP_TYPE_INT64] = "int64",   [RP_TYPE_UINT8] = "uint8", [RP_TYPE_UINT16] = "uint16",
    [RP_TYPE_UINT32] = "uint32",   [RP_TYPE_UINT64] = "uint64", [RP_TYPE_FLOAT] = "float", [RP_TYPE_DOUBLE] = "double",
    [RP_TYPE_BYTES] = "bytes",
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
