/* answer.c: see answer.h. */
#include "isolate/answer.h"

uint64_t rpi_answer_sum(const rpi_answer *answer, uint64_t request) { return rpi_checksum(answer, offsetof(rpi_answer, sum), request); }

bool rpi_answer_read(const rpi_mailbox *mailbox, uint64_t request, uint64_t count, rpi_answer *answer)
{
    unsigned place = rpi_request_place(request);
    rpi_copy_out(answer, &mailbox->answers->requests[place].answer, sizeof *answer);
    if (answer->sum != rpi_answer_sum(answer, request)) return false;
    if (answer->n_done > count || answer->n_failures > 1 || answer->n_failures > answer->n_done) return false;
    if (answer->emitted_size > RPI_SEGMENT_ROOM || answer->failures_size > RPI_SEGMENT_ROOM) return false;
    return rpi_mailbox_may_hold(mailbox, place, answer->emitted_size) && rpi_mailbox_may_hold(mailbox, place, answer->failures_size);
}

bool rpi_answers_are_touched(const rpi_answers *answers)
{
    bool touched = atomic_load(&answers->wrote_over) == RPI_WROTE_OVER;
    for (int k = 0; k < RPI_GUARDS; k++)
        touched = touched || atomic_load(&answers->front[k]) != RPI_GUARD || atomic_load(&answers->back[k]) != RPI_GUARD;
    return touched;
}
