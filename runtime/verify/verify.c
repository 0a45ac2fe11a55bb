/* The verifier's side: from the user's program hash, inputs, outputs and a proof file to accepted or refused.
 *
 * Nothing in the proof file is trusted. Its header and ABI count only because the program hash, which the user brought,
 * is recomputed from them; tapes are built here from the user's inputs and outputs. */
#include "runtime/verify/verify.h"

#include <stdio.h>
#include <string.h>

#include "runtime/bundle/proof_file.h"
#include "runtime/stark/verifier/verifier.h"

/* One verification. reject and detail say why not, once a step has returned EML_ERR_NO. */
typedef struct verification {
    const eml_verify_request *request;
    eml_program_hash program;
    unsigned accepted; /* bit set of presets */
    eml_proof_file proof;
    eml_record record;
    eml_reject reject;
    eml_error detail;
    bool preset_seen;
    eml_preset preset;
} verification;

static eml_status refuse(verification *v, eml_reject reject) {
    v->reject = reject;
    return EML_ERR_NO;
}

static eml_status read_request(verification *v, eml_error *err) {
    const char *hash = v->request->program_hash, *name = v->request->preset;
    if (!eml_program_hash_from_hex(hash, strlen(hash), &v->program))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "\"%s\" is not a program hash of %d hex digits", hash,
                           EML_PROGRAM_HASH_HEX);
    v->accepted = 1u << EML_PRESET_STANDARD | 1u << EML_PRESET_HIGH;
    eml_preset preset;
    if (name == NULL) return EML_OK;
    if (!eml_preset_by_name(name, &preset))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "no preset is called \"%s\"", name);
    v->accepted = 1u << preset;
    return EML_OK;
}

static eml_status read_proof(verification *v, eml_error *err) {
    eml_buf bytes = {0};
    eml_status status = eml_verify_read_file(&v->request->proof, EML_PROOF_BYTES_MAX, &bytes, err);
    if (status == EML_OK && eml_proof_file_decode(bytes.data, bytes.len, &v->proof, &v->detail) != EML_OK)
        status = refuse(v, EML_REJECT_FILE);
    eml_buf_free(&bytes);
    return status;
}

static eml_status check_program(verification *v) {
    eml_digest abi = eml_abi_digest(&v->proof.abi);
    eml_program_hash hash = eml_program_hash_of(&v->proof.shape, v->proof.abi.output_count, &abi, v->proof.digests);
    if (eml_program_hash_eq(&hash, &v->program)) return EML_OK;
    char hex[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&hash, hex);
    eml_fail(&v->detail, EML_ERR_NO, "it is for %s", hex);
    return refuse(v, EML_REJECT_PROGRAM);
}

/* What went wrong while values were read is a refusal when the status is a no, else an error. */
static eml_status fail_values(verification *v, eml_status status, eml_error *err) {
    if (status == EML_ERR_NO) return refuse(v, EML_REJECT_STATEMENT);
    if (err) *err = v->detail;
    return status;
}

/* A number in the tables that the program cannot take or give is a no: nothing was proved about it. */
static eml_status read_values(verification *v, eml_error *err) {
    const eml_verify_request *request = v->request;
    const eml_abi *abi = &v->proof.abi;
    for (size_t i = 0; i < request->input_count; i++) {
        eml_status status =
            eml_record_add_input(&v->record, abi, &request->inputs[i], request->allow_extra, &v->detail);
        if (status != EML_OK) return fail_values(v, status, err);
    }
    eml_status status = eml_record_complete(&v->record, abi, &v->proof.shape, &v->detail);
    if (status == EML_OK) status = eml_record_read_outputs(&v->record, abi, &request->outputs, &v->detail);
    return status == EML_OK ? EML_OK : fail_values(v, status, err);
}

/* Sizes before values: what the digest and the evaluation at tau read must be there. */
static eml_status check_sizes(verification *v) {
    const eml_record *record = &v->record;
    const eml_shape *shape = &v->proof.shape;
    eml_error *detail = &v->detail;
    if (v->proof.abi.raw) {
        if (record->result.stack_len == shape->W && record->result.output_len == shape->output_len) return EML_OK;
        return eml_fail(detail, EML_ERR_NO, "the final stack or output tape has another length");
    }
    bool encrypted = v->proof.abi.encrypted_outputs;
    uint64_t rows = eml_record_rows(record, &v->proof.abi), slots = encrypted ? record->secrets.slots : rows;
    uint64_t output_rows = encrypted ? record->encrypted.rows : record->outputs.rows;
    if (output_rows != rows)
        return eml_fail(detail, EML_ERR_NO, "the inputs have %llu rows, the outputs %llu", (unsigned long long)rows,
                        (unsigned long long)output_rows);
    if (slots != v->proof.slots)
        return eml_fail(detail, EML_ERR_NO, "the proof is about %llu %s, the inputs have %llu",
                        (unsigned long long)v->proof.slots, encrypted ? "slots" : "rows", (unsigned long long)slots);
    return EML_OK;
}

