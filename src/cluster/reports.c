/*
 * reports.c: what the coordinator records of each rank, chunks and traffic, and how it gets at what the rank's workers recorded: the client
 * asks, the talking thread carries the question and its answer. On other hosts the question is put several times, for the clock's sake.
 */
#include "cluster/coordinator_state.h"

#include "base/clock.h"
#include "record/report.h"

#include <stdlib.h>
#include <string.h>

static const double answer_timeout_s = 60;
enum { CLOCK_QUESTIONS = 8 };

/* ---- what is recorded ---- */

bool rpi_reports_init(rpi_coordinator_pool *pool, const rpi_recording *recording)
{
    pthread_mutex_init(&pool->question.one_at_a_time, NULL);
    rpi_cond_init(&pool->question.answered);
    if (recording->level == RP_RECORD_NONE) return true;
    pool->chunks = calloc((size_t)pool->coordinator->n_ranks, sizeof(rpi_recorder *));
    if (!pool->chunks) return false;
    for (int rank = 0; rank < pool->coordinator->n_ranks; rank++)
        if (!(pool->chunks[rank] = rpi_recorder_create(recording))) return false;
    return true;
}

void rpi_reports_fini(rpi_coordinator_pool *pool)
{
    for (int rank = 0; pool->chunks && rank < pool->coordinator->n_ranks; rank++) rpi_recorder_destroy(pool->chunks[rank]);
    free(pool->chunks);
    rpi_message_free(pool->question.asked);
    rpi_message_free(pool->question.answer);
    pthread_cond_destroy(&pool->question.answered);
    pthread_mutex_destroy(&pool->question.one_at_a_time);
}

static void count_message(rpi_recorder *recorder, rpi_total bytes, rpi_total messages, const rpi_message *message)
{
    rpi_recorder_count(recorder, bytes, sizeof message->header + message->header.payload_size);
    rpi_recorder_count(recorder, messages, 1);
}

void rpi_reports_sent(rpi_coordinator_pool *pool, int rank, const rpi_message *message)
{
    if (pool->chunks) count_message(pool->chunks[rank], RPI_TOTAL_BYTES_SENT, RPI_TOTAL_MESSAGES_SENT, message);
}

void rpi_reports_received(rpi_coordinator_pool *pool, int rank, const rpi_message *message)
{
    if (pool->chunks) count_message(pool->chunks[rank], RPI_TOTAL_BYTES_RECEIVED, RPI_TOTAL_MESSAGES_RECEIVED, message);
}

void rpi_reports_chunk_out(const rpi_coordinator_pool *pool, chunk *out)
{
    if (pool->chunks) out->sent_ns = rpi_now_ns();
}

void rpi_reports_chunk_back(rpi_coordinator_pool *pool, int rank, const chunk *back)
{
    if (!pool->chunks) return;
    rpi_recorder_add(pool->chunks[rank], &(rpi_timed_grain){back->entry->batch, back->first, back->count, back->sent_ns, rpi_now_ns()});
}

/* ---- the talking thread's side of a question ---- */

/* With the mutex held. */
static void end_waiting(report_request *question, rpi_message *answer)
{
    question->waiting = false;
    question->answer = answer;
    pthread_cond_signal(&question->answered);
}

bool rpi_reports_talk(rpi_coordinator_pool *pool)
{
    report_request *question = &pool->question;
    if (!pool->chunks) return false; /* nobody asks */
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    rpi_message *message = question->asked;
    int rank = question->rank;
    question->asked = NULL;
    if (message) question->times.asked_ns = rpi_now_ns();
    if (message && pool->coordinator->is_lost[rank]) end_waiting(question, NULL);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
    if (message) rpi_coordinator_send(pool->coordinator, rank, message);
    return message != NULL;
}

