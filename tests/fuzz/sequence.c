/* sequence.c: see sequence.h. */
#include "sequence.h"

#include "cluster/failure_detector.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic uint64_t time_ns = 1000000000;
static atomic_bool was_read;

static uint64_t simulated_ns(void)
{
    atomic_store(&was_read, true);
    return atomic_load(&time_ns);
}

rpi_link *sequence_detector(fake_network *network, int rank)
{
    rpi_failure_detector_options options = {
        .heartbeat_s = 0.05, .gap_s = 0.2, .silence_s = 2, .is_gone = fake_network_is_gone, .argument = network, .now_ns = simulated_ns};
    rpi_link *made;
    FUZZ_CHECK(rpi_failure_detector_create(fake_network_link(network, rank), &options, &made, NULL) == RP_OK);
    return made;
}

void sequence_pass(double seconds)
{
    if (atomic_exchange(&was_read, false)) atomic_fetch_add(&time_ns, (uint64_t)(1e9 * seconds));
}

void sequence_rest(void) { unit_sleep(0.0002); }

rpi_message *sequence_message(rpi_message_kind kind, uint64_t pool, size_t size)
{
    rpi_message *made = rpi_message_create(kind, pool, size);
    FUZZ_CHECK(made);
    return made;
}

rpi_message *sequence_anything(fuzz_input *input)
{
    uint64_t kind = fuzz_number(input, 1) % (RPI_HEARTBEAT + 2), pool = fuzz_number(input, 1) % 5, size = fuzz_number(input, 1);
    rpi_message *made = sequence_message((rpi_message_kind)kind, pool, size);
    memset(made->data, 0, size);
    size_t n = size < input->left ? size : input->left;
    if (n > 0) memcpy(made->data, input->at, n);
    input->at += n;
    input->left -= n;
    for (int k = 0; k < RPI_MOST_FIELDS; k++) {
        uint64_t field = fuzz_number(input, 1);
        made->header.fields[k] = field < 250 ? field : UINT64_MAX - (field - 250);
    }
    return made;
}

void sequence_send(sequence_peer *from, rpi_message *message)
{
    if (message->header.kind == RPI_HEARTBEAT) message->header.number = 0;
    else message->header.number = ++from->n_sent + (uint64_t)from->skew;
    from->skewed = from->skewed || from->skew != 0 || message->header.kind == RPI_HEARTBEAT;
    from->skew = 0;
    (void)from->link->ops->send(from->link, from->to, message, NULL);
}

void sequence_skew(sequence_peer *of, fuzz_input *input) { of->skew = (int8_t)fuzz_number(input, 1) % 4; }

rpi_message *sequence_receive(sequence_peer *at)
{
    rpi_message *message;
    int from;
    return at->link->ops->receive(at->link, &from, &message, NULL) == RP_OK ? message : NULL;
}
