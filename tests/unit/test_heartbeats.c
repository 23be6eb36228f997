/* test_heartbeats.c: connections between rank 0 and others, over a network and a clock that are made up. */
#include "fake_sockets.h"

#include "cluster/heartbeats.h"

#include <errno.h>
#include <string.h>

enum { RANKS = 4 };
static const double turn_s = 0.05;

typedef struct rank_side {
    rpi_heartbeats *heartbeats; /* NULL: its process is gone */
    int n_events[RPI_HEARTBEAT_PARTED + 1][RANKS];
} rank_side;

typedef struct scene {
    fake_cable *cable;
    rank_side ranks[RANKS];
} scene;

static void note(void *argument, int peer, rpi_heartbeat_event event) { ((rank_side *)argument)->n_events[event][peer]++; }

static scene *begin(void)
{
    scene *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->cable = fake_cable_create();
    for (int k = 0; k < RANKS; k++) {
        rank_side *side = &made->ranks[k];
        side->heartbeats = rpi_heartbeats_create(k, RANKS, fake_cable_sockets(made->cable, k), note, side);
        assert_non_null(side->heartbeats);
    }
    return made;
}

static void end(scene *with)
{
    for (int k = RANKS - 1; k >= 0; k--) rpi_heartbeats_destroy(with->ranks[k].heartbeats);
    fake_cable_kill(with->cable, FAKE_HOSTS - 1);
    fake_cable_destroy(with->cable);
    free(with);
}

static void pass(scene *with, double seconds)
{
    for (double passed = 0; passed < seconds - 1e-9; passed += turn_s) {
        fake_cable_pass(with->cable, turn_s);
        for (int k = 0; k < RANKS; k++)
            if (with->ranks[k].heartbeats) rpi_heartbeats_turn(with->ranks[k].heartbeats, fake_cable_now(with->cable));
    }
}

static const rpi_meeting *listen_at_0(scene *with)
{
    const rpi_meeting *meeting = rpi_heartbeats_listen(with->ranks[0].heartbeats);
    assert_non_null(meeting);
    return meeting;
}

static void join(scene *with, int rank, const rpi_meeting *meeting)
{
    rpi_heartbeats_join(with->ranks[rank].heartbeats, meeting, false, fake_cable_now(with->cable));
}

static scene *begin_connected(void)
{
    scene *with = begin();
    for (int k = 1; k < RANKS; k++) join(with, k, listen_at_0(with));
    pass(with, 0.5);
    return with;
}

/* Its sockets are closed, without a word. */
static void die(scene *with, int rank)
{
    rpi_heartbeats_destroy(with->ranks[rank].heartbeats);
    with->ranks[rank].heartbeats = NULL;
}

static int events_at_0(const scene *with, rpi_heartbeat_event event, int peer) { return with->ranks[0].n_events[event][peer]; }
static int events_about_0(const scene *with, rpi_heartbeat_event event, int rank) { return with->ranks[rank].n_events[event][0]; }

static void all_ranks_connect_and_are_heard(void **state)
{
    (void)state;
    scene *with = begin_connected();
    pass(with, 10);
    for (int k = 1; k < RANKS; k++) {
        assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, k), 1);
        assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CONNECTED, k), 1);
        assert_in_range(events_at_0(with, RPI_HEARTBEAT_HEARD, k), 18, 22);
        assert_in_range(events_about_0(with, RPI_HEARTBEAT_HEARD, k), 18, 22);
        assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, k) + events_at_0(with, RPI_HEARTBEAT_ENDED, k), 0);
    }
    assert_int_equal(fake_cable_n_open(with->cable, 0), RANKS); /* a connection each, and the listener */
    end(with);
}

static void nothing_is_opened_before_it_is_needed(void **state)
{
    (void)state;
    scene *with = begin();
    pass(with, 5);
    for (int k = 0; k < RANKS; k++) assert_int_equal(fake_cable_n_open(with->cable, k), 0);
    end(with);
}

static void the_end_of_a_process_is_seen_in_the_next_turn(void **state)
{
    (void)state;
    scene *with = begin_connected();
    die(with, 2);
    pass(with, turn_s);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 2), 1);
    pass(with, 20);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 2), 1);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, 2), 0);
    end(with);
}

static void the_end_of_rank_0_is_seen_by_all(void **state)
{
    (void)state;
    scene *with = begin_connected();
    die(with, 0);
    pass(with, turn_s);
    for (int k = 1; k < RANKS; k++) assert_int_equal(events_about_0(with, RPI_HEARTBEAT_ENDED, k), 1);
    end(with);
}

