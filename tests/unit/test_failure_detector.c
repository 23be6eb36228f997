/*
 * test_failure_detector.c: a detector over a faulty link. Messages come out in order and once, and a lost peer is reported once. The peer's
 * side is a bare fake link, on which the test sends any message, or a detector too.
 */
#include "fake_link.h"
#include "fake_sockets.h"

#include "cluster/failure_detector.h"
#include "cluster/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Time stands still, but for the tests that let it pass. */
static uint64_t passed_ns;
static uint64_t pretended_ns(void) { return 1000000000 + passed_ns; }

static const rpi_failure_detector_options usual = {.now_ns = pretended_ns};
static const rpi_failure_detector_options often = {.heartbeat_s = 0.01, .gap_s = 0.1, .silence_s = 0.3, .now_ns = pretended_ns};

typedef struct pair {
    fake_network *network;
    rpi_link *detector, *peer;
} pair;

static pair make_pair(const rpi_failure_detector_options *options, const fake_weather *weather)
{
    pair made = {.network = fake_network_create(2, weather)};
    made.peer = fake_network_link(made.network, 1);
    assert_int_equal(rpi_failure_detector_create(fake_network_link(made.network, 0), options, &made.detector, NULL), RP_OK);
    return made;
}

static void free_pair(pair *with)
{
    with->detector->ops->destroy(with->detector, 1);
    with->peer->ops->destroy(with->peer, 1);
    fake_network_destroy(with->network);
}

static rpi_message *make(rpi_message_kind kind, uint64_t sequence)
{
    rpi_message *message = rpi_message_create(kind, sequence, 0); /* the pool says which it is, when the detector has numbered it anew */
    if (kind == RPI_HEARTBEAT) message->header.heartbeat.last_number = sequence;
    else message->header.number = sequence;
    return message;
}

static void post(pair *with, rpi_message_kind kind, uint64_t sequence)
{
    assert_int_equal(with->peer->ops->send(with->peer, 0, make(kind, sequence), NULL), RP_OK);
}

/* Receives until the answer isn't RP_AGAIN, and lets so much time pass at most. */
static rp_status look(rpi_link *link, rpi_message **message, rp_error *error, double seconds)
{
    uint64_t deadline = passed_ns + (uint64_t)(1e9 * seconds);
    int peer;
    rp_status status = link->ops->receive(link, &peer, message, error);
    for (; status == RP_AGAIN && passed_ns < deadline; status = link->ops->receive(link, &peer, message, error)) passed_ns += 500000;
    return status;
}

static void expect(pair *with, uint64_t number)
{
    rpi_message *message;
    rp_error error;
    rp_status status = look(with->detector, &message, &error, 10);
    if (status != RP_OK) fail_msg("%s instead of message %d", rp_status_text(status), (int)number);
    assert_int_equal(message->header.pool, number);
    rpi_message_free(message);
}

static void expect_nothing(pair *with, double seconds)
{
    rpi_message *message;
    rp_error error;
    rp_status status = look(with->detector, &message, &error, seconds);
    if (status != RP_AGAIN) fail_msg("%s", status == RP_OK ? "a message" : rp_error_text(&error));
}

/* The loss is reported within that time, once. */
static void expect_loss(pair *with, double least_s, double most_s, const char *part)
{
    rpi_message *message;
    rp_error error;
    uint64_t before = passed_ns;
    assert_int_equal(look(with->detector, &message, &error, 10), RP_LOST);
    double took = 1e-9 * (double)(passed_ns - before);
    if (took < least_s || took > most_s) fail_msg("after %g s", took);
    assert_int_equal(error.status, RP_LOST);
    assert_int_equal(error.rank, 1);
    assert_contains(rp_error_text(&error), "rank 1");
    assert_contains(rp_error_text(&error), part);
    post(with, RPI_DONE, 1000);
    expect_nothing(with, 0.15);
    assert_int_equal(with->detector->ops->send(with->detector, 1, make(RPI_WORK, 0), NULL), RP_OK);
}

