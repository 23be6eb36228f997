/* test_handshake.c: ranks that know the same tasks agree. A task that differs is named on both sides. */
#include "fake_link.h"

#include "cluster/failure_detector.h"
#include "cluster/handshake.h"

#include <pthread.h>

static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, double)

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static int start(rp_bytes argument, void **state)
{
    (void)argument;
    (void)state;
    return 0;
}
RP_INITIALIZER(prepare, start, NULL)

enum { MOST = 6 };

typedef struct participant {
    pthread_t thread;
    rpi_link *link;
    const char *problem; /* NULL: none */
    rp_status status;
    rp_error error;
} participant;

static void *shake_hands(void *argument)
{
    participant *self = argument;
    self->status = rpi_handshake(self->link, self->problem ? self->problem : "", &self->error);
    return NULL;
}

static void ranks_with_the_same_tasks_agree(void **state)
{
    (void)state;
    for (int n_ranks = 1; n_ranks <= MOST; n_ranks++) {
        fake_network *network = fake_network_create(n_ranks, &(fake_weather){.most_delay_us = 3000, .seed = (uint64_t)n_ranks});
        participant participants[MOST];
        for (int k = 0; k < n_ranks; k++) participants[k] = (participant){.link = fake_network_link(network, k)};
        for (int k = 0; k < n_ranks; k++) assert_int_equal(pthread_create(&participants[k].thread, NULL, shake_hands, &participants[k]), 0);
        for (int k = 0; k < n_ranks; k++) {
            pthread_join(participants[k].thread, NULL);
            assert_int_equal(participants[k].status, RP_OK);
            participants[k].link->ops->destroy(participants[k].link, 1);
        }
        fake_network_destroy(network);
    }
}

/* ---- rank 1 is the test: its HELLO says whatever it likes ---- */

static rpi_message *wait_for(rpi_link *link)
{
    for (;;) {
        int peer;
        rpi_message *message;
        rp_status status = link->ops->receive(link, &peer, &message, NULL);
        if (status == RP_OK) return message;
        assert_int_equal(status, RP_AGAIN);
        unit_sleep(0.0002);
    }
}

/* The HELLO that a rank of this program sends. */
static rpi_message *true_hello(void)
{
    fake_network *network = fake_network_create(2, NULL);
    participant honest = {.link = fake_network_link(network, 1)};
    rpi_link *link = fake_network_link(network, 0);
    assert_int_equal(pthread_create(&honest.thread, NULL, shake_hands, &honest), 0);
    rpi_message *hello = wait_for(link);
    rpi_message *welcome = rpi_message_create(RPI_WELCOME, 0, 0);
    assert_int_equal(link->ops->send(link, 1, welcome, NULL), RP_OK);
    pthread_join(honest.thread, NULL);
    assert_int_equal(honest.status, RP_OK);
    link->ops->destroy(link, 1);
    honest.link->ops->destroy(honest.link, 1);
    fake_network_destroy(network);
    return hello;
}

/* Rank 0 receives this hello. Both sides get the same refusal. */
static void check_refused(rpi_message *hello, const char *part)
{
    fake_network *network = fake_network_create(2, NULL);
    participant coordinator = {.link = fake_network_link(network, 0)};
    rpi_link *link = fake_network_link(network, 1);
    assert_int_equal(link->ops->send(link, 0, hello, NULL), RP_OK);
    assert_int_equal(pthread_create(&coordinator.thread, NULL, shake_hands, &coordinator), 0);
    rpi_message *answer = wait_for(link);
    pthread_join(coordinator.thread, NULL);
    assert_int_equal(answer->header.kind, RPI_REFUSE);
    assert_refused(coordinator.status, coordinator.error, part);
    assert_string_equal(rpi_message_text(answer, 0), rp_error_text(&coordinator.error));
    rpi_message_free(answer);
    link->ops->destroy(link, 1);
    coordinator.link->ops->destroy(coordinator.link, 1);
    fake_network_destroy(network);
}

/* The hello with the first `from` replaced by `to`. */
static rpi_message *altered(const char *from, const char *to)
{
    rpi_message *hello = true_hello();
    size_t host_size = strlen(hello->data) + 1, all = hello->header.size;
    const char *at = memmem(hello->data + host_size, all - host_size, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - hello->data), after = all - before - strlen(from);
    rpi_message *made = rpi_message_create(RPI_HELLO, 0, all + strlen(to) - strlen(from));
    made->header.hello = hello->header.hello;
    memcpy(made->data, hello->data, before);
    memcpy(made->data + before, to, strlen(to));
    memcpy(made->data + before + strlen(to), at + strlen(from), after);
    rpi_message_free(hello);
    return made;
}

