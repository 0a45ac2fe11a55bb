#include "lang/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message may quote the source; what is longer is cut, so that no source makes its diagnostics large. */
enum { TEXT_MAX = 400 };

static const struct {
    const char *text; /* "E0203" */
    eml_severity severity;
    const char *meaning;
} rows[] = {
#define DIAG(number, NAME, severity, meaning) {severity##_LETTER #number, EML_SEVERITY_##severity, meaning},
#define ERROR_LETTER                          "E"
#define WARNING_LETTER                        "W"
#include "lang/diag.def"
#undef WARNING_LETTER
#undef ERROR_LETTER
#undef DIAG
};

const char *eml_diag_code_text(eml_diag_code code) { return rows[code].text; }
eml_severity eml_diag_code_severity(eml_diag_code code) { return rows[code].severity; }
const char *eml_diag_code_meaning(eml_diag_code code) { return rows[code].meaning; }

void eml_diags_init(eml_diags *diags, const eml_source *source) { *diags = (eml_diags){.source = source}; }

void eml_diags_free(eml_diags *diags) {
    eml_arena_free(&diags->arena);
    eml_free(diags->hidden);
    *diags = (eml_diags){0};
}

static const char *format_text(eml_diags *diags, const char *format, va_list args) {
    char text[TEXT_MAX + 1];
    int wanted = vsnprintf(text, sizeof text, format, args);
    size_t length = wanted < 0 ? 0 : strlen(text);
    if (wanted > TEXT_MAX) { /* cut between characters */
        length -= 3;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
        memcpy(text + length, "...", 3);
        length += 3;
    }
    return eml_arena_strndup(&diags->arena, text, length);
}

static bool holds(eml_span hidden, eml_span span) { return hidden.start <= span.start && span.start < hidden.end; }

bool eml_diags_is_hidden(const eml_diags *diags, eml_span span) {
    for (size_t i = 0; i < diags->hidden_count; i++)
        if (holds(diags->hidden[i], span)) return true;
    return false;
}

eml_diag *eml_diag_add(eml_diags *diags, eml_diag_code code, eml_span span, const char *format, ...) {
    assert(span.start <= span.end && span.end <= diags->source->length);
    if (eml_diag_code_severity(code) == EML_SEVERITY_ERROR) diags->errors++;
    if (diags->count == EML_DIAGS_MAX) {
        diags->dropped++;
        return &diags->scratch;
    }
    va_list args;
    va_start(args, format);
    eml_diag *diag = &diags->items[diags->count++];
    *diag = (eml_diag){.code = code, .span = span, .message = format_text(diags, format, args)};
    if (eml_diags_is_hidden(diags, span)) diag->message = rows[code].meaning;
    va_end(args);
    return diag;
}

void eml_diags_hide(eml_diags *diags, eml_span span) {
    diags->hidden = eml_grow(diags->hidden, &diags->hidden_capacity, diags->hidden_count + 1, sizeof span);
    diags->hidden[diags->hidden_count++] = span;
    for (size_t i = 0; i < diags->count; i++) {
        eml_diag *diag = &diags->items[i];
        if (holds(span, diag->span)) diag->message = rows[diag->code].meaning;
    }
}

static void add_note(eml_diags *diags, eml_diag *diag, eml_note note) {
    eml_note **last = &diag->notes;
    while (*last != NULL) last = &(*last)->next;
    *last = eml_arena_alloc(&diags->arena, 1, sizeof note);
    **last = note;
}

void eml_diag_note(eml_diags *diags, eml_diag *diag, const char *format, ...) {
    if (diag == &diags->scratch) return;
    va_list args;
    va_start(args, format);
    add_note(diags, diag, (eml_note){.text = format_text(diags, format, args)});
    va_end(args);
}

void eml_diag_note_at(eml_diags *diags, eml_diag *diag, eml_span span, const char *format, ...) {
    assert(span.start <= span.end && span.end <= diags->source->length);
    if (diag == &diags->scratch) return;
    va_list args;
    va_start(args, format);
    add_note(diags, diag, (eml_note){.has_span = true, .span = span, .text = format_text(diags, format, args)});
    va_end(args);
}
