/* One proof for all rows of a run: the program's trace on the weighted sums of the rows. */
#include "runtime/session/session.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/hash/uniform.h"
#include "runtime/stark/hiding.h"
#include "runtime/stark/prover/prover.h"
#include "runtime/stark/verifier/verifier.h"
#include "runtime/vm/vm.h"

/* The run on the sums must end at the sums of the outputs: the program is linear in what varies. */
static bool outcome_is_claimed(const eml_outcome *outcome, const eml_claim *claim) {
    for (size_t i = 0; i < claim->shape.W; i++)
        if (!eml_fe_eq(outcome->stack[i], claim->stack[i])) return false;
    for (size_t i = 0; i < claim->shape.output_len; i++)
        if (!eml_fe_eq(outcome->output_tape[i], claim->output_tape[i])) return false;
    return true;
}

void eml_session_watch(eml_session *session, eml_progress *progress, void *context) {
    session->progress = progress;
    session->progress_context = context;
}

static void tell_host(void *context, const char *phase, double done) {
    const eml_session *session = context;
    eml_region *paused = eml_guard_pause();
    session->progress(session->progress_context, phase, done);
    eml_guard_resume(paused);
}

bool eml_session_phase(const eml_session *session, unsigned phase, const char **name, double *seconds) {
    if (session->watch->clock == 0 || phase >= EML_PROVE_PHASE_COUNT) return false;
    *name = eml_prove_phase_name((eml_prove_phase)phase);
    *seconds = session->watch->seconds[phase];
    return true;
}

uint64_t eml_session_peak_bytes(const eml_session *session) { return session->watch->peak_bytes; }

/* Verify builds trust nothing of their own: the trace must satisfy every constraint, the proof its verifier. */
static eml_status check_trace(const eml_air *air, const eml_claim *claim, const eml_matrix *trace, eml_error *err) {
    size_t row;
    const char *violated = eml_air_check_trace(air, claim, trace, NULL, EML_FE2_ZERO, &row);
    if (violated == NULL) return EML_OK;
    return eml_fail(err, EML_ERR_INTERNAL, "row %zu of the trace violates %s", row, violated);
}

static eml_status check_proof(const eml_air *air, const eml_claim *claim, const eml_buf *stark, eml_error *err) {
    eml_preset seen;
    eml_reject reject = eml_stark_verify(air, claim, stark->data, stark->len, (1u << EML_PRESET_COUNT) - 1, &seen);
    if (reject == EML_REJECT_NONE) return EML_OK;
    return eml_fail(err, EML_ERR_INTERNAL, "the proof would be refused: %s", eml_reject_sentence(reject));
}

/* The seeds of the trace's random cells, main and auxiliary: fresh for every proof, because proofs with the same ones
 * give away what is hidden. All that a proof is about goes in beside what the system gives, so that a generator that
 * repeats itself does no harm as long as the proofs differ. */
static eml_status draw_seeds(const eml_program *program, const eml_opening *opening, const eml_digest *statement,
                             const eml_stark_params *params, uint8_t seeds[2][EML_SEED_BYTES], eml_error *err) {
    uint8_t key[EML_SEED_BYTES];
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "the system gives no random numbers");
    randombytes_buf(key, sizeof key);
    static const char domain[] = "eml 2 seeds of a trace's random cells";
    uint32_t rows = eml_shape_code_rows(&program->shape);
    eml_blake3 hasher;
    eml_blake3_init_keyed(&hasher, key);
    eml_blake3_update(&hasher, domain, sizeof domain);
    eml_blake3_update(&hasher, statement->bytes, sizeof statement->bytes);
    eml_blake3_update_u64(&hasher, (uint64_t)params->queries << 32 | params->blowup);
    eml_blake3_update_u64(&hasher, (uint64_t)params->grinding << 32 | params->extension);
    eml_blake3_update(&hasher, program->code, rows);
    size_t immediates = rows / eml_shape_group(&program->shape);
    eml_blake3_update(&hasher, program->immediates, immediates * sizeof *program->immediates);
    eml_blake3_update(&hasher, opening->salts, sizeof opening->salts);
    if (opening->count > 0) eml_blake3_update(&hasher, opening->values, opening->count * sizeof *opening->values);
    eml_blake3_finish(&hasher, seeds[0], 2 * EML_SEED_BYTES);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&hasher, sizeof hasher);
    return EML_OK;
}

