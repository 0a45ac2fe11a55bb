/* The verifier's side: from the user's program hash or bundle, inputs, outputs and a proof file to accepted or refused.
 *
 * Nothing in the proof file is trusted. Its header and ABI count only because the program hash, which the user brought,
 * is recomputed from them; tapes are built here from the user's inputs and outputs. */
#include "runtime/verify/verify.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/stark/hiding.h"
#include "runtime/stark/verifier/verifier.h"
#include "runtime/text/file_kind.h"
#include "runtime/bundle/cbor_io.h"

/* One verification. reject and detail say why not, once a step has returned EML_ERR_NO. */
typedef struct verification {
    const eml_verify_request *request;
    eml_program_hash program;
    bool typed;        /* its bundle was read, with the code */
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

static eml_status read_bundle(verification *v, eml_error *err) {
    eml_bundle bundle;
    eml_air air;
    EML_TRY(eml_bundle_load(&v->request->bundle, &bundle, &air, err));
    v->program = bundle.hash;
    v->typed = bundle.kind != EML_BUNDLE_PUBLIC;
    eml_air_free(&air);
    eml_bundle_free(&bundle);
    return EML_OK;
}

/* The hash that the user brought; of a bundle it is that of its program. */
static eml_status read_program(verification *v, eml_error *err) {
    const char *hash = v->request->program_hash;
    eml_program_hash given;
    bool bundle = eml_file_given(&v->request->bundle);
    if (hash == NULL && !bundle)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "neither a program hash nor a bundle was given");
    if (hash != NULL && !eml_program_hash_from_hex(hash, strlen(hash), &given))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "\"%s\" is not a program hash of %d hex digits", hash,
                           EML_PROGRAM_HASH_HEX);
    if (bundle) EML_TRY(read_bundle(v, err));
    if (bundle && hash != NULL && !eml_program_hash_eq(&given, &v->program)) {
        char hex[EML_PROGRAM_HASH_HEX + 1];
        eml_program_hash_to_hex(&v->program, hex);
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: its program hash is %s, not the one to verify",
                           eml_verify_file_name(&v->request->bundle), hex);
    }
    if (!bundle) v->program = given;
    return EML_OK;
}

static eml_status read_preset(verification *v, eml_error *err) {
    const char *name = v->request->preset;
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
    if (status == EML_OK && eml_proof_file_decode(bytes.data, bytes.len, &v->proof, &v->detail) != EML_OK) {
        if (!eml_cbor_begins(bytes.data, bytes.len, EML_PROOF_FILE_MAGIC))
            eml_file_kind_explain(eml_verify_file_name(&v->request->proof), bytes.data, bytes.len, "a proof",
                                  &v->detail);
        status = refuse(v, EML_REJECT_FILE);
    }
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

/* A hash says nothing of the program's types, and on ciphertexts they decide what an output can be. */
static eml_status check_typed(const verification *v, eml_error *err) {
    if (v->typed || v->proof.abi.raw || v->proof.shape.secret_len == 0) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                       "the hash alone is not enough for a program on ciphertexts: its bundle has to be checked, too; "
                       "name it with --program BUNDLE, or beside the hash with --bundle FILE");
}

/* What went wrong while values were read is a refusal when the status is a no, else an error. */
static eml_status fail_values(verification *v, eml_status status, eml_error *err) {
    if (status == EML_ERR_NO) return refuse(v, EML_REJECT_STATEMENT);
    if (err) *err = v->detail;
    return status;
}

/* What the user brought, as the program hash: an issuer's word, not the prover's. */
static eml_status take_commitment(verification *v, eml_error *err) {
    const char *given = v->request->commitment;
    bool committed = eml_shape_is_committed(&v->proof.shape);
    if (given == NULL && !committed) return EML_OK;
    if (given == NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "the program has committed inputs: name the commitment that their issuer published "
                           "(--issued-commitment); one that the prover made proves nothing");
    if (!committed)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "a commitment was given, but the program has no committed inputs");
    if (!eml_rescue_digest_from_hex(given, strlen(given), v->record.commitment))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "\"%s\" is no commitment: %d hex digits, of two numbers below the field's size", given,
                           EML_RESCUE_DIGEST_HEX);
    v->record.committed = true;
    return EML_OK;
}

static eml_status read_inputs(verification *v) {
    const eml_verify_request *request = v->request;
    for (size_t i = 0; i < request->input_count; i++)
        EML_TRY(eml_record_add_input(&v->record, &v->proof.abi, &v->proof.shape, &request->inputs[i],
                                     request->allow_extra, &v->detail));
    if (request->input_arrays == NULL) return EML_OK;
    return eml_record_add_arrays(&v->record, &v->proof.abi, request->input_arrays, request->allow_extra, &v->detail);
}

