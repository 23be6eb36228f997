/* command_failure.h: how a command ended, as the failure of its item. */
#ifndef RANKPOOL_JOBS_COMMAND_FAILURE_H
#define RANKPOOL_JOBS_COMMAND_FAILURE_H

#include "command_words.h"
#include "starter.h"

/* In a task: fails its item, unless the command ended well. Its cause says how it ended, the code is its exit status, its signal, or an
 * errno when it couldn't be started. `folder`: where it was to run. */
void command_failure_judge(const starter_answer *answer, double timeout_s, texts words, const char *folder);

#endif
