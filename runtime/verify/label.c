/* Labels: what ties a ciphertext file to a program. They prevent mistakes; the proof prevents forgery. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/base/memory.h"

static void absorb_rational(eml_blake3 *hasher, const mpq_t value) {
    char *text = mpq_get_str(NULL, 10, value);
    eml_blake3_update(hasher, text, strlen(text));
    eml_blake3_update(hasher, "\n", 1);
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    release(text, strlen(text) + 1);
}

/* Of a derived input also how it is derived. */
static eml_digest encoding_of(const mpq_t *const *numbers, size_t count, const eml_formula *formula) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init_derive_key(&hasher, "eml v1 column encoding");
    for (size_t i = 0; i < count; i++) absorb_rational(&hasher, *numbers[i]);
    eml_buf code = {0};
    if (formula != NULL) eml_formula_encode(formula, &code);
    if (code.len > 0) eml_blake3_update(&hasher, code.data, code.len);
    eml_buf_free(&code);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

static eml_ciphertext_column input_column(const eml_input_column *in) {
    const mpq_t *const numbers[] = {&in->offset, &in->unit, &in->lo, &in->hi};
    return (eml_ciphertext_column){.name = in->name, .encoding = encoding_of(numbers, 4, &in->formula)};
}

static eml_ciphertext_column output_column(const eml_output_column *out) {
    const mpq_t *const numbers[] = {&out->unit};
    return (eml_ciphertext_column){.name = out->name, .encoding = encoding_of(numbers, 1, NULL)};
}

static void put_input_columns(const eml_abi *abi, eml_ciphertext_label *label) {
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_SECRET);
    label->column_count = tape.columns;
    label->columns = eml_alloc(tape.columns, sizeof *label->columns);
    for (size_t c = 0; c < tape.columns; c++) label->columns[c] = input_column(&abi->inputs[tape.inputs[c]]);
    eml_abi_tape_free(&tape);
}

static void put_output_columns(const eml_abi *abi, eml_ciphertext_label *label) {
    label->column_count = abi->output_count;
    label->columns = eml_alloc(abi->output_count, sizeof *label->columns);
    for (size_t i = 0; i < abi->output_count; i++) label->columns[i] = output_column(&abi->outputs[i]);
}

_Static_assert((int)EML_NAME_MAX == (int)EML_LATTICE_NAME_MAX, "ciphertext files hold every name that an ABI has");

eml_status eml_label_of(const eml_abi *abi, eml_ciphertext_kind kind, const eml_program_hash *program,
                        eml_ciphertext_label *out, eml_error *err) {
    EML_TRY(eml_ciphertext_check_scale(abi->delta_bits, err));
    *out = (eml_ciphertext_label){.kind = kind, .delta_bits = abi->delta_bits};
    if (kind == EML_CIPHERTEXT_INPUTS) {
        put_input_columns(abi, out);
        return EML_OK;
    }
    put_output_columns(abi, out);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) eml_fe_to_bytes(program->digest[i], out->program + i * EML_FE_BYTES);
    return EML_OK;
}

void eml_label_free(eml_ciphertext_label *label) {
    eml_free(label->columns);
    *label = (eml_ciphertext_label){0};
}

static eml_status match(const eml_ciphertext *ciphertext, const eml_abi *abi, eml_ciphertext_kind kind,
                        const eml_program_hash *program, const eml_digest *key, eml_error *err) {
    if (ciphertext->rows == 0) return EML_OK;
    eml_ciphertext_label label;
    EML_TRY(eml_label_of(abi, kind, program, &label, err));
    /* Not by the label, of which a key of zeros would be any. */
    eml_status status = key == NULL ? EML_OK : eml_ciphertext_match_key(ciphertext, key, err);
    if (status == EML_OK) status = eml_ciphertext_match(ciphertext, &label, err);
    eml_label_free(&label);
    if (status != EML_OK)
        eml_error_prefix(err, "the %s ciphertexts", kind == EML_CIPHERTEXT_INPUTS ? "input" : "output");
    return status;
}

eml_status eml_record_check_labels(const eml_record *record, const eml_abi *abi, const eml_program_hash *program,
                                   eml_error *err) {
    EML_TRY(match(&record->secrets, abi, EML_CIPHERTEXT_INPUTS, program, NULL, err));
    return match(&record->encrypted, abi, EML_CIPHERTEXT_OUTPUTS, program, &record->secrets.label.key, err);
}
