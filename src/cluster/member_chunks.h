/* member_chunks.h: a serving rank's calls and chunks: items come in, and results go back. */
#ifndef RPI_CLUSTER_MEMBER_CHUNKS_H
#define RPI_CLUSTER_MEMBER_CHUNKS_H

#include "cluster/member_state.h"

/* Handlers of messages. True: the handler keeps the message. */
bool rpi_member_take_call(member *self, rpi_message *message);
bool rpi_member_take_work(member *self, rpi_message *message);
bool rpi_member_take_recall(member *self, rpi_message *message);
bool rpi_member_take_cutoff(member *self, rpi_message *message);
bool rpi_member_take_forget(member *self, rpi_message *message);

/* Answers a WORK that isn't run, with the reason. */
void rpi_member_refuse_work(member *self, const rpi_header *header, rp_status status);

void rpi_member_forget_call(member_call *call);

/* Sends the results of chunks that the teams have finished. True: there was any. */
bool rpi_member_send_back(member *self);

/* Frees a list of chunks, with results that weren't sent. */
void rpi_member_free_chunks(rpi_list *chunks);

#endif
