# reference.awk: makes the reference of the interface, in Markdown, from the public headers: what each declares, with its comment. On standard
# error it names each entry without one, and then ends with status 1. Usage: awk [-v to=FILE] -f reference.awk HEADER…
#
# A comment counts for all declarations up to the next blank line; a macro or field may have its own beside it. A name that another comment
# of the headers explains, as those of the forms of tasks, counts as explained.
function base(path) { sub(/.*\//, "", path); return path }
# The name that a line declares; "": none. RPI__ names are nobody's.
function declares(line, name) {
    name = ""
    if (line ~ /^RP_API .*\(/) { name = line; sub(/\).*/, "", name); sub(/\([^(]*$/, "", name); sub(/.*[ *(]/, "", name) }
    else if (line ~ /^RP_API extern/) { name = line; sub(/\[.*/, "", name); sub(/.* /, "", name) }
    else if (line ~ /^#define RP_[A-Z]/) { name = line; sub(/^#define /, "", name); sub(/[( ].*/, "", name) }
    else if (line ~ /^typedef (struct|enum|union) rp_[a-z_0-9]+ \{/) { name = line; sub(/^typedef [a-z]+ /, "", name); sub(/ .*/, "", name) }
    else if (line ~ /^typedef struct rp_[a-z_]+ rp_[a-z_]+;/) { name = line; sub(/;.*/, "", name); sub(/.* /, "", name) }
    else if (line ~ /^typedef .* rp_[a-z_]+\(/) { name = line; sub(/\(.*/, "", name); sub(/.* /, "", name) }
    return name ~ /_sized$/ || name ~ /^RPI__/ ? "" : name
}
function flush_part(text) {
    if (n_entries > 0 || (comment != "" && code == "")) {
        text = ""
        for (i = 1; i <= n_entries; i++) text = text (i > 1 ? ", " : "") "`" entries[i] "`"
        if (text != "") out = out "\n### " text "\n"
        if (comment != "") out = out "\n" comment
        if (n_entries > 0) out = out "\n```c\n" code "```\n"
    }
    for (i = 1; i <= n_entries; i++) if (comment == "" && !(entries[i] in beside)) bare[entries[i]] = FILENAME
    comment = code = ""; n_entries = 0
}
# One line of a comment without its marks.
function add_comment(line) {
    all = all " " line
    sub(/ ?\*\/.*$/, "", line)
    if (line !~ /^\/\*/ && line !~ /^ \*/) sub(/^ +/, "", line)
    sub(/^\/\*+ ?/, "", line); sub(/^ \* ?/, "", line)
    comment = comment line "\n"
}
FNR == 1 { if (NR > 1) flush_part(); out = out "\n## rankpool/" base(FILENAME) "\n"; in_comment = 0; was_macro = 0 }
/^#ifn?def |^#if |^#endif|^#else|^#include|^extern "C"|^}$|clang-format/ && !in_comment { if (!was_macro) next }
/^#define RANKPOOL_.*_H$/ { next }
in_comment { add_comment($0); if ($0 ~ /\*\//) in_comment = 0; next }
/^\/\*/ { flush_part(); add_comment($0); in_comment = $0 !~ /\*\//; next }
/^ *$/ { flush_part(); was_macro = 0; next }
was_macro { was_macro = $0 ~ /\\$/; next } # what a macro becomes is nobody's business
{
    was_macro = $0 ~ /\\$/
    if ($0 ~ /\/\*/) all = all " " $0
    name = declares($0)
    if (name != "") { entries[++n_entries] = name; if ($0 ~ /\/\*/) beside[name] = 1 }
    sub(/ *\\$/, "")
    if ($0 !~ /RPI__SIZED|^#define RPI__|_sized/) code = code $0 "\n"
}
END {
    flush_part()
    if (to == "") to = "/dev/stdout"
    printf "# The interface of rankpool %s\n\nMade from the headers. The [guide](guide.md) shows how to use it.\n%s", version, out >to
    for (name in bare) if (all !~ "[^A-Za-z_]" name "[^A-Za-z_0-9]") { print base(bare[name]) ": " name " has no comment" >"/dev/stderr"; failed = 1 }
    exit failed
}
