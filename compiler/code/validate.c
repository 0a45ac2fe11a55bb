#include "compiler/code/validate.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/field/integer.h"
#include "runtime/bundle/abi.h"
#include "runtime/isa/every_op.h"

/* A symbol: a public column's value or `one` (part 0), or an element of a secret column's ciphertext (part 1..5:
 * mask0..mask3, body). */
typedef uint64_t symbol;
#define NO_SYMBOL UINT64_MAX
enum { FACTORS_MAX = 3, BODY_PART = EML_CT_ELEMENTS };

static symbol symbol_of(uint32_t column, unsigned part) { return (uint64_t)part << 32 | column; }

/* coefficient * product of symbols, ascending, NO_SYMBOL at the end. */
typedef struct sym_term {
    symbol factors[FACTORS_MAX];
    eml_fe coefficient;
} sym_term;

typedef struct sym_form {
    sym_term *terms;
    size_t count, capacity;
} sym_form;

static void form_append(sym_form *form, sym_term term) {
    form->terms = eml_grow(form->terms, &form->capacity, form->count + 1, sizeof *form->terms);
    form->terms[form->count++] = term;
}

static void form_drop(sym_form *form) {
    eml_free(form->terms);
    *form = (sym_form){0};
}

static sym_term constant_term(eml_fe value) { return (sym_term){{NO_SYMBOL, NO_SYMBOL, NO_SYMBOL}, value}; }

static sym_form of_term(sym_term term) {
    sym_form form = {0};
    form_append(&form, term);
    return form;
}

/* a + b, both used up: the shorter is appended to the longer, so that a sum of n terms costs n. */
static sym_form form_sum(sym_form a, sym_form b) {
    sym_form *longer = a.count >= b.count ? &a : &b, *shorter = longer == &a ? &b : &a;
    for (size_t i = 0; i < shorter->count; i++) form_append(longer, shorter->terms[i]);
    form_drop(shorter);
    return *longer;
}

static bool term_product(const sym_term *a, const sym_term *b, sym_term *out) {
    symbol merged[2 * FACTORS_MAX];
    size_t i = 0, j = 0;
    for (size_t k = 0; k < 2 * FACTORS_MAX; k++) {
        symbol left = i < FACTORS_MAX ? a->factors[i] : NO_SYMBOL, right = j < FACTORS_MAX ? b->factors[j] : NO_SYMBOL;
        merged[k] = left <= right ? left : right;
        if (left <= right)
            i++;
        else
            j++;
    }
    memcpy(out->factors, merged, sizeof out->factors);
    out->coefficient = eml_fe_mul(a->coefficient, b->coefficient);
    return merged[FACTORS_MAX] == NO_SYMBOL;
}

/* scale * form, form used up; scale must be one term: the compiler multiplies nothing else. */
static bool form_scale(const sym_form *scale, sym_form *form) {
    if (scale->count != 1) return false;
    for (size_t i = 0; i < form->count; i++) {
        sym_term product;
        if (!term_product(&form->terms[i], &scale->terms[0], &product)) return false;
        form->terms[i] = product;
    }
    return true;
}

static int compare_factors(const void *a, const void *b) {
    const sym_term *left = a, *right = b;
    for (size_t i = 0; i < FACTORS_MAX; i++) {
        if (left->factors[i] != right->factors[i]) return left->factors[i] < right->factors[i] ? -1 : 1;
    }
    return 0;
}

/* Sorted, one term a monomial, no zeros. */
static void form_normalise(sym_form *form) {
    if (form->count == 0) return;
    qsort(form->terms, form->count, sizeof *form->terms, compare_factors);
    size_t kept = 0;
    for (size_t i = 0; i < form->count; i++) {
        sym_term *last = kept > 0 ? &form->terms[kept - 1] : NULL;
        if (last != NULL && compare_factors(last, &form->terms[i]) == 0) {
            last->coefficient = eml_fe_add(last->coefficient, form->terms[i].coefficient);
        } else {
            if (last != NULL && eml_fe_is_zero(last->coefficient)) kept--;
            form->terms[kept++] = form->terms[i];
        }
    }
    if (eml_fe_is_zero(form->terms[kept - 1].coefficient)) kept--;
    form->count = kept;
}

