/*
 * test_parts.c: the parts of the program that are plain functions: values, lines, csv, texts, failed
 * items as lines, counts and rows, names in a trace, results in order, and when a run is halted.
 */
#include "closing.h"
#include "csv.h"
#include "failures.h"
#include "halt.h"
#include "in_order.h"
#include "output.h"
#include "report.h"
#include "texts.h"
#include "trace.h"
#include "values.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int parse(rp_type type, const char *text, void *value) { return value_parse(type, (rp_bytes){text, strlen(text)}, value); }

static void integers_keep_to_their_limits(void **state)
{
    (void)state;
    int8_t small;
    uint8_t byte;
    uint32_t word;
    int64_t large;
    uint64_t huge;
    assert_true(parse(RP_TYPE_INT8, "-128", &small) && small == -128);
    assert_false(parse(RP_TYPE_INT8, "128", &small));
    assert_true(parse(RP_TYPE_UINT8, "255", &byte) && byte == 255);
    assert_false(parse(RP_TYPE_UINT8, "-1", &byte) || parse(RP_TYPE_UINT8, "256", &byte));
    assert_true(parse(RP_TYPE_UINT32, "4294967295", &word) && word == UINT32_MAX);
    assert_true(parse(RP_TYPE_INT64, "-9223372036854775808", &large) && large == INT64_MIN);
    assert_false(parse(RP_TYPE_INT64, "9223372036854775808", &large));
    assert_true(parse(RP_TYPE_UINT64, "18446744073709551615", &huge) && huge == UINT64_MAX);
    assert_false(parse(RP_TYPE_UINT64, "18446744073709551616", &huge) || parse(RP_TYPE_UINT64, "-1", &huge));
}

static void numbers_are_the_whole_text(void **state)
{
    (void)state;
    double number = 7;
    int32_t integer = 7;
    static const char *const wrong[] = {"", " ", "x", "1x", "1 2", "--1", "\n1", "1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(parse(RP_TYPE_DOUBLE, wrong[i], &number));
        assert_false(parse(RP_TYPE_INT32, wrong[i], &integer));
    }
    assert_false(value_parse(RP_TYPE_DOUBLE,
                             (rp_bytes){"1\0"
                                        "2",
                                        3},
                             &number));
    assert_false(parse(RP_TYPE_INT32, "1.5", &integer) || parse(RP_TYPE_INT32, "0x10", &integer));
    assert_true(number == 7 && integer == 7);
    assert_true(parse(RP_TYPE_DOUBLE, " -1.5e3\t", &number) && number == -1500);
    assert_false(parse(RP_TYPE_DOUBLE, "1e999", &number));
    assert_true(parse(RP_TYPE_DOUBLE, "1e-999", &number) && number == 0);
}

static void doubles_survive_being_printed(void **state)
{
    (void)state;
    static const double numbers[] = {0.1, 1.0 / 3.0, 1e308, 5e-324, -0.0, 123456789.123456789};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[VALUE_TEXT_SIZE];
        double back;
        assert_true(parse(RP_TYPE_DOUBLE, value_print(RP_TYPE_DOUBLE, &numbers[i], text), &back));
        assert_memory_equal(&back, &numbers[i], sizeof back);
    }
}

static const char *print_double(double number)
{
    static char text[VALUE_TEXT_SIZE];
    return value_print(RP_TYPE_DOUBLE, &number, text);
}

static const char *print_float(float number)
{
    static char text[VALUE_TEXT_SIZE];
    return value_print(RP_TYPE_FLOAT, &number, text);
}

