/* test_coordinator.c: the coordinator's life: with other ranks and without, well and when the link fails. */
#include "cluster.h"

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

UNIT_MAIN(UNIT(without_ranks_it_comes_and_goes), UNIT(ranks_say_goodbye), UNIT(a_link_that_fails_before_the_goodbye_is_lost),
          UNIT(a_goodbye_that_fails_is_an_error), UNIT(messages_that_make_no_sense_are_passed_over))