/* ----- The machine. stack[depth - 1] is the top. */

typedef struct machine {
    const eml_program *program;
    const eml_lowered *tapes;
    size_t public_next, secret_next, committed_next;
    sym_form stack[EML_STACK_MAX + EML_CT_ELEMENTS];
    size_t depth;
    sym_form *outputs; /* what WRITE and WRITE2 left, element by element */
    size_t output_count, output_capacity;
} machine;

static sym_form *top(machine *m, size_t below) { return &m->stack[m->depth - 1 - below]; }

static void push(machine *m, sym_form form) { m->stack[m->depth++] = form; }

static sym_form pop(machine *m) {
    sym_form form = *top(m, 0);
    m->stack[--m->depth] = (sym_form){0};
    return form;
}

static void push_symbol(machine *m, symbol s) { push(m, of_term((sym_term){{s, NO_SYMBOL, NO_SYMBOL}, EML_FE_ONE})); }

static void write_top(machine *m) {
    m->outputs = eml_grow(m->outputs, &m->output_capacity, m->output_count + 1, sizeof *m->outputs);
    m->outputs[m->output_count++] = pop(m);
}

static bool step_multiply(machine *m, size_t elements) {
    sym_form scale = pop(m);
    bool good = true;
    for (size_t i = 0; good && i < elements; i++) {
        /* MUL is symmetric: the longer side is the one that is scaled. */
        if (elements == 1 && scale.count > 1) {
            sym_form swapped = scale;
            scale = *top(m, 0);
            *top(m, 0) = swapped;
        }
        good = form_scale(&scale, top(m, i));
    }
    form_drop(&scale);
    return good;
}

static void step_add_ciphertexts(machine *m) {
    sym_form upper[EML_CT_ELEMENTS];
    for (size_t i = 0; i < EML_CT_ELEMENTS; i++) upper[i] = pop(m);
    for (size_t i = 0; i < EML_CT_ELEMENTS; i++) *top(m, i) = form_sum(*top(m, i), upper[i]);
}

static bool step_add_scaled(machine *m) {
    sym_form plain = pop(m), delta = of_term(constant_term(m->program->shape.delta));
    bool good = form_scale(&delta, &plain);
    form_drop(&delta);
    *top(m, BODY_PART - 1) = form_sum(*top(m, BODY_PART - 1), plain);
    return good;
}

static bool step(machine *m, eml_op op, eml_fe immediate) {
    switch (op) {
    case EML_OP_NOOP: return true;
    case EML_OP_PUSH: push(m, of_term(constant_term(immediate))); return true;
    case EML_OP_READ: push_symbol(m, symbol_of(m->tapes->public_tape.items[m->public_next++], 0)); return true;
    case EML_OP_READ2:
        for (unsigned part = EML_CT_ELEMENTS; part > 0; part--) {
            push_symbol(m, symbol_of(m->tapes->secret_tape.items[m->secret_next], part));
        }
        m->secret_next++;
        return true;
    case EML_OP_READ3: /* each output reads them anew */
        push_symbol(m, symbol_of(m->tapes->committed.items[m->committed_next++ % m->tapes->committed.count], 0));
        return true;
    case EML_OP_ADD: {
        sym_form a = pop(m), b = pop(m);
        push(m, form_sum(a, b));
        return true;
    }
    case EML_OP_MUL: return step_multiply(m, 1);
    case EML_OP_SMUL: return step_multiply(m, EML_CT_ELEMENTS);
    case EML_OP_SADD: return step_add_scaled(m);
    case EML_OP_ADD2: step_add_ciphertexts(m); return true;
    case EML_OP_WRITE: write_top(m); return true;
    case EML_OP_WRITE2:
        for (size_t i = 0; i < EML_CT_ELEMENTS; i++) write_top(m);
        return true;
    }
    return false;
}

