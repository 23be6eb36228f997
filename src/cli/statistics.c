/* statistics.c: computed in two passes, so that nearly equal times lose no digits. */
#include "statistics.h"

#include <math.h>

statistics statistics_of(const double *values, int n)
{
    double sum = 0.0, squares = 0.0, minimum = values[0];
    for (int i = 0; i < n; i++) {
        sum += values[i];
        minimum = fmin(minimum, values[i]);
    }
    double mean = sum / n;
    for (int i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
    return (statistics){mean, n > 1 ? sqrt(squares / (n - 1)) : 0.0, minimum};
}
