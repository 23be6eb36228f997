/*
 * fuzz_page_names.c: names of pages. The bytes are two addresses. Names are safe as names of files, and the same only if the addresses are,
 * but for user and password.
 */
#include "fuzz.h"

#include "page_file.h"

#include <string.h>

static void name_of(const char *address, char name[PAGE_NAME_SIZE])
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    const char *why;
    FUZZ_CHECK(page_name(address, name, &why));
    FUZZ_CHECK(memchr(name, '\0', PAGE_NAME_SIZE) != NULL);
    FUZZ_CHECK(name[0] && name[0] != '.' && name[0] != '-' && strspn(name, safe) == strlen(name));
}

/* The address with other user information, or, with an empty `user`, without any. */
static char *with_user(const char *address, const char *user)
{
    const char *host = page_host(address), *end = host;
    FUZZ_CHECK(host >= address && host <= address + strlen(address));
    if (host > address && host[-1] == '@') /* back to where the user begins */
        for (end--; end > address && end[-1] != '/'; end--) continue;
    char *made = NULL;
    FUZZ_CHECK(asprintf(&made, "%.*s%s%s", (int)(end - address), address, user, host) >= 0);
    return made;
}

static void check_user(const char *address, const char *name)
{
    char other[PAGE_NAME_SIZE];
    if (!strstr(address, "://")) return;
    char *changed = with_user(address, "someone:s3cret!@");
    name_of(changed, other);
    FUZZ_CHECK(strcmp(name, other) == 0);
    free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    char *first = fuzz_text(&input), *second = fuzz_text(&input), first_name[PAGE_NAME_SIZE], second_name[PAGE_NAME_SIZE];
    name_of(first, first_name);
    name_of(second, second_name);
    check_user(first, first_name);
    check_user(second, second_name);
    char *first_bare = with_user(first, ""), *second_bare = with_user(second, "");
    FUZZ_CHECK((strcmp(first_bare, second_bare) == 0) == (strcmp(first_name, second_name) == 0));
    free(first_bare);
    free(second_bare);
    free(first);
    free(second);
    return 0;
}
