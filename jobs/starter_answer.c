/* starter_answer.c: see starter_answer.h. */
#include "starter_answer.h"

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
