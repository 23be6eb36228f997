/* page_clashes.c: see page_clashes.h. */
#include "page_clashes.h"
#include "page_file.h"
#include "page_names.h"
#include "page_result.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN_NAME = 200 };

struct page_clashes {
    page_names *names;
    long long n, first, second; /* items of the first clash */
    char file[PAGE_PATH_SIZE];
};

page_clashes *page_clashes_create(void)
{
    page_clashes *made = calloc(1, sizeof(*made));
    if (made && (made->names = page_names_create())) return made;
    free(made);
    return NULL;
}

void page_clashes_destroy(page_clashes *clashes)
{
    if (clashes) page_names_destroy(clashes->names);
    free(clashes);
}

rp_status page_clashes_look(page_clashes *clashes, const rp_job_outcome *outcome, rp_error *error)
{
    page_row row;
    int64_t first;
    if (outcome->failure || !outcome->result || !page_result_read(*(const rp_bytes *)outcome->result, &row) || !row.file.size) return RP_OK;
    int found = page_names_add(clashes->names, row.file.data, row.file.size, row.key, outcome->index, &first);
    if (found < 0) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the names of pages; {hash} or {index} in name= needs none");
    if (found && clashes->n++ == 0) {
        clashes->first = first;
        clashes->second = outcome->index;
        (void)snprintf(clashes->file, sizeof(clashes->file), "%.*s", (int)row.file.size, (const char *)row.file.data);
    }
    return RP_OK;
}

rp_status page_clashes_tell(const page_clashes *clashes, rp_error *error)
{
    if (clashes->n == 0) return RP_OK;
    return rp_error_set(
        error, RP_FAILED, 0,
        "%lld item%s the file of another address, first item %lld that of item %lld, %.*s: {query}, {hash} or {index} in name= "
        "tells them apart",
        clashes->n, clashes->n == 1 ? " has" : "s have", clashes->second, clashes->first, SHOWN_NAME, clashes->file);
}
