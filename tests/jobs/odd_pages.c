/* odd_pages.c: see odd_pages.h. */
#include "odd_pages.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEYS = 256, KEY_SIZE = 64, WHOLE = 300000, SENT_FIRST = 200000, HEADERS_SIZE = 1024 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    char key[KEY_SIZE];
    int n, n_ranges; /* n_ranges: of a busy page, those that came too early */
    int n_encoded;   /* ranges of what may be compressed */
    double busy_until_s;
} asked[KEYS];

/* Counts a request with that key. Returns how many there were before; with `range` -1 it isn't counted. */
static int count(const char *key, int range, int *n_ranges)
{
    int i = 0;
    (void)pthread_mutex_lock(&mutex);
    while (i < KEYS - 1 && asked[i].key[0] && strcmp(asked[i].key, key) != 0) i++;
    (void)snprintf(asked[i].key, KEY_SIZE, "%.*s", KEY_SIZE - 1, key);
    int before = asked[i].n;
    asked[i].n += range >= 0;
    asked[i].n_ranges += range > 0;
    *n_ranges = asked[i].n_ranges;
    (void)pthread_mutex_unlock(&mutex);
    return before;
}

static int place_of(const char *key)
{
    int i = 0;
    while (i < KEYS - 1 && asked[i].key[0] && strcmp(asked[i].key, key) != 0) i++;
    return i;
}

static int send_all(int client, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(client, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        data += sent;
        size -= (size_t)sent;
    }
    return 1;
}

static void send_page(int client, const char *headers, const char *text)
{
    char page[HEADERS_SIZE];
    (void)snprintf(page, sizeof(page), "HTTP/1.1 200 OK\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n%s", headers, strlen(text),
                   text);
    (void)send_all(client, page, strlen(page));
}

static void send_status(int client, int code, const char *after)
{
    char page[HEADERS_SIZE], wait[64] = "";
    if (*after) (void)snprintf(wait, sizeof(wait), "Retry-After: %.40s\r\n", after);
    (void)snprintf(page, sizeof(page), "HTTP/1.1 %d Odd\r\nConnection: close\r\n%sContent-Length: 3\r\n\r\nodd", code, wait);
    (void)send_all(client, page, strlen(page));
}

/* The value of a header, or NULL. */
static const char *header(const char *request, const char *name, char value[HEADERS_SIZE])
{
    char line[64];
    (void)snprintf(line, sizeof(line), "\r\n%s: ", name);
    const char *found = strcasestr(request, line);
    if (!found) return NULL;
    found += strlen(line);
    (void)snprintf(value, HEADERS_SIZE, "%.*s", (int)strcspn(found, "\r"), found);
    return value;
}

/* Bytes from `first` on of the page in its version. */
static void send_bytes(int client, int version, int first, int end)
{
    static char pages[3][WHOLE];
    (void)pthread_mutex_lock(&mutex);
    for (int i = 0; i < WHOLE && !pages[version][0]; i++) pages[version][WHOLE - 1 - i] = (char)((WHOLE - 1 - i) % 251 + version);
    (void)pthread_mutex_unlock(&mutex);
    (void)send_all(client, pages[version] + first, (size_t)(end - first));
}

typedef struct part_kind {
    const char *name;
    const char *first_etag, *etag; /* of the first answer, and of the later ones */
    int version;                   /* of the later ones */
    int heeds;                     /* ranges, if the ETag is that of If-Range */
    int shifts;                    /* says that it sends from the beginning on */
    int all_at_first;              /* all bytes come, but for the end of the chunks */
} part_kind;

static const part_kind kinds[] = {
    {"strong", "\"1\"", "\"1\"", 1, 1, 0, 0},  {"weak", "W/\"1\"", "W/\"1\"", 1, 1, 0, 0}, {"changed", "\"1\"", "\"2\"", 2, 1, 0, 0},
    {"ignores", "\"1\"", "\"1\"", 1, 0, 0, 0}, {"shifted", "\"1\"", "\"1\"", 1, 1, 1, 0},  {"whole", "\"1\"", "\"1\"", 1, 1, 0, 1},
    {"grown", "\"1\"", "\"2\"", 2, 0, 0, 1},
};

static void send_first(int client, const part_kind *kind)
{
    char headers[HEADERS_SIZE];
    const char *length = kind->all_at_first ? "Transfer-Encoding: chunked\r\n\r\n493e0\r\n" : "Content-Length: 300000\r\n\r\n";
    (void)snprintf(headers, sizeof(headers), "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: %s\r\n%s", kind->first_etag, length);
    if (send_all(client, headers, strlen(headers))) send_bytes(client, 1, 0, kind->all_at_first ? WHOLE : SENT_FIRST);
}

