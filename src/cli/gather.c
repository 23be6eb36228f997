/* gather.c: copies results to their entries in the array. Entries without a result stay zero, and the count shows that. */
#include "gather.h"
#include "values.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

rp_status gather_init(gather *made, const rp_task *task, uint64_t n_items, rp_error *error)
{
    *made = (gather){.task = task, .n_items = n_items, .failed = -1};
    made->results = calloc(n_items + 1, task->result_size);
    return made->results ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the results");
}

static int is_emitting(const gather *made) { return made->task->result_type == RP_TYPE_BYTES; }

static rp_bytes *bytes_of(const gather *made, uint64_t i) { return (rp_bytes *)(void *)made->results + i; }

void gather_reset(gather *made)
{
    if (!made->results) return;
    for (uint64_t i = 0; is_emitting(made) && i < made->n_items; i++) free((void *)(uintptr_t)bytes_of(made, i)->data);
    memset(made->results, 0, made->n_items * made->task->result_size);
    made->n_done = 0;
    made->failed = -1;
}

void gather_fini(gather *made)
{
    gather_reset(made);
    free(made->results);
    made->results = NULL;
}

static rp_status end_call(gather *made, int64_t index, const rp_error *failure)
{
    made->failed = index;
    made->failure = *failure;
    return RP_FAILED;
}

/* method_sink.deliver */
static rp_status deliver(void *argument, int64_t index, const void *result, const rp_error *failure)
{
    gather *made = argument;
    if (failure) return end_call(made, index, failure);
    made->n_done++;
    size_t size = made->task->result_size;
    memcpy(made->results + (size_t)index * size, result, size);
    if (!is_emitting(made)) return RP_OK;
    rp_bytes *copy = bytes_of(made, (uint64_t)index);
    void *data = malloc(copy->size + 1);
    if (data && copy->size) memcpy(data, copy->data, copy->size);
    copy->data = data;
    if (data) return RP_OK;
    rp_error error;
    rp_error_set(&error, RP_NO_MEMORY, ENOMEM, "no memory for its result");
    return end_call(made, index, &error);
}

method_sink gather_sink(gather *made) { return (method_sink){.deliver = deliver, .argument = made}; }

static int same_bytes(const rp_bytes *a, const rp_bytes *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

/* Compares the fields of two results. A real number beside other fields is left out: it may be a time. */
static int same_fields(const char *a, const char *b, const rp_field *fields)
{
    for (const rp_field *field = fields; field->name; field++) {
        char one[VALUE_TEXT_SIZE], other[VALUE_TEXT_SIZE];
        if (field->type == RP_TYPE_DOUBLE || field->type == RP_TYPE_FLOAT) continue;
        if (field->type == RP_TYPE_BYTES) {
            if (!same_bytes((const void *)(a + field->offset), (const void *)(b + field->offset))) return 0;
            continue;
        }
        if (strcmp(value_print(field->type, a + field->offset, one), value_print(field->type, b + field->offset, other)) != 0) return 0;
    }
    return 1;
}

/* The same for results that a job makes records of. Those that are none are the same if their bytes are. */
static int same_records(rp_bytes a, rp_bytes b, const rp_job *job)
{
    _Alignas(max_align_t) char one[RP_JOB_RECORD_SIZE], other[RP_JOB_RECORD_SIZE];
    int is_record = job->read(a, one);
    if (is_record != job->read(b, other)) return 0;
    return is_record ? same_fields(one, other, job->fields) : same_bytes(&a, &b);
}

static int same_result(const gather *a, const gather *b, uint64_t i, const rp_job *job)
{
    size_t size = a->task->result_size;
    const char *one = a->results + i * size, *other = b->results + i * size;
    if (is_emitting(a) && job->read) return same_records(*bytes_of(a, i), *bytes_of(b, i), job);
    if (is_emitting(a)) return same_bytes(bytes_of(a, i), bytes_of(b, i));
    return job->fields[0].name && job->fields[1].name ? same_fields(one, other, job->fields) : memcmp(one, other, size) == 0;
}

int64_t gather_difference(const gather *a, const gather *b, const rp_job *job)
{
    for (uint64_t i = 0; i < a->n_items; i++)
        if (!same_result(a, b, i, job)) return (int64_t)i;
    return a->n_done == b->n_done ? -1 : (int64_t)(a->n_done < b->n_done ? a->n_done : b->n_done);
}
