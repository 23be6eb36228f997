/* replay.c: runs a target once for each file of the folders that are named, and once for no bytes at all; no file is a failure. */
#include "fuzz.h"

#include <dirent.h>

static long replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    static uint8_t data[1 << 20];
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    uint8_t *exact = malloc(size ? size : 1); /* so that a sanitizer sees a read beyond the end */
    FUZZ_CHECK(exact);
    for (size_t i = 0; i < size; i++) exact[i] = data[i];
    fprintf(stderr, "%s\n", path);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    long n = 0;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));)
            if (entry->d_name[0] != '.') n += replay(argv[i], entry->d_name);
        if (folder) closedir(folder);
    }
    printf("%ld inputs\n", n);
    return n > 0 ? 0 : 1;
}
