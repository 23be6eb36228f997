/*
 * test_page_template.c: names of pages by templates: what stands in them, that they stay in the directory and fit any file system; and
 * items that have one name.
 */
#include "page_names.h"
#include "page_template.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expand(const char *template, const char *address, char name[PAGE_PATH_SIZE])
{
    char reason[PAGE_TEMPLATE_REASON];
    if (!page_template_expand(template, address, 7, name, reason)) fail_msg("%s, %s: %s", template, address, reason);
}

static void check(const char *template, const char *address, const char *expected)
{
    char name[PAGE_PATH_SIZE];
    expand(template, address, name);
    assert_string_equal(name, expected);
}

static const char usual[] = "{host}/{path}";

static void a_template_has_the_parts_of_an_address(void **state)
{
    (void)state;
    check(usual, "http://example.org/a/b/page.html", "example.org/a/b/page.html");
    check(usual, "https://user:secret@Example.ORG:8080/a", "example.org_8080/a");
    check(usual, "http://example.org", "example.org/index.html");
    check(usual, "http://example.org/a/", "example.org/a/index.html");
    check("{host}{path}", "http://example.org/a/b", "example.org/a/b");
    check("x/{index}{ext}", "http://example.org/a.png", "x/7.png");
    check("{name}-{index}{ext}", "http://example.org/a/b.tar.gz?x", "b-7.tar.gz");
    check("{hash}", "http://example.org/a", "6a2d6a47a2828fe021aefacd33629435a0668434");
    check("/{name}", "http://example.org/a", "a");
}

/* Row 5. */
static void the_extension_stays_last(void **state)
{
    (void)state;
    check(usual, "http://h/a.tar.gz?version=2", "h/a%3Fversion=2.tar.gz");
    check(usual, "http://h/a-1.884", "h/a-1.884");
    check(usual, "http://h/a.html#top", "h/a.html");
}

/* Row 6. */
static void the_query_is_part_of_the_path(void **state)
{
    (void)state;
    check(usual, "http://h/list?page=1", "h/list%3Fpage=1");
    check(usual, "http://h/list?page=2/3", "h/list%3Fpage=2%2F3");
    check(usual, "http://h/?q", "h/index%3Fq.html");
    check(usual, "http://h?q=/../x", "h/index%3Fq=%2F..%2Fx.html");
}

/* Row 7. */
static void what_other_systems_refuse_is_escaped(void **state)
{
    (void)state;
    check(usual, "http://h/%41%2f%2e%2e%2fb", "h/A%2F..%2Fb");
    check(usual, "http://h/%2541", "h/%2541");
    check(usual, "http://h/a%00%1b%7fb%zz", "h/a%00%1B%7Fb%25zz");
    check(usual, "http://h/a:b*c%3fd%5ce%22%3c%3e%7c", "h/a%3Ab%2Ac%3Fd%5Ce%22%3C%3E%7C");
    check(usual, "http://h/.hidden/-x/a./b%20", "h/%2Ehidden/%2Dx/a%2E/b%20");
    check(usual, "http://h/CON/nul.txt/com1/com0/lpt9.x/console", "h/%43ON/%6Eul.txt/%63om1/com0/%6Cpt9.x/console");
    check(usual, "http://h/%c3%a4/%ff%c3/%e4%bd%a0", "h/\xc3\xa4/%FF%C3/\xe4\xbd\xa0");
    check(usual, "http://h/\xc3\xa4\xc2\x85", "h/\xc3\xa4%C2%85");
}

static void names_stay_in_the_directory(void **state)
{
    (void)state;
    check(usual, "http://h/../../etc/passwd", "h/%2E%2E/%2E%2E/etc/passwd");
    check(usual, "http://../a", "%2E%2E/a");
    check("../{path}", "http://h/a", "%2E%2E/a");
    check(usual, "http://h//etc//passwd", "h/etc/passwd");
    check("//{path}", "http://h//etc/x", "etc/x");
}

static void each_part_fits(const char *name)
{
    for (const char *part = name; *part; part += strcspn(part, "/") + (part[strcspn(part, "/")] == '/'))
        assert_true(strcspn(part, "/") + strlen(".part") <= 255);
}

/* Row 4: the parts fit 255 bytes with .part, and are cut between characters. */
static void long_names_are_cut_and_have_a_hash(void **state)
{
    char address[3000] = "http://h/", name[PAGE_PATH_SIZE], other[PAGE_PATH_SIZE];
    (void)state;
    for (int i = 0; i < 200; i++) strcat(address, "\xe4\xbd\xa0");
    strcat(address, "a.tar.gz");
    expand(usual, address, name);
    each_part_fits(name);
    assert_string_equal(name + strlen(name) - 7, ".tar.gz");
    size_t cut = strspn(name + 2, "\xe4\xbd\xa0");
    assert_true(cut > 100 && cut % 3 == 0 && name[2 + cut] == '-');
    address[strlen(address) - 8] = 'b';
    expand(usual, address, other);
    assert_string_not_equal(name, other);
    strcpy(address, "http://h/");
    for (int i = 0; i < 200; i++) strcat(address, "%01");
    strcat(address, "?q=");
    for (int i = 0; i < 200; i++) strcat(address, "z");
    expand(usual, address, name);
    each_part_fits(name);
}

