/* sandbox_server.c: see sandbox_server.h. */
#include "isolate/sandbox_server.h"

#include "base/clock.h"
#include "base/thread.h"
#include "task/pack.h"

#include <stdlib.h>
#include <string.h>

bool rpi_sandbox_server_init(rpi_sandbox_server *server)
{
    const rpi_control *control = server->mailbox.control;
    server->batch = rpi_batch_create();
    if (!server->batch) return false;
    rpi_context_init(&server->context, control->rank, control->worker, control->host);
    return true;
}

void rpi_sandbox_server_fini(rpi_sandbox_server *server)
{
    rpi_batch_destroy(server->batch);
    rpi_context_fini(&server->context);
    if (server->has_work) rpi_work_fini(&server->work);
    rpi_mailbox_fini(&server->mailbox);
}

/* ---- the start ---- */

void rpi_sandbox_server_report(rpi_sandbox_server *server, rpi_start_state state)
{
    atomic_store(&server->mailbox.control->started, state);
    rpi_event_signal(&server->mailbox.control->for_worker);
}

static rp_status run_initializer(rpi_sandbox_server *server, rp_error *error)
{
    const rpi_control *control = server->mailbox.control;
    size_t size = (size_t)control->initializer_size;
    if (size == 0) return RP_OK;
    if (!rpi_segment_reserve(&server->mailbox.requests[0], size)) return rpi_error_no_memory(error);
    const char *name = server->mailbox.requests[0].base;
    size_t name_size = strnlen(name, size - 1) + 1;
    const rp_initializer *initializer = rp_initializer_find(name);
    if (!initializer) return rp_error_set(error, RP_USAGE, 0, "initializer %s isn't known in child processes", name);
    rp_bytes argument = {name + name_size, size - name_size};
    return rpi_context_start(&server->context, initializer, argument, error);
}

bool rpi_sandbox_server_start(rpi_sandbox_server *server)
{
    rp_error error;
    bool ok = run_initializer(server, &error) == RP_OK;
    rpi_segment *reason = &server->mailbox.responses[0];
    if (!ok && rpi_segment_reserve(reason, sizeof error)) memcpy(reason->base, &error, sizeof error);
    rpi_sandbox_server_report(server, ok ? RPI_START_OK : RPI_START_FAILED);
    return ok;
}

/* ---- requests ---- */

static rp_status take_call(rpi_sandbox_server *server, const rpi_request *request, const char *from, rp_error *error)
{
    if (request->call_size == 0) return server->has_work ? RP_OK : rp_error_set(error, RP_USAGE, 0, "items came before their call");
    if (server->has_work) rpi_work_fini(&server->work);
    rp_status status = rpi_unpack_call(from, (size_t)request->call_size, &server->work, error);
    server->has_work = status == RP_OK;
    return status;
}

/* Makes room for the results in the shared memory; for emitted results, in an array that is packed at the end. */
static bool make_room(rpi_sandbox_server *server, rpi_segment *response, uint64_t count)
{
    const rp_task *task = server->work.task;
    if (task->result_type == RP_TYPE_BYTES) return (server->batch->results = calloc(count ? count : 1, sizeof(rp_bytes)));
    if (!rpi_segment_reserve(response, (size_t)count * task->result_size)) return false;
    server->batch->results = response->base;
    return true;
}

static rp_status take_items(rpi_sandbox_server *server, const rpi_request *request, unsigned turn, rp_error *error)
{
    rpi_segment *segment = &server->mailbox.requests[turn];
    size_t end = (size_t)(request->items_at + request->items_size);
    if (!rpi_segment_reserve(segment, end ? end : 1)) return rpi_error_no_memory(error);
    rp_status status = take_call(server, request, segment->base, error);
    if (status != RP_OK) return status;
    rpi_batch *batch = server->batch;
    rpi_batch_reset(batch, &server->work, 0, request->count);
    batch->first = request->first;
    batch->attempt = (unsigned)request->attempt;
    if (!rpi_unpack_items(segment->base + request->items_at, (size_t)request->items_size, request->count, batch))
        return rp_error_set(error, RP_SYSTEM, 0, "the items of task %s didn't arrive whole", server->work.task->name);
    return make_room(server, &server->mailbox.responses[turn], request->count) ? RP_OK : rpi_error_no_memory(error);
}

typedef struct items_run {
    rpi_sandbox_server *server;
    rpi_request *request;
    uint64_t n; /* items that have begun */
} items_run;

