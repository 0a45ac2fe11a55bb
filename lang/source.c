#include "lang/source.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/memory.h"
#include "runtime/text/file_kind.h"
#include "runtime/text/text.h"

static void index_lines(eml_source *source) {
    size_t lines = 1;
    for (size_t i = 0; i < source->length; i++) lines += source->text[i] == '\n';
    source->line_starts = eml_alloc(lines, sizeof *source->line_starts);
    source->line_count = 1;
    for (size_t i = 0; i < source->length; i++)
        if (source->text[i] == '\n') source->line_starts[source->line_count++] = (uint32_t)(i + 1);
}

void eml_source_from_text(const char *path, const char *text, size_t length, eml_source *out) {
    assert(length <= EML_SOURCE_BYTES_MAX);
    size_t mark = eml_utf8_mark(text, length);
    text += mark;
    length -= mark;
    *out =
        (eml_source){.path = eml_copy_text(path, strlen(path)), .text = eml_copy_text(text, length), .length = length};
    index_lines(out);
}

eml_status eml_source_read(const char *path, eml_source *out, eml_error *err) {
    eml_buf bytes = {0};
    EML_TRY(eml_file_read(path, EML_SOURCE_BYTES_MAX, &bytes, err));
    if (eml_file_kind_explain(path, bytes.data, bytes.len, "the text of a model", err)) {
        eml_buf_free(&bytes);
        return EML_ERR_INPUT;
    }
    eml_source_from_text(path, bytes.len == 0 ? "" : (const char *)bytes.data, bytes.len, out);
    eml_buf_free(&bytes);
    return EML_OK;
}

void eml_source_free(eml_source *source) {
    eml_free(source->path);
    eml_free(source->text);
    eml_free(source->line_starts);
    *source = (eml_source){0};
}

static uint32_t line_of(const eml_source *source, uint32_t offset) {
    size_t low = 0, high = source->line_count; /* line_starts[low] <= offset < line_starts[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static uint32_t count_characters(const char *from, const char *to) {
    uint32_t count = 0;
    while (from < to) {
        size_t length = eml_utf8_decode(from, (size_t)(to - from), NULL);
        from += length == 0 ? 1 : length;
        count++;
    }
    return count;
}

void eml_source_locate(const eml_source *source, uint32_t offset, uint32_t *line, uint32_t *column) {
    eml_locator locator = {.source = source};
    eml_locator_move(&locator, offset, line, column);
}

void eml_locator_move(eml_locator *locator, uint32_t offset, uint32_t *line, uint32_t *column) {
    const eml_source *source = locator->source;
    uint32_t index = line_of(source, offset);
    uint32_t start = source->line_starts[index];
    uint32_t from = start, count = 0;
    if (locator->offset >= start && locator->offset <= offset) { /* further on the same line */
        from = locator->offset;
        count = locator->characters;
    }
    count += count_characters(source->text + from, source->text + offset);
    locator->offset = offset;
    locator->characters = count;
    *line = index + 1;
    *column = count + 1;
}
