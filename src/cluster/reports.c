/*
 * reports.c: see reports.h. A client asks, and the progress thread sends the question and takes its answer. A rank on another host is asked
 * several times, to measure its clock better.
 */
#include "cluster/reports.h"

#include "base/clock.h"
#include "base/error.h"
#include "cluster/pool_life.h"
#include "record/report.h"

#include <stdlib.h>
#include <string.h>

static const double answer_timeout_s = 60;
enum { CLOCK_QUESTIONS = 8 };

/* ---- what is recorded ---- */

bool rpi_reports_init(rpi_coordinator_pool *pool, const rpi_recording *recording)
{
    pthread_mutex_init(&pool->request.one_at_a_time, NULL);
    rpi_cond_init(&pool->request.answered);
    if (recording->level == RP_RECORD_NONE) return true;
    for (int rank = 0; pool->members && rank < pool->n_ranks; rank++)
        if (!(pool->members[rank].recorder = rpi_recorder_create(recording))) return false;
    return true;
}

void rpi_reports_fini(rpi_coordinator_pool *pool)
{
    for (int rank = 0; pool->members && rank < pool->n_ranks; rank++) rpi_recorder_destroy(pool->members[rank].recorder);
    rpi_message_free(pool->request.asked);
    rpi_message_free(pool->request.answer);
    pthread_cond_destroy(&pool->request.answered);
    pthread_mutex_destroy(&pool->request.one_at_a_time);
}

static void count_message(rpi_recorder *recorder, rpi_total bytes, rpi_total messages, const rpi_message *message)
{
    rpi_recorder_count(recorder, bytes, sizeof message->header + message->header.size);
    rpi_recorder_count(recorder, messages, 1);
}

void rpi_reports_sent(rpi_member_port *port, const rpi_message *message)
{
    if (port->recorder) count_message(port->recorder, RPI_TOTAL_BYTES_SENT, RPI_TOTAL_MESSAGES_SENT, message);
}

void rpi_reports_received(rpi_member_port *port, const rpi_message *message)
{
    if (port->recorder) count_message(port->recorder, RPI_TOTAL_BYTES_RECEIVED, RPI_TOTAL_MESSAGES_RECEIVED, message);
}

void rpi_reports_chunk_back(rpi_coordinator_pool *pool, const rpi_chunk *chunk)
{
    rpi_recorder *recorder = pool->members[chunk->member].recorder;
    if (!recorder || chunk->count == 0) return;
    uint64_t sent_ns = (uint64_t)(chunk->sent_s * 1e9);
    rpi_recorder_add(recorder, &(rpi_timed_grain){rpi_coordinator_batch_of(chunk), chunk->first, chunk->count, sent_ns, rpi_now_ns()});
}

/* ---- the progress thread's side of a question ---- */

/* With the mutex held. */
static void end_waiting(report_request *request, rpi_message *answer)
{
    request->waiting = false;
    request->answer = answer;
    pthread_cond_signal(&request->answered);
}

bool rpi_reports_step(rpi_coordinator_pool *pool)
{
    report_request *request = &pool->request;
    if (!pool->members[0].recorder) return false; /* clients ask only when something is recorded */
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_message *message = request->asked;
    int rank = request->rank;
    request->asked = NULL;
    if (message) request->times.asked_ns = rpi_now_ns();
    if (message && pool->coordinator->is_lost[rank]) end_waiting(request, NULL);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    if (message) rpi_coordinator_send(pool->coordinator, rank, message);
    return message != NULL;
}

