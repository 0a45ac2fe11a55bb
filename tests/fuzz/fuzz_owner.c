/* Any bytes as a proof file whose program hash the verifier was given, as a hostile model owner can have it; with
 * tables, tapes or ciphertexts that fit its ABI and the statement digest made right, so that what lies behind those
 * comparisons is reached. Never accepted, because no bytes hold a proof of all-zero outputs under a hash
 * made after it. */
#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/text/text.h"
#include "runtime/session/session.h"
#include "tests/fuzz/fuzz.h"

enum { ROWS_MAX = 3, CELLS_MAX = 4096 };

typedef struct owner {
    eml_proof_file file;
    eml_program_hash hash;
    eml_buf proof, tables[2], outputs;
    size_t table_count;
} owner;

static uint64_t rows_of(const owner *o) { return o->file.rows < ROWS_MAX ? o->file.rows : ROWS_MAX; }

static void put_table(const eml_abi *abi, bool outputs, uint64_t rows, eml_buf *out) {
    size_t count = outputs ? abi->output_count : abi->input_count;
    eml_buf_put_text(out, "[");
    for (uint64_t r = 0; r < rows; r++) {
        const char *comma = "";
        eml_buf_put_text(out, r == 0 ? "{" : ",{");
        for (size_t i = 0; i < count; i++) {
            if (!outputs && abi->inputs[i].visibility != EML_PUBLIC) continue;
            eml_buf_put_text(out, comma);
            eml_text_put_json(outputs ? abi->outputs[i].name : abi->inputs[i].name, out);
            eml_buf_put_text(out, ":\"");
            mpq_t zero;
            mpq_init(zero);
            if (!outputs && (mpq_sgn(abi->inputs[i].lo) > 0 || mpq_sgn(abi->inputs[i].hi) < 0))
                eml_decimal_print_exact(abi->inputs[i].lo, out);
            else
                eml_decimal_print_exact(zero, out);
            mpq_clear(zero);
            eml_buf_put_text(out, "\"");
            comma = ",";
        }
        eml_buf_put_text(out, "}");
    }
    eml_buf_put_text(out, "]");
}

/* False when such a file cannot have this label. */
static bool put_ciphertext(const owner *o, eml_ciphertext_kind kind, eml_buf *out) {
    eml_ciphertext_label label;
    eml_ciphertext ciphertext;
    if (eml_label_of(&o->file.abi, kind, &o->hash, &label, NULL) != EML_OK) return false;
    bool fits = label.column_count > 0 && eml_ciphertext_check_size(rows_of(o), label.column_count, NULL) == EML_OK;
    if (fits) {
        eml_ciphertext_init(&ciphertext, &label, rows_of(o));
        eml_ciphertext_encode(&ciphertext, out);
        eml_ciphertext_free(&ciphertext);
    }
    eml_label_free(&label);
    return fits;
}

static void put_zeros(uint64_t count, const char *zero, eml_buf *out) {
    eml_buf_put_text(out, "[");
    for (uint64_t i = 0; i < count; i++) eml_buf_printf(out, "%s%s", i > 0 ? "," : "", zero);
    eml_buf_put_text(out, "]");
}

static void put_raw(owner *o) {
    const eml_shape *shape = &o->file.shape;
    eml_buf *tapes = &o->tables[o->table_count++];
    eml_buf_put_text(tapes, "{\"public_tape\":");
    put_zeros(shape->public_len, "0", tapes);
    eml_buf_put_text(tapes, ",\"secret_tape\":");
    put_zeros(shape->secret_len, "[0,0,0,0,0]", tapes);
    eml_buf_put_text(tapes, "}");
    eml_buf_put_text(&o->outputs, "{\"final_stack\":");
    put_zeros(shape->W, "0", &o->outputs);
    eml_buf_put_text(&o->outputs, ",\"output_tape\":");
    put_zeros(shape->output_len, "0", &o->outputs);
    eml_buf_put_text(&o->outputs, "}");
}

