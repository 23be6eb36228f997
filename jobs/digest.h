/*
 * digest.h: a cryptographic hash of a text, so that nobody can make two texts with the same one. It is SHA-256 of OpenSSL's libcrypto,
 * which is loaded when it is first used. Debian's libcurl needs that library too.
 */
#ifndef RANKPOOL_DIGEST_H
#define RANKPOOL_DIGEST_H

#include <stddef.h>

#define DIGEST_TEXT_SIZE 41 /* the first 160 bits as hexadecimal digits, and a 0 */

/* Hashes the text that consists of both parts. Returns 1; or 0: the library can't be loaded or refuses, and `*why` (static text) says
 * why. Any thread. */
int digest_text(const void *first, size_t first_size, const void *second, size_t second_size, char text[DIGEST_TEXT_SIZE],
                const char **why);

#endif
