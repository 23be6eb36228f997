/* coordinator_state.h: the coordinator's state, shared by coordinator.c (the thread and its life), coordinator_pool.c (pools), chunks.c (items out and back),
 * cutoffs.c (calls that are stopped), losses.c (ranks that are lost) and reports.c (what was recorded). */
#ifndef RPI_CLUSTER_COORDINATOR_STATE_H
#define RPI_CLUSTER_COORDINATOR_STATE_H

#include "cluster/clock_offset.h"
#include "cluster/coordinator.h"
#include "cluster/progress_thread.h"
#include "schedule/dispatch.h"
#include "worker/team.h"

/* What the other ranks know of a call. Made with its first batch, freed after it was forgotten. */
typedef struct coordinator_call {
    struct coordinator_call *previous, *next, *next_forgotten;
    rpi_work *work; /* until forgotten */
    uint64_t id;
    uint64_t cutoff_sent;
    rpi_rates *rates;      /* of the ranks, for schedules that go by them; NULL: not asked for, or no memory, and all count as equal */
    unsigned char known[]; /* by each rank */
} coordinator_call;

/* A batch that is being handed out. */
typedef struct coordinator_entry {
    rpi_dispatch_entry entry; /* first */
    struct coordinator_entry *previous, *next;
    rpi_batch *batch;
    coordinator_call *call;
} coordinator_entry;

/* What a client asks a rank for, one at a time. */
typedef struct report_request {
    pthread_mutex_t one_at_a_time; /* held by the client that asks */
    pthread_cond_t answered;
    /* guarded by the progress_thread's mutex */
    rpi_message *asked; /* to be sent; NULL: it was */
    bool waiting;       /* for the answer */
    int rank;
    uint64_t number; /* of the last question */
    rpi_clock_sample times;
    rpi_message *answer; /* NULL: there will be none */
} report_request;

/* Items that are at one place. */
typedef struct chunk {
    struct chunk *next, *next_back;
    coordinator_entry *entry;
    rpi_coordinator_pool *pool;
    uint64_t id, first, count;
    uint64_t sent_ns; /* when it is recorded, or the entry has rates */
    rpi_batch *batch; /* place 0: what the team runs; kept for the next use */
} chunk;

struct rpi_coordinator_pool {
    rpi_coordinator *coordinator;
    uint64_t id;
    rpi_team *team;
    rp_rank_info *ranks; /* of each rank, from when it is open */
    /* guarded by the progress_thread's mutex */
    rpi_coordinator_pool *next;
    rpi_list submitted; /* batches */
    chunk *back;        /* that the own team is through with */
    coordinator_call *forgotten;
    bool cutoffs_lowered;
    bool opening, closing;     /* messages to be sent */
    bool ending;               /* CLOSE was asked for */
    bool let_go;               /* by the talking thread */
    rpi_message *open_message; /* what is to be sent to each */
    int n_awaited;             /* ranks that haven't answered OPEN or CLOSE */
    pthread_cond_t answered;
    rp_error answer; /* of the first rank that failed */
    rp_error loss;   /* of the first rank that was lost, with what it had; status RP_OK: none was */
    /* the talking thread's */
    rpi_dispatch dispatch;
    rpi_dispatch_member *members;
    coordinator_entry *entries;
    coordinator_call *calls;
    chunk **out; /* a list for each place */
    chunk *idle; /* chunks to be used again */
    uint64_t next_chunk;
    report_request question;
    rpi_recorder **chunks; /* of each rank, written by the talking thread; NULL: nothing is recorded */
};

struct rpi_coordinator {
    rpi_link *link; /* NULL: no other ranks */
    int n_ranks;
    pthread_t thread;
    rpi_progress_thread progress_thread;
    rpi_coordinator_pool *pools; /* guarded by the progress_thread's mutex */
    uint64_t next_pool;          /* likewise */
    bool ending;                 /* likewise */
    rp_error loss;               /* likewise: of the first rank that was lost; status RP_OK: none was */
    /* the talking thread's */
    int n_byes, n_lost; /* ranks that said it, and that were lost before */
    bool *is_lost;      /* each rank */
    bool stop_sent;
    uint64_t stop_deadline_ns;
    rp_status status; /* RP_OK, or why the link is of no more use */
};

