/* cells.c: see cells.h. The program may have set no locale, or one for its own use; so the user's is made once, and stays. */
#include "base/cells.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wchar.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t users_locale; /* 0: it couldn't be made, and the thread's own is used */

static void make(void) { users_locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0); }

/* The bytes of the first character, and its cells. */
static size_t first_character(const char *text, int *cells)
{
    wchar_t character;
    mbstate_t state = {0};
    size_t length = mbrtowc(&character, text, strlen(text), &state);
    *cells = 1;
    if (length == 0 || length > strlen(text)) return 1;
    int width = wcwidth(character);
    if (width >= 0) *cells = width;
    return length;
}

/* Goes through whole characters until `most` cells are full or the text ends. Returns the bytes. */
static size_t measure(const char *text, int most, int *cells)
{
    (void)pthread_once(&once, make);
    locale_t before = users_locale ? uselocale(users_locale) : (locale_t)0;
    size_t used = 0;
    int width;
    for (*cells = 0; text[used]; *cells += width) {
        size_t length = first_character(text + used, &width);
        if (width > most - *cells) break;
        used += length;
    }
    if (before) (void)uselocale(before);
    return used;
}

int rpi_cells(const char *text)
{
    int cells;
    (void)measure(text, 1 << 30, &cells);
    return cells;
}

size_t rpi_cells_fit(const char *text, int cells)
{
    int used;
    return measure(text, cells, &used);
}
