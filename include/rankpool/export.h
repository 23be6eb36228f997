/* export.h: marks what the shared library exports; everything else in it is hidden. */
#ifndef RANKPOOL_EXPORT_H
#define RANKPOOL_EXPORT_H

/* RP_API: the shared library exports it. RP_PRINTF: its arguments fit a format, as printf's do. */
#if defined(__GNUC__)
#define RP_API                               __attribute__((__visibility__("default")))
#define RP_PRINTF(format_index, first_index) __attribute__((__format__(__printf__, format_index, first_index)))
/* Not for use elsewhere. A function that is compiled into its caller, in front of the library's of the same name: it tells the library how
 * large the caller's structs are. So a later version may add to their ends, and programs that were compiled before still run with it. A
 * function pointer is to the library's own, which takes the structs for those of version 0.1.0. */
#define RPI__SIZED                           extern __inline__ __attribute__((__gnu_inline__, __always_inline__, __artificial__))
#else
#error "rankpool needs a compiler with GNU C extensions (gcc or clang)"
#endif

#endif