static void messages_come_in_order_and_once(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    static const uint64_t sent[] = {3, 1, 1, 5, 3, 2, 5, 2, 4, 6, 1};
    for (size_t i = 0; i < N_OF(sent); i++) post(&with, RPI_DONE, sent[i]);
    for (uint64_t number = 1; number <= 6; number++) expect(&with, number);
    expect_nothing(&with, 0.02);
    free_pair(&with);
}

static void what_waits_at_the_end_is_freed(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    for (uint64_t number = 9; number > 1; number -= 2) post(&with, RPI_DONE, number);
    expect_nothing(&with, 0.02);
    free_pair(&with);
}

static void a_gap_is_a_loss(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    post(&with, RPI_DONE, 1);
    post(&with, RPI_DONE, 3);
    expect(&with, 1);
    expect_loss(&with, 0.08, 2, "a message from rank 1 was lost");
    free_pair(&with);
}

static void a_last_message_that_is_missing_shows(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    post(&with, RPI_HEARTBEAT, 1);
    expect_loss(&with, 0.08, 2, "a message from rank 1 was lost");
    free_pair(&with);
}

static void silence_is_a_loss(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    expect_loss(&with, 0.25, 3, "said nothing for 0.3 s");
    free_pair(&with);
}

static void a_peer_that_sends_heartbeats_is_not_lost(void **state)
{
    (void)state;
    pair with = make_pair(&(rpi_failure_detector_options){.silence_s = 1, .now_ns = pretended_ns}, NULL);
    for (int k = 0; k < 30; k++) {
        post(&with, RPI_HEARTBEAT, 0);
        expect_nothing(&with, 0.05);
    }
    free_pair(&with);
}

static void after_its_bye_nothing_is_a_loss(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    post(&with, RPI_BYE, 1);
    expect(&with, 1);
    expect_nothing(&with, 0.5);
    free_pair(&with);
}

static void after_its_stop_nothing_is_a_loss(void **state)
{
    (void)state;
    fake_network *network = fake_network_create(2, NULL);
    rpi_link *coordinator = fake_network_link(network, 0), *member;
    rpi_message *message;
    assert_int_equal(rpi_failure_detector_create(fake_network_link(network, 1), &often, &member, NULL), RP_OK);
    assert_int_equal(coordinator->ops->send(coordinator, 1, make(RPI_STOP, 1), NULL), RP_OK);
    assert_int_equal(look(member, &message, NULL, 1), RP_OK);
    rpi_message_free(message);
    assert_int_equal(look(member, &message, NULL, 0.5), RP_AGAIN);
    member->ops->destroy(member, 1);
    coordinator->ops->destroy(coordinator, 1);
    fake_network_destroy(network);
}

/* A member can't end rank 0. One that says so has gone wrong, and its silence is a loss. */
static void a_stop_from_a_member_changes_nothing(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    post(&with, RPI_STOP, 1);
    expect(&with, 1);
    expect_loss(&with, 0.25, 3, "said nothing for 0.3 s");
    free_pair(&with);
}

static void a_member_that_was_stopped_owes_a_bye(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    assert_int_equal(with.detector->ops->send(with.detector, 1, make(RPI_STOP, 0), NULL), RP_OK);
    expect_loss(&with, 0.25, 3, "said nothing");
    free_pair(&with);
}

static void after_a_stop_no_heartbeat_follows(void **state)
{
    (void)state;
    pair with = make_pair(&(rpi_failure_detector_options){.heartbeat_s = 0.01, .now_ns = pretended_ns}, NULL);
    expect_nothing(&with, 0.05);
    assert_int_equal(with.detector->ops->send(with.detector, 1, make(RPI_STOP, 0), NULL), RP_OK);
    unsigned before = fake_network_sent(with.network, RPI_HEARTBEAT);
    assert_true(before > 0);
    expect_nothing(&with, 0.5);
    assert_int_equal(fake_network_sent(with.network, RPI_HEARTBEAT), before);
    free_pair(&with);
}

