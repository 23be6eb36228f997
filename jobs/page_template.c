/* page_template.c: see page_template.h. A name is made part by part, a part being what stands between two slashes. */
#include "page_template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_OF_PART = 150, LONGEST_PART = 240, SHORT_HASH = 16, UNIT_SIZE = 8 }; /* with .part and a hash, a part has 255 bytes at most */

typedef struct name_maker {
    char *to; /* of PAGE_PATH_SIZE bytes */
    size_t n, part;
    int is_cut; /* the part lacks something */
    int64_t index;
    const char *address, *failed; /* failed: why there is no name */
} name_maker;

/* ---- bytes ---- */

static void put(name_maker *self, const char *bytes, size_t size)
{
    if (self->n + size >= PAGE_PATH_SIZE) self->failed = "the name of its file would be too long";
    if (self->failed) return;
    memcpy(self->to + self->n, bytes, size);
    self->n += size;
}

/* What isn't cut: all of it, or nothing. */
static void put_unit(name_maker *self, const char *bytes, size_t size)
{
    if (self->is_cut || self->n - self->part + size > MOST_OF_PART) self->is_cut = 1;
    else put(self, bytes, size);
}

static void put_hash(name_maker *self, int size)
{
    char hash[PAGE_HASH_SIZE];
    const char *why;
    if (page_hash(self->address, hash, &why)) put(self, hash, size ? (size_t)size : strlen(hash));
    else self->failed = why;
}

/* A part that was cut is told from others by a hash. */
static void end_cut(name_maker *self)
{
    if (!self->is_cut) return;
    put(self, "-", 1);
    put_hash(self, SHORT_HASH);
    self->is_cut = 0;
}

/* ---- texts ---- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte of a text, with its %XX decoded. Returns how many characters it is; 0: there is none. */
static size_t decode(const char *at, const char *end, unsigned char *byte)
{
    if (at >= end) return 0;
    *byte = (unsigned char)*at;
    if (*at != '%' || end - at < 3 || digit_of(at[1]) < 0 || digit_of(at[2]) < 0) return 1;
    *byte = (unsigned char)(digit_of(at[1]) * 16 + digit_of(at[2]));
    return 3;
}

/* A whole character of UTF-8 beyond ASCII that is no control character, decoded. Returns how many characters of the text it is; 0: it is
 * none. */
static size_t take_character(const char *at, const char *end, unsigned char bytes[4], size_t *n)
{
    size_t size = decode(at, end, &bytes[0]), all = size;
    *n = bytes[0] < 0xc2 ? 0 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < *n; i++, all += size)
        if (!(size = decode(at + all, end, &bytes[i])) || (bytes[i] & 0xc0) != 0x80) return 0;
    int is_odd = (bytes[0] == 0xc2 && bytes[1] < 0xa0) || (bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] >= 0xa0) ||
                 (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] >= 0x90);
    return *n > 0 && !is_odd ? all : 0;
}

static int is_safe(unsigned char c) { return c >= ' ' && c < 0x7f && !strchr("\\/:*?\"<>|%", c); }

static void put_byte(name_maker *self, unsigned char c)
{
    char unit[UNIT_SIZE];
    int size = snprintf(unit, sizeof(unit), is_safe(c) ? "%c" : "%%%02X", c);
    put_unit(self, unit, (size_t)size);
}

static void put_text(name_maker *self, const char *text, size_t size)
{
    unsigned char bytes[4];
    for (const char *at = text, *end = text + size; at < end;) {
        size_t n = 0, taken = take_character(at, end, bytes, &n);
        if (taken) put_unit(self, (const char *)bytes, n);
        else put_byte(self, (taken = decode(at, end, &bytes[0]), bytes[0]));
        at += taken;
    }
}

/* ---- parts ---- */

static void escape_at(name_maker *self, size_t at)
{
    char escaped[UNIT_SIZE];
    (void)snprintf(escaped, sizeof(escaped), "%%%02X", (unsigned char)self->to[at]);
    put(self, "  ", 2);
    if (self->failed) return;
    memmove(self->to + at + 3, self->to + at + 1, self->n - at - 3);
    memcpy(self->to + at, escaped, 3);
}

/* What some systems take for a device, whatever is behind a dot. */
static int is_device(const char *part, size_t size)
{
    static const char *const names[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    const char *dot = memchr(part, '.', size);
    size_t n = dot ? (size_t)(dot - part) : size;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (n < 3 || strncasecmp(part, names[i], 3) != 0) continue;
        if (n == 3 ? i < 4 : n == 4 && i >= 4 && part[3] >= '1' && part[3] <= '9') return 1;
    }
    return 0;
}

/* Hidden files, options, links to folders and devices are none; nor are ends that some systems drop. */
static void end_part(name_maker *self)
{
    end_cut(self);
    if (self->failed || self->n == self->part) return;
    char first = self->to[self->part], last = self->to[self->n - 1];
    if (self->n > self->part + 1 && (last == '.' || last == ' ')) escape_at(self, self->n - 1);
    if (first == '.' || first == '-' || first == ' ' || is_device(self->to + self->part, self->n - self->part)) escape_at(self, self->part);
    if (self->n - self->part > LONGEST_PART) self->failed = "a part of the name of its file would be too long";
}

/* Nothing between two slashes is no folder. */
static void put_slash(name_maker *self)
{
    end_part(self);
    if (self->n == self->part) return;
    put(self, "/", 1);
    self->part = self->n;
}