static void numbers_are_as_short_as_they_read_back(void **state)
{
    (void)state;
    assert_string_equal(print_double(0.1), "0.1");
    assert_string_equal(print_double(0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(print_double(1.0 / 3), "0.3333333333333333");
    assert_string_equal(print_double(5), "5");
    assert_string_equal(print_double(-0.0), "-0");
    assert_string_equal(print_double(1e23), "1e+23");
    assert_string_equal(print_double(0x1p53), "9007199254740992");
    assert_string_equal(print_double(5e-324), "5e-324"); /* 1 digit is enough for the smallest one */
    assert_string_equal(print_double(2.2250738585072014e-308), "2.2250738585072014e-308");
    assert_string_equal(print_double(0x1p-44), "5.684341886080802e-14"); /* not what 16 digits round to */
    assert_string_equal(print_double(-0x1p-44), "-5.684341886080802e-14");
    assert_string_equal(print_double(INFINITY), "inf");
    assert_true(strstr(print_double(NAN), "nan") != NULL);
    assert_string_equal(print_float(0.1f), "0.1");
    assert_string_equal(print_float(16777217.0f), "16777216");
    assert_string_equal(print_float(1e-45f), "1e-45");
    assert_string_equal(print_float(0.3f), "0.3");
}

/* Bits at random, the same ones each time. */
static void any_number_reads_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        double number, back;
        float small, small_back;
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        memcpy(&number, &bits, sizeof number);
        memcpy(&small, &bits, sizeof small);
        if (!isfinite(number) || !isfinite(small)) continue;
        assert_true(parse(RP_TYPE_DOUBLE, print_double(number), &back) && memcmp(&back, &number, sizeof back) == 0);
        assert_true(parse(RP_TYPE_FLOAT, print_float(small), &small_back) && memcmp(&small_back, &small, sizeof small) == 0);
    }
}

static void long_texts_are_shown_short(void **state)
{
    (void)state;
    char shown[VALUE_SHOWN_SIZE], text[200];
    memset(text, 'x', sizeof text);
    assert_int_equal(strlen(value_shown((rp_bytes){text, 63}, shown)), 63);
    assert_int_equal(strlen(value_shown((rp_bytes){text, 64}, shown)), 60 + strlen("…"));
    memcpy(text + 59, "é", 2);
    assert_int_equal(strlen(value_shown((rp_bytes){text, 100}, shown)), 59 + strlen("…"));
    assert_string_equal(value_shown((rp_bytes){"a\nb\0c", 5}, shown), "a\\nb\\x00c");
}

/* Writes `text` to a pipe, in two parts that meet at `cut`, and gives its lines back joined with |. */
static void lines_of(const char *text, size_t size, size_t cut, char *joined)
{
    int ends[2];
    rp_bytes line;
    line_reader reader;
    size_t n = 0;
    assert_int_equal(pipe(ends), 0);
    lines_init(&reader, ends[0], "pipe");
    assert_int_equal(write(ends[1], text, cut), cut);
    rp_status status;
    while ((status = lines_next(&reader, 0, &line, NULL)) == RP_OK) n += (size_t)sprintf(joined + n, "%s|", (const char *)line.data);
    assert_int_equal(status, RP_AGAIN);
    assert_int_equal(write(ends[1], text + cut, size - cut), size - cut);
    close(ends[1]);
    while ((status = lines_next(&reader, 1, &line, NULL)) == RP_OK) n += (size_t)sprintf(joined + n, "%s|", (const char *)line.data);
    assert_int_equal(status, RP_END);
    assert_int_equal(lines_next(&reader, 1, &line, NULL), RP_END);
    lines_fini(&reader);
    close(ends[0]);
}

static void lines_are_the_same_wherever_a_pipe_pauses(void **state)
{
    (void)state;
    static const char text[] = "one\r\ntwo\n\nthree\r\n\nlast";
    for (size_t cut = 0; cut < sizeof text - 1; cut++) {
        char joined[64] = "";
        lines_of(text, sizeof text - 1, cut, joined);
        assert_string_equal(joined, "one|two||three||last|");
    }
}

static int split(const char *record, rp_bytes *fields, int n)
{
    static char room[256];
    return csv_split((rp_bytes){record, strlen(record)}, room, fields, n);
}

