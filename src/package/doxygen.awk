# doxygen.awk: what doxygen is given in place of a header: its comments as doxygen takes them for documentation, with the marks that it would
# understand as commands taken from them. As in reference.awk, a comment counts for all declarations up to the next blank line; and for all
# that are declared in its line. Line numbers stay.
function is_code(line) { return line ~ /^( \*|\/\*)?     / }
function escaped(text) { gsub(/[\\@<>#&%$]/, "\\\\&", text); return text }
function balance(text, n) { n = gsub(/\{/, "", text); return n - gsub(/\}/, "", text) }
# `T a, b;` of a struct as `T a; T b;`, each documented: one by the comment, which is behind the line or before it, the others by a word.
function apart(line, is_before, type, names, n, i, out) {
    if (depth == 0 || line !~ /^ +[a-z][^(){}=]*, [^(){}=]*; *$/) return line
    match(line, /^ +((const|unsigned) )?[a-z_0-9]+ /)
    type = substr(line, 1, RLENGTH)
    sub(/; *$/, "", line)
    n = split(substr(line, RLENGTH + 1), names, /, /)
    for (i = 1; i <= n; i++)
        out = out type names[i] ";" (i < n && !is_before ? " /**< As the next. */" : i > 1 && is_before ? " /**< As the one before. */" : " ")
    return out
}
in_comment {
    end = index($0, "*/")
    in_comment = !end
    text = end ? substr($0, 1, end - 1) : $0
    print (is_code(text) ? text : escaped(text)) (end ? substr($0, end) : "")
    next
}
/^ *$/ && depth == 0 { print (is_open ? "/**@}*/" : ""); is_open = 0; next }
{
    at = index($0, "/*")
    before = at ? substr($0, 1, at - 1) : $0
    if ($0 !~ /^extern "C"/) depth += balance(before)
    if (depth < 0) depth = 0 # the end of extern "C"
    if (!at) { print apart($0, 1); next }
    text = substr($0, at + 2)
    mark = before ~ /[^ ]/ ? "/**<" : "/**"
    if (FNR == 1) mark = "/** @file "
    else if (at == 1) { mark = (is_open ? "/**@}*/" : "") "/**@{*/ /**"; is_open = 1 }
    end = index(text, "*/")
    in_comment = !end
    print apart(before, 0) mark escaped(end ? substr(text, 1, end - 1) : text) (end ? substr(text, end) : "")
}
END { if (is_open) print "/**@}*/" }
