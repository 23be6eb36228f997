/* zygote_process.h: the helper process (zygote.h) itself, and the messages on its socket. */
#ifndef RPI_ISOLATE_ZYGOTE_PROCESS_H
#define RPI_ISOLATE_ZYGOTE_PROCESS_H

#include <sys/types.h>

/* An order of the rank. FORK comes with the file descriptor of the child's mailbox. */
enum { RPI_ZYGOTE_FORK = 1, RPI_ZYGOTE_KILL };
typedef struct rpi_zygote_order {
    int kind;
    pid_t child;
} rpi_zygote_order;

/* The answer to a FORK. */
typedef struct rpi_zygote_answer {
    pid_t child;
    int code; /* 0, or an errno */
} rpi_zygote_answer;

/* The main function of the helper. `socket` is its end of the socket, `rank` the process that it serves. Doesn't return. */
_Noreturn void rpi_zygote_live(int socket, pid_t rank);

#endif
