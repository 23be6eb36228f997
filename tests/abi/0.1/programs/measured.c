/*
 * measured.c: where the time of a call went, worker by worker.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <unistd.h>

static int nap(int ms) { return usleep((useconds_t)ms * 1000); }
RP_TASK(nap, int, int)

/* The totals of rank `rank`, and its workers on standard error. Returns how many items they ran. */
static uint64_t show_rank(rp_pool *pool, int rank)
{
    rp_rank_report *report;
    rp_summary total;
    rp_error error;
    if (rp_pool_report(pool, rank, &report, &error) != RP_OK) return 0;
    for (int w = 0; w < report->n_workers; w++) {
        const rp_worker_report *worker = &report->workers[w];
        fprintf(stderr, "rank %d, worker %d: %d items, %.3f s busy, %d waits\n", rank, w, (int)worker->items, worker->busy_s,
                (int)worker->waits);
    }
    rp_reports_summarise((const rp_rank_report *const[]){report}, 1, &total);
    rp_rank_report_free(report);
    return total.items;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    int results[100];
    uint64_t items = 0;
    rp_pool_info info;
    rp_error error;
    rp_pool_get_info(pool, &info);
    if (rp_map(pool, nap_task, results, 100, RP_CONSTANT(2), NULL, &error) != RP_OK) return 1;
    for (int rank = 0; rank < info.ranks; rank++) items += show_rank(pool, rank);
    printf("%d items in all\n", (int)items);
    return 0;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.record = RP_RECORD_TOTALS};
    return rp_main(argc, argv, client, &options);
}
