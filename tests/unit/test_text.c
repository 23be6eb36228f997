/* test_text.c: text from outside, made fit for terminals and logs. */
#include "base/text.h"
#include "unit.h"

#include "base/error.h"

static void check(const char *text, size_t size, const char *expected)
{
    char shown[256], again[256];
    assert_int_equal(rp_printable(text, size, shown, sizeof shown), strlen(expected));
    assert_string_equal(shown, expected);
    (void)rp_printable(shown, strlen(shown), again, sizeof again);
    assert_string_equal(again, expected);
}

#define CHECK(text, expected) check(text, sizeof(text) - 1, expected)

static void what_people_write_stays(void **state)
{
    (void)state;
    CHECK("", "");
    CHECK("one two\tthree ~\\n", "one two\tthree ~\\n");
    CHECK("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8d\x8b \xd7\xa9", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8d\x8b \xd7\xa9");
    check(NULL, 0, "");
}

static void what_commands_a_terminal_is_escaped(void **state)
{
    (void)state;
    CHECK("a\033]0;title\007b", "a\\x1b]0;title\\x07b");
    CHECK("a\r\033[2Kb\nc\x7f", "a\\r\\x1b[2Kb\\nc\\x7f");
    CHECK("a\0b", "a\\x00b");
    CHECK("\xc2\x9b\x32J", "\\u009b2J");                                              /* CSI in one character */
    CHECK("\x9b\x32J", "\\x9b2J");                                                    /* and in one byte */
    CHECK("a\xe2\x80\xae b\xe2\x81\xa6 c\xe2\x80\xa8", "a\\u202e b\\u2066 c\\u2028"); /* from right to left */
}

static void what_isnt_utf8_is_escaped(void **state)
{
    (void)state;
    CHECK("gr\xfc\xdf", "gr\\xfc\\xdf");
    CHECK("\xc3", "\\xc3");
    CHECK("\xc0\xaf \xe0\x80\xaf", "\\xc0\\xaf \\xe0\\x80\\xaf"); /* more bytes than needed */
    CHECK("\xed\xa0\x80 \xf4\x90\x80\x80", "\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa4\033\xe2\x82\xac"
                               "b";
    char to[16];
    assert_int_equal(rp_printable(text, 8, to, 12), 11);
    assert_string_equal(to, "a\xc3\xa4\\x1b\xe2\x82\xac"
                            "b");
    for (size_t room = 1; room < 12; room++) {
        memset(to, 'x', sizeof to);
        size_t length = rp_printable(text, 8, to, room);
        assert_true(length < room && to[length] == '\0');
        if (room >= 4) assert_string_equal(to + length - 3, "…");
        assert_int_equal(to[room], 'x');
    }
}

static void user_information_is_left_out(void **state)
{
    (void)state;
    CHECK("http://user:secret@h/a@b", "http://h/a@b");
    CHECK("at HTTPS://token@h:80?x and ftp://u:p@[::1]:21/", "at HTTPS://h:80?x and ftp://[::1]:21/");
    CHECK("http://u:se@cret@h#x", "http://h#x");
    CHECK("http:///u:secret@h/", "http://h/");
    CHECK("'http://u:secret@h/', 'b'", "'http://h/', 'b'");
    CHECK("http://u:sec\033ret@h/", "http://h/");
}

static void a_password_that_isnt_encoded_is_left_out(void **state)
{
    (void)state;
    CHECK("http://user:sec/ret@h/a", "http://h/a");
    CHECK("http://user:sec?r#et@h/a", "http://h/a");
    CHECK("http://user:sec ret@h/a", "http://h/a");
    CHECK("http://[user:sec/ret@h/a", "http://h/a");
}

static void an_at_in_a_path_stays(void **state)
{
    (void)state;
    CHECK("https://example.org/@user/x", "https://example.org/@user/x");
    CHECK("https://example.org:443/@user", "https://example.org:443/@user");
    CHECK("http://h:/@x http://[::1]/@x http://[::1]:8/@x", "http://h:/@x http://[::1]/@x http://[::1]:8/@x");
    CHECK("me@example.org", "me@example.org");
}

static void the_same_is_left_out_in_place(void **state)
{
    (void)state;
    char text[] = "x http://user:secret@h/a\033";
    size_t size = rp_without_user(text, sizeof text - 1, text);
    assert_int_equal(size, strlen("x http://h/a\033"));
    assert_memory_equal(text, "x http://h/a\033", size);
}

static void nothing_is_left_out_of_an_escaped_text(void **state)
{
    (void)state;
    static const char text[] = "http://user:secret@h/ http://a.org,joe@b.org \033";
    char shown[64];
    size_t size = rp_escape(text, sizeof text - 1, shown, sizeof shown);
    assert_int_equal(size, strlen(shown));
    assert_string_equal(shown, "http://user:secret@h/ http://a.org,joe@b.org \\x1b");
    (void)rp_escape(text, sizeof text - 1, shown, 12);
    assert_string_equal(shown, "http://u…");
}

static void errors_hold_only_what_can_be_shown(void **state)
{
    (void)state;
    rp_error error;
    rp_error_set(&error, RP_USAGE, 0, "can't open %s", "http://user:secret@h/\033[2J\xff");
    assert_string_equal(error.message, "can't open http://h/\\x1b[2J\\xff");
    assert_string_equal(rp_error_text(&error), error.message);
}

static void a_text_that_was_sent_is_made_clean_within_its_room(void **state)
{
    (void)state;
    char host[8];
    memset(host, '\033', sizeof host); /* no 0 anywhere */
    rpi_text_clean(host, sizeof host);
    assert_string_equal(host, "\\x1b…");
    rpi_host_name(host, sizeof host);
    assert_true(strlen(host) < sizeof host);
}

UNIT_MAIN(UNIT(what_people_write_stays), UNIT(what_commands_a_terminal_is_escaped), UNIT(what_isnt_utf8_is_escaped),
          UNIT(a_long_text_is_cut_between_characters), UNIT(user_information_is_left_out), UNIT(a_password_that_isnt_encoded_is_left_out),
          UNIT(an_at_in_a_path_stays), UNIT(the_same_is_left_out_in_place), UNIT(nothing_is_left_out_of_an_escaped_text),
          UNIT(errors_hold_only_what_can_be_shown), UNIT(a_text_that_was_sent_is_made_clean_within_its_room))