static eml_status prove_claim(eml_session *session, const eml_claim *claim, const eml_digest *statement,
                              const eml_stark_params *params, eml_buf *stark, eml_error *err) {
    uint8_t seeds[2][EML_SEED_BYTES];
    EML_TRY(draw_seeds(&session->bundle.program, &session->record.opening, statement, params, seeds, err));
    eml_prove_watch *watch = session->watch;
    *watch = (eml_prove_watch){.report = session->progress == NULL ? NULL : tell_host, .context = session};
    eml_matrix trace;
    eml_outcome outcome;
    eml_prove_enter(watch, EML_PROVE_TRACE);
    eml_vm_trace(
        &session->bundle.program,
        &(eml_tapes){.public_tape = claim->public_tape,
                     .secret_tape = claim->secret_tape,
                     .committed = session->record.opening.values,
                     .commitment_salts = session->record.opening.salts,
                     .commitment_states = (const eml_fe(*)[EML_RESCUE_WIDTH])session->record.commitment_states},
        seeds[0], &trace, &outcome);
    bool claimed = outcome_is_claimed(&outcome, claim);
    eml_outcome_free(&outcome);
    if (!claimed) {
        eml_matrix_free(&trace);
        return eml_fail(err, EML_ERR_INTERNAL, "the run over all rows at once differs from the runs row by row");
    }
    if (EML_VERIFY_BUILD) {
        eml_status status = check_trace(&session->air, claim, &trace, err);
        if (status != EML_OK) {
            eml_matrix_free(&trace);
            return status;
        }
    }
    EML_TRY(eml_stark_prove(&session->air, claim, &trace, params, seeds[1], stark, watch, err));
    return EML_VERIFY_BUILD ? check_proof(&session->air, claim, stark, err) : EML_OK;
}

static eml_status prove(eml_session *session, const eml_stark_params *params, eml_buf *out, eml_error *err) {
    const eml_bundle *bundle = &session->bundle;
    EML_TRY(eml_session_check_reveal(session, err));
    eml_statement statement =
        eml_record_statement(&session->record, &bundle->abi, &bundle->program.shape, &bundle->hash);
    /* The ABI is borrowed: the file is encoded and dropped without being freed. */
    eml_proof_file file = {.shape = bundle->program.shape,
                           .abi = bundle->abi,
                           .rows = statement.rows,
                           .blocks = eml_alloc(eml_block_count(statement.rows), sizeof(eml_block_digests))};
    EML_TRY(eml_statement_digest_blocks(&statement, file.blocks, err));
    file.statement = eml_statement_digest(&statement, file.blocks);
    memcpy(file.digests, bundle->digests, sizeof file.digests);
    eml_statement_values values;
    eml_claim claim;
    EML_TRY(eml_statement_claim(&statement, &file.statement, file.digests, &values, &claim, err));
    eml_status status = prove_claim(session, &claim, &file.statement, params, &file.stark, err);
    if (status == EML_OK) eml_proof_file_encode(&file, out);
    eml_buf_free(&file.stark);
    eml_free(file.blocks);
    eml_statement_values_free(&values);
    return status;
}

static eml_answer prove_run(eml_session *session, eml_preset preset, eml_bytes *proof, eml_error *err) {
    eml_buf bytes = {0};
    eml_status status = prove(session, eml_preset_params(preset), &bytes, err);
    if (status == EML_OK) *proof = eml_bytes_take(&bytes);
    return eml_answer_of(status);
}

static eml_answer prove_guarded(eml_session *session, eml_preset preset, eml_bytes *proof, eml_error *err) {
    EML_GUARDED(eml_region_new(eml_shape_is_hidden(&session->bundle.program.shape)), true,
                prove_run(session, preset, proof, err), eml_answer_no_memory(err));
}

static eml_hiding hiding_of(const eml_session *session, eml_preset preset) {
    return eml_hiding_of(eml_preset_params(preset), &session->bundle.program.shape);
}

bool eml_session_zero_knowledge(const eml_session *session, const char *preset_name) {
    eml_preset preset;
    return eml_preset_by_name(preset_name, &preset) && hiding_of(session, preset) == EML_HIDING_COMPLETE;
}

const char *eml_session_weakness(const eml_session *session, const char *preset_name) {
    eml_preset preset;
    return eml_preset_by_name(preset_name, &preset) ? eml_hiding_weakness(hiding_of(session, preset)) : NULL;
}

eml_answer eml_session_prove(eml_session *session, const char *preset_name, eml_bytes *proof, eml_error *err) {
    eml_preset preset;
    if (!eml_preset_by_name(preset_name, &preset))
        return eml_answer_of(
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "no preset is called \"%s\"", preset_name));
    eml_answer ran = eml_session_run(session, err);
    return ran == EML_ANSWER_YES ? prove_guarded(session, preset, proof, err) : ran;
}
