/* digest.c: see digest.h. */
#include "digest.h"
#include "library.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>

/* The functions of libcrypto that are used. */
static struct {
    EVP_MD_CTX *(*new_context)(void);
    void (*free_context)(EVP_MD_CTX *context);
    const EVP_MD *(*sha256)(void);
    int (*begin)(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine);
    int (*add)(EVP_MD_CTX *context, const void *data, size_t size);
    int (*end)(EVP_MD_CTX *context, unsigned char *digest, unsigned *size);
    /* for short texts: without what it takes to find and set up a digest each time */
    int (*short_begin)(SHA256_CTX *context);
    int (*short_add)(SHA256_CTX *context, const void *data, size_t size);
    int (*short_end)(unsigned char *digest, SHA256_CTX *context);
} crypto;
static bool is_there;
static char reason[LIBRARY_REASON_SIZE];

static bool take(void *library, const char *name, void *function)
{
    return library_take(library, RANKPOOL_CRYPTO_LIBRARY, name, function, reason);
}

static void load(void)
{
    void *library = library_open(RANKPOOL_CRYPTO_LIBRARY, reason);
    is_there = library && take(library, "EVP_MD_CTX_new", &crypto.new_context) && take(library, "EVP_MD_CTX_free", &crypto.free_context) &&
               take(library, "EVP_sha256", &crypto.sha256) && take(library, "EVP_DigestInit_ex", &crypto.begin) &&
               take(library, "EVP_DigestUpdate", &crypto.add) && take(library, "EVP_DigestFinal_ex", &crypto.end) &&
               take(library, "SHA256_Init", &crypto.short_begin) && take(library, "SHA256_Update", &crypto.short_add) &&
               take(library, "SHA256_Final", &crypto.short_end);
}

static int is_loaded(const char **why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    *why = reason;
    return is_there;
}

static void free_context(EVP_MD_CTX *context)
{
    if (context) crypto.free_context(context);
}

static void as_text(const unsigned char *bytes, char *text, int n_digits)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < n_digits; i++) text[i] = digits[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
    text[n_digits] = '\0';
}

int digest_text(const void *first, size_t first_size, const void *second, size_t second_size, char text[DIGEST_TEXT_SIZE], const char **why)
{
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256_CTX context;
    if (!is_loaded(why)) return 0;
    int is_made = crypto.short_begin(&context) && crypto.short_add(&context, first, first_size) &&
                  crypto.short_add(&context, second, second_size) && crypto.short_end(bytes, &context);
    *why = "libcrypto made no SHA-256";
    if (is_made) as_text(bytes, text, DIGEST_TEXT_SIZE - 1);
    return is_made;
}

/* ---- of bytes that come one after another ---- */

int digest_begin(digest *self)
{
    const char *why;
    if (!is_loaded(&why)) return 0;
    if (!self->context) self->context = crypto.new_context();
    return self->context && crypto.begin(self->context, crypto.sha256(), NULL);
}

int digest_add(digest *self, const void *bytes, size_t size) { return self->context && crypto.add(self->context, bytes, size); }

static void as_base64(const unsigned char *bytes, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0, n = 0; i < 33; i += 3) { /* 32 bytes, and a 0 */
        unsigned three = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) text[n++] = digits[three >> shift & 63];
    }
    text[DIGEST_BASE64_SIZE - 2] = '=';
    text[DIGEST_BASE64_SIZE - 1] = '\0';
}

int digest_end(digest *self, char text[DIGEST_WHOLE_SIZE], char base64[DIGEST_BASE64_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE] = {0};
    if (!self->context || !crypto.end(self->context, bytes, NULL)) return 0;
    as_text(bytes, text, DIGEST_WHOLE_SIZE - 1);
    as_base64(bytes, base64);
    return 1;
}

void digest_fini(digest *self)
{
    free_context(self->context);
    self->context = NULL;
}
