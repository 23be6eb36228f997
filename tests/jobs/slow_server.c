/*
 * slow_server.c: the misbehaving half of the tests' web server, behind nginx or alone: answers late, never, partly, or without an end.
 *
 *     slow_server PORT_FILE     listens on a free port of 127.0.0.1, writes its number to PORT_FILE, serves until SIGTERM
 *
 *     /delay/N     204 after N milliseconds        /endless    bytes without an end and without a length
 *     /silent      no answer at all                /trickle    a byte each 100 ms, without an end
 *     /stall       the begin of a page, then nothing
 *     /truncated   less than its Content-Length    /reset      the begin of a page, then a reset connection
 *     /headers     headers without an end          /greeting   the request's Authorization, or "none"
 *     /to/ADDRESS  a redirect there
 */
#include "odd_pages.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_SIZE = 16384, PART_SIZE = 1000, TRICKLE_MS = 100, BACKLOG = 128 };

static void sleep_ms(long milliseconds)
{
    struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0) continue;
}

/* Returns 0 when the client has gone. */
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

static int send_text(int client, const char *text) { return send_all(client, text, strlen(text)); }

static int send_part(int client)
{
    char part[PART_SIZE];
    memset(part, 'x', sizeof(part));
    return send_all(client, part, sizeof(part));
}

static void wait_for_client_to_go(int client)
{
    char dropped[256];
    while (recv(client, dropped, sizeof(dropped), 0) > 0) continue;
}

/* Reads one request up to its empty line. Returns 0 when there is none. */
static int read_request(int client, char request[REQUEST_SIZE])
{
    size_t size = 0;
    while (size < REQUEST_SIZE - 1) {
        ssize_t received = recv(client, request + size, REQUEST_SIZE - 1 - size, 0);
        if (received <= 0) return 0;
        size += (size_t)received;
        request[size] = '\0';
        if (strstr(request, "\r\n\r\n")) return 1;
    }
    return 0;
}

static void greet(int client, const char *request)
{
    char page[PART_SIZE], text[PART_SIZE / 2] = "none";
    const char *header = strstr(request, "\r\nAuthorization: ");
    if (header) (void)sscanf(header, "%*[^:]: %499[^\r]", text);
    (void)snprintf(page, sizeof(page), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", strlen(text), text);
    (void)send_text(client, page);
}

static void redirect(int client, const char *address)
{
    char page[PART_SIZE];
    (void)snprintf(page, sizeof(page), "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n", address);
    (void)send_text(client, page);
}

static void answer(int client, const char *path, const char *request)
{
    const char *with_length = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n";
    const char *without_length = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    if (strncmp(path, "/delay/", 7) == 0) {
        sleep_ms(strtol(path + 7, NULL, 10));
        (void)send_text(client, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    } else if (strcmp(path, "/silent") == 0) {
        wait_for_client_to_go(client);
    } else if (strcmp(path, "/stall") == 0) {
        if (send_text(client, with_length) && send_part(client)) wait_for_client_to_go(client);
    } else if (strcmp(path, "/truncated") == 0) {
        if (send_text(client, with_length)) (void)send_part(client);
    } else if (strcmp(path, "/reset") == 0) {
        if (send_text(client, with_length)) (void)send_part(client);
        sleep_ms(TRICKLE_MS); /* so that the client has read the part before the reset drops it */
        (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    } else if (strcmp(path, "/endless") == 0) {
        int there = send_text(client, without_length);
        while (there) there = send_part(client);
    } else if (strcmp(path, "/greeting") == 0) {
        greet(client, request);
    } else if (strncmp(path, "/to/", 4) == 0) {
        redirect(client, path + 4);
    } else if (strcmp(path, "/headers") == 0) {
        int there = send_text(client, "HTTP/1.1 200 OK\r\n");
        while (there) there = send_text(client, "X: ") && send_part(client) && send_text(client, "\r\n");
    } else if (strcmp(path, "/trickle") == 0) {
        int there = send_text(client, without_length);
        for (; there; sleep_ms(TRICKLE_MS)) there = send_text(client, "x");
    } else {
        (void)send_text(client, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
}

static void *serve(void *argument)
{
    int client = (int)(long)argument;
    char request[REQUEST_SIZE], path[256];
    if (read_request(client, request) && sscanf(request, "GET %255s HTTP", path) == 1) {
        if (strncmp(path, "/odd/", 5) == 0) odd_page_answer(client, path, request);
        else answer(client, path, request);
    }
    (void)close(client);
    return NULL;
}

/* A listening socket on a free port, whose number it writes to the file: under another name first, so that a reader sees all or nothing. */
static int listen_anywhere(const char *port_file)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, BACKLOG) != 0) return -1;
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) return -1;
    char temporary[4096];
    if (snprintf(temporary, sizeof(temporary), "%s.new", port_file) >= (int)sizeof(temporary)) return -1;
    FILE *file = fopen(temporary, "w");
    if (!file) return -1;
    (void)fprintf(file, "%d\n", ntohs(address.sin_port));
    return fclose(file) == 0 && rename(temporary, port_file) == 0 ? listener : -1;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: slow_server PORT_FILE\n"), 2;
    int listener = listen_anywhere(argv[1]);
    if (listener < 0) return perror("slow_server"), 1;
    for (;;) {
        int client = accept(listener, NULL, NULL);
        pthread_t thread;
        if (client < 0) {
            sleep_ms(TRICKLE_MS); /* out of descriptors for a moment */
        } else if (pthread_create(&thread, NULL, serve, (void *)(long)client) == 0) {
            (void)pthread_detach(thread);
        } else {
            (void)close(client);
        }
    }
}
