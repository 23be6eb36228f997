/* time_left.c: see time_left.h. */
#include "pool/time_left.h"

static const double margin_s = 10, least_look_s = 0.01, most_look_s = 1;

double rpi_time_left_reserve_s(const rpi_time_left *time)
{
    return margin_s + time->closing_s + (time->request_s > 0 ? time->request_s : time->longest_s);
}

bool rpi_time_left_may_begin(const rpi_time_left *time, double now_s) { return time->end_s - now_s >= rpi_time_left_reserve_s(time); }

double rpi_time_left_look_s(const rpi_time_left *time, double now_s)
{
    double slack_s = time->end_s - now_s - rpi_time_left_reserve_s(time);
    return slack_s < least_look_s ? least_look_s : slack_s < most_look_s ? slack_s : most_look_s;
}
