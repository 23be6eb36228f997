# doxygen_cxx.awk: as doxygen.awk, for the headers of C++: a comment counts for all declarations up to the next blank line, so it is given
# with each of them.
function escaped(text) { gsub(/[\\@<>#&%$]/, "\\\\&", text); return text }
function balance(text, n) {
    gsub(/"[^"]*"/, "", text)
    n = gsub(/\{/, "", text)
    return n - gsub(/\}/, "", text)
}
FNR == 1 { print "/// @file\n/// " escaped(substr($0, 4)); was_comment = 1; next }
/^ *\/\/ / {
    at = index($0, "//")
    if (!was_comment) { of = ""; of_depth = depth; n = 0 }
    of = of " " escaped(substr($0, at + 3))
    print substr($0, 1, at - 1) "/// " escaped(substr($0, at + 3))
    was_comment = begins = 1
    next
}
/^ *\/\/$/ { sub(/\/\//, "///"); print; next }
/^ *$/ { if (depth == of_depth) of = ""; was_comment = 0; print; next }
{
    was_comment = 0
    at = index($0, " // ")
    code = at ? substr($0, 1, at - 1) : $0
    if (of != "" && depth == of_depth && begins && code !~ /^ *[{}#]/ && n++ > 0 && !at) print "///" of
    depth += balance(code)
    begins = depth == of_depth && code ~ /[;}]$/
    print at && code ~ /[;{,}]$/ ? code " ///< " escaped(substr($0, at + 4)) : code
}