static void heartbeats_are_sent_when_nothing_else_is(void **state)
{
    (void)state;
    pair with = make_pair(&(rpi_failure_detector_options){.heartbeat_s = 0.05, .now_ns = pretended_ns}, NULL);
    expect_nothing(&with, 0.6);
    unsigned poll = fake_network_sent(with.network, RPI_HEARTBEAT);
    assert_in_range(poll, 3, 14);
    for (uint64_t end = passed_ns + 500000000; passed_ns < end;) {
        assert_int_equal(with.detector->ops->send(with.detector, 1, make(RPI_WORK, 0), NULL), RP_OK);
        expect_nothing(&with, 0.002);
    }
    assert_in_range(fake_network_sent(with.network, RPI_HEARTBEAT) - poll, 0, 3);
    rpi_message *message;
    for (uint64_t number = 0; look(with.peer, &message, NULL, 0) == RP_OK; rpi_message_free(message)) {
        bool counts = message->header.kind != RPI_HEARTBEAT;
        number += counts;
        assert_int_equal(counts ? message->header.number : message->header.heartbeat.last_number, number);
    }
    free_pair(&with);
}

/* ---- processes ---- */

static void send_process(pair *with, pid_t pid, uint64_t namespace_offset)
{
    rpi_process process;
    rpi_process_self(&process);
    process.pid = pid;
    process.pid_namespace += namespace_offset;
    rpi_message *heartbeat = rpi_message_create(RPI_HEARTBEAT, 0, sizeof process);
    memcpy(heartbeat->data, &process, sizeof process);
    assert_int_equal(with->peer->ops->send(with->peer, 0, heartbeat, NULL), RP_OK);
}

/* A child that sleeps, or computes. It ends with this process, whatever becomes of that. */
static pid_t start_child(bool computes)
{
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (computes) continue;
        pause();
        _exit(0);
    }
    assert_true(child > 0);
    return child;
}

static pid_t start_sleeper(void) { return start_child(false); }

/* Returns when it has ended. It isn't reaped yet. */
static void end_sleeper(pid_t child)
{
    siginfo_t ended;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
}

static void the_end_of_a_process_is_seen_at_once(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    pid_t child = start_sleeper();
    send_process(&with, child, 0);
    expect_nothing(&with, 0.2);
    end_sleeper(child);
    expect_loss(&with, 0, 1, "died");
    waitpid(child, NULL, 0);
    free_pair(&with);
}

static void what_it_sent_before_comes_first(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    pid_t child = start_sleeper();
    send_process(&with, child, 0);
    expect_nothing(&with, 0.1);
    for (uint64_t number = 1; number <= 50; number++) post(&with, RPI_DONE, number);
    end_sleeper(child);
    passed_ns += 200000000;
    for (uint64_t number = 1; number <= 50; number++) expect(&with, number);
    expect_loss(&with, 0, 1, "died");
    waitpid(child, NULL, 0);
    free_pair(&with);
}

static void a_process_that_is_gone_already_died(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    pid_t child = start_sleeper();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    send_process(&with, child, 0);
    expect_loss(&with, 0, 1, "died");
    free_pair(&with);
}

static bool is_running(pid_t child)
{
    siginfo_t ended = {0};
    assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT), 0);
    return ended.si_pid == 0;
}

/* It was stopped, and might go on later, and write to memory that it shares. */
static void a_process_that_is_given_up_has_ended_where_that_is_wanted(void **state)
{
    (void)state;
    for (int wanted = 0; wanted < 2; wanted++) {
        pair with = make_pair(&often, NULL);
        pid_t child = start_sleeper();
        with.detector->ends_lost = wanted;
        send_process(&with, child, 0);
        expect_nothing(&with, 0.1);
        assert_int_equal(kill(child, SIGSTOP), 0);
        assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
        expect_nothing(&with, 0.15);
        assert_true(is_running(child));
        expect_loss(&with, 0, 6, "said nothing for 0.3 s");
        if (wanted) end_sleeper(child);
        else assert_true(is_running(child));
        if (!wanted) kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        free_pair(&with);
    }
}

