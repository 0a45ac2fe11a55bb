/* Diagnostics as text for people and as JSON for tools. */
#include "lang/diag.h"

#include <string.h>

#include "runtime/text/text.h"

/* A source line is shown whole up to LINE_SHOWN characters; of a longer one, the part that starts LEAD characters
 * before the span. */
enum { LINE_SHOWN = 160, LEAD = 60 };

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

typedef struct palette {
    const char *error, *warning, *note, *strong, *dim, *reset;
} palette;

static const palette palettes[] = {
    {"", "", "", "", "", ""},
    {"\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1m", "\033[34m", "\033[0m"},
};

/* The character at text as it may go to a terminal: controls, direction overrides (which could show other text than the
 * compiler reads) and stray bytes are replaced. Gives its length in the source. */
static size_t put_shown(eml_buf *out, const char *text, size_t left) {
    uint32_t point = 0;
    size_t length = eml_utf8_decode(text, left, &point);
    bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool directs = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    if (*text == '\t')
        eml_buf_put_u8(out, ' '); /* one column, so that the underline fits */
    else if (length == 0 || control || directs)
        eml_buf_put_text(out, REPLACEMENT);
    else
        eml_buf_put(out, text, length);
    return length == 0 ? 1 : length;
}

void eml_diag_put_shown(const char *text, eml_buf *out) {
    for (size_t left = strlen(text); left > 0;) {
        size_t length = put_shown(out, text, left);
        text += length;
        left -= length;
    }
}

/* The offset `count` characters before at, but not before floor. */
static uint32_t step_back(const eml_source *source, uint32_t at, uint32_t floor, int count) {
    while (count-- > 0 && at > floor) {
        uint32_t limit = at - floor < 4 ? floor : at - 4; /* a character has at most 4 bytes */
        do at--;
        while (at > limit && ((unsigned char)source->text[at] & 0xC0) == 0x80);
    }
    return at;
}

/* The part of the line around span that is shown: byte offsets. */
static eml_span window(const eml_source *source, eml_span span, uint32_t line, uint32_t column) {
    uint32_t start = source->line_starts[line - 1];
    uint32_t end = line < source->line_count ? source->line_starts[line] - 1 : (uint32_t)source->length;
    if (end > start && source->text[end - 1] == '\r') end--;
    if (column > LINE_SHOWN - LEAD) start = step_back(source, span.start, start, LEAD);
    uint32_t to = start;
    for (int shown = 0; to < end && shown < LINE_SHOWN; shown++) {
        size_t length = eml_utf8_decode(source->text + to, end - to, NULL);
        to += length == 0 ? 1 : (uint32_t)length;
    }
    return (eml_span){start, to};
}

/* Whether what stands at this offset is hidden, *next being the first hidden span that does not end before it. */
static bool is_hidden(const eml_diags *diags, uint32_t at, size_t *next) {
    while (*next < diags->hidden_count && diags->hidden[*next].end <= at) ++*next;
    return *next < diags->hidden_count && diags->hidden[*next].start <= at;
}

static void put_excerpt(const eml_diags *diags, eml_span span, uint32_t line, uint32_t column, const char *color,
                        const palette *colors, eml_buf *out) {
    const eml_source *source = diags->source;
    eml_span shown = window(source, span, line, column);
    size_t hidden = 0;
    uint32_t before = 0, under = 0;
    eml_buf_printf(out, "%s%6u |%s ", colors->dim, line, colors->reset);
    for (uint32_t at = shown.start; at < shown.end;) {
        if (at < span.start) before++;
        if (at >= span.start && at < span.end) under++;
        if (source->text[at] != ' ' && is_hidden(diags, at, &hidden)) {
            size_t length = eml_utf8_decode(source->text + at, shown.end - at, NULL);
            eml_buf_put_u8(out, '*');
            at += length == 0 ? 1 : (uint32_t)length;
        } else {
            at += (uint32_t)put_shown(out, source->text + at, shown.end - at);
        }
    }
    eml_buf_printf(out, "\n%s       |%s ", colors->dim, colors->reset);
    while (before-- > 0) eml_buf_put_u8(out, ' ');
    eml_buf_put_text(out, color);
    do eml_buf_put_u8(out, '^');
    while (under-- > 1);
    eml_buf_printf(out, "%s\n", colors->reset);
}

