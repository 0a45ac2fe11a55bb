/* Compiling source text in memory, pass by pass, for the compiler's tests. */
#ifndef EML_TESTS_COMPILER_FIXTURE_H
#define EML_TESTS_COMPILER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/passes.h"
#include "compiler/code/pack.h"
#include "compiler/code/validate.h"
#include "runtime/bundle/schema.h"

typedef struct fixture {
    eml_source source;
    eml_diags diags;
    eml_passes passes;
    eml_abi abi;
    eml_program program;
} fixture;

/* Salts 1, 2, ... of hidden models. */
static inline eml_layout_options fixture_layout(const eml_quant *quant, const eml_fe schema[EML_RESCUE_DIGEST]) {
    eml_fe salts[2 * EML_SPONGES_MAX];
    for (uint32_t i = 0; i < 2 * EML_SPONGES_MAX; i++) salts[i] = eml_fe_from_u64(i + 1);
    return eml_lower_layout(quant, 0, salts, schema);
}

static inline uint32_t fixture_rows(const eml_quant *quant) {
    eml_lowered lowered;
    eml_program program = {0};
    eml_lower(quant, &lowered);
    eml_layout_options options = fixture_layout(quant, (eml_fe[]){EML_FE_ONE, EML_FE_ONE});
    assert_int_equal(eml_program_lay_out(&lowered.code, &options, &program, NULL), EML_OK);
    uint32_t rows = program.shape.n;
    eml_program_free(&program);
    eml_lowered_free(&lowered);
    return rows;
}

/* Up to quantization; true when there were no errors. */
static inline bool fixture_quantize(fixture *f, const char *text, int delta_bits) {
    memset(f, 0, sizeof *f);
    eml_source_from_text("test.eml", text, strlen(text), &f->source);
    eml_diags_init(&f->diags, &f->source);
    eml_parse(&f->source, &f->diags, &f->passes.ast);
    if (f->diags.errors > 0) return false;
    eml_resolve(&f->passes.ast, &f->diags, &f->passes.names);
    eml_model_build(&f->passes.names, &f->diags, &f->passes.model);
    return f->diags.errors == 0 &&
           eml_quantize(&f->passes.model, delta_bits, fixture_rows, &f->diags, &f->passes.quant);
}

static inline void fixture_compile(fixture *f, const char *text) {
    eml_error err = {0};
    bool good = fixture_quantize(f, text, -1);
    if (!good) {
        eml_buf out = {0};
        eml_diags_render(&f->diags, false, &out);
        fprintf(stderr, "%.*s\n%s", (int)out.len, (char *)out.data, text);
        eml_buf_free(&out);
    }
    assert_true(good);
    eml_lower(&f->passes.quant, &f->passes.lowered);
    eml_fe schema[EML_RESCUE_DIGEST];
    assert_int_equal(eml_pack_abi(&f->passes.quant, &f->passes.lowered, &f->abi, &err), EML_OK);
    eml_schema_digest(&f->abi, schema);
    eml_layout_options options = fixture_layout(&f->passes.quant, schema);
    assert_int_equal(eml_program_lay_out(&f->passes.lowered.code, &options, &f->program, &err), EML_OK);
}

static inline eml_status fixture_validate(const fixture *f, eml_error *err) {
    return eml_validate(&f->passes.quant, &f->program, &f->passes.lowered, err);
}

static inline bool fixture_reports(const fixture *f, eml_diag_code code) {
    for (size_t i = 0; i < f->diags.count; i++) {
        if (f->diags.items[i].code == code) return true;
    }
    return false;
}

static inline void fixture_free(fixture *f) {
    eml_program_free(&f->program);
    eml_abi_free(&f->abi);
    eml_lowered_free(&f->passes.lowered);
    eml_quant_free(&f->passes.quant);
    eml_model_free(&f->passes.model);
    eml_names_free(&f->passes.names);
    eml_ast_free(&f->passes.ast);
    eml_diags_free(&f->diags);
    eml_source_free(&f->source);
}

/* A small deterministic generator (splitmix64). */
static inline uint64_t fixture_random(uint64_t *state) {
    uint64_t x = (*state += UINT64_C(0x9e3779b97f4a7c15));
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

#endif
