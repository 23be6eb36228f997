/* check_jsonl.c: reads JSON lines; each must be an object whose members are those of the command line, in that order. Prints how many. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check(const char *line, int n, char **names)
{
    json_error_t error;
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!object) return fprintf(stderr, "not JSON: %s: %s", error.text, line), 0;
    int k = 0;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), k++) {
        if (k < n && strcmp(names[k], json_object_iter_key(at)) == 0) continue;
        fprintf(stderr, "member %d is %s: %s", k, json_object_iter_key(at), line);
        break;
    }
    json_decref(object);
    return k == n;
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    int n = 0;
    while (getline(&line, &room, stdin) > 0) {
        if (!check(line, argc - 1, argv + 1)) return 1;
        n++;
    }
    free(line);
    printf("%d\n", n);
    return 0;
}
