/* command_output.c: see command_output.h. */
#include "command_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROOM = 8 << 10, STEP = 64 << 10 };

void command_output_begin(command_output *output, int pipe)
{
    *output = (command_output){.pipe = pipe, .file = -1, .memory = output->memory, .room = output->room};
    (void)fcntl(pipe, F_SETFL, O_NONBLOCK);
}

int command_output_open_file(void)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX];
    if (!folder || !*folder) folder = "/tmp";
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
    if (snprintf(path, sizeof(path), "%s/rankpool-XXXXXX", folder) >= (int)sizeof(path)) return -1;
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) (void)unlink(path);
    return file;
}

/* Returns 1; 0: `error` is set. */
static int write_all(command_output *output, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(output->file, data, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            output->error = n < 0 ? errno : EIO;
            return 0;
        }
        data += n;
        size -= (size_t)n;
    }
    return 1;
}

int command_output_to_file(command_output *output)
{
    if (output->file >= 0) return output->error == 0;
    output->file = command_output_open_file();
    if (output->file < 0) output->error = errno;
    return output->file >= 0 && write_all(output, output->memory, output->in_memory);
}

/* Makes room for one step in memory. 0: the output is too large for that, or there is no memory. */
static int make_room(command_output *output)
{
    if (output->in_memory + STEP <= output->room) return 1;
    size_t room = output->room ? 4 * output->room : FIRST_ROOM;
    if (room < output->in_memory + STEP) room = output->in_memory + STEP;
    if (room > COMMAND_OUTPUT_IN_MEMORY + STEP) return 0;
    char *grown = realloc(output->memory, room);
    if (!grown) return 0;
    output->memory = grown;
    output->room = room;
    return 1;
}

/* Keeps reading when something is missing: a command that waits for a full pipe would never end. */
void command_output_read(command_output *output)
{
    char step[STEP];
    int in_memory = output->file < 0 && !output->error && make_room(output);
    ssize_t n = read(output->pipe, in_memory ? output->memory + output->in_memory : step, STEP);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        command_output_end(output);
        return;
    }
    output->size += (uint64_t)n;
    if (in_memory) output->in_memory += (size_t)n;
    else if (!output->error && command_output_to_file(output)) (void)write_all(output, step, (size_t)n);
}

void command_output_end(command_output *output)
{
    if (output->pipe >= 0) (void)close(output->pipe);
    output->pipe = -1;
}

void command_output_clear(command_output *output)
{
    command_output_end(output);
    if (output->file >= 0) (void)close(output->file);
    output->file = -1;
    output->in_memory = 0;
    output->size = 0;
}
