/* page_body.h: what a transfer (page_transfer.h) does with the answer that comes: its headers, its bytes and their checksum. */
#ifndef RANKPOOL_PAGE_BODY_H
#define RANKPOOL_PAGE_BODY_H

#include "page_transfer.h"

/* The write function and the header function for curl; the state is the transfer. Returning less than they were given ends the transfer. */
size_t page_body_receive(char *data, size_t one, size_t size, void *state);
size_t page_body_receive_header(char *data, size_t one, size_t size, void *state);

/* Begins the checksum, if one is wanted, with what is on disk already. Returns 0: no memory, or the part can't be read. */
int page_body_begin_sum(page_transfer *transfer);

#endif
