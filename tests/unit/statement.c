/* Statements: digests cover everything, and tapes are the weighted sums of the rows. */
#include "tests/support/cmocka.h"

#include <string.h>
#include <unistd.h>

#include "runtime/statement/statement.h"
#include "tests/support/rows.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/random.h"

enum { ROWS = 2500, SLOTS = 3072 };

static eml_fe *random_cells(size_t count) {
    eml_fe *cells = eml_alloc(count, sizeof *cells);
    for (size_t i = 0; i < count; i++) cells[i] = test_random_fe();
    return cells;
}

/* The rows' weights as docs/formats.md has them: 16 bytes each, by Horner's rule in base 256. Of one row the first
 * is 1. */
static eml_fe *weights_of(const eml_digest *digest, uint64_t rows, size_t slots) {
    uint8_t *stream = eml_alloc(slots, EML_FE_BYTES);
    eml_fe *weights = eml_alloc(slots, sizeof *weights);
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "eml v2 row weights");
    eml_blake3_update(&hasher, digest->bytes, sizeof digest->bytes);
    eml_blake3_finish(&hasher, stream, slots * EML_FE_BYTES);
    for (size_t i = 0; i < slots; i++)
        for (size_t k = EML_FE_BYTES; k-- > 0;)
            weights[i] = eml_fe_add(eml_fe_mul(weights[i], eml_fe_from_u64(256)), eml_fe_from_u64(stream[16 * i + k]));
    if (rows == 1) weights[0] = EML_FE_ONE;
    eml_free(stream);
    return weights;
}

/* sum weights[i] cells[i * stride]. */
static eml_fe naive(const eml_fe *cells, size_t stride, size_t count, const eml_fe *weights) {
    eml_fe sum = EML_FE_ZERO;
    for (size_t i = 0; i < count; i++) sum = eml_fe_add(sum, eml_fe_mul(cells[i * stride], weights[i]));
    return sum;
}

static eml_fe naive_one(size_t count, const eml_fe *weights) { return naive(&(eml_fe){1, 0}, 0, count, weights); }

static eml_digest random_digest(void) {
    eml_digest digest;
    for (size_t i = 0; i < sizeof digest.bytes; i++) digest.bytes[i] = (uint8_t)test_random();
    return digest;
}

static void assert_fe(eml_fe got, eml_fe want) { assert_true(eml_fe_eq(got, want)); }

/* Cells row by row; those of tables become the statement's when it is used. */
typedef struct given {
    eml_bundle bundle;
    eml_fe *public_cells, *secret_cells, *outputs, *raw;
    eml_rows tables[2];
    eml_statement statement;
} given;

static void set_tables(given *made) {
    eml_statement *s = &made->statement;
    for (size_t t = 0; t < 2; t++) eml_rows_free(&made->tables[t]);
    if (s->abi->raw) return;
    eml_rows_of_elements(made->public_cells, s->rows, eml_abi_columns(s->abi, EML_PUBLIC), &made->tables[0]);
    if (!s->abi->encrypted_outputs)
        eml_rows_of_elements(made->outputs, s->rows, s->abi->output_count, &made->tables[1]);
    s->publics = &made->tables[0].cells;
    s->outputs = &made->tables[1].cells;
    s->encrypted = made->outputs;
}

static void evaluate(given *made, const eml_digest *digest, eml_statement_values *values) {
    set_tables(made);
    assert_int_equal(eml_statement_evaluate(&made->statement, digest, values, NULL), EML_OK);
}

static void digest_blocks(given *made, eml_block_digests *blocks) {
    set_tables(made);
    assert_int_equal(eml_statement_digest_blocks(&made->statement, blocks, NULL), EML_OK);
}

