#include "runtime/verify/recheck.h"

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/statement/symbolic.h"
#include "runtime/table/computed.h"
#include "runtime/table/tie.h"
#include "runtime/table/value.h"

/* ----- What inputs may be */

static mpq_srcptr grid_of(const eml_input_column *column) { return column->exact ? column->unit : column->step; }

/* The lowest or the highest number that the column takes. */
static void end_of(const eml_input_column *column, bool highest, mpq_t out) {
    mpq_srcptr grid = grid_of(column);
    mpq_set(out, highest ? column->hi : column->lo);
    if (mpq_sgn(grid) == 0) return;
    mpz_t steps;
    mpz_init(steps);
    mpq_sub(out, out, column->offset);
    mpq_div(out, out, grid);
    (highest ? mpz_fdiv_q : mpz_cdiv_q)(steps, mpq_numref(out), mpq_denref(out));
    mpq_set_z(out, steps);
    mpq_mul(out, out, grid);
    mpq_add(out, out, column->offset);
    mpz_clear(steps);
}

static void measure_input(eml_rechecked *r, size_t index) {
    const eml_input_column *column = &r->bundle->abi.inputs[index];
    end_of(column, false, r->below[index]);
    end_of(column, true, r->above[index]);
    eml_input_round(column, r->below[index], r->k_lo[index]);
    eml_input_round(column, r->above[index], r->k_hi[index]);
}

/* ----- The rows */

static void mark_read(const eml_abi *abi, bool *read) {
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_formula *formula = &abi->inputs[i].formula;
        for (size_t n = 0; n < formula->count; n++)
            if (formula->nodes[n].operator== EML_FORMULA_COLUMN) read[formula->nodes[n].column] = true;
    }
}

/* In both rows where it is in the first. */
static void stay(eml_rechecked *r, size_t index) {
    const eml_input_column *column = &r->bundle->abi.inputs[index];
    mpq_set(r->above[index], r->below[index]);
    eml_input_round(column, r->below[index], r->k_below[index]);
    mpz_set(r->k_above[index], r->k_below[index]);
}

/* At the end that is farther from 0, where products are largest. */
static void place_input(eml_rechecked *r, size_t index, bool read) {
    const eml_input_column *column = &r->bundle->abi.inputs[index];
    bool high = mpz_cmpabs(r->k_hi[index], r->k_lo[index]) >= 0;
    if (!eml_tie_find(column, high, r->below[index], r->above[index])) {
        end_of(column, high, r->below[index]);
        read = true; /* it stays where it is */
    }
    if (read) mpq_set(r->above[index], r->below[index]);
    eml_input_round(column, r->below[index], r->k_below[index]);
    eml_input_round(column, r->above[index], r->k_above[index]);
}

/* Derived inputs, which are the same in both rows. */
static bool derive_inputs(eml_rechecked *r) {
    const eml_abi *abi = &r->bundle->abi;
    eml_fe *integers = eml_alloc(abi->input_count, sizeof *integers);
    for (size_t i = 0; i < abi->input_count; i++) integers[i] = eml_fe_from_mpz(r->k_below[i]);
    bool good = true;
    for (eml_visibility v = 0; good && v < EML_VISIBILITIES; v++) {
        eml_derivation derivation;
        size_t input;
        eml_derivation_open(&derivation, abi, v);
        good = eml_derivation_fill(&derivation, integers, &input, NULL) == EML_OK;
        eml_derivation_close(&derivation);
    }
    for (size_t i = 0; good && i < abi->input_count; i++) {
        if (!eml_input_is_derived(&abi->inputs[i])) continue;
        eml_fe_to_mpz(integers[i], r->k_below[i]);
        mpz_set(r->k_above[i], r->k_below[i]);
    }
    eml_free(integers);
    return good;
}

/* One of a group is 1. */
static void place_group(eml_rechecked *r, const eml_onehot_group *group, size_t member) {
    for (size_t i = group->first; i < group->first + group->count; i++) {
        mpq_set_ui(r->below[i], i == group->first + member, 1);
        stay(r, i);
    }
}

static size_t draw(uint64_t *state, size_t count) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(*state >> 33) % count;
}

/* At an end, or a thousandth of the range, or what its grid has next to it. */
static void draw_input(eml_rechecked *r, size_t index, uint64_t *state) {
    enum { PARTS = 1000, ENDS = 4 };
    eml_input_column part = r->bundle->abi.inputs[index];
    mpq_t width, at;
    mpq_inits(width, at, NULL);
    mpq_sub(width, part.hi, part.lo);
    size_t place = draw(state, ENDS);
    mpq_set_ui(at, place < 2 ? place * PARTS : draw(state, PARTS + 1), PARTS);
    mpq_canonicalize(at);
    mpq_mul(at, at, width);
    mpq_add(at, at, part.lo);
    *part.hi = *at;
    end_of(&part, true, r->below[index]);
    if (mpq_cmp(r->below[index], part.lo) < 0) end_of(&part, false, r->below[index]);
    stay(r, index);
    mpq_clears(width, at, NULL);
}