static void machine_free(machine *m) {
    while (m->depth > 0) {
        sym_form form = pop(m);
        form_drop(&form);
    }
    for (size_t i = 0; i < m->output_count; i++) form_drop(&m->outputs[i]);
    eml_free(m->outputs);
}

static eml_status execute(machine *m, eml_error *err) {
    const eml_shape *shape = &m->program->shape;
    for (size_t row = 0; row < eml_shape_code_rows(shape); row++) {
        uint8_t op = m->program->code[row];
        if (step(m, (eml_op)op, m->program->immediates[row / eml_shape_group(shape)])) continue;
        return eml_fail(err, EML_ERR_INTERNAL, "translation validation: row %zu (%s) multiplies two sums", row,
                        eml_op_name(op));
    }
    return EML_OK;
}

/* ----- Comparison */

/* Element `part` (0: plain) of the output that the model asks for. */
static sym_form expected_form(const eml_quant *quant, const eml_quant_output *output, unsigned part, eml_fe delta) {
    const eml_model_input *inputs = quant->model->inputs;
    sym_form form = {0};
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_monomial monomial = output->centred.terms[i].monomial;
        bool secret = eml_quant_is_secret(quant, monomial);
        if (!secret && part != 0 && part != BODY_PART) continue;
        sym_term term = constant_term(eml_fe_from_mpz(output->weights[i]));
        if (!secret && part == BODY_PART) term.coefficient = eml_fe_mul(term.coefficient, delta);
        uint32_t columns[2] = {monomial.first, monomial.second};
        bool varies = false;
        for (int j = 0; j < 2; j++) {
            if (columns[j] == EML_NO_INPUT) continue;
            varies = varies || !inputs[columns[j]].uniform;
            sym_term factor = constant_term(EML_FE_ONE), product;
            factor.factors[0] = symbol_of(columns[j], inputs[columns[j]].visibility == EML_SECRET ? part : 0);
            if (term_product(&term, &factor, &product)) term = product;
        }
        if (!varies) {
            sym_term one = constant_term(EML_FE_ONE), product;
            one.factors[0] = symbol_of(EML_TAPE_ONE, 0);
            if (term_product(&term, &one, &product)) term = product;
        }
        form_append(&form, term);
    }
    form_normalise(&form);
    return form;
}

static bool forms_equal(sym_form *a, const sym_form *b) {
    form_normalise(a);
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = compare_factors(&a->terms[i], &b->terms[i]) == 0 &&
                eml_fe_eq(a->terms[i].coefficient, b->terms[i].coefficient);
    }
    return equal;
}

static eml_status compare(const eml_quant *quant, machine *m, eml_error *err) {
    const eml_model *model = quant->model;
    size_t parts = model->encrypted ? EML_CT_ELEMENTS : 1;
    bool single = model->output_count == 1;
    eml_fe delta = eml_lower_delta(quant);
    if ((single ? m->depth : m->output_count) != parts * model->output_count || (!single && m->depth != 0)) {
        return eml_fail(err, EML_ERR_INTERNAL, "translation validation: the program leaves another number of results");
    }
    for (size_t i = 0; i < model->output_count; i++) {
        for (size_t j = 0; j < parts; j++) {
            unsigned part = model->encrypted ? (unsigned)j + 1 : 0;
            sym_form expected = expected_form(quant, &quant->outputs[i], part, delta);
            bool equal = forms_equal(single ? top(m, j) : &m->outputs[i * parts + j], &expected);
            form_drop(&expected);
            if (equal) continue;
            return eml_fail(err, EML_ERR_INTERNAL,
                            "translation validation: the program does not compute `%s` as the model does",
                            model->outputs[i].name);
        }
    }
    return EML_OK;
}

eml_status eml_validate(const eml_quant *quant, const eml_program *program, const eml_lowered *tapes, eml_error *err) {
    machine m = {.program = program, .tapes = tapes};
    eml_status status = execute(&m, err);
    if (status == EML_OK) status = compare(quant, &m, err);
    machine_free(&m);
    return status;
}