/* ---- addresses ---- */

typedef struct address_parts {
    const char *host, *path, *name, *query; /* name: the last part of the path */
    size_t host_size, folders_size, name_size, ext_size, query_size;
} address_parts;

static address_parts parts_of(const char *address)
{
    address_parts parts = {.host = page_host(address)};
    parts.host_size = strcspn(parts.host, "/?#");
    parts.path = parts.host + parts.host_size;
    size_t path_size = strcspn(parts.path, "?#");
    const char *slash = memrchr(parts.path, '/', path_size);
    parts.name = slash ? slash + 1 : parts.path;
    parts.folders_size = (size_t)(parts.name - parts.path);
    parts.ext_size = page_extension_size(parts.name, path_size - parts.folders_size);
    parts.name_size = path_size - parts.folders_size - parts.ext_size;
    parts.query = parts.path + path_size;
    parts.query_size = *parts.query == '?' ? strcspn(parts.query, "#") : 0;
    return parts;
}

static void put_host(name_maker *self, const address_parts *parts)
{
    for (size_t i = 0; i < parts->host_size; i++) {
        char c = parts->host[i];
        put_byte(self, (unsigned char)(c == ':' ? '_' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
}

static int is_index(const address_parts *parts) { return parts->name_size + parts->ext_size == 0; }

static void put_name(name_maker *self, const address_parts *parts)
{
    if (is_index(parts)) put_text(self, "index", 5);
    else put_text(self, parts->name, parts->name_size);
}

static void put_query(name_maker *self, const address_parts *parts) { put_text(self, parts->query, parts->query_size); }

static void put_ext(name_maker *self, const address_parts *parts)
{
    end_cut(self);
    if (is_index(parts)) put(self, ".html", 5);
    else put(self, parts->name + parts->name_size, parts->ext_size);
}

static void put_path(name_maker *self, const address_parts *parts)
{
    for (size_t at = 0, n; at < parts->folders_size; at += n + 1) {
        n = strcspn(parts->path + at, "/");
        put_text(self, parts->path + at, n);
        put_slash(self);
    }
    put_name(self, parts);
    put_query(self, parts);
    put_ext(self, parts);
}

static void put_whole_hash(name_maker *self, const address_parts *parts)
{
    (void)parts;
    put_hash(self, 0);
}

static void put_index(name_maker *self, const address_parts *parts)
{
    char digits[32];
    (void)parts;
    put(self, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, self->index));
}

/* ---- templates ---- */

static const struct {
    const char *name;
    void (*put)(name_maker *self, const address_parts *parts);
    int is_unique;
} values[] = {{"{host}", put_host, 0},   {"{path}", put_path, 0},       {"{name}", put_name, 0},  {"{ext}", put_ext, 0},
              {"{query}", put_query, 0}, {"{hash}", put_whole_hash, 1}, {"{index}", put_index, 1}};

enum { N_VALUES = sizeof(values) / sizeof(values[0]) };

/* Which value stands here; N_VALUES: none. */
static size_t value_at(const char *text)
{
    size_t k = 0;
    while (k < N_VALUES && strncmp(text, values[k].name, strlen(values[k].name)) != 0) k++;
    return k;
}

static int refuse(char reason[PAGE_TEMPLATE_REASON], const char *what, const char *text, size_t size)
{
    (void)snprintf(reason, PAGE_TEMPLATE_REASON, "%s%.*s", what, (int)(size < 60 ? size : 60), text);
    return 0;
}

int page_template_check(const char *template, char reason[PAGE_TEMPLATE_REASON])
{
    static const char all[] = "it may have {host} {path} {name} {ext} {query} {hash} {index}, and not ";
    char name[PAGE_PATH_SIZE];
    int n_values = 0;
    if (strlen(template) >= PAGE_TEMPLATE_SIZE) return refuse(reason, "it is too long", "", 0);
    for (const char *at = template; *at; at++) {
        size_t k = value_at(at), size = strcspn(at, "}");
        if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '\\') return refuse(reason, "it has a control character or a \\", "", 0);
        if (k == N_VALUES && (*at == '{' || *at == '}')) return refuse(reason, all, at, size + (at[size] == '}'));
        if (k < N_VALUES) n_values++, at += strlen(values[k].name) - 1;
    }
    if (n_values == 0) return refuse(reason, "all pages would have the name ", template, strlen(template));
    return page_template_expand(template, "http://host/path", 0, name, reason);
}

int page_template_is_unique(const char *template)
{
    for (size_t k = 0; k < N_VALUES; k++)
        if (values[k].is_unique && strstr(template, values[k].name)) return 1;
    return template[0] == '\0';
}

int page_template_expand(const char *template, const char *address, int64_t index, char name[PAGE_PATH_SIZE],
                         char reason[PAGE_TEMPLATE_REASON])
{
    name_maker self = {.to = name, .address = address, .index = index};
    const address_parts parts = parts_of(address);
    for (const char *at = template; *at && !self.failed; at++) {
        size_t k = value_at(at);
        if (k < N_VALUES) values[k].put(&self, &parts), at += strlen(values[k].name) - 1;
        else if (*at == '/') put_slash(&self);
        else put(&self, at, 1);
    }
    end_part(&self);
    if (!self.failed && self.n == self.part) self.failed = "its file would have no name";
    if (self.failed) return refuse(reason, self.failed, "", 0);
    self.to[self.n] = '\0';
    return 1;
}
