/*
 * fuzz_messages.c: one message from another rank: its header as it is sent, then its data. What passes the check is unpacked as its
 * receiver would, for a task of a number and some bytes. The first byte says from which side it came.
 */
#include "fuzz.h"

#include "base/options.h"
#include "cluster/work_messages.h"
#include "record/report.h"

#include <rankpool/rankpool.h>

#include <string.h>

static int64_t fuzz_plain(int64_t x) { return x + 1; }
RP_TASK(fuzz_plain, int64_t, int64_t)

static void fuzz_mixed(rp_bytes text, double x) { rp_emit(text.data, x > 0 ? text.size : 0); }
RP_TASK_EMIT(fuzz_mixed, rp_bytes, double)

enum { ITEMS = 5, MOST_LOOKED_AT = 4096 }; /* a place with a stride of 0 has any number of items */

static void init_work(rpi_work *work, const rp_task *task)
{
    static const int64_t numbers[ITEMS];
    static const rp_bytes texts[ITEMS];
    static const double reals[ITEMS];
    rp_columns items = task == fuzz_plain_task ? RP_COLUMNS(RP_COLUMN(numbers)) : RP_COLUMNS(RP_COLUMN(texts), RP_COLUMN(reals));
    memset(work, 0, sizeof *work);
    FUZZ_CHECK(rpi_work_init(work, task, (rp_columns){0, NULL}, items, NULL) == RP_OK);
}

static void take_call(const rpi_message *message)
{
    rpi_work work;
    memset(&work, 0, sizeof work);
    if (rpi_call_message_unpack(message, &work, NULL) == RP_OK) rpi_work_fini(&work);
}

/* A region that messages can name; its first bytes stay 0. */
static char *region;
static rpi_region_name region_name;

static void have_region(void)
{
    uint64_t offset;
    if (region) return;
    FUZZ_CHECK(rpi_regions_make(1, NULL, true, &region, NULL) == RP_OK);
    (void)rpi_regions_name(region, 1, &region_name, &offset);
}

/* Nobody guesses a token. So places get the right name, but for those whose name begins with an odd byte; the rest of them stays. */
static void name_region(rpi_message *message)
{
    uint64_t mask = message->header.work.placed;
    for (size_t at = 0; mask && at + sizeof(rpi_place) <= message->header.size; mask &= mask - 1, at += sizeof(rpi_place))
        if (!(message->data[at] & 1)) memcpy(message->data + at, &region_name, sizeof region_name);
}

static bool is_within(const char *from, size_t size, const char *in, size_t room) { return from >= in && from + size <= in + room; }

/* All that the views point to is within the data, or in the region. */
static void take_work(rpi_message *message, const rp_task *task)
{
    rpi_held held;
    have_region();
    name_region(message);
    rpi_work work;
    init_work(&work, task);
    rpi_batch *batch = rpi_batch_create();
    FUZZ_CHECK(batch);
    uint64_t count = message->header.work.count, sum = 0;
    rpi_batch_reset(batch, &work, 0, count);
    bool taken = rpi_work_message_unpack(message, batch, &held) == RP_OK;
    if (taken && message->header.work.placed & RPI_RESULTS_PLACED)
        FUZZ_CHECK(is_within(batch->results, count * task->result_size, region, region_name.size));
    if (taken)
        for (int k = 0; k < task->n_arguments; k++)
            for (uint64_t i = 0; i < count && i < MOST_LOOKED_AT; i++) {
                const char *item = batch->views[k].base + i * batch->views[k].stride_bytes;
                FUZZ_CHECK(is_within(item, task->argument_sizes[k], message->data, message->header.size) ||
                           is_within(item, task->argument_sizes[k], region, region_name.size));
                rp_bytes bytes = {NULL, 0};
                if (task->argument_types[k] == RP_TYPE_BYTES) memcpy(&bytes, item, sizeof bytes);
                for (size_t b = 0; b < bytes.size; b++) sum += ((const unsigned char *)bytes.data)[b];
            }
    FUZZ_CHECK(sum < UINT64_MAX);
    if (taken) rpi_held_release(&held);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

static void take_done(const rpi_message *message, const rp_task *task)
{
    rpi_work work;
    init_work(&work, task);
    rpi_batch *batch = rpi_batch_create();
    FUZZ_CHECK(batch);
    rpi_batch_reset(batch, &work, 0, ITEMS);
    char *results = calloc(ITEMS, task->result_size);
    FUZZ_CHECK(results);
    batch->results = results;
    if (message->header.done.count <= ITEMS) (void)rpi_done_message_unpack(message, batch, 0, false); /* as the coordinator checks before */
    if (task->result_type == RP_TYPE_BYTES) rp_bytes_free((rp_bytes *)(void *)results, ITEMS);
    free(results);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint64_t sides = fuzz_number(&input, 1);
    const rp_task *task = sides & 2 ? fuzz_mixed_task : fuzz_plain_task;
    if (input.left < sizeof(rpi_header)) return 0;
    size_t n_data = input.left - sizeof(rpi_header);
    rpi_message *message = rpi_message_create(RPI_HELLO, 0, n_data);
    FUZZ_CHECK(message);
    memcpy(&message->header, input.at, sizeof message->header);
    memcpy(message->data, input.at + sizeof message->header, n_data);
    message->header.size = n_data; /* the link has seen to that */
    rp_error error = {0};
    rp_status status = rpi_message_check(message, sides & 1, &error);
    FUZZ_CHECK(status == RP_OK || (status == RP_SYSTEM && rp_error_text(&error)[0]));
    rp_pool_options options;
    if (status == RP_OK && message->header.kind == RPI_CALL) take_call(message);
    if (status == RP_OK && message->header.kind == RPI_WORK) take_work(message, task);
    if (status == RP_OK && message->header.kind == RPI_DONE) take_done(message, task);
    if (status == RP_OK && message->header.kind == RPI_OPEN && rpi_options_unpack(message->data, n_data, &options, NULL) == RP_OK)
        FUZZ_CHECK(rpi_options_check(&options, NULL) == RP_OK);
    for (size_t at = 0; at < n_data + 2; at += 7) FUZZ_CHECK(strlen(rpi_message_text(message, at)) <= n_data);
    rpi_message_free(message);
    return 0;
}
