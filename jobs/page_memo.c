/* page_memo.c: see page_memo.h. What is read may have been written by anybody. */
#include "page_memo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

static const char attribute[] = "user.rankpool.page";

enum { MEMO_SIZE = PAGE_ETAG_SIZE + PAGE_DATE_SIZE + 32 };

int page_memo_is_strong(const page_memo *memo)
{
    if (memo->etag[0]) return strncmp(memo->etag, "W/", 2) != 0;
    return memo->modified[0] != '\0';
}

int page_memo_write(int file, const page_memo *memo)
{
    char text[MEMO_SIZE];
    if (!memo->etag[0] && !memo->modified[0]) return 0;
    int size = snprintf(text, sizeof(text), "%" PRId64 "\n%s\n%s\n", memo->size, memo->etag, memo->modified);
    return fsetxattr(file, attribute, text, (size_t)size, 0) == 0;
}

/* Takes a line without control characters. */
static int take_line(char **rest, char *line, size_t size)
{
    char *begin = strsep(rest, "\n");
    if (!begin || !*rest || strlen(begin) >= size) return 0;
    for (const char *c = begin; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) return 0;
    memcpy(line, begin, strlen(begin) + 1);
    return 1;
}

int page_memo_read(int file, page_memo *memo)
{
    char text[MEMO_SIZE + 1], number[32], *rest = text;
    ssize_t size = fgetxattr(file, attribute, text, MEMO_SIZE);
    if (size <= 0) return 0;
    text[size] = '\0';
    if (!take_line(&rest, number, sizeof(number)) || sscanf(number, "%" SCNd64, &memo->size) != 1) return 0;
    return take_line(&rest, memo->etag, sizeof(memo->etag)) && take_line(&rest, memo->modified, sizeof(memo->modified));
}
