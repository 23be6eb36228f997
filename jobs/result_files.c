/* result_files.c: see result_files.h. */
#include "result_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_NAME_SIZE = RESULT_FILES_NAME_SIZE + 16 };

struct result_files {
    int directory;
};

static rp_status cant_write(rp_status status, const char *name, rp_error *error)
{
    char reason[128];
    return rp_error_set(error, status, errno, "results: can't write %s: %s", name, strerror_r(errno, reason, sizeof(reason)));
}

rp_status result_files_open(const char *path, result_files **files, rp_error *error)
{
    result_files *made = malloc(sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory");
    made->directory = mkdir(path, 0777) == 0 || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (made->directory >= 0 && faccessat(made->directory, ".", W_OK | X_OK, 0) == 0) {
        *files = made;
        return RP_OK;
    }
    rp_status status = cant_write(RP_USAGE, path, error);
    result_files_close(made);
    return status;
}

void result_files_close(result_files *files)
{
    if (files && files->directory >= 0) (void)close(files->directory);
    free(files);
}

static int is_kept(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte && strchr("._-+=,@", byte));
}

int result_files_name(int64_t index, rp_bytes item, char name[RESULT_FILES_NAME_SIZE])
{
    const unsigned char *text = item.data;
    int size = snprintf(name, RESULT_FILES_NAME_SIZE, "%lld-", (long long)index);
    for (size_t i = 0; i < item.size; i++) {
        if (size + 4 > RESULT_FILES_NAME_SIZE) return 0;
        size += snprintf(name + size, (size_t)(RESULT_FILES_NAME_SIZE - size), is_kept((char)text[i]) ? "%c" : "%%%02X", text[i]);
    }
    return 1;
}

/* Returns 1, or 0 with errno set. */
static int write_all(int file, rp_bytes text)
{
    for (size_t done = 0; done < text.size;) {
        ssize_t n = write(file, (const char *)text.data + done, text.size - done);
        if (n < 0 && errno != EINTR) return 0;
        if (n > 0) done += (size_t)n;
    }
    return 1;
}

/* Writes NAME.END.part, and takes the .part away when it is whole. Returns 1, or 0 with errno set. */
static int write_file(const result_files *files, const char *name, const char *end, rp_bytes text, int is_whole)
{
    char part[PART_NAME_SIZE], whole[PART_NAME_SIZE];
    snprintf(whole, sizeof(whole), "%s.%s", name, end);
    snprintf(part, sizeof(part), "%s.%s.part", name, end);
    int file = openat(files->directory, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0) return 0;
    int is_written = write_all(file, text), code = errno;
    int is_closed = close(file) == 0;
    if (!is_written) errno = code;
    return is_written && is_closed && (!is_whole || renameat(files->directory, part, files->directory, whole) == 0);
}

rp_status result_files_write(result_files *files, const rp_job_outcome *outcome, const command_result *result, rp_error *error)
{
    char name[RESULT_FILES_NAME_SIZE];
    int was_ended = outcome->failure && outcome->failure->cause == RP_CAUSE_ENDED;
    int is_whole = result->head.exit >= 0 && !result->head.has_timed_out && !was_ended;
    int fits = result_files_name(outcome->index, outcome->item, name);
    int is_written = write_file(files, name, "out", result->out, is_whole) && write_file(files, name, "err", result->err, is_whole) &&
                     (fits || write_file(files, name, "item", outcome->item, 1));
    return is_written ? RP_OK : cant_write(RP_SYSTEM, name, error);
}
