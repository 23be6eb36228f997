/* digest.c: see digest.h. */
#include "digest.h"
#include "library.h"

#include <openssl/evp.h>
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
               take(library, "EVP_DigestUpdate", &crypto.add) && take(library, "EVP_DigestFinal_ex", &crypto.end);
}

int digest_text(const void *first, size_t first_size, const void *second, size_t second_size, char text[DIGEST_TEXT_SIZE], const char **why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    (void)pthread_once(&once, load);
    *why = reason;
    if (!is_there) return 0;
    EVP_MD_CTX *context = crypto.new_context();
    int is_made = context && crypto.begin(context, crypto.sha256(), NULL) && crypto.add(context, first, first_size) &&
                  crypto.add(context, second, second_size) && crypto.end(context, bytes, NULL);
    crypto.free_context(context);
    *why = "libcrypto made no SHA-256";
    for (int i = 0; is_made && i < (DIGEST_TEXT_SIZE - 1) / 2; i++) (void)snprintf(text + 2 * (ptrdiff_t)i, 3, "%02x", bytes[i]);
    return is_made;
}
