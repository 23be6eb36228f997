/*
 * blocks.c: long messages over a link, on three ranks. Rank 1 sees how the parts of a long message come in, and gets several messages in
 * order and whole. Rank 2 gets a short one in between.
 */
#include "mpi_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_PART = 4 << 20, LONG = 64 << 20, LONG_ODD = (9 << 20) + 12345, SHORT = 100, MIDDLE = 200 * 1000 };
static const size_t sizes[] = {LONG, SHORT, LONG_ODD, LONG_ODD, MIDDLE, 0};
enum { N = sizeof sizes / sizeof sizes[0] };

static void stop(const char *problem)
{
    fprintf(stderr, "%s\n", problem);
    MPI_Abort(MPI_COMM_WORLD, 1);
}

static char byte_at(size_t message, size_t at) { return (char)(at * 31 + at / 4099 + message); }

static rpi_message *make(size_t number, size_t size)
{
    rpi_message *message = rpi_message_create(RPI_DONE, number, size);
    if (!message) stop("no memory");
    for (size_t i = 0; i < size; i++) message->data[i] = byte_at(number, i);
    return message;
}

static void check(const rpi_message *message, size_t number, size_t size)
{
    if (message->header.pool != number || message->header.size != size) stop("the messages aren't in order");
    for (size_t i = 0; i < size; i++)
        if (rpi_message_bytes(message)[i] != byte_at(number, i)) stop("a message isn't whole");
}

static rpi_message *receive(rpi_link *link)
{
    int peer;
    rpi_message *message;
    rp_status status;
    while ((status = link->ops->receive(link, &peer, &message, NULL)) == RP_AGAIN) nanosleep(&(struct timespec){0, 1000}, NULL);
    if (status != RP_OK) stop("the link has failed");
    return message;
}

static void send(rpi_link *link, int peer, rpi_message *message)
{
    if (link->ops->send(link, peer, message, NULL) != RP_OK) stop("the link has failed");
}

static void send_all(rpi_link *link)
{
    for (size_t k = 0; k < N; k++) send(link, 1, make(k, sizes[k]));
    send(link, 2, make(7, SHORT));
    rpi_message_free(receive(link)); /* receiving moves sends on */
}

/* Rank 2 doesn't wait for the long messages: rank 1 takes nothing before rank 2 has said that it has its own. */
static void take_all(rpi_link *link)
{
    MPI_Recv(NULL, 0, MPI_BYTE, 2, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (size_t k = 0; k < N; k++) {
        uint64_t before = link->ops->n_parts(link, 0);
        rpi_message *message = receive(link);
        uint64_t n_parts = link->ops->n_parts(link, 0) - before;
        check(message, k, sizes[k]);
        rpi_message_free(message);
        if (n_parts * MOST_PART < sizes[k]) stop("parts are too long for a slow link");
    }
    send(link, 0, make(0, 0));
}

static void take_one(rpi_link *link)
{
    rpi_message *message = receive(link);
    check(message, 7, SHORT);
    rpi_message_free(message);
    MPI_Send(NULL, 0, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    int provided, rank;
    rpi_link *link;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rpi_mpi_link_create(MPI_COMM_WORLD, &link, NULL) != RP_OK) stop("no link");
    if (rank == 0) send_all(link);
    else if (rank == 1) take_all(link);
    else take_one(link);
    link->ops->destroy(link, 20);
    MPI_Finalize();
    return 0;
}