static void put_position(const eml_source *source, uint32_t line, uint32_t column, const palette *colors,
                         eml_buf *out) {
    eml_buf_put_text(out, colors->strong);
    eml_diag_put_shown(source->path, out);
    eml_buf_printf(out, ":%u:%u:%s ", line, column, colors->reset);
}

static void put_note(const eml_diags *diags, const eml_note *note, const palette *colors, eml_buf *out) {
    const eml_source *source = diags->source;
    uint32_t line, column;
    if (note->has_span) {
        eml_source_locate(source, note->span.start, &line, &column);
        put_position(source, line, column, colors, out);
    } else {
        eml_buf_put_text(out, "       = ");
    }
    eml_buf_printf(out, "%snote:%s ", colors->note, colors->reset);
    eml_diag_put_shown(note->text, out);
    eml_buf_put_u8(out, '\n');
    if (note->has_span) put_excerpt(diags, note->span, line, column, colors->note, colors, out);
}

/* alike: how many others it stands for. */
static void put_diag(const eml_diags *diags, const eml_diag *diag, size_t alike, eml_locator *locator,
                     const palette *colors, eml_buf *out) {
    uint32_t line, column;
    bool error = eml_diag_code_severity(diag->code) == EML_SEVERITY_ERROR;
    const char *color = error ? colors->error : colors->warning;
    eml_locator_move(locator, diag->span.start, &line, &column);
    put_position(diags->source, line, column, colors, out);
    eml_buf_printf(out, "%s%s[%s]:%s ", color, error ? "error" : "warning", eml_diag_code_text(diag->code),
                   colors->reset);
    eml_diag_put_shown(diag->message, out);
    eml_buf_put_u8(out, '\n');
    put_excerpt(diags, diag->span, line, column, color, colors, out);
    for (const eml_note *note = diag->notes; note != NULL; note = note->next) put_note(diags, note, colors, out);
    if (alike > 0) eml_buf_printf(out, "       = %snote:%s and %zu more like it\n", colors->note, colors->reset, alike);
}

/* ----- Floods: what a declaration's elements have in common is said of the first of them */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Past the number that text begins with, if it does: -1.5e-07, the 17 of x[17]. */
static const char *skip_number(const char *text) {
    if (!is_digit(text[*text == '-'])) return text;
    text++;
    while (is_digit(*text) || *text == '.' || *text == '-' || (*text == 'e' && (is_digit(text[1]) || text[1] == '-')))
        text++;
    return text;
}

static bool differ_in_numbers(const char *a, const char *b) {
    for (;; a++, b++) {
        a = skip_number(a);
        b = skip_number(b);
        if (*a != *b) return false;
        if (*a == '\0') return true;
    }
}

/* Of one code and place, and they and their notes are the same but for numbers. */
static bool is_like(const eml_diag *a, const eml_diag *b) {
    if (a->code != b->code || a->span.start != b->span.start || a->span.end != b->span.end) return false;
    if (!differ_in_numbers(a->message, b->message)) return false;
    const eml_note *x = a->notes, *y = b->notes;
    for (; x != NULL && y != NULL && differ_in_numbers(x->text, y->text); x = x->next) y = y->next;
    return x == NULL && y == NULL;
}

enum { FLOOD = 4 }; /* fewer are all shown */

