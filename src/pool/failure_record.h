/* failure_record.h: a failure as the data of a record: its texts, and what the item emitted where its task keeps that. Pure. */
#ifndef RPI_POOL_FAILURE_RECORD_H
#define RPI_POOL_FAILURE_RECORD_H

#include "journal/format.h"
#include "task/failure.h"

#include <rankpool/task.h>

/* Makes the data of a record: *bytes, which free() frees. False: no memory. */
bool rpi_failure_record_write(const rpi_failure *failure, rp_bytes emitted, void **bytes, size_t *size);

/* Makes the failure of a record, of that item, and finds what was emitted in the record's data. NULL: no memory. Data that aren't as they
 * should be make a failure without a text. */
rpi_failure *rpi_failure_record_read(const rpi_journal_record *record, uint64_t item, rp_bytes *emitted);

#endif
