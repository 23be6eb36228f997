/* message.c: packing and unpacking bodies by hand: derived MPI types were slower in every case measured. See message.h. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16 };

static size_t align(size_t at) { return (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

rpi_message *rpi_message_create(rpi_message_kind kind, size_t body_size)
{
    rpi_message *message = malloc(sizeof *message + body_size + 1);
    if (!message) return NULL;
    memset(message, 0, sizeof *message);
    message->capacity = body_size;
    message->header.kind = kind;
    message->header.body_size = body_size;
    message->body[body_size] = '\0';
    return message;
}

void rpi_message_free(rpi_message *message) { free(message); }

void rpi_message_free_list(rpi_message *list)
{
    while (list) {
        rpi_message *next = list->next;
        rpi_message_free(list);
        list = next;
    }
}

const char *rpi_message_text(rpi_message *message, size_t at)
{
    message->body[message->capacity] = '\0';
    return at < message->header.body_size ? message->body + at : "";
}

/* ---- arrays of bytes: {size} each, then what they hold; the receiver turns the places into pointers ---- */

static size_t bytes_size(const rp_bytes *items, size_t stride, uint64_t count)
{
    size_t total = 0;
    for (uint64_t i = 0; i < count; i++) total += ((const rp_bytes *)(const void *)((const char *)items + i * stride))->size;
    return (size_t)count * sizeof(rp_bytes) + total;
}

static void pack_bytes(char *to, const rp_bytes *items, size_t stride, uint64_t count)
{
    rp_bytes *table = (rp_bytes *)(void *)to;
    char *data = to + (size_t)count * sizeof *table;
    for (uint64_t i = 0; i < count; i++) {
        const rp_bytes *item = (const rp_bytes *)(const void *)((const char *)items + i * stride);
        table[i] = (rp_bytes){NULL, item->size};
        if (item->size) memcpy(data, item->data, item->size);
        data += item->size;
    }
}

/* Returns how many bytes it took, or 0 when the body is too short for what its table says. */
static size_t unpack_bytes(char *from, size_t available, uint64_t count)
{
    rp_bytes *table = (rp_bytes *)(void *)from;
    size_t at = (size_t)count * sizeof *table;
    if (at > available) return 0;
    for (uint64_t i = 0; i < count; i++) {
        if (table[i].size > available - at) return 0;
        table[i].data = from + at;
        at += table[i].size;
    }
    return at;
}

/* ---- WORK ---- */

static const rp_bytes *bytes_at(const rp_view *view, uint64_t first)
{
    return (const rp_bytes *)(const void *)(view->base + first * view->stride_bytes);
}

static size_t column_size(const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    const rp_task *task = batch->work->task;
    if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) return 0;
    if (task->argument_types[k] != RP_TYPE_BYTES) return (size_t)count * task->argument_sizes[k];
    return bytes_size(bytes_at(&batch->views[k], first), batch->views[k].stride_bytes, count);
}

static void pack_column(char *to, const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    size_t size = batch->work->task->argument_sizes[k], stride = batch->views[k].stride_bytes;
    const char *from = batch->views[k].base + first * stride;
    if (batch->work->task->argument_types[k] == RP_TYPE_BYTES) pack_bytes(to, bytes_at(&batch->views[k], first), stride, count);
    else if (stride == size) memcpy(to, from, (size_t)count * size);
    else
        for (uint64_t i = 0; i < count; i++) memcpy(to + i * size, from + i * stride, size);
}

rpi_message *rpi_message_pack_work(const rpi_batch *batch, uint64_t first, uint64_t count)
{
    int n = batch->work->task->n_arguments;
    size_t size = 0;
    for (int k = 0; k < n; k++) size = align(size) + column_size(batch, k, first, count);
    rpi_message *message = rpi_message_create(RPI_WORK, size);
    if (!message) return NULL;
    message->header.first = batch->first + first;
    message->header.count = count;
    size_t at = 0;
    for (int k = 0; k < n; k++) {
        at = align(at);
        size_t column = column_size(batch, k, first, count);
        if (column) pack_column(message->body + at, batch, k, first, count);
        at += column;
    }
    return message;
}