static void run_each(void *argument)
{
    items_run *run = argument;
    rpi_sandbox_server *server = run->server;
    const rpi_batch *batch = server->batch;
    const _Atomic uint32_t *abandoned = &server->mailbox.control->abandoned;
    while (run->n < batch->count && batch->first + run->n < atomic_load_explicit(&run->request->cutoff, memory_order_relaxed)) {
        uint64_t now = rpi_now_ns(), item = run->n;
        atomic_store_explicit(&run->request->began_ns, now, memory_order_relaxed);
        atomic_store(&run->request->at, item);
        if (atomic_load(abandoned)) return;
        run->n++;
        rpi_context_run_item(&server->context, item, now);
        if (atomic_load_explicit(&batch->failures, memory_order_relaxed) || batch->status != RP_OK) break;
    }
}

/* Runs items until the first failure or the cutoff. Returns how many are finished. */
static uint64_t run_items(rpi_sandbox_server *server, rpi_request *request)
{
    items_run run = {server, request, 0};
    atomic_store_explicit(&server->work.n_failed, 0, memory_order_relaxed);
    if (!rpi_thread_guard(run_each, &run)) (void)rpi_context_take_exit(&server->context);
    return run.n;
}

/* Packs the failure that ended the request behind its results. False: no memory. */
static bool pack_outcome(rpi_sandbox_server *server, rpi_request *request, unsigned turn)
{
    rpi_segment *response = &server->mailbox.responses[turn];
    const rpi_failure *failures = atomic_load(&server->batch->failures);
    if (!failures && atomic_load(&server->work.n_failed)) return false; /* an item failed, but no memory for its record */
    bool emitted = server->work.task->result_type == RP_TYPE_BYTES;
    server->batch->count = request->n_done;
    size_t size = emitted ? rpi_pack_emitted_size(server->batch) : (size_t)request->n_done * server->work.task->result_size;
    size_t failures_size = rpi_pack_failures_size(failures, &request->n_failures), at = rpi_pack_align(size);
    if (!rpi_segment_reserve(response, at + failures_size + 1)) return false;
    if (emitted) rpi_pack_emitted(response->base, server->batch);
    rpi_pack_failures(response->base + at, failures);
    request->results_size = size;
    request->failures_at = at;
    request->failures_size = failures_size;
    return true;
}

static void drop_emitted(rpi_sandbox_server *server, uint64_t count)
{
    if (!server->has_work || server->work.task->result_type != RP_TYPE_BYTES || !server->batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)server->batch->results, (size_t)count);
    free(server->batch->results);
    server->batch->results = NULL;
}

static void run_request(rpi_sandbox_server *server, unsigned turn)
{
    rpi_request *request = &server->mailbox.control->requests[turn];
    rp_error error;
    server->batch->results = NULL;
    rp_status status = take_items(server, request, turn, &error);
    request->n_done = request->busy_ns = 0;
    if (status == RP_OK) {
        uint64_t count = server->batch->count, began = rpi_now_ns();
        rpi_context_enter_batch(&server->context, server->batch);
        request->n_done = run_items(server, request);
        rpi_context_enter_batch(&server->context, NULL);
        request->ended_ns = rpi_now_ns();
        request->busy_ns = request->ended_ns - began;
        bool recorded = server->batch->status == RP_OK; /* false: an item failed without a record */
        if (!recorded || !pack_outcome(server, request, turn)) status = rpi_error_no_memory(&error);
        drop_emitted(server, count);
    }
    rpi_segment *response = &server->mailbox.responses[turn];
    if (status != RP_OK && rpi_segment_reserve(response, sizeof error)) memcpy(response->base, &error, sizeof error);
    request->status = status;
    if (atomic_load(&server->mailbox.control->abandoned)) return;
    atomic_store(&request->state, RPI_REQUEST_DONE);
    rpi_event_signal(&server->mailbox.control->for_worker);
}

/* Waits for the next request. False: none will come. */
static bool wait_for_request(rpi_sandbox_server *server)
{
    rpi_control *control = server->mailbox.control;
    for (;;) {
        uint32_t seen = rpi_event_count(&control->for_sandbox);
        if (atomic_load(&control->abandoned)) return false;
        if (atomic_load(&control->requests[server->turn].state) == RPI_REQUEST_POSTED) return true;
        if (atomic_load(&control->closing)) return false;
        rpi_event_wait(&control->for_sandbox, seen, RPI_NEVER);
    }
}

void rpi_sandbox_server_serve(rpi_sandbox_server *server)
{
    while (wait_for_request(server)) {
        run_request(server, server->turn);
        server->turn = (server->turn + 1) % RPI_REQUESTS;
    }
}