static void make(test_sample sample, given *out) {
    bool encrypted = sample == TEST_SAMPLE_ENCRYPTED, raw = sample == TEST_SAMPLE_RAW;
    *out = (given){0};
    test_sample_bundle(sample, &out->bundle);
    out->public_cells = random_cells(2 * ROWS);
    out->secret_cells = random_cells(5 * SLOTS);
    out->outputs = random_cells(5 * SLOTS);
    out->raw = random_cells(64);
    out->statement = (eml_statement){.abi = &out->bundle.abi,
                                     .shape = &out->bundle.program.shape,
                                     .program = out->bundle.hash,
                                     .rows = raw ? 1 : ROWS,
                                     .slots = raw         ? 1
                                              : encrypted ? SLOTS
                                                          : ROWS,
                                     .secret_cells = out->secret_cells,
                                     .raw_public = out->raw,
                                     .raw_secret = out->raw,
                                     .raw_stack = out->raw + 8,
                                     .raw_output = out->raw};
}

static void drop(given *made) {
    eml_free(made->public_cells);
    eml_free(made->secret_cells);
    eml_free(made->outputs);
    eml_free(made->raw);
    for (size_t t = 0; t < 2; t++) eml_rows_free(&made->tables[t]);
    eml_bundle_free(&made->bundle);
}

static void plain_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_digest digest = random_digest();
    eml_fe *weights = weights_of(&digest, ROWS, ROWS);
    make(TEST_SAMPLE_PLAIN, &made);
    evaluate(&made, &digest, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 2, ROWS, weights));
    assert_fe(values.public_tape[1], naive(made.public_cells + 1, 2, ROWS, weights));
    assert_fe(values.public_tape[2], naive_one(ROWS, weights));
    assert_fe(values.stack[0], naive(made.outputs, 1, ROWS, weights));
    for (size_t i = 1; i < EML_STACK_MAX; i++) assert_fe(values.stack[i], EML_FE_ZERO);
    eml_statement_values_free(&values);
    eml_free(weights);
    drop(&made);
}

static void several_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_digest digest = random_digest();
    eml_fe *weights = weights_of(&digest, ROWS, ROWS);
    make(TEST_SAMPLE_SEVERAL, &made);
    evaluate(&made, &digest, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 2, ROWS, weights));
    assert_fe(values.public_tape[1], made.public_cells[1]); /* uniform: the constant polynomial */
    assert_fe(values.output_tape[0], naive(made.outputs, 2, ROWS, weights));
    assert_fe(values.output_tape[1], naive(made.outputs + 1, 2, ROWS, weights));
    for (size_t i = 0; i < EML_STACK_MAX; i++) assert_fe(values.stack[i], EML_FE_ZERO);
    eml_statement_values_free(&values);
    eml_free(weights);
    drop(&made);
}

static void encrypted_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_digest digest = random_digest();
    eml_fe *weights = weights_of(&digest, ROWS, SLOTS), one = naive_one(SLOTS, weights);
    make(TEST_SAMPLE_ENCRYPTED, &made);
    evaluate(&made, &digest, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 1, ROWS, weights));
    assert_fe(values.public_tape[1], one); /* over all slots, not only the rows */
    for (size_t i = 0; i < 5; i++) {
        assert_fe(values.secret_tape[i], naive(made.secret_cells + i * SLOTS, 1, SLOTS, weights));
        assert_fe(values.secret_tape[5 + i], i < 4 ? EML_FE_ZERO : eml_fe_mul(one, made.statement.shape->delta));
        assert_fe(values.stack[i], naive(made.outputs + i * SLOTS, 1, SLOTS, weights));
    }
    assert_fe(values.stack[5], EML_FE_ZERO);
    eml_statement_values_free(&values);
    eml_free(weights);
    drop(&made);
}

/* More slots than one dot product takes. */
static void many_slots(void **state) {
    (void)state;
    enum { MANY = EML_FE_PRODUCTS_MAX + 1025 };
    given made;
    eml_statement_values values;
    eml_digest digest = random_digest();
    eml_fe *weights = weights_of(&digest, ROWS, MANY);
    make(TEST_SAMPLE_ENCRYPTED, &made);
    eml_fe *secret = random_cells(5 * MANY), *outputs = random_cells(5 * MANY);
    made.statement.slots = MANY;
    made.statement.secret_cells = secret;
    eml_free(made.outputs);
    made.outputs = outputs;
    evaluate(&made, &digest, &values);
    for (size_t i = 0; i < 5; i++) {
        assert_fe(values.secret_tape[i], naive(secret + i * MANY, 1, MANY, weights));
        assert_fe(values.stack[i], naive(outputs + i * MANY, 1, MANY, weights));
    }
    eml_statement_values_free(&values);
    eml_free(secret);
    eml_free(weights);
    drop(&made);
}

