/* sandbox_server.c: see sandbox_server.h. What decides how it goes on is in its own memory, or in memory that it can only read. */
#include "isolate/sandbox_server.h"

#include "base/clock.h"
#include "base/size.h"
#include "base/thread.h"
#include "isolate/answer.h"
#include "task/context_start.h"
#include "task/pack_call.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool rpi_sandbox_server_init(rpi_sandbox_server *server)
{
    const rpi_orders *orders = server->mailbox->orders;
    server->next = 1;
    server->batch = rpi_batch_create();
    if (!server->batch) return false;
    rpi_context_init(&server->context, orders->rank, orders->worker, orders->host);
    server->log = rpi_child_log_sink(server->mailbox);
    server->context.log = &server->log;
    return true;
}

void rpi_sandbox_server_fini(rpi_sandbox_server *server)
{
    rpi_batch_destroy(server->batch);
    rpi_context_fini(&server->context);
    if (server->has_work) rpi_work_fini(&server->work);
    free(server->tables);
    rpi_held_release(&server->held);
    rpi_mailbox_release(server->mailbox);
}

/* ---- the start ---- */

void rpi_sandbox_server_report(rpi_sandbox_server *server, rpi_start_state state)
{
    atomic_store(&server->mailbox->answers->started, state);
    rpi_event_signal(server->mailbox->for_worker);
}

static rp_status run_initializer(rpi_sandbox_server *server, rp_error *error)
{
    size_t size = (size_t)server->mailbox->orders->initializer_size;
    rpi_segment *segment = &server->mailbox->requests[0];
    if (size == 0) return RP_OK;
    if (!rpi_segment_reserve(segment, size)) return rpi_error_no_memory(error);
    const char *name = segment->base;
    size_t name_size = strnlen(name, size - 1) + 1;
    const rp_initializer *initializer = rp_initializer_find(name);
    if (!initializer) return rp_error_set(error, RP_USAGE, 0, "initializer %s isn't known in child processes", name);
    rp_bytes argument = {name + name_size, size - name_size};
    return rpi_context_start(&server->context, initializer, argument, error);
}

/* Tries to have the rank's memory. */
static bool attaches_regions(const rpi_region_name *offered)
{
    const rpi_region *region;
    if (offered->machine == 0 || rpi_regions_attach(offered, false, &region, NULL) != RP_OK) return false;
    rpi_regions_release(region);
    rpi_regions_forget(offered->token);
    return true;
}

bool rpi_sandbox_server_start(rpi_sandbox_server *server)
{
    atomic_store(&server->mailbox->answers->attaches, attaches_regions(&server->mailbox->orders->offered));
    rp_error error;
    bool ok = run_initializer(server, &error) == RP_OK;
    rpi_segment *reason = &server->mailbox->responses[0];
    if (!ok && rpi_segment_reserve(reason, sizeof error)) memcpy(reason->base, &error, sizeof error);
    rpi_sandbox_server_report(server, ok ? RPI_START_OK : RPI_START_FAILED);
    return ok;
}

/* ---- items in ---- */

static const rpi_order *order_of(const rpi_sandbox_server *server, uint64_t number)
{
    return &server->mailbox->orders->requests[rpi_request_place(number)];
}

static rpi_segment *response_of(rpi_sandbox_server *server, uint64_t number)
{
    return &server->mailbox->responses[rpi_request_place(number)];
}

static rp_status take_call(rpi_sandbox_server *server, const rpi_order *order, const char *from, rp_error *error)
{
    if (order->call_size == 0) return server->has_work ? RP_OK : rp_error_set(error, RP_USAGE, 0, "items came before their call");
    if (server->has_work) rpi_work_fini(&server->work);
    rp_status status = rpi_unpack_call(from, (size_t)order->call_size, &server->work, error);
    server->has_work = status == RP_OK;
    return status;
}

