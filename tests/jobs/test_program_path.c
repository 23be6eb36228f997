/* test_program_path.c: where a program is by PATH, and when exec has to search itself. */
#include "unit.h"

#include "program_path.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/rankpool-path.XXXXXX", name[200];

static const char *under(const char *path)
{
    snprintf(name, sizeof name, "%s/%s", top, path);
    return name;
}

static void make(const char *path, mode_t mode)
{
    int file = open(under(path), O_CREAT | O_WRONLY | O_CLOEXEC, mode);
    assert_true(file >= 0);
    close(file);
}

static int set_up(void **state)
{
    (void)state;
    char folders[300];
    assert_non_null(mkdtemp(top));
    assert_int_equal(mkdir(under("a"), 0755), 0);
    assert_int_equal(mkdir(under("b"), 0755), 0);
    assert_int_equal(mkdir(under("a/tool"), 0755), 0); /* a folder is no program */
    make("b/tool", 0755);
    make("a/other", 0644); /* nor is what can't be executed */
    make("b/other", 0755);
    snprintf(folders, sizeof folders, "%s/a:%s/b:relative:%s/a", top, top, top);
    return setenv("PATH", folders, 1);
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const files[] = {"a/other", "a/late", "b/tool", "b/other"}, *const folders[] = {"a/tool", "a", "b", ""};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) (void)unlink(under(files[k]));
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) (void)rmdir(under(folders[k]));
    return 0;
}

static void the_first_folder_that_has_it_counts(void **state)
{
    (void)state;
    program_path path = {.name = ""};
    assert_string_equal(program_path_find(&path, "tool"), under("b/tool"));
    assert_string_equal(program_path_find(&path, "other"), under("b/other"));
    assert_string_equal(program_path_find(&path, "tool"), under("b/tool"));
}

static void one_that_is_there_already_is_found_without_a_look(void **state)
{
    (void)state;
    program_path path = {.name = ""};
    assert_string_equal(program_path_find(&path, "other"), under("b/other"));
    assert_int_equal(unlink(under("b/other")), 0);
    assert_string_equal(program_path_find(&path, "other"), under("b/other"));
}

static void what_is_behind_a_relative_folder_is_left_to_exec(void **state)
{
    (void)state;
    program_path path = {.name = ""};
    char folders[300];
    snprintf(folders, sizeof folders, "%s/a:.:%s/b", top, top);
    assert_int_equal(setenv("PATH", folders, 1), 0);
    assert_null(program_path_find(&path, "tool"));
    snprintf(folders, sizeof folders, "%s/a::%s/b", top, top);
    assert_int_equal(setenv("PATH", folders, 1), 0);
    assert_null(program_path_find(&path, "other"));
}

static void names_that_exec_knows_better(void **state)
{
    (void)state;
    program_path path = {.name = ""};
    char longest[400];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(program_path_find(&path, "./tool"));
    assert_null(program_path_find(&path, ""));
    assert_null(program_path_find(&path, "missing"));
    assert_null(program_path_find(&path, longest));
    assert_int_equal(unsetenv("PATH"), 0);
    assert_null(program_path_find(&path, "tool"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_folder_that_has_it_counts),
        cmocka_unit_test(one_that_is_there_already_is_found_without_a_look),
        cmocka_unit_test(what_is_behind_a_relative_folder_is_left_to_exec),
        cmocka_unit_test(names_that_exec_knows_better),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
