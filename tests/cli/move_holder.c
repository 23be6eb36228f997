/* move_holder.c JOURNAL [PID]: makes the holder of the journal one of another host, so that nobody here can tell whether it lives; or gives
 * it the number of another process, as if that had been used again. */
#include "journal/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char path[4096], bytes[RPI_HOLDER_BYTES];
    rpi_holder holder;
    snprintf(path, sizeof path, "%s/lock", argc > 1 ? argv[1] : "journal");
    FILE *file = fopen(path, "r+");
    if (!file || !rpi_holder_read(bytes, fread(bytes, 1, sizeof bytes, file), &holder)) return 1;
    if (argc > 2) {
        holder.process.pid = atoll(argv[2]);
    } else {
        snprintf(holder.process.boot_id, sizeof holder.process.boot_id, "another");
        snprintf(holder.process.host, sizeof holder.process.host, "n9");
    }
    rpi_holder_write(&holder, bytes);
    rewind(file);
    return fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes && fclose(file) == 0 ? 0 : 1;
}
