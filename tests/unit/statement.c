/* Statements: the digest covers everything, and evaluation at tau is the polynomial's value. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/statement/statement.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/random.h"

enum { ROWS = 2500, SLOTS = 3072 };

static eml_fe *random_cells(size_t count) {
    eml_fe *cells = eml_alloc(count, sizeof *cells);
    for (size_t i = 0; i < count; i++) cells[i] = test_random_fe();
    return cells;
}

/* sum cells[i * stride] tau^i, powers made one by one. */
static eml_fe naive(const eml_fe *cells, size_t stride, size_t count, eml_fe tau) {
    eml_fe sum = EML_FE_ZERO, power = EML_FE_ONE;
    for (size_t i = 0; i < count; i++) {
        sum = eml_fe_add(sum, eml_fe_mul(cells[i * stride], power));
        power = eml_fe_mul(power, tau);
    }
    return sum;
}

static eml_fe naive_one(size_t count, eml_fe tau) { return naive(&(eml_fe){1, 0}, 0, count, tau); }

static void assert_fe(eml_fe got, eml_fe want) { assert_true(eml_fe_eq(got, want)); }

typedef struct given {
    eml_bundle bundle;
    eml_fe *public_cells, *secret_cells, *outputs, *raw;
    eml_statement statement;
} given;

static void make(test_sample sample, given *out) {
    bool encrypted = sample == TEST_SAMPLE_ENCRYPTED, raw = sample == TEST_SAMPLE_RAW;
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
                                     .public_cells = out->public_cells,
                                     .secret_cells = out->secret_cells,
                                     .outputs = out->outputs,
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
    eml_bundle_free(&made->bundle);
}

static void plain_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_fe tau = test_random_fe();
    make(TEST_SAMPLE_PLAIN, &made);
    eml_statement_evaluate(&made.statement, tau, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 2, ROWS, tau));
    assert_fe(values.public_tape[1], naive(made.public_cells + 1, 2, ROWS, tau));
    assert_fe(values.public_tape[2], naive_one(ROWS, tau));
    assert_fe(values.stack[0], naive(made.outputs, 1, ROWS, tau));
    for (size_t i = 1; i < EML_STACK_MAX; i++) assert_fe(values.stack[i], EML_FE_ZERO);
    eml_statement_values_free(&values);
    drop(&made);
}

static void several_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_fe tau = test_random_fe();
    make(TEST_SAMPLE_SEVERAL, &made);
    eml_statement_evaluate(&made.statement, tau, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 2, ROWS, tau));
    assert_fe(values.public_tape[1], made.public_cells[1]); /* uniform: the constant polynomial */
    assert_fe(values.output_tape[0], naive(made.outputs, 2, ROWS, tau));
    assert_fe(values.output_tape[1], naive(made.outputs + 1, 2, ROWS, tau));
    for (size_t i = 0; i < EML_STACK_MAX; i++) assert_fe(values.stack[i], EML_FE_ZERO);
    eml_statement_values_free(&values);
    drop(&made);
}

static void encrypted_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    eml_fe tau = test_random_fe(), one = naive_one(SLOTS, tau);
    make(TEST_SAMPLE_ENCRYPTED, &made);
    eml_statement_evaluate(&made.statement, tau, &values);
    assert_fe(values.public_tape[0], naive(made.public_cells, 1, ROWS, tau));
    assert_fe(values.public_tape[1], one); /* over all slots, not only the rows */
    for (size_t i = 0; i < 5; i++) {
        assert_fe(values.secret_tape[i], naive(made.secret_cells + i * SLOTS, 1, SLOTS, tau));
        assert_fe(values.secret_tape[5 + i], i < 4 ? EML_FE_ZERO : eml_fe_mul(one, made.statement.shape->delta));
        assert_fe(values.stack[i], naive(made.outputs + i * SLOTS, 1, SLOTS, tau));
    }
    assert_fe(values.stack[5], EML_FE_ZERO);
    eml_statement_values_free(&values);
    drop(&made);
}

/* More slots than one dot product takes. */
static void many_slots(void **state) {
    (void)state;
    enum { MANY = EML_FE_PRODUCTS_MAX + 1025 };
    given made;
    eml_statement_values values;
    eml_fe tau = test_random_fe();
    make(TEST_SAMPLE_ENCRYPTED, &made);
    eml_fe *secret = random_cells(5 * MANY), *outputs = random_cells(5 * MANY);
    made.statement.slots = MANY;
    made.statement.secret_cells = secret;
    made.statement.outputs = outputs;
    eml_statement_evaluate(&made.statement, tau, &values);
    for (size_t i = 0; i < 5; i++) {
        assert_fe(values.secret_tape[i], naive(secret + i * MANY, 1, MANY, tau));
        assert_fe(values.stack[i], naive(outputs + i * MANY, 1, MANY, tau));
    }
    eml_statement_values_free(&values);
    eml_free(secret);
    eml_free(outputs);
    drop(&made);
}

static void raw_values(void **state) {
    (void)state;
    given made;
    eml_statement_values values;
    make(TEST_SAMPLE_RAW, &made);
    eml_statement_evaluate(&made.statement, test_random_fe(), &values);
    assert_fe(values.public_tape[0], made.raw[0]);
    assert_fe(values.stack[0], made.raw[8]);
    assert_fe(values.stack[1], made.raw[9]);
    eml_statement_values_free(&values);
    drop(&made);
}