static void a_task_that_a_rank_lacks_is_named(void **state)
{
    (void)state;
    check_refused(altered("square\tint64 8 (int64 8)\n", ""), "doesn't know task square, which rank 0 knows");
    check_refused(altered("prepare\tinitializer\n", ""), "prepare");
}

static void a_task_that_rank_0_lacks_is_named(void **state)
{
    (void)state;
    check_refused(altered("square\t", "aaa\tint64 8 (int64 8)\nsquare\t"), "rank 0 doesn't know task aaa, which rank 1");
}

static void a_task_of_other_types_is_named(void **state)
{
    (void)state;
    check_refused(altered("energy\tdouble 8", "energy\tfloat 4"), "has another task energy than rank 0");
}

/* Another build of the same source: the tasks are the same. */
static void another_build_is_named(void **state)
{
    (void)state;
    check_refused(altered("the program\tbuild-id ", "the program\tbuild-id 00"), "rank 1, host ");
    check_refused(altered("the program\tbuild-id ", "the program\tbuild-id 00"), "has another build of the program (build-id 00");
    check_refused(altered("rankpool\t", "rankpool\t9."), "has another build of rankpool (9.");
    check_refused(altered("\nthe program", "\nlibrankpool"), "has another build of the program");
    check_refused(altered("build-id", "code"), "has another build of the program (code ");
}

static void a_name_that_begins_alike_is_another(void **state)
{
    (void)state;
    check_refused(altered("square\t", "squared\t"), "doesn't know task square");
}

static void another_protocol_is_refused(void **state)
{
    (void)state;
    rpi_message *hello = true_hello();
    hello->header.hello.protocol = RPI_PROTOCOL + 1;
    check_refused(hello, "speaks protocol");
}

static void an_empty_hello_is_refused(void **state)
{
    (void)state;
    rpi_message *hello = rpi_message_create(RPI_HELLO, 0, 0);
    hello->header.hello.protocol = RPI_PROTOCOL;
    check_refused(hello, "ranks must run the same program");
}

/* `problems[k]`: of rank k. All ranks get the same refusal. */
static void check_problems(const char *const problems[3], const char *expected)
{
    fake_network *network = fake_network_create(3, NULL);
    participant participants[3];
    for (int k = 0; k < 3; k++) {
        participants[k] = (participant){.link = fake_network_link(network, k), .problem = problems[k]};
        assert_int_equal(pthread_create(&participants[k].thread, NULL, shake_hands, &participants[k]), 0);
    }
    for (int k = 0; k < 3; k++) pthread_join(participants[k].thread, NULL);
    for (int k = 0; k < 3; k++) {
        assert_refused(participants[k].status, participants[k].error, expected);
        assert_string_equal(rp_error_text(&participants[k].error), rp_error_text(&participants[0].error));
        participants[k].link->ops->destroy(participants[k].link, 1);
    }
    fake_network_destroy(network);
}

/* What all lack is told as rank 0 has it, without a rank. */
static void a_rank_that_can_not_take_part_says_why(void **state)
{
    (void)state;
    check_problems((const char *const[]){NULL, NULL, "no libm.so.6"}, "rank 2, host ");
    check_problems((const char *const[]){NULL, NULL, "no libm.so.6"}, ", can't take part: no libm.so.6");
    check_problems((const char *const[]){"no libm.so.6 at all", "no libm.so.6", "no libm.so.6"}, "no libm.so.6 at all");
}

/* It knows fewer tasks for that reason, and the reason is what counts. */
static void a_problem_counts_more_than_a_task_that_is_missing(void **state)
{
    (void)state;
    rpi_message *hello = altered("square\tint64 8 (int64 8)\n", ""), *made;
    const char *problem = "no ./job.so";
    made = rpi_message_create(RPI_HELLO, 0, hello->header.size + strlen(problem));
    made->header.hello = hello->header.hello;
    memcpy(made->data, hello->data, hello->header.size);
    strcpy(made->data + hello->header.size - 1, problem);
    rpi_message_free(hello);
    check_refused(made, "can't take part: no ./job.so");
}

static void all_are_refused_when_one_differs(void **state)
{
    (void)state;
    fake_network *network = fake_network_create(4, NULL);
    participant participants[3];
    rpi_link *odd = fake_network_link(network, 3);
    assert_int_equal(odd->ops->send(odd, 0, altered("square\t", "cube\t"), NULL), RP_OK);
    for (int k = 0; k < 3; k++) {
        participants[k] = (participant){.link = fake_network_link(network, k)};
        assert_int_equal(pthread_create(&participants[k].thread, NULL, shake_hands, &participants[k]), 0);
    }
    for (int k = 0; k < 3; k++) {
        pthread_join(participants[k].thread, NULL);
        assert_refused(participants[k].status, participants[k].error, "rank 3");
        participants[k].link->ops->destroy(participants[k].link, 1);
    }
    rpi_message *answer = wait_for(odd);
    assert_int_equal(answer->header.kind, RPI_REFUSE);
    rpi_message_free(answer);
    odd->ops->destroy(odd, 1);
    fake_network_destroy(network);
}

