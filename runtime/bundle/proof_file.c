#include "runtime/bundle/proof_file.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/header.h"

void eml_proof_file_encode(const eml_proof_file *file, eml_buf *out) {
    eml_cbor_put_magic(out, EML_PROOF_FILE_MAGIC);
    eml_cbor_put_map(out, 7);
    eml_cbor_put_text(out, "abi");
    eml_header_put_abi(out, &file->abi);
    eml_cbor_put_text(out, "rows");
    eml_cbor_put_uint(out, file->rows);
    eml_cbor_put_text(out, "stark");
    eml_cbor_put_bytes(out, file->stark.data, file->stark.len);
    eml_cbor_put_text(out, "blocks");
    eml_cbor_put_bytes(out, (const uint8_t *)file->blocks, eml_block_count(file->rows) * sizeof *file->blocks);
    eml_cbor_put_text(out, "header");
    eml_header_put_shape(out, &file->shape);
    eml_cbor_put_text(out, "digests");
    eml_header_put_digests(out, &file->shape, file->digests[0]);
    eml_cbor_put_text(out, "statement");
    eml_cbor_put_bytes(out, file->statement.bytes, sizeof file->statement.bytes);
}

static void read_blocks(eml_cbor_reader *reader, eml_proof_file *out) {
    size_t size;
    eml_cbor_key(reader, "blocks");
    const uint8_t *blocks = eml_cbor_bytes(reader, EML_PROOF_BYTES_MAX, &size);
    if (!eml_cbor_ok(reader)) return;
    if (size != eml_block_count(out->rows) * sizeof *out->blocks) {
        eml_cbor_fail(reader, "two digests were expected for each block of rows");
        return;
    }
    out->blocks = eml_alloc_raw(size, 1);
    memcpy(out->blocks, blocks, size);
}

static eml_status read_sections(eml_cbor_reader *reader, eml_proof_file *out) {
    size_t stark_len;
    eml_cbor_map(reader, 7);
    eml_cbor_key(reader, "abi");
    eml_header_abi(reader, &out->abi);
    eml_cbor_key(reader, "rows");
    out->rows = eml_cbor_uint(reader, UINT64_C(1) << EML_ROWS_MAX_LOG2);
    if (out->rows == 0) eml_cbor_fail(reader, "at least one row was expected");
    eml_cbor_key(reader, "stark");
    const uint8_t *stark = eml_cbor_bytes(reader, EML_PROOF_BYTES_MAX, &stark_len);
    read_blocks(reader, out);
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

/* Raw tapes are those of one run: nothing else says how many rows the verdict is about, and how many blocks there are.
 * A committed tape is a row's own, which no weights of rows multiply. */
static eml_status check_rows(const eml_proof_file *file, eml_error *err) {
    if (file->rows == 1 || !(file->abi.raw || eml_shape_is_committed(&file->shape))) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%llu rows of a program %s", (unsigned long long)file->rows,
                    file->abi.raw ? "from assembly, which has one run" : "with committed inputs, which takes one");
}

eml_status eml_proof_file_decode(const uint8_t *bytes, size_t count, eml_proof_file *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_proof_file file = {0};
    eml_cbor_open(&reader, bytes, count, err);
    eml_cbor_magic(&reader, EML_PROOF_FILE_MAGIC, "compile the model and prove again");
    eml_status status = eml_cbor_ok(&reader) ? read_sections(&reader, &file) : reader.status;
    if (status == EML_OK) status = eml_abi_check_shape(&file.abi, &file.shape, err);
    if (status == EML_OK) status = check_rows(&file, err);
    if (status == EML_OK)
        *out = file;
    else
        eml_proof_file_free(&file);
    return status;
}

void eml_proof_file_free(eml_proof_file *file) {
    eml_abi_free(&file->abi);
    eml_buf_free(&file->stark);
    eml_free(file->blocks);
    *file = (eml_proof_file){0};
}
