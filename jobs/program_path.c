/* program_path.c: see program_path.h. */
#include "program_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_program(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISREG(found.st_mode) && eaccess(path, X_OK) == 0;
}

/* Leaves the path empty where it can't be remembered. */
static void search(program_path *self, const char *folders)
{
    while (*folders == '/') {
        size_t n = strcspn(folders, ":");
        int size = snprintf(self->path, sizeof(self->path), "%.*s/%s", (int)n, folders, self->name);
        if (size > 0 && (size_t)size < sizeof(self->path) && is_program(self->path)) return;
        folders += n + (folders[n] == ':');
    }
    *self->path = '\0';
}

const char *program_path_find(program_path *self, const char *name)
{
    const char *folders = getenv("PATH");
    if (!folders || !*name || strchr(name, '/') || strlen(name) >= sizeof(self->name)) return NULL;
    if (strcmp(self->name, name) != 0) {
        strcpy(self->name, name);
        search(self, folders);
    }
    return *self->path ? self->path : NULL;
}
