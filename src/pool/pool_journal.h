/* pool_journal.h: the journal of a pool, one folder for all its calls that have a key: its beginning and its end. Calls see more of it, in
 * pool_journal_state.h. */
#ifndef RPI_POOL_POOL_JOURNAL_H
#define RPI_POOL_POOL_JOURNAL_H

#include <rankpool/pool.h>

#include <stdbool.h>

typedef struct rpi_pool_journal rpi_pool_journal;

/* Opens the journal that the options name, and begins a run. Blocks while it is read. Errors as of rpi_journal_open, and RP_USAGE where it
 * is another kind of journal. */
rp_status rpi_pool_journal_open(const rp_pool_options *options, rpi_pool_journal **journal, rp_error *error);

/* The pool has so many workers, which are all threads of this process and run items themselves: each tells what it begins, so that only
 * that is held to account when the process dies. Once, before any call. */
void rpi_pool_journal_watch(rpi_pool_journal *self, unsigned n_workers);

/* How the pool came to its end. */
typedef enum rpi_pool_journal_end { RPI_POOL_JOURNAL_DONE, RPI_POOL_JOURNAL_STOPPED, RPI_POOL_JOURNAL_BROKEN } rpi_pool_journal_end;

/* Ends the run, and frees the journal. RP_OK: all is on the disk. NULL does nothing. */
rp_status rpi_pool_journal_close(rpi_pool_journal *self, rpi_pool_journal_end end, rp_error *error);

/* Waits until the records up to a position are in the file, or, with `sync`, on the disk. UINT64_MAX: all that there are. RP_OK, or why
 * they aren't. Any thread. */
rp_status rpi_pool_journal_commit(rpi_pool_journal *self, uint64_t position, bool sync, rp_error *error);

/* RP_OK, or why nothing is written any more. Any thread. */
rp_status rpi_pool_journal_check(rpi_pool_journal *self, rp_error *error);

#endif