/* It has no core when it wants one, as on a machine that is overloaded, or computes. */
static void a_process_that_waits_for_a_core_may_be_silent_for_longer(void **state)
{
    (void)state;
    pair with = make_pair(&often, NULL);
    pid_t child = start_child(true);
    send_process(&with, child, 0);
    expect_nothing(&with, 2.5);
    expect_loss(&with, 0, 1, "said nothing for 3 s");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    free_pair(&with);
}

static void a_process_elsewhere_is_not_looked_for(void **state)
{
    (void)state;
    pair with = make_pair(&usual, NULL);
    pid_t child = start_sleeper();
    send_process(&with, child, 1);
    expect_nothing(&with, 0.1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    expect_nothing(&with, 0.3);
    free_pair(&with);
}

/* ---- ranks on other hosts, in simulated time: two detectors over a link, and connections beside it ---- */

static fake_cable *cable;
static int n_warnings;
static char last_warning[256];

static uint64_t simulated_ns(void) { return fake_cable_now(cable); }

static void note_warning(const char *text)
{
    n_warnings++;
    snprintf(last_warning, sizeof last_warning, "%s", text);
}

static rpi_link *make_far(fake_network *network, int rank)
{
    rpi_link *made;
    rpi_failure_detector_options options = {.sockets = fake_cable_sockets(cable, rank), .warn = note_warning, .now_ns = simulated_ns};
    assert_int_equal(rpi_failure_detector_create(fake_network_link(network, rank), &options, &made, NULL), RP_OK);
    return made;
}

/* Both ranks are one process, so there is no pidfd, as between hosts. */
static pair make_far_pair(void)
{
    cable = fake_cable_create();
    n_warnings = 0;
    pair made = {.network = fake_network_create(2, NULL)};
    made.detector = make_far(made.network, 0);
    made.peer = make_far(made.network, 1);
    return made;
}

static void free_far_pair(pair *with)
{
    if (with->peer) with->peer->ops->destroy(with->peer, 0);
    with->detector->ops->destroy(with->detector, 0);
    fake_network_destroy(with->network);
    fake_cable_destroy(cable);
}

/* Lets time pass until a rank reports a loss; returns after how many seconds, or -1. The peer may be held up. */
static double pass(pair *with, double seconds, bool peer_goes_on, rp_error *loss)
{
    rpi_message *message;
    int from;
    for (double passed = 0.05; passed < seconds; passed += 0.05) {
        fake_cable_pass(cable, 0.05);
        if (peer_goes_on && with->peer && with->peer->ops->receive(with->peer, &from, &message, loss) == RP_LOST) return passed;
        if (with->detector->ops->receive(with->detector, &from, &message, loss) == RP_LOST) return passed;
    }
    return -1;
}

/* So that the link is silent too, the peer's side of it is broken. */
static void expect_far_loss(pair *with, double least_s, double most_s, bool peer_goes_on, const char *part)
{
    rp_error loss;
    double took_s = pass(with, 100, peer_goes_on, &loss);
    if (took_s < least_s || took_s > most_s) fail_msg("after %g s", took_s);
    assert_int_equal(loss.rank, 1);
    assert_contains(rp_error_text(&loss), part);
}

static void expect_well(pair *with, double seconds, bool peer_goes_on)
{
    rp_error loss;
    if (pass(with, seconds, peer_goes_on, &loss) >= 0) fail_msg("%s", rp_error_text(&loss));
}

static void the_end_of_a_process_elsewhere_is_seen_at_once(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 100, true);
    with.peer->is_broken = true; /* it doesn't part */
    with.peer->ops->destroy(with.peer, 0);
    with.peer = NULL;
    expect_far_loss(&with, 0.1, 0.3, false, "died");
    assert_int_equal(n_warnings, 0);
    free_far_pair(&with);
}

