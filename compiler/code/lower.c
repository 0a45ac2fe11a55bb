#include "compiler/code/lower.h"

#include <stdlib.h>

#include "runtime/field/integer.h"
#include "runtime/bundle/abi.h"

eml_fe eml_lower_delta(const eml_quant *quant) {
    return quant->delta_bits == 0 ? EML_FE_ZERO : eml_fe_pow_u64_var(eml_fe_from_u64(2), quant->delta_bits);
}

eml_layout_options eml_lower_layout(const eml_quant *quant, uint32_t S, const eml_fe salts[2 * EML_SPONGES_MAX],
                                    const eml_fe schema[EML_RESCUE_DIGEST]) {
    const eml_model *model = quant->model;
    eml_layout_options options = {.S = S, .delta = eml_lower_delta(quant), .salted = model->hidden_count > 0};
    if (options.salted || model->committed) options.form = EML_FORM_HIDDEN;
    for (size_t i = 0; i < EML_RESCUE_DIGEST && model->committed; i++) options.schema[i] = schema[i];
    for (size_t i = 0; i < 2 * EML_SPONGES_MAX && options.salted; i++) options.salts[i] = salts[i];
    return options;
}

static void emit(eml_lowered *out, eml_op op) { eml_instructions_append(&out->code, op, EML_FE_ZERO); }

static void plan(eml_tape_plan *tape, uint32_t column) {
    tape->items = eml_grow(tape->items, &tape->capacity, tape->count + 1, sizeof *tape->items);
    tape->items[tape->count++] = column;
}

static void read_public(eml_lowered *out, uint32_t column) {
    emit(out, EML_OP_READ);
    plan(&out->public_tape, column);
}

/* The values to multiply for a term's public part: its weight unless 1 and known to be, its public inputs, and `one`
 * where nothing varies. */
static void push_public_part(const eml_quant *quant, eml_monomial monomial, const mpz_t weight, bool hidden,
                             eml_lowered *out) {
    const eml_model_input *inputs = quant->model->inputs;
    uint32_t columns[3];
    size_t count = 0;
    bool varies = false;
    uint32_t factors[2] = {monomial.first, monomial.second};
    for (int pass = 0; pass < 2; pass++) { /* varying first */
        for (int i = 0; i < 2; i++) {
            if (factors[i] == EML_NO_INPUT || inputs[factors[i]].uniform != (pass == 1)) continue;
            varies = varies || pass == 0;
            if (inputs[factors[i]].visibility == EML_PUBLIC) columns[count++] = factors[i];
        }
    }
    if (!varies) columns[count++] = EML_TAPE_ONE;
    bool weighted = hidden || mpz_cmp_ui(weight, 1) != 0 || count == 0;
    if (hidden)
        eml_instructions_append_hidden(&out->code, eml_fe_from_mpz(weight));
    else if (weighted)
        eml_instructions_append(&out->code, EML_OP_PUSH, eml_fe_from_mpz(weight));
    for (size_t i = 0; i < count; i++) {
        read_public(out, columns[i]);
        if (weighted || i > 0) emit(out, EML_OP_MUL);
    }
}

static uint32_t secret_factor(const eml_quant *quant, eml_monomial monomial) {
    return quant->model->inputs[monomial.first].visibility == EML_SECRET ? monomial.first : monomial.second;
}

/* A ciphertext times 1 is itself: nothing to multiply when there is neither weight nor public factor. */
static void lower_secret_term(const eml_quant *quant, eml_monomial monomial, const mpz_t weight, bool first,
                              eml_lowered *out) {
    emit(out, EML_OP_READ2);
    plan(&out->secret_tape, secret_factor(quant, monomial));
    if (mpz_cmp_ui(weight, 1) != 0 || monomial.second != EML_NO_INPUT) {
        push_public_part(quant, monomial, weight, false, out);
        emit(out, EML_OP_SMUL);
    }
    if (!first) emit(out, EML_OP_ADD2);
}

static void lower_encrypted_output(const eml_quant *quant, const eml_quant_output *output, eml_lowered *out) {
    bool first = true;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < output->centred.count; i++) {
            eml_monomial monomial = output->centred.terms[i].monomial;
            bool secret = eml_quant_is_secret(quant, monomial);
            if (secret != (pass == 0)) continue;
            /* The first secret term stays even when its weight is 0: the output must be a ciphertext. */
            if (mpz_sgn(output->weights[i]) == 0 && !(secret && first)) continue;
            if (secret) {
                lower_secret_term(quant, monomial, output->weights[i], first, out);
                first = false;
            } else {
                push_public_part(quant, monomial, output->weights[i], false, out);
                emit(out, EML_OP_SADD);
            }
        }
    }
}

static uint32_t committed_factor(const eml_quant *quant, const eml_quant_output *output, size_t term) {
    return eml_quant_committed_factor(quant, output->centred.terms[term].monomial);
}

static bool vanishes(const eml_quant_output *output, size_t term) {
    return mpz_sgn(output->weights[term]) == 0 && output->centred.terms[term].hidden == NULL;
}