/* One row and few rows: tau does not matter at N = 1, `one` is 1 + tau + ... + tau^(N-1). */
static void few_rows(void **state) {
    (void)state;
    given made;
    eml_fe tau = test_random_fe();
    make(TEST_SAMPLE_PLAIN, &made);
    for (uint64_t rows = 1; rows < 40; rows++) {
        eml_statement_values values;
        made.statement.rows = made.statement.slots = rows;
        eml_statement_evaluate(&made.statement, tau, &values);
        assert_fe(values.public_tape[2], naive_one(rows, tau));
        assert_fe(values.public_tape[0], naive(made.public_cells, 2, rows, tau));
        if (rows == 1) assert_fe(values.stack[0], made.outputs[0]);
        eml_statement_values_free(&values);
    }
    drop(&made);
}

static void digest_covers(test_sample sample) {
    given made;
    make(sample, &made);
    eml_statement *s = &made.statement;
    eml_digest first = eml_statement_digest(s), second;
    struct {
        eml_fe *cell;
        bool used;
    } cells[] = {
        {&made.public_cells[sample == TEST_SAMPLE_ENCRYPTED ? ROWS - 1 : 2 * ROWS - 1], sample != TEST_SAMPLE_RAW},
        {&made.secret_cells[5 * SLOTS - 1], sample == TEST_SAMPLE_ENCRYPTED},
        {&made.outputs[0], sample != TEST_SAMPLE_RAW},
        {&made.outputs[ROWS - 1], sample != TEST_SAMPLE_RAW},
        {&made.raw[0], sample == TEST_SAMPLE_RAW},
        {&made.raw[9], sample == TEST_SAMPLE_RAW},
        {&s->program.digest[1], true}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        *cells[i].cell = eml_fe_add(*cells[i].cell, EML_FE_ONE);
        second = eml_statement_digest(s);
        assert_int_equal(memcmp(first.bytes, second.bytes, sizeof first.bytes) != 0, cells[i].used);
        *cells[i].cell = eml_fe_sub(*cells[i].cell, EML_FE_ONE);
    }
    s->source.bytes[31] ^= 1;
    second = eml_statement_digest(s);
    assert_memory_not_equal(first.bytes, second.bytes, sizeof first.bytes);
    s->source.bytes[31] ^= 1;
    /* Other representatives of the same residues give the same digest. */
    eml_fe kept = made.outputs[0];
    made.outputs[0] = EML_FE_ZERO;
    first = eml_statement_digest(s);
    made.outputs[0] = (eml_fe){EML_FE_P_LO, EML_FE_P_HI};
    second = eml_statement_digest(s);
    assert_memory_equal(first.bytes, second.bytes, sizeof first.bytes);
    made.outputs[0] = kept;
    drop(&made);
}

static void digest_covers_everything(void **state) {
    (void)state;
    for (test_sample sample = 0; sample < TEST_SAMPLES; sample++) digest_covers(sample);
}

/* By hand, as docs/formats.md says: the digest of a statement of one row, and tau. */
static void digest_by_hand(void **state) {
    (void)state;
    given made;
    uint8_t bytes[8 + 32 + 8 + 8 + 32 + 4 * 8 + 3 * 16] = {1};
    make(TEST_SAMPLE_PLAIN, &made);
    eml_statement *s = &made.statement;
    s->rows = s->slots = 1;
    memset(s->source.bytes, 7, 32);
    uint8_t *at = bytes + 8;
    for (size_t i = 0; i < 2; i++, at += 16) eml_fe_to_bytes(s->program.digest[i], at);
    at[0] = at[8] = 1;
    memset(at + 16, 7, 32);
    at += 16 + 32;
    at[0] = 2;
    at[16] = 1;
    at += 32;
    eml_fe_to_bytes(made.public_cells[0], at);
    eml_fe_to_bytes(made.public_cells[1], at + 16);
    eml_fe_to_bytes(made.outputs[0], at + 32);
    eml_blake3 hasher;
    eml_digest by_hand, digest = eml_statement_digest(s);
    eml_blake3_init_derive_key(&hasher, "eml v1 statement");
    eml_blake3_update(&hasher, bytes, sizeof bytes);
    eml_blake3_finish(&hasher, by_hand.bytes, sizeof by_hand.bytes);
    assert_memory_equal(by_hand.bytes, digest.bytes, sizeof digest.bytes);
    /* tau = sum of 2^(8 i) bytes[i] */
    uint8_t wide[32];
    eml_blake3_init_derive_key(&hasher, "eml v1 tau");
    eml_blake3_update(&hasher, digest.bytes, sizeof digest.bytes);
    eml_blake3_finish(&hasher, wide, sizeof wide);
    eml_fe tau = EML_FE_ZERO;
    for (size_t i = 32; i-- > 0;) tau = eml_fe_add(eml_fe_mul(tau, eml_fe_from_u64(256)), eml_fe_from_u64(wide[i]));
    assert_fe(eml_statement_tau(&digest), tau);
    drop(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values),
        cmocka_unit_test(several_values),
        cmocka_unit_test(encrypted_values),
        cmocka_unit_test(many_slots),
        cmocka_unit_test(raw_values),
        cmocka_unit_test(few_rows),
        cmocka_unit_test(digest_covers_everything),
        cmocka_unit_test(digest_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
