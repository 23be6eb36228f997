/*
 * loaded.c: names the libraries that jobs load when they want them, in a note of the program that tools for packages read: nothing else in
 * the file says that they are needed. The format: "ELF dlopen metadata" of the UAPI group.
 */
#include <stdint.h>

#define NOTE_TYPE 0x407c0c0au

#define LIBRARY(feature, description, soname)                                                                                              \
    "{\"feature\":\"" feature "\",\"description\":\"" description "\",\"priority\":\"recommended\",\"soname\":[\"" soname "\"]}"

#ifdef RANKPOOL_FFI_LIBRARY
#define FFI "," LIBRARY("call", "functions of libraries", RANKPOOL_FFI_LIBRARY)
#else
#define FFI ""
#endif
#ifdef RANKPOOL_PNG_LIBRARY
#define PNG "," LIBRARY("mandelbrot", "pictures", RANKPOOL_PNG_LIBRARY)
#else
#define PNG ""
#endif
#define LIBRARIES                                                                                                                          \
    "[" LIBRARY("fetch", "pages of the web", RANKPOOL_CURL_LIBRARY) "," LIBRARY("sha256", "checksums of pages", RANKPOOL_CRYPTO_LIBRARY)   \
        FFI PNG "]"

static const struct {
    uint32_t name_size, text_size, type;
    char name[4];
    char text[(sizeof LIBRARIES + 3) / 4 * 4];
} note __attribute__((__used__, __section__(".note.dlopen"), __aligned__(4))) = {4, sizeof LIBRARIES, NOTE_TYPE, "FDO", LIBRARIES};