static bool make_tables(rpi_sandbox_server *server, uint64_t count)
{
    size_t size = rpi_unpack_tables_size(server->work.task, count);
    if (size <= server->tables_size) return true;
    free(server->tables);
    server->tables = malloc(size);
    server->tables_size = server->tables ? size : 0;
    return server->tables;
}

/* Makes room for receipts and results in the shared memory; for emitted results, in an array that is packed at the end. */
static bool make_room(rpi_sandbox_server *server, rpi_segment *response, uint64_t count)
{
    const rp_task *task = server->work.task;
    bool emits = task->result_type == RP_TYPE_BYTES;
    size_t at = rpi_answer_results_at(count);
    if (!rpi_segment_reserve(response, rpi_size_sum(at + 1, emits ? 0 : rpi_size_product(count, task->result_size)))) return false;
    server->batch->results = emits ? calloc(count ? (size_t)count : 1, sizeof(rp_bytes)) : response->base + at;
    return server->batch->results;
}

static rp_status take_items(rpi_sandbox_server *server, uint64_t number, rp_error *error)
{
    const rpi_order *order = order_of(server, number);
    rpi_segment *segment = &server->mailbox->requests[rpi_request_place(number)];
    size_t end = (size_t)(order->items_at + order->items_size);
    if (!rpi_segment_reserve(segment, end ? end : 1)) return rpi_error_no_memory(error);
    rp_status status = take_call(server, order, segment->base, error);
    if (status != RP_OK) return status;
    rpi_batch *batch = server->batch;
    rpi_batch_reset(batch, &server->work, 0, order->count);
    batch->first = order->first;
    batch->attempt = (unsigned)order->attempt;
    batch->earlier = (unsigned)order->earlier;
    if (!make_tables(server, order->count)) return rpi_error_no_memory(error);
    rpi_held_release(&server->held);
    if (order->n_gone != server->n_gone && server->mailbox->fd >= 0) rpi_regions_forget_gone();
    server->n_gone = order->n_gone;
    status = rpi_places_unpack(segment->base + order->items_at, (size_t)order->items_size, (unsigned)order->placed, order->count, batch,
                               server->tables, false, &server->held);
    if (status != RP_OK) return rp_error_set(error, RP_SYSTEM, 0, "the items of task %s didn't arrive whole", server->work.task->name);
    return make_room(server, response_of(server, number), order->count) ? RP_OK : rpi_error_no_memory(error);
}

/* ---- items run ---- */

/* An item that wrote over what the child shares ends the child as a crash would. Says first which item it was. */
static void end_as_crashed(rpi_answers *answers, uint64_t progress)
{
    atomic_store(&answers->progress, progress);
    atomic_store(&answers->wrote_over, RPI_WROTE_OVER);
    (void)signal(SIGSEGV, SIG_DFL);
    (void)raise(SIGSEGV);
}

/* What the loop over the items of a request needs, at hand: a short item is over in some hundred instructions. */
typedef struct items_run {
    rpi_sandbox_server *server;
    rpi_answers *answers;
    bool is_child;
    uint64_t number;    /* of the request */
    uint64_t n;         /* items that have ended */
    uint64_t progress;  /* of the item that runs */
    uint64_t *receipts; /* in shared memory */
    const char *results;
    size_t result_size;
    bool emits; /* the results are rp_bytes; the receipts are of what they point to */
} items_run;

static items_run run_of(rpi_sandbox_server *server, uint64_t number)
{
    const rpi_mailbox *mailbox = server->mailbox;
    const rp_task *task = server->work.task;
    return (items_run){.server = server,
                       .answers = mailbox->answers,
                       .is_child = mailbox->fd >= 0,
                       .number = number,
                       .progress = rpi_progress_of(number, 0),
                       .receipts = (uint64_t *)(void *)response_of(server, number)->base,
                       .results = server->batch->results,
                       .result_size = task->result_size,
                       .emits = task->result_type == RP_TYPE_BYTES};
}

