/*
 * text.h: text from outside (files, servers, other hosts) made fit for people. The library and the program pass all that they print through
 * rp_printable: a terminal takes bytes for commands, and logs keep passwords. Results go through rp_escape, which leaves nothing out.
 */
#ifndef RANKPOOL_TEXT_H
#define RANKPOOL_TEXT_H

#include <rankpool/export.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Copies `size` bytes of text so that they can be shown on a terminal or written to a log, as UTF-8 on one line. Control characters but the
 * tab become "\n", "\r", "\x1b" or "\u0085"; so do the characters that turn the direction of writing around. A byte that is no UTF-8
 * becomes "\xff". User information in addresses is left out, as rp_without_user does. Shown twice, a text stays as it is.
 * `to`: `room` bytes, 1 or more; a text that doesn't fit ends in "…", between characters, and there is always a 0 behind it. It can't be
 * the text itself. Returns the length of what is there then. Any thread. */
RP_API size_t rp_printable(const void *text, size_t size, char *to, size_t room);

/* The same with the user information of addresses: for a text of which nothing may be missing. */
RP_API size_t rp_escape(const void *text, size_t size, char *to, size_t room);

/* Copies `size` bytes, without the user information of the addresses in them: "http://user:password@host/" becomes "http://host/". If an
 * address has no valid host and port, all up to the last "@" is taken for user information, as with a "/" in the password.
 * `to`: room for `size` bytes; may be the text itself. Adds no 0. Returns how many bytes were written. Any thread. */
RP_API size_t rp_without_user(const void *text, size_t size, char *to);

#ifdef __cplusplus
}
#endif
#endif
