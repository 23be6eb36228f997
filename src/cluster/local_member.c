/* local_member.c: rank 0's own team as a member (member_port.h). Items are run where they are, and nothing is copied. */
#include "cluster/local_member.h"

#include "base/clock.h"
#include "cluster/pool_life.h"
#include "record/report.h"
#include "worker/executor.h"
#include "worker/team_queue.h"

static void open_local(rpi_member_port *port) { rpi_pool_life_opened(port->pool, port->rank, &port->info); }
static void close_local(rpi_member_port *port) { rpi_pool_life_closed(port->pool, port->rank); }

static bool send_call(rpi_member_port *port, const rpi_work *work)
{
    (void)port, (void)work;
    return true;
}

/* In a worker's thread, or a client's in its place. It takes a turn next, so nobody has to be woken. */
static void chunk_done(rpi_batch *part)
{
    coordinator_chunk *chunk = part->owner;
    rpi_coordinator_pool *pool = chunk->pool;
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_list_add_first(&pool->back, &chunk->back);
    rpi_progress_thread_leave_work(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

static bool send_chunk(rpi_member_port *port, rpi_chunk *chunk)
{
    coordinator_chunk *own = (coordinator_chunk *)chunk;
    if (!own->part) own->part = rpi_batch_create();
    if (!own->part) return false;
    rpi_batch *part = own->part;
    rpi_batch_reset_part(part, rpi_coordinator_batch_of(chunk), chunk->first, chunk->count);
    part->schedule = chunk->grains;
    part->schedule.target_s = RPI_GRAIN_S;
    part->schedule.short_s = RPI_SHORT_GRAIN_S;
    part->done = chunk_done;
    part->owner = own;
    rpi_team_submit(port->pool->team, part);
    return true;
}

/* What nobody has claimed comes back at once. */
static void send_recall(rpi_member_port *port, rpi_chunk *chunk)
{
    rpi_batch *part = ((coordinator_chunk *)chunk)->part;
    uint64_t kept = rpi_team_take_back(port->pool->team, part, chunk->recalled->first - chunk->first);
    (void)rpi_distribution_returned(&port->pool->distribution, chunk, kept, rpi_seconds(rpi_now_ns()));
}

static void send_cutoff(rpi_member_port *port, const rpi_distribution_call *call) { rpi_team_interrupt(port->pool->team, call->owner); }

static void send_forget(rpi_member_port *port, const rpi_distribution_call *call) { (void)port, (void)call; }

static rp_status report(rpi_member_port *port, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    rpi_team *team = port->pool->team;
    return rpi_report_local(rpi_team_recorders(team), rpi_team_n_workers(team), origin_ns, report, error);
}

const rpi_member_port_ops rpi_local_member = {open_local,  close_local, send_call,   send_chunk,
                                              send_recall, send_cutoff, send_forget, report};