/* In a process that a task forked, and that returned from the task, the first access here ends it: it doesn't have the answers. */
static void check_untouched(const items_run *run)
{
    rpi_answers *answers = run->answers;
    bool touched = atomic_load_explicit(&answers->progress, memory_order_relaxed) != run->progress ||
                   atomic_load_explicit(&answers->front[0], memory_order_relaxed) != RPI_GUARD ||
                   atomic_load_explicit(&answers->back[0], memory_order_relaxed) != RPI_GUARD;
    if (touched && run->is_child) end_as_crashed(answers, run->progress);
}

static inline void write_receipt(const items_run *run)
{
    rp_bytes result = {run->results + run->n * run->result_size, run->result_size};
    if (run->emits) result = *(const rp_bytes *)result.data;
    run->receipts[run->n] = rpi_receipt(run->number, run->n, result.data, result.size);
}

/* False: the worker has given the sandbox up. It may do so to a thread at any time, so that the item begins after the worker can see it. A
 * child is killed instead. */
static bool begin_item(const items_run *run, uint64_t now_ns)
{
    rpi_answers *answers = run->answers;
    atomic_store_explicit(&answers->began_ns, now_ns, memory_order_relaxed);
    if (run->is_child) {
        atomic_store_explicit(&answers->progress, run->progress, memory_order_release);
        return true;
    }
    atomic_store(&answers->progress, run->progress);
    return !rpi_mailbox_is_abandoned(run->server->mailbox);
}

static void end_item(items_run *run)
{
    check_untouched(run);
    write_receipt(run);
    run->n++;
    run->progress = rpi_progress_of(run->number, run->n);
}

static bool may_begin(const rpi_order *order, uint64_t item)
{
    return item < atomic_load_explicit(&order->cutoff, memory_order_relaxed) &&
           !atomic_load_explicit(&order->begins_none, memory_order_relaxed);
}

static void run_each(void *argument)
{
    items_run *run = argument;
    rpi_sandbox_server *server = run->server;
    const rpi_batch *batch = server->batch;
    const rpi_order *order = order_of(server, run->number);
    while (run->n < batch->count && may_begin(order, batch->first + run->n)) {
        uint64_t now = rpi_now_ns();
        if (!begin_item(run, now)) return;
        rpi_context_run_item(&server->context, run->n, now);
        end_item(run);
        if (atomic_load_explicit(&batch->failures, memory_order_relaxed) || batch->status != RP_OK) break;
    }
}

/* Runs items until the first failure or the cutoff. Returns how many are finished. */
static uint64_t run_items(rpi_sandbox_server *server, uint64_t number)
{
    items_run run = run_of(server, number);
    atomic_store_explicit(&server->work.n_failed, 0, memory_order_relaxed);
    if (!rpi_thread_guard(run_each, &run)) {
        (void)rpi_context_take_exit(&server->context);
        end_item(&run);
    }
    return run.n;
}

/* ---- the outcome ---- */

/* Packs results that were emitted, and the failure that ended the request. False: no memory. */
static bool pack_outcome(rpi_sandbox_server *server, uint64_t number, rpi_answer *answer)
{
    rpi_segment *response = response_of(server, number);
    const rpi_failure *failures = atomic_load(&server->batch->failures);
    if (!failures && atomic_load(&server->work.n_failed)) return false; /* an item failed, but no memory for its record */
    bool emitted = server->work.task->result_type == RP_TYPE_BYTES;
    size_t results_at = rpi_answer_results_at(server->batch->count);
    server->batch->count = answer->n_done;
    size_t size = emitted ? rpi_pack_emitted_size(server->batch) : (size_t)answer->n_done * server->work.task->result_size;
    size_t failures_size = rpi_pack_failures_size(failures, &answer->n_failures), at = rpi_pack_align(results_at + size);
    if (!rpi_segment_reserve(response, at + failures_size + 1)) return false;
    if (emitted) rpi_pack_emitted(response->base + results_at, server->batch);
    rpi_pack_failures(response->base + at, failures);
    answer->emitted_size = emitted ? size : 0;
    answer->failures_size = failures_size;
    answer->text_sum = rpi_checksum(response->base + at, failures_size, number);
    return true;
}

