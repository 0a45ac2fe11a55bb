#include "runtime/bundle/proof_file.h"

#include "runtime/bundle/header.h"

void eml_proof_file_encode(const eml_proof_file *file, eml_buf *out) {
    eml_cbor_put_magic(out, EML_PROOF_FILE_MAGIC);
    eml_cbor_put_map(out, 6);
    eml_cbor_put_text(out, "abi");
    eml_header_put_abi(out, &file->abi);
    eml_cbor_put_text(out, "slots");
    eml_cbor_put_uint(out, file->slots);
    eml_cbor_put_text(out, "stark");
    eml_cbor_put_bytes(out, file->stark.data, file->stark.len);
    eml_cbor_put_text(out, "header");
    eml_header_put_shape(out, &file->shape);
    eml_cbor_put_text(out, "digests");
    eml_header_put_digests(out, &file->shape, file->digests[0]);
    eml_cbor_put_text(out, "statement");
    eml_cbor_put_bytes(out, file->statement.bytes, sizeof file->statement.bytes);
}

static eml_status read_sections(eml_cbor_reader *reader, eml_proof_file *out) {
    size_t stark_len;
    eml_cbor_map(reader, 6);
    eml_cbor_key(reader, "abi");
    eml_header_abi(reader, &out->abi);
    eml_cbor_key(reader, "slots");
    out->slots = eml_cbor_uint(reader, UINT64_C(1) << EML_SLOTS_MAX_LOG2);
    if (out->slots == 0) eml_cbor_fail(reader, "at least one slot was expected");
    eml_cbor_key(reader, "stark");
    const uint8_t *stark = eml_cbor_bytes(reader, EML_PROOF_BYTES_MAX, &stark_len);
    eml_cbor_key(reader, "header");
    eml_header_shape(reader, &out->shape);
    eml_cbor_key(reader, "digests");
    eml_header_digests(reader, &out->shape, out->digests);
    eml_cbor_key(reader, "statement");
    eml_cbor_bytes_exact(reader, out->statement.bytes, sizeof out->statement.bytes);
    EML_TRY(eml_cbor_close(reader));
    eml_buf_put(&out->stark, stark, stark_len);
    return EML_OK;
}

eml_status eml_proof_file_decode(const uint8_t *bytes, size_t count, eml_proof_file *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_proof_file file = {0};
    eml_cbor_open(&reader, bytes, count, err);
    eml_cbor_magic(&reader, EML_PROOF_FILE_MAGIC, "compile the model and prove again");
    eml_status status = eml_cbor_ok(&reader) ? read_sections(&reader, &file) : reader.status;
    if (status == EML_OK) status = eml_abi_check_shape(&file.abi, &file.shape, err);
    if (status == EML_OK)
        *out = file;
    else
        eml_proof_file_free(&file);
    return status;
}

void eml_proof_file_free(eml_proof_file *file) {
    eml_abi_free(&file->abi);
    eml_buf_free(&file->stark);
    *file = (eml_proof_file){0};
}