/* coordinator.c; the message is the coordinator's from then on, and may be NULL (no memory: counts as lost). */
void rpi_coordinator_send(rpi_coordinator *coordinator, int rank, rpi_message *message);

/* coordinator_pool.c: OPEN and CLOSE under way, and the answers. With no lock held; true: something was done. */
bool rpi_coordinator_pool_talk(rpi_coordinator_pool *pool);
void rpi_coordinator_pool_answer(rpi_coordinator_pool *pool, int rank, rpi_message *message);
/* A rank is lost, and nobody's answer is waited for any more: whoever waits is told so. */
void rpi_coordinator_pool_lose(rpi_coordinator_pool *pool);

/* chunks.c: takes in what other threads left, sends out what members want. True: something was done. */
bool rpi_chunks_take_in(rpi_coordinator_pool *pool);
bool rpi_chunks_send(rpi_coordinator_pool *pool);
/* Where the results of a DONE of that rank belong, if they may go there as they come; NULL otherwise. */
char *rpi_chunks_destination(const rpi_coordinator_pool *pool, int rank, const rpi_header *header);
/* A DONE of that rank. */
void rpi_chunks_done(rpi_coordinator_pool *pool, int rank, const rpi_message *message);
/* The batch's done function may end the call and the pool with it: nothing of either is touched after it. */
void rpi_chunks_end_entry(rpi_coordinator_pool *pool, coordinator_entry *entry);
/* A chunk isn't at that place any more; its entry is the caller's to end. */
void rpi_chunks_put_back(rpi_coordinator_pool *pool, int member, chunk *back);
/* Ends all entries that have nothing more to wait for. */
void rpi_chunks_end_through(rpi_coordinator_pool *pool);
/* How the pool stands, for the progress_thread's sleep. */
void rpi_chunks_poll_state(const rpi_coordinator_pool *pool, rpi_poll_state *poll);
void rpi_chunks_free(rpi_coordinator_pool *pool);

/* reports.c: what is recorded of ranks, and asked of them. In the client's thread: */
bool rpi_reports_init(rpi_coordinator_pool *pool, const rpi_recording *recording); /* false: no memory */
void rpi_reports_fini(rpi_coordinator_pool *pool);                                 /* also after a failed init */
/* In the talking thread: a message about items to or from that rank; a chunk that goes out, or is back; a question that waits (true: there was
 * one); a REPORTED, which is taken over (NULL then) when it is waited for; a rank that is lost. */
void rpi_reports_sent(rpi_coordinator_pool *pool, int rank, const rpi_message *message);
void rpi_reports_received(rpi_coordinator_pool *pool, int rank, const rpi_message *message);
void rpi_reports_chunk_out(const rpi_coordinator_pool *pool, chunk *out);
void rpi_reports_chunk_back(rpi_coordinator_pool *pool, int rank, const chunk *back);
bool rpi_reports_talk(rpi_coordinator_pool *pool);
void rpi_reports_answer(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_reports_lose(rpi_coordinator_pool *pool, int rank);

/* losses.c: what a rank that is lost had won't come back; its items become failures, and the calls that they or items not handed out yet are
 * of end as RP_LOST, once what other ranks have is back. */
void rpi_losses_of_rank(rpi_coordinator_pool *pool, int rank, const rp_error *loss);
/* After a loss: a batch that isn't begun any more. */
void rpi_losses_refuse(rpi_coordinator_pool *pool, rpi_batch *batch);

/* cutoffs.c: tells all cutoffs that were lowered and not told yet, and ends entries that have nothing more to wait for. */
void rpi_cutoffs_tell(rpi_coordinator_pool *pool);
/* Lowers the cutoffs of calls that are being drained to their first item that wasn't handed out. */
void rpi_cutoffs_drain(rpi_coordinator_pool *pool);

#endif