static void csv_fields_are_unquoted(void **state)
{
    (void)state;
    rp_bytes fields[3];
    assert_int_equal(split("a,\"b,\"\"c\"\"\",", fields, 3), 3);
    assert_string_equal(fields[0].data, "a");
    assert_string_equal(fields[1].data, "b,\"c\"");
    assert_int_equal(fields[2].size, 0);
    assert_int_equal(split("1,2,3,4,5", fields, 3), 5);
    assert_string_equal(fields[2].data, "3");
    assert_int_equal(split("\"a\"b", fields, 3), -1);
    assert_int_equal(split("a\"b", fields, 3), 1);
    assert_string_equal(fields[0].data, "a\"b");
    assert_int_equal(split("\"\"", fields, 3), 1);
    assert_int_equal(fields[0].size, 0);
}

static void texts_are_found_until_removed(void **state)
{
    (void)state;
    text_table table;
    texts_init(&table);
    assert_null(texts_find(&table, 0).data);
    for (int64_t i = 0; i < 1000; i++) {
        char text[32];
        sprintf(text, "item %lld", (long long)i);
        assert_non_null(texts_add(&table, i, (rp_bytes){text, strlen(text)}, 8));
        if (i >= 300) texts_remove(&table, i - 300);
    }
    assert_int_equal(table.count, 300);
    assert_null(texts_find(&table, 699).data);
    assert_string_equal(texts_find(&table, 700).data, "item 700");
    texts_remove(&table, 5000);
    for (int64_t i = 1; i <= 100; i++) assert_non_null(texts_add(&table, i << 20, (rp_bytes){"far", 3}, 0)); /* all in one bucket */
    for (int64_t i = 0; i < 500; i++) assert_non_null(texts_add(&table, i, (rp_bytes){"near", 4}, 0));
    assert_string_equal(texts_find(&table, 50 << 20).data, "far");
    assert_int_equal(table.count, 900);
    texts_fini(&table);
}

/* ---- failed items ---- */

static rp_error failure_of(rp_cause cause, int code, const char *message)
{
    rp_error made = {.status = cause == RP_CAUSE_LOST ? RP_LOST : RP_FAILED,
                     .cause = cause,
                     .code = code,
                     .item = 4,
                     .rank = 1,
                     .worker = 2,
                     .attempt = 1,
                     .seconds = 0.01,
                     .host = "n2"};
    snprintf(made.message, sizeof made.message, "%s", message);
    return made;
}

static const char *line_of(rp_cause cause, int code, const char *message)
{
    static char text[FAILURES_LINE_SIZE];
    rp_error failure = failure_of(cause, code, message);
    return failures_line(4, "abc", &failure, text);
}

static void a_line_tells_the_code_where_the_message_does_not(void **state)
{
    (void)state;
    static const char place[] = "item 4 (abc) failed on rank 1, host n2, worker 2";
    char expected[FAILURES_LINE_SIZE];
    snprintf(expected, sizeof expected, "%s: odd (code 7)", place);
    assert_string_equal(line_of(RP_CAUSE_TASK, 7, "odd"), expected);
    snprintf(expected, sizeof expected, "%s: odd", place);
    assert_string_equal(line_of(RP_CAUSE_TASK, 0, "odd"), expected);
    snprintf(expected, sizeof expected, "%s: HTTP 404", place);
    assert_string_equal(line_of(RP_CAUSE_TASK, 404, "HTTP 404"), expected);
    snprintf(expected, sizeof expected, "%s: crashed", place);
    assert_string_equal(line_of(RP_CAUSE_SIGNAL, 11, "crashed"), expected);
    snprintf(expected, sizeof expected, "%s: no process (errno 12)", place);
    assert_string_equal(line_of(RP_CAUSE_SYSTEM, 12, "no process"), expected);
}

static void a_line_tells_attempts_and_times_that_matter(void **state)
{
    (void)state;
    char text[FAILURES_LINE_SIZE];
    rp_error failure = failure_of(RP_CAUSE_TIMEOUT, 0, "too long");
    failure.attempt = 3;
    failure.seconds = 1.5;
    failures_line(0, "", &failure, text);
    assert_string_equal(text, "item 0 () failed on rank 1, host n2, worker 2, attempt 3, after 1.50 s: too long");
    failure.seconds = 7200;
    failure.rank = -1;
    failures_line(0, "", &failure, text);
    assert_string_equal(text, "item 0 () failed, attempt 3, after 7200 s: too long");
    memset(failure.message, 'x', sizeof failure.message - 1);
    memset(failure.host, 'h', sizeof failure.host - 1);
    failure.rank = failure.worker = failure.attempt = INT32_MAX;
    assert_true(strlen(failures_line(INT64_MAX, "", &failure, text)) < FAILURES_LINE_SIZE - 1); /* nothing is cut */
}

