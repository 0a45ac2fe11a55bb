#include "runtime/text/file_kind.h"

#include <string.h>

typedef struct kind_info {
    size_t offset, length;
    const char *bytes, *what, *way;
} kind_info;

#define UTF8_WAY "save it in UTF-8 (iconv -f UTF-16 -t UTF-8)"

static const kind_info kinds[] = {
    [EML_FILE_KIND_UNKNOWN] = {0},
#define KIND(NAME, offset, bytes, what, way) [EML_FILE_KIND_##NAME] = {offset, sizeof(bytes) - 1, bytes, what, way},
#include "runtime/text/file_kind.def"
#undef KIND
    [EML_FILE_KIND_UTF16] = {0, 0, "", "text in UTF-16", UTF8_WAY},
};

/* ASCII in UTF-16: of the first four characters one byte each is 0, always the same one. */
static bool is_utf16(const char *bytes, size_t count) {
    if (count < 8) return false;
    bool low = true, high = true;
    for (size_t i = 0; i < 8; i += 2) {
        high = high && bytes[i] == '\0' && bytes[i + 1] != '\0';
        low = low && bytes[i] != '\0' && bytes[i + 1] == '\0';
    }
    return low || high;
}

eml_file_kind eml_file_kind_of(const void *bytes, size_t count) {
    for (eml_file_kind k = EML_FILE_KIND_UNKNOWN + 1; k < EML_FILE_KIND_UTF16; k++) {
        const kind_info *info = &kinds[k];
        if (count >= info->offset + info->length &&
            memcmp((const char *)bytes + info->offset, info->bytes, info->length) == 0)
            return k;
    }
    return is_utf16(bytes, count) ? EML_FILE_KIND_UTF16 : EML_FILE_KIND_UNKNOWN;
}

bool eml_file_kind_is_model(const void *bytes, size_t count) {
    static const char word[] = "model ";
    const char *at = bytes, *end = at + count;
    while (at < end && *at != '\0' && strchr(" \t\r\n#", *at) != NULL) {
        const char *line_end = *at == '#' ? memchr(at, '\n', (size_t)(end - at)) : at;
        at = line_end == NULL ? end : line_end + 1;
    }
    size_t left = (size_t)(end - at), length = sizeof word - 1;
    if (left <= length || memcmp(at, word, length) != 0) return false;
    const char *line_end = memchr(at, '\n', left);
    return memchr(at, ',', line_end == NULL ? left : (size_t)(line_end - at)) == NULL;
}

const char *eml_file_kind_name(eml_file_kind kind) { return kinds[kind].what; }

eml_status eml_file_kind_refuse(const char *file, eml_file_kind kind, const char *wanted, eml_error *err) {
    const kind_info *info = &kinds[kind];
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_FORMAT, "%s: this is %s, not %s%s%s", file, info->what, wanted,
                       info->way[0] == '\0' ? "" : ": ", info->way);
}

bool eml_file_kind_explain(const char *file, const void *bytes, size_t count, const char *wanted, eml_error *err) {
    eml_file_kind kind = count == 0 ? EML_FILE_KIND_UNKNOWN : eml_file_kind_of(bytes, count);
    if (kind == EML_FILE_KIND_UNKNOWN) return false;
    eml_file_kind_refuse(file, kind, wanted, err);
    return true;
}
