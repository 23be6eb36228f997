/* item_text.c: see item_text.h. */
#include "task/item_text.h"

#include "base/c_locale.h"
#include "base/text.h"
#include "task/columns.h"
#include "task/computed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    char *text;
    size_t used, size;
} writer;

static void put(writer *to, const char *text)
{
    size_t left = to->size - to->used, length = strlen(text);
    if (length >= left) length = left ? left - 1 : 0;
    memcpy(to->text + to->used, text, length);
    to->used += length;
    to->text[to->used] = '\0';
}

static int64_t signed_of(const void *at, size_t size)
{
    switch (size) {
    case 1: return *(const int8_t *)at;
    case 2: return *(const int16_t *)at;
    case 4: return *(const int32_t *)at;
    default: return *(const int64_t *)at;
    }
}

static uint64_t unsigned_of(const void *at, size_t size)
{
    switch (size) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    default: return *(const uint64_t *)at;
    }
}

static void put_bytes(writer *to, const rp_bytes *bytes)
{
    char piece[2 * RP_ERROR_ITEM_SIZE]; /* more than fits, so that the end is marked in one place */
    (void)rp_printable(bytes->data, bytes->size, piece, sizeof piece);
    put(to, piece);
}

static void put_string(writer *to, const char *text) { put_bytes(to, &(rp_bytes){text, strnlen(text, RP_ERROR_ITEM_SIZE)}); }

/* Prints as few digits as read back as the same number. */
static void print_number(char *text, size_t size, double value, int digits, int most)
{
    rpi_snprintf(text, size, "%.*g", digits, value);
    double back = rpi_strtod(text, NULL);
    bool same = most < 10 ? !((float)back < (float)value || (float)back > (float)value) : !(back < value || back > value);
    if (!same) rpi_snprintf(text, size, "%.*g", most, value);
}

static void put_value(writer *to, rp_type type, size_t size, const void *at)
{
    char number[64];
    switch (type) {
    case RP_TYPE_BYTES: put_bytes(to, at); return;
    case RP_TYPE_STRING: put_string(to, *(const char *const *)at); return;
    case RP_TYPE_FLOAT: print_number(number, sizeof number, (double)*(const float *)at, 6, 9); break;
    case RP_TYPE_DOUBLE: print_number(number, sizeof number, *(const double *)at, 15, 17); break;
    case RP_TYPE_INT8:
    case RP_TYPE_INT16:
    case RP_TYPE_INT32:
    case RP_TYPE_INT64: snprintf(number, sizeof number, "%" PRId64, signed_of(at, size)); break;
    case RP_TYPE_BOOL:
    case RP_TYPE_UINT8:
    case RP_TYPE_UINT16:
    case RP_TYPE_UINT32:
    case RP_TYPE_UINT64: snprintf(number, sizeof number, "%" PRIu64, unsigned_of(at, size)); break;
    default: snprintf(number, sizeof number, "{%zu bytes}", size); break;
    }
    put(to, number);
}

/* Marks where the text was cut, and removes a UTF-8 character that was cut in half. */
static void mark_cut(writer *to)
{
    static const char dots[] = "...";
    size_t at = to->size - sizeof dots;
    while (at > 0 && ((unsigned char)to->text[at] & 0xc0) == 0x80) at--;
    memcpy(to->text + at, dots, sizeof dots);
}

void rpi_item_text(const rpi_work *work, const rp_view *views, uint64_t k, char *text, size_t size)
{
    writer to = {text, 0, size};
    const rp_task *task = work->task;
    text[0] = '\0';
    for (int a = work->n_bound; a < task->n_arguments; a++) {
        if (a > work->n_bound) put(&to, ", ");
        put_value(&to, task->argument_types[a], task->argument_sizes[a], views[a].base + k * views[a].stride_bytes);
    }
    if (size > 4 && to.used == size - 1) mark_cut(&to);
}

void rpi_item_text_of_batch(const rpi_batch *batch, uint64_t offset, char *text, size_t size)
{
    rp_view views[RP_MAX_ARGUMENTS];
    int64_t numbers[RP_MAX_ARGUMENTS];
    for (int k = 0; k < batch->work->task->n_arguments; k++) {
        const rp_column *column = &batch->work->arguments[k];
        views[k] = batch->views[k];
        if (views[k].base) {
            views[k].base += offset * views[k].stride_bytes;
            continue;
        }
        views[k].base = rpi_computed_value(column, batch->first + offset, &numbers[k]);
    }
    rpi_item_text(batch->work, views, 0, text, size);
}
