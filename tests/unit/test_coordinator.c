/* test_coordinator.c: the coordinator's life: with other ranks and without, well and when the link fails. */
#include "cluster.h"

#include "cluster/bells.h"

static void without_ranks_it_comes_and_goes(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        rpi_coordinator *coordinator;
        assert_int_equal(rpi_coordinator_create(NULL, &coordinator, NULL), RP_OK);
        assert_int_equal(rpi_coordinator_n_ranks(coordinator), 1);
        assert_int_equal(rpi_coordinator_destroy(coordinator, NULL), RP_OK);
    }
}

static void ranks_say_goodbye(void **state)
{
    (void)state;
    for (int n_ranks = 1; n_ranks <= 5; n_ranks++) {
        cluster *world = cluster_start(n_ranks, &(fake_weather){.most_delay_us = 2000, .seed = (uint64_t)n_ranks});
        assert_int_equal(cluster_stop(world), RP_OK);
    }
}

static void a_link_that_fails_before_the_goodbye_is_lost(void **state)
{
    (void)state;
    cluster *world = cluster_start(3, NULL);
    fake_network_break(world->network);
    assert_int_equal(cluster_stop(world), RP_LOST);
}

/* The n-th send at the end fails, or the n-th BYE: that is an error, and no rank hangs. */
static void a_goodbye_that_fails_is_an_error(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        cluster *world = cluster_start(4, &(fake_weather){.failing_send = n, .for_good = true});
        assert_int_equal(cluster_stop(world), RP_LOST);
        world = cluster_start(4, &(fake_weather){.failing_receive = n, .for_good = true});
        assert_int_equal(cluster_stop(world), RP_LOST);
    }
}

static void messages_that_make_no_sense_are_passed_over(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, NULL);
    fake_network *network = world->network;
    rpi_link *stranger = fake_network_link(network, 1);
    for (uint64_t kind = 0; kind < 20; kind++) {
        rpi_message *message = rpi_message_create((rpi_message_kind)kind, kind, 0);
        if (kind == RPI_BYE) message->header.kind = 1000;
        assert_int_equal(stranger->ops->send(stranger, 0, message, NULL), RP_OK);
    }
    stranger->ops->destroy(stranger, 1);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static rpi_message *await(rpi_link *link, uint64_t kind)
{
    rpi_message *message;
    int from;
    for (;;) {
        rp_status status = link->ops->receive(link, &from, &message, NULL);
        if (status == RP_OK && message->header.kind == kind) return message;
        if (status == RP_OK) rpi_message_free(message);
    }
}

/* A rank that is told to end at once. What it has said meanwhile comes in after the STOP. */
static void *end_late(void *argument)
{
    rpi_link *link = argument;
    rpi_bells *bells = rpi_bells_create(1, true); /* the caller frees it, as the other side attaches it */
    rpi_message *bell = await(link, RPI_BELL);
    rpi_bells_take(bells, 0, bell);
    rpi_message_free(bell);
    rpi_message_free(await(link, RPI_STOP));
    assert_int_equal(link->ops->send(link, 0, rpi_bells_tell(bells, 0), NULL), RP_OK);
    assert_int_equal(link->ops->send(link, 0, rpi_message_create(RPI_BYE, 0, 0), NULL), RP_OK);
    return bells;
}

/* The rank doesn't receive it, and a later link might. */
static void after_stop_a_rank_is_sent_nothing(void **state)
{
    (void)state;
    fake_network *network = fake_network_create(2, NULL);
    rpi_link *link = fake_network_link(network, 0), *peer = fake_network_link(network, 1);
    rpi_coordinator *coordinator;
    rpi_message *message;
    pthread_t thread;
    void *bells;
    int from;
    link->has_bells = true;
    assert_int_equal(pthread_create(&thread, NULL, end_late, peer), 0);
    assert_int_equal(rpi_coordinator_create(link, &coordinator, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_destroy(coordinator, NULL), RP_OK);
    pthread_join(thread, &bells);
    rpi_bells_destroy(bells);
    assert_int_equal(fake_network_sent(network, RPI_BELL), 2); /* one in each direction */
    assert_int_equal(peer->ops->receive(peer, &from, &message, NULL), RP_AGAIN);
    peer->ops->destroy(peer, 1);
    fake_network_destroy(network);
}

/* A link on which nothing happens, and which counts how often it is looked for messages, by the thread that made it. */
typedef struct quiet_link {
    rpi_link base;
    rpi_link *inner;
    pthread_t maker;
    bool has_news;
    int n_receives;
} quiet_link;

static rp_status quiet_send(rpi_link *link, int peer, rpi_message *message, rp_error *error)
{
    rpi_link *inner = ((quiet_link *)link)->inner;
    return inner->ops->send(inner, peer, message, error);
}

static rp_status quiet_receive(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    quiet_link *self = (quiet_link *)link;
    self->n_receives += pthread_equal(pthread_self(), self->maker) != 0;
    return self->inner->ops->receive(self->inner, peer, message, error);
}

static bool quiet_has_news(rpi_link *link, bool looks)
{
    (void)looks;
    return ((quiet_link *)link)->has_news;
}

static bool quiet_is_moving(const rpi_link *link)
{
    (void)link;
    return false;
}

static void quiet_destroy(rpi_link *link, double timeout_s)
{
    quiet_link *self = (quiet_link *)link;
    self->inner->ops->destroy(self->inner, timeout_s);
}

static const rpi_link_ops quiet_ops = {
    .send = quiet_send, .receive = quiet_receive, .has_news = quiet_has_news, .is_moving = quiet_is_moving, .destroy = quiet_destroy};

/* Takes n turns as a thread that spins does, and returns in how many the link was asked for messages. */
static int n_looks(rpi_coordinator *coordinator, quiet_link *link, int n)
{
    bool any;
    link->n_receives = 0;
    for (int k = 0; k < n; k++) rpi_coordinator_drive(coordinator, true, &any);
    return link->n_receives;
}

/* The progress thread may have some of the turns. */
static void turns_without_news_are_cut_short(void **state)
{
    enum { N = 3200 };
    (void)state;
    fake_network *network = fake_network_create(2, NULL);
    quiet_link link = {.base = {.ops = &quiet_ops, .n_ranks = 2}, .inner = fake_network_link(network, 0), .maker = pthread_self()};
    rpi_link *peer = fake_network_link(network, 1);
    rpi_coordinator *coordinator;
    assert_int_equal(rpi_coordinator_create(&link.base, &coordinator, NULL), RP_OK);
    int n = n_looks(coordinator, &link, N);
    assert_true(n > 0 && n <= N / 16 + 1);
    link.has_news = true;
    assert_true(n_looks(coordinator, &link, N) > N / 2);
    assert_int_equal(peer->ops->send(peer, 0, rpi_message_create(RPI_BYE, 0, 0), NULL), RP_OK);
    assert_int_equal(rpi_coordinator_destroy(coordinator, NULL), RP_OK);
    peer->ops->destroy(peer, 1);
    fake_network_destroy(network);
}

UNIT_MAIN(UNIT(without_ranks_it_comes_and_goes), UNIT(ranks_say_goodbye), UNIT(a_link_that_fails_before_the_goodbye_is_lost),
          UNIT(a_goodbye_that_fails_is_an_error), UNIT(messages_that_make_no_sense_are_passed_over),
          UNIT(after_stop_a_rank_is_sent_nothing), UNIT(turns_without_news_are_cut_short))
