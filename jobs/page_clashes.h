/* page_clashes.h: items of the job `fetch` whose pages have the name of another one's, found as they arrive on rank 0, and told at the end.
 */
#ifndef RANKPOOL_PAGE_CLASHES_H
#define RANKPOOL_PAGE_CLASHES_H

#include <rankpool/job.h>

typedef struct page_clashes page_clashes;

/* NULL: no memory. destroy takes NULL too. */
page_clashes *page_clashes_create(void);
void page_clashes_destroy(page_clashes *clashes);

/* An item has ended. RP_OK, RP_NO_MEMORY. */
rp_status page_clashes_look(page_clashes *clashes, const rp_job_outcome *outcome, rp_error *error);

/* RP_OK: all have files of their own; RP_FAILED: how many don't, and the first of them. */
rp_status page_clashes_tell(const page_clashes *clashes, rp_error *error);

#endif