static void raw_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    make(TEST_SAMPLE_RAW, &made);
    evaluate(&made, &(eml_digest){{0}}, &values);
    assert_fe(values.public_tape[0], made.raw[0]);
    assert_fe(values.stack[0], made.raw[8]);
    assert_fe(values.stack[1], made.raw[9]);
    eml_statement_values_free(&values);
    drop(&made);
}

/* One row is itself, whatever the digest; of few rows no weight is 1. */
static void few_rows(void **state) {
    (void)state;
    given made;
    eml_digest digest = random_digest();
    make(TEST_SAMPLE_PLAIN, &made);
    for (uint64_t rows = 1; rows < 40; rows++) {
        eml_statement_values values;
        eml_fe *weights = weights_of(&digest, rows, rows);
        made.statement.rows = made.statement.slots = rows;
        evaluate(&made, &digest, &values);
        assert_fe(values.public_tape[2], naive_one(rows, weights));
        assert_fe(values.public_tape[0], naive(made.public_cells, 2, rows, weights));
        if (rows == 1) assert_fe(values.public_tape[2], EML_FE_ONE);
        if (rows == 1) assert_fe(values.stack[0], made.outputs[0]);
        eml_statement_values_free(&values);
        eml_free(weights);
    }
    drop(&made);
}

/* One encrypted row: its weight is 1, those of the slots behind it are not. */
static void one_encrypted_row(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_digest digest = random_digest();
    eml_fe *weights = weights_of(&digest, 1, SLOTS);
    make(TEST_SAMPLE_ENCRYPTED, &made);
    made.statement.rows = 1;
    evaluate(&made, &digest, &values);
    assert_fe(values.public_tape[0], made.public_cells[0]);
    assert_fe(values.public_tape[1], naive_one(SLOTS, weights));
    assert_fe(values.secret_tape[0], naive(made.secret_cells, 1, SLOTS, weights));
    eml_statement_values_free(&values);
    eml_free(weights);
    drop(&made);
}

static eml_digest whole_digest(given *made) {
    eml_block_digests blocks;
    assert_int_equal(eml_block_count(made->statement.rows), 1);
    digest_blocks(made, &blocks);
    return eml_statement_digest(&made->statement, &blocks);
}

static void assert_digest_changes(given *made, const eml_digest *first, bool changes) {
    eml_digest second = whole_digest(made);
    assert_int_equal(memcmp(first->bytes, second.bytes, sizeof second.bytes) != 0, changes);
}

static void digest_covers(test_sample sample) {
    given made;
    make(sample, &made);
    eml_statement *s = &made.statement;
    eml_digest first = whole_digest(&made);
    bool raw = sample == TEST_SAMPLE_RAW, encrypted = sample == TEST_SAMPLE_ENCRYPTED;
    bool committed = sample == TEST_SAMPLE_COMMITTED; /* it has one public column */
    struct {
        eml_fe *cell;
        bool used;
    } cells[] = {{&made.public_cells[encrypted || committed ? ROWS - 1 : 2 * ROWS - 2], !raw},
                 /* the second column of the second sample is uniform: read from its first row */
                 {&made.public_cells[2 * ROWS - 1], sample == TEST_SAMPLE_PLAIN || sample == TEST_SAMPLE_HIDDEN},
                 {&made.public_cells[1], !raw},
                 {&made.secret_cells[5 * SLOTS - 1], encrypted},
                 {&made.secret_cells[0], encrypted},
                 {&made.outputs[0], !raw},
                 {&made.outputs[ROWS - 1], !raw},
                 {&made.outputs[5 * SLOTS - 1], encrypted},
                 {&made.raw[0], raw},
                 {&made.raw[9], raw},
                 {&s->commitment[0], true},
                 {&s->commitment[1], true},
                 {&s->program.digest[1], true}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        *cells[i].cell = eml_fe_add(*cells[i].cell, EML_FE_ONE);
        assert_digest_changes(&made, &first, cells[i].used);
        *cells[i].cell = eml_fe_sub(*cells[i].cell, EML_FE_ONE);
    }
    s->key.bytes[31] ^= 1;
    assert_digest_changes(&made, &first, true);
    s->key.bytes[31] ^= 1;
    /* Other representatives of the same residues give the same digest. */
    eml_fe kept = made.outputs[0];
    made.outputs[0] = EML_FE_ZERO;
    first = whole_digest(&made);
    made.outputs[0] = (eml_fe){EML_FE_P_LO, EML_FE_P_HI};
    assert_digest_changes(&made, &first, false);
    made.outputs[0] = kept;
    drop(&made);
}