static void a_rank_elsewhere_that_leaves_in_good_order_is_not_lost_by_that(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    with.peer->ops->destroy(with.peer, 0);
    with.peer = NULL;
    expect_well(&with, 50, false);
    free_far_pair(&with);
}

/* The link is cut too: the peer isn't asked any more, so no HEARTBEAT of its comes. */
static void a_cut_cable_is_told_after_5_s_and_a_loss_after_12(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    fake_cable_cut(cable, 1);
    expect_well(&with, 4.4, false);
    assert_int_equal(n_warnings, 0);
    expect_well(&with, 1, false);
    assert_int_equal(n_warnings, 1);
    assert_contains(last_warning, "rank 1 on host ");
    assert_contains(last_warning, "has said nothing for 5 s");
    expect_far_loss(&with, 6, 6.7, false, "couldn't be reached for 12 s");
    free_far_pair(&with);
}

/* The progress thread looks again just before that would count as a pause. */
static void a_cut_cable_is_a_loss_within_15_s_for_a_rank_that_is_held_up(void **state)
{
    (void)state;
    for (double before_s = 0.1; before_s < 15; before_s += 0.1) {
        pair with = make_far_pair();
        rp_error loss;
        expect_well(&with, 1, true);
        fake_cable_cut(cable, 1);
        double took_s = pass(&with, before_s, false, &loss);
        if (took_s < 0) {
            fake_cable_pass(cable, 2.9);
            took_s = before_s + 2.9 + pass(&with, 100, false, &loss);
        }
        if (took_s > 15) fail_msg("after %g s, held up after %g s", took_s, before_s);
        assert_contains(rp_error_text(&loss), "couldn't be reached");
        free_far_pair(&with);
    }
}

static void a_cable_that_is_plugged_in_again_in_time_is_no_loss(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    fake_cable_cut(cable, 1);
    expect_well(&with, 9, false);
    fake_cable_join(cable, 1);
    expect_well(&with, 100, true);
    assert_int_equal(n_warnings, 2);
    assert_contains(last_warning, "answers again");
    free_far_pair(&with);
}

/* Its kernel still acknowledges. */
static void a_process_that_is_stopped_is_told_after_5_s_and_lost_after_60(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    expect_well(&with, 50, false);
    assert_int_equal(n_warnings, 1);
    expect_well(&with, 5, true);
    assert_int_equal(n_warnings, 2);
    expect_far_loss(&with, 59, 61, false, "said nothing for 60 s");
    free_far_pair(&with);
}

/* As with SIGSTOP and SIGCONT to all: rank 0's own clock has a gap, and the others need a moment. */
static void a_minute_in_which_all_were_stopped_loses_nobody(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    for (int k = 0; k < 3; k++) {
        fake_cable_pass(cable, 60);
        expect_well(&with, 4, false);
        expect_well(&with, 1, true);
    }
    assert_int_equal(n_warnings, 0);
    free_far_pair(&with);
}

static void messages_alone_keep_a_rank_whose_connection_is_cut(void **state)
{
    (void)state;
    pair with = make_far_pair();
    expect_well(&with, 1, true);
    fake_cable_cut(cable, 1);
    expect_well(&with, 100, true); /* its HEARTBEATs come over the link */
    assert_int_equal(n_warnings, 0);
    free_far_pair(&with);
}

static void ranks_that_cannot_connect_are_told_of_once(void **state)
{
    (void)state;
    cable = fake_cable_create();
    n_warnings = 0;
    fake_cable_exhaust(cable, 0, 1000);
    pair with = {.network = fake_network_create(2, NULL)};
    with.detector = make_far(with.network, 0);
    with.peer = make_far(with.network, 1);
    expect_well(&with, 29, true);
    assert_int_equal(n_warnings, 0);
    expect_well(&with, 100, true);
    assert_int_equal(n_warnings, 1);
    assert_contains(last_warning, "1 of 2 ranks can't connect to rank 0 by TCP");
    expect_far_loss(&with, 59, 61, false, "said nothing for 60 s");
    free_far_pair(&with);
}