static void a_path_that_is_too_long_has_no_name(void **state)
{
    char address[8000] = "http://h/", name[PAGE_PATH_SIZE], reason[PAGE_TEMPLATE_REASON];
    (void)state;
    for (int i = 0; i < 1500; i++) strcat(address, "a/");
    assert_int_equal(page_template_expand(usual, address, 0, name, reason), 0);
    assert_string_equal(reason, "the name of its file would be too long");
}

static void refuse(const char *template, const char *expected)
{
    char reason[PAGE_TEMPLATE_REASON];
    assert_int_equal(page_template_check(template, reason), 0);
    if (!strstr(reason, expected)) fail_msg("%s: %s", template, reason);
}

static void templates_that_name_nothing_are_refused(void **state)
{
    char reason[PAGE_TEMPLATE_REASON], longest[PAGE_TEMPLATE_SIZE + 10] = "{path}";
    (void)state;
    assert_int_equal(page_template_check(usual, reason), 1);
    assert_int_equal(page_template_check("{host}/{hash}{ext}", reason), 1);
    refuse("{hots}/{path}", "and not {hots}");
    refuse("{path", "and not {path");
    refuse("a}b{path}", "and not }");
    refuse("page.html", "all pages would have the name page.html");
    refuse("{path}\n", "control character");
    refuse("{path}/", "no name");
    memset(longest + 6, 'a', PAGE_TEMPLATE_SIZE);
    refuse(longest, "too long");
    assert_int_equal(page_template_is_unique(""), 1);
    assert_int_equal(page_template_is_unique(usual), 0);
    assert_int_equal(page_template_is_unique("{host}/{index}"), 1);
}

/* ---- folders ---- */

static void folders_are_made_when_they_are_wanted(void **state)
{
    int directory = page_directory_open(*state);
    assert_true(page_folder_open(directory, "a/b", 3, 0) < 0);
    assert_int_equal(errno, ENOENT);
    int folder = page_folder_open(directory, "a/b", 3, 1);
    assert_true(folder >= 0);
    assert_int_equal(page_write(folder, "page", "text", 4, NULL, NULL), 0);
    assert_int_equal(close(folder), 0);
    folder = page_folder_open(directory, "a/b/c", 3, 0);
    assert_true(folder >= 0);
    assert_int_equal(faccessat(folder, "page", R_OK, 0), 0);
    assert_int_equal(close(folder), 0);
    assert_int_equal(close(directory), 0);
}

static void links_on_the_way_are_not_followed(void **state)
{
    int directory = page_directory_open(*state);
    assert_int_equal(symlinkat("/tmp", directory, "out"), 0);
    assert_true(page_folder_open(directory, "out", 3, 1) < 0);
    assert_true(page_folder_open(directory, "out/a", 5, 1) < 0);
    assert_int_equal(close(directory), 0);
}

static void parts_of_pages_are_looked_for(void **state)
{
    int directory = page_directory_open(*state);
    assert_int_equal(page_directory_may_have_parts(directory), 0);
    scratch_write(*state, "page.html", "text");
    assert_int_equal(page_directory_may_have_parts(directory), 0);
    scratch_write(*state, "page.html.part", "te");
    assert_int_equal(page_directory_may_have_parts(directory), 1);
    assert_int_equal(unlinkat(directory, "page.html.part", 0), 0);
    assert_int_equal(mkdirat(directory, "folder", 0777), 0);
    assert_int_equal(page_directory_may_have_parts(directory), 1); /* or in there */
    assert_int_equal(close(directory), 0);
}

/* ---- items with one name ---- */

/* Rows 1 and 3. */
static void another_address_with_a_name_is_found(void **state)
{
    page_names *names = page_names_create();
    char name[32];
    int64_t first = -1;
    (void)state;
    for (int64_t i = 0; i < 5000; i++) {
        int size = snprintf(name, sizeof(name), "h/Page%d", (int)i);
        assert_int_equal(page_names_add(names, name, (size_t)size, page_names_key(name), i, &first), 0);
    }
    assert_int_equal(page_names_add(names, "h/Page17", 8, page_names_key("h/Page17"), 6000, &first), 0);
    assert_int_equal(page_names_add(names, "h/pAGE17", 8, page_names_key("another"), 6001, &first), 1);
    assert_int_equal(first, 17);
    page_names_destroy(names);
    page_names_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_has_the_parts_of_an_address),
        cmocka_unit_test(the_extension_stays_last),
        cmocka_unit_test(the_query_is_part_of_the_path),
        cmocka_unit_test(what_other_systems_refuse_is_escaped),
        cmocka_unit_test(names_stay_in_the_directory),
        cmocka_unit_test(long_names_are_cut_and_have_a_hash),
        cmocka_unit_test(a_path_that_is_too_long_has_no_name),
        cmocka_unit_test(templates_that_name_nothing_are_refused),
        IN_SCRATCH(folders_are_made_when_they_are_wanted),
        IN_SCRATCH(links_on_the_way_are_not_followed),
        IN_SCRATCH(parts_of_pages_are_looked_for),
        cmocka_unit_test(another_address_with_a_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
