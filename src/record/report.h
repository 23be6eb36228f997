/* report.h: reports on their way from the recorders of a rank to the client: packed into one block that ranks can send, and unpacked. */
#ifndef RPI_RECORD_REPORT_H
#define RPI_RECORD_REPORT_H

#include "base/sized.h"
#include "record/recorder.h"

/* The sizes in programs that don't tell them (base/sized.h). */
#define RPI_FIRST_WORKER_REPORT RPI_SIZE_UP_TO(rp_worker_report, end_s)
#define RPI_FIRST_SUMMARY       RPI_SIZE_UP_TO(rp_summary, messages_received)

/* What converts the times of a rank to times of the client. */
typedef struct rpi_report_clock {
    uint64_t origin_ns; /* when the pool was opened, by the clock of the client */
    int64_t offset_ns;  /* the rank's clock minus the client's */
    double error_s;     /* error of the offset, at most */
} rpi_report_clock;

/* Recorders: one for each worker; NULL for a worker without. */

/* How many bytes the reports of n workers take now. */
size_t rpi_report_pack_size(rpi_recorder *const *recorders, unsigned n);
/* Packs the reports. Grains that were added since rpi_report_pack_size are left out. `to` is aligned as for a uint64_t. */
void rpi_report_pack(rpi_recorder *const *recorders, unsigned n, char *to, size_t size);

/* Unpacks a report, in the client's process. RP_OK, RP_NO_MEMORY; RP_USAGE: the data isn't complete. */
rp_status rpi_report_unpack(const char *from, size_t size, const rpi_report_clock *clock, rp_rank_report **report, rp_error *error);

/* Makes a report of workers in this process. RP_OK, RP_NO_MEMORY. */
rp_status rpi_report_local(rpi_recorder *const *recorders, unsigned n, uint64_t origin_ns, rp_rank_report **report, rp_error *error);

/* Adds what the client's process recorded of a rank: chunks and traffic. False: no memory. */
bool rpi_report_add_chunks(rp_rank_report *report, const rpi_recorder *recorder, uint64_t origin_ns);

/* The report with workers of another size, for a caller that was compiled with it: the report itself, if they have that size already, else
 * a copy in its place. NULL: no memory; the report is freed then too. */
rp_rank_report *rpi_report_with_workers_of(rp_rank_report *report, size_t worker_size);

#endif
