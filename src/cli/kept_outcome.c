/*
 * kept_outcome.c: see kept_outcome.h. A byte says which parts there are. A row alone, which is by far the most, is all that follows it.
 * Otherwise the sizes of the parts follow, 8 bytes each, and then the parts. Numbers are little-endian.
 */
#include "kept_outcome.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROW, ITEM, RESULT, FAILURE, N_PARTS };
enum { ROW_ALONE = 1 << ROW };

/* The fixed part of a failure; host, item text and message follow, a 0 behind each. */
typedef struct failure_head {
    uint32_t status, cause, code, rank, worker, attempt;
    uint64_t seconds; /* the bits of a double */
} failure_head;

static bool reserve(kept_bytes *to, size_t size)
{
    if (size <= to->room) return true;
    size_t room = size < 2 * to->room ? 2 * to->room : size;
    char *data = realloc(to->data, room);
    if (!data) return false;
    to->data = data;
    to->room = room;
    return true;
}

static char *put(char *to, const void *data, size_t size)
{
    if (size > 0) memcpy(to, data, size);
    return to + size;
}

static size_t failure_size(const rp_error *failure)
{
    return sizeof(failure_head) + strlen(failure->host) + strlen(failure->item_text) + strlen(failure->message) + 3;
}

static char *put_failure(char *to, const rp_error *failure)
{
    failure_head head = {htole32((uint32_t)failure->status),
                         htole32((uint32_t)failure->cause),
                         htole32((uint32_t)failure->code),
                         htole32((uint32_t)failure->rank),
                         htole32((uint32_t)failure->worker),
                         htole32((uint32_t)failure->attempt),
                         0};
    memcpy(&head.seconds, &failure->seconds, sizeof head.seconds);
    head.seconds = htole64(head.seconds);
    to = put(to, &head, sizeof head);
    to = put(to, failure->host, strlen(failure->host) + 1);
    to = put(to, failure->item_text, strlen(failure->item_text) + 1);
    return put(to, failure->message, strlen(failure->message) + 1);
}

static bool write_row(rp_bytes row, kept_bytes *to)
{
    if (!reserve(to, row.size + 1)) return false;
    to->data[0] = ROW_ALONE;
    (void)put(to->data + 1, row.data, row.size);
    to->size = row.size + 1;
    return true;
}

bool kept_outcome_write(const kept_outcome *outcome, kept_bytes *to)
{
    if (!outcome->has_failure && !outcome->has_result && outcome->item.size == 0) return write_row(outcome->row, to);
    const size_t sizes[N_PARTS] = {outcome->row.size, outcome->item.size, outcome->has_result ? outcome->result.size : 0,
                                   outcome->has_failure ? failure_size(&outcome->failure) : 0};
    size_t size = 1 + N_PARTS * sizeof(uint64_t);
    for (int k = 0; k < N_PARTS; k++) size += sizes[k];
    if (!reserve(to, size)) return false;
    char *at = to->data;
    *at++ = (char)(1 << ROW | 1 << ITEM | (outcome->has_result ? 1 << RESULT : 0) | (outcome->has_failure ? 1 << FAILURE : 0));
    for (int k = 0; k < N_PARTS; k++) {
        uint64_t little = htole64(sizes[k]);
        at = put(at, &little, sizeof little);
    }
    at = put(at, outcome->row.data, sizes[ROW]);
    at = put(at, outcome->item.data, sizes[ITEM]);
    at = put(at, outcome->result.data, sizes[RESULT]);
    if (outcome->has_failure) (void)put_failure(at, &outcome->failure);
    to->size = size;
    return true;
}

void kept_bytes_fini(kept_bytes *bytes)
{
    free(bytes->data);
    *bytes = (kept_bytes){0};
}

/* ---- reading ---- */

static bool take_text(const char **at, const char *end, char *to, size_t room)
{
    const char *stop = *at < end ? memchr(*at, 0, (size_t)(end - *at)) : NULL;
    if (!stop || (size_t)(stop - *at) >= room) return false;
    memcpy(to, *at, (size_t)(stop - *at) + 1);
    *at = stop + 1;
    return true;
}

static bool read_failure(const char *at, size_t size, rp_error *failure)
{
    failure_head head;
    const char *end = at + size;
    *failure = (rp_error){0};
    if (size < sizeof head) return false;
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    failure->status = (rp_status)le32toh(head.status);
    failure->cause = (rp_cause)le32toh(head.cause);
    failure->code = (int)le32toh(head.code);
    failure->rank = (int)le32toh(head.rank);
    failure->worker = (int)le32toh(head.worker);
    failure->attempt = (int)le32toh(head.attempt);
    head.seconds = le64toh(head.seconds);
    memcpy(&failure->seconds, &head.seconds, sizeof head.seconds);
    return take_text(&at, end, failure->host, sizeof failure->host) && take_text(&at, end, failure->item_text, sizeof failure->item_text) &&
           take_text(&at, end, failure->message, sizeof failure->message);
}

bool kept_outcome_read(rp_bytes bytes, kept_outcome *outcome)
{
    const char *at = bytes.data;
    *outcome = (kept_outcome){.row = {NULL, 0}};
    if (bytes.size == 0) return false;
    unsigned parts = (unsigned char)*at++;
    size_t left = bytes.size - 1, sizes[N_PARTS];
    if (parts == ROW_ALONE) {
        outcome->row = (rp_bytes){at, left};
        return true;
    }
    if (left < N_PARTS * sizeof(uint64_t)) return false;
    for (int k = 0; k < N_PARTS; k++, at += sizeof(uint64_t), left -= sizeof(uint64_t)) {
        uint64_t little;
        memcpy(&little, at, sizeof little);
        sizes[k] = (size_t)le64toh(little);
    }
    for (int k = 0; k < N_PARTS; k++) {
        if (sizes[k] > left) return false;
        left -= sizes[k];
    }
    outcome->row = (rp_bytes){at, sizes[ROW]};
    outcome->item = (rp_bytes){at += sizes[ROW], sizes[ITEM]};
    outcome->result = (rp_bytes){at += sizes[ITEM], sizes[RESULT]};
    outcome->has_result = parts & 1 << RESULT;
    outcome->has_failure = parts & 1 << FAILURE;
    return !outcome->has_failure || read_failure(at + sizes[RESULT], sizes[FAILURE], &outcome->failure);
}
