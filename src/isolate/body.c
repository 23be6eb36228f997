/* body.c: see body.h. */
#include "isolate/body.h"

#include "base/clock.h"
#include "task/pack.h"

#include <stdlib.h>
#include <string.h>

bool rpi_body_init(rpi_body *body)
{
    const rpi_control *control = body->exchange.control;
    body->batch = rpi_batch_create();
    if (!body->batch) return false;
    rpi_worker_init(&body->worker, NULL, control->rank, control->worker, control->host);
    body->worker.on_client = false;
    return true;
}

void rpi_body_fini(rpi_body *body)
{
    rpi_batch_destroy(body->batch);
    rpi_worker_fini(&body->worker);
    if (body->has_work) rpi_work_fini(&body->work);
    rpi_exchange_fini(&body->exchange);
}

/* ---- the start ---- */

void rpi_body_report(rpi_body *body, rpi_start_state state)
{
    atomic_store(&body->exchange.control->started, state);
    rpi_bell_ring(&body->exchange.control->for_worker);
}

static rp_status run_initializer(rpi_body *body, rp_error *error)
{
    const rpi_control *control = body->exchange.control;
    size_t size = (size_t)control->initializer_size;
    if (size == 0) return RP_OK;
    if (!rpi_segment_reserve(&body->exchange.requests[0], size)) return rpi_error_no_memory(error);
    const char *name = body->exchange.requests[0].base;
    size_t name_size = strnlen(name, size - 1) + 1;
    const rp_initializer *initializer = rp_initializer_find(name);
    if (!initializer) return rp_error_set(error, RP_USAGE, 0, "initializer %s isn't known in child processes", name);
    rp_bytes argument = {name + name_size, size - name_size};
    rp_status status = rpi_worker_start(&body->worker, initializer, argument, error);
    if (status == RP_OK) body->worker.initializer = initializer;
    return status;
}

bool rpi_body_start(rpi_body *body)
{
    rp_error error;
    bool ok = run_initializer(body, &error) == RP_OK;
    rpi_segment *place = &body->exchange.responses[0];
    if (!ok && rpi_segment_reserve(place, sizeof error)) memcpy(place->base, &error, sizeof error);
    rpi_body_report(body, ok ? RPI_START_OK : RPI_START_FAILED);
    return ok;
}

/* ---- requests ---- */

static rp_status take_call(rpi_body *body, const rpi_request *request, const char *from, rp_error *error)
{
    if (request->call_size == 0) return body->has_work ? RP_OK : rp_error_set(error, RP_USAGE, 0, "items came before their call");
    if (body->has_work) rpi_work_fini(&body->work);
    rp_status status = rpi_unpack_call(from, (size_t)request->call_size, &body->work, error);
    body->has_work = status == RP_OK;
    return status;
}

/* Room for the results: in the shared memory, or, for emitted ones, in an array that is packed at the end. */
static bool make_room(rpi_body *body, rpi_segment *response, uint64_t count)
{
    const rp_task *task = body->work.task;
    if (task->result_type == RP_TYPE_BYTES) return (body->batch->results = calloc(count ? count : 1, sizeof(rp_bytes)));
    if (!rpi_segment_reserve(response, (size_t)count * task->result_size)) return false;
    body->batch->results = response->base;
    return true;
}

static rp_status take_items(rpi_body *body, const rpi_request *request, unsigned turn, rp_error *error)
{
    rpi_segment *segment = &body->exchange.requests[turn];
    size_t end = (size_t)(request->items_at + request->items_size);
    if (!rpi_segment_reserve(segment, end ? end : 1)) return rpi_error_no_memory(error);
    rp_status status = take_call(body, request, segment->base, error);
    if (status != RP_OK) return status;
    rpi_batch *batch = body->batch;
    rpi_batch_reset(batch, &body->work, 0, request->count);
    batch->first = request->first;
    batch->attempt = (unsigned)request->attempt;
    if (!rpi_unpack_items(segment->base + request->items_at, (size_t)request->items_size, request->count, batch))
        return rp_error_set(error, RP_SYSTEM, 0, "the items of task %s didn't arrive whole", body->work.task->name);
    return make_room(body, &body->exchange.responses[turn], request->count) ? RP_OK : rpi_error_no_memory(error);
}

