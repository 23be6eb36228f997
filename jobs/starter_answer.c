/* starter_answer.c: see starter_answer.h. */
#include "starter_answer.h"

#include <unistd.h>

enum { PART_SIZE = 64 << 10 };

static int are_files(const command_output *out, const command_output *err) { return out->file >= 0 || err->file >= 0; }

static void find_lost_output(starter_answer *answer, command_output *out, command_output *err)
{
    int is_whole = !are_files(out, err) || (command_output_to_file(out) && command_output_to_file(err));
    int code = out->error ? out->error : err->error;
    if (is_whole && !code) return;
    answer->has_lost_output = 1;
    answer->code = code;
    command_output_clear(out);
    command_output_clear(err);
}

int starter_answer_send(int socket, starter_answer *answer, command_output *out, command_output *err)
{
    find_lost_output(answer, out, err);
    answer->n_descriptors = are_files(out, err) ? 2 : 0;
    answer->out_size = out->size;
    answer->err_size = err->size;
    int files[] = {out->file, err->file}, n = answer->n_descriptors ? 1 : 3;
    struct iovec parts[] = {{answer, sizeof(*answer)}, {out->memory, out->in_memory}, {err->memory, err->in_memory}};
    int sent = starter_send(socket, parts, n);
    if (sent && answer->n_descriptors) sent = starter_send_descriptors(socket, files, 2);
    command_output_clear(out);
    command_output_clear(err);
    return sent;
}

/* Returns how many bytes there are; `*at` points to them, which may be in `room`. */
static size_t part_of(const command_output *output, uint64_t from, char *room, char **at)
{
    uint64_t left = output->error || from >= output->size ? 0 : output->size - from;
    size_t size = left < PART_SIZE ? (size_t)left : PART_SIZE;
    *at = output->file < 0 ? output->memory + from : room;
    if (size == 0 || output->file < 0) return size;
    ssize_t n = pread(output->file, room, size, (off_t)from);
    return n > 0 ? (size_t)n : 0;
}

int starter_answer_send_part(int socket, const command_output *out, uint64_t out_from, const command_output *err, uint64_t err_from)
{
    char out_room[PART_SIZE], err_room[PART_SIZE], *out_at, *err_at;
    starter_answer answer = {.is_part = 1};
    answer.out_size = part_of(out, out_from, out_room, &out_at);
    answer.err_size = part_of(err, err_from, err_room, &err_at);
    struct iovec parts[] = {{&answer, sizeof(answer)}, {out_at, (size_t)answer.out_size}, {err_at, (size_t)answer.err_size}};
    return starter_send(socket, parts, 3);
}