/* Another row, of what formulas read. */
static void draw_row(eml_rechecked *r, const bool *read, uint64_t *state) {
    const eml_abi *abi = &r->bundle->abi;
    for (size_t i = 0; i < abi->input_count; i++)
        if (read[i]) draw_input(r, i, state);
    for (size_t g = 0; g < abi->group_count; g++) place_group(r, &abi->groups[g], draw(state, abi->groups[g].count));
}

/* Ranges of derived inputs may be narrower than what formulas come to: so other rows are tried where the first is not
 * taken. */
static void place_inputs(eml_rechecked *r) {
    enum { TRIES = 200 };
    uint64_t state = 1;
    const eml_abi *abi = &r->bundle->abi;
    bool *read = eml_alloc(abi->input_count, sizeof *read);
    mark_read(abi, read);
    for (size_t i = 0; i < abi->input_count; i++) {
        measure_input(r, i);
        if (!eml_input_is_derived(&abi->inputs[i])) place_input(r, i, read[i]);
    }
    for (size_t g = 0; g < abi->group_count; g++) place_group(r, &abi->groups[g], 0);
    r->derived = derive_inputs(r);
    for (int tries = 0; !r->derived && tries < TRIES; tries++) {
        draw_row(r, read, &state);
        r->derived = derive_inputs(r);
    }
    eml_free(read);
}

/* ----- What the code computes */

/* per_delta: 1 / Delta; 1 when nothing is encrypted. */
static void add_term(const eml_symbolic_term *term, eml_fe per_delta, eml_recheck_output *output) {
    eml_recheck_term *out = &output->terms[output->count++];
    *out = (eml_recheck_term){0};
    bool ciphertext = false;
    for (size_t i = 0; i < EML_SYMBOLS_MAX && term->factors[i] != EML_NO_SYMBOL; i++) {
        uint32_t column = eml_symbol_column(term->factors[i]);
        ciphertext |= eml_symbol_part(term->factors[i]) != 0;
        if (column != EML_TAPE_ONE) out->factors[out->count++] = column;
    }
    /* A ciphertext's body has Delta in it already. */
    mpz_init(out->weight);
    eml_fe_to_mpz(ciphertext ? term->coefficient : eml_fe_mul(term->coefficient, per_delta), out->weight);
}

static void read_outputs(eml_rechecked *r, eml_symbolic *found) {
    const eml_bundle *bundle = r->bundle;
    bool encrypted = bundle->abi.encrypted_outputs;
    size_t parts = encrypted ? EML_CT_ELEMENTS : 1, at = encrypted ? EML_BODY_PART - 1 : 0;
    eml_fe per_delta = encrypted ? eml_fe_inv(bundle->program.shape.delta) : EML_FE_ONE;
    for (size_t o = 0; o < bundle->abi.output_count; o++) {
        eml_symbolic_form *form = &found->outputs[o * parts + at];
        eml_symbolic_normalise(form);
        r->outputs[o].terms = eml_alloc(form->count, sizeof *r->outputs[o].terms);
        for (size_t t = 0; t < form->count; t++) add_term(&form->terms[t], per_delta, &r->outputs[o]);
    }
}

static bool run_symbols(eml_rechecked *r) {
    const eml_abi *abi = &r->bundle->abi;
    uint32_t *committed = eml_alloc(abi->input_count, sizeof *committed);
    eml_symbolic_tapes tapes = {abi->public_tape, abi->secret_tape, committed, 0};
    for (uint32_t i = 0; i < abi->input_count; i++)
        if (abi->inputs[i].visibility == EML_COMMITTED) committed[tapes.committed_count++] = i;
    eml_symbolic found;
    size_t row;
    bool known = eml_symbolic_run(&r->bundle->program, &tapes, &found, &row);
    if (known) read_outputs(r, &found);
    if (known) eml_symbolic_free(&found);
    eml_free(committed);
    return known;
}

/* ----- Outputs */

static void measure_range(eml_rechecked *r) {
    const eml_recheck_output *output = &r->outputs[r->output];
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    mpz_set_ui(r->lo, 0);
    mpz_set_ui(r->hi, 0);
    for (size_t t = 0; t < output->count; t++) {
        const eml_recheck_term *term = &output->terms[t];
        mpz_set(lo, term->weight);
        mpz_set(hi, term->weight);
        for (uint32_t i = 0; i < term->count; i++)
            eml_mpz_multiply_range(lo, hi, r->k_lo[term->factors[i]], r->k_hi[term->factors[i]]);
        mpz_add(r->lo, r->lo, lo);
        mpz_add(r->hi, r->hi, hi);
    }
    mpz_set_ui(lo, 1); /* (p - 1) / 2 */
    mpz_mul_2exp(lo, lo, 128);
    mpz_sub_ui(lo, lo, EML_FE_FOLD);
    mpz_fdiv_q_2exp(lo, lo, 1);
    r->fits = mpz_cmpabs(r->lo, lo) <= 0 && mpz_cmpabs(r->hi, lo) <= 0;
    mpz_clears(lo, hi, NULL);
}

