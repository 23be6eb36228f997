/*
 * words.c: turns each word around: items and results are bytes of any length. A word with a digit in it is an error of that item alone.
 */
#include <rankpool/rankpool.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void turn_around(rp_bytes word)
{
    const char *letters = word.data;
    for (size_t i = word.size; i > 0; i--) {
        if (isdigit((unsigned char)letters[i - 1])) rp_fail(1, "\"%.*s\" has a digit in it", (int)word.size, letters);
        rp_emit(&letters[i - 1], 1);
    }
}
RP_TASK_EMIT(turn_around, rp_bytes)

static int client(rp_pool *pool, int argc, char **argv)
{
    rp_bytes words[100], results[100];
    rp_status statuses[100];
    rp_error error;
    size_t n = argc > 100 ? 100 : (size_t)argc - 1;
    for (size_t i = 0; i < n; i++) words[i] = (rp_bytes){argv[i + 1], strlen(argv[i + 1])};

    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    rp_status status = rp_map(pool, turn_around_task, results, n, RP_COLUMN(words), &options, &error);
    if (status != RP_OK) fprintf(stderr, "%s\n", rp_error_text(&error));
    if (status != RP_OK && status != RP_FAILED) return 1;

    for (size_t i = 0; i < n; i++) {
        if (statuses[i] == RP_OK) printf("%.*s\n", (int)results[i].size, (const char *)results[i].data);
    }
    rp_bytes_free(results, n);
    return status == RP_OK ? 0 : 1;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