static void send_later(int client, const part_kind *kind, const char *request)
{
    char range[HEADERS_SIZE], if_range[HEADERS_SIZE], headers[HEADERS_SIZE], told[128] = "";
    int first = 0, status = 200;
    int asks = header(request, "Range", range) && sscanf(range, "bytes=%d-", &first) == 1;
    const char *same = header(request, "If-Range", if_range);
    if (asks && kind->all_at_first && first >= WHOLE) status = 416;
    else if (asks && kind->heeds && same && strcmp(same, kind->etag) == 0) status = 206;
    if (status == 200) first = 0;
    if (status == 206) (void)snprintf(told, sizeof(told), "Content-Range: bytes %d-299999/300000\r\n", kind->shifts ? 0 : first);
    if (status == 416) (void)snprintf(told, sizeof(told), "Content-Range: bytes */300000\r\n");
    if (status == 416) first = WHOLE;
    (void)snprintf(headers, sizeof(headers), "HTTP/1.1 %d Odd\r\nConnection: close\r\nETag: %s\r\n%sContent-Length: %d\r\n\r\n", status,
                   kind->etag, told, WHOLE - first);
    if (send_all(client, headers, strlen(headers))) send_bytes(client, kind->version, first, WHOLE);
}

static void answer_part(int client, const char *name, const char *key, const char *request)
{
    char range[HEADERS_SIZE];
    int is_range = header(request, "Range", range) != NULL, n_ranges, before = count(key, is_range, &n_ranges);
    int may_be_encoded = header(request, "Accept-Encoding", range) && strcmp(range, "identity") != 0;
    (void)pthread_mutex_lock(&mutex);
    asked[place_of(key)].n_encoded += is_range && may_be_encoded;
    (void)pthread_mutex_unlock(&mutex);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) != 0) continue;
        if (before == 0) send_first(client, &kinds[i]);
        else send_later(client, &kinds[i], request);
    }
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void answer_busy(int client, const char *after, const char *key)
{
    int n_ranges, before = count(key, 0, &n_ranges);
    (void)pthread_mutex_lock(&mutex);
    int i = place_of(key);
    if (before == 0) asked[i].busy_until_s = now_s() + strtod(after, NULL);
    int is_busy = now_s() < asked[i].busy_until_s;
    asked[i].n_ranges += is_busy && before > 0;
    (void)pthread_mutex_unlock(&mutex);
    if (is_busy) send_status(client, 429, after);
    else send_page(client, "", "ok");
}

static void answer_after(int client, const char *path)
{
    while (access(path, F_OK) != 0) (void)usleep(5000);
    send_page(client, "", "ok");
}

static void answer_bomb(int client)
{
    static const unsigned char zeros[] = {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d,
        0x0d, 0x0f, 0xa0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x57, 0x03, 0x7d, 0x95, 0x11, 0xd4, 0xa0, 0x86, 0x01, 0x00,
    };
    char headers[HEADERS_SIZE];
    (void)snprintf(headers, sizeof(headers),
                   "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", sizeof(zeros));
    if (send_all(client, headers, strlen(headers))) (void)send_all(client, (const char *)zeros, sizeof(zeros));
}

static void answer_once(int client, int code, const char *after, const char *key)
{
    int n_ranges;
    if (count(key, 0, &n_ranges) == 0) send_status(client, code, strcmp(after, "none") == 0 ? "" : after);
    else send_page(client, "", "ok");
}

/* SHA-256 of "ok" in base 64. */
static void answer_digest(int client, const char *kind)
{
    int is_right = strcmp(kind, "right") == 0;
    send_page(client,
              is_right ? "Repr-Digest: sha-256=:Jok2eyBcFs4y7UIAlCuLix4mLfxw2byfvHfElpmk8d8=:\r\n" : "Repr-Digest: sha-256=:AAAA:\r\n",
              "ok");
}

static void answer_asked(int client, const char *key)
{
    char text[64];
    int n_ranges, n = count(key, -1, &n_ranges);
    (void)snprintf(text, sizeof(text), "%d %d %d", n, n_ranges, asked[place_of(key)].n_encoded);
    send_page(client, "", text);
}

void odd_page_answer(int client, const char *path, const char *request)
{
    char first[64], second[64], key[KEY_SIZE], token[HEADERS_SIZE];
    int code;
    if (sscanf(path, "/odd/status/%d/%63s", &code, first) == 2) send_status(client, code, strcmp(first, "none") == 0 ? "" : first);
    else if (sscanf(path, "/odd/once/%d/%63[^/]/%63s", &code, first, key) == 3) answer_once(client, code, first, key);
    else if (sscanf(path, "/odd/busy/%63[^/]/%63s", first, key) == 2) answer_busy(client, first, key);
    else if (strncmp(path, "/odd/after/", 11) == 0) answer_after(client, path + 10);
    else if (strcmp(path, "/odd/bomb") == 0) answer_bomb(client);
    else if (sscanf(path, "/odd/part/%63[^/]/%63s", second, key) == 2) answer_part(client, second, key, request);
    else if (sscanf(path, "/odd/digest/%63s", first) == 1) answer_digest(client, first);
    else if (sscanf(path, "/odd/asked/%63s", key) == 1) answer_asked(client, key);
    else if (strcmp(path, "/odd/gzip") == 0) send_page(client, "Content-Encoding: gzip\r\n", "this is no gzip");
    else if (strcmp(path, "/odd/token") == 0) send_page(client, "", header(request, "X-Token", token) ? token : "none");
    else if (strcmp(path, "/odd/nothing") == 0) send_status(client, 204, "");
}
