/* page_retry.h: what is worth another try, and when. Pure; used by the job `fetch`. */
#ifndef RANKPOOL_PAGE_RETRY_H
#define RANKPOOL_PAGE_RETRY_H

/* Whether a transfer that ended so may succeed the next time: by the HTTP status of its answer, or the CURLcode of one that got none. A
 * page that isn't there, a certificate that isn't trusted, and a disk that is full stay so. */
int page_retry_helps_status(long status);
int page_retry_helps_code(int code);

/* Seconds until try `n_tries` + 1: about `first_s`, twice as long each time, at most 60 s. `random` is from 0 to 1: waits differ by up to
 * half, so that those who failed together don't come back together. */
double page_retry_wait_s(unsigned n_tries, double first_s, double random);

#endif
