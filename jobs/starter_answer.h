/* starter_answer.h: how a starter sends what became of a command to its rank, with what the command has printed. */
#ifndef RANKPOOL_JOBS_STARTER_ANSWER_H
#define RANKPOOL_JOBS_STARTER_ANSWER_H

#include "command_output.h"
#include "starter_messages.h"

/* Sends the answer with both outputs, and drops them. Where some of them is missing, none is sent, and the answer says so. Returns 1; 0:
 * the rank is gone. */
int starter_answer_send(int socket, starter_answer *answer, command_output *out, command_output *err);

/* Sends a part of each output, from those bytes on, as much as is handy. What is missing is left out. Returns likewise. */
int starter_answer_send_part(int socket, const command_output *out, uint64_t out_from, const command_output *err, uint64_t err_from);

#endif
