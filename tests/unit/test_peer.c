/* test_peer.c: verdicts about a peer, from tables of what arrives when. */
#include "unit.h"

#include "cluster/peer.h"

static const rpi_peer_times times = {
    .heartbeat_ns = 5, .settle_ns = 2, .way_ns = 4, .gap_ns = 20, .silence_ns = 100, .cut_ns = 30, .suspect_ns = 10};

typedef enum event_kind { LOOK, MESSAGE, HEARTBEAT, PART, GONE, FORGIVE, PART_WAYS, CONNECTED, CUT, ENDED, DISCONNECTS } event_kind;

typedef struct event {
    uint64_t at_ns;
    event_kind kind;
    uint64_t number;
    rpi_peer_verdict verdict; /* after it */
    rpi_peer_order order;     /* of a message */
} event;

static void apply(rpi_peer *peer, const event *now)
{
    switch (now->kind) {
    case LOOK: break;
    case MESSAGE: assert_int_equal(rpi_peer_take(peer, now->number, now->at_ns), now->order); break;
    case HEARTBEAT: rpi_peer_heartbeat(peer, now->number, now->at_ns); break;
    case PART: rpi_peer_heard(peer, now->at_ns); break;
    case GONE: rpi_peer_gone(peer, now->at_ns); break;
    case FORGIVE: rpi_peer_forgive(peer, now->at_ns); break;
    case PART_WAYS: peer->parted = true; break;
    case CONNECTED: rpi_peer_connected(peer, now->at_ns); break;
    case CUT: rpi_peer_cut(peer); break;
    case ENDED: rpi_peer_ended(peer, now->at_ns); break;
    case DISCONNECTS: rpi_peer_disconnects(peer); break;
    }
}

static void play(const event *events, size_t n)
{
    rpi_peer peer;
    rpi_peer_init(&peer, true, 1000);
    for (size_t i = 0; i < n; i++) {
        apply(&peer, &events[i]);
        rpi_peer_verdict verdict = rpi_peer_judge(&peer, &times, events[i].at_ns);
        if (verdict != events[i].verdict) fail_msg("event %zu: verdict %d, not %d", i, (int)verdict, (int)events[i].verdict);
    }
}

#define PLAY(...)                                                                                                                          \
    do {                                                                                                                                   \
        const event events[] = {__VA_ARGS__};                                                                                              \
        play(events, N_OF(events));                                                                                                        \
    } while (0)

#define WELL   RPI_PEER_WELL
#define DIED   RPI_PEER_DIED
#define GAP    RPI_PEER_GAP
#define SILENT RPI_PEER_SILENT
#define AWAY   RPI_PEER_UNREACHABLE
#define NEXT   RPI_PEER_NEXT
#define EARLY  RPI_PEER_EARLY
#define STALE  RPI_PEER_STALE

static void messages_in_order_are_next(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 1, WELL, NEXT}, {1050, MESSAGE, 2, WELL, NEXT}, {1140, MESSAGE, 3, WELL, NEXT}, {1239, LOOK, 0, WELL, 0});
}

static void duplicates_are_stale(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 1, WELL, NEXT}, {1001, MESSAGE, 1, WELL, STALE}, {1002, MESSAGE, 2, WELL, NEXT}, {1003, MESSAGE, 1, WELL, STALE},
         {1040, LOOK, 0, WELL, 0});
}

static void messages_without_a_number_are_stale(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 0, WELL, STALE}, {1001, MESSAGE, 1, WELL, NEXT});
}

static void early_ones_wait_for_what_is_missing(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 2, WELL, EARLY}, {1001, MESSAGE, 3, WELL, EARLY}, {1019, LOOK, 0, WELL, 0}, {1019, MESSAGE, 1, WELL, NEXT},
         {1019, MESSAGE, 2, WELL, NEXT}, {1019, MESSAGE, 3, WELL, NEXT}, {1060, LOOK, 0, WELL, 0});
}

static void a_gap_that_stays_open_is_a_loss(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 2, WELL, EARLY}, {1010, MESSAGE, 3, WELL, EARLY}, {1019, LOOK, 0, WELL, 0}, {1020, LOOK, 0, GAP, 0});
}

static void each_gap_has_its_own_time(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 2, WELL, EARLY}, {1001, MESSAGE, 4, WELL, EARLY}, {1015, MESSAGE, 1, WELL, NEXT}, {1015, MESSAGE, 2, WELL, NEXT},
         {1034, LOOK, 0, WELL, 0}, {1035, LOOK, 0, GAP, 0});
}

