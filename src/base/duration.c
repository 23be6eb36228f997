/* duration.c: see duration.h. */
#include "base/duration.h"

#include "base/c_locale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 9 };

/* Reads digits up to `end`; moves `*text` behind them. Below 0: there are none, or too many. */
static long read_number(const char **text)
{
    size_t n = strspn(*text, "0123456789");
    if (n == 0 || n > MOST_DIGITS) return -1;
    long number = strtol(*text, NULL, 10);
    *text += n;
    return number;
}

/* Reads numbers with colons between them, to the end. Returns how many; 0: it is something else. */
static int read_parts(const char *text, long parts[3])
{
    int n = 0;
    while (n < 3 && (parts[n] = read_number(&text)) >= 0) {
        n++;
        if (*text == '\0') return n;
        if (*text++ != ':') return 0;
    }
    return 0;
}

static bool read_days(const char *text, double *seconds)
{
    long days = read_number(&text), parts[3] = {0};
    if (days < 0 || *text++ != '-') return false;
    int n = read_parts(text, parts);
    if (n == 0 || parts[0] > 23 || (n > 1 && parts[1] > 59) || (n > 2 && parts[2] > 59)) return false;
    for (int k = n; k < 3; k++) parts[k] = 0;
    *seconds = 86400.0 * (double)days + 3600.0 * (double)parts[0] + 60.0 * (double)parts[1] + (double)parts[2];
    return true;
}

static bool read_clock(const char *text, double *seconds)
{
    long parts[3];
    int n = read_parts(text, parts);
    if (n < 2 || parts[n - 1] > 59 || (n == 3 && parts[1] > 59)) return false;
    double minutes = n == 3 ? 60.0 * (double)parts[0] + (double)parts[1] : (double)parts[0];
    *seconds = 60.0 * minutes + (double)parts[n - 1];
    return true;
}

static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    double value = rpi_strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < 0) return false;
    *seconds = value;
    return true;
}

bool rpi_duration_read(const char *text, double *seconds)
{
    if (read_seconds(text, seconds)) return true;
    return strchr(text, '-') ? read_days(text, seconds) : read_clock(text, seconds);
}
