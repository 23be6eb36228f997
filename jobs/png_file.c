/* png_file.c: see png_file.h. The picture is written beside its place, and renamed. */
#include "png_file.h"
#include "library.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef RANKPOOL_PNG_LIBRARY
#include <png.h>

static int (*write_image)(png_imagep image, FILE *file, int convert_to_8bit, const void *buffer, png_int_32 row_stride,
                          const void *colormap);
static bool is_there;
static char reason[LIBRARY_REASON_SIZE];

static void load(void)
{
    void *library = library_open(RANKPOOL_PNG_LIBRARY, reason);
    is_there = library && library_take(library, RANKPOOL_PNG_LIBRARY, "png_image_write_to_stdio", &write_image, reason);
}

static rp_status find_library(rp_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    return is_there ? RP_OK : rp_error_set(error, RP_UNSUPPORTED, 0, "pictures need libpng: %s", reason);
}

static rp_status write_to(FILE *file, const picture *shown, rp_error *error)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = (png_uint_32)shown->width, .height = (png_uint_32)shown->height, .format = PNG_FORMAT_RGB};
    errno = 0;
    if (write_image(&image, file, 0, shown->pixels, 0, NULL)) return RP_OK;
    return rp_error_set(error, RP_SYSTEM, errno, "can't write the picture: %s", errno ? strerror(errno) : image.message);
}
#else
static rp_status find_library(rp_error *error)
{
    return rp_error_set(error, RP_UNSUPPORTED, 0, "pictures need libpng, and this program was built without it");
}

static rp_status write_to(FILE *file, const picture *shown, rp_error *error)
{
    (void)file, (void)shown;
    return find_library(error);
}
#endif

/* The name beside the path, of a file that is made for writing. NULL: errno says why not. */
static FILE *create_beside(const char *path, char part[PATH_MAX])
{
    errno = ENAMETOOLONG;
    if (snprintf(part, PATH_MAX, "%s.%ld.part", path, (long)getpid()) >= PATH_MAX) return NULL;
    int descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (file || descriptor < 0) return file;
    int cause = errno;
    (void)close(descriptor);
    (void)unlink(part);
    errno = cause;
    return NULL;
}

static rp_status refuse(rp_status status, rp_error *error)
{
    int cause = errno;
    char text[128];
    return rp_error_set(error, status, cause, "can't write the picture: %s", strerror_r(cause, text, sizeof(text)));
}

rp_status png_file_check(const char *path, rp_error *error)
{
    char part[PATH_MAX];
    rp_status status = find_library(error);
    if (status != RP_OK) return status;
    FILE *file = create_beside(path, part);
    if (!file) return refuse(RP_USAGE, error);
    (void)fclose(file);
    (void)unlink(part);
    return RP_OK;
}

rp_status png_file_write(const char *path, const picture *shown, rp_error *error)
{
    char part[PATH_MAX];
    rp_status status = find_library(error);
    if (status != RP_OK) return status;
    FILE *file = create_beside(path, part);
    if (!file) return refuse(RP_SYSTEM, error);
    status = write_to(file, shown, error);
    if (fclose(file) != 0 && status == RP_OK) status = refuse(RP_SYSTEM, error);
    if (status == RP_OK && rename(part, path) != 0) status = refuse(RP_SYSTEM, error);
    if (status != RP_OK) (void)unlink(part);
    return status;
}
