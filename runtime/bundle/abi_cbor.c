/* The ABI as canonical CBOR: writer and reader side by side, keys in the order of their encodings. */
#include <string.h>

#include "runtime/bundle/abi.h"
#include "runtime/bundle/cbor_io.h"

/* Least encoded size of a column and a tape entry: what an array's length is held against before room is made. */
enum { INPUT_BYTES_MIN = 56, OUTPUT_BYTES_MIN = 30, ENTRY_BYTES_MIN = 1 };

/* Rationals: "p" or "p/q" in lowest terms, q >= 2. */

static void put_rational(eml_buf *out, const char *key, const mpq_t value) {
    char text[EML_RATIONAL_TEXT_MAX + 1]; /* eml_abi_check: it fits */
    mpq_get_str(text, 10, value);
    eml_cbor_put_text(out, key);
    eml_cbor_put_text(out, text);
}

/* "0", or digits that do not begin with 0. */
static bool is_natural(const char *text, size_t length) {
    if (length == 0 || (text[0] == '0' && length > 1)) return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

static bool parse_rational(const char *text, mpq_t out) {
    const char *digits = text + (text[0] == '-');
    const char *slash = strchr(digits, '/');
    size_t whole = slash ? (size_t)(slash - digits) : strlen(digits);
    if (!is_natural(digits, whole) || (digits[0] == '0' && (slash || digits != text))) return false;
    if (slash && (!is_natural(slash + 1, strlen(slash + 1)) || slash[1] == '0')) return false;
    mpq_set_str(out, text, 10);
    if (!slash) return true;
    mpz_t gcd;
    mpz_init(gcd);
    mpz_gcd(gcd, mpq_numref(out), mpq_denref(out));
    bool lowest = mpz_cmp_ui(gcd, 1) == 0 && mpz_cmp_ui(mpq_denref(out), 1) != 0;
    mpz_clear(gcd);
    return lowest;
}

static void read_rational(eml_cbor_reader *reader, const char *key, mpq_t out) {
    char copy[EML_RATIONAL_TEXT_MAX + 1];
    size_t length;
    eml_cbor_key(reader, key);
    const char *text = eml_cbor_text(reader, EML_RATIONAL_TEXT_MAX, &length);
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (eml_cbor_ok(reader) && !parse_rational(copy, out))
        eml_cbor_fail(reader, "not a rational in lowest terms (\"3\", \"-1/8\")");
}

/* Small fields. */

static void put_text(eml_buf *out, const char *key, const char *text) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_text(out, text);
}

static void put_bool(eml_buf *out, const char *key, bool value) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_bool(out, value);
}

static char *read_text(eml_cbor_reader *reader, const char *key) {
    size_t length;
    eml_cbor_key(reader, key);
    const char *text = eml_cbor_text(reader, EML_NAME_MAX, &length);
    char *copy = eml_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

static bool read_bool(eml_cbor_reader *reader, const char *key) {
    eml_cbor_key(reader, key);
    return eml_cbor_bool(reader);
}

/* Columns and tapes. */

static void put_input(eml_buf *out, const eml_input_column *column) {
    eml_cbor_put_map(out, 8);
    put_rational(out, "hi", column->hi);
    put_rational(out, "lo", column->lo);
    put_text(out, "name", column->name);
    put_rational(out, "unit", column->unit);
    put_bool(out, "exact", column->exact);
    put_rational(out, "offset", column->offset);
    put_bool(out, "secret", column->secret);
    put_bool(out, "uniform", column->uniform);
}

static void read_input(eml_cbor_reader *reader, eml_input_column *column) {
    mpq_inits(column->lo, column->hi, column->offset, column->unit, NULL);
    eml_cbor_map(reader, 8);
    read_rational(reader, "hi", column->hi);
    read_rational(reader, "lo", column->lo);
    column->name = read_text(reader, "name");
    read_rational(reader, "unit", column->unit);
    column->exact = read_bool(reader, "exact");
    read_rational(reader, "offset", column->offset);
    column->secret = read_bool(reader, "secret");
    column->uniform = read_bool(reader, "uniform");
}

static void put_output(eml_buf *out, const eml_output_column *column) {
    eml_cbor_put_map(out, 4);
    put_text(out, "link", column->link);
    put_text(out, "name", column->name);
    put_rational(out, "unit", column->unit);
    put_rational(out, "tolerance", column->tolerance);
}

static void read_output(eml_cbor_reader *reader, eml_output_column *column) {
    mpq_inits(column->unit, column->tolerance, NULL);
    eml_cbor_map(reader, 4);
    column->link = read_text(reader, "link");
    column->name = read_text(reader, "name");
    read_rational(reader, "unit", column->unit);
    read_rational(reader, "tolerance", column->tolerance);
}

static void put_tape(eml_buf *out, const char *key, const uint32_t *tape, size_t length) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_array(out, length);
    for (size_t i = 0; i < length; i++) {
        if (tape[i] == EML_TAPE_ONE)
            eml_cbor_put_null(out);
        else
            eml_cbor_put_uint(out, tape[i]);
    }
}

