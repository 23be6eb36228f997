/* coordinator_pool.h: pools of a coordinator, as clients see them. A pool is opened and closed on all ranks, and takes batches. */
#ifndef RPI_CLUSTER_COORDINATOR_POOL_H
#define RPI_CLUSTER_COORDINATOR_POOL_H

#include "worker/executor.h"

typedef struct rpi_coordinator rpi_coordinator;
typedef struct rpi_coordinator_pool rpi_coordinator_pool;

/* Opens a pool, and returns when all its ranks have their workers. Any thread but the progress thread. RP_OK, RP_FAILED, RP_USAGE (there
 * are fewer ranks), RP_NO_MEMORY, RP_SYSTEM, RP_LOST. */
rp_status rpi_coordinator_pool_open(rpi_coordinator *coordinator, const rpi_executor_config *config, rpi_coordinator_pool **pool,
                                    rp_error *error);

/* RP_OK, or RP_LOST: a rank was lost, and the error says which one and what items it had. Any thread. */
rp_status rpi_coordinator_pool_check(rpi_coordinator_pool *pool, rp_error *error);

/* As the executor's operations of these names. */
void rpi_coordinator_pool_submit(rpi_coordinator_pool *pool, rpi_batch *batch);
void rpi_coordinator_pool_put(rpi_coordinator_pool *pool, rpi_batch *batch);
void rpi_coordinator_pool_carry_out(rpi_coordinator_pool *pool);
void rpi_coordinator_pool_run(rpi_coordinator_pool *pool, rpi_batch *batch);
bool rpi_coordinator_pool_run_first(rpi_coordinator_pool *pool, rpi_batch *batch, uint64_t most_ns);
void rpi_coordinator_pool_stop(rpi_coordinator_pool *pool, rpi_work *work);
void rpi_coordinator_pool_drain(rpi_coordinator_pool *pool, rpi_work *work);
void rpi_coordinator_pool_forget(rpi_coordinator_pool *pool, rpi_work *work);
uint64_t rpi_coordinator_pool_n_done(rpi_coordinator_pool *pool, const rpi_work *work);
/* Several threads may call it at once; they wait for each other. */
rp_status rpi_coordinator_pool_report(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error);
rp_status rpi_coordinator_pool_share(rpi_coordinator_pool *pool, const char *base, rp_error *error);
void rpi_coordinator_pool_rank_info(const rpi_coordinator_pool *pool, int rank, rp_rank_info *info);
int rpi_coordinator_pool_n_ranks(const rpi_coordinator_pool *pool);
unsigned rpi_coordinator_pool_n_workers(const rpi_coordinator_pool *pool);

/* Ends the workers of all ranks, and frees the pool. No batch may be left. RP_OK, RP_LOST. */
rp_status rpi_coordinator_pool_close(rpi_coordinator_pool *pool, rp_error *error);

#endif
