/*
 * failure_record.c: see failure_record.h.
 *
 *     4 code | 4 worker | 4 size of the message | 1 size of the host | 1 size of the item's text | 2 zeros | host | item | message |
 * emitted
 */
#include "pool/failure_record.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { WORKER = 4, MESSAGE_SIZE = 8, HOST_SIZE = 12, ITEM_SIZE = 13, HEAD = 16 };

static void put(char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static uint32_t get(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static char *append(char *at, const void *from, size_t size)
{
    if (size > 0) memcpy(at, from, size);
    return at + size;
}

bool rpi_failure_record_write(const rpi_failure *failure, rp_bytes emitted, void **bytes, size_t *size)
{
    const rpi_failure_facts *facts = &failure->facts;
    size_t host = strlen(facts->host), item = strlen(facts->item_text);
    *size = HEAD + host + item + failure->message_size + emitted.size;
    char *data = malloc(*size);
    if (!data) return false;
    memset(data, 0, HEAD);
    put(data, (uint32_t)facts->code);
    put(data + WORKER, (uint32_t)facts->worker);
    put(data + MESSAGE_SIZE, (uint32_t)failure->message_size);
    data[HOST_SIZE] = (char)host;
    data[ITEM_SIZE] = (char)item;
    char *at = append(append(data + HEAD, facts->host, host), facts->item_text, item);
    (void)append(append(at, failure->message, failure->message_size), emitted.data, emitted.size);
    *bytes = data;
    return true;
}

/* The sizes of the texts; false: they aren't those of a failure. */
static bool read_sizes(const rpi_journal_record *record, size_t *host, size_t *item, size_t *message)
{
    const char *data = record->data;
    if (record->size < HEAD) return false;
    *host = (unsigned char)data[HOST_SIZE];
    *item = (unsigned char)data[ITEM_SIZE];
    *message = get(data + MESSAGE_SIZE);
    return *host < RP_ERROR_HOST_SIZE && *item < RP_ERROR_ITEM_SIZE && *message <= record->size - HEAD &&
           *host + *item <= record->size - HEAD - *message;
}

rpi_failure *rpi_failure_record_read(const rpi_journal_record *record, uint64_t item, rp_bytes *emitted)
{
    const char *data = record->data;
    size_t host = 0, text = 0, message = 0;
    bool is_whole = read_sizes(record, &host, &text, &message);
    rpi_failure *failure = rpi_failure_create(is_whole ? data + HEAD + host + text : "", is_whole ? message : 0);
    if (!failure) return NULL;
    failure->facts = (rpi_failure_facts){.item = item,
                                         .cause = (rp_cause)record->cause,
                                         .rank = record->rank,
                                         .worker = -1,
                                         .attempt = (int)record->attempt,
                                         .seconds = record->seconds};
    *emitted = (rp_bytes){NULL, 0};
    if (!is_whole) return failure;
    failure->facts.code = (int)get(data);
    failure->facts.worker = (int)get(data + WORKER);
    memcpy(failure->facts.host, data + HEAD, host);
    memcpy(failure->facts.item_text, data + HEAD + host, text);
    size_t used = HEAD + host + text + message;
    *emitted = (rp_bytes){data + used, record->size - used};
    return failure;
}