static void a_heartbeat_shows_that_the_last_message_is_missing(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 1, WELL, NEXT}, {1010, HEARTBEAT, 1, WELL, 0}, {1040, HEARTBEAT, 2, WELL, 0}, {1050, HEARTBEAT, 2, WELL, 0},
         {1059, LOOK, 0, WELL, 0}, {1060, HEARTBEAT, 2, GAP, 0}, {1060, MESSAGE, 2, WELL, NEXT});
}

static void an_old_heartbeat_changes_nothing(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 1, WELL, NEXT}, {1001, MESSAGE, 2, WELL, NEXT}, {1002, HEARTBEAT, 1, WELL, 0}, {1050, LOOK, 0, WELL, 0});
}

static void silence_is_a_loss(void **state)
{
    (void)state;
    PLAY({1099, LOOK, 0, WELL, 0}, {1100, LOOK, 0, SILENT, 0});
    PLAY({1099, HEARTBEAT, 0, WELL, 0}, {1198, LOOK, 0, WELL, 0}, {1199, LOOK, 0, SILENT, 0});
}

static void parts_of_a_long_message_are_no_silence(void **state)
{
    (void)state;
    PLAY({1090, PART, 0, WELL, 0}, {1180, PART, 0, WELL, 0}, {1279, LOOK, 0, WELL, 0}, {1280, LOOK, 0, SILENT, 0});
}

static void what_a_dead_peer_sent_may_still_come_in(void **state)
{
    (void)state;
    PLAY({1010, GONE, 0, WELL, 0}, {1011, MESSAGE, 1, WELL, NEXT}, {1012, LOOK, 0, WELL, 0}, {1012, GONE, 0, WELL, 0},
         {1013, LOOK, 0, DIED, 0});
}

static void time_that_this_rank_stood_still_does_not_count(void **state)
{
    (void)state;
    PLAY({1099, LOOK, 0, WELL, 0}, {9000, FORGIVE, 0, WELL, 0}, {9099, LOOK, 0, WELL, 0}, {9100, LOOK, 0, SILENT, 0});
    PLAY({1000, MESSAGE, 2, WELL, EARLY}, {9000, FORGIVE, 0, WELL, 0}, {9019, LOOK, 0, WELL, 0}, {9020, LOOK, 0, GAP, 0});
}

static void a_peer_that_parted_may_end(void **state)
{
    (void)state;
    PLAY({1000, MESSAGE, 2, WELL, EARLY}, {1010, PART_WAYS, 0, WELL, 0}, {1011, GONE, 0, WELL, 0}, {9000, LOOK, 0, WELL, 0});
}

static void only_a_watched_peer_is_judged_and_sent_heartbeats(void **state)
{
    (void)state;
    rpi_peer peer;
    rpi_peer_init(&peer, false, 1000);
    rpi_peer_gone(&peer, 1000);
    assert_int_equal(rpi_peer_judge(&peer, &times, 9000), RPI_PEER_WELL);
    assert_false(rpi_peer_is_due(&peer, &times, 9000));
}

static void a_heartbeat_is_due_at_once_and_after_silence(void **state)
{
    (void)state;
    rpi_peer peer;
    rpi_peer_init(&peer, true, 1000);
    peer.said_ns = 1000;
    assert_true(rpi_peer_is_due(&peer, &times, 1000));
    peer.introduced = true;
    assert_false(rpi_peer_is_due(&peer, &times, 1004));
    assert_true(rpi_peer_is_due(&peer, &times, 1005));
    peer.parted = true;
    assert_false(rpi_peer_is_due(&peer, &times, 1005));
}

/* Messages come in any order, and some several times: each number is next once, in order. */
static void any_order_gives_each_number_once(void **state)
{
    (void)state;
    enum { MESSAGES = 60 };
    unit_seed();
    for (int round = 0; round < 200; round++) {
        rpi_peer peer;
        bool waits[MESSAGES + 2] = {false};
        uint64_t taken = 0;
        rpi_peer_init(&peer, true, 1000);
        while (taken < MESSAGES) {
            uint64_t number = taken + 1 + unit_random(4) - (taken > 2 ? unit_random(3) : 0);
            if (number > MESSAGES) continue;
            rpi_peer_order order = rpi_peer_take(&peer, number, 1000);
            assert_int_equal(order, number <= taken ? RPI_PEER_STALE : number == taken + 1 ? RPI_PEER_NEXT : RPI_PEER_EARLY);
            if (order == RPI_PEER_EARLY) waits[number] = true;
            if (order == RPI_PEER_NEXT) taken = number;
            while (waits[taken + 1] && rpi_peer_take(&peer, taken + 1, 1000) == RPI_PEER_NEXT) taken++;
        }
        assert_int_equal(peer.n_taken, MESSAGES);
        assert_int_equal(rpi_peer_judge(&peer, &times, 1050), RPI_PEER_WELL);
    }
}

