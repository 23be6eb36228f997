/*
 * sequence.h: what the targets share that send sequences of messages to a coordinator or a member over the fake link: a side of the link
 * that is played by the input, and time that passes when the input says so.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include "fuzz.h"

#include "fake_link.h"

#define SEQUENCE_HANG_S 60.0

/* The side that is played. Its messages are numbered as a failure detector would, unless they are skewed. */
typedef struct sequence_peer {
    rpi_link *link;
    int to;
    uint64_t n_sent;
    int64_t skew; /* is added to the number of the next message */
    bool skewed;  /* a number was wrong */
} sequence_peer;

/* A failure detector around the link of that rank, in simulated time: a gap of 0.2 s is a loss, and so are 2 s of silence. */
rpi_link *sequence_detector(fake_network *network, int rank);
/* Lets a small part of time pass, once the detector has looked at the clock again. It forgives a peer what it missed in a long pause. */
void sequence_pass(double seconds);
/* Real time, for the threads that are tested. */
void sequence_rest(void);

rpi_message *sequence_message(rpi_message_kind kind, uint64_t pool, size_t size);
/* Any kind, small fields and any data, from the input. */
rpi_message *sequence_anything(fuzz_input *input);

/* Sends a message, which belongs to the link then. */
void sequence_send(sequence_peer *from, rpi_message *message);
/* The next message will have a wrong number. */
void sequence_skew(sequence_peer *of, fuzz_input *input);
/* The next message to the peer; NULL: none is there, or its link fails. */
rpi_message *sequence_receive(sequence_peer *at);

#endif
