#include "runtime/isa/instructions.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/discipline.h"

/* A word of one line; column counts bytes from 1. */
typedef struct word {
    const char *text;
    size_t length, line, column;
} word;

typedef struct parser {
    const char *next, *end, *line_start;
    size_t line;
    bool seen[4];           /* directives, by their place in `directives` */
    uint32_t salts, schema; /* given */
    eml_discipline stack;
    size_t on_ciphertexts_line; /* of stack.on_ciphertexts */
    eml_assembly *out;
    eml_error *err;
} parser;

enum { SHOWN_MAX = 40 };

/* A word as it may stand in a message: printable ASCII, cut. */
static const char *shown(const word *w, char out[SHOWN_MAX + 4]) {
    size_t count = w->length < SHOWN_MAX ? w->length : SHOWN_MAX;
    for (size_t i = 0; i < count; i++) out[i] = w->text[i] > ' ' && w->text[i] <= '~' ? w->text[i] : '?';
    strcpy(out + count, w->length > SHOWN_MAX ? "..." : "");
    return out;
}

static eml_status fail_at(parser *p, const word *w, size_t offset, const char *reason) {
    char text[SHOWN_MAX + 4];
    return eml_fail(p->err, EML_ERR_INPUT, "line %zu, column %zu: '%s' %s", w->line, w->column + offset, shown(w, text),
                    reason);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The next word of the current line; length 0 at the end of the line or at a comment. */
static word next_word(parser *p) {
    while (p->next < p->end && is_blank(*p->next)) p->next++;
    word w = {p->next, 0, p->line, (size_t)(p->next - p->line_start) + 1};
    while (p->next < p->end && !is_blank(*p->next) && *p->next != '\n' && *p->next != '#') p->next++;
    w.length = (size_t)(p->next - w.text);
    return w;
}

static bool word_is(const word *w, const char *text) {
    return w->length == strlen(text) && memcmp(w->text, text, w->length) == 0;
}

static bool parse_element(const char *text, size_t length, eml_fe *out) {
    bool negative = length > 0 && text[0] == '-';
    eml_fe value;
    if (!eml_fe_from_decimal(text + negative, length - negative, &value)) return false;
    *out = negative ? eml_fe_canon(eml_fe_neg(value)) : value;
    return true;
}

/* The number after a directive. */
static eml_status parse_number(parser *p, const word *name, word *number, eml_fe *out) {
    *number = next_word(p);
    if (number->length == 0) return fail_at(p, name, name->length, "needs a number after it");
    if (parse_element(number->text, number->length, out)) return EML_OK;
    return fail_at(p, number, 0, "is not a decimal number below the field's modulus");
}

static eml_status parse_salt(parser *p, const word *name) {
    word number;
    eml_layout_options *layout = &p->out->layout;
    if (p->salts == 2 * EML_SPONGES_MAX) return fail_at(p, name, 0, "is given more than twice a sponge");
    EML_TRY(parse_number(p, name, &number, &layout->salts[p->salts]));
    layout->salted = true;
    p->salts++;
    return EML_OK;
}

static eml_status parse_schema(parser *p, const word *name) {
    word number;
    if (p->schema == EML_RESCUE_DIGEST) return fail_at(p, name, 0, "is given more than twice");
    return parse_number(p, name, &number, &p->out->layout.schema[p->schema++]);
}

/* Directives whose number is one of a few: [least, most], powers of two only where said. */
static const struct directive {
    const char *name;
    uint32_t least, most;
    bool power;
    const char *wrong;
} directives[] = {
    {".sponges", 1, EML_SPONGES_MAX, true, "is not 1, 2 or 4 sponges"},
    {".stack", EML_STACK_MIN, EML_STACK_MAX, false, "is not 2 to 16 stack registers"},
    {".form", EML_FORM_TRANSPARENT, EML_FORM_HIDDEN, false, "is not 0 (transparent) or 1 (hidden)"},
    {".delta", 0, 0, false, NULL},
};
enum { SPONGES, STACK, FORM, DELTA, DIRECTIVES };

static eml_status set_directive(parser *p, int which, const word *number, eml_fe value) {
    const struct directive *d = &directives[which];
    eml_layout_options *layout = &p->out->layout;
    if (which == DELTA) {
        layout->delta = value;
        return EML_OK;
    }
    uint32_t allowed = d->least;
    while (allowed <= d->most && !eml_fe_eq(value, eml_fe_from_u64(allowed)))
        allowed = d->power ? 2 * allowed : allowed + 1;
    if (allowed > d->most) return fail_at(p, number, 0, d->wrong);
    if (which == SPONGES) layout->S = allowed;
    if (which == STACK) layout->W = allowed;
    if (which == FORM) layout->form = (eml_proof_form)allowed;
    return EML_OK;
}

static eml_status parse_directive(parser *p, const word *name) {
    int which = 0;
    while (which < DIRECTIVES && !word_is(name, directives[which].name)) which++;
    bool is_salt = word_is(name, ".salt"), is_schema = word_is(name, ".schema");
    if (which == DIRECTIVES && !is_salt && !is_schema)
        return fail_at(p, name, 0, "is not a directive: expected .sponges, .stack, .delta, .form, .schema or .salt");
    if (p->out->list.count > 0) return fail_at(p, name, 0, "must stand before the first instruction");
    if (is_salt) return parse_salt(p, name);
    if (is_schema) return parse_schema(p, name);
    if (p->seen[which]) return fail_at(p, name, 0, "is given twice");
    p->seen[which] = true;
    word number;
    eml_fe value;
    EML_TRY(parse_number(p, name, &number, &value));
    return set_directive(p, which, &number, value);
}

/* Two salts a sponge: where the number of sponges is not given, their number says it. */
static eml_status check_salts(parser *p) {
    eml_layout_options *layout = &p->out->layout;
    if (!layout->salted) return EML_OK;
    if (layout->S == 0) layout->S = p->salts / 2;
    if (layout->form != EML_FORM_HIDDEN || p->salts != 2 * layout->S)
        return eml_fail(p->err, EML_ERR_INPUT, "%u times .salt: a program has two a sponge, and .form 1", p->salts);
    return EML_OK;
}

static bool find_op(const char *text, size_t length, uint8_t *code) {
    for (*code = 0; *code < EML_OP_CODES; ++*code) {
        const char *name = eml_op_name(*code);
        if (name && strlen(name) == length && memcmp(name, text, length) == 0) return true;
    }
    return false;
}

static eml_status parse_instruction(parser *p, const word *w) {
    const char *dot = memchr(w->text, '.', w->length);
    size_t name_length = dot ? (size_t)(dot - w->text) : w->length;
    uint8_t code;
    if (!find_op(w->text, name_length, &code)) return fail_at(p, w, 0, "is not an instruction");
    eml_fe immediate = EML_FE_ZERO;
    if (eml_op_info_of(code).immediate) {
        if (!dot) return fail_at(p, w, name_length, "needs an immediate, as in push.3");
        if (!parse_element(dot + 1, w->length - name_length - 1, &immediate))
            return fail_at(p, w, name_length + 1, "needs a decimal number below the field's modulus after the dot");
    } else if (dot) {
        return fail_at(p, w, name_length, "takes no immediate");
    }
    if (p->out->list.count == EML_N_MAX) return fail_at(p, w, 0, "is one instruction more than any trace can hold");
    p->stack.limit = p->out->layout.W ? p->out->layout.W : EML_STACK_MAX;
    if (eml_discipline_step(&p->stack, code, p->out->list.count, p->err) != EML_OK) {
        eml_error_prefix(p->err, "line %zu", p->line);
        return EML_ERR_INPUT;
    }
    if (p->stack.on_ciphertexts && p->on_ciphertexts_line == 0) p->on_ciphertexts_line = p->line;
    eml_instructions_append(&p->out->list, (eml_op)code, immediate);
    return EML_OK;
}

static eml_status parse_line(parser *p) {
    word first = next_word(p);
    if (first.length > 0) {
        EML_TRY(first.text[0] == '.' ? parse_directive(p, &first) : parse_instruction(p, &first));
        word extra = next_word(p);
        if (extra.length > 0) return fail_at(p, &extra, 0, "is unexpected: one instruction a line");
    }
    const char *newline = memchr(p->next, '\n', (size_t)(p->end - p->next));
    p->next = newline ? newline + 1 : p->end;
    p->line_start = p->next;
    p->line++;
    return EML_OK;
}

static eml_status parse_lines(parser *p) {
    while (p->next < p->end) EML_TRY(parse_line(p));
    EML_TRY(check_salts(p));
    eml_status status = eml_discipline_end(&p->stack, p->err);
    if (status != EML_OK) eml_error_prefix(p->err, "line %zu", p->on_ciphertexts_line);
    return status;
}

eml_status eml_asm_parse(const char *text, size_t length, eml_assembly *out, eml_error *err) {
    eml_assembly assembly = {0};
    parser p = {.next = text, .end = text + length, .line_start = text, .line = 1, .out = &assembly, .err = err};
    eml_status status = parse_lines(&p);
    if (status == EML_OK)
        *out = assembly;
    else
        eml_instructions_free(&assembly.list);
    return status;
}

/* ----- back to text ----- */

/* Rows to print: all but the trailing NOOPs, save those without which the layout would choose a shorter trace. */
static uint32_t rows_to_print(const eml_program *program) {
    uint32_t rows = eml_shape_code_rows(&program->shape);
    bool hidden = eml_shape_is_hidden(&program->shape);
    eml_shape half = {.n = program->shape.n / 2, .form = program->shape.form};
    uint32_t shorter = program->shape.n > (hidden ? EML_HIDDEN_N_MIN : EML_N_MIN) ? eml_shape_code_rows(&half) + 1 : 0;
    while (rows > shorter && program->code[rows - 1] == EML_OP_NOOP) rows--;
    return rows;
}

void eml_asm_print(const eml_program *program, eml_buf *out) {
    char number[EML_FE_DECIMAL_MAX];
    eml_buf_printf(out, ".sponges %u\n.stack %u\n", program->shape.S, program->shape.W);
    eml_fe_to_decimal(program->shape.delta, number);
    eml_buf_printf(out, ".delta %s\n", number);
    uint32_t group = eml_shape_group(&program->shape), rows = rows_to_print(program);
    if (eml_shape_is_hidden(&program->shape)) eml_buf_printf(out, ".form %u\n", program->shape.form);
    for (size_t i = 0; i < EML_RESCUE_DIGEST && eml_shape_is_committed(&program->shape); i++) {
        eml_fe_to_decimal(program->shape.schema[i], number);
        eml_buf_printf(out, ".schema %s\n", number);
    }
    for (uint32_t i = 0; i < eml_shape_salt_groups(&program->shape); i++) {
        eml_fe_to_decimal(program->immediates[i], number);
        eml_buf_printf(out, ".salt %s\n", number);
    }
    for (uint32_t row = program->shape.salted ? EML_SALT_ROWS : 0; row < rows; row++) {
        eml_op_info op = eml_op_info_of(program->code[row]);
        eml_buf_put_text(out, op.name);
        if (op.immediate) {
            eml_fe_to_decimal(program->immediates[row / group], number);
            eml_buf_printf(out, ".%s", number);
        }
        eml_buf_put_text(out, "\n");
    }
}
