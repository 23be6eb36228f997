/*
 * head_start.h: a client that begins a call of several items alone, because it is expected to be brief (brief.h). If it is still at it
 * after some 10 ms, as an item takes long, or waits for another one, the items that it hasn't begun are given to others.
 *
 *     the client                 the thread that looks, each 10 ms       then
 *     begins                     sleeps: nobody began for a while        it is woken
 *     is at it                   saw the same start before               it gives the rest to others, once
 *     ends                       is giving the rest to others            the client waits until that is done
 *     has begun nothing          has looked                              it sleeps until somebody begins
 *
 * One client of a pool at a time has a head start.
 */
#ifndef RPI_POOL_HEAD_START_H
#define RPI_POOL_HEAD_START_H

#include "task/batch.h"

typedef struct rpi_head_start rpi_head_start;

/* `give_rest`: has others run the items of the batch that aren't begun. In the thread that looks; the batch stays meanwhile. NULL: no
 * memory or no thread. */
rpi_head_start *rpi_head_start_create(void (*give_rest)(rpi_batch *batch));
void rpi_head_start_destroy(rpi_head_start *self); /* nobody has one; NULL does nothing */

/* The client begins with the batch. False: another one has a head start. */
bool rpi_head_start_begin(rpi_head_start *self, rpi_batch *batch);
/* It runs no more of it. Returns whether the rest was given to others. */
bool rpi_head_start_end(rpi_head_start *self);

#endif
