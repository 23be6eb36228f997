/*
 * fuzz_mailbox.c: what a child leaves in the mailbox. A sandbox answers two requests in earnest; then the bytes are written over its
 * answers and responses, and its worker takes what there is, as from a sandbox that lives, or that died.
 *
 *     byte 0      the task, whether its item 2 fails, whether the requests count as done, whether the sums are made right again
 *     byte 1      how many items the requests have
 *     then        where to write (a byte), at which offset (2 bytes), how much (a byte), and the bytes
 */
#include "fuzz.h"

#include "isolate/answer.h"
#include "isolate/request.h"
#include "isolate/sandbox_server.h"

#include <rankpool/rankpool.h>

#include <fcntl.h>
#include <string.h>

enum { MOST_ITEMS = 8, ROOM = 2 * MOST_ITEMS + 1, EMITS = 1, FAILS = 2, DIED = 4, FORGED = 8 };

static int64_t fuzz_boxed(int64_t fails, int64_t x) { return fails && x == 2 ? rp_fail(5, "a message of item %d", (int)x) : 3 * x + 1; }
RP_TASK(fuzz_boxed, int64_t, int64_t, int64_t)

static void fuzz_boxed_emit(int64_t fails, int64_t x)
{
    for (int64_t i = 0; i <= x; i++) rp_emit(&x, sizeof x);
    if (fails && x == 2) rp_fail(5, "a message of item %d", (int)x);
}
RP_TASK_EMIT(fuzz_boxed_emit, int64_t, int64_t)

typedef struct scene {
    uint64_t flags, count; /* of each request */
    rpi_work work;
    rpi_batch *batch;
    rpi_context context;
    rpi_mailbox *worker;
    rpi_sandbox_server server;
    union {
        int64_t fixed[ROOM];
        rp_bytes emitted[ROOM];
    } results; /* one more than there are items, which must stay as it is */
} scene;

static void begin(scene *on, uint64_t flags, uint64_t count)
{
    memset(on, 0, sizeof *on);
    on->flags = flags;
    on->count = count;
    const rp_task *task = flags & EMITS ? fuzz_boxed_emit_task : fuzz_boxed_task;
    int64_t fails = flags & FAILS ? 1 : 0;
    FUZZ_CHECK(rpi_work_init(&on->work, task, (rp_columns){0, NULL}, RP_COLUMNS(RP_CONSTANT(fails), RP_RANGE(0, 1)), NULL) == RP_OK);
    on->work.on_error = RP_ON_ERROR_COLLECT;
    on->work.max_attempts = 1;
    atomic_store(&on->work.cutoff, RPI_NO_CUTOFF);
    on->batch = rpi_batch_create();
    FUZZ_CHECK(on->batch);
    rpi_batch_reset(on->batch, &on->work, 0, ROOM);
    on->batch->results = (char *)&on->results;
    rpi_context_init(&on->context, 0, 0, "host");
    FUZZ_CHECK(rpi_mailbox_create(&on->worker, NULL) == RP_OK);
    FUZZ_CHECK(rpi_mailbox_attach(fcntl(on->worker->fd, F_DUPFD_CLOEXEC, 0), &on->server.mailbox, NULL) == RP_OK);
    FUZZ_CHECK(rpi_sandbox_server_init(&on->server));
}

static void end(scene *on)
{
    if (on->flags & EMITS) rp_bytes_free(on->results.emitted, ROOM);
    rpi_sandbox_server_fini(&on->server);
    rpi_mailbox_release(on->worker);
    rpi_context_fini(&on->context);
    rpi_batch_destroy(on->batch);
    rpi_work_fini(&on->work);
}

/* Request 1 has the first items, request 2 the next. */
static rpi_grain grain_of(const scene *on, uint64_t number) { return (rpi_grain){(number - 1) * on->count, number * on->count, false}; }

