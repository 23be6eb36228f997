/*
 * begun.h: what the workers of a run's process run, in a file that is mapped: begun.EPOCH. The kernel keeps what they wrote last, however
 * the process ends. So the next run knows what it died with. It is no more than that: a power cut loses it, and a file system without
 * mapped files has none.
 */
#ifndef RPI_JOURNAL_BEGUN_H
#define RPI_JOURNAL_BEGUN_H

#include "journal/folder.h"

#include <rankpool/call.h>

typedef struct rpi_begun_board {
    rp_begun *places; /* NULL: there is none */
    unsigned n;
} rpi_begun_board;

enum { RPI_BEGUN_MOST = 4096 }; /* workers of a process; those above aren't told of */

/* Makes the file of a run, with room for n workers. Without any, when it can't be made. */
void rpi_begun_open(rpi_begun_board *board, const rpi_folder *folder, uint64_t epoch, unsigned n);
/* Ends its use. With `remove` the file goes too: the run has ended by itself. */
void rpi_begun_close(rpi_begun_board *board, const rpi_folder *folder, uint64_t epoch, bool remove);

/* Reads what a run left, up to *n places, and sets *n to how many there are: none, where the run had no file. RP_SYSTEM. */
rp_status rpi_begun_read(const rpi_folder *folder, uint64_t epoch, rp_begun *places, unsigned *n, rp_error *error);

#endif