/* The same table in narrow integers, in pieces of another size, and in a file. */
static void file_table(const eml_rows *from, eml_rows *to, const uint8_t *widths, size_t expect, bool in_file) {
    size_t rows = eml_rows_count(from), columns = from->cells.columns;
    *to = (eml_rows){0};
    eml_cells_init(&to->cells, columns, widths, false);
    eml_cells_expect(&to->cells, expect);
    to->cells.resident_max = in_file ? 0 : SIZE_MAX;
    eml_cells_reserve(&to->cells, rows);
    for (size_t i = 0; i < rows * columns; i++)
        eml_cells_set(&to->cells, i / columns, i % columns, eml_fe_signed(test_cell(from, i)));
    assert_int_equal(eml_cells_seal(&to->cells, rows, NULL), EML_OK);
    assert_int_equal(to->cells.file != NULL, in_file);
}

static void however_it_is_kept(void **state) {
    (void)state;
    enum { MANY = EML_BLOCK_ROWS + 5000 };
    given made;
    make(TEST_SAMPLE_SEVERAL, &made);
    eml_statement *s = &made.statement;
    eml_free(made.public_cells);
    eml_free(made.outputs);
    made.public_cells = eml_alloc(2 * MANY, sizeof(eml_fe));
    made.outputs = random_cells(2 * MANY);
    for (size_t i = 0; i < 2 * MANY; i++) {
        eml_i128 wide = (eml_i128)(test_random() >> 1);
        made.public_cells[i] = eml_fe_of_signed(i % 2 == 0 ? (int32_t)wide : i % 4 == 1 ? wide : -wide);
    }
    s->rows = s->slots = MANY;
    eml_block_digests blocks[2], again[2];
    eml_statement_values values, same;
    eml_digest digest = random_digest();
    digest_blocks(&made, blocks);
    evaluate(&made, &digest, &values);
    static const size_t expected[] = {SIZE_MAX, 100, 1};
    for (size_t i = 0; i < 6; i++) {
        eml_rows inputs, outputs;
        static const uint8_t widths[] = {4, 8};
        file_table(&made.tables[0], &inputs, widths, expected[i / 2], i % 2 == 0);
        file_table(&made.tables[1], &outputs, NULL, expected[2 - i / 2], i % 2 == 0);
        s->publics = &inputs.cells, s->outputs = &outputs.cells;
        assert_int_equal(eml_statement_digest_blocks(s, again, NULL), EML_OK);
        assert_memory_equal(again, blocks, sizeof blocks);
        assert_int_equal(eml_statement_evaluate(s, &digest, &same, NULL), EML_OK);
        for (size_t k = 0; k < 2; k++) {
            assert_fe(same.public_tape[k], values.public_tape[k]);
            assert_fe(same.output_tape[k], values.output_tape[k]);
        }
        eml_statement_values_free(&same);
        if (i % 2 == 0) { /* cut off behind our back */
            assert_int_equal(ftruncate(*inputs.cells.file, 0), 0);
            assert_int_equal(eml_statement_digest_blocks(s, again, NULL), EML_ERR_IO);
            assert_int_equal(eml_statement_evaluate(s, &digest, &same, NULL), EML_ERR_IO);
        }
        eml_rows_free(&inputs);
        eml_rows_free(&outputs);
    }
    eml_statement_values_free(&values);
    drop(&made);
}

static void digest_covers_everything(void **state) {
    (void)state;
    for (test_sample sample = 0; sample < TEST_SAMPLES; sample++) digest_covers(sample);
}

