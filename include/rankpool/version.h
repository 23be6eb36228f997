/* version.h: the version of rankpool that a program is compiled against. */
#ifndef RANKPOOL_VERSION_H
#define RANKPOOL_VERSION_H

#include <rankpool/export.h>

/* The version of these headers. rp_version has that of the library. */
#define RP_VERSION_MAJOR 0
#define RP_VERSION_MINOR 1
#define RP_VERSION_PATCH 0
#define RP_VERSION       "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is linked, as "0.1.0". Never NULL. Static text. Any thread, any rank. */
RP_API const char *rp_version(void);

/* What the library was built with, as "Open MPI v4.1.4, OpenMP 4.5 (201511)". A part that was left out is named as "no MPI" and so on.
 * Never NULL. Any thread, any rank; MPI need not be initialised. */
RP_API const char *rp_version_details(void);

#ifdef __cplusplus
}
#endif
#endif
