/* page_explain.h: why a transfer failed, in words. Used by the job `fetch`. No password is in them. */
#ifndef RANKPOOL_PAGE_EXPLAIN_H
#define RANKPOOL_PAGE_EXPLAIN_H

#include "page_transfer.h"

/* Why a transfer with that result failed. Returns the code of the failure: a CURLcode, or an errno where `*cause` becomes system. */
int page_explain_refusal(const page_transfer *transfer, CURLcode code, rp_cause *cause, char reason[PAGE_REASON_SIZE]);

/* The same for one whose bytes couldn't be written. A disk that is full is a failure of the system. */
int page_explain_write(const page_transfer *transfer, int failure, rp_cause *cause, char reason[PAGE_REASON_SIZE]);

#endif
