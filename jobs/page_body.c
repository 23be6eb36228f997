/* page_body.c: see page_body.h. */
#include "page_body.h"

#include <errno.h>
#include <unistd.h>

static long status_of(const page_transfer *transfer)
{
    long status = 0;
    (void)transfer->curl->easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t refuse_bytes(page_transfer *transfer, page_refusal why)
{
    transfer->refusal = why;
    return 0;
}

/* The part, which is on disk already, counts in the sum too. */
static int sum_part(page_transfer *transfer)
{
    char bytes[16384];
    ssize_t n;
    for (off_t at = 0; at < transfer->from; at += n) {
        n = pread(transfer->sink.file, bytes, sizeof(bytes), at);
        if (n <= 0 || !digest_add(&transfer->sum, bytes, (size_t)n)) return 0;
    }
    return 1;
}

int page_body_begin_sum(page_transfer *transfer)
{
    transfer->has_sum = transfer->expected[0] || transfer->answer.sha256[0];
    return !transfer->has_sum || (digest_begin(&transfer->sum) && sum_part(transfer));
}

/* The first bytes of a page have come. */
static int begin_body(page_transfer *transfer, long status)
{
    transfer->has_body = 1;
    if (transfer->from > 0 && status == 206) {
        if (transfer->answer.range_first != transfer->from) return (int)refuse_bytes(transfer, PAGE_OTHER_RANGE);
        transfer->answer.memo.size = transfer->answer.range_length;
    } else if (transfer->from > 0) {
        transfer->from = 0;
        transfer->write_errno = page_sink_restart(&transfer->sink);
        if (transfer->write_errno) return (int)refuse_bytes(transfer, PAGE_NOT_WRITTEN);
    }
    return page_body_begin_sum(transfer) ? 1 : (int)refuse_bytes(transfer, PAGE_NO_MEMORY);
}

/* What is compressed on its way can't be continued. */
static const page_memo *memo_of_part(const page_transfer *transfer)
{
    static const page_memo none;
    return transfer->settings->compressed ? &none : &transfer->answer.memo;
}

static size_t take_bytes(page_transfer *transfer, const char *data, size_t size)
{
    if (transfer->has_sum && !digest_add(&transfer->sum, data, size)) return refuse_bytes(transfer, PAGE_NO_MEMORY);
    transfer->write_errno = page_sink_append(&transfer->sink, data, size, memo_of_part(transfer));
    if (!transfer->write_errno) return size;
    return refuse_bytes(transfer, transfer->write_errno == ENOMEM ? PAGE_NO_MEMORY : PAGE_NOT_WRITTEN);
}

/* What comes with an error isn't the page. */
size_t page_body_receive(char *data, size_t one, size_t size, void *state)
{
    (void)one; /* always 1 */
    page_transfer *transfer = state;
    long status = status_of(transfer);
    int is_page = status >= 200 && status < 300;
    if (is_page && !transfer->has_body && !begin_body(transfer, status)) return 0;
    int64_t so_far = is_page ? transfer->sink.size : transfer->n_dropped;
    if ((int64_t)size > transfer->settings->max_bytes - so_far) return refuse_bytes(transfer, PAGE_TOO_LARGE);
    if (is_page) return take_bytes(transfer, data, size);
    transfer->n_dropped += (int64_t)size;
    return size;
}

size_t page_body_receive_header(char *data, size_t one, size_t size, void *state)
{
    (void)one; /* always 1 */
    page_answer_take(&((page_transfer *)state)->answer, data, size);
    return size;
}
