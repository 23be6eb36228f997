/*
 * told_call.h: the last call that a member was told of. Programs that make one short call after the other mostly make the same call with
 * other items. Then a member needs no CALL and no FORGET: the first WORK of the call says that it is as the one before, which is over.
 *
 *     coordinator                      member
 *     CALL 1, WORK 1 ------------>
 *     <--------------------- DONE      call 1 is over: its FORGET is kept back
 *     WORK 2, like 1 ------------>     call 1 becomes call 2, with its task, columns and options, and a seed of its own
 *
 * The FORGET goes out when the next call is another, or when there is nothing else to do. Calls are compared as they are packed. Those
 * whose CALL is long, or names memory, are told of in full, so that their memory is free as soon as they are over.
 */
#ifndef RPI_CLUSTER_TOLD_CALL_H
#define RPI_CLUSTER_TOLD_CALL_H

#include "cluster/message.h"

typedef struct rpi_told_call {
    void (*send)(void *to, rpi_message *message); /* sends to the member, and takes the message over. NULL: no memory */
    void *to;
    uint64_t pool;
    rpi_message *call; /* a CALL that the last one was told by, or is like; NULL: none that is kept */
    uint64_t id;       /* of the last one, while `call` is kept; 0: the member doesn't have it any more */
    bool is_over;      /* its FORGET is kept back */
    rpi_message *next; /* CALL of one that is like it, which isn't sent; NULL: none */
} rpi_told_call;

/* Frees what it has. All zero: does nothing. */
void rpi_told_call_fini(rpi_told_call *told);

/* Tells the member of a call. Takes the CALL over. `names_memory`: it has names of regions. */
void rpi_told_call_tell(rpi_told_call *told, rpi_message *call, bool names_memory);

/* A message about that call comes next that is no WORK: the member is told of it in full, if it isn't yet. */
void rpi_told_call_settle(rpi_told_call *told, uint64_t id);

/* A WORK of that call comes next. Returns which call it is like, which that one takes the place of; 0: the member knows it already. */
uint64_t rpi_told_call_begin(rpi_told_call *told, uint64_t id);

/* That call is over. */
void rpi_told_call_end(rpi_told_call *told, uint64_t id);

/* There is nothing else to do: sends a FORGET that was kept back. False: there was none. */
bool rpi_told_call_rest(rpi_told_call *told);

#endif
