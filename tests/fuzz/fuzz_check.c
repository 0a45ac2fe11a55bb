/* Any text as a model: parsed, resolved, evaluated, its derived inputs bounded. Where nothing is reported, every
 * derived input has a value for whatever its columns may be, within its range. */
#include <string.h>

#include "compiler/check/model.h"
#include "runtime/base/memory.h"
#include "tests/fuzz/fuzz.h"

enum { SIZE_MAX_TRIED = 2 << 10, SAMPLES = 6, NODES_TRIED = 2000 };

static uint64_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* An end, or what is between: on the column's grid, as its cells are rounded. */
static void sample(const eml_model_input *in, uint64_t *state, mpq_t out) {
    eml_value_bound bound;
    mpz_t steps;
    eml_value_bound_init(&bound);
    mpz_init(steps);
    eml_model_input_bound(in, &bound);
    uint64_t part = next(state) % 5; /* 0: lo, 4: hi */
    mpq_sub(out, bound.hi, bound.lo);
    mpq_t fraction;
    mpq_init(fraction);
    mpq_set_ui(fraction, part, 4);
    mpq_canonicalize(fraction);
    mpq_mul(out, out, fraction);
    mpq_add(out, out, bound.lo);
    if (mpq_sgn(in->step) != 0) { /* the multiple that is next, inside */
        mpq_div(out, out, in->step);
        (part < 2 ? mpz_cdiv_q : mpz_fdiv_q)(steps, mpq_numref(out), mpq_denref(out));
        mpq_set_z(out, steps);
        mpq_mul(out, out, in->step);
        if (mpq_cmp(out, bound.lo) < 0) mpq_add(out, out, in->step);
        if (mpq_cmp(out, bound.hi) > 0) mpq_sub(out, out, in->step);
    }
    mpq_clear(fraction);
    mpz_clear(steps);
    eml_value_bound_free(&bound);
}

static void try_values(const eml_model *model) {
    uint64_t state = 1;
    size_t nodes = 0;
    mpq_t *values = eml_alloc(model->input_count, sizeof *values), value;
    mpq_init(value);
    for (size_t i = 0; i < model->input_count; i++) mpq_init(values[i]);
    for (int tries = 0; tries < SAMPLES; tries++) {
        for (size_t i = 0; i < model->input_count; i++) {
            const eml_model_input *in = &model->inputs[i];
            nodes += in->formula.count;
            if (in->formula.count == 0) sample(in, &state, values[i]);
            if (in->formula.count == 0 || nodes > NODES_TRIED) continue;
            FUZZ_REQUIRE(eml_formula_check(&in->formula, (uint32_t)i, NULL) == EML_OK);
            FUZZ_REQUIRE(eml_formula_value(&in->formula, (const mpq_t *)values, value, NULL) == EML_OK);
            bool inside = mpq_cmp(value, in->lo) >= 0 && mpq_cmp(value, in->hi) <= 0;
            if (in->ranged && !inside) break; /* the row is refused: nothing is said of what comes after */
            FUZZ_REQUIRE(inside);
        }
    }
    for (size_t i = 0; i < model->input_count; i++) mpq_clear(values[i]);
    mpq_clear(value);
    eml_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > SIZE_MAX_TRIED) return 0;
    static eml_diags diags;
    eml_source source;
    eml_ast ast;
    eml_names names = {0};
    eml_model model = {0};
    eml_buf rendered = {0};
    eml_source_from_text("fuzz.eml", size == 0 ? "" : (const char *)data, size, &source);
    eml_diags_init(&diags, &source);
    eml_parse(&source, &diags, &ast);
    if (diags.errors == 0) {
        eml_resolve(&ast, &diags, &names);
        eml_model_build(&names, &diags, &model);
        if (diags.errors == 0) {
            try_values(&model);
            eml_model_print(&model, &rendered);
        }
        eml_model_free(&model);
        eml_names_free(&names);
    }
    eml_diags_render(&diags, false, &rendered);
    eml_buf_free(&rendered);
    eml_ast_free(&ast);
    eml_diags_free(&diags);
    eml_source_free(&source);
    return 0;
}
