/* interrupted.c: see interrupted.h. */
#include "interrupted.h"
#include "signals.h"

#include <time.h>

enum { MOST_WAITS = 8, LOOKS = 25 };

static const struct timespec between_looks = {0, 10000000};

int interrupted_is(const rp_error *failure, unsigned *n_waits)
{
    if (failure->cause != RP_CAUSE_SIGNAL || !signals_is_known(failure->code)) return 0;
    if (signals_has_come(failure->code)) return 1;
    if (*n_waits >= MOST_WAITS) return 0;
    ++*n_waits;
    for (int k = 0; k < LOOKS && !signals_has_come(failure->code); k++) (void)nanosleep(&between_looks, NULL);
    return signals_has_come(failure->code);
}
