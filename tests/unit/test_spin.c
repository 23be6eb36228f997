/* test_spin.c: when waiting threads spin: for how long, after what they have learnt, and what the environment says. */
#include "unit.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/spin.h"

static const uint64_t second_ns = 1000000000;

/* Spins until it doesn't pay, and ends the wait. Returns the turns. */
static unsigned spin_in_vain(rpi_spin *spin)
{
    rpi_spin_wait wait = rpi_spin_begin(spin);
    unsigned n = 0;
    while (rpi_spin_turn(spin, &wait)) n++;
    if (spin->most_ns) unit_sleep(2.5e-9 * (double)spin->most_ns);
    rpi_spin_end(spin, &wait);
    return n;
}

static void end_at_once(rpi_spin *spin)
{
    rpi_spin_wait wait = rpi_spin_begin(spin);
    rpi_spin_end(spin, &wait);
}

static void without_a_limit_nobody_spins(void **state)
{
    (void)state;
    rpi_spin spin = {0};
    assert_int_equal(spin_in_vain(&spin), 0);
    assert_int_equal(spin.n_vain, 0);
}

static void spinning_in_vain_ends_until_waits_are_short_again(void **state)
{
    (void)state;
    rpi_spin spin = {.most_ns = 100 * 1000};
    assert_true(spin_in_vain(&spin) > 0);
    spin_in_vain(&spin);
    assert_true(spin.n_vain >= 2);
    assert_int_equal(spin_in_vain(&spin), 0);
    spin.most_ns = 10 * second_ns; /* so that the next wait is short on a busy machine too */
    end_at_once(&spin);
    assert_int_equal(spin.n_vain, 0);
    spin.paused_to_ns = 0; /* a busy machine may have disturbed it */
    rpi_spin_wait wait = rpi_spin_begin(&spin);
    assert_true(rpi_spin_turn(&spin, &wait));
    rpi_spin_end(&spin, &wait);
}

/* As if the thread had been off its core between two looks. */
static void disturb(rpi_spin *spin)
{
    rpi_spin_wait wait = rpi_spin_begin(spin);
    wait.began_ns = wait.last_ns = rpi_now_ns() - 1000000;
    spin->n_taken_off = -1;
    assert_false(rpi_spin_look(spin, &wait));
    rpi_spin_end(spin, &wait);
}

static void a_disturbed_thread_sleeps_for_longer_and_longer(void **state)
{
    (void)state;
    rpi_spin spin = {.most_ns = 10 * second_ns};
    uint64_t before = 0;
    for (int round = 0; round < 12; round++) {
        disturb(&spin);
        disturb(&spin);
        assert_true(spin.paused_to_ns > 0 && spin.pause_ns >= before);
        before = spin.pause_ns;
        spin.paused_to_ns += 3600 * second_ns; /* it isn't over before it is looked at */
        rpi_spin_wait wait = rpi_spin_begin(&spin);
        assert_false(rpi_spin_turn(&spin, &wait));
        spin.paused_to_ns = 1; /* long ago */
        wait = rpi_spin_begin(&spin);
        assert_true(rpi_spin_turn(&spin, &wait));
        spin.n_waits = 0;
    }
    assert_in_range(before, second_ns, 2 * second_ns);
    for (int k = 0; k < 16 * 32; k++) end_at_once(&spin);
    assert_true(spin.pause_ns < second_ns / 100);
}

/* The interrupts of a virtual machine make gaps, too. On a busy machine the thread may really be taken off its core meanwhile. */
static void a_gap_in_which_nobody_had_the_core_is_no_disturbance(void **state)
{
    (void)state;
    rpi_spin spin = {.most_ns = 10 * second_ns};
    bool goes_on = false;
    for (int k = 0; k < 1000 && !goes_on; k++) {
        rpi_spin_wait wait = rpi_spin_begin(&spin);
        wait.began_ns = wait.last_ns = rpi_now_ns() - 1000000;
        (void)rpi_spin_look(&spin, &wait);
        wait.last_ns -= 1000000;
        spin.n_disturbed = 0;
        goes_on = rpi_spin_look(&spin, &wait) && spin.n_disturbed == 0;
        spin.paused_to_ns = 0;
    }
    assert_true(goes_on);
}

static void threads_without_a_core_each_never_spin(void **state)
{
    (void)state;
    unsigned n_cores = (unsigned)rpi_affinity_cores();
    unsetenv("RANKPOOL_WAIT_POLICY");
    unsetenv("OMP_WAIT_POLICY");
    assert_true(rpi_spin_most_ns(RP_WAIT_AUTO, n_cores, 1) > 0);
    assert_true(rpi_spin_most_ns(RP_WAIT_ACTIVE, n_cores, 1) > rpi_spin_most_ns(RP_WAIT_AUTO, n_cores, 1));
    assert_int_equal(rpi_spin_most_ns(RP_WAIT_AUTO, n_cores + 1, 1), 0);
    assert_int_equal(rpi_spin_most_ns(RP_WAIT_ACTIVE, n_cores + 1, 1), 0);
    assert_int_equal(rpi_spin_most_ns(RP_WAIT_AUTO, n_cores, 2), n_cores == 1 ? rpi_spin_most_ns(RP_WAIT_AUTO, 1, 2) : 0);
    assert_int_equal(rpi_spin_most_ns(RP_WAIT_PASSIVE, 1, 1), 0);
}

static void the_environment_counts_where_the_option_says_nothing(void **state)
{
    (void)state;
    rp_error error;
    setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
    assert_int_equal(rpi_spin_most_ns(RP_WAIT_AUTO, 1, 1), 0);
    assert_true(rpi_spin_most_ns(RP_WAIT_ACTIVE, 1, 1) > 0);
    setenv("RANKPOOL_WAIT_POLICY", "active", 1);
    assert_true(rpi_spin_most_ns(RP_WAIT_AUTO, 1, 1) > 0);
    assert_int_equal(rpi_spin_check(&error), RP_OK);
    setenv("RANKPOOL_WAIT_POLICY", "sometimes", 1);
    assert_refused(rpi_spin_check(&error), error, "RANKPOOL_WAIT_POLICY is \"sometimes\"");
    setenv("RANKPOOL_WAIT_POLICY", "", 1);
    assert_int_equal(rpi_spin_check(&error), RP_OK);
    setenv("OMP_WAIT_POLICY", "whatever", 1);
    assert_true(rpi_spin_most_ns(RP_WAIT_AUTO, 1, 1) > 0);
}

UNIT_MAIN(cmocka_unit_test(without_a_limit_nobody_spins), cmocka_unit_test(spinning_in_vain_ends_until_waits_are_short_again),
          cmocka_unit_test(a_disturbed_thread_sleeps_for_longer_and_longer),
          cmocka_unit_test(a_gap_in_which_nobody_had_the_core_is_no_disturbance), cmocka_unit_test(threads_without_a_core_each_never_spin),
          cmocka_unit_test(the_environment_counts_where_the_option_says_nothing))
