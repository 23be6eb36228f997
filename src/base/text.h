/* text.h: text from outside, made fit for people: rankpool/text.h; and the one text of that kind that all layers need. */
#ifndef RPI_BASE_TEXT_H
#define RPI_BASE_TEXT_H

#include <rankpool/text.h>

/* Writes the name of this host, as rp_printable shows it; "" where there is none. */
void rpi_host_name(char *name, size_t size);

/* Makes a text that another process or host has sent fit for people, in its place. It ends at its first 0, or with its room. */
void rpi_text_clean(char *text, size_t size);

#endif