static void failures_are_told_up_to_a_limit_and_losses_not(void **state)
{
    (void)state;
    failures all = {.failed = 0};
    rp_error failure = failure_of(RP_CAUSE_TASK, 7, "odd"), lost = failure_of(RP_CAUSE_LOST, 0, "gone");
    for (int i = 0; i < FAILURES_MOST_SHOWN; i++) {
        assert_int_equal(failures_add(&all, &lost, 1), FAILURES_SAY_NOTHING);
        assert_int_equal(failures_add(&all, &failure, 1), FAILURES_SAY_LINE);
    }
    assert_int_equal(failures_add(&all, &failure, 1), FAILURES_SAY_MORE);
    assert_int_equal(failures_add(&all, &failure, 1), FAILURES_SAY_NOTHING);
    assert_int_equal(failures_add(&all, &failure, 0), FAILURES_SAY_LINE);
    assert_int_equal(all.failed, FAILURES_MOST_SHOWN + 3);
    assert_int_equal(all.lost, FAILURES_MOST_SHOWN);
}

static const char *summary_of(failures all, uint64_t n_ran, double seconds)
{
    static char text[FAILURES_SUMMARY_SIZE];
    return failures_summary(&all, n_ran, seconds, text);
}

static void a_summary_names_causes_unless_all_is_plain(void **state)
{
    (void)state;
    failures all = {.by_cause = {[RP_CAUSE_TASK] = 3}, .failed = 3};
    assert_string_equal(summary_of(all, 17, 0.25), "3 of 17 items failed in 0.250 s");
    all.by_cause[RP_CAUSE_SIGNAL] = 2;
    all.failed = 5;
    assert_string_equal(summary_of(all, 17, 12.345), "5 of 17 items failed (3 task, 2 signal) in 12.35 s");
    all.lost = 4;
    assert_string_equal(summary_of(all, 17, 1e4), "5 of 17 items failed (3 task, 2 signal), 4 lost with a rank in 10000 s");
    all = (failures){.lost = 2};
    assert_string_equal(summary_of(all, 9, 1), "2 of 9 items lost with a rank in 1.00 s");
    all = (failures){.by_cause = {[RP_CAUSE_EXIT] = 1}, .failed = 1, .unread = 7};
    assert_string_equal(summary_of(all, 3, 1), "1 of 3 items failed (1 exit), and 7 more before the run had ended, in 1.00 s");
}

/* The row of an item "a,b" with that failure. */
static const char *row_of_failure(output_format format, const rp_error *failure)
{
    static const rp_field fields[] = {{"value", RP_TYPE_DOUBLE, 0}, {NULL, RP_TYPE_RECORD, 0}};
    static const rp_job job = {.name = "job", .fields = fields};
    static char text[1024];
    text[0] = '\0';
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_non_null(file);
    output out = {.file = file, .name = "memory", .format = format, .job = &job};
    assert_int_equal(output_result(&out, &(rp_job_outcome){.index = 3, .item = {"a,b", 3}, .failure = failure}, NULL, NULL), RP_OK);
    fclose(file);
    return text;
}

static void a_failed_item_is_a_row_of_all_that_is_known(void **state)
{
    (void)state;
    rp_error failure = failure_of(RP_CAUSE_SIGNAL, 11, "crashed");
    failure.attempt = 2;
    failure.seconds = 0.5;
    assert_string_equal(row_of_failure(OUTPUT_CSV, &failure), "3,\"a,b\",failed,,signal,11,crashed,1,n2,2,2,0.5\n");
    assert_string_equal(row_of_failure(OUTPUT_JSONL, &failure),
                        "{\"index\":3,\"item\":\"a,b\",\"outcome\":\"failed\",\"cause\":\"signal\",\"code\":11,\"message\":\"crashed\","
                        "\"rank\":1,\"host\":\"n2\",\"worker\":2,\"attempt\":2,\"elapsed_s\":0.5}\n");
    assert_string_equal(row_of_failure(OUTPUT_TEXT, &failure), "");
}