/* ---- connections ---- */

static void the_end_of_a_connection_is_a_death_once_messages_have_settled(void **state)
{
    (void)state;
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1010, ENDED, 0, WELL, 0}, {1015, LOOK, 0, WELL, 0}, {1016, LOOK, 0, DIED, 0});
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1010, ENDED, 0, WELL, 0}, {1015, MESSAGE, 1, WELL, NEXT}, {1020, LOOK, 0, WELL, 0},
         {1021, LOOK, 0, DIED, 0});
}

static void a_cut_is_a_loss_after_its_own_time(void **state)
{
    (void)state;
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1009, CUT, 0, WELL, 0}, {1029, LOOK, 0, WELL, 0}, {1030, LOOK, 0, AWAY, 0});
}

static void who_is_heard_on_any_way_is_not_lost_by_a_cut(void **state)
{
    (void)state;
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1009, CUT, 0, WELL, 0}, {1029, PART, 0, WELL, 0}, {1058, MESSAGE, 1, WELL, NEXT},
         {1087, HEARTBEAT, 1, WELL, 0}, {1116, CONNECTED, 0, WELL, 0}, {1215, LOOK, 0, WELL, 0}, {1216, LOOK, 0, SILENT, 0});
}

/* A process that is stopped keeps its connection. */
static void silence_on_a_connection_that_stays_has_the_long_limit(void **state)
{
    (void)state;
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1099, LOOK, 0, WELL, 0}, {1100, LOOK, 0, SILENT, 0});
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1050, DISCONNECTS, 0, WELL, 0}, {1099, LOOK, 0, WELL, 0}, {1100, LOOK, 0, SILENT, 0});
}

static void after_its_bye_a_connection_may_end_or_be_cut(void **state)
{
    (void)state;
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1001, PART_WAYS, 0, WELL, 0}, {1002, ENDED, 0, WELL, 0}, {1500, LOOK, 0, WELL, 0});
    PLAY({1000, CONNECTED, 0, WELL, 0}, {1001, PART_WAYS, 0, WELL, 0}, {1002, CUT, 0, WELL, 0}, {1500, LOOK, 0, WELL, 0});
}

static void only_a_peer_that_had_a_connection_is_suspected(void **state)
{
    (void)state;
    rpi_peer peer;
    rpi_peer_init(&peer, true, 1000);
    assert_false(rpi_peer_is_suspected(&peer, &times, 1050));
    rpi_peer_connected(&peer, 1050);
    assert_false(rpi_peer_is_suspected(&peer, &times, 1059));
    assert_true(rpi_peer_is_suspected(&peer, &times, 1060));
    rpi_peer_cut(&peer);
    assert_true(rpi_peer_is_suspected(&peer, &times, 1060));
    rpi_peer_heard(&peer, 1061);
    assert_false(rpi_peer_is_suspected(&peer, &times, 1062));
    peer.parted = true;
    assert_false(rpi_peer_is_suspected(&peer, &times, 1090));
}

UNIT_MAIN(UNIT(messages_in_order_are_next), UNIT(duplicates_are_stale), UNIT(messages_without_a_number_are_stale),
          UNIT(early_ones_wait_for_what_is_missing), UNIT(a_gap_that_stays_open_is_a_loss), UNIT(each_gap_has_its_own_time),
          UNIT(a_heartbeat_shows_that_the_last_message_is_missing), UNIT(an_old_heartbeat_changes_nothing), UNIT(silence_is_a_loss),
          UNIT(parts_of_a_long_message_are_no_silence), UNIT(what_a_dead_peer_sent_may_still_come_in),
          UNIT(time_that_this_rank_stood_still_does_not_count), UNIT(a_peer_that_parted_may_end),
          UNIT(only_a_watched_peer_is_judged_and_sent_heartbeats), UNIT(a_heartbeat_is_due_at_once_and_after_silence),
          UNIT(any_order_gives_each_number_once), UNIT(the_end_of_a_connection_is_a_death_once_messages_have_settled),
          UNIT(a_cut_is_a_loss_after_its_own_time), UNIT(who_is_heard_on_any_way_is_not_lost_by_a_cut),
          UNIT(silence_on_a_connection_that_stays_has_the_long_limit), UNIT(after_its_bye_a_connection_may_end_or_be_cut),
          UNIT(only_a_peer_that_had_a_connection_is_suspected))