static void a_rank_that_parts_does_not_end(void **state)
{
    (void)state;
    scene *with = begin_connected();
    rpi_heartbeats_part(with->ranks[1].heartbeats);
    die(with, 1);
    pass(with, 5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_PARTED, 1), 1);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 1) + events_at_0(with, RPI_HEARTBEAT_CUT, 1), 0);
    end(with);
}

static void a_short_cut_is_nothing(void **state)
{
    (void)state;
    scene *with = begin_connected();
    fake_cable_cut(with->cable, 3);
    pass(with, 3.5);
    fake_cable_join(with->cable, 3);
    pass(with, 10);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, 3), 0);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 3), 1);
    end(with);
}

static void after_a_cut_the_rank_connects_again(void **state)
{
    (void)state;
    scene *with = begin_connected();
    fake_cable_cut(with->cable, 3);
    pass(with, 5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, 3), 1);
    assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CUT, 3), 1);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 3), 0);
    fake_cable_join(with->cable, 3);
    pass(with, 5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 3), 2);
    assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CONNECTED, 3), 2);
    end(with);
}

/* The others would keep it longer than a rank may be silent after a cut. */
static void after_a_cut_the_address_that_worked_is_tried(void **state)
{
    (void)state;
    scene *with = begin();
    fake_cable_claim(with->cable, 0, (const int[]){0, FAKE_HOSTS, FAKE_HOSTS + 1, FAKE_HOSTS + 2, FAKE_HOSTS + 3}, 5);
    join(with, 3, listen_at_0(with));
    pass(with, 1);
    fake_cable_cut(with->cable, 3);
    pass(with, 9);
    fake_cable_join(with->cable, 3);
    pass(with, 2.5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, 3), 1);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 3), 2);
    end(with);
}

static void after_a_cut_the_other_addresses_are_tried_too(void **state)
{
    (void)state;
    scene *with = begin();
    fake_cable_claim(with->cable, 0, (const int[]){0, 1}, 2);
    join(with, 3, listen_at_0(with));
    pass(with, 1);
    int n_before = fake_cable_n_begun(with->cable, 3);
    fake_cable_cut(with->cable, 3);
    pass(with, 20); /* every address fails */
    int n_at_once = fake_cable_n_begun(with->cable, 3);
    assert_in_range(n_at_once - n_before, 5, 20);
    fake_cable_join(with->cable, 3);
    pass(with, 5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 3), 2);
    end(with);
}

static void a_reset_is_an_end_while_beats_come_and_a_cut_after_silence(void **state)
{
    (void)state;
    scene *with = begin_connected();
    fake_cable_reset(with->cable, 1);
    pass(with, turn_s);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 1), 1);
    fake_cable_cut(with->cable, 2);
    pass(with, 3);
    fake_cable_reset(with->cable, 2);
    pass(with, turn_s);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_ENDED, 2), 0);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CUT, 2), 1);
    end(with);
}

/* ---- who isn't let in ---- */

/* Connects to rank 0 from a host that has no rank. */
static int connect_stranger(scene *with, const rpi_meeting *meeting)
{
    const rpi_sockets *sockets = fake_cable_sockets(with->cable, FAKE_HOSTS - 1);
    return sockets->connect(sockets->argument, &meeting->addresses[0], (uint16_t)meeting->port);
}

static void send_greeting(scene *with, int socket, uint64_t rank, const unsigned char *token)
{
    const rpi_sockets *sockets = fake_cable_sockets(with->cable, FAKE_HOSTS - 1);
    char bytes[32] = "rpheart1";
    memcpy(bytes + 8, &rank, sizeof rank);
    memcpy(bytes + 16, token, RPI_TOKEN_SIZE);
    assert_int_equal(sockets->send(sockets->argument, socket, bytes, sizeof bytes), sizeof bytes);
}

static void nobody_takes_a_ranks_place_without_the_token(void **state)
{
    (void)state;
    scene *with = begin();
    const rpi_meeting *meeting = listen_at_0(with);
    const rpi_sockets *sockets = fake_cable_sockets(with->cable, FAKE_HOSTS - 1);
    unsigned char token[RPI_TOKEN_SIZE];
    for (int wrong = -1; wrong < RPI_TOKEN_SIZE; wrong++) { /* -1: the token is right, but there is no such rank */
        memcpy(token, meeting->token, sizeof token);
        if (wrong >= 0) token[wrong] ^= 0x10;
        int socket = connect_stranger(with, meeting);
        send_greeting(with, socket, wrong >= 0 ? 1 : RANKS, token);
        pass(with, turn_s);
        char answer;
        assert_int_equal(sockets->receive(sockets->argument, socket, &answer, 1), 0); /* closed, without a word */
        sockets->close(sockets->argument, socket);
    }
    for (int k = 0; k < RANKS; k++) assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, k), 0);
    end(with);
}

