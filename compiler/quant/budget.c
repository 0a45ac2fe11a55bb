/* What must fit into the field: the outputs' integers, and for ciphertexts the message at scale Delta with the noise
 * (docs/encryption.md). */
#include "compiler/quant/quantize.h"
#include "compiler/check/rational.h"
#include "runtime/bundle/abi.h"
#include "runtime/ciphertext/params.h"
#include "runtime/field/integer.h"

bool eml_quant_is_secret(const eml_quant *quant, eml_monomial monomial) {
    const eml_model_input *inputs = quant->model->inputs;
    return (monomial.first != EML_NO_INPUT && inputs[monomial.first].visibility == EML_SECRET) ||
           (monomial.second != EML_NO_INPUT && inputs[monomial.second].visibility == EML_SECRET);
}

uint32_t eml_quant_committed_factor(const eml_quant *quant, eml_monomial monomial) {
    const uint32_t factors[] = {monomial.first, monomial.second};
    for (int i = 0; i < 2; i++)
        if (factors[i] != EML_NO_INPUT && quant->model->inputs[factors[i]].visibility == EML_COMMITTED)
            return factors[i];
    return EML_NO_INPUT;
}

static void largest_magnitude(const eml_quant_input *in, mpz_t out) {
    mpz_set(out, mpz_cmpabs(in->lo, in->hi) > 0 ? in->lo : in->hi);
    mpz_abs(out, out);
}

void eml_quant_public_factor(const eml_quant *quant, eml_monomial monomial, mpz_t out) {
    mpz_set_ui(out, 1);
    if (monomial.second == EML_NO_INPUT) return;
    bool first_secret = quant->model->inputs[monomial.first].visibility == EML_SECRET;
    largest_magnitude(&quant->inputs[first_secret ? monomial.second : monomial.first], out);
}

/* ----- Range of an output */

/* The factor product's range: k, or k1 * k2, or 1. */
static void product_range(const eml_quant *quant, eml_monomial monomial, mpz_t lo, mpz_t hi) {
    mpz_set_ui(lo, 1);
    mpz_set_ui(hi, 1);
    if (monomial.first == EML_NO_INPUT) return;
    const eml_quant_input *a = &quant->inputs[monomial.first];
    mpz_set(lo, a->lo);
    mpz_set(hi, a->hi);
    if (monomial.second == EML_NO_INPUT) return;
    eml_mpz_multiply_range(lo, hi, quant->inputs[monomial.second].lo, quant->inputs[monomial.second].hi);
}

static void measure_output(const eml_quant *quant, eml_quant_output *output) {
    mpz_t lo, hi, factor, least, greatest;
    mpz_inits(lo, hi, factor, least, greatest, NULL);
    mpz_set_ui(output->lo, 0);
    mpz_set_ui(output->hi, 0);
    mpz_set_ui(output->secret_l1, 0);
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_monomial monomial = output->centred.terms[i].monomial;
        product_range(quant, monomial, lo, hi);
        eml_quant_weight_range(quant, output, i, least, greatest);
        eml_mpz_multiply_range(lo, hi, least, greatest);
        mpz_add(output->lo, output->lo, lo);
        mpz_add(output->hi, output->hi, hi);
        if (!eml_quant_is_secret(quant, monomial)) continue;
        eml_quant_public_factor(quant, monomial, factor);
        mpz_abs(lo, output->weights[i]);
        mpz_addmul(output->secret_l1, lo, factor);
    }
    mpz_clears(lo, hi, factor, least, greatest, NULL);
}

void eml_quant_measure(eml_quant *quant) {
    for (size_t i = 0; i < quant->model->output_count; i++) measure_output(quant, &quant->outputs[i]);
}

static void output_magnitude(const eml_quant_output *output, mpz_t out) {
    mpz_set(out, mpz_cmpabs(output->lo, output->hi) > 0 ? output->lo : output->hi);
    mpz_abs(out, out);
}