/* Which way each input moves so that the output grows: by the slopes where all are below. */
static void choose_sides(eml_rechecked *r) {
    const eml_recheck_output *output = &r->outputs[r->output];
    mpz_t part;
    mpz_init(part);
    for (size_t t = 0; t < output->count; t++) {
        const eml_recheck_term *term = &output->terms[t];
        for (uint32_t i = 0; i < term->count; i++) {
            mpz_set(part, term->weight);
            for (uint32_t j = 0; j < term->count; j++)
                if (j != i) mpz_mul(part, part, r->k_below[term->factors[j]]);
            mpz_add(r->slopes[term->factors[i]], r->slopes[term->factors[i]], part);
            r->high[term->factors[i]] = mpz_sgn(r->slopes[term->factors[i]]) < 0;
        }
    }
    mpz_clear(part);
}

static void forget_slopes(eml_rechecked *r) {
    const eml_recheck_output *output = &r->outputs[r->output];
    for (size_t t = 0; t < output->count; t++)
        for (uint32_t i = 0; i < output->terms[t].count; i++) mpz_set_ui(r->slopes[output->terms[t].factors[i]], 0);
}

static void measure_jump(eml_rechecked *r) {
    const eml_recheck_output *output = &r->outputs[r->output];
    mpz_t part, sum;
    mpz_inits(part, sum, NULL);
    choose_sides(r);
    for (size_t t = 0; t < output->count; t++) {
        const eml_recheck_term *term = &output->terms[t];
        for (int second = 0; second <= 1; second++) {
            mpz_set(part, term->weight);
            for (uint32_t i = 0; i < term->count; i++) {
                bool above = r->high[term->factors[i]] != (second == 1);
                mpz_mul(part, part, (above ? r->k_above : r->k_below)[term->factors[i]]);
            }
            (second == 1 ? mpz_add : mpz_sub)(sum, sum, part);
        }
    }
    mpq_set_z(r->jump, sum);
    mpq_mul(r->jump, r->jump, r->bundle->abi.outputs[r->output].unit);
    mpq_div_2exp(r->jump, r->jump, 1);
    mpq_abs(r->jump, r->jump);
    forget_slopes(r);
    mpz_clears(part, sum, NULL);
}

void eml_recheck_measure(eml_rechecked *r, size_t output) {
    const eml_recheck_output *last = &r->outputs[r->output];
    for (size_t t = 0; t < last->count; t++)
        for (uint32_t i = 0; i < last->terms[t].count; i++) r->high[last->terms[t].factors[i]] = false;
    r->output = output;
    measure_range(r);
    if (r->derived) measure_jump(r);
}

mpq_srcptr eml_recheck_value(const eml_rechecked *r, size_t input, bool second) {
    return r->high[input] != second ? r->above[input] : r->below[input];
}

/* ----- All */

void eml_recheck_open(const eml_bundle *bundle, eml_rechecked *out) {
    const eml_abi *abi = &bundle->abi;
    *out = (eml_rechecked){.bundle = bundle};
    mpq_t **numbers[] = {&out->below, &out->above};
    mpz_t **integers[] = {&out->k_below, &out->k_above, &out->k_lo, &out->k_hi, &out->slopes};
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
        *numbers[n] = eml_alloc(abi->input_count, sizeof(mpq_t));
        for (size_t i = 0; i < abi->input_count; i++) mpq_init((*numbers[n])[i]);
    }
    for (size_t n = 0; n < sizeof integers / sizeof *integers; n++) {
        *integers[n] = eml_alloc(abi->input_count, sizeof(mpz_t));
        for (size_t i = 0; i < abi->input_count; i++) mpz_init((*integers[n])[i]);
    }
    out->outputs = eml_alloc(abi->output_count, sizeof *out->outputs);
    out->high = eml_alloc(abi->input_count, sizeof *out->high);
    mpz_inits(out->lo, out->hi, NULL);
    mpq_init(out->jump);
    place_inputs(out);
    out->known = run_symbols(out);
}

void eml_recheck_close(eml_rechecked *r) {
    mpz_t *integers[] = {r->k_below, r->k_above, r->k_lo, r->k_hi, r->slopes};
    for (size_t i = 0; i < r->bundle->abi.input_count; i++) {
        mpq_clears(r->below[i], r->above[i], NULL);
        for (size_t n = 0; n < sizeof integers / sizeof *integers; n++) mpz_clear(integers[n][i]);
    }
    for (size_t n = 0; n < sizeof integers / sizeof *integers; n++) eml_free(integers[n]);
    for (size_t o = 0; o < r->bundle->abi.output_count; o++) {
        for (size_t t = 0; t < r->outputs[o].count; t++) mpz_clear(r->outputs[o].terms[t].weight);
        eml_free(r->outputs[o].terms);
    }
    eml_free(r->below);
    eml_free(r->above);
    eml_free(r->outputs);
    eml_free(r->high);
    mpz_clears(r->lo, r->hi, NULL);
    mpq_clear(r->jump);
    *r = (eml_rechecked){0};
}
