#include "compiler/driver.h"

#include <string.h>

#include "compiler/code/pack.h"
#include "compiler/code/salts.h"
#include "compiler/passes.h"
#include "compiler/code/validate.h"
#include "runtime/bundle/schema.h"

static eml_status refused(void) { return EML_ERR_INPUT; } /* diags tell why */

static eml_status parse(eml_compilation *c) {
    eml_parse(&c->source, &c->diags, &c->passes->ast);
    c->passes->reached = EML_STAGE_PARSED;
    return c->diags.errors > 0 ? refused() : EML_OK;
}

static eml_status check(eml_compilation *c) {
    eml_passes *p = c->passes;
    eml_resolve(&p->ast, &c->diags, &p->names);
    eml_model_build(&p->names, &c->diags, &p->model);
    if (c->diags.errors > 0) return refused();
    p->reached = EML_STAGE_CHECKED;
    return EML_OK;
}

/* What the model would be as a program. */
static uint32_t trace_rows(const eml_quant *quant) {
    eml_fe salts[2 * EML_SPONGES_MAX]; /* any, as is the schema */
    for (uint32_t i = 0; i < 2 * EML_SPONGES_MAX; i++) salts[i] = eml_fe_from_u64(i + 1);
    eml_lowered lowered;
    eml_program program = {0};
    eml_lower(quant, &lowered);
    eml_layout_options options = eml_lower_layout(quant, 0, salts, salts);
    bool fits = eml_program_lay_out(&lowered.code, &options, &program, NULL) == EML_OK;
    uint32_t rows = fits ? program.shape.n : UINT32_MAX;
    eml_program_free(&program);
    eml_lowered_free(&lowered);
    return rows;
}

static eml_status quantize(eml_compilation *c, int delta_bits) {
    if (!eml_quantize(&c->passes->model, delta_bits, trace_rows, &c->diags, &c->passes->quant)) return refused();
    c->passes->reached = EML_STAGE_QUANTIZED;
    return EML_OK;
}

static eml_status lay_out(eml_compilation *c, const eml_compile_options *given, const eml_abi *abi, eml_program *out,
                          eml_error *fault) {
    const eml_passes *p = c->passes;
    eml_error err = {0};
    uint8_t drawn[EML_SALT_SECRET_BYTES];
    eml_fe salts[2 * EML_SPONGES_MAX], schema[EML_RESCUE_DIGEST];
    eml_schema_digest(abi, schema);
    if (given->salt == NULL) EML_TRY(eml_salt_secret_draw(drawn, fault));
    eml_salts_of(given->salt == NULL ? drawn : given->salt, &p->lowered.code, salts);
    eml_layout_options options = eml_lower_layout(&p->quant, given->sponges, salts, schema);
    eml_status status = eml_program_lay_out(&p->lowered.code, &options, out, &err);
    explicit_bzero(drawn, sizeof drawn);
    explicit_bzero(salts, sizeof salts);
    explicit_bzero(&options, sizeof options);
    if (status == EML_OK) return EML_OK;
    eml_diag_add(&c->diags, EML_DIAG_PROGRAM_LONG, p->ast.model.span, "the model does not fit the VM: %s", err.text);
    return refused();
}

static eml_status describe(eml_compilation *c, eml_abi *out) {
    eml_error err = {0};
    if (eml_pack_abi(&c->passes->quant, &c->passes->lowered, out, &err) == EML_OK) return EML_OK;
    eml_diag_add(&c->diags, EML_DIAG_ABI_TEXT, c->passes->ast.model.span, "the model cannot be described: %s",
                 err.text);
    return refused();
}

static void tell(const eml_compile_options *options, const char *pass) {
    if (options->watch != NULL) options->watch(options->watch_context, pass);
}

static eml_status front(const char *path, const eml_compile_options *options, eml_compilation *c, eml_error *err) {
    c->passes = eml_alloc(1, sizeof *c->passes);
    eml_diags_init(&c->diags, &c->source);
    tell(options, "reading");
    EML_TRY(eml_source_read(path, &c->source, err)); /* text */
    EML_TRY(parse(c));                               /* -> ast */
    tell(options, "checking");
    EML_TRY(check(c)); /* -> names, shapes, affine forms, slots: the model */
    tell(options, "choosing units");
    return quantize(c, options->delta_bits); /* -> fixed point, with its error bound */
}

static eml_status back(const eml_compile_options *options, eml_compilation *c, eml_abi *abi, eml_program *program,
                       eml_error *err) {
    eml_passes *p = c->passes;
    tell(options, "lowering");
    eml_lower(&p->quant, &p->lowered);               /* -> instructions, tape plan */
    EML_TRY(describe(c, abi));                       /* -> ABI, of which the program has digests */
    EML_TRY(lay_out(c, options, abi, program, err)); /* -> program */
    tell(options, "validating the program");
    EML_TRY(eml_validate(&p->quant, program, &p->lowered, err));
    tell(options, "program hash");
    eml_pack(&p->quant, program, abi, &c->bundle); /* -> bundle */
    p->reached = EML_STAGE_COMPILED;
    return EML_OK;
}

eml_status eml_compile_check(const char *path, const eml_compile_options *options, eml_compilation *out,
                             eml_error *err) {
    return front(path, options, out, err);
}

eml_status eml_compile(const char *path, const eml_compile_options *options, eml_compilation *out, eml_error *err) {
    EML_TRY(front(path, options, out, err));
    eml_program program = {0};
    eml_abi abi = {0};
    eml_status status = back(options, out, &abi, &program, err);
    eml_program_free(&program);
    eml_abi_free(&abi);
    return status;
}

_Static_assert((int)EML_COMPILE_SALT_BYTES == (int)EML_SALT_SECRET_BYTES, "what --salt names is the salts' secret");
eml_status eml_compile_draw_salt(uint8_t out[EML_COMPILE_SALT_BYTES], eml_error *err) {
    return eml_salt_secret_draw(out, err);
}

bool eml_compile_makes_again(const uint8_t salt[EML_COMPILE_SALT_BYTES], const eml_bundle *bundle) {
    return bundle->kind == EML_BUNDLE_OWNERS && eml_salts_follow(salt, &bundle->program);
}

bool eml_compile_hides(const eml_compilation *c) {
    return c->passes != NULL && c->passes->reached >= EML_STAGE_CHECKED && c->passes->model.hidden_count > 0;
}

void eml_compilation_free(eml_compilation *c) {
    eml_passes *p = c->passes;
    if (p != NULL) {
        if (p->reached == EML_STAGE_COMPILED) eml_bundle_free(&c->bundle);
        eml_lowered_free(&p->lowered);
        eml_quant_free(&p->quant);
        eml_model_free(&p->model);
        eml_names_free(&p->names);
        if (p->reached >= EML_STAGE_PARSED) eml_ast_free(&p->ast);
        eml_diags_free(&c->diags);
        eml_source_free(&c->source);
        eml_free(p);
    }
    *c = (eml_compilation){0};
}