/* (p - 1) / 2: the largest magnitude of a signed residue. */
static void field_half(mpz_t out) {
    mpz_set_ui(out, 1);
    mpz_mul_2exp(out, out, 128);
    mpz_sub_ui(out, out, EML_FE_FOLD); /* 2^128 mod p = 2^128 - p */
    mpz_fdiv_q_2exp(out, out, 1);
}

/* Bits by which value exceeds limit: the least k with value <= limit * 2^k. */
static size_t excess_bits(const mpz_t value, const mpz_t limit) {
    mpz_t grown;
    mpz_init_set(grown, limit);
    size_t bits = 0;
    for (; mpz_cmp(value, grown) > 0; bits++) mpz_mul_2exp(grown, grown, 1);
    mpz_clear(grown);
    return bits;
}

/* ----- Overflow */

enum { CORNER_INPUTS_MAX = 8 };

/* "at age = 99, x[0] = -0.2, ...": the input values that reach the output's larger extreme. */
static void note_corner(const eml_quant *quant, size_t index, eml_diags *diags, eml_diag *diag) {
    const eml_quant_output *output = &quant->outputs[index];
    bool top = mpz_cmpabs(output->hi, output->lo) >= 0;
    eml_buf text = {0};
    size_t named = 0, inputs = 0;
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_monomial monomial = output->centred.terms[i].monomial;
        if (monomial.first == EML_NO_INPUT || monomial.second != EML_NO_INPUT) continue;
        if (inputs++ >= CORNER_INPUTS_MAX) continue;
        const eml_model_input *in = &quant->model->inputs[monomial.first];
        bool high = (mpz_sgn(output->weights[i]) >= 0) == top;
        eml_buf_printf(&text, "%s`%s` = ", named++ > 0 ? ", " : "", in->name);
        eml_rational_print_short(high ? in->hi : in->lo, &text);
    }
    if (inputs > CORNER_INPUTS_MAX) eml_buf_printf(&text, " and %zu more", inputs - CORNER_INPUTS_MAX);
    if (named > 0)
        eml_diag_note(diags, diag, "its largest magnitude is reached at %.*s", (int)text.len, (char *)text.data);
    eml_buf_free(&text);
}

static const char *bits_are(size_t count) { return count == 1 ? "bit is" : "bits are"; }

static bool check_overflow(const eml_quant *quant, size_t index, const mpz_t half, eml_diags *diags) {
    mpz_t magnitude;
    mpz_init(magnitude);
    output_magnitude(&quant->outputs[index], magnitude);
    bool good = mpz_cmp(magnitude, half) <= 0;
    if (!good) {
        const eml_model_output *output = &quant->model->outputs[index];
        eml_diag *diag = eml_diag_add(diags, EML_DIAG_OVERFLOW, output->decl->name.span,
                                      "`%s` needs %zu bits at its tolerance, the field has 127: %zu %s missing",
                                      output->name, eml_integer_bits(magnitude), excess_bits(magnitude, half),
                                      bits_are(excess_bits(magnitude, half)));
        if (eml_form_find_hidden(&quant->outputs[index].centred) == NULL) note_corner(quant, index, diags, diag);
        eml_diag_note(diags, diag, "a larger tolerance or narrower input ranges would help");
    }
    mpz_clear(magnitude);
    return good;
}

static bool check_input_bits(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_quant_input *q = &quant->inputs[index];
    size_t bits = eml_integer_bits(mpz_cmpabs(q->lo, q->hi) > 0 ? q->lo : q->hi);
    if (bits <= EML_ABI_INTEGER_BITS) return true;
    const eml_model_input *in = &quant->model->inputs[index];
    eml_diag *diag = eml_diag_add(
        diags, EML_DIAG_INPUT_BITS, in->decl->name.span, "`%s` needs %zu bits, an input has %d: %zu %s missing",
        in->name, bits, EML_ABI_INTEGER_BITS, bits - EML_ABI_INTEGER_BITS, bits_are(bits - EML_ABI_INTEGER_BITS));
    eml_diag_note(diags, diag, "a narrower range, a larger step or a larger tolerance would help");
    return false;
}