static eml_status read_outputs(verification *v) {
    const eml_verify_request *request = v->request;
    if (request->output_arrays == NULL)
        return eml_record_read_outputs(&v->record, &v->proof.abi, &request->outputs, request->allow_extra, &v->detail);
    if (eml_file_given(&request->outputs))
        return eml_fail_as(&v->detail, EML_ERR_INPUT, EML_CODE_USAGE, "outputs were given twice: a file and arrays");
    return eml_record_take_output_arrays(&v->record, &v->proof.abi, request->output_arrays, request->allow_extra,
                                         &v->detail);
}

/* A number in the tables that the program cannot take or give is a no: nothing was proved about it. */
static eml_status read_values(verification *v, eml_error *err) {
    eml_status status = read_inputs(v);
    if (status != EML_OK) return fail_values(v, status, err);
    if (v->record.opening.count > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "an opening is for who proves, not for who verifies: name the commitment that its issuer "
                           "published");
    EML_TRY(take_commitment(v, err));
    status = eml_record_complete(&v->record, &v->proof.abi, &v->proof.shape, &v->detail);
    if (status == EML_OK) status = read_outputs(v);
    return status == EML_OK ? EML_OK : fail_values(v, status, err);
}

/* Sizes before values: what the digests and the sums over rows read must be there. */
static eml_status check_sizes(verification *v) {
    const eml_record *record = &v->record;
    const eml_shape *shape = &v->proof.shape;
    eml_error *detail = &v->detail;
    if (v->proof.abi.raw) {
        if (record->result.stack_len == shape->W && record->result.output_len == shape->output_len) return EML_OK;
        return eml_fail(detail, EML_ERR_NO, "the final stack or output tape has another length");
    }
    bool encrypted = v->proof.abi.encrypted_outputs;
    uint64_t rows = eml_record_rows(record, &v->proof.abi);
    uint64_t output_rows = encrypted ? record->encrypted.rows : record->outputs.cells.rows;
    if (output_rows != rows)
        return eml_fail(detail, EML_ERR_NO, "the inputs have %llu rows, the outputs %llu", (unsigned long long)rows,
                        (unsigned long long)output_rows);
    if (rows != v->proof.rows)
        return eml_fail(detail, EML_ERR_NO, "the proof is about %llu row%s, the inputs have %llu",
                        (unsigned long long)v->proof.rows, v->proof.rows == 1 ? "" : "s", (unsigned long long)rows);
    return EML_OK;
}

static eml_status check_labels(verification *v) {
    if (eml_record_check_labels(&v->record, &v->proof.abi, &v->program, &v->detail) == EML_OK) return EML_OK;
    return refuse(v, EML_REJECT_LABEL);
}

/* The first block that differs says which table is another than the prover's. */
static eml_status compare_blocks(verification *v, const eml_block_digests *blocks) {
    for (size_t b = 0; b < eml_block_count(v->proof.rows); b++) {
        bool inputs = !eml_digest_eq(&blocks[b].inputs, &v->proof.blocks[b].inputs);
        bool outputs = !eml_digest_eq(&blocks[b].outputs, &v->proof.blocks[b].outputs);
        if (!inputs && !outputs) continue;
        uint64_t first = (uint64_t)b * EML_BLOCK_ROWS, left = v->proof.rows - first;
        return eml_fail(&v->detail, EML_ERR_NO, "%s differ from what was proved, within rows %llu to %llu",
                        !outputs  ? "the inputs"
                        : !inputs ? "the outputs"
                                  : "both inputs and outputs",
                        (unsigned long long)first + 1,
                        (unsigned long long)(first + (left < EML_BLOCK_ROWS ? left : EML_BLOCK_ROWS)));
    }
    return EML_OK;
}

static eml_status check_statement(verification *v, eml_error *err) {
    if (check_sizes(v) != EML_OK) return refuse(v, EML_REJECT_STATEMENT);
    eml_statement statement = eml_record_statement(&v->record, &v->proof.abi, &v->proof.shape, &v->program);
    eml_block_digests *blocks = eml_alloc(eml_block_count(statement.rows), sizeof *blocks);
    EML_TRY(eml_statement_digest_blocks(&statement, blocks, err));
    eml_digest digest = eml_statement_digest(&statement, blocks);
    eml_status status = compare_blocks(v, blocks);
    eml_free(blocks);
    if (status != EML_OK) return refuse(v, EML_REJECT_STATEMENT);
    if (eml_digest_eq(&digest, &v->proof.statement)) return EML_OK;
    if (v->record.committed) return refuse(v, EML_REJECT_COMMITMENT);
    eml_fail(&v->detail, EML_ERR_NO,
             "the tables are the same, but not what else the proof's statement says (of "
             "ciphertexts, which key)");
    return refuse(v, EML_REJECT_STATEMENT);
}

