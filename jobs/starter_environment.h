/* starter_environment.h: the environment that all commands of a starter begin with. */
#ifndef RANKPOOL_JOBS_STARTER_ENVIRONMENT_H
#define RANKPOOL_JOBS_STARTER_ENVIRONMENT_H

#include <stddef.h>

/* That of this process without what each order brings: `*n` pointers to its texts, and NULL. The array is the caller's. NULL: no memory. */
char **starter_environment(size_t *n);

#endif
