/* starter_answer.h: how a starter sends what became of a command to its rank, with what the command has printed. */
#ifndef RANKPOOL_JOBS_STARTER_ANSWER_H
#define RANKPOOL_JOBS_STARTER_ANSWER_H

#include "command_output.h"
#include "starter_messages.h"

/* Sends the answer with both outputs, and drops them. Where some of them is missing, none is sent, and the answer says so. Returns 1; 0:
 * the rank is gone. */
int starter_answer_send(int socket, starter_answer *answer, command_output *out, command_output *err);

#endif