/* A rank gets this message from the other one in place of its part of the handshake. */
static void check_no_handshake(int rank, rpi_message *message, const char *part)
{
    fake_network *network = fake_network_create(2, NULL);
    participant one = {.link = fake_network_link(network, rank)};
    rpi_link *other = fake_network_link(network, 1 - rank);
    assert_int_equal(other->ops->send(other, rank, message, NULL), RP_OK);
    assert_int_equal(pthread_create(&one.thread, NULL, shake_hands, &one), 0);
    pthread_join(one.thread, NULL);
    assert_int_equal(one.status, RP_SYSTEM);
    assert_contains(rp_error_text(&one.error), part);
    other->ops->destroy(other, 1);
    one.link->ops->destroy(one.link, 1);
    fake_network_destroy(network);
}

static void what_is_no_part_of_the_handshake_ends_it(void **state)
{
    (void)state;
    check_no_handshake(0, rpi_message_create(RPI_BYE, 0, 0), "rank 1 began with a message BYE");
    check_no_handshake(1, rpi_message_create(RPI_STOP, 0, 0), "rank 0 began with a message STOP");
    check_no_handshake(0, rpi_message_create(RPI_WELCOME, 0, 0), "a message WELCOME came in from the wrong side");
    check_no_handshake(1, rpi_message_create(RPI_WELCOME, 0, 3), "a message WELCOME came in with data");
    check_no_handshake(1, rpi_message_create((rpi_message_kind)99, 0, 0), "unknown kind 99");
}

static void a_link_that_fails_is_an_error_on_all(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 8; n++) {
        fake_network *network = fake_network_create(
            3, &(fake_weather){
                   .failing_rank = (int)n % 3, .failing_send = n % 2 ? n / 2 : 0, .failing_receive = n % 2 ? 0 : n / 2, .for_good = true});
        participant participants[3];
        for (int k = 0; k < 3; k++) participants[k].link = fake_network_link(network, k);
        for (int k = 0; k < 3; k++) assert_int_equal(pthread_create(&participants[k].thread, NULL, shake_hands, &participants[k]), 0);
        for (int k = 0; k < 3; k++) {
            pthread_join(participants[k].thread, NULL);
            participants[k].link->ops->destroy(participants[k].link, 1);
        }
        if (fake_network_failed(network)) assert_int_not_equal(participants[n % 3].status, RP_OK);
        fake_network_destroy(network);
    }
}

static void a_rank_that_dies_at_the_start_is_lost(void **state)
{
    (void)state;
    fake_network *network = fake_network_create(3, NULL);
    rpi_failure_detector_options options = {.heartbeat_s = 0.01, .is_gone = fake_network_is_gone, .argument = network};
    participant participants[2];
    rpi_link *dead = fake_network_link(network, 2);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(rpi_failure_detector_create(fake_network_link(network, k), &options, &participants[k].link, NULL), RP_OK);
        assert_int_equal(pthread_create(&participants[k].thread, NULL, shake_hands, &participants[k]), 0);
    }
    fake_network_kill(network, 2);
    for (int k = 0; k < 2; k++) {
        pthread_join(participants[k].thread, NULL);
        assert_int_equal(participants[k].status, RP_LOST);
        participants[k].link->ops->destroy(participants[k].link, 1);
    }
    assert_contains(rp_error_text(&participants[0].error), "rank 2 died");
    assert_contains(rp_error_text(&participants[1].error), "rank 0 on host");
    dead->ops->destroy(dead, 1);
    fake_network_destroy(network);
}

UNIT_MAIN(UNIT(ranks_with_the_same_tasks_agree), UNIT(a_task_that_a_rank_lacks_is_named), UNIT(a_task_that_rank_0_lacks_is_named),
          UNIT(a_task_of_other_types_is_named), UNIT(another_build_is_named), UNIT(a_name_that_begins_alike_is_another),
          UNIT(another_protocol_is_refused), UNIT(an_empty_hello_is_refused), UNIT(a_rank_that_can_not_take_part_says_why),
          UNIT(a_problem_counts_more_than_a_task_that_is_missing), UNIT(all_are_refused_when_one_differs),
          UNIT(what_is_no_part_of_the_handshake_ends_it), UNIT(a_link_that_fails_is_an_error_on_all),
          UNIT(a_rank_that_dies_at_the_start_is_lost))
