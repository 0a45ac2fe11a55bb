/* Source diagnostics: code, span, message, notes; collected by every pass, rendered at the end.
 *
 * diag.def has one row a code: DIAG(0203, NAME, severity, "what it means"). A number keeps its meaning forever. E00xx
 * lexer, E01xx parser, E02xx names and shapes, E03xx affine form and slots, E04xx quantization and encryption budget,
 * E05xx tests, W... warnings. */
#ifndef EML_LANG_DIAG_H
#define EML_LANG_DIAG_H

#include "lang/source.h"
#include "runtime/base/memory.h"

typedef enum eml_diag_code {
#define DIAG(number, NAME, severity, meaning) EML_DIAG_##NAME,
#include "lang/diag.def"
#undef DIAG
    EML_DIAG_CODE_COUNT
} eml_diag_code;

typedef enum eml_severity { EML_SEVERITY_ERROR, EML_SEVERITY_WARNING } eml_severity;

typedef struct eml_note {
    bool has_span;
    eml_span span;
    const char *text; /* "declared here", "did you mean `bmi`?" */
    struct eml_note *next;
} eml_note;

typedef struct eml_diag {
    eml_diag_code code;
    eml_span span;
    const char *message; /* what is wrong and what was expected, one sentence, no period */
    eml_note *notes;
} eml_diag;

enum { EML_DIAGS_MAX = 100 }; /* further ones are counted, not kept */

typedef struct eml_diags {
    const eml_source *source;
    eml_diag items[EML_DIAGS_MAX];
    size_t count, errors, dropped; /* errors counts dropped ones too */
    eml_diag scratch;              /* what eml_diag_add gives for a dropped one; notes to it are dropped as well */
    eml_span *hidden;              /* what is never shown, in order; see eml_diags_hide */
    size_t hidden_count, hidden_capacity;
    eml_arena arena;
} eml_diags;

void eml_diags_init(eml_diags *diags, const eml_source *source);
void eml_diags_free(eml_diags *diags);

/* Records one; returns it so that notes can be added (never NULL; a dropped one is a scratch entry). */
eml_diag *eml_diag_add(eml_diags *diags, eml_diag_code code, eml_span span, const char *format, ...) EML_PRINTF(4, 5);
void eml_diag_note(eml_diags *diags, eml_diag *diag, const char *format, ...) EML_PRINTF(3, 4);
void eml_diag_note_at(eml_diags *diags, eml_diag *diag, eml_span span, const char *format, ...) EML_PRINTF(4, 5);

/* The source there is nobody's business, all of it after what was hidden before: excerpts show stars in its place, and
 * what is reported in it, before or after this call, says no more than its code means. */
void eml_diags_hide(eml_diags *diags, eml_span span);
bool eml_diags_is_hidden(const eml_diags *diags, eml_span span); /* its start */

/* Appends text from outside as it may go to a terminal: controls, line ends too, text direction overrides and stray
 * bytes are replaced, a tab is a space. */
void eml_diag_put_shown(const char *text, eml_buf *out);

/* The candidate nearest to name by edit distance, or NULL when none is near (distance <= 2 and < half its length). */
const char *eml_diag_nearest(const char *name, const char *const *candidates, size_t count);

const char *eml_diag_code_text(eml_diag_code code); /* "E0203", "W0401" */
eml_severity eml_diag_code_severity(eml_diag_code code);
const char *eml_diag_code_meaning(eml_diag_code code);     /* a clause: that of diag.def */
const char *eml_diag_code_explanation(eml_diag_code code); /* lines, with examples: docs/diagnostics.md */

/* Sorted by position. Text: path:line:column: error[E0203]: message, the source line, the span underlined, notes.
 * color: ANSI. Of four or more of one code and span that differ only in numbers, the first and a count; JSON has them
 * all. */
void eml_diags_render(const eml_diags *diags, bool color, eml_buf *out);
void eml_diags_render_json(const eml_diags *diags, eml_buf *out); /* one JSON array */

#endif