/* ---- two monitors over bad weather ---- */

static void talk_over(const fake_weather *weather)
{
    enum { MESSAGES = 400 };
    pair with = make_pair(&(rpi_failure_detector_options){.heartbeat_s = 0.002}, weather);
    rpi_link *ends[2] = {with.detector, NULL};
    assert_int_equal(rpi_failure_detector_create(with.peer, &(rpi_failure_detector_options){.heartbeat_s = 0.002}, &ends[1], NULL), RP_OK);
    with.peer = ends[1];
    uint64_t sent[2] = {0, 0}, heard[2] = {0, 0};
    double deadline = unit_now() + UNIT_WAIT_S;
    while (heard[0] < MESSAGES || heard[1] < MESSAGES) {
        if (unit_now() > deadline) fail_msg("%d and %d messages came", (int)heard[0], (int)heard[1]);
        for (int side = 0; side < 2; side++) {
            rpi_link *link = ends[side];
            rpi_message *message;
            rp_error error;
            int peer;
            if (sent[side] < MESSAGES) assert_int_equal(link->ops->send(link, 1 - side, make(RPI_DONE, ++sent[side]), NULL), RP_OK);
            rp_status status = link->ops->receive(link, &peer, &message, &error);
            if (status == RP_AGAIN) continue;
            if (status != RP_OK) fail_msg("%s", rp_error_text(&error));
            assert_int_equal(message->header.pool, ++heard[side]);
            rpi_message_free(message);
        }
    }
    free_pair(&with);
}

static void delays_and_duplicates_are_healed(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 10; round++) {
        uint64_t seed = unit_random(UINT64_MAX);
        talk_over(&(fake_weather){.seed = seed, .fault = FAKE_DELAY, .faults_per_mille = 200, .fault_us = 3000, .most_delay_us = 100});
        talk_over(&(fake_weather){.seed = seed, .fault = FAKE_DUPLICATE, .faults_per_mille = 200, .fault_us = 3000, .most_delay_us = 100});
    }
}

UNIT_MAIN(UNIT(messages_come_in_order_and_once), UNIT(what_waits_at_the_end_is_freed), UNIT(a_gap_is_a_loss),
          UNIT(a_last_message_that_is_missing_shows), UNIT(silence_is_a_loss), UNIT(a_peer_that_sends_heartbeats_is_not_lost),
          UNIT(after_its_bye_nothing_is_a_loss), UNIT(after_its_stop_nothing_is_a_loss), UNIT(a_stop_from_a_member_changes_nothing),
          UNIT(a_minute_in_which_all_were_stopped_loses_nobody), UNIT(a_process_that_is_given_up_has_ended_where_that_is_wanted),
          UNIT(a_process_that_waits_for_a_core_may_be_silent_for_longer), UNIT(a_member_that_was_stopped_owes_a_bye),
          UNIT(after_a_stop_no_heartbeat_follows), UNIT(heartbeats_are_sent_when_nothing_else_is),
          UNIT(the_end_of_a_process_is_seen_at_once), UNIT(what_it_sent_before_comes_first), UNIT(a_process_that_is_gone_already_died),
          UNIT(a_process_elsewhere_is_not_looked_for), UNIT(delays_and_duplicates_are_healed),
          UNIT(the_end_of_a_process_elsewhere_is_seen_at_once), UNIT(a_rank_elsewhere_that_leaves_in_good_order_is_not_lost_by_that),
          UNIT(a_cut_cable_is_told_after_5_s_and_a_loss_after_12), UNIT(a_cut_cable_is_a_loss_within_15_s_for_a_rank_that_is_held_up),
          UNIT(a_cable_that_is_plugged_in_again_in_time_is_no_loss), UNIT(a_process_that_is_stopped_is_told_after_5_s_and_lost_after_60),
          UNIT(messages_alone_keep_a_rank_whose_connection_is_cut), UNIT(ranks_that_cannot_connect_are_told_of_once))