/* By hand, as docs/formats.md says. */
static eml_digest derived(const char *context, const uint8_t *bytes, size_t count) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init_derive_key(&hasher, context);
    eml_blake3_update(&hasher, bytes, count);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

/* count elements, stride apart, appended. */
static void put_elements(eml_buf *out, const eml_fe *cells, size_t stride, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[EML_FE_BYTES];
        eml_fe_to_bytes(cells[i * stride], bytes);
        eml_buf_put(out, bytes, sizeof bytes);
    }
}

static void put_u64(eml_buf *out, uint64_t value) {
    for (unsigned i = 0; i < 8; i++) eml_buf_put_u8(out, (uint8_t)(value >> 8 * i));
}

static void assert_digest(const eml_digest *got, const char *context, eml_buf *bytes) {
    eml_digest want = derived(context, bytes->data, bytes->len);
    assert_memory_equal(got->bytes, want.bytes, sizeof want.bytes);
    bytes->len = 0;
}

/* kind 1 plain, 2 encrypted. */
static void check_whole(const eml_statement *s, uint64_t kind, const eml_block_digests *blocks, size_t count) {
    static const uint8_t zeros[32];
    eml_digest digest = eml_statement_digest(s, blocks);
    eml_buf bytes = {0};
    put_u64(&bytes, kind);
    put_elements(&bytes, s->program.digest, 1, 2);
    put_u64(&bytes, s->rows);
    put_u64(&bytes, s->slots);
    eml_buf_put(&bytes, s->key.bytes, 32);
    eml_buf_put(&bytes, zeros, 32);
    put_u64(&bytes, count);
    eml_buf_put(&bytes, (const uint8_t *)blocks, count * sizeof *blocks);
    assert_digest(&digest, "eml v2 statement", &bytes);
    eml_buf_free(&bytes);
}

/* Two whole blocks and three rows, with a uniform column. */
static void plain_digests(void **state) {
    (void)state;
    enum { MANY = 2 * EML_BLOCK_ROWS + 3 };
    given made;
    make(TEST_SAMPLE_SEVERAL, &made);
    eml_statement *s = &made.statement;
    eml_fe *inputs = random_cells(2 * MANY), *outputs = random_cells(2 * MANY);
    eml_free(made.public_cells);
    eml_free(made.outputs);
    made.public_cells = inputs, made.outputs = outputs, s->rows = s->slots = MANY;
    eml_block_digests blocks[3];
    eml_buf bytes = {0};
    digest_blocks(&made, blocks);
    for (size_t b = 0; b < 3; b++) {
        size_t first = b * EML_BLOCK_ROWS, rows = b < 2 ? EML_BLOCK_ROWS : 3;
        put_elements(&bytes, inputs + 2 * first, 2, rows);
        if (b == 0) put_elements(&bytes, inputs + 1, 1, 1);
        assert_digest(&blocks[b].inputs, "eml v2 block inputs", &bytes);
        for (size_t c = 0; c < 2; c++) put_elements(&bytes, outputs + 2 * first + c, 2, rows);
        assert_digest(&blocks[b].outputs, "eml v2 block outputs", &bytes);
    }
    check_whole(s, 1, blocks, 3);
    eml_buf_free(&bytes);
    drop(&made);
}

