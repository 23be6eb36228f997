/* pages.c: see pages.h. */
#include "pages.h"
#include "completion.h"
#include "man.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Makes the folders of a path, but for its last part. What is wrong is told when the file is opened. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0777);
        *slash = '/';
    }
}

/* NULL: `*error` is filled. */
static FILE *create(char path[PATH_MAX], rp_error *error)
{
    make_folders(path);
    FILE *file = fopen(path, "we");
    if (!file) rp_error_set(error, RP_SYSTEM, errno, "can't write '%s': %s", path, strerror(errno));
    return file;
}

static rp_status end(FILE *file, const char *path, rp_error *error)
{
    int is_wrong = ferror(file);
    if (fclose(file) == 0 && !is_wrong) return RP_OK;
    return rp_error_set(error, RP_SYSTEM, errno, "can't write '%s': %s", path, strerror(errno));
}

/* The page of a command; NULL: that of the program. */
static rp_status write_page(const program_command *commands, const program_command *one, const char *folder, rp_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/man/man1/rankpool%s%s.1", folder, one ? "-" : "", one ? one->name : "");
    FILE *file = create(path, error);
    if (!file) return RP_SYSTEM;
    man_print(commands, one, file);
    return end(file, path, error);
}

static rp_status write_completion(const program_command *commands, const completion_shell *shell, const char *folder, rp_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, shell->path);
    FILE *file = create(path, error);
    if (!file) return RP_SYSTEM;
    shell->print(commands, file);
    return end(file, path, error);
}

rp_status pages_write(const program_command *commands, const char *folder, rp_error *error)
{
    rp_status status = write_page(commands, NULL, folder, error);
    for (const program_command *at = commands; at->name && status == RP_OK; at++) status = write_page(commands, at, folder, error);
    for (const completion_shell *shell = completion_shells; shell->name && status == RP_OK; shell++)
        status = write_completion(commands, shell, folder, error);
    return status;
}
