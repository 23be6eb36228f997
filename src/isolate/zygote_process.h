/* zygote_process.h: the life of the helper process (zygote.h), and what is said on its socket. */
#ifndef RPI_ISOLATE_ZYGOTE_PROCESS_H
#define RPI_ISOLATE_ZYGOTE_PROCESS_H

#include <sys/types.h>

/* What a rank asks for, with the child's memory as a file descriptor where it is to be forked. */
enum { RPI_ZYGOTE_FORK = 1, RPI_ZYGOTE_KILL };
typedef struct rpi_zygote_order {
    int kind;
    pid_t child;
} rpi_zygote_order;

/* To a fork. */
typedef struct rpi_zygote_answer {
    pid_t child;
    int code; /* 0, or an errno */
} rpi_zygote_answer;

/* The helper's life, from its fork to its end, with its end of the socket; `rank` is the process that it serves. Doesn't return. */
_Noreturn void rpi_zygote_live(int socket, pid_t rank);

#endif
