/* hub_internal.h: the coordinator's state, shared by hub.c (the thread and its life), hub_pool.c (pools), parcels.c (items out and back),
 * limits.c (calls that are stopped), losses.c (ranks that are lost) and reports.c (what was recorded). */
#ifndef RPI_CLUSTER_HUB_INTERNAL_H
#define RPI_CLUSTER_HUB_INTERNAL_H

#include "cluster/hub.h"
#include "cluster/offset.h"
#include "cluster/talker.h"
#include "schedule/dispatch.h"
#include "worker/team.h"

/* What the other ranks know of a call. Made with its first batch, freed after it was forgotten. */
typedef struct hub_call {
    struct hub_call *previous, *next, *next_forgotten;
    rpi_work *work; /* until forgotten */
    uint64_t id;
    uint64_t limit_sent;
    rpi_rates *rates;      /* of the ranks, for schedules that go by them; NULL: not asked for, or no memory, and all count as equal */
    unsigned char known[]; /* by each rank */
} hub_call;

/* A batch that is being handed out. */
typedef struct hub_job {
    rpi_job job; /* first */
    struct hub_job *previous, *next;
    rpi_batch *batch;
    hub_call *call;
} hub_job;

/* What a client asks a rank for, one at a time. */
typedef struct hub_question {
    pthread_mutex_t one_at_a_time; /* held by the client that asks */
    pthread_cond_t answered;
    /* guarded by the talker's mutex */
    rpi_message *asked; /* to be sent; NULL: it was */
    bool waiting;       /* for the answer */
    int rank;
    uint64_t number; /* of the last question */
    rpi_exchange_times times;
    rpi_message *answer; /* NULL: there will be none */
} hub_question;

/* Items that are at one place. */
typedef struct parcel {
    struct parcel *next, *next_back;
    hub_job *job;
    rpi_hub_pool *pool;
    uint64_t id, first, count;
    uint64_t sent_ns; /* when it is recorded, or the job has rates */
    rpi_batch *batch; /* place 0: what the team runs; kept for the next use */
} parcel;

struct rpi_hub_pool {
    rpi_hub *hub;
    uint64_t id;
    rpi_team *team;
    rp_rank_info *ranks; /* of each rank, from when it is open */
    /* guarded by the talker's mutex */
    rpi_hub_pool *next;
    rpi_batch *submitted, **submitted_tail; /* by next_batch */
    parcel *back;                           /* that the own team is through with */
    hub_call *forgotten;
    bool limits_lowered;
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
    rpi_place *places;
    hub_job *jobs;
    hub_call *calls;
    parcel **out; /* a list for each place */
    parcel *idle; /* parcels to be used again */
    uint64_t next_parcel;
    hub_question question;
    rpi_recorder **chunks; /* of each rank, written by the talking thread; NULL: nothing is recorded */
};

struct rpi_hub {
    rpi_link *link; /* NULL: no other ranks */
    int n_ranks;
    pthread_t thread;
    rpi_talker talker;
    rpi_hub_pool *pools; /* guarded by the talker's mutex */
    uint64_t next_pool;  /* likewise */
    bool ending;         /* likewise */
    rp_error loss;       /* likewise: of the first rank that was lost; status RP_OK: none was */
    /* the talking thread's */
    int n_byes, n_lost; /* ranks that said it, and that were lost before */
    bool *is_lost;      /* each rank */
    bool stop_sent;
    uint64_t stop_deadline_ns;
    rp_status status; /* RP_OK, or why the link is of no more use */
};

/* hub.c; the message is the hub's from then on, and may be NULL (no memory: counts as lost). */
void rpi_hub_send(rpi_hub *hub, int rank, rpi_message *message);

/* hub_pool.c: OPEN and CLOSE under way, and the answers. With no lock held; true: something was done. */
bool rpi_hub_pool_talk(rpi_hub_pool *pool);
void rpi_hub_pool_answer(rpi_hub_pool *pool, int rank, rpi_message *message);
/* A rank is lost, and nobody's answer is waited for any more: whoever waits is told so. */
void rpi_hub_pool_lose(rpi_hub_pool *pool);

/* parcels.c: takes in what other threads left, sends out what places want. True: something was done. */
bool rpi_parcels_take_in(rpi_hub_pool *pool);
bool rpi_parcels_send(rpi_hub_pool *pool);
/* Where the results of a DONE of that rank belong, if they may go there as they come; NULL otherwise. */
char *rpi_parcels_place(const rpi_hub_pool *pool, int rank, const rpi_header *header);
/* A DONE of that rank. */
void rpi_parcels_done(rpi_hub_pool *pool, int rank, const rpi_message *message);
/* The batch's done function may end the call and the pool with it: nothing of either is touched after it. */
void rpi_parcels_end_job(rpi_hub_pool *pool, hub_job *job);
/* A parcel isn't at that place any more; its job is the caller's to end. */
void rpi_parcels_put_back(rpi_hub_pool *pool, int place, parcel *back);
/* Ends all jobs that have nothing more to wait for. */
void rpi_parcels_end_through(rpi_hub_pool *pool);
/* How the pool stands, for the talker's sleep. */
void rpi_parcels_quiet(const rpi_hub_pool *pool, rpi_quiet *quiet);
void rpi_parcels_free(rpi_hub_pool *pool);

/* reports.c: what is recorded of ranks, and asked of them. In the client's thread: */
bool rpi_reports_init(rpi_hub_pool *pool, const rpi_recording *recording); /* false: no memory */
void rpi_reports_fini(rpi_hub_pool *pool);                                 /* also after a failed init */
/* In the talking thread: a message about items to or from that rank; a parcel that goes out, or is back; a question that waits (true: there was
 * one); a REPORTED, which is taken over (NULL then) when it is waited for; a rank that is lost. */
void rpi_reports_sent(rpi_hub_pool *pool, int rank, const rpi_message *message);
void rpi_reports_received(rpi_hub_pool *pool, int rank, const rpi_message *message);
void rpi_reports_parcel_out(const rpi_hub_pool *pool, parcel *out);
void rpi_reports_parcel_back(rpi_hub_pool *pool, int rank, const parcel *back);
bool rpi_reports_talk(rpi_hub_pool *pool);
void rpi_reports_answer(rpi_hub_pool *pool, int rank, rpi_message **message);
void rpi_reports_lose(rpi_hub_pool *pool, int rank);

/* losses.c: what a rank that is lost had won't come back; its items become failures, and the calls that they or items not handed out yet are
 * of end as RP_LOST, once what other ranks have is back. */
void rpi_losses_of_rank(rpi_hub_pool *pool, int rank, const rp_error *loss);
/* After a loss: a batch that isn't begun any more. */
void rpi_losses_refuse(rpi_hub_pool *pool, rpi_batch *batch);

/* limits.c: tells all limits that were lowered and not told yet, and ends jobs that have nothing more to wait for. */
void rpi_limits_tell(rpi_hub_pool *pool);
/* Lowers the limits of calls that are being drained to their first item that wasn't handed out. */
void rpi_limits_drain(rpi_hub_pool *pool);

#endif