void rpi_reports_answer(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    report_request *request = &pool->request;
    uint64_t now = rpi_now_ns();
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (request->waiting && request->rank == rank && request->number == (*message)->header.reported.question) {
        request->times.back_ns = now;
        request->times.came_ns = (*message)->header.reported.came_ns;
        request->times.went_ns = (*message)->header.reported.went_ns;
        end_waiting(request, *message);
        *message = NULL;
    }
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_reports_lose(rpi_coordinator_pool *pool, int rank)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (pool->request.waiting && pool->request.rank == rank) end_waiting(&pool->request, NULL);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

/* ---- the client's side; with one_at_a_time held ---- */

static rpi_message *make_question(const rpi_coordinator_pool *pool, uint64_t number, bool whole)
{
    rpi_message *message = rpi_message_create(RPI_REPORT, pool->id, 0);
    if (!message) return NULL;
    message->header.report = (rpi_report_asked){number, whole};
    return message;
}

/* The caller frees `*answer`. RP_OK, RP_NO_MEMORY; RP_LOST: there is no answer. */
static rp_status ask(rpi_coordinator_pool *pool, int rank, bool whole, rpi_message **answer, rpi_offset *offset)
{
    report_request *request = &pool->request;
    pthread_mutex_t *mutex = rpi_coordinator_mutex(pool);
    uint64_t deadline = rpi_deadline_ns(answer_timeout_s), number = request->number + 1;
    rpi_message *message = make_question(pool, number, whole);
    bool in_time = true;
    if (!message) return RP_NO_MEMORY;
    pthread_mutex_lock(mutex);
    request->rank = rank;
    request->number = number;
    request->asked = message;
    request->waiting = true;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    while (request->waiting && in_time) in_time = rpi_cond_wait_until(&request->answered, mutex, deadline);
    *answer = request->answer;
    rpi_message_free(request->asked); /* NULL, unless it wasn't sent in time */
    request->asked = NULL;
    request->answer = NULL;
    request->waiting = false;
    if (*answer) *offset = rpi_offset_of(&request->times);
    pthread_mutex_unlock(mutex);
    return *answer ? RP_OK : RP_LOST;
}

static rp_status say_lost(rpi_coordinator_pool *pool, int rank, rp_error *error)
{
    rp_error loss = {.rank = -1};
    (void)rpi_pool_life_check(pool, &loss);
    if (loss.rank != rank) return rp_error_set(error, RP_LOST, 0, "rank %d gave no report", rank);
    if (error) *error = loss;
    return RP_LOST;
}

/* A rank on another host is asked for the time several times. The quickest answer is the most exact. */
static rpi_offset settle_offset(rpi_coordinator_pool *pool, int rank, rpi_offset first)
{
    bool same_host = strcmp(pool->members[rank].info.host, pool->members[0].info.host) == 0;
    rpi_offset offset = rpi_offset_settle(first, same_host), again;
    for (int i = 0; i < CLOCK_QUESTIONS && offset.error_ns > 0; i++) {
        rpi_message *time;
        if (ask(pool, rank, false, &time, &again) != RP_OK) break;
        offset = rpi_offset_better(offset, again);
        rpi_message_free(time);
    }
    return offset;
}

rp_status rpi_reports_ask_rank(rpi_member_port *port, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    rpi_coordinator_pool *pool = port->pool;
    int rank = port->rank;
    rpi_offset offset = {0, 0};
    rpi_message *answer;
    rp_status status = ask(pool, rank, true, &answer, &offset);
    if (status == RP_NO_MEMORY) return rpi_error_no_memory(error);
    if (status != RP_OK) return say_lost(pool, rank, error);
    offset = settle_offset(pool, rank, offset);
    rpi_report_clock clock = {origin_ns, offset.offset_ns, rpi_seconds(offset.error_ns)};
    size_t size = (size_t)answer->header.size;
    if (size == 0) status = rp_error_set(error, RP_NO_MEMORY, 0, "rank %d is out of memory for its report", rank);
    else status = rpi_report_unpack(answer->data, size, &clock, report, error);
    rpi_message_free(answer);
    return status;
}

rp_status rpi_reports_get(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **out, rp_error *error)
{
    rp_rank_report *report;
    rpi_member_port *port = &pool->members[rank];
    pthread_mutex_lock(&pool->request.one_at_a_time);
    rp_status status = port->ops->report(port, origin_ns, &report, error);
    pthread_mutex_unlock(&pool->request.one_at_a_time);
    if (status != RP_OK) return status;
    if (!rpi_report_add_chunks(report, port->recorder, origin_ns)) {
        rp_rank_report_free(report);
        return rpi_error_no_memory(error);
    }
    *out = report;
    return RP_OK;
}
