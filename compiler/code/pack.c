#include "compiler/code/pack.h"

#include <math.h>
#include <string.h>

#include "compiler/check/rational.h"
#include "runtime/air/air.h"

static void pack_input(const eml_model_input *in, const eml_quant_input *q, eml_input_column *out) {
    out->name = eml_copy_text(in->name, strlen(in->name));
    out->visibility = in->visibility;
    out->uniform = in->uniform;
    out->exact = eml_quant_on_own_grid(q);
    mpq_set(out->lo, in->lo);
    mpq_set(out->hi, in->hi);
    mpq_set(out->offset, q->offset);
    mpq_set(out->unit, q->unit);
    if (!out->exact) mpq_set(out->step, q->step);
    eml_formula_append(&out->formula, &in->formula);
    if (in->words == NULL) return;
    out->word_count = in->words->count;
    out->words = eml_alloc(out->word_count, sizeof *out->words);
    for (size_t k = 0; k < out->word_count; k++) {
        const char *word = in->words->items[k]->text;
        out->words[k] = eml_copy_text(word, strlen(word));
    }
}

static void pack_groups(const eml_model *model, eml_abi *out) {
    eml_abi_set_groups(out, model->group_count);
    for (size_t i = 0; i < model->group_count; i++) {
        const eml_model_group *from = &model->groups[i];
        const char *name = from->decl->name.text;
        out->groups[i] = (eml_onehot_group){eml_copy_text(name, strlen(name)), from->first, from->count};
    }
}

/* The proved error, rounded up to three digits: short, and still no more than the declared tolerance. */
static void pack_output(const eml_model_output *output, const eml_quant_output *q, eml_output_column *out) {
    out->name = eml_copy_text(output->name, strlen(output->name));
    mpq_set(out->unit, q->unit);
    eml_quant_stated_bound(q, out->tolerance);
    if (!output->exact && mpq_cmp(out->tolerance, q->tolerance) > 0) mpq_set(out->tolerance, q->tolerance);
    const char *link = output->decl->link.text == NULL ? "identity" : output->decl->link.text;
    out->link = eml_copy_text(link, strlen(link));
}

static void pack_result(const eml_model_result *result, const eml_quant_result *q, eml_result_column *out) {
    out->name = eml_copy_text(result->name, strlen(result->name));
    mpq_set(out->unit, q->unit);
    eml_rational_ceil_digits(q->bound, 3, out->tolerance);
    if (mpq_sgn(result->tolerance) != 0 && mpq_cmp(out->tolerance, result->tolerance) > 0)
        mpq_set(out->tolerance, result->tolerance);
    eml_formula_append(&out->formula, &q->formula);
}

static void pack_hidden(const eml_quant *quant, eml_abi *out) {
    const eml_model *model = quant->model;
    if (model->hidden_count == 0) return;
    eml_abi_set_hidden(out, model->hidden_count);
    for (size_t i = 0; i < model->hidden_count; i++) {
        const eml_model_hidden *from = &model->hidden[i];
        eml_hidden_param *to = &out->hidden[i];
        const char *name = from->decl->name.text;
        to->name = eml_copy_text(name, strlen(name));
        to->rank = from->extent.rank;
        for (size_t j = 0; j < 2; j++) to->dims[j] = (uint32_t)from->extent.dims[j];
        mpq_set(to->lo, from->lo);
        mpq_set(to->hi, from->hi);
        to->bits = (uint64_t)floor(quant->hidden_bits[i] * EML_REVEAL_UNIT);
    }
    out->row_bits = (uint64_t)ceil(eml_quant_row_bits(quant) * EML_REVEAL_UNIT);
}

void eml_pack_inputs(const eml_quant *quant, eml_abi *out) {
    const eml_model *model = quant->model;
    eml_abi_init(out);
    eml_abi_set_counts(out, model->input_count, 0, 0, 0);
    for (size_t i = 0; i < model->input_count; i++) pack_input(&model->inputs[i], &quant->inputs[i], &out->inputs[i]);
}

eml_status eml_pack_abi(const eml_quant *quant, const eml_lowered *lowered, eml_abi *out, eml_error *err) {
    const eml_model *model = quant->model;
    eml_abi_init(out);
    eml_abi_set_counts(out, model->input_count, model->output_count, lowered->public_tape.count,
                       lowered->secret_tape.count);
    out->raw = false;
    eml_free(out->model);
    out->model = eml_copy_text(model->name, strlen(model->name));
    out->single_row = model->single_row;
    out->encrypted_outputs = model->encrypted;
    out->delta_bits = quant->delta_bits;
    for (size_t i = 0; i < model->input_count; i++) pack_input(&model->inputs[i], &quant->inputs[i], &out->inputs[i]);
    pack_groups(model, out);
    for (size_t i = 0; i < model->output_count; i++) {
        pack_output(&model->outputs[i], &quant->outputs[i], &out->outputs[i]);
    }
    eml_abi_set_results(out, model->result_count);
    for (size_t i = 0; i < model->result_count; i++)
        pack_result(&model->results[i], &quant->results[i], &out->results[i]);
    pack_hidden(quant, out);
    for (size_t i = 0; i < lowered->public_tape.count; i++) out->public_tape[i] = lowered->public_tape.items[i];
    for (size_t i = 0; i < lowered->secret_tape.count; i++) out->secret_tape[i] = lowered->secret_tape.items[i];
    out->reveal = quant->reveal;
    eml_abi_mark_kept(out);
    return eml_abi_check(out, err);
}

static eml_digest air_digest(const eml_shape *shape) {
    eml_air air;
    eml_air_build(shape, &air);
    eml_digest digest = eml_air_digest(&air);
    eml_air_free(&air);
    return digest;
}

void eml_pack(const eml_quant *quant, eml_program *program_take, eml_abi *abi_take, eml_bundle *out) {
    program_take->shape.abi_flags = eml_abi_flags(abi_take);
    eml_buf report = {0};
    eml_quant_report_json(quant, false, &report);
    eml_buf_put_u8(&report, 0);
    eml_digest digest = air_digest(&program_take->shape);
    eml_bundle_make(program_take, abi_take, (const char *)report.data, &digest, out);
    eml_buf_free(&report);
}