bool rpi_message_unpack_work(rpi_message *message, rpi_batch *batch)
{
    const rp_task *task = batch->work->task;
    uint64_t count = message->header.count;
    size_t at = 0, end = message->header.body_size;
    for (int k = 0; k < task->n_arguments; k++) {
        at = align(at);
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        if (at > end || count > (end - at) / task->argument_sizes[k]) return false;
        batch->views[k] = (rp_view){message->body + at, task->argument_sizes[k]};
        size_t size = (size_t)count * task->argument_sizes[k];
        if (task->argument_types[k] == RP_TYPE_BYTES) size = unpack_bytes(message->body + at, end - at, count);
        if (count > 0 && size == 0) return false;
        at += size;
    }
    return true;
}

/* ---- CALL: name, then for each argument its column and, for a constant, its value ---- */

static size_t constant_size(const rp_column *column)
{
    if (column->kind != RP_COLUMN_CONSTANT) return 0;
    return column->type == RP_TYPE_BYTES ? ((const rp_bytes *)column->data)->size : column->size;
}

rpi_message *rpi_message_pack_call(const rpi_work *work)
{
    const rp_task *task = work->task;
    size_t size = align(strlen(task->name) + 1);
    for (int k = 0; k < task->n_arguments; k++) size = align(size + sizeof(rp_column) + constant_size(&work->arguments[k]));
    rpi_message *message = rpi_message_create(RPI_CALL, size);
    if (!message) return NULL;
    message->header.call = work->id;
    message->header.status = work->on_error;
    strcpy(message->body, task->name);
    size_t at = align(strlen(task->name) + 1);
    for (int k = 0; k < task->n_arguments; k++) {
        rp_column column = work->arguments[k];
        size_t value = constant_size(&column);
        const void *data = column.type == RP_TYPE_BYTES && value ? ((const rp_bytes *)column.data)->data : column.data;
        column.data = NULL;
        if (column.type == RP_TYPE_BYTES && column.kind == RP_COLUMN_CONSTANT) column.size = value;
        memcpy(message->body + at, &column, sizeof column);
        if (value) memcpy(message->body + at + sizeof column, data, value);
        at = align(at + sizeof column + value);
    }
    return message;
}

static rp_status read_columns(const rpi_message *message, const rp_task *task, rp_column *columns, rp_bytes *bytes)
{
    size_t at = align(strlen(task->name) + 1), end = message->header.body_size;
    for (int k = 0; k < task->n_arguments; k++) {
        if (at > end || end - at < sizeof columns[k]) return RP_USAGE;
        memcpy(&columns[k], message->body + at, sizeof columns[k]);
        const char *value = message->body + at + sizeof columns[k];
        size_t size = columns[k].kind == RP_COLUMN_CONSTANT ? columns[k].size : 0;
        if (size > end - at - sizeof columns[k]) return RP_USAGE;
        columns[k].data = value;
        if (columns[k].type == RP_TYPE_BYTES) {
            bytes[k] = (rp_bytes){value, size};
            columns[k].data = &bytes[k];
            columns[k].size = sizeof(rp_bytes);
        }
        at = align(at + sizeof columns[k] + size);
    }
    return RP_OK;
}

rp_status rpi_message_unpack_call(const rpi_message *message, rpi_work *work, rp_error *error)
{
    rp_column columns[RP_MAX_ARGUMENTS];
    rp_bytes bytes[RP_MAX_ARGUMENTS];
    const rp_task *task = rp_task_find(message->body);
    if (!task) return rp_error_set(error, RP_USAGE, 0, "this rank doesn't know task %s", message->body);
    if (read_columns(message, task, columns, bytes) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "the message about task %s is too short", task->name);
    rp_status status = rpi_work_init(work, task, (rp_columns){0, NULL}, (rp_columns){(size_t)task->n_arguments, columns}, error);
    work->id = message->header.call;
    work->on_error = (rp_on_error)message->header.status;
    return status;
}

/* ---- DONE ---- */

typedef struct packed_failure {
    uint64_t item, message_size;
    int64_t code, rank, worker, attempt;
    double seconds;
    char host[RP_ERROR_HOST_SIZE];
} packed_failure;

rpi_message *rpi_message_create_done(const rpi_work *work, uint64_t count, char **results)
{
    bool emitted = work->task->result_type == RP_TYPE_BYTES;
    size_t size = (size_t)count * work->task->result_size;
    rpi_message *message = rpi_message_create(RPI_DONE, emitted ? 0 : size);
    if (!message) return NULL;
    *results = emitted ? calloc(count ? count : 1, sizeof(rp_bytes)) : message->body;
    if (*results) return message;
    rpi_message_free(message);
    return NULL;
}

