/* test_facts.c: facts come back as they were, and what differs is named. */
#include "unit.h"

#include "journal/facts.h"

#include <stdlib.h>
#include <string.h>

static const rpi_fact some[] = {
    {RPI_FACT_MUST, "job", "compute"}, {RPI_FACT_MUST, "size", "5"}, {RPI_FACT_WARN, "build", "abc"}, {RPI_FACT_NOTE, "items", "100"}};

static rpi_facts made_of(const rpi_fact *from, size_t n)
{
    rpi_facts facts = {0};
    assert_int_equal(rpi_facts_copy(&facts, from, n, NULL), RP_OK);
    return facts;
}

static void facts_come_back_as_they_were(void **state)
{
    (void)state;
    rpi_facts facts = made_of(some, 4), back = {0};
    assert_int_equal(rpi_facts_read(&back, facts.texts, facts.texts_size, NULL), RP_OK);
    assert_int_equal(back.n, 4);
    assert_string_equal(rpi_facts_value(&back, "size"), "5");
    assert_null(rpi_facts_value(&back, "none"));
    assert_int_equal(back.facts[2].kind, RPI_FACT_WARN);
    rpi_facts_fini(&facts);
    rpi_facts_fini(&back);
}

static void bytes_cut_anywhere_are_refused_or_read_in_part(void **state)
{
    (void)state;
    rpi_facts facts = made_of(some, 4), back = {0};
    size_t n_right = 0;
    for (size_t size = 0; size <= facts.texts_size; size++) n_right += rpi_facts_read(&back, facts.texts, size, NULL) == RP_OK;
    assert_int_equal(n_right, 5); /* none, or whole ones */
    assert_int_equal(rpi_facts_read(&back, "\x07x\0y", 5, NULL), RP_USAGE);
    rpi_facts_fini(&facts);
    rpi_facts_fini(&back);
}

/* What is compared: the facts above, with another value for one of them; NULL: without it. */
static void check(size_t which, const char *value, rpi_fact_kind kind, const char *what)
{
    rpi_fact now[4];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++)
        if (i != which || value) now[n++] = some[i];
    if (value) now[which].value = value;
    rpi_facts before = made_of(some, 4), after = made_of(now, n);
    char text[256];
    assert_int_equal(rpi_facts_compare(&before, &after, text, sizeof text), kind);
    assert_string_equal(text, what);
    rpi_facts_fini(&before);
    rpi_facts_fini(&after);
}

static void what_differs_is_named(void **state)
{
    (void)state;
    check(0, "compute", RPI_FACT_NOTE, "");
    check(1, "6", RPI_FACT_MUST, "size: 5 before, 6 now");
    check(1, NULL, RPI_FACT_MUST, "size: 5 before, nothing now");
    check(2, "abd", RPI_FACT_WARN, "build: abc before, abd now");
    check(3, "101", RPI_FACT_NOTE, "");
}

static void a_fact_that_is_new_differs_too(void **state)
{
    (void)state;
    rpi_facts before = made_of(some, 1), now = made_of(some, 2);
    char text[256];
    assert_int_equal(rpi_facts_compare(&before, &now, text, sizeof text), RPI_FACT_MUST);
    assert_string_equal(text, "size: nothing before, 5 now");
    rpi_facts_fini(&before);
    rpi_facts_fini(&now);
}

static void json_takes_any_text(void **state)
{
    (void)state;
    const rpi_fact odd[] = {{RPI_FACT_MUST, "a\"b", "c\\\n\x01"}, {RPI_FACT_NOTE, "\xc3\xa4", "\xff\xc3"}};
    rpi_facts facts = made_of(odd, 2);
    char *text = rpi_facts_json(&facts);
    assert_string_equal(text, "{\"a\\\"b\": \"c\\\\\\u000a\\u0001\", \"\xc3\xa4\": \"\xef\xbf\xbd\xef\xbf\xbd\"}");
    free(text);
    rpi_facts_fini(&facts);
}

UNIT_MAIN(UNIT(facts_come_back_as_they_were), UNIT(bytes_cut_anywhere_are_refused_or_read_in_part), UNIT(what_differs_is_named),
          UNIT(a_fact_that_is_new_differs_too), UNIT(json_takes_any_text))
