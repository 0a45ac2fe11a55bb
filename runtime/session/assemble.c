/* Assembly text -> a bundle without names: its tapes are given raw. */
#include "runtime/session/session.h"

#include "runtime/isa/instructions.h"

static eml_status assemble(const eml_buf *text, eml_buf *bundle_bytes, eml_error *err) {
    eml_assembly assembly;
    EML_TRY(eml_asm_parse((const char *)text->data, text->len, &assembly, err));
    eml_program program;
    eml_status status = eml_program_lay_out(&assembly.list, &assembly.layout, &program, err);
    eml_instructions_free(&assembly.list);
    EML_TRY(status);
    eml_abi abi;
    eml_abi_init(&abi);
    eml_air air;
    eml_air_build(&program.shape, &air);
    eml_digest air_digest = eml_air_digest(&air);
    eml_air_free(&air);
    eml_bundle bundle;
    eml_bundle_make(&program, &abi, "", &air_digest, &bundle);
    eml_bundle_encode(&bundle, bundle_bytes);
    eml_bundle_free(&bundle);
    return EML_OK;
}

static eml_answer assemble_file(const eml_file *file, eml_bytes *bundle, eml_error *err) {
    enum { ASSEMBLY_BYTES_MAX = 1 << 28 };
    eml_buf text = {0}, bytes = {0};
    eml_status status = eml_verify_read_file(file, ASSEMBLY_BYTES_MAX, &text, err);
    if (status == EML_OK) {
        status = assemble(&text, &bytes, err);
        if (status != EML_OK) eml_error_prefix(err, "%s", eml_verify_file_name(file));
    }
    eml_buf_free(&text);
    if (status == EML_OK) *bundle = eml_bytes_take(&bytes);
    return eml_answer_of(status);
}

eml_answer eml_assemble(const eml_file *file, eml_bytes *bundle, eml_error *err) {
    EML_SECRET_CALL(err, assemble_file(file, bundle, err));
}
