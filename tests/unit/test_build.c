/* test_build.c: what this program says it was built from, and how two such texts are compared. */
#include "unit.h"

#include "cluster/build.h"

static void this_program_has_a_build_id(void **state)
{
    (void)state;
    char text[RPI_BUILD_SIZE], again[RPI_BUILD_SIZE];
    rpi_build_describe(text, sizeof text);
    rpi_build_describe(again, sizeof again);
    assert_string_equal(text, again);
    assert_contains(text, "rankpool\t" RP_VERSION "\nthe program\tbuild-id ");
    const char *id = strstr(text, "build-id ") + strlen("build-id ");
    assert_int_equal(strspn(id, "0123456789abcdef"), 40);
    assert_int_equal(id[40], '\n');
}

static void a_text_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    char text[64];
    for (size_t size = 1; size < 40; size++) {
        memset(text, 'z', sizeof text);
        rpi_build_describe(text, size);
        assert_true(memchr(text, '\0', size));
        for (size_t i = size; i < sizeof text; i++) assert_int_equal(text[i], 'z');
    }
}

static void differences_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *mine, *theirs, *why; /* NULL: the same */
    } rows[] = {
        {"rankpool\t1\nthe program\tbuild-id ab\n", "rankpool\t1\nthe program\tbuild-id ab\n", NULL},
        {"rankpool\t1\nthe program\tbuild-id ab\n", "rankpool\t2\nthe program\tbuild-id ab\n",
         "has another build of rankpool (2; rank 0: 1)"},
        {"a\t1\nthe program\tbuild-id ab\n", "a\t1\nthe program\tbuild-id cd\n",
         "has another build of the program (build-id cd; rank 0: build-id ab)"},
        {"a\t1\nlibrankpool\tx\n", "a\t1\nlibrankpool\ty\n", "has another build of librankpool (y; rank 0: x)"},
        {"a\t1\nlibrankpool\tx\n", "a\t1\n", "has another build of the program"},
        {"a\t1\n", "a\t1\nlibrankpool\tx\n", "has another build of the program"},
        {"a\t1\n", "", "has another build of the program"},
        {"a\t1\n", "\n\n\n", "has another build of the program"},
        {"a\t1\n", "a", "has another build of a (; rank 0: 1)"},
    };
    for (size_t k = 0; k < N_OF(rows); k++) {
        char why[300] = "";
        assert_int_equal(rpi_build_compare(rows[k].mine, rows[k].theirs, why, sizeof why), rows[k].why == NULL);
        assert_string_equal(why, rows[k].why ? rows[k].why : "");
    }
}

UNIT_MAIN(UNIT(this_program_has_a_build_id), UNIT(a_text_that_does_not_fit_is_cut), UNIT(differences_are_named))