/* One summand of what a committed input is multiplied with: a weight, times the public factor if there is one. */
static void push_summand(const eml_quant_output *output, size_t term, uint32_t committed, eml_lowered *out) {
    const eml_form_term *t = &output->centred.terms[term];
    uint32_t other = t->monomial.first == committed ? t->monomial.second : t->monomial.first;
    eml_fe weight = eml_fe_from_mpz(output->weights[term]);
    if (t->hidden != NULL)
        eml_instructions_append_hidden(&out->code, weight);
    else
        eml_instructions_append(&out->code, EML_OP_PUSH, weight);
    if (other == EML_NO_INPUT) return;
    read_public(out, other);
    emit(out, EML_OP_MUL);
}

/* Whether all that a committed input is multiplied with is 1, and known to be. */
static bool is_bare(const eml_quant_output *output, const size_t *terms, size_t count) {
    if (count != 1) return false;
    const eml_form_term *term = &output->centred.terms[terms[0]];
    return term->hidden == NULL && term->monomial.second == EML_NO_INPUT &&
           mpz_cmp_ui(output->weights[terms[0]], 1) == 0;
}

/* terms: of the output, those with this input. */
static void lower_committed_input(const eml_quant_output *output, uint32_t input, const size_t *terms, size_t count,
                                  eml_lowered *out) {
    bool bare = is_bare(output, terms, count);
    for (size_t i = 0; i < count && !bare; i++) {
        push_summand(output, terms[i], input, out);
        if (i > 0) emit(out, EML_OP_ADD);
    }
    if (count == 0) eml_instructions_append(&out->code, EML_OP_PUSH, EML_FE_ZERO);
    emit(out, EML_OP_READ3);
    if (!bare) emit(out, EML_OP_MUL);
}

/* A committed input and a term with it, to sort by. */
typedef struct committed_term {
    uint32_t input;
    size_t term;
} committed_term;

static int compare_inputs(const void *a, const void *b) {
    const committed_term *left = a, *right = b;
    if (left->input != right->input) return left->input < right->input ? -1 : 1;
    return left->term < right->term ? -1 : left->term > right->term;
}

static size_t list_committed(const eml_quant *quant, const eml_quant_output *output, committed_term *out) {
    size_t count = 0;
    for (size_t i = 0; i < output->centred.count; i++) {
        uint32_t input = committed_factor(quant, output, i);
        if (input != EML_NO_INPUT && !vanishes(output, i)) out[count++] = (committed_term){input, i};
    }
    if (count > 1) qsort(out, count, sizeof *out, compare_inputs);
    return count;
}

static void lower_committed(const eml_quant *quant, const eml_quant_output *output, bool first, eml_lowered *out) {
    committed_term *all = eml_alloc(output->centred.count, sizeof *all);
    size_t *terms = eml_alloc(output->centred.count, sizeof *terms), count = list_committed(quant, output, all),
           next = 0;
    for (size_t i = 0; i < out->committed.count; i++) {
        size_t with = 0;
        for (; next < count && all[next].input == out->committed.items[i]; next++) terms[with++] = all[next].term;
        lower_committed_input(output, out->committed.items[i], terms, with, out);
        if (!first || i > 0) emit(out, EML_OP_ADD);
    }
    eml_free(all);
    eml_free(terms);
}

static void lower_plain_output(const eml_quant *quant, const eml_quant_output *output, eml_lowered *out) {
    bool first = true;
    for (size_t i = 0; i < output->centred.count; i++) {
        const eml_form_term *term = &output->centred.terms[i];
        bool hidden = term->hidden != NULL;
        if (vanishes(output, i) || committed_factor(quant, output, i) != EML_NO_INPUT) continue;
        push_public_part(quant, term->monomial, output->weights[i], hidden, out);
        if (!first) emit(out, EML_OP_ADD);
        first = false;
    }
    if (quant->model->committed) lower_committed(quant, output, first, out);
    if (!first || quant->model->committed) return;
    mpz_t zero; /* an output that is 0 everywhere: 0 * one */
    mpz_init(zero);
    push_public_part(quant, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, zero, false, out);
    mpz_clear(zero);
}

void eml_lower(const eml_quant *quant, eml_lowered *out) {
    const eml_model *model = quant->model;
    *out = (eml_lowered){0};
    for (uint32_t i = 0; i < model->input_count; i++)
        if (model->inputs[i].visibility == EML_COMMITTED) plan(&out->committed, i);
    for (size_t i = 0; i < model->output_count; i++) {
        if (model->encrypted) {
            lower_encrypted_output(quant, &quant->outputs[i], out);
        } else {
            lower_plain_output(quant, &quant->outputs[i], out);
        }
        if (model->output_count > 1) emit(out, model->encrypted ? EML_OP_WRITE2 : EML_OP_WRITE);
    }
}

void eml_lowered_free(eml_lowered *lowered) {
    eml_instructions_free(&lowered->code);
    eml_free(lowered->public_tape.items);
    eml_free(lowered->secret_tape.items);
    eml_free(lowered->committed.items);
    *lowered = (eml_lowered){0};
}