/* A public and a secret column; one slot block more than the last row's block of digests needs. */
static void encrypted_digests(void **state) {
    (void)state;
    enum { MANY = EML_BLOCK_ROWS + 1024, AT = EML_BLOCK_ROWS };
    given made;
    make(TEST_SAMPLE_ENCRYPTED, &made);
    eml_statement *s = &made.statement;
    eml_fe *table = random_cells(MANY), *secret = random_cells(5 * MANY), *outputs = random_cells(5 * MANY);
    eml_free(made.public_cells);
    eml_free(made.outputs);
    made.public_cells = table, s->secret_cells = secret, made.outputs = outputs;
    s->rows = AT + 7, s->slots = MANY;
    memset(s->key.bytes, 9, sizeof s->key.bytes);
    eml_block_digests blocks[2];
    eml_buf bytes = {0};
    digest_blocks(&made, blocks);
    for (size_t b = 0; b < 2; b++) {
        put_elements(&bytes, table + b * AT, 1, b == 0 ? AT : 7);
        for (size_t part = 0; part < 5; part++)
            put_elements(&bytes, secret + part * MANY + b * AT, 1, b == 0 ? AT : 1024);
        assert_digest(&blocks[b].inputs, "eml v2 block inputs", &bytes);
        for (size_t part = 0; part < 5; part++)
            put_elements(&bytes, outputs + part * MANY + b * AT, 1, b == 0 ? AT : 1024);
        assert_digest(&blocks[b].outputs, "eml v2 block outputs", &bytes);
    }
    check_whole(s, 2, blocks, 2);
    eml_buf_free(&bytes);
    eml_free(secret);
    drop(&made);
}

/* Public tape, secret tape; final stack, output tape. Rows do not apply: 0. */
static void raw_digests(void **state) {
    (void)state;
    given made;
    make(TEST_SAMPLE_RAW, &made);
    eml_statement *s = &made.statement;
    eml_block_digests block;
    eml_buf bytes = {0};
    digest_blocks(&made, &block);
    put_elements(&bytes, s->raw_public, 1, s->shape->public_len);
    put_elements(&bytes, s->raw_secret, 1, 5 * s->shape->secret_len);
    assert_digest(&block.inputs, "eml v2 block inputs", &bytes);
    put_elements(&bytes, s->raw_stack, 1, s->shape->W);
    put_elements(&bytes, s->raw_output, 1, s->shape->output_len);
    assert_digest(&block.outputs, "eml v2 block outputs", &bytes);
    eml_buf_free(&bytes);
    eml_digest digest = eml_statement_digest(s, &block);
    put_u64(&bytes, 0);
    put_elements(&bytes, s->program.digest, 1, 2);
    for (size_t i = 0; i < 10; i++) put_u64(&bytes, 0); /* rows, slots, key, commitment */
    put_u64(&bytes, 1);
    eml_buf_put(&bytes, (const uint8_t *)&block, sizeof block);
    assert_digest(&digest, "eml v2 statement", &bytes);
    eml_buf_free(&bytes);
    drop(&made);
}

static void bits(void **state) {
    (void)state;
    static const struct {
        test_sample sample;
        uint64_t rows;
        uint32_t reads;
        bool typed;
        uint32_t bits;
    } cases[] = {
        {TEST_SAMPLE_PLAIN, 1, 1000, false, 128}, {TEST_SAMPLE_PLAIN, 2, 1, false, 127},
        {TEST_SAMPLE_PLAIN, 2, 0, false, 127},    {TEST_SAMPLE_PLAIN, 2, 2, false, 126},
        {TEST_SAMPLE_PLAIN, 2, 3, false, 125},    {TEST_SAMPLE_PLAIN, 2, 1024, false, 117},
        {TEST_SAMPLE_PLAIN, 2, 1025, false, 116}, {TEST_SAMPLE_PLAIN, 1 << 20, 1025, true, 127},
        {TEST_SAMPLE_ENCRYPTED, 1, 9, true, 127}, {TEST_SAMPLE_RAW, 1, 9, false, 128},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_bundle bundle;
        test_sample_bundle(cases[i].sample, &bundle);
        bundle.program.shape.public_len = cases[i].reads;
        assert_int_equal(eml_statement_bits(&bundle.abi, &bundle.program.shape, cases[i].rows, cases[i].typed),
                         cases[i].bits);
        eml_bundle_free(&bundle);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values),
        cmocka_unit_test(several_values),
        cmocka_unit_test(encrypted_values),
        cmocka_unit_test(many_slots),
        cmocka_unit_test(raw_values),
        cmocka_unit_test(few_rows),
        cmocka_unit_test(however_it_is_kept),
        cmocka_unit_test(digest_covers_everything),
        cmocka_unit_test(one_encrypted_row),
        cmocka_unit_test(plain_digests),
        cmocka_unit_test(encrypted_digests),
        cmocka_unit_test(raw_digests),
        cmocka_unit_test(bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
