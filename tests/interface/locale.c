/*
 * locale.c: with a decimal comma set by the program, the library still reads and prints numbers with a point. The locale's name is the
 * first argument. Exit status 77: there is no such locale.
 */
#include <rankpool/rankpool.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

static int n_wrong;

static void expect(int is_right, const char *what, const char *text)
{
    if (is_right) return;
    fprintf(stderr, "FAILED: %s: %s\n", what, text);
    n_wrong++;
}

static double object(double x)
{
    rp_fail(1, "%.2f is wrong", x);
    return x;
}
RP_TASK(object, double, double)

static void options_are_read(void)
{
    rp_pool_options options = {.threads = 1};
    rp_error error = {0};
    expect(rp_pool_options_set(&options, "timeout", "0.5", &error) == RP_OK, "timeout 0.5", rp_error_text(&error));
    expect(options.timeout_s > 0.4 && options.timeout_s < 0.6, "its value", "another one");
    expect(rp_pool_options_set(&options, "timeout", "0,5", &error) == RP_USAGE, "timeout 0,5", "is accepted");
    expect(rp_pool_options_set(&options, "max-failures", "2.5%", &error) == RP_OK, "max-failures 2.5%", rp_error_text(&error));
}

static void errors_are_told(rp_pool *pool)
{
    double x[] = {0.25}, result[1];
    rp_call_options wrong = {.max_failures_percent = -2.5};
    rp_error error = {0};
    (void)rp_map(pool, object_task, result, 1, RP_COLUMN(x), &wrong, &error);
    expect(strstr(rp_error_text(&error), "-2.5") != NULL, "an option's value", rp_error_text(&error));
    (void)rp_map(pool, object_task, result, 1, RP_COLUMN(x), NULL, &error);
    expect(!strcmp(error.item_text, "0.25"), "an item's text", error.item_text);
    expect(!strcmp(error.message, "0.25 is wrong"), "a task's message", error.message);
    rp_error_set(&error, RP_SYSTEM, 0, "%g s", 1.5);
    expect(!strcmp(error.message, "1.5 s"), "a program's text", error.message);
}

int main(int argc, char **argv)
{
    char number[16];
    rp_pool *pool;
    rp_pool_options options = {.executor = RP_EXECUTOR_PTHREAD, .threads = 1};
    if (argc < 2 || !setlocale(LC_ALL, argv[1]) || strcmp(localeconv()->decimal_point, ",") != 0) return 77;
    options_are_read();
    if (rp_pool_open(&options, &pool, NULL) != RP_OK) return 2;
    errors_are_told(pool);
    rp_pool_free(pool);
    snprintf(number, sizeof number, "%.1f", 0.5);
    expect(!strcmp(number, "0,5"), "the program's own locale", number);
    return n_wrong > 0;
}
