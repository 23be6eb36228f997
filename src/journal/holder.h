/*
 * holder.h: who has a journal: the process of a run, as it is written into the journal's lock, and whether that process lives. A process is
 * known by boot id, pid namespace, pid and start time; its host's name is for messages alone.
 */
#ifndef RPI_JOURNAL_HOLDER_H
#define RPI_JOURNAL_HOLDER_H

#include "cluster/process.h"

#include <stdint.h>

enum { RPI_HOLDER_JOB_SIZE = 64, RPI_HOLDER_BYTES = 512 };

typedef struct rpi_holder {
    rpi_process process;
    uint64_t start;                /* of the process, in the kernel's ticks since the boot */
    char job[RPI_HOLDER_JOB_SIZE]; /* of the batch system; "": none */
    unsigned restart;              /* how often that job was started again */
    uint64_t epoch;                /* of its run */
    uint64_t beat;                 /* grows while the process lives */
    bool is_free;                  /* the run has ended, and left the journal */
} rpi_holder;

typedef enum rpi_life { RPI_LIFE_DEAD, RPI_LIFE_ALIVE, RPI_LIFE_UNKNOWN } rpi_life;

/* Fills in this process. Of `job`, NULL: none, the characters that a file may have are kept. */
void rpi_holder_self(rpi_holder *self, const char *job, unsigned restart);

/* Writes RPI_HOLDER_BYTES of text, or reads such; false: it is torn or something else. */
void rpi_holder_write(const rpi_holder *holder, char *bytes);
bool rpi_holder_read(const char *bytes, size_t size, rpi_holder *holder);

/* Whether the holder's process lives, as far as it can be told from here. A process that has ended, and nobody has waited for, is dead. */
rpi_life rpi_holder_life(const rpi_holder *holder, const rpi_holder *self);

/* Whether `self` is a later start of the same job of a batch system. */
bool rpi_holder_restarts(const rpi_holder *self, const rpi_holder *holder);

/* "job 4711 on n1", or "process 17 on n1". Returns `text`. */
const char *rpi_holder_name(const rpi_holder *holder, char *text, size_t size);

#endif