void rpi_message_drop_results(const rpi_batch *batch)
{
    if (batch->work->task->result_type != RP_TYPE_BYTES || !batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)batch->results, (size_t)batch->count);
    free(batch->results);
}

static size_t failures_size(const rpi_failure *failure, uint64_t *n)
{
    size_t size = 0;
    for (*n = 0; failure; failure = failure->next, ++*n) size += align(sizeof(packed_failure) + failure->message_size);
    return size;
}

static void pack_failures(char *to, const rpi_failure *failure)
{
    for (; failure; failure = failure->next) {
        packed_failure packed = {failure->item,   failure->message_size, failure->code,    failure->rank,
                                 failure->worker, failure->attempt,      failure->seconds, ""};
        memcpy(packed.host, failure->host, sizeof packed.host);
        memcpy(to, &packed, sizeof packed);
        memcpy(to + sizeof packed, failure->message, failure->message_size);
        to += align(sizeof packed + failure->message_size);
    }
}

/* The message grows only by what isn't known when the parcel starts: emitted results, and failures. */
rpi_message *rpi_message_finish_done(rpi_message *message, rpi_batch *batch)
{
    bool emitted = batch->work->task->result_type == RP_TYPE_BYTES;
    const rpi_failure *failures = atomic_load(&batch->failures);
    const rp_bytes *results = (const rp_bytes *)(const void *)batch->results;
    uint64_t n_failures;
    size_t size = emitted ? bytes_size(results, sizeof *results, batch->count) : message->header.body_size;
    size_t failures_at = align(size), total = failures_at + failures_size(failures, &n_failures);
    if (n_failures == 0) total = size;
    if (total > message->capacity) {
        rpi_message *grown = realloc(message, sizeof *message + total + 1);
        if (!grown) {
            rpi_message_free(message);
            return NULL;
        }
        message = grown;
        message->capacity = total;
    }
    if (emitted) pack_bytes(message->body, results, sizeof *results, batch->count);
    pack_failures(message->body + failures_at, failures);
    message->header.body_size = total;
    message->header.n_failures = n_failures;
    message->header.failures_at = failures_at;
    message->header.count = batch->count;
    return message;
}

static bool take_results(const rpi_message *message, rpi_batch *batch, uint64_t first)
{
    size_t size = batch->work->task->result_size, available = message->header.body_size;
    uint64_t count = message->header.count;
    char *to = batch->results + first * size;
    if (count > available / size) return false;
    if (batch->work->task->result_type != RP_TYPE_BYTES) {
        memcpy(to, message->body, (size_t)count * size);
        return true;
    }
    char *from = (char *)(uintptr_t)message->body;
    if (count > 0 && unpack_bytes(from, available, count) == 0) return false;
    const rp_bytes *items = (const rp_bytes *)(const void *)from;
    rp_bytes *results = (rp_bytes *)(void *)to;
    for (uint64_t i = 0; i < count; i++) {
        if (items[i].size == 0) continue;
        void *copy = malloc(items[i].size);
        if (!copy) return false;
        memcpy(copy, items[i].data, items[i].size);
        results[i] = (rp_bytes){copy, items[i].size};
    }
    return true;
}

static bool take_failures(const rpi_message *message, rpi_batch *batch)
{
    size_t at = message->header.failures_at, end = message->header.body_size;
    for (uint64_t i = 0; i < message->header.n_failures; i++) {
        packed_failure packed;
        if (at > end || end - at < sizeof packed) return false;
        memcpy(&packed, message->body + at, sizeof packed);
        if (packed.message_size > end - at - sizeof packed || packed.item - batch->first >= batch->count) return false;
        rpi_failure *failure = rpi_failure_create(message->body + at + sizeof packed, packed.message_size);
        if (!failure) return false;
        failure->item = packed.item;
        packed.host[sizeof packed.host - 1] = '\0';
        failure->code = (int)packed.code;
        failure->rank = (int)packed.rank;
        failure->worker = (int)packed.worker;
        failure->attempt = (int)packed.attempt;
        failure->seconds = packed.seconds;
        memcpy(failure->host, packed.host, sizeof failure->host);
        rpi_batch_add_failure(batch, failure);
        at += align(sizeof packed + packed.message_size);
    }
    return true;
}

bool rpi_message_unpack_done(const rpi_message *message, rpi_batch *batch, uint64_t first)
{
    return take_results(message, batch, first) && take_failures(message, batch);
}
