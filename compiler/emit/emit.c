/* eml compile --emit: one artifact of any stage. */
#include <string.h>

#include "compiler/passes.h"
#include "compiler/emit/air.h"
#include "compiler/emit/witness.h"

static const char *const emit_names[EML_EMIT_COUNT] = {
#define EMIT(NAME, name, weights, meaning) name,
#include "compiler/emit/emit.def"
#undef EMIT
};

const char *eml_emit_name(eml_emit kind) { return emit_names[kind]; }

bool eml_emit_by_name(const char *name, size_t length, eml_emit *out) {
    for (int i = 0; i < EML_EMIT_COUNT; i++) {
        if (strlen(emit_names[i]) != length || memcmp(emit_names[i], name, length) != 0) continue;
        *out = (eml_emit)i;
        return true;
    }
    return false;
}

bool eml_emit_has_weights(eml_emit kind) {
    static const bool weights_in[EML_EMIT_COUNT] = {
#define EMIT(NAME, name, weights, meaning) weights,
#include "compiler/emit/emit.def"
#undef EMIT
    };
    return weights_in[kind];
}

static eml_stage needed_stage(eml_emit kind) {
    switch (kind) {
    case EML_EMIT_TOKENS: return EML_STAGE_SOURCE;
    case EML_EMIT_AST: return EML_STAGE_PARSED;
    case EML_EMIT_MODEL:
    case EML_EMIT_MODEL_JSON: return EML_STAGE_CHECKED;
    case EML_EMIT_QUANT:
    case EML_EMIT_QUANT_JSON:
    case EML_EMIT_WITNESS: return EML_STAGE_QUANTIZED;
    default: return EML_STAGE_COMPILED;
    }
}

static void emit_air(const eml_shape *shape, void (*print)(const eml_air *, eml_buf *), eml_buf *out) {
    eml_air air;
    eml_air_build(shape, &air);
    print(&air, out);
    eml_air_free(&air);
}

static eml_status emit_witness(const eml_quant *quant, eml_buf *out, eml_error *err) {
    if (quant->model->hidden_count > 0)
        return eml_fail(err, EML_ERR_INPUT, "there is no `witness` of hidden params: the error at a row tells of them");
    bool rounded = false;
    for (size_t i = 0; i < quant->model->output_count; i++) rounded |= mpq_sgn(quant->outputs[i].bound) != 0;
    if (!rounded) return eml_fail(err, EML_ERR_INPUT, "there is no `witness`: every output is exact");
    eml_witness_print_csv(quant, out);
    return EML_OK;
}

eml_status eml_compile_emit(const eml_compilation *c, eml_emit kind, eml_buf *out, eml_error *err) {
    const eml_passes *p = c->passes;
    if (p == NULL || c->source.text == NULL || p->reached < needed_stage(kind)) {
        return eml_fail(err, EML_ERR_INPUT, "there is no `%s` to emit: the compilation stopped before it",
                        eml_emit_name(kind));
    }
    const eml_shape *shape = &c->bundle.program.shape;
    switch (kind) {
    case EML_EMIT_TOKENS: eml_tokens_print(&c->source, out); break;
    case EML_EMIT_AST: eml_ast_print(&p->ast, out); break;
    case EML_EMIT_MODEL: eml_model_print(&p->model, out); break;
    case EML_EMIT_MODEL_JSON: eml_model_print_json(&p->model, out); break;
    case EML_EMIT_QUANT: eml_quant_print(&p->quant, out); break;
    case EML_EMIT_QUANT_JSON: eml_quant_print_json(&p->quant, out); break;
    case EML_EMIT_WITNESS: return emit_witness(&p->quant, out, err);
    case EML_EMIT_ASM: eml_asm_print(&c->bundle.program, out); break;
    case EML_EMIT_AIR: emit_air(shape, eml_air_print, out); break;
    case EML_EMIT_AIR_JSON: emit_air(shape, eml_air_print_json, out); break;
    case EML_EMIT_WINTERFELL: emit_air(shape, eml_air_print_winterfell, out); break;
    case EML_EMIT_ABI_JSON: eml_abi_print_json(&c->bundle.abi, out); break;
    case EML_EMIT_COUNT: break;
    }
    return EML_OK;
}

/* What the program pads to. A trace doubles with every power of two that its code passes, and with it the cost of a
 * proof: when few rows are too many, it is worth saying so. */
static void report_program(const eml_program *program, eml_buf *out) {
    enum { FEW = 20 }; /* one row in so many */
    const eml_shape *shape = &program->shape;
    uint32_t rows = eml_shape_code_rows(shape), used = rows;
    eml_shape halved = {.n = shape->n / 2, .form = shape->form};
    uint32_t half = eml_shape_code_rows(&halved);
    while (used > 0 && program->code[used - 1] == EML_OP_NOOP) used--;
    eml_columns columns = eml_columns_of(shape);
    eml_buf_printf(out, "program: %u of %u rows used, trace %u x %u, %u sponge%s, stack of %u\n", used, rows, shape->n,
                   columns.width + columns.aux_width, shape->S, shape->S == 1 ? "" : "s", shape->W);
    if (shape->n > (eml_shape_is_hidden(shape) ? EML_HIDDEN_N_MIN : EML_N_MIN) && used > half &&
        used - half <= used / FEW)
        eml_buf_printf(out, "  %u row%s fewer (a linear term takes 4) would halve the trace and the time to prove it\n",
                       used - half, used - half == 1 ? "" : "s");
}

void eml_compile_report_json(const eml_compilation *c, eml_buf *out) {
    eml_quant_report_json(&c->passes->quant, true, out);
}

void eml_compile_witness_json(const eml_compilation *c, eml_buf *out) {
    if (c->passes->model.hidden_count > 0)
        eml_buf_put_text(out, "[]");
    else
        eml_witness_print_json(&c->passes->quant, out);
}

void eml_compile_budget(const eml_compilation *c, eml_buf *out) { eml_quant_print_budget(&c->passes->quant, out); }

void eml_compile_report(const eml_compilation *c, eml_buf *out) {
    eml_quant_report(&c->passes->quant, out);
    if (c->passes->reached == EML_STAGE_COMPILED) report_program(&c->bundle.program, out);
}
