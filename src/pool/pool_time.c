/* pool_time.c: see pool_time.h. */
#include "pool/pool_time.h"

#include "base/clock.h"
#include "pool/time_keeper.h"

static double longest_s(void *pool) { return rpi_seconds(rpi_pool_longest_ns(pool)); }
static void is_over(void *pool) { rp_pool_finish_running(pool); }

/* The limit counts from the beginning of the opening. */
rp_status rpi_pool_start_time(rp_pool *pool, rp_error *error)
{
    const rp_pool_options *options = &pool->options;
    if (options->time_limit_s <= 0) return RP_OK;
    rpi_time_keeper_config config = {.left_s = options->time_limit_s - rpi_seconds(rpi_now_ns() - pool->opened_ns),
                                     .request_s = options->time_request_s,
                                     .longest_s = longest_s,
                                     .is_over = is_over,
                                     .argument = pool};
    return rpi_time_keeper_create(&config, &pool->time_keeper, error);
}

rp_status rp_pool_set_time_left(rp_pool *pool, double left_s, double closing_s, rp_error *error)
{
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    if (!(left_s >= 0) || !(closing_s >= 0))
        return rp_error_set(error, RP_USAGE, 0, "the time that is left is %g s; it must be 0 or more", left_s);
    if (!pool->time_keeper) return rp_error_set(error, RP_USAGE, 0, "the pool was opened without time_limit_s");
    rpi_time_keeper_set(pool->time_keeper, left_s, closing_s);
    return RP_OK;
}

void rp_pool_get_time(const rp_pool *pool, rp_pool_time *time)
{
    if (!time) return;
    *time = (rp_pool_time){0};
    if (pool && pool->time_keeper) rpi_time_keeper_get(pool->time_keeper, time);
}
