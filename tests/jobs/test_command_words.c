/* test_command_words.c: what placeholders become, which are refused, and lines for a shell. No process is started. */
#include "unit.h"

#include "command_words.h"

#define TEXTS(literal) ((texts){literal, sizeof(literal)})

static const texts no_columns = {NULL, 0};

/* Expands; the words as one text with | behind each. */
static const char *expanded(texts words, texts columns, const char *shell, texts item)
{
    static char shown[1000];
    command_words command = {words, columns, shell};
    command_values values = {item, 6, 1};
    command_line line = {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    int missing;
    *shown = '\0';
    if (command_words_expand(&command, &values, &line, &missing)) {
        texts made = {line.words.data, line.words.size}, variables = {line.variables.data, line.variables.size};
        for (size_t k = 0; k < texts_count(made); k++)
            snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s|", texts_at(made, k));
        for (size_t k = 0; k < texts_count(variables); k++)
            snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s|", texts_at(variables, k));
    } else {
        snprintf(shown, sizeof shown, "missing %d", missing);
    }
    command_line_free(&line);
    return shown;
}

static void an_item_stands_anywhere_in_a_word(void **state)
{
    (void)state;
    assert_string_equal(expanded(TEXTS("a\0x{}y{}"), no_columns, NULL, TEXTS("i j")), "a|xi jyi j|");
    assert_string_equal(expanded(TEXTS("a\0{#}\0{%}"), no_columns, NULL, TEXTS("i")), "a|7|2|");
    assert_string_equal(expanded(TEXTS("{}\0x"), no_columns, NULL, TEXTS("i\0j")), "i|j|x|");
    assert_string_equal(expanded(TEXTS("-{}"), no_columns, NULL, TEXTS("i\0j")), "-i j|");
    assert_string_equal(expanded(TEXTS("{2}{1}"), no_columns, NULL, TEXTS("i\0j")), "ji|");
    assert_string_equal(expanded(TEXTS("{}"), no_columns, NULL, TEXTS("")), "|");
}

static void without_a_placeholder_the_texts_are_the_last_words(void **state)
{
    (void)state;
    assert_string_equal(expanded(TEXTS("a\0b c"), no_columns, NULL, TEXTS("i\0j")), "a|b c|i|j|");
    assert_string_equal(expanded(TEXTS("awk\0{print $1}"), no_columns, NULL, TEXTS("i")), "awk|{print $1}|i|");
    assert_string_equal(expanded(TEXTS("{a,b}\0{\0}{\0{{\0{0}\0{01}"), no_columns, NULL, TEXTS("i")), "{a,b}|{|}{|{{|{0}|{01}|i|");
}

static void what_stands_for_a_placeholder_is_not_expanded(void **state)
{
    (void)state;
    assert_string_equal(expanded(TEXTS("{}{#}"), no_columns, NULL, TEXTS("{#}{}")), "{#}{}7|");
    assert_string_equal(expanded(TEXTS("{{}}"), no_columns, NULL, TEXTS("#")), "{#}|");
}

static void parts_of_paths(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"a/b.c", "a/b|b.c|a|b|"},
        {"b", "b|b|.|b|"},
        {"a.b/c", "a.b/c|c|a.b|c|"},
        {"/a", "/a|a|/|a|"},
        {"a.b.c", "a.b|a.b.c|.|a.b|"},
        {"a//b/", "a//b/||a||"},
        {"/", "/||/||"},
        {"", "||.||"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(expanded(TEXTS("{.}\0{/}\0{//}\0{/.}"), no_columns, NULL, (texts){cases[i].text, strlen(cases[i].text) + 1}),
                            cases[i].expected);
    assert_string_equal(expanded(TEXTS("{1.}{2/}{name//}{x y.}"), TEXTS("name\0x y"), NULL, TEXTS("a/b.c\0d/e.f")), "a/be.fad/e|");
    assert_string_equal(expanded(TEXTS("{a.b}"), TEXTS("a.b"), NULL, TEXTS("c.d")), "c.d|");
}

static void a_missing_text_is_told(void **state)
{
    (void)state;
    assert_string_equal(expanded(TEXTS("a\0{3}"), no_columns, NULL, TEXTS("i\0j")), "missing 3");
}

/* Checks that words are refused with a message that has the text, or (NULL) not refused. */
static void check(texts words, texts columns, size_t n_columns, const char *text)
{
    command_words command = {words, columns, NULL};
    rp_error error = {0};
    assert_int_equal(command_words_check(&command, n_columns, &error), text ? RP_USAGE : RP_OK);
    if (text) assert_contains(rp_error_text(&error), text);
}

static void a_name_that_is_no_column_is_refused(void **state)
{
    (void)state;
    check(TEXTS("a\0x{nmae}"), TEXTS("name\0mass"), 2, "{nmae}: there is no such column; did you mean {name}?");
    check(TEXTS("a\0{nmae.}"), TEXTS("name\0mass"), 2, "did you mean {name}?");
    check(TEXTS("a\0{speed}"), TEXTS("name\0\0mass"), 3, "there are: {name} {mass}");
    check(TEXTS("a\0{name}{1}{#}{}{mass/}"), TEXTS("name\0mass"), 2, NULL);
    check(TEXTS("a\0{print $1}"), TEXTS("name\0mass"), 2, NULL);
    check(TEXTS("a\0{nmae}"), no_columns, 0, NULL);
    check(TEXTS("a\0{3}"), TEXTS("name\0mass"), 2, "{3}: an item has 2 columns");
    check(TEXTS("a\0{3}"), no_columns, 0, NULL);
    check(TEXTS("a\0{= s/a/b/ =}"), no_columns, 0, "{= s/a/b/ =}: Perl isn't run");
    check(TEXTS("a\0{x}"), TEXTS("x\0x"), 2, "two columns have this name");
    check(TEXTS("a\0{1}{2}"), TEXTS("x\0x"), 2, NULL);
}

static void in_a_line_for_a_shell_values_are_variables(void **state)
{
    (void)state;
    assert_string_equal(expanded(TEXTS("wc\0< {}"), no_columns, "sh", TEXTS("a\";id;\"")),
                        "sh|-c|wc < \"${RANKPOOL_VALUE_1}\"|RANKPOOL_VALUE_1=a\";id;\"|");
    assert_string_equal(expanded(TEXTS("echo \"{}\" '{#}' \\\"{}"), no_columns, "sh", TEXTS("i")),
                        "sh|-c|echo \"${RANKPOOL_VALUE_1}\" ''\"${RANKPOOL_VALUE_2}\"'' \\\"\"${RANKPOOL_VALUE_3}\"|RANKPOOL_VALUE_1=i|"
                        "RANKPOOL_VALUE_2=7|RANKPOOL_VALUE_3=i|");
    assert_string_equal(expanded(TEXTS("echo ${HOME}"), no_columns, "sh", TEXTS("i")),
                        "sh|-c|echo ${HOME} \"${RANKPOOL_VALUE_1}\"|RANKPOOL_VALUE_1=i|");
}

UNIT_MAIN(UNIT(an_item_stands_anywhere_in_a_word), UNIT(without_a_placeholder_the_texts_are_the_last_words),
          UNIT(what_stands_for_a_placeholder_is_not_expanded), UNIT(parts_of_paths), UNIT(a_missing_text_is_told),
          UNIT(a_name_that_is_no_column_is_refused), UNIT(in_a_line_for_a_shell_values_are_variables))