void rpi_reports_answer(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    report_request *question = &pool->question;
    uint64_t now = rpi_now_ns();
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    if (question->waiting && question->rank == rank && question->number == (*message)->header.number) {
        question->times.back_ns = now;
        question->times.came_ns = (*message)->header.first;
        question->times.went_ns = (*message)->header.count;
        end_waiting(question, *message);
        *message = NULL;
    }
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

void rpi_reports_lose(rpi_coordinator_pool *pool, int rank)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    if (pool->question.waiting && pool->question.rank == rank) end_waiting(&pool->question, NULL);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

/* ---- the client's side; with the turn to ask ---- */

static rpi_message *make_question(const rpi_coordinator_pool *pool, uint64_t number, bool whole)
{
    rpi_message *message = rpi_message_create(RPI_REPORT, 0);
    if (!message) return NULL;
    message->header.pool = pool->id;
    message->header.number = number;
    message->header.status = whole;
    return message;
}

/* `*answer` is the caller's. RP_OK, RP_NO_MEMORY; RP_LOST: there is none. */
static rp_status ask(rpi_coordinator_pool *pool, int rank, bool whole, rpi_message **answer, rpi_offset *offset)
{
    report_request *question = &pool->question;
    pthread_mutex_t *mutex = &pool->coordinator->progress_thread.mutex;
    uint64_t deadline = rpi_deadline_ns(answer_timeout_s), number = question->number + 1;
    rpi_message *message = make_question(pool, number, whole);
    bool in_time = true;
    if (!message) return RP_NO_MEMORY;
    pthread_mutex_lock(mutex);
    question->rank = rank;
    question->number = number;
    question->asked = message;
    question->waiting = true;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    while (question->waiting && in_time) in_time = rpi_cond_wait_until(&question->answered, mutex, deadline);
    *answer = question->answer;
    rpi_message_free(question->asked); /* it wasn't even sent */
    question->asked = NULL;
    question->answer = NULL;
    question->waiting = false;
    if (*answer) *offset = rpi_offset_of(&question->times);
    pthread_mutex_unlock(mutex);
    return *answer ? RP_OK : RP_LOST;
}

static rp_status say_lost(rpi_coordinator_pool *pool, int rank, rp_error *error)
{
    rp_error loss = {.rank = -1};
    (void)rpi_coordinator_pool_check(pool, &loss);
    if (loss.rank != rank) return rp_error_set(error, RP_LOST, 0, "rank %d gave no report", rank);
    if (error) *error = loss;
    return RP_LOST;
}

/* A rank on another host is asked for the time again and again: the quickest answer is the one to go by. */
static rpi_offset settle_offset(rpi_coordinator_pool *pool, int rank, rpi_offset first)
{
    bool same_host = strcmp(pool->ranks[rank].host, pool->ranks[0].host) == 0;
    rpi_offset offset = rpi_offset_settle(first, same_host), again;
    for (int i = 0; i < CLOCK_QUESTIONS && offset.error_ns > 0; i++) {
        rpi_message *time;
        if (ask(pool, rank, false, &time, &again) != RP_OK) break;
        offset = rpi_offset_better(offset, again);
        rpi_message_free(time);
    }
    return offset;
}

static rp_status ask_rank(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    rpi_offset offset = {0, 0};
    rpi_message *answer;
    rp_status status = ask(pool, rank, true, &answer, &offset);
    if (status == RP_NO_MEMORY) return rpi_error_no_memory(error);
    if (status != RP_OK) return say_lost(pool, rank, error);
    offset = settle_offset(pool, rank, offset);
    rpi_report_clock clock = {origin_ns, offset.offset_ns, rpi_seconds(offset.error_ns)};
    size_t size = (size_t)answer->header.payload_size;
    if (size == 0) status = rp_error_set(error, RP_NO_MEMORY, 0, "rank %d is out of memory for its report", rank);
    else status = rpi_report_unpack(answer->payload, size, &clock, report, error);
    rpi_message_free(answer);
    return status;
}

static rp_status report_here(rpi_coordinator_pool *pool, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    return rpi_report_local(rpi_team_recorders(pool->team), rpi_team_n_workers(pool->team), origin_ns, report, error);
}

rp_status rpi_coordinator_pool_report(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **out, rp_error *error)
{
    rp_rank_report *report;
    pthread_mutex_lock(&pool->question.one_at_a_time);
    rp_status status = rank == 0 ? report_here(pool, origin_ns, &report, error) : ask_rank(pool, rank, origin_ns, &report, error);
    pthread_mutex_unlock(&pool->question.one_at_a_time);
    if (status != RP_OK) return status;
    if (!rpi_report_add_chunks(report, pool->chunks[rank], origin_ns)) {
        rp_rank_report_free(report);
        return rpi_error_no_memory(error);
    }
    *out = report;
    return RP_OK;
}
