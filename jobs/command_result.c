/* command_result.c: see command_result.h. */
#include "command_result.h"

#include <string.h>

void command_result_emit(const command_result *result)
{
    command_head head = result->head;
    head.line_size = result->line.size;
    head.out_size = result->out.size;
    head.err_size = result->err.size;
    rp_emit(&head, sizeof(head));
    rp_emit(result->line.data, result->line.size);
    rp_emit(result->out.data, result->out.size);
    rp_emit(result->err.data, result->err.size);
}

/* Takes a part from the front. */
static int take(rp_bytes *rest, uint64_t size, rp_bytes *part)
{
    if (size > rest->size) return 0;
    *part = (rp_bytes){rest->data, (size_t)size};
    *rest = (rp_bytes){(const char *)rest->data + size, rest->size - (size_t)size};
    return 1;
}

int command_result_read(rp_bytes emitted, command_result *result)
{
    rp_bytes head;
    if (!take(&emitted, sizeof(result->head), &head)) return 0;
    memcpy(&result->head, head.data, sizeof(result->head));
    result->head.host[RP_ERROR_HOST_SIZE - 1] = '\0';
    return take(&emitted, result->head.line_size, &result->line) && take(&emitted, result->head.out_size, &result->out) &&
           take(&emitted, result->head.err_size, &result->err);
}