static void drop_emitted(rpi_sandbox_server *server, uint64_t count)
{
    if (!server->has_work || server->work.task->result_type != RP_TYPE_BYTES || !server->batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)server->batch->results, (size_t)count);
    free(server->batch->results);
    server->batch->results = NULL;
}

/* False: the worker has given the sandbox up meanwhile. */
static bool run_order(rpi_sandbox_server *server, uint64_t number, rpi_answer *answer, rp_error *error)
{
    uint64_t count = server->batch->count, began = rpi_now_ns();
    rpi_context_enter_batch(&server->context, server->batch);
    server->context.cutoff = &order_of(server, number)->cutoff;
    server->context.ends_running = &order_of(server, number)->ends_running;
    answer->n_done = run_items(server, number);
    rpi_context_enter_batch(&server->context, NULL);
    answer->ended_ns = rpi_now_ns();
    answer->busy_ns = answer->ended_ns - began;
    bool recorded = server->batch->status == RP_OK; /* false: an item failed without a record */
    bool held = rpi_mailbox_hold(server->mailbox);
    if (held && (!recorded || !pack_outcome(server, number, answer))) answer->status = rpi_error_no_memory(error);
    drop_emitted(server, count);
    return held;
}

/* Writes the answer that was given last in this place. */
static void publish(const rpi_sandbox_server *server, unsigned place)
{
    rpi_done *done = &server->mailbox->answers->requests[place];
    done->answer = server->last[place];
    atomic_store(&done->done, server->last_number[place]);
}

static void answer(rpi_sandbox_server *server, uint64_t number, rpi_answer *given, const rp_error *error)
{
    rpi_segment *response = response_of(server, number);
    bool refused = given->status != RP_OK;
    if (refused && rpi_segment_reserve(response, sizeof *error)) {
        memcpy(response->base, error, sizeof *error);
        given->text_sum = rpi_checksum(error, sizeof *error, number);
    }
    given->sum = rpi_answer_sum(given, number);
    server->last[rpi_request_place(number)] = *given;
    server->last_number[rpi_request_place(number)] = number;
    publish(server, rpi_request_place(number));
}

static void run_request(rpi_sandbox_server *server, uint64_t number)
{
    rpi_answer given = {0};
    rp_error error = {0};
    server->batch->results = NULL;
    given.status = take_items(server, number, &error);
    bool held = given.status == RP_OK ? run_order(server, number, &given, &error) : rpi_mailbox_hold(server->mailbox);
    if (!held) return;
    answer(server, number, &given, &error);
    rpi_mailbox_let_go(server->mailbox);
    rpi_event_signal(server->mailbox->for_worker);
}

/* An item that left a thread behind may have written over an answer that the worker is still waiting for. */
static void answer_again(const rpi_sandbox_server *server)
{
    const rpi_mailbox *mailbox = server->mailbox;
    for (unsigned place = 0; mailbox->fd >= 0 && place < RPI_REQUESTS; place++) {
        if (atomic_load(&mailbox->answers->requests[place].done) == server->last_number[place]) continue;
        publish(server, place);
        rpi_event_signal(mailbox->for_worker);
    }
}

/* Waits for the next request. False: none will come. */
static bool wait_for_request(rpi_sandbox_server *server)
{
    const rpi_mailbox *mailbox = server->mailbox;
    for (;;) {
        uint32_t seen = rpi_event_count(mailbox->for_sandbox);
        if (rpi_mailbox_is_abandoned(mailbox)) return false;
        if (atomic_load(&order_of(server, server->next)->posted) == server->next) return true;
        if (atomic_load(&mailbox->orders->closing)) return false;
        answer_again(server);
        rpi_event_wait(mailbox->for_sandbox, seen, RPI_NEVER);
    }
}

void rpi_sandbox_server_serve(rpi_sandbox_server *server)
{
    for (; wait_for_request(server); server->next++) run_request(server, server->next);
}
