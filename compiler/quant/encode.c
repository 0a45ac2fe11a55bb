/* How inputs become integers: offsets, the units that are not ours to choose, and ranges. */
#include "compiler/quant/quantize.h"
#include "compiler/check/rational.h"

static void mark_factors(const eml_model *model, bool *used, bool *factor) {
    for (size_t i = 0; i < model->output_count; i++) {
        const eml_form *form = &model->outputs[i].form;
        for (size_t j = 0; j < form->count; j++) {
            eml_monomial m = form->terms[j].monomial;
            bool product = m.second != EML_NO_INPUT;
            if (m.first != EML_NO_INPUT) used[m.first] = true;
            if (product) used[m.second] = factor[m.first] = factor[m.second] = true;
        }
    }
}

/* value rounded to the nearest multiple of grid > 0. */
static void round_to(mpq_t value, const mpq_t grid) {
    mpz_t steps;
    mpz_init(steps);
    mpq_div(value, value, grid);
    eml_rational_round(value, steps);
    mpq_set_z(value, steps);
    mpq_mul(value, value, grid);
    mpz_clear(steps);
}

/* The centre of the range, rounded to a power of ten of at most 1/32 of its width: a short number that costs X at most
 * 1/32. */
static void short_centre(const eml_model_input *in, mpq_t out) {
    mpq_t grid;
    mpq_init(grid);
    mpq_sub(grid, in->hi, in->lo);
    mpq_div_2exp(grid, grid, 5);
    eml_rational_floor_power10(grid, grid);
    mpq_add(out, in->lo, in->hi);
    mpq_div_2exp(out, out, 1);
    round_to(out, grid);
    mpq_clear(grid);
}

static void set_reach(const eml_model_input *in, eml_quant_input *q) {
    mpq_t below;
    mpq_init(below);
    mpq_sub(below, q->offset, in->lo);
    mpq_sub(q->reach, in->hi, q->offset);
    mpq_abs(below, below);
    mpq_abs(q->reach, q->reach);
    if (mpq_cmp(below, q->reach) > 0) mpq_swap(q->reach, below);
    mpq_clear(below);
}

/* `frac F`: scale and offset are pinned, whatever the range. */
static void encode_pinned(const eml_model_input *in, eml_quant_input *q) {
    mpq_set_ui(q->unit, 1, 1);
    eml_rational_scale2(q->unit, q->unit, -in->frac);
}

/* One value: it is the offset, or of a factor the unit; either way exact. */
static void encode_single(const eml_model_input *in, bool factor, eml_quant_input *q) {
    if (factor && mpq_sgn(in->lo) != 0) {
        mpq_abs(q->unit, in->lo);
    } else {
        mpq_set(q->offset, in->lo);
    }
}

static void encode_grid(const eml_model_input *in, bool factor, eml_quant_input *q) {
    mpq_set(q->unit, in->step);
    if (factor) return;
    mpq_add(q->offset, in->lo, in->hi);
    mpq_div_2exp(q->offset, q->offset, 1);
    round_to(q->offset, in->step);
}

static void encode_input(const eml_model_input *in, bool factor, eml_quant_input *q) {
    bool single = mpq_equal(in->lo, in->hi), grid = mpq_sgn(in->step) != 0;
    mpq_set_ui(q->unit, 1, 1);
    q->on_grid = grid;
    q->fixed = grid || single || in->has_frac || !q->used;
    if (in->has_frac) {
        encode_pinned(in, q);
    } else if (grid) {
        encode_grid(in, factor, q);
    } else if (single) {
        encode_single(in, factor, q);
    } else if (!factor) {
        short_centre(in, q->offset);
    }
    set_reach(in, q);
}

void eml_quant_encode_inputs(eml_quant *quant) {
    const eml_model *model = quant->model;
    bool *used = eml_alloc(model->input_count, sizeof *used), *factor = eml_alloc(model->input_count, sizeof *factor);
    mark_factors(model, used, factor);
    for (size_t i = 0; i < model->input_count; i++) {
        quant->inputs[i].used = used[i];
        encode_input(&model->inputs[i], factor[i], &quant->inputs[i]);
    }
    eml_free(used);
    eml_free(factor);
}

/* k at an end of the range; on a grid, of the outermost value inside. */
static void round_end(const mpq_t end, bool low, const eml_quant_input *q, mpz_t out) {
    mpq_t steps;
    mpq_init(steps);
    mpq_sub(steps, end, q->offset);
    mpq_div(steps, steps, q->unit);
    if (!q->on_grid) {
        eml_rational_round(steps, out);
    } else if (low) {
        mpz_cdiv_q(out, mpq_numref(steps), mpq_denref(steps));
    } else {
        mpz_fdiv_q(out, mpq_numref(steps), mpq_denref(steps));
    }
    mpq_clear(steps);
}

void eml_quant_encode_ranges(eml_quant *quant) {
    for (size_t i = 0; i < quant->model->input_count; i++) {
        eml_quant_input *q = &quant->inputs[i];
        const eml_model_input *in = &quant->model->inputs[i];
        bool single = mpq_equal(in->lo, in->hi) && !in->has_frac;
        if (q->on_grid || single) {
            mpq_set_ui(q->rounding, 0, 1);
        } else {
            mpq_div_2exp(q->rounding, q->unit, 1);
        }
        round_end(in->lo, true, q, q->lo);
        round_end(in->hi, false, q, q->hi);
    }
}