/* ----- Encryption budget */

/* ||w||_1 * B, the largest noise in the output. */
static void output_noise(const eml_quant_output *output, mpz_t out) {
    mpz_mul_ui(out, output->secret_l1, EML_LATTICE_NOISE_BOUND);
}

/* Decryption wants |noise| < Delta/2 - Delta/2^MARGIN_BITS = (2^(MARGIN_BITS-1) - 1) Delta / 2^MARGIN_BITS. */
static uint32_t delta_for_noise(const mpz_t noise) {
    mpz_t scaled;
    mpz_init(scaled);
    mpz_mul_2exp(scaled, noise, EML_LATTICE_MARGIN_BITS);
    mpz_fdiv_q_ui(scaled, scaled, (1u << (EML_LATTICE_MARGIN_BITS - 1)) - 1);
    size_t bits = eml_integer_bits(scaled); /* 2^bits > floor(scaled), so > scaled */
    mpz_clear(scaled);
    return bits < EML_LATTICE_DELTA_BITS_MIN ? EML_LATTICE_DELTA_BITS_MIN : (uint32_t)bits;
}

uint32_t eml_quant_minimal_delta(const eml_quant *quant) {
    mpz_t noise;
    mpz_init_set_ui(noise, EML_LATTICE_NOISE_BOUND); /* a fresh ciphertext */
    uint32_t delta = delta_for_noise(noise);
    for (size_t i = 0; i < quant->model->output_count; i++) {
        output_noise(&quant->outputs[i], noise);
        uint32_t wanted = delta_for_noise(noise);
        if (wanted > delta) delta = wanted;
    }
    mpz_clear(noise);
    return delta;
}

/* message * 2^delta_bits + noise */
static void occupied(const mpz_t message, const mpz_t noise, uint32_t delta_bits, mpz_t out) {
    mpz_mul_2exp(out, message, delta_bits);
    mpz_add(out, out, noise);
}

static void report_budget(const char *what, const char *name, eml_span span, size_t missing, uint32_t delta_bits,
                          eml_diags *diags) {
    eml_diag_add(diags, EML_DIAG_BUDGET, span, "%s `%s` does not fit the encryption at Delta = 2^%u: %zu %s missing",
                 what, name, delta_bits, missing, bits_are(missing));
}

static bool check_noise(const eml_quant *quant, size_t index, uint32_t delta_bits, eml_diags *diags) {
    mpz_t noise;
    mpz_init(noise);
    output_noise(&quant->outputs[index], noise);
    uint32_t wanted = delta_for_noise(noise);
    if (wanted > delta_bits) {
        const eml_model_output *output = &quant->model->outputs[index];
        report_budget("the noise of", output->name, output->decl->name.span, wanted - delta_bits, delta_bits, diags);
    }
    mpz_clear(noise);
    return wanted <= delta_bits;
}

static bool check_message(const mpz_t message, const mpz_t noise, uint32_t delta_bits, const mpz_t half,
                          const char *what, const char *name, eml_span span, eml_diags *diags) {
    mpz_t total;
    mpz_init(total);
    occupied(message, noise, delta_bits, total);
    size_t missing = excess_bits(total, half);
    if (missing > 0) report_budget(what, name, span, missing, delta_bits, diags);
    mpz_clear(total);
    return missing == 0;
}