static void put_values(owner *o) {
    const eml_abi *abi = &o->file.abi;
    size_t secrets = 0;
    if (abi->raw) {
        put_raw(o);
        return;
    }
    for (size_t i = 0; i < abi->input_count; i++) secrets += abi->inputs[i].visibility == EML_SECRET;
    if (secrets < abi->input_count) put_table(abi, false, rows_of(o), &o->tables[o->table_count++]);
    if (abi->secret_len > 0 && put_ciphertext(o, EML_CIPHERTEXT_INPUTS, &o->tables[o->table_count])) o->table_count++;
    if (!abi->encrypted_outputs)
        put_table(abi, true, rows_of(o), &o->outputs);
    else if (!put_ciphertext(o, EML_CIPHERTEXT_OUTPUTS, &o->outputs))
        eml_buf_put_text(&o->outputs, "[]");
}

static eml_file file_of(const char *name, const eml_buf *buf) {
    return (eml_file){.path = name, .bytes = buf->data ? buf->data : (const uint8_t *)"", .size = buf->len};
}

/* The digests that the verifier will make, and as many rows. */
static void fit_statement(owner *o) {
    const eml_abi *abi = &o->file.abi;
    eml_record record = {.committed = eml_shape_is_committed(&o->file.shape)}; /* to zeros */
    bool good = true;
    for (size_t i = 0; i < o->table_count && good; i++) {
        eml_file file = file_of("in", &o->tables[i]);
        good = eml_record_add_input(&record, abi, &o->file.shape, &file, false, NULL) == EML_OK;
    }
    eml_file outputs = file_of("out", &o->outputs);
    good = good && eml_record_complete(&record, abi, &o->file.shape, NULL) == EML_OK &&
           eml_record_read_outputs(&record, abi, &outputs, false, NULL) == EML_OK;
    if (good) {
        eml_statement statement = eml_record_statement(&record, abi, &o->file.shape, &o->hash);
        eml_free(o->file.blocks);
        o->file.rows = statement.rows;
        o->file.blocks = eml_alloc(eml_block_count(statement.rows), sizeof *o->file.blocks);
        FUZZ_REQUIRE(eml_statement_digest_blocks(&statement, o->file.blocks, NULL) == EML_OK);
        o->file.statement = eml_statement_digest(&statement, o->file.blocks);
    }
    eml_record_free(&record);
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void verify(owner *o) {
    char hex[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&o->hash, hex);
    eml_file inputs[] = {file_of("in", &o->tables[0]), file_of("in", &o->tables[1])};
    eml_verify_request request = {.program_hash = hex,
                                  .inputs = inputs,
                                  .input_count = o->table_count,
                                  .commitment = eml_shape_is_committed(&o->file.shape) ? ZEROS : NULL,
                                  .outputs = file_of("out", &o->outputs),
                                  .proof = file_of("proof", &o->proof),
                                  .preset = "test"};
    eml_verdict verdict;
    eml_answer answer = eml_verify(&request, &verdict, NULL);
    FUZZ_REQUIRE(answer == EML_ANSWER_NO || answer == EML_ANSWER_INPUT);
    FUZZ_REQUIRE(answer == EML_ANSWER_INPUT || strcmp(verdict.reason, "program") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    owner o = {0};
    if (eml_proof_file_decode(size == 0 ? (const uint8_t *)"" : data, size, &o.file, NULL) != EML_OK) return 0;
    const eml_abi *abi = &o.file.abi;
    const eml_shape *shape = &o.file.shape;
    if (abi->input_count + abi->output_count + shape->public_len + shape->secret_len + shape->output_len < CELLS_MAX) {
        eml_digest digest = eml_abi_digest(abi);
        o.hash = eml_program_hash_of(shape, abi->output_count, &digest, o.file.digests);
        put_values(&o);
        fit_statement(&o);
        eml_proof_file_encode(&o.file, &o.proof);
        verify(&o);
    }
    eml_proof_file_free(&o.file);
    eml_buf_free(&o.proof);
    for (size_t i = 0; i < 2; i++) eml_buf_free(&o.tables[i]);
    eml_buf_free(&o.outputs);
    return 0;
}
