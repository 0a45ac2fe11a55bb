#include "compiler/code/lower.h"

#include "runtime/field/integer.h"
#include "runtime/bundle/abi.h"

eml_fe eml_lower_delta(const eml_quant *quant) {
    return quant->delta_bits == 0 ? EML_FE_ZERO : eml_fe_pow_u64_var(eml_fe_from_u64(2), quant->delta_bits);
}

eml_layout_options eml_lower_layout(const eml_quant *quant, uint32_t S, const eml_fe salts[2 * EML_SPONGES_MAX]) {
    eml_layout_options options = {.S = S, .delta = eml_lower_delta(quant)};
    if (quant->model->hidden_count == 0) return options;
    options.form = EML_FORM_HIDDEN;
    options.salted = true;
    for (size_t i = 0; i < 2 * EML_SPONGES_MAX; i++) options.salts[i] = salts[i];
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
            if (!inputs[factors[i]].secret) columns[count++] = factors[i];
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
    return quant->model->inputs[monomial.first].secret ? monomial.first : monomial.second;
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

static void lower_plain_output(const eml_quant *quant, const eml_quant_output *output, eml_lowered *out) {
    bool first = true;
    for (size_t i = 0; i < output->centred.count; i++) {
        const eml_form_term *term = &output->centred.terms[i];
        bool hidden = term->hidden != NULL;
        if (mpz_sgn(output->weights[i]) == 0 && !hidden) continue;
        push_public_part(quant, term->monomial, output->weights[i], hidden, out);
        if (!first) emit(out, EML_OP_ADD);
        first = false;
    }
    if (!first) return;
    mpz_t zero; /* an output that is 0 everywhere: 0 * one */
    mpz_init(zero);
    push_public_part(quant, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, zero, false, out);
    mpz_clear(zero);
}

void eml_lower(const eml_quant *quant, eml_lowered *out) {
    const eml_model *model = quant->model;
    *out = (eml_lowered){0};
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
    *lowered = (eml_lowered){0};
}
