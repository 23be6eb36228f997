/* starter_environment.c: see starter_environment.h. */
#include "starter_environment.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

/* What an order brings isn't inherited from a command above. */
static int is_brought(const char *variable)
{
    static const char *const names[] = {
        "RANKPOOL_INDEX=", "RANKPOOL_RANK=", "RANKPOOL_LOCAL_RANK=", "RANKPOOL_WORKER=", "RANKPOOL_ATTEMPT=", "RANKPOOL_VALUE_"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0) return 1;
    return 0;
}

char **starter_environment(size_t *n)
{
    size_t n_all = 0;
    while (environ && environ[n_all]) n_all++;
    char **made = calloc(n_all + 1, sizeof(char *));
    *n = 0;
    for (size_t i = 0; made && i < n_all; i++)
        if (!is_brought(environ[i])) made[(*n)++] = environ[i];
    return made;
}