static void what_is_not_known_of_a_failure_is_left_empty(void **state)
{
    (void)state;
    rp_error lost;
    rp_error_set(&lost, RP_LOST, 0, "rank 1 was lost");
    assert_string_equal(row_of_failure(OUTPUT_CSV, &lost), "3,\"a,b\",lost,,lost,,rank 1 was lost,,,,,\n");
    assert_string_equal(
        row_of_failure(OUTPUT_JSONL, &lost),
        "{\"index\":3,\"item\":\"a,b\",\"outcome\":\"lost\",\"cause\":\"lost\",\"code\":null,\"message\":\"rank 1 was lost\","
        "\"rank\":null,\"host\":null,\"worker\":null,\"attempt\":null,\"elapsed_s\":null}\n");
    rp_error left = failure_of(RP_CAUSE_EXIT, 0, "left"), late = failure_of(RP_CAUSE_TIMEOUT, 0, "late");
    assert_string_equal(row_of_failure(OUTPUT_CSV, &left), "3,\"a,b\",failed,,exit,0,left,1,n2,2,1,0.01\n");
    assert_string_equal(row_of_failure(OUTPUT_CSV, &late), "3,\"a,b\",failed,,timeout,,late,1,n2,2,1,0.01\n");
}

/* ---- the trace ---- */

/* The trace of two ranks without workers, of which the second is lost, read again. */
static json_t *read_trace(const char *title, const char *host, const char *other_host)
{
    rp_rank_info places[2];
    rp_rank_report first = {0}, *ranks[2] = {&first, NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    memset(places, 0, sizeof places);
    snprintf(places[0].host, sizeof places[0].host, "%s", host);
    snprintf(places[1].host, sizeof places[1].host, "%s", other_host);
    assert_non_null(file);
    assert_true(trace_write(&(report){.ranks = ranks, .infos = places, .n_ranks = 2}, title, file));
    assert_int_equal(fclose(file), 0);
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    assert_non_null(root);
    return root;
}

static const char *process_name(json_t *root, size_t rank)
{
    json_t *event = json_array_get(json_object_get(root, "traceEvents"), 2 * rank); /* a name and a place each */
    assert_string_equal(json_string_value(json_object_get(event, "name")), "process_name");
    return json_string_value(json_object_get(json_object_get(event, "args"), "name"));
}

static void a_trace_is_json_whatever_names_are_in_it(void **state)
{
    (void)state;
    static const char odd[] = "\"\\\b\n\x01\x7f</script>\xc3\xa9";
    static const char shown[] = "\"\\\\x08\\n\\x01\\x7f</script>\xc3\xa9";
    json_t *root = read_trace(odd, odd, "n\xff\xc3-");
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "otherData"), "run")), shown);
    assert_true(strstr(process_name(root, 0), shown));
    assert_string_equal(process_name(root, 1), "rank 1, host n\\xff\\xc3-, lost");
    json_decref(root);
}

/* ---- results in order ---- */

static void keep(in_order *waiting, int64_t index, size_t size, const rp_error *failure)
{
    char item[32], *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'a' + (int)(index % 26), size);
    snprintf(item, sizeof item, "item %lld", (long long)index);
    rp_bytes result = {text, size};
    rp_job_outcome outcome = {index, {item, strlen(item)}, size ? &result : NULL, failure};
    assert_int_equal(in_order_keep(waiting, &outcome, NULL), RP_OK);
    free(text);
}

