#include "runtime/statement/symbolic.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/every_op.h"

/* ----- Forms */

eml_symbolic_term eml_symbolic_constant(eml_fe value) {
    return (eml_symbolic_term){{EML_NO_SYMBOL, EML_NO_SYMBOL, EML_NO_SYMBOL}, value};
}

void eml_symbolic_append(eml_symbolic_form *form, eml_symbolic_term term) {
    form->terms = eml_grow(form->terms, &form->capacity, form->count + 1, sizeof *form->terms);
    form->terms[form->count++] = term;
}

void eml_symbolic_free_form(eml_symbolic_form *form) {
    eml_free(form->terms);
    *form = (eml_symbolic_form){0};
}

static eml_symbolic_form of_term(eml_symbolic_term term) {
    eml_symbolic_form form = {0};
    eml_symbolic_append(&form, term);
    return form;
}

/* a + b, both used up: the shorter is appended to the longer, so that a sum of n terms costs n. */
static eml_symbolic_form form_sum(eml_symbolic_form a, eml_symbolic_form b) {
    eml_symbolic_form *longer = a.count >= b.count ? &a : &b, *shorter = longer == &a ? &b : &a;
    for (size_t i = 0; i < shorter->count; i++) eml_symbolic_append(longer, shorter->terms[i]);
    eml_symbolic_free_form(shorter);
    return *longer;
}

static bool term_product(const eml_symbolic_term *a, const eml_symbolic_term *b, eml_symbolic_term *out) {
    eml_symbol merged[2 * EML_SYMBOLS_MAX];
    size_t i = 0, j = 0;
    for (size_t k = 0; k < 2 * EML_SYMBOLS_MAX; k++) {
        eml_symbol left = i < EML_SYMBOLS_MAX ? a->factors[i] : EML_NO_SYMBOL;
        eml_symbol right = j < EML_SYMBOLS_MAX ? b->factors[j] : EML_NO_SYMBOL;
        merged[k] = left <= right ? left : right;
        if (left <= right)
            i++;
        else
            j++;
    }
    if (merged[EML_SYMBOLS_MAX] != EML_NO_SYMBOL) return false;
    memcpy(out->factors, merged, sizeof out->factors);
    out->coefficient = eml_fe_mul(a->coefficient, b->coefficient);
    return true;
}

bool eml_symbolic_multiply(eml_symbolic_term *term, eml_symbol symbol) {
    eml_symbolic_term factor = eml_symbolic_constant(EML_FE_ONE), product;
    factor.factors[0] = symbol;
    if (!term_product(term, &factor, &product)) return false;
    *term = product;
    return true;
}

/* form *= scale; scale must be one term: the compiler multiplies nothing else. */
static bool form_scale(const eml_symbolic_form *scale, eml_symbolic_form *form) {
    if (scale->count != 1) return false;
    for (size_t i = 0; i < form->count; i++) {
        eml_symbolic_term product;
        if (!term_product(&form->terms[i], &scale->terms[0], &product)) return false;
        form->terms[i] = product;
    }
    return true;
}

int eml_symbolic_compare(const eml_symbolic_term *a, const eml_symbolic_term *b) {
    for (size_t i = 0; i < EML_SYMBOLS_MAX; i++)
        if (a->factors[i] != b->factors[i]) return a->factors[i] < b->factors[i] ? -1 : 1;
    return 0;
}

static int compare_factors(const void *a, const void *b) { return eml_symbolic_compare(a, b); }

