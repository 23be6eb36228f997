/*
 * odd_pages.h: answers of a server that isn't well: overloaded, interrupted, changed meanwhile, or wrong about ranges. What is asked for
 * with a KEY depends on how often it was asked for. For the tests of fetch; a part of slow_server.
 *
 *     /odd/status/CODE/AFTER      that status, with "Retry-After: AFTER"
 *     /odd/once/CODE/AFTER/KEY    the same for the first request, then a page of two bytes
 *     /odd/busy/SECONDS/KEY       429 with that Retry-After, until they are over; what comes meanwhile counts as a range
 *     /odd/after/PATH             a page of two bytes, once there is a file /PATH
 *     /odd/bomb                   100,000 zeros, compressed to some hundred bytes
 *     /odd/part/KIND/KEY          200,000 of 300,000 bytes for the first request, then as KIND says: see odd_pages.c
 *     /odd/digest/KIND            two bytes with a Repr-Digest: right or wrong
 *     /odd/gzip                   what isn't gzip, and is said to be
 *     /odd/token                  the request's header X-Token, or "none"
 *     /odd/nothing                204
 *     /odd/asked/KEY              how many requests there were, how many of them asked for a range, and for one that may be compressed
 */
#ifndef RANKPOOL_ODD_PAGES_H
#define RANKPOOL_ODD_PAGES_H

/* Answers the request, if its path is one of these. Any thread. */
void odd_page_answer(int client, const char *path, const char *request);

#endif
