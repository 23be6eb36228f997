/* test_command_line.c: command lines, part by part, and what was meant by a name that is unknown. */
#include "command_line.h"
#include "suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = {"threads", "timeout", "retries", "run", "go"};
static const char *word(const void *among, size_t k)
{
    (void)among;
    return k < sizeof words / sizeof *words ? words[k] : NULL;
}
static const char *nearest(const char *given)
{
    const char *found = suggest_nearest(given, word, NULL);
    return found ? found : "";
}

static void a_typing_mistake_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("thraeds"), "threads");  /* two letters that have changed places count 1 */
    assert_string_equal(nearest("htraeds"), "threads");  /* twice is 2 */
    assert_string_equal(nearest("htraedz"), "");         /* 3 is too far */
    assert_string_equal(nearest("timout"), "timeout");   /* one is missing */
    assert_string_equal(nearest("rretries"), "retries"); /* one too much */
    assert_string_equal(nearest("rnu"), "run");
    assert_string_equal(nearest("rxx"), ""); /* more than a third */
    assert_string_equal(nearest("og"), "");
    assert_string_equal(nearest("run"), ""); /* it is one */
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("a word that is longer than any option could ever be"), "");
}

static void a_command_line_is_read_part_by_part(void **state)
{
    (void)state;
    static const command_line_option options[] = {
        {"items", 'n', COMMAND_LINE_VALUE}, {"quiet", 'q', COMMAND_LINE_NO_VALUE}, {"report", 0, COMMAND_LINE_MAY_HAVE_VALUE}};
    char *argv[] = {(char[]){"run"},       (char[]){"job"},        (char[]){"-qn4"}, (char[]){"--items"}, (char[]){"--quiet"},
                    (char[]){"--report"},  (char[]){"--report=x"}, (char[]){"-qz"},  (char[]){"-"},       (char[]){"--ite=3"},
                    (char[]){"--quiet=1"}, (char[]){"--items="},   (char[]){"--"},   (char[]){"--quiet"}, (char[]){"--"}};
    static const struct {
        command_line_kind kind;
        int option;
        const char *text;
    } expected[] = {{COMMAND_LINE_OPERAND, 0, "job"},  {COMMAND_LINE_OPTION, 1, NULL},
                    {COMMAND_LINE_OPTION, 0, "4"},     {COMMAND_LINE_OPTION, 0, "--quiet"},
                    {COMMAND_LINE_OPTION, 2, NULL},    {COMMAND_LINE_OPTION, 2, "x"},
                    {COMMAND_LINE_OPTION, 1, NULL},    {COMMAND_LINE_UNKNOWN, -1, "z"},
                    {COMMAND_LINE_OPERAND, 0, "-"},    {COMMAND_LINE_UNKNOWN, -1, "--ite=3"},
                    {COMMAND_LINE_HAS_VALUE, 1, NULL}, {COMMAND_LINE_OPTION, 0, ""},
                    {COMMAND_LINE_WORD, 0, "--quiet"}, {COMMAND_LINE_WORD, 0, "--"},
                    {COMMAND_LINE_END, 0, NULL},       {COMMAND_LINE_END, 0, NULL}};
    command_line line = command_line_begin(sizeof argv / sizeof *argv, argv, options, 3);
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        command_line_part part = command_line_next(&line);
        const char *text = part.kind == COMMAND_LINE_OPTION ? part.value : part.kind == COMMAND_LINE_HAS_VALUE ? NULL : part.text;
        assert_int_equal(part.kind, expected[k].kind);
        assert_int_equal(part.option, expected[k].option);
        if (expected[k].text) assert_string_equal(text, expected[k].text);
        else assert_null(text);
    }
    char *lacks[] = {(char[]){"run"}, (char[]){"-n"}};
    line = command_line_begin(2, lacks, options, 3);
    assert_int_equal(command_line_next(&line).kind, COMMAND_LINE_LACKS_VALUE);
    assert_int_equal(command_line_next(&line).kind, COMMAND_LINE_END);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(a_typing_mistake_is_near),
                                              cmocka_unit_test(a_command_line_is_read_part_by_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