void eml_symbolic_normalise(eml_symbolic_form *form) {
    if (form->count == 0) return;
    qsort(form->terms, form->count, sizeof *form->terms, compare_factors);
    size_t kept = 0;
    for (size_t i = 0; i < form->count; i++) {
        eml_symbolic_term *last = kept > 0 ? &form->terms[kept - 1] : NULL;
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
    const eml_symbolic_tapes *tapes;
    size_t public_next, secret_next, committed_next;
    eml_symbolic_form stack[EML_STACK_MAX + EML_CT_ELEMENTS];
    size_t depth;
    eml_symbolic *out;
} machine;

static eml_symbolic_form *top(machine *m, size_t below) { return &m->stack[m->depth - 1 - below]; }

static void push(machine *m, eml_symbolic_form form) { m->stack[m->depth++] = form; }

static eml_symbolic_form pop(machine *m) {
    eml_symbolic_form form = *top(m, 0);
    m->stack[--m->depth] = (eml_symbolic_form){0};
    return form;
}

static void push_symbol(machine *m, eml_symbol symbol) {
    push(m, of_term((eml_symbolic_term){{symbol, EML_NO_SYMBOL, EML_NO_SYMBOL}, EML_FE_ONE}));
}

static void leave(machine *m) {
    eml_symbolic *out = m->out;
    out->outputs = eml_grow(out->outputs, &out->capacity, out->count + 1, sizeof *out->outputs);
    out->outputs[out->count++] = pop(m);
}

static bool step_multiply(machine *m, size_t elements) {
    eml_symbolic_form scale = pop(m);
    bool good = true;
    for (size_t i = 0; good && i < elements; i++) {
        /* MUL is symmetric: the longer side is the one that is scaled. */
        if (elements == 1 && scale.count > 1) {
            eml_symbolic_form swapped = scale;
            scale = *top(m, 0);
            *top(m, 0) = swapped;
        }
        good = form_scale(&scale, top(m, i));
    }
    eml_symbolic_free_form(&scale);
    return good;
}

static void step_add_ciphertexts(machine *m) {
    eml_symbolic_form upper[EML_CT_ELEMENTS];
    for (size_t i = 0; i < EML_CT_ELEMENTS; i++) upper[i] = pop(m);
    for (size_t i = 0; i < EML_CT_ELEMENTS; i++) *top(m, i) = form_sum(*top(m, i), upper[i]);
}

static void step_add_scaled(machine *m) {
    eml_symbolic_form plain = pop(m);
    for (size_t i = 0; i < plain.count; i++)
        plain.terms[i].coefficient = eml_fe_mul(plain.terms[i].coefficient, m->program->shape.delta);
    *top(m, EML_BODY_PART - 1) = form_sum(*top(m, EML_BODY_PART - 1), plain);
}

static bool step(machine *m, eml_op op, eml_fe immediate) {
    const eml_symbolic_tapes *tapes = m->tapes;
    switch (op) {
    case EML_OP_NOOP: return true;
    case EML_OP_PUSH: push(m, of_term(eml_symbolic_constant(immediate))); return true;
    case EML_OP_READ: push_symbol(m, eml_symbol_of(tapes->public_tape[m->public_next++], 0)); return true;
    case EML_OP_READ2:
        for (unsigned part = EML_CT_ELEMENTS; part > 0; part--)
            push_symbol(m, eml_symbol_of(tapes->secret_tape[m->secret_next], part));
        m->secret_next++;
        return true;
    case EML_OP_READ3: /* each output reads them anew */
        push_symbol(m, eml_symbol_of(tapes->committed[m->committed_next++ % tapes->committed_count], 0));
        return true;
    case EML_OP_ADD: {
        eml_symbolic_form a = pop(m), b = pop(m);
        push(m, form_sum(a, b));
        return true;
    }
    case EML_OP_MUL: return step_multiply(m, 1);
    case EML_OP_SMUL: return step_multiply(m, EML_CT_ELEMENTS);
    case EML_OP_SADD: step_add_scaled(m); return true;
    case EML_OP_ADD2: step_add_ciphertexts(m); return true;
    case EML_OP_WRITE: leave(m); return true;
    case EML_OP_WRITE2:
        for (size_t i = 0; i < EML_CT_ELEMENTS; i++) leave(m);
        return true;
    }
    return false;
}

bool eml_symbolic_run(const eml_program *program, const eml_symbolic_tapes *tapes, eml_symbolic *out, size_t *row) {
    *out = (eml_symbolic){0};
    machine m = {.program = program, .tapes = tapes, .out = out};
    uint32_t rows = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    bool good = true;
    for (size_t i = 0; good && i < rows; i++) {
        *row = i;
        good = step(&m, (eml_op)program->code[i], program->immediates[i / group]);
    }
    out->written = out->count;
    while (m.depth > 0) leave(&m);
    if (!good) eml_symbolic_free(out);
    return good;
}

void eml_symbolic_free(eml_symbolic *symbolic) {
    for (size_t i = 0; i < symbolic->count; i++) eml_symbolic_free_form(&symbolic->outputs[i]);
    eml_free(symbolic->outputs);
    *symbolic = (eml_symbolic){0};
}