static eml_status check_stark(verification *v, eml_error *err) {
    eml_statement statement = eml_record_statement(&v->record, &v->proof.abi, &v->proof.shape, &v->program);
    eml_statement_values values;
    eml_claim claim;
    EML_TRY(eml_statement_claim(&statement, &v->proof.statement, v->proof.digests, &values, &claim, err));
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

static eml_hiding hiding_of(const verification *v) {
    return eml_hiding_of(eml_preset_params(v->preset), &v->proof.shape);
}

static eml_status check_hiding(verification *v) {
    eml_hiding hiding = hiding_of(v);
    if (!v->request->require_zero_knowledge || hiding == EML_HIDING_COMPLETE) return EML_OK;
    const char *weakness = eml_hiding_weakness(hiding);
    eml_fail(&v->detail, EML_ERR_NO, "%s", weakness != NULL ? weakness : "the program is not of the hidden form");
    return refuse(v, EML_REJECT_TRANSPARENT);
}

static eml_status verify(verification *v, eml_error *err) {
    EML_TRY(read_preset(v, err));
    EML_TRY(read_program(v, err));
    EML_TRY(read_proof(v, err));
    EML_TRY(check_program(v));
    EML_TRY(check_typed(v, err));
    EML_TRY(read_values(v, err));
    EML_TRY(check_labels(v));
    EML_TRY(check_statement(v, err));
    EML_TRY(check_stark(v, err));
    return check_hiding(v);
}

static const char *results_seen(const verification *v) {
    size_t wanted = v->proof.abi.encrypted_outputs ? 0 : v->proof.abi.result_count * v->record.outputs.cells.rows;
    return wanted == 0 ? "none" : v->record.outputs.results == wanted ? "checked" : "absent";
}

static void write_verdict(const verification *v, eml_status status, eml_verdict *verdict) {
    *verdict = (eml_verdict){.accepted = status == EML_OK,
                             .reason = eml_reject_name(v->reject),
                             .rows = v->proof.rows,
                             .numbered = v->record.inputs.numbered || v->record.outputs.numbered,
                             .preset = v->preset_seen ? eml_preset_params(v->preset)->name : NULL};
    eml_program_hash_to_hex(&v->program, verdict->program_hash);
    if (v->record.committed) eml_rescue_digest_to_hex(v->record.commitment, verdict->commitment);
    snprintf(verdict->sentence, sizeof verdict->sentence, "%s%s%s", eml_reject_sentence(v->reject),
             v->detail.text[0] == '\0' ? "" : ": ", v->detail.text);
    if (status != EML_OK) return;
    verdict->results = results_seen(v);
    eml_columns columns = eml_columns_of(&v->proof.shape);
    eml_security bits =
        eml_security_bits(eml_preset_params(v->preset), v->proof.shape.n, columns.width + columns.aux_width,
                          eml_statement_bits(&v->proof.abi, &v->proof.shape, v->proof.rows, v->typed));
    eml_hiding hiding = hiding_of(v);
    verdict->zero_knowledge = hiding == EML_HIDING_COMPLETE;
    verdict->weakness = eml_hiding_weakness(hiding);
    verdict->proven_bits = bits.proven;
    verdict->proof_of_work_bits = bits.proof_of_work;
    verdict->conjectured_bits = bits.conjectured;
    verdict->uncovered_columns = v->record.inputs.extra + v->record.outputs.extra;
}

static eml_status verify_files(const eml_verify_request *request, bool typed, eml_verdict *verdict, eml_error *err) {
    verification v = {.request = request, .typed = typed, .reject = EML_REJECT_NONE};
    eml_status status = verify(&v, err);
    if (status == EML_OK || status == EML_ERR_NO) write_verdict(&v, status, verdict);
    eml_record_free(&v.record);
    eml_proof_file_free(&v.proof);
    return status;
}

eml_status eml_verify_loaded(const eml_verify_request *request, eml_verdict *verdict, eml_error *err) {
    return verify_files(request, true, verdict, err);
}

eml_answer eml_verify(const eml_verify_request *request, eml_verdict *verdict, eml_error *err) {
    EML_CALL(err, eml_answer_of(verify_files(request, false, verdict, err)));
}