/* Until the first failure, or the limit. Returns how many items are finished. */
static uint64_t run_items(rpi_body *body, rpi_request *request)
{
    const rpi_batch *batch = body->batch;
    const _Atomic uint32_t *abandoned = &body->exchange.control->abandoned;
    uint64_t i = 0;
    atomic_store_explicit(&body->work.n_failed, 0, memory_order_relaxed);
    while (i < batch->count && batch->first + i < atomic_load_explicit(&request->limit, memory_order_relaxed)) {
        uint64_t now = rpi_now_ns();
        atomic_store_explicit(&request->began_ns, now, memory_order_relaxed);
        atomic_store(&request->at, i);
        if (atomic_load(abandoned)) return i;
        rpi_worker_run_item(&body->worker, i++, now);
        if (atomic_load_explicit(&batch->failures, memory_order_relaxed) || batch->status != RP_OK) break;
    }
    return i;
}

/* The failure that ended the request, or why it couldn't begin: told with the results. */
static bool pack_outcome(rpi_body *body, rpi_request *request, unsigned turn)
{
    rpi_segment *response = &body->exchange.responses[turn];
    const rpi_failure *failures = atomic_load(&body->batch->failures);
    if (!failures && atomic_load(&body->work.n_failed)) return false; /* there was no memory for the record */
    bool emitted = body->work.task->result_type == RP_TYPE_BYTES;
    body->batch->count = request->n_done;
    size_t size = emitted ? rpi_pack_emitted_size(body->batch) : (size_t)request->n_done * body->work.task->result_size;
    size_t failures_size = rpi_pack_failures_size(failures, &request->n_failures), at = rpi_pack_align(size);
    if (!rpi_segment_reserve(response, at + failures_size + 1)) return false;
    if (emitted) rpi_pack_emitted(response->base, body->batch);
    rpi_pack_failures(response->base + at, failures);
    request->results_size = size;
    request->failures_at = at;
    request->failures_size = failures_size;
    return true;
}

static void drop_emitted(rpi_body *body, uint64_t count)
{
    if (!body->has_work || body->work.task->result_type != RP_TYPE_BYTES || !body->batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)body->batch->results, (size_t)count);
    free(body->batch->results);
    body->batch->results = NULL;
}

static void run_request(rpi_body *body, unsigned turn)
{
    rpi_request *request = &body->exchange.control->requests[turn];
    rp_error error;
    body->batch->results = NULL;
    rp_status status = take_items(body, request, turn, &error);
    request->n_done = request->busy_ns = 0;
    if (status == RP_OK) {
        uint64_t count = body->batch->count, began = rpi_now_ns();
        rpi_worker_enter_batch(&body->worker, body->batch);
        request->n_done = run_items(body, request);
        rpi_worker_enter_batch(&body->worker, NULL);
        request->ended_ns = rpi_now_ns();
        request->busy_ns = request->ended_ns - began;
        bool recorded = body->batch->status == RP_OK; /* an item that failed without a record mustn't pass for a result */
        if (!recorded || !pack_outcome(body, request, turn)) status = rpi_error_no_memory(&error);
        drop_emitted(body, count);
    }
    rpi_segment *response = &body->exchange.responses[turn];
    if (status != RP_OK && rpi_segment_reserve(response, sizeof error)) memcpy(response->base, &error, sizeof error);
    request->status = status;
    if (atomic_load(&body->exchange.control->abandoned)) return;
    atomic_store(&request->state, RPI_REQUEST_DONE);
    rpi_bell_ring(&body->exchange.control->for_worker);
}

/* The next request; false: there will be none. */
static bool wait_for_request(rpi_body *body)
{
    rpi_control *control = body->exchange.control;
    for (;;) {
        uint32_t seen = rpi_bell_count(&control->for_body);
        if (atomic_load(&control->abandoned)) return false;
        if (atomic_load(&control->requests[body->turn].state) == RPI_REQUEST_POSTED) return true;
        if (atomic_load(&control->closing)) return false;
        rpi_bell_wait(&control->for_body, seen, RPI_NEVER);
    }
}

void rpi_body_serve(rpi_body *body)
{
    while (wait_for_request(body)) {
        run_request(body, body->turn);
        body->turn = (body->turn + 1) % RPI_REQUESTS;
    }
}
