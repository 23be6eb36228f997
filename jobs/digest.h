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

/* The SHA-256 of bytes that come one after another. {NULL} at first; digest_fini frees it. In one thread. */
typedef struct digest {
    void *context;
} digest;

#define DIGEST_WHOLE_SIZE  65 /* 256 bits as hexadecimal digits, and a 0 */
#define DIGEST_BASE64_SIZE 45 /* the same in base 64 */

/* Each returns 1, or 0: no memory, or the library can't be loaded or refuses. Only what was begun can be added to and ended. */
int digest_begin(digest *self);
int digest_add(digest *self, const void *bytes, size_t size);
int digest_end(digest *self, char text[DIGEST_WHOLE_SIZE], char base64[DIGEST_BASE64_SIZE]);
void digest_fini(digest *self);

#endif