static void run(scene *on)
{
    for (uint64_t number = 1; number <= RPI_REQUESTS; number++) {
        rpi_order *order = &on->worker->orders->requests[rpi_request_place(number)];
        FUZZ_CHECK(rpi_request_write(on->worker, number, on->batch, grain_of(on, number), number == 1));
        atomic_store(&order->cutoff, RPI_NO_CUTOFF);
        atomic_store(&order->posted, number);
    }
    atomic_store(&on->worker->orders->closing, 1);
    rpi_context_enter(&on->server.context);
    rpi_sandbox_server_serve(&on->server);
    rpi_context_enter(NULL);
}

static void write_over(scene *on, fuzz_input *input)
{
    rpi_mailbox *child = on->server.mailbox;
    while (input->left > 0) {
        uint64_t where = fuzz_number(input, 1) % 3, at = fuzz_number(input, 2), n = fuzz_number(input, 1);
        char *into = where == 0 ? (char *)child->answers : child->responses[where - 1].base;
        size_t size = where == 0 ? sizeof *child->answers : child->responses[where - 1].size;
        for (at %= size; n > 0 && at < size && input->left > 0; n--) into[at++] = (char)fuzz_number(input, 1);
    }
}

/* So that what comes after the check of the sum is reached too. */
static void make_sum_right(scene *on, uint64_t number)
{
    unsigned place = rpi_request_place(number);
    rpi_answer *answer = &on->server.mailbox->answers->requests[place].answer;
    const rpi_segment *response = &on->server.mailbox->responses[place];
    uint64_t results = on->flags & EMITS ? answer->emitted_size : answer->n_done * sizeof(int64_t);
    uint64_t at = (rpi_answer_results_at(on->count) + results + 15) / 16 * 16;
    bool within = at <= response->size && answer->failures_size <= response->size - at;
    if (within) answer->text_sum = rpi_checksum(response->base + at, answer->failures_size, number);
    answer->sum = rpi_answer_sum(answer, number);
}

static void take(scene *on, uint64_t number)
{
    rpi_taking taking = {0};
    rp_error why = {0};
    uint64_t at = on->count, n_failed = atomic_load(&on->work.n_failed);
    rpi_grain grain = grain_of(on, number);
    if (on->flags & DIED) {
        rpi_stage stage = rpi_progress_read(atomic_load(&on->worker->answers->progress), number, on->count, &at);
        FUZZ_CHECK(stage != RPI_STAGE_IN || at < on->count);
        taking.n = rpi_request_take_finished(on->worker, number, on->batch, grain, &on->context, at);
    } else if (rpi_request_take(on->worker, number, on->batch, grain, &on->context, &taking, &why) == RPI_TAKEN_REFUSED) {
        FUZZ_CHECK(strlen(why.text) < sizeof why.text);
    }
    FUZZ_CHECK(taking.n <= on->count);
    FUZZ_CHECK(atomic_load(&on->work.n_failed) - n_failed <= (taking.n > 0));
    rpi_request_release(on->worker, number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static scene on;
    fuzz_input input = {data, size};
    uint64_t flags = fuzz_number(&input, 1);
    uint64_t count = flags & EMITS ? 1 : 1 + fuzz_number(&input, 1) % MOST_ITEMS;
    begin(&on, flags, count);
    run(&on);
    bool touched = input.left > 0;
    write_over(&on, &input);
    for (uint64_t number = 1; number <= RPI_REQUESTS; number++) {
        if (flags & FORGED) make_sum_right(&on, number);
        take(&on, number);
    }
    for (uint64_t i = 0; i < ROOM && i < RPI_REQUESTS * count && !touched && !(flags & (EMITS | FAILS | DIED)); i++)
        FUZZ_CHECK(on.results.fixed[i] == 3 * (int64_t)i + 1);
    if (flags & EMITS) FUZZ_CHECK(on.results.emitted[RPI_REQUESTS * count].size == 0);
    else FUZZ_CHECK(on.results.fixed[RPI_REQUESTS * count] == 0);
    end(&on);
    return 0;
}