static void take(in_order *waiting, int64_t index, size_t size)
{
    rp_job_outcome outcome;
    char item[32];
    snprintf(item, sizeof item, "item %lld", (long long)index);
    assert_int_equal(in_order_take(waiting, &outcome), 1);
    assert_int_equal(outcome.index, index);
    assert_int_equal(outcome.item.size, strlen(item));
    assert_memory_equal(outcome.item.data, item, strlen(item));
    const rp_bytes *result = outcome.result;
    assert_int_equal(result ? result->size : 0, size);
    for (size_t i = 0; i < size; i++) assert_int_equal(((const char *)result->data)[i], 'a' + index % 26);
}

/* Sizes in memory, and in the file. */
static void results_are_given_in_order(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 70000, 0, 300000, 5};
    rp_job_outcome outcome;
    in_order *waiting = in_order_create();
    assert_non_null(waiting);
    assert_int_equal(in_order_take(waiting, &outcome), 0);
    for (int round = 0; round < 3; round++) {
        for (int64_t i = 199; i > 0; i--) {
            keep(waiting, round * 200 + i, sizes[i % 5], NULL);
            assert_int_equal(in_order_take(waiting, &outcome), 0);
        }
        assert_true(in_order_is_next(waiting, round * 200));
        in_order_pass(waiting);
        for (int64_t i = 1; i < 200; i++) take(waiting, round * 200 + i, sizes[i % 5]);
    }
    in_order_destroy(waiting);
}

static void at_the_end_missing_results_are_passed_over(void **state)
{
    (void)state;
    rp_job_outcome outcome;
    in_order *waiting = in_order_create();
    keep(waiting, 1000, 3, NULL);
    keep(waiting, 7, 3, NULL);
    assert_int_equal(in_order_take(waiting, &outcome), 0);
    in_order_end(waiting);
    take(waiting, 7, 3);
    take(waiting, 1000, 3);
    assert_int_equal(in_order_take(waiting, &outcome), 0);
    in_order_destroy(waiting);
    in_order_destroy(NULL);
}

static void a_result_without_room_on_the_disk_is_a_failure(void **state)
{
    (void)state;
    rp_job_outcome outcome;
    rp_error failure = {.status = RP_FAILED, .message = "its own"};
    setenv("TMPDIR", "/nonexistent", 1);
    in_order *waiting = in_order_create();
    keep(waiting, 1, 1000000, NULL);
    keep(waiting, 2, 1000000, &failure);
    keep(waiting, 3, 10, NULL);
    in_order_pass(waiting);
    assert_int_equal(in_order_take(waiting, &outcome), 1);
    assert_null(outcome.result);
    assert_int_equal(outcome.failure->status, RP_FAILED);
    assert_int_equal(outcome.failure->cause, RP_CAUSE_SYSTEM);
    assert_non_null(strstr(outcome.failure->message, "output lost: No such file or directory"));
    assert_int_equal(in_order_take(waiting, &outcome), 1);
    assert_string_equal(outcome.failure->message, "its own");
    take(waiting, 3, 10);
    in_order_destroy(waiting);
    unsetenv("TMPDIR");
}

/* ---- the end of a run ---- */

static int is_reached(const char *text, uint64_t n_failed, uint64_t n_succeeded, uint64_t n_all)
{
    halt wanted;
    assert_int_equal(halt_parse(text, &wanted, NULL), RP_OK);
    return halt_is_reached(&wanted, n_failed, n_succeeded, n_all);
}

