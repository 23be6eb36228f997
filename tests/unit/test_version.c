/* test_version.c: the linked library is the one that the headers are of. */
#include "unit.h"

static void library_and_headers_agree(void **state)
{
    (void)state;
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", RP_VERSION_MAJOR, RP_VERSION_MINOR, RP_VERSION_PATCH);
    assert_string_equal(RP_VERSION, expected);
    assert_string_equal(rp_version(), RP_VERSION);
}

static void details_name_each_part(void **state)
{
    (void)state;
    assert_contains(rp_version_details(), "MPI");
    assert_contains(rp_version_details(), "OpenMP");
    assert_null(strchr(rp_version_details(), '\n'));
    assert_ptr_equal(rp_version_details(), rp_version_details());
}

UNIT_MAIN(UNIT(library_and_headers_agree), UNIT(details_name_each_part))
