/* items_lists.c: see items_lists.h. */
#include "items_lists.h"
#include "lines.h"
#include "program.h"
#include "separators.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct text_list {
    rp_bytes *texts; /* each a copy */
    size_t n, room;
} text_list;

/* ---- files ---- */

static void free_list(text_list *list)
{
    for (size_t i = 0; i < list->n; i++) free((void *)(uintptr_t)list->texts[i].data);
    free(list->texts);
}

static int append(text_list *list, rp_bytes text)
{
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        rp_bytes *texts = reallocarray(list->texts, room, sizeof *texts);
        if (!texts) return 0;
        list->texts = texts;
        list->room = room;
    }
    char *copy = malloc(text.size + 1);
    if (!copy) return 0;
    memcpy(copy, text.data, text.size);
    list->texts[list->n++] = (rp_bytes){copy, text.size};
    return 1;
}

static rp_status read_lines(line_reader *lines, text_list *list, rp_error *error)
{
    rp_bytes line;
    rp_status status;
    while ((status = lines_next(lines, 1, &line, error)) == RP_OK) {
        if (memchr(line.data, '\0', line.size))
            return rp_error_set(error, RP_USAGE, 0, "%s, line %" PRIu64 ": has a NUL in it; -0 takes NUL for the end of an item",
                                lines->name, lines->number);
        if (!append(list, line)) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the items of %s", lines->name);
    }
    return status == RP_END ? RP_OK : status;
}

static rp_status read_file(const items_request *request, int keeps_cr, const char *path, text_list *list, rp_error *error)
{
    int is_input = strcmp(path, "-") == 0, descriptor = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat file;
    if (descriptor >= 0 && fstat(descriptor, &file) == 0 && S_ISDIR(file.st_mode)) {
        if (!is_input) (void)close(descriptor);
        return rp_error_set(error, RP_USAGE, EISDIR, "::::: %s is a directory, not a file", path);
    }
    if (descriptor < 0) return rp_error_set(error, RP_USAGE, errno, "::::: can't open '%s': %s", path, strerror(errno));
    line_reader lines;
    lines_init(&lines, descriptor, is_input ? "standard input" : path);
    lines.separator = request->separates_by_nul ? '\0' : '\n';
    lines.keeps_cr = keeps_cr;
    rp_status status = read_lines(&lines, list, error);
    if (status == RP_OK && lines.first_cr > 0) program_say(LINES_CR_WARNING, lines.name, (unsigned long long)lines.first_cr);
    lines_fini(&lines);
    if (!is_input) (void)close(descriptor);
    return status;
}

/* ---- lists ---- */

/* With names, the first text of a list is that of its values. */
static rp_status add_list(const items_request *request, const rp_bytes *texts, size_t n, int is_linked, grid *lists, rp_error *error)
{
    size_t skipped = request->header == ITEMS_HEADER_YES;
    if (n < skipped) return rp_error_set(error, RP_USAGE, 0, "--header yes: a list is empty, and so has no name");
    rp_status status = grid_add_texts(lists, texts + skipped, n - skipped, is_linked, error);
    return status == RP_OK && skipped ? grid_name_last(lists, texts[0], error) : status;
}

/* Each file is a list of its own. */
static rp_status add_files(const items_request *request, int keeps_cr, char *const *paths, int n, int is_linked, grid *lists,
                           rp_error *error)
{
    rp_status status = RP_OK;
    for (int i = 0; i < n && status == RP_OK; i++) {
        text_list list = {0};
        status = read_file(request, keeps_cr, paths[i], &list, error);
        if (status == RP_OK) status = add_list(request, list.texts, list.n, is_linked, lists, error);
        free_list(&list);
    }
    return status;
}

static rp_status add_words(const items_request *request, char *const *words, int n, int is_linked, grid *lists, rp_error *error)
{
    rp_bytes *texts = calloc((size_t)n + 1, sizeof *texts);
    if (!texts) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the items");
    for (int i = 0; i < n; i++) texts[i] = (rp_bytes){words[i], strlen(words[i])};
    rp_status status = add_list(request, texts, (size_t)n, is_linked, lists, error);
    free(texts);
    return status;
}

rp_status items_lists_read(const items_request *request, int keeps_cr, grid *lists, rp_error *error)
{
    int left = (int)request->n;
    char *const *word = request->arguments;
    rp_status status = RP_OK;
    while (left > 0 && status == RP_OK) {
        const separator *by = separator_of(*word++);
        int n = separators_find(--left, word);
        if (by->is_linked && lists->n_axes == 0)
            return rp_error_set(error, RP_USAGE, 0, "%s links a list to the one before, and there is none", by->word);
        if (by->names_files && n == 0) return rp_error_set(error, RP_USAGE, 0, "%s needs the name of a file, or -", by->word);
        if (by->names_files) status = add_files(request, keeps_cr, word, n, by->is_linked, lists, error);
        else status = add_words(request, word, n, by->is_linked, lists, error);
        word += n;
        left -= n;
    }
    return status;
}
