/*
 * scratch.c: see scratch.h.
 */
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_make(void **state)
{
    const char *top = getenv("WORK_DIR") ? getenv("WORK_DIR") : P_tmpdir;
    char *path = malloc(SCRATCH_PATH_SIZE);
    if (!path || snprintf(path, SCRATCH_PATH_SIZE, "%s/rankpool-test.XXXXXX", top) >= SCRATCH_PATH_SIZE) return -1;
    *state = path;
    return mkdtemp(path) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

int scratch_remove(void **state)
{
    int status = nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return status;
}

int scratch_files(const char *directory, int *temporary)
{
    int n = 0;
    *temporary = 0;
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        n++;
        *temporary += strncmp(entry->d_name, ".rankpool-", 10) == 0;
    }
    assert_int_equal(closedir(stream), 0);
    return n;
}

char *scratch_read(const char *directory, const char *name, size_t *size)
{
    char path[2 * SCRATCH_PATH_SIZE];
    struct stat status;
    assert_true(snprintf(path, sizeof(path), "%s/%s", directory, name) < (int)sizeof(path));
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    assert_int_equal(fstat(fileno(file), &status), 0);
    *size = (size_t)status.st_size;
    char *data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    assert_int_equal(fclose(file), 0);
    data[*size] = '\0';
    return data;
}

void scratch_write(const char *directory, const char *name, const char *text)
{
    char path[2 * SCRATCH_PATH_SIZE];
    assert_true(snprintf(path, sizeof(path), "%s/%s", directory, name) < (int)sizeof(path));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}
