/* host_list.c: see host_list.h. Batch systems write a host once for each of its slots, one after the other. */
#include "host_list.h"

#include <rankpool/text.h>

#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

void host_list_fini(host_list *self)
{
    for (size_t i = 0; i < self->n; i++) free(self->names[i]);
    free(self->names);
    *self = (host_list){NULL, 0, 0};
}

static int has(const host_list *self, const char *name, size_t size)
{
    for (size_t i = self->n; i-- > 0;)
        if (strlen(self->names[i]) == size && memcmp(self->names[i], name, size) == 0) return 1;
    return 0;
}

void host_list_add(host_list *self, const char *name, size_t size)
{
    if (size == 0 || has(self, name, size)) return;
    if (self->n == self->room) {
        size_t room = self->room ? 2 * self->room : 16;
        char **grown = reallocarray(self->names, room, sizeof *grown);
        if (!grown) return;
        self->names = grown;
        self->room = room;
    }
    char *copy = strndup(name, size);
    if (copy) self->names[self->n++] = copy;
}

void host_list_add_words(host_list *self, const char *text, size_t step)
{
    for (size_t k = 0; *(text += strspn(text, blanks)); k++) {
        size_t size = strcspn(text, blanks);
        if (k % step == 0) host_list_add(self, text, size);
        text += size;
    }
}

int host_list_add_lines(host_list *self, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    if (!file) return 0;
    while (getline(&line, &room, file) > 0) {
        const char *name = line + strspn(line, blanks);
        host_list_add(self, name, strcspn(name, blanks));
    }
    free(line);
    return fclose(file) == 0;
}

void host_list_print(const host_list *self, FILE *file)
{
    char shown[256];
    for (size_t i = 0; i < self->n && i < HOST_LIST_SHOWN; i++) {
        (void)rp_printable(self->names[i], strlen(self->names[i]), shown, sizeof shown);
        fprintf(file, "%s%s", i > 0 ? ", " : "", shown);
    }
    if (self->n > HOST_LIST_SHOWN) fputs(", …", file);
}