static eml_status check_labels(verification *v) {
    if (eml_record_check_labels(&v->record, &v->proof.abi, &v->program, &v->detail) == EML_OK) return EML_OK;
    return refuse(v, EML_REJECT_LABEL);
}

static eml_status check_statement(verification *v) {
    if (check_sizes(v) != EML_OK) return refuse(v, EML_REJECT_STATEMENT);
    eml_statement statement = eml_record_statement(&v->record, &v->proof.abi, &v->proof.shape, &v->program);
    eml_digest digest = eml_statement_digest(&statement);
    if (!eml_digest_eq(&digest, &v->proof.statement) || v->proof.slots != statement.slots)
        return refuse(v, EML_REJECT_STATEMENT);
    return EML_OK;
}

static eml_status check_stark(verification *v) {
    eml_statement statement = eml_record_statement(&v->record, &v->proof.abi, &v->proof.shape, &v->program);
    eml_statement_values values;
    eml_claim claim;
    eml_statement_claim(&statement, &v->proof.statement, v->proof.digests, &values, &claim);
    eml_air air;
    eml_air_build(&v->proof.shape, &air);
    eml_preset seen = EML_PRESET_COUNT;
    eml_reject reject = eml_stark_verify(&air, &claim, v->proof.stark.data, v->proof.stark.len, v->accepted, &seen);
    eml_air_free(&air);
    eml_statement_values_free(&values);
    v->preset_seen = seen != EML_PRESET_COUNT;
    v->preset = seen;
    if (reject == EML_REJECT_NONE) return EML_OK;
    if (reject == EML_REJECT_PRESET && v->preset_seen)
        eml_fail(&v->detail, EML_ERR_NO, "it is a proof of preset \"%s\", but %s was asked for",
                 eml_preset_params(seen)->name,
                 v->request->preset ? v->request->preset : "one for other uses than tests");
    return refuse(v, reject);
}

static eml_status verify(verification *v, eml_error *err) {
    EML_TRY(read_request(v, err));
    EML_TRY(read_proof(v, err));
    EML_TRY(check_program(v));
    EML_TRY(read_values(v, err));
    EML_TRY(check_labels(v));
    EML_TRY(check_statement(v));
    return check_stark(v);
}

/* What the proof is about: of ciphertexts, the rows within its slots, once they are known. */
static uint64_t rows_of(const verification *v) {
    return v->record.secrets.rows > 0 ? v->record.secrets.rows : v->proof.slots;
}

static void write_verdict(const verification *v, eml_status status, eml_verdict *verdict) {
    *verdict = (eml_verdict){.accepted = status == EML_OK,
                             .reason = eml_reject_name(v->reject),
                             .rows = rows_of(v),
                             .preset = v->preset_seen ? eml_preset_params(v->preset)->name : NULL};
    snprintf(verdict->sentence, sizeof verdict->sentence, "%s%s%s", eml_reject_sentence(v->reject),
             v->detail.text[0] == '\0' ? "" : ": ", v->detail.text);
    if (status != EML_OK) return;
    eml_columns columns = eml_columns_of(&v->proof.shape);
    eml_security bits = eml_security_bits(eml_preset_params(v->preset), v->proof.shape.n,
                                          columns.width + columns.aux_width, v->proof.slots);
    verdict->proven_bits = bits.proven;
    verdict->proof_of_work_bits = bits.proof_of_work;
    verdict->conjectured_bits = bits.conjectured;
}

eml_status eml_verify_loaded(const eml_verify_request *request, eml_verdict *verdict, eml_error *err) {
    verification v = {.request = request, .reject = EML_REJECT_NONE};
    eml_status status = verify(&v, err);
    if (status == EML_OK || status == EML_ERR_NO) write_verdict(&v, status, verdict);
    eml_record_free(&v.record);
    eml_proof_file_free(&v.proof);
    return status;
}

static eml_answer verify_files(const eml_verify_request *request, eml_verdict *verdict, eml_error *err) {
    return eml_answer_of(eml_verify_loaded(request, verdict, err));
}

eml_answer eml_verify(const eml_verify_request *request, eml_verdict *verdict, eml_error *err) {
    EML_CALL(err, verify_files(request, verdict, err));
}
