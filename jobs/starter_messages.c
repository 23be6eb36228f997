/* starter_messages.c: see starter_messages.h. */
#include "starter_messages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 2 };

/* Takes away what was sent. Returns how many parts are left. */
static int move_on(struct iovec *parts, int n, size_t sent)
{
    int k = 0;
    while (k < n && sent >= parts[k].iov_len) sent -= parts[k++].iov_len;
    for (int i = k; i < n; i++) parts[i - k] = parts[i];
    if (k < n) parts[0] = (struct iovec){(char *)parts[0].iov_base + sent, parts[0].iov_len - sent};
    return n - k;
}

int starter_send(int socket, struct iovec *parts, int n)
{
    n = move_on(parts, n, 0);
    while (n > 0) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)n};
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) return 0;
        if (sent > 0) n = move_on(parts, n, (size_t)sent);
    }
    return 1;
}

int starter_receive(int socket, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = recv(socket, (char *)data + done, size - done, 0);
        if (n == 0 || (n < 0 && errno != EINTR)) return 0;
        if (n > 0) done += (size_t)n;
    }
    return 1;
}

typedef union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
} control;

int starter_send_descriptors(int socket, const int *descriptors, int n)
{
    char byte = 0;
    control rights_room;
    struct iovec data = {&byte, 1};
    size_t size = (size_t)n * sizeof(int);
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = rights_room.room, .msg_controllen = CMSG_SPACE(size)};
    memset(&rights_room, 0, sizeof(rights_room));
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(rights), descriptors, size);
    ssize_t sent;
    while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) continue;
    return sent == 1;
}

int starter_receive_descriptors(int socket, int *descriptors, int n)
{
    char byte;
    control rights_room;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = rights_room.room, .msg_controllen = sizeof(rights_room.room)};
    ssize_t got;
    for (int i = 0; i < n; i++) descriptors[i] = -1;
    while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
    if (got != 1) return 0;
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    size_t size = (size_t)n * sizeof(int);
    if (!rights || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(size)) return 0;
    memcpy(descriptors, CMSG_DATA(rights), size);
    return 1;
}
