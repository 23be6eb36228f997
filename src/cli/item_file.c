/* item_file.c: see item_file.h. */
#include "item_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void open_readers(item_source *items)
{
    lines_init(&items->lines, items->descriptor, items->name);
    items->lines.separator = items->request.separates_by_nul ? '\0' : '\n';
    items->lines.keeps_cr = item_keeps_cr(items->job) && items->request.kind == ITEMS_LINES;
    csv_init(&items->csv, &items->lines);
    items->has_begun = 0;
}

static void close_readers(item_source *items)
{
    csv_fini(&items->csv);
    lines_fini(&items->lines);
    for (; items->n_kept > 0; items->n_kept--) free(items->kept[items->n_kept - 1].data);
    items->next_kept = 0;
}

rp_status item_file_open(item_source *items, const char *option, rp_error *error)
{
    const char *path = items->request.path;
    int is_input = strcmp(path, "-") == 0;
    items->name = is_input ? "standard input" : path;
    items->descriptor = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (items->descriptor < 0 || fstat(items->descriptor, &items->file) != 0)
        return rp_error_set(error, RP_USAGE, errno, "%s: can't open '%s': %s", option, path, strerror(errno));
    if ((fcntl(items->descriptor, F_GETFL) & O_ACCMODE) == O_WRONLY)
        return rp_error_set(error, RP_USAGE, EBADF, "%s: %s is closed, or open for writing only", option, items->name);
    if (S_ISDIR(items->file.st_mode))
        return rp_error_set(error, RP_USAGE, EISDIR, "%s: %s is a directory, not a file", option, items->name);
    items->start = S_ISREG(items->file.st_mode) ? lseek(items->descriptor, 0, SEEK_CUR) : -1;
    open_readers(items);
    return RP_OK;
}

rp_status item_file_rewind(item_source *items, rp_error *error)
{
    close_readers(items);
    if (lseek(items->descriptor, items->start, SEEK_SET) < 0)
        return rp_error_set(error, RP_SYSTEM, errno, "can't read %s again: %s", items->name, strerror(errno));
    open_readers(items);
    return RP_OK;
}

void item_file_close(item_source *items)
{
    close_readers(items);
    if (items->descriptor > STDIN_FILENO) close(items->descriptor);
}

const char *item_file_where(const item_source *items, uint64_t line, char text[ITEM_WHERE_SIZE])
{
    snprintf(text, ITEM_WHERE_SIZE, "%s, %s %" PRIu64, items->name, items->request.separates_by_nul ? "item" : "line", line);
    return text;
}

int item_file_skips(const item_source *items, rp_bytes text)
{
    if (items->job->skips_blanks && text.size == strspn(text.data, " \t")) return 1;
    return items->job->skips_comments && ((const char *)text.data)[0] == '#';
}

int item_file_passes_over(item_source *items, rp_bytes text)
{
    if (item_file_skips(items, text)) return 1;
    int is_first = !items->has_begun, is_auto = items->request.header == ITEMS_HEADER_AUTO;
    items->has_begun = 1;
    if (!is_first) return 0;
    return is_auto ? items->job->is_header && items->job->is_header(text) : items->request.header == ITEMS_HEADER_YES;
}