static uint32_t *read_tape(eml_cbor_reader *reader, const char *key, size_t *length) {
    eml_cbor_key(reader, key);
    size_t count = eml_cbor_array(reader, EML_ABI_TAPE_MAX, ENTRY_BYTES_MIN);
    uint32_t *tape = eml_alloc(count, sizeof *tape);
    for (size_t i = 0; i < count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "entry", i);
        tape[i] = eml_cbor_take_null(reader) ? EML_TAPE_ONE : (uint32_t)eml_cbor_uint(reader, EML_ABI_COLUMNS_MAX);
    }
    eml_cbor_in(reader, NULL, 0);
    *length = count;
    return tape;
}

/* The ABI. */

void eml_abi_encode(const eml_abi *abi, eml_buf *out) {
    eml_cbor_put_map(out, 9);
    put_bool(out, "raw", abi->raw);
    put_text(out, "model", abi->model);
    eml_cbor_put_text(out, "inputs");
    eml_cbor_put_array(out, abi->input_count);
    for (size_t i = 0; i < abi->input_count; i++) put_input(out, &abi->inputs[i]);
    eml_cbor_put_text(out, "outputs");
    eml_cbor_put_array(out, abi->output_count);
    for (size_t i = 0; i < abi->output_count; i++) put_output(out, &abi->outputs[i]);
    eml_cbor_put_text(out, "delta_bits");
    eml_cbor_put_uint(out, abi->delta_bits);
    put_bool(out, "single_row", abi->single_row);
    put_tape(out, "public_tape", abi->public_tape, abi->public_len);
    put_tape(out, "secret_tape", abi->secret_tape, abi->secret_len);
    put_bool(out, "encrypted_outputs", abi->encrypted_outputs);
}

static void read_inputs(eml_cbor_reader *reader, eml_abi *abi) {
    eml_cbor_key(reader, "inputs");
    size_t count = eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, INPUT_BYTES_MIN);
    abi->inputs = eml_alloc(count, sizeof *abi->inputs);
    for (size_t i = 0; i < count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "inputs", i);
        read_input(reader, &abi->inputs[i]);
        abi->input_count = i + 1; /* so that a failure frees what was made, and no more */
    }
    eml_cbor_in(reader, NULL, 0);
}

static void read_outputs(eml_cbor_reader *reader, eml_abi *abi) {
    eml_cbor_key(reader, "outputs");
    size_t count = eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, OUTPUT_BYTES_MIN);
    abi->outputs = eml_alloc(count, sizeof *abi->outputs);
    for (size_t i = 0; i < count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "outputs", i);
        read_output(reader, &abi->outputs[i]);
        abi->output_count = i + 1;
    }
    eml_cbor_in(reader, NULL, 0);
}

eml_status eml_abi_decode(const uint8_t *bytes, size_t count, eml_abi *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_cbor_open(&reader, bytes, count, err);
    eml_abi abi = {0};
    eml_cbor_map(&reader, 9);
    abi.raw = read_bool(&reader, "raw");
    abi.model = read_text(&reader, "model");
    read_inputs(&reader, &abi);
    read_outputs(&reader, &abi);
    eml_cbor_key(&reader, "delta_bits");
    abi.delta_bits = (uint32_t)eml_cbor_uint(&reader, EML_ABI_DELTA_BITS_MAX);
    abi.single_row = read_bool(&reader, "single_row");
    abi.public_tape = read_tape(&reader, "public_tape", &abi.public_len);
    abi.secret_tape = read_tape(&reader, "secret_tape", &abi.secret_len);
    abi.encrypted_outputs = read_bool(&reader, "encrypted_outputs");
    eml_status status = eml_cbor_close(&reader);
    if (status == EML_OK) status = eml_abi_check(&abi, err);
    if (status == EML_OK)
        *out = abi;
    else
        eml_abi_free(&abi);
    return status;
}

eml_digest eml_abi_digest(const eml_abi *abi) {
    eml_buf bytes = {0};
    eml_abi_encode(abi, &bytes);
    eml_digest digest = eml_blake3_hash(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return digest;
}