static void the_last_line_says_how_far_why_and_how_to_go_on(void **state)
{
    static const struct {
        closing end;
        const char *text;
    } cases[] = {
        {{"stopped for the time limit", NULL, 98211, 0, 120000, 1, CLOSING_OUTSIDE},
         "stopped for the time limit: 98211 of 120000 items done, 21789 to do; the same command goes on"},
        {{"drained after SIGUSR1", NULL, 12, 3, 20, 0, CLOSING_OUTSIDE},
         "drained after SIGUSR1: 12 of 20 items done, of which 3 failed, 8 to do; with --journal DIR the same command would go on"},
        {{"stopped by SIGTERM", NULL, 7, 0, 0, 1, CLOSING_OUTSIDE},
         "stopped by SIGTERM: 7 items done, how many are to do isn't known; the same command goes on"},
        {{"stopped by SIGTERM", "items that were running are given up", 0, 0, 1, 1, CLOSING_OUTSIDE},
         "stopped by SIGTERM: 0 of 1 items done, 1 to do; items that were running are given up; the same command goes on"},
        {{"3 of 4 items failed in 1 s; --max-failures ended the run", NULL, 4, 0, 9, 0, CLOSING_MAX_FAILURES},
         "3 of 4 items failed in 1 s; --max-failures ended the run: 4 of 9 items done, 5 to do; the same command begins anew, with "
         "--journal DIR one could go on"},
        {{"3 of 4 items failed in 1 s; --max-failures ended the run", NULL, 4, 0, 9, 1, CLOSING_MAX_FAILURES},
         "3 of 4 items failed in 1 s; --max-failures ended the run: 4 of 9 items done, 5 to do; the same command with --retry-failed or a "
         "higher --max-failures goes on"},
        {{"a", NULL, 1, 0, 2, 1, CLOSING_FIRST_FAILURE},
         "a: 1 of 2 items done, 1 to do; the same command with --retry-failed or --on-error collect goes on"},
        {{"a", NULL, 1, 0, 2, 1, CLOSING_HALT_FAILURES},
         "a: 1 of 2 items done, 1 to do; the same command with --retry-failed or another --halt goes on"},
        {{"a", NULL, 1, 0, 2, 1, CLOSING_HALT_SUCCESSES}, "a: 1 of 2 items done, 1 to do; the same command with another --halt goes on"},
    };
    char text[CLOSING_SIZE];
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) assert_string_equal(closing_text(&cases[k].end, text), cases[k].text);
}

static void a_run_is_halted_by_numbers_or_shares(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "now", "now,", "later,fail=1", "now,fail=0", "now,fail=x", "soon,fail=101%", "soon,fail=%", "now,done=1"};
    rp_error error;
    halt wanted;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(halt_parse(wrong[i], &wanted, &error), RP_USAGE);
    assert_false(is_reached("never", 100, 100, 200));
    assert_true(is_reached("now,fail=1", 1, 0, 10));
    assert_false(is_reached("now,fail=2", 1, 5, 10));
    assert_false(is_reached("now,success=1", 9, 0, 10));
    assert_true(is_reached("soon,success=1", 9, 1, 10));
    assert_true(is_reached("soon,fail=10%", 1, 0, 10));
    assert_false(is_reached("soon,fail=10%", 9, 0, 0)); /* of at least 100 */
    assert_true(is_reached("soon,fail=10%", 10, 0, 0));
    assert_false(is_reached("soon,fail=10%", 10, 100, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_keep_to_their_limits),
        cmocka_unit_test(numbers_are_the_whole_text),
        cmocka_unit_test(doubles_survive_being_printed),
        cmocka_unit_test(numbers_are_as_short_as_they_read_back),
        cmocka_unit_test(any_number_reads_back),
        cmocka_unit_test(long_texts_are_shown_short),
        cmocka_unit_test(lines_are_the_same_wherever_a_pipe_pauses),
        cmocka_unit_test(csv_fields_are_unquoted),
        cmocka_unit_test(texts_are_found_until_removed),
        cmocka_unit_test(a_line_tells_the_code_where_the_message_does_not),
        cmocka_unit_test(a_line_tells_attempts_and_times_that_matter),
        cmocka_unit_test(failures_are_told_up_to_a_limit_and_losses_not),
        cmocka_unit_test(a_summary_names_causes_unless_all_is_plain),
        cmocka_unit_test(a_failed_item_is_a_row_of_all_that_is_known),
        cmocka_unit_test(what_is_not_known_of_a_failure_is_left_empty),
        cmocka_unit_test(a_trace_is_json_whatever_names_are_in_it),
        cmocka_unit_test(results_are_given_in_order),
        cmocka_unit_test(at_the_end_missing_results_are_passed_over),
        cmocka_unit_test(a_result_without_room_on_the_disk_is_a_failure),
        cmocka_unit_test(the_last_line_says_how_far_why_and_how_to_go_on),
        cmocka_unit_test(a_run_is_halted_by_numbers_or_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
