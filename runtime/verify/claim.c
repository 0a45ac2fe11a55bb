#include "runtime/verify/verify.h"

#include <string.h>

eml_statement eml_record_statement(const eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                   const eml_program_hash *program) {
    bool encrypted = abi->encrypted_outputs;
    return (eml_statement){
        .abi = abi,
        .shape = shape,
        .program = *program,
        .rows = eml_record_rows(record, abi),
        .slots = encrypted ? record->secrets.slots : eml_record_rows(record, abi),
        .key = encrypted ? record->secrets.label.key : (eml_digest){{0}},
        .commitment = {record->commitment[0], record->commitment[1]},
        .publics = &record->inputs.cells,
        .outputs = &record->outputs.cells,
        .secret_cells = record->secrets.cells,
        .encrypted = record->encrypted.cells,
        .raw_public = record->tapes.public_tape,
        .raw_secret = record->tapes.secret_tape,
        .raw_stack = record->result.stack,
        .raw_output = record->result.output_tape,
    };
}

eml_status eml_statement_claim(const eml_statement *statement, const eml_digest *digest,
                               eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST], eml_statement_values *values,
                               eml_claim *claim, eml_error *err) {
    EML_TRY(eml_statement_evaluate(statement, digest, values, err));
    *claim = (eml_claim){
        .shape = *statement->shape,
        .public_tape = values->public_tape,
        .secret_tape = values->secret_tape,
        .output_tape = values->output_tape,
    };
    memcpy(claim->digests, digests, sizeof claim->digests);
    memcpy(claim->stack, values->stack, sizeof claim->stack);
    memcpy(claim->commitment, statement->commitment, sizeof claim->commitment);
    return EML_OK;
}