static void strangers_are_few_and_do_not_stay(void **state)
{
    (void)state;
    scene *with = begin();
    const rpi_meeting *meeting = listen_at_0(with);
    for (int i = 0; i < 100; i++) (void)connect_stranger(with, meeting);
    pass(with, turn_s);
    assert_in_range(fake_cable_n_open(with->cable, 0), 1, 65);
    join(with, 1, meeting);
    pass(with, 4);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 1), 1);
    pass(with, 12);
    assert_int_equal(fake_cable_n_open(with->cable, 0), 2);
    end(with);
}

/* A rank finds somebody else at the first address, nobody at the second, and rank 0 at the third. */
static void addresses_are_tried_in_turn(void **state)
{
    (void)state;
    scene *with = begin();
    const rpi_sockets *other = fake_cable_sockets(with->cable, 5);
    uint16_t port;
    int listener = other->listen(other->argument, &port);
    fake_cable_claim(with->cable, 0, (const int[]){5, 200, 0}, 3);
    rpi_meeting meeting = *listen_at_0(with);
    join(with, 1, &meeting);
    pass(with, 1);
    assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CONNECTED, 1), 0);
    pass(with, 5);
    assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CONNECTED, 1), 1);
    other->close(other->argument, listener);
    end(with);
}

static void whoever_answers_wrongly_is_not_rank_0(void **state)
{
    (void)state;
    scene *with = begin();
    rpi_meeting meeting = *listen_at_0(with);
    meeting.answer[3] ^= 1;
    join(with, 1, &meeting);
    pass(with, 3);
    assert_int_equal(events_about_0(with, RPI_HEARTBEAT_CONNECTED, 1), 0);
    end(with);
}

static void a_rank_gives_up_in_the_end(void **state)
{
    (void)state;
    scene *with = begin();
    rpi_meeting meeting = *listen_at_0(with);
    meeting.addresses[0] = fake_address(200);
    join(with, 1, &meeting);
    pass(with, 31);
    int begun = fake_cable_n_begun(with->cable, 1);
    assert_in_range(begun, 5, 20);
    pass(with, 60);
    assert_int_equal(fake_cable_n_begun(with->cable, 1), begun);
    end(with);
}

static void a_rank_without_descriptors_listens_later_or_not(void **state)
{
    (void)state;
    scene *with = begin();
    fake_cable_exhaust(with->cable, 0, 1);
    assert_null(rpi_heartbeats_listen(with->ranks[0].heartbeats));
    assert_int_equal(errno, EMFILE);
    const rpi_meeting *meeting = listen_at_0(with);
    join(with, 1, meeting);
    pass(with, turn_s / 2);
    fake_cable_exhaust(with->cable, 0, 10);
    pass(with, 5);
    assert_int_equal(events_at_0(with, RPI_HEARTBEAT_CONNECTED, 1), 1);
    end(with);
}

static void a_meeting_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    scene *with = begin();
    rpi_meeting meeting = *listen_at_0(with);
    meeting.n_addresses = UINT64_MAX;
    join(with, 1, &meeting);
    pass(with, 3);
    assert_int_equal(fake_cable_n_begun(with->cable, 1), 0);
    end(with);
}

UNIT_MAIN(UNIT(all_ranks_connect_and_are_heard), UNIT(nothing_is_opened_before_it_is_needed),
          UNIT(the_end_of_a_process_is_seen_in_the_next_turn), UNIT(the_end_of_rank_0_is_seen_by_all), UNIT(a_rank_that_parts_does_not_end),
          UNIT(a_short_cut_is_nothing), UNIT(after_a_cut_the_rank_connects_again), UNIT(after_a_cut_the_address_that_worked_is_tried),
          UNIT(after_a_cut_the_other_addresses_are_tried_too), UNIT(a_reset_is_an_end_while_beats_come_and_a_cut_after_silence),
          UNIT(nobody_takes_a_ranks_place_without_the_token), UNIT(strangers_are_few_and_do_not_stay), UNIT(addresses_are_tried_in_turn),
          UNIT(whoever_answers_wrongly_is_not_rank_0), UNIT(a_rank_gives_up_in_the_end),
          UNIT(a_rank_without_descriptors_listens_later_or_not), UNIT(a_meeting_that_makes_no_sense_is_refused))
