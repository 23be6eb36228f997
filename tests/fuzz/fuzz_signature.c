/* fuzz_signature.c: signatures of functions from text. One that is read is written and read as the same. */
#include "fuzz.h"

#include "call_signature.h"

#include <stdio.h>
#include <string.h>

static void check(const call_signature *signature)
{
    char arguments[CALL_SIGNATURE_TEXT_SIZE], text[2 * CALL_SIGNATURE_TEXT_SIZE], why[CALL_SIGNATURE_WHY_SIZE];
    call_signature again;
    memset(&again, 0xee, sizeof again);
    FUZZ_CHECK(signature->n_arguments >= 0 && signature->n_arguments <= RP_MAX_ARGUMENTS);
    FUZZ_CHECK(signature->result > RP_TYPE_RECORD && signature->result <= RP_TYPE_VOID && signature->result != RP_TYPE_BYTES);
    (void)call_signature_arguments(signature, arguments);
    FUZZ_CHECK(strlen(arguments) < CALL_SIGNATURE_TEXT_SIZE - 1);
    snprintf(text, sizeof text, "%s(%s)", call_signature_type(signature->result), arguments);
    FUZZ_CHECK(call_signature_parse(text, &again, why));
    FUZZ_CHECK(again.result == signature->result && again.n_arguments == signature->n_arguments);
    for (int k = 0; k < signature->n_arguments; k++) {
        FUZZ_CHECK(again.arguments[k] == signature->arguments[k]);
        FUZZ_CHECK(again.arguments[k] != RP_TYPE_VOID && again.arguments[k] != RP_TYPE_BYTES && again.arguments[k] != RP_TYPE_RECORD);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t length;
    char *text = fuzz_rest(&input, &length), why[CALL_SIGNATURE_WHY_SIZE] = "";
    call_signature read = {.n_arguments = -1};
    if (call_signature_parse(text, &read, why)) {
        check(&read);
    } else {
        FUZZ_CHECK(read.n_arguments == -1);
        FUZZ_CHECK(why[0] && memchr(why, '\0', sizeof why));
    }
    free(text);
    return 0;
}