/* How many after sorted[first] are like it, when they are a flood; then they are struck out. */
static size_t fold(const eml_diag **sorted, size_t count, size_t first) {
    size_t alike = 0, last = first;
    for (size_t i = first + 1; i < count && sorted[first] != NULL; i++) {
        if (sorted[i] == NULL || !is_like(sorted[first], sorted[i])) continue;
        last = i;
        alike++;
    }
    if (alike + 1 < FLOOD) return 0;
    for (size_t i = last; i > first; i--)
        if (sorted[i] != NULL && is_like(sorted[first], sorted[i])) sorted[i] = NULL;
    return alike;
}

/* Stable, by position; insertion sort is enough for EML_DIAGS_MAX. */
static void sort(const eml_diags *diags, const eml_diag *sorted[EML_DIAGS_MAX]) {
    for (size_t i = 0; i < diags->count; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1]->span.start > diags->items[i].span.start; at--) sorted[at] = sorted[at - 1];
        sorted[at] = &diags->items[i];
    }
}

void eml_diags_render(const eml_diags *diags, bool color, eml_buf *out) {
    const eml_diag *sorted[EML_DIAGS_MAX];
    sort(diags, sorted);
    eml_locator locator = {.source = diags->source};
    for (size_t i = 0; i < diags->count; i++) {
        size_t alike = fold(sorted, diags->count, i);
        if (sorted[i] != NULL) put_diag(diags, sorted[i], alike, &locator, &palettes[color], out);
    }
    if (diags->dropped > 0) eml_buf_printf(out, "... and %zu more\n", diags->dropped);
}

static void put_json_string(eml_buf *out, const char *text) {
    eml_buf_put_u8(out, '"');
    for (size_t left = strlen(text); left > 0;) {
        size_t length = eml_utf8_decode(text, left, NULL);
        if (*text == '"' || *text == '\\')
            eml_buf_printf(out, "\\%c", *text);
        else if (length == 0)
            eml_buf_put_text(out, REPLACEMENT);
        else if ((unsigned char)*text < 0x20)
            eml_buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            eml_buf_put(out, text, length);
        text += length == 0 ? 1 : length;
        left -= length == 0 ? 1 : length;
    }
    eml_buf_put_u8(out, '"');
}

static void put_json_span(eml_locator *locator, eml_span span, eml_buf *out) {
    uint32_t line, column, end_line, end_column;
    eml_locator_move(locator, span.start, &line, &column);
    eml_locator end = *locator;
    eml_locator_move(&end, span.end, &end_line, &end_column);
    eml_buf_printf(out, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u", line, column, end_line,
                   end_column);
}

static void put_json_diag(const eml_source *source, const eml_diag *diag, eml_locator *locator, eml_buf *out) {
    eml_buf_printf(out, "  {\"code\": \"%s\", \"severity\": \"%s\", \"path\": ", eml_diag_code_text(diag->code),
                   eml_diag_code_severity(diag->code) == EML_SEVERITY_ERROR ? "error" : "warning");
    put_json_string(out, source->path);
    put_json_span(locator, diag->span, out);
    eml_buf_put_text(out, ", \"message\": ");
    put_json_string(out, diag->message);
    eml_buf_put_text(out, ", \"notes\": [");
    for (const eml_note *note = diag->notes; note != NULL; note = note->next) {
        eml_buf_put_text(out, note == diag->notes ? "{\"message\": " : ", {\"message\": ");
        put_json_string(out, note->text);
        eml_locator fresh = {.source = source};
        if (note->has_span) put_json_span(&fresh, note->span, out);
        eml_buf_put_u8(out, '}');
    }
    eml_buf_put_text(out, "]}");
}

void eml_diags_render_json(const eml_diags *diags, eml_buf *out) {
    const eml_diag *sorted[EML_DIAGS_MAX];
    sort(diags, sorted);
    eml_locator locator = {.source = diags->source};
    eml_buf_put_text(out, "[");
    for (size_t i = 0; i < diags->count; i++) {
        eml_buf_put_text(out, i == 0 ? "\n" : ",\n");
        put_json_diag(diags->source, sorted[i], &locator, out);
    }
    eml_buf_put_text(out, diags->count == 0 ? "]\n" : "\n]\n");
}