static bool check_encryption(eml_quant *quant, const mpz_t half, eml_diags *diags) {
    const eml_model *model = quant->model;
    mpz_t message, noise;
    mpz_inits(message, noise, NULL);
    bool good = true;
    for (size_t i = 0; i < model->output_count; i++) {
        const eml_model_output *output = &model->outputs[i];
        output_magnitude(&quant->outputs[i], message);
        output_noise(&quant->outputs[i], noise);
        good = check_noise(quant, i, quant->delta_bits, diags) &&
               check_message(message, noise, quant->delta_bits, half, "output", output->name, output->decl->name.span,
                             diags) &&
               good;
    }
    mpz_set_ui(noise, EML_LATTICE_NOISE_BOUND);
    for (size_t i = 0; i < model->input_count; i++) {
        const eml_model_input *in = &model->inputs[i];
        bool kept = !quant->inputs[i].used && (quant->inputs[i].read || in->formula.count > 0);
        if (in->visibility != EML_SECRET || kept) continue;
        largest_magnitude(&quant->inputs[i], message);
        good = check_message(message, noise, quant->delta_bits, half, "input", in->name, in->decl->name.span, diags) &&
               good;
    }
    mpz_clears(message, noise, NULL);
    return good;
}

/* ----- Cost */

size_t eml_quant_digits(const eml_quant_output *output) {
    mpz_t magnitude, power;
    mpz_inits(magnitude, power, NULL);
    output_magnitude(output, magnitude);
    size_t digits = mpz_sizeinbase(magnitude, 10); /* or one less */
    mpz_ui_pow_ui(power, 10, digits - 1);
    bool fewer = mpz_cmp(magnitude, power) < 0;
    mpz_clears(magnitude, power, NULL);
    return fewer ? digits - 1 : digits;
}

/* What the largest result occupies: with its Delta and noise, where there is any. */
static void largest_occupied(const eml_quant *quant, mpz_t out) {
    mpz_t message, noise, total;
    mpz_inits(message, noise, total, NULL);
    uint32_t delta = quant->model->encrypted ? eml_quant_minimal_delta(quant) : 0;
    mpz_set_ui(out, 0);
    for (size_t i = 0; i < quant->model->output_count; i++) {
        output_magnitude(&quant->outputs[i], message);
        output_noise(&quant->outputs[i], noise);
        occupied(message, noise, delta, total);
        if (mpz_cmp(total, out) > 0) mpz_set(out, total);
    }
    mpz_clears(message, noise, total, NULL);
}

eml_quant_cost eml_quant_cost_of(const eml_quant *quant, eml_quant_rows_fn *rows_of) {
    eml_quant_cost cost = {.rows = rows_of(quant)};
    mpz_t total, half;
    mpz_inits(total, half, NULL);
    largest_occupied(quant, total);
    field_half(half);
    cost.bits = eml_integer_bits(total);
    for (size_t i = 0; i < quant->model->output_count; i++) {
        size_t digits = eml_quant_digits(&quant->outputs[i]);
        bool ours = !quant->model->outputs[i].exact;
        if (ours && digits > EML_QUANT_DIGITS_MAX) cost.fault = EML_QUANT_LONG;
        cost.digits += digits;
    }
    if (mpz_cmp(total, half) > 0) cost.fault = EML_QUANT_UNFIT;
    mpz_clears(total, half, NULL);
    return cost;
}

bool eml_quant_check_budget(eml_quant *quant, int delta_bits, eml_diags *diags) {
    mpz_t half;
    mpz_init(half);
    field_half(half);
    bool good = true;
    for (size_t i = 0; i < quant->model->output_count; i++) good = check_overflow(quant, i, half, diags) && good;
    for (size_t i = 0; i < quant->model->input_count; i++) good = check_input_bits(quant, i, diags) && good;
    if (good && quant->model->encrypted) {
        uint32_t minimal = eml_quant_minimal_delta(quant);
        if (minimal > EML_LATTICE_DELTA_BITS_MAX) minimal = EML_LATTICE_DELTA_BITS_MAX;
        quant->delta_bits = delta_bits >= 0 ? (uint32_t)delta_bits : minimal;
        good = check_encryption(quant, half, diags);
    }
    mpz_clear(half);
    return good;
}
