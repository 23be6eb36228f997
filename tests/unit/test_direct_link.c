/* test_direct_link.c: large data is read in the sender's memory, or sent where it can't be; either way messages come whole and in order.
 * Both ends are in this process, over a fake link. */
#include "fake_link.h"

#include "cluster/direct_link.h"

#include <unistd.h>

enum { LARGE = RPI_LARGE_DATA + 1000, HUGE = 20 << 20 };

typedef struct pair {
    fake_network *network;
    rpi_link *ends[2];
    rpi_message *inbox[2];
} pair;

static int n_reads, allowed; /* reads that succeed; the later ones don't */

static bool read_some(pid_t process, uint64_t address, char *to, size_t size, uint64_t token_address, uint64_t token[2])
{
    assert_int_equal(process, getpid());
    if (n_reads++ >= allowed) return false;
    memcpy(to, (const char *)(uintptr_t)address, size);
    memcpy(token, (const uint64_t *)(uintptr_t)token_address, 16);
    return true;
}

static pair open_pair(rpi_read_memory *reads)
{
    pair made = {.network = fake_network_create(2, &(fake_weather){.most_delay_us = 300, .seed = 5})};
    for (int end = 0; end < 2; end++)
        assert_int_equal(rpi_direct_link_create(fake_network_link(made.network, end), reads, &made.ends[end], NULL), RP_OK);
    n_reads = 0;
    return made;
}

static void close_pair(pair *of)
{
    for (int end = 0; end < 2; end++) of->ends[end]->ops->destroy(of->ends[end], 0);
    fake_network_destroy(of->network);
}

static void send(pair *of, int from, size_t size, uint64_t number)
{
    rpi_message *message = rpi_message_create(RPI_WORK, 1, size);
    message->header.work.chunk = message->header.number = number;
    memset(message->data, (int)number, size);
    assert_int_equal(of->ends[from]->ops->send(of->ends[from], 1 - from, message, NULL), RP_OK);
}

/* What has come in at an end, in order. */
static void receive_some(pair *of, int at)
{
    rpi_message *message, **end = &of->inbox[at];
    int peer;
    rp_status status = of->ends[at]->ops->receive(of->ends[at], &peer, &message, NULL);
    if (status == RP_AGAIN) return;
    assert_int_equal(status, RP_OK);
    assert_int_equal(peer, 1 - at);
    while (*end) end = &(*end)->next;
    message->next = NULL;
    *end = message;
}

/* The next message at that end. */
static rpi_message *await_message(pair *of, int at)
{
    for (double deadline = unit_now() + UNIT_WAIT_S; !of->inbox[at] && unit_now() < deadline;)
        for (int end = 0; end < 2; end++) receive_some(of, end);
    rpi_message *message = of->inbox[at];
    assert_non_null(message);
    of->inbox[at] = message->next;
    return message;
}

static void expect(pair *of, int at, size_t size, uint64_t number)
{
    rpi_message *message = await_message(of, at);
    const char *data = rpi_message_bytes(message);
    assert_int_equal(message->header.kind, RPI_WORK);
    assert_int_equal(message->header.work.chunk, number);
    assert_int_equal(message->header.size, size);
    for (size_t i = 0; i < size; i += 97) assert_int_equal((unsigned char)data[i], number);
    assert_int_equal((unsigned char)data[size - 1], number);
    rpi_message_free(message);
}

static void exchange(pair *of)
{
    static const size_t sizes[] = {100, LARGE, 50, HUGE, LARGE, RPI_LARGE_DATA, 1, LARGE};
    for (uint64_t k = 0; k < N_OF(sizes); k++) send(of, 0, sizes[k], k + 1);
    for (uint64_t k = 0; k < N_OF(sizes); k++) send(of, 1, sizes[N_OF(sizes) - 1 - k], k + 100);
    for (uint64_t k = 0; k < N_OF(sizes); k++) expect(of, 1, sizes[k], k + 1);
    for (uint64_t k = 0; k < N_OF(sizes); k++) expect(of, 0, sizes[N_OF(sizes) - 1 - k], k + 100);
}

static void large_data_is_read_and_comes_in_order(void **state)
{
    (void)state;
    pair both = open_pair(NULL);
    exchange(&both);
    assert_int_equal(fake_network_sent(both.network, RPI_LENT), 2 * 4);
    assert_int_equal(fake_network_sent(both.network, RPI_WORK), 2 * 4);
    close_pair(&both);
}

