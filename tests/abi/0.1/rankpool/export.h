/* export.h: marks what the shared library exports; everything else in it is hidden. */
#ifndef RANKPOOL_EXPORT_H
#define RANKPOOL_EXPORT_H

#if defined(__GNUC__)
#define RP_API                               __attribute__((__visibility__("default")))
#define RP_PRINTF(format_index, first_index) __attribute__((__format__(__printf__, format_index, first_index)))
#else
#error "rankpool needs a compiler with GNU C extensions (gcc or clang)"
#endif

#endif
