/* record.c: see record.h. */
#include "record.h"

#include <stdio.h>
#include <string.h>

enum { CAUSE, CODE, MESSAGE, RANK, HOST, WORKER, ATTEMPT, ELAPSED };

const record_column record_columns[] = {
    [CAUSE] = {"cause", 0},   [CODE] = {"code", 1},       [MESSAGE] = {"message", 0},   [RANK] = {"rank", 1},      [HOST] = {"host", 0},
    [WORKER] = {"worker", 1}, [ATTEMPT] = {"attempt", 1}, [ELAPSED] = {"elapsed_s", 1}, [ELAPSED + 1] = {NULL, 0},
};

const char *record_outcome(const rp_error *failure)
{
    if (failure->status == RP_LOST) return "lost";
    return failure->cause == RP_CAUSE_ENDED ? "ended" : "failed";
}

const char *record_cause(const rp_error *failure) { return rp_cause_text(failure->status == RP_LOST ? RP_CAUSE_LOST : failure->cause); }

int record_has_code(const rp_error *failure)
{
    int zero_counts = failure->cause == RP_CAUSE_TASK || failure->cause == RP_CAUSE_SIGNAL || failure->cause == RP_CAUSE_EXIT;
    return zero_counts || failure->code != 0;
}

static const char *number_text(long long number, int is_known, char room[RECORD_ROOM_SIZE])
{
    snprintf(room, RECORD_ROOM_SIZE, "%lld", number);
    return is_known ? room : "";
}

static const char *elapsed_text(const rp_error *failure, char room[RECORD_ROOM_SIZE])
{
    snprintf(room, RECORD_ROOM_SIZE, "%.6g", failure->seconds);
    return failure->status == RP_LOST ? "" : room;
}

static const char *column_text(const rp_error *failure, int k, char room[RECORD_ROOM_SIZE])
{
    switch (k) {
    case CAUSE: return record_cause(failure);
    case CODE: return number_text(failure->code, record_has_code(failure), room);
    case MESSAGE: return failure->message;
    case RANK: return number_text(failure->rank, failure->rank >= 0, room);
    case HOST: return failure->host;
    case WORKER: return number_text(failure->worker, failure->worker >= 0, room);
    case ATTEMPT: return number_text(failure->attempt, failure->attempt > 0, room);
    case ELAPSED: return elapsed_text(failure, room);
    default: return "";
    }
}

rp_bytes record_text(const rp_error *failure, int k, char room[RECORD_ROOM_SIZE])
{
    const char *text = column_text(failure, k, room);
    return (rp_bytes){text, strlen(text)};
}
