/* test_addresses.c: the order of addresses, and what this host says of itself. */
#include "unit.h"

#include "cluster/addresses.h"

#include <arpa/inet.h>

static rpi_interface_address make(const char *interface, const char *text)
{
    rpi_interface_address made = {.address.bytes = {[10] = 0xff, [11] = 0xff}};
    bool is_4 = !strchr(text, ':');
    snprintf(made.interface, sizeof made.interface, "%s", interface);
    assert_int_equal(inet_pton(is_4 ? AF_INET : AF_INET6, text, made.address.bytes + (is_4 ? 12 : 0)), 1);
    return made;
}

/* The interfaces in their order, each as its first letter. */
static void expect_order(const char *chosen, const char *default_interface, const char *order)
{
    rpi_interface_address list[] = {make("docker0", "172.17.0.1"), make("eth0", "192.0.2.7"), make("ib0", "10.1.2.3"),
                                    make("w6", "2001:db8:1::5")};
    char text[N_OF(list) + 1] = "";
    rpi_addresses_sort(list, N_OF(list), chosen, default_interface);
    for (size_t i = 0; i < N_OF(list); i++) text[i] = list[i].interface[0];
    assert_string_equal(text, order);
}

static void the_default_route_comes_first(void **state)
{
    (void)state;
    expect_order(NULL, NULL, "deiw");
    expect_order(NULL, "eth0", "ediw");
    expect_order("", "none", "deiw");
}

static void the_users_choice_comes_before_it(void **state)
{
    (void)state;
    expect_order("ib0", "eth0", "iedw");
    expect_order("nothing,ib0", "eth0", "iedw");
    expect_order("10.1.0.0/16", "eth0", "iedw");
    expect_order("10.1.2.0/23,w6", "eth0", "iwed");
    expect_order("2001:db8::/32", "eth0", "wedi");
}

static void a_choice_that_makes_no_sense_is_none(void **state)
{
    (void)state;
    static const char *const choices[] = {",,,",
                                          "10.1.0.0",
                                          "10.1.0.0/",
                                          "10.2.0.0/16",
                                          "10.1.0.0/-1",
                                          "10.1.0.0/129",
                                          "10.1.0.0/9999999999999",
                                          "/8",
                                          "x/8",
                                          "ib",
                                          "ib00",
                                          "10.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0/8"};
    for (size_t i = 0; i < N_OF(choices); i++) expect_order(choices[i], "eth0", "ediw");
}

static void loopback_is_never_among_its_own(void **state)
{
    (void)state;
    rpi_address own[16];
    size_t n = rpi_addresses_own(own, N_OF(own));
    assert_in_range(n, 0, N_OF(own));
    for (size_t i = 0; i < n; i++) {
        assert_int_not_equal(memcmp(&own[i], &rpi_address_loopback, sizeof own[i]), 0);
        assert_false(own[i].bytes[0] == 0xfe && (own[i].bytes[1] & 0xc0) == 0x80);
    }
    assert_in_range(rpi_addresses_own(own, 1), 0, 1);
    assert_true(rpi_address_is_4(&rpi_address_loopback));
}

UNIT_MAIN(UNIT(the_default_route_comes_first), UNIT(the_users_choice_comes_before_it), UNIT(a_choice_that_makes_no_sense_is_none),
          UNIT(loopback_is_never_among_its_own))