/* Whenever it can't be read, at the first message or in the middle of a later one. Once refused, it isn't tried again. */
static void data_that_cannot_be_read_is_sent(void **state)
{
    (void)state;
    for (allowed = 0; allowed < 14; allowed++) {
        pair both = open_pair(read_some);
        exchange(&both);
        exchange(&both);
        close_pair(&both);
    }
}

static void who_refused_is_lent_nothing_more(void **state)
{
    (void)state;
    pair both = open_pair(read_some);
    allowed = 0;
    send(&both, 0, LARGE, 1);
    expect(&both, 1, LARGE, 1);
    send(&both, 0, LARGE, 2);
    expect(&both, 1, LARGE, 2);
    assert_int_equal(n_reads, 1);
    assert_int_equal(fake_network_sent(both.network, RPI_LENT), 1);
    close_pair(&both);
}

static char place[HUGE];
static bool is_wanted;
static int n_asked;

static char *destination(void *argument, int peer, const rpi_header *header)
{
    (void)argument, (void)peer;
    return header->size == HUGE && (is_wanted || n_asked++ == 0) ? place : NULL;
}

static void it_is_read_to_where_it_belongs(void **state)
{
    (void)state;
    pair both = open_pair(NULL);
    is_wanted = true;
    both.ends[1]->destination = destination;
    send(&both, 0, HUGE, 7);
    rpi_message *message = await_message(&both, 1);
    assert_ptr_equal(message->outside, place);
    assert_int_equal(place[HUGE - 1], 7);
    rpi_message_free(message);
    close_pair(&both);
}

/* The place may have gone, as when the sender was lost. Nothing is written there any more. */
static void what_has_no_place_any_more_is_dropped(void **state)
{
    (void)state;
    pair both = open_pair(NULL);
    is_wanted = false;
    n_asked = 0;
    memset(place, 0, sizeof place);
    both.ends[1]->destination = destination;
    send(&both, 0, HUGE, 9);
    send(&both, 0, 10, 11);
    expect(&both, 1, 10, 11);
    assert_int_equal(place[0], 0);
    close_pair(&both);
}

static void what_was_lent_is_freed_when_nobody_returns_it(void **state)
{
    (void)state;
    pair both = open_pair(NULL);
    send(&both, 0, LARGE, 1);
    send(&both, 1, HUGE, 2);
    close_pair(&both);
}

static void receive_until_nothing_moves(pair *of, int at)
{
    for (double deadline = unit_now() + UNIT_WAIT_S; of->ends[at]->ops->is_moving(of->ends[at]) && unit_now() < deadline;)
        receive_some(of, at);
    assert_false(of->ends[at]->ops->is_moving(of->ends[at]));
}

/* In the middle of what is read from it, with more behind that. Nothing of it is moving any more, and what comes later is dropped. */
static void a_peer_that_is_given_up_is_forgotten(void **state)
{
    (void)state;
    pair both = open_pair(read_some);
    allowed = 1000;
    send(&both, 0, HUGE, 1);
    send(&both, 0, 100, 2);
    send(&both, 1, LARGE, 3); /* lent to it, and never returned */
    for (double deadline = unit_now() + UNIT_WAIT_S; n_reads == 0 && unit_now() < deadline;) receive_some(&both, 1);
    assert_in_range(n_reads, 1, 2);
    both.ends[1]->ops->give_up(both.ends[1], 0);
    receive_until_nothing_moves(&both, 1);
    send(&both, 0, HUGE, 4);
    receive_until_nothing_moves(&both, 1);
    assert_null(both.inbox[1]);
    assert_in_range(n_reads, 1, 2);
    close_pair(&both);
}

UNIT_MAIN(UNIT(a_peer_that_is_given_up_is_forgotten), cmocka_unit_test(large_data_is_read_and_comes_in_order),
          cmocka_unit_test(data_that_cannot_be_read_is_sent), cmocka_unit_test(who_refused_is_lent_nothing_more),
          cmocka_unit_test(it_is_read_to_where_it_belongs), cmocka_unit_test(what_has_no_place_any_more_is_dropped),
          cmocka_unit_test(what_was_lent_is_freed_when_nobody_returns_it))
