/* Which programs one proof may run on many rows: those whose run is the sum of the runs row by row, that take
 * ciphertexts whole, and whose outputs decrypt exactly. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/ciphertext/params.h"
#include "runtime/statement/row_rule.h"
#include "runtime/isa/instructions.h"

/* Inputs: 0 varying, 1 uniform, 2 secret. */
enum { U = 1, SECRET = 2, ONE = -1 };

typedef struct slot_case {
    const char *assembly;
    int public_tape[4];
    size_t outputs;
    bool single_row, raw;
    const char *refusal; /* NULL: accepted */
} slot_case;

#define SUM     "adds a value that is the same in all rows to one that is not"
#define PRODUCT "multiplies two values that vary from row to row"
#define OUTPUT  "gives a value that is the same in all rows"
#define LEFT    "leaves"
#define APART   "takes a ciphertext apart"
#define NONE    "takes five elements that are no ciphertext"
#define CLEAR   "gives a value in the clear"

static const slot_case cases[] = {
    {"push.3\nread\nmul\nread\npush.5\nmul\nadd\n", {0, ONE}, 1, false, false, NULL},
    {"read\nread\nmul\n", {0, U}, 1, false, false, NULL},
    {"push.0\nread\nadd\n", {0}, 1, false, false, NULL},
    {"push.0\n", {0}, 1, false, false, NULL},
    {"push.0\nread\nmul\nread\nmul\n", {0, 0}, 1, false, false, NULL},
    {"read\nwrite\nread\npush.2\nmul\nwrite\n", {0, 0}, 2, false, false, NULL},
    {"read2\npush.3\nsmul\nread2\nread\nsmul\nadd2\nread\nsadd\n", {U, 0}, 1, false, false, NULL},
    {"read2\nwrite2\nread2\nwrite2\n", {0}, 2, false, false, NULL},
    {"read\npush.5\nadd\n", {0}, 1, false, false, "instruction 2 " SUM},
    {"read\nread\nadd\n", {0, U}, 1, false, false, "instruction 2 " SUM},
    {"read\nread\nmul\n", {0, 0}, 1, false, false, "instruction 2 " PRODUCT},
    {"read\nread\nmul\n", {0, ONE}, 1, false, false, "instruction 2 " PRODUCT},
    {"push.5\n", {0}, 1, false, false, OUTPUT},
    {"read\nwrite\nread\nwrite\n", {0, U}, 2, false, false, "instruction 3 " OUTPUT},
    {"read2\nread\nsmul\n", {0}, 1, false, false, "instruction 2 " PRODUCT},
    {"read2\npush.7\nsadd\n", {0}, 1, false, false, "instruction 2 " SUM},
    {"read2\nwrite2\npush.1\nwrite\npush.1\nwrite\npush.1\nwrite\npush.1\nwrite\npush.1\nwrite\n",
     {0},
     2,
     false,
     false,
     "instruction 3 (write) " CLEAR},
    {"read\nread\n", {0, 0}, 1, false, false, LEFT},
    {"read\nread\nmul\n", {0, 0}, 1, true, false, NULL},
    {"read\npush.5\nadd\n", {0}, 1, true, false, NULL},
    {"read\nread\nmul\nread\nadd\n", {0, ONE, ONE}, 1, true, false, NULL},
    {"read2\nread\nread\nmul\nsmul\nread\nsadd\n", {0, 0, ONE}, 1, true, false, NULL},
    {"read2\nread\nsmul\n", {ONE}, 1, true, false, "instruction 2 " PRODUCT},
    {"read2\nmul\nmul\nread2\nsmul\n", {0}, 1, true, false, "instruction 1 (mul) " APART},
    {"push.5\n", {0}, 1, true, false, NULL},
    {"read\nread\nmul\n", {ONE, ONE}, 1, true, false, NULL},
    {"read2\nread\nread\nmul\nsmul\nread\nsadd\n", {0, 0, 0}, 1, true, false, NULL},
    {"read2\nread\nsmul\n", {ONE}, 1, true, false, "instruction 2 " PRODUCT},
    {"read\nread\n", {0, 0}, 1, true, false, LEFT},
    {"read\nread\nmul\nread\n", {0, 0, 0}, 1, false, true, NULL},
    /* Ciphertexts whole. */
    {"read2\nread2\nadd\n", {0}, 1, false, false, "instruction 2 (add) " APART},
    {"read2\nread2\npush.3\nadd\n", {0}, 1, false, false, "(add) " APART},
    {"read2\nwrite\n", {0}, 2, false, false, "instruction 1 (write) " CLEAR},
    {"read2\npush.0\npush.0\npush.0\npush.0\npush.0\nwrite2\n", {0}, 2, false, false, "(write2) " NONE},
    {"read2\npush.0\npush.0\npush.0\npush.0\npush.0\nadd2\n", {0}, 1, false, false, "(add2) " NONE},
    {"push.0\npush.0\npush.0\npush.0\npush.0\nread2\nadd2\n", {0}, 1, false, false, "(add2) " NONE},
    {"read2\npush.1\npush.1\nsmul\n", {0}, 1, false, false, "(smul) " NONE},
    {"read2\npush.1\npush.1\nsadd\n", {0}, 1, false, false, "(sadd) " NONE},
    {"read2\nread2\nsmul\n", {0}, 1, false, false, "instruction 2 (smul) " APART},
    {"read2\nread2\nsadd\n", {0}, 1, false, false, "instruction 2 (sadd) " APART},
    {"read2\npush.1\nwrite2\n", {0}, 2, false, false, "(write2) " NONE},
    {"read2\nread2\nadd2\npush.0\nsmul\npush.0\nsadd\n", {0}, 1, false, false, NULL},
    {"read2\nread2\nwrite2\nwrite2\n", {0}, 2, false, false, NULL},
    {"read2\npush.1\n", {0}, 1, false, false, LEFT},
    {"read2\nmul\n", {0}, 1, false, true, NULL},
};

enum { DELTA_BITS = 100, RANGE = 9 };

static eml_status check_with(const char *assembly, const slot_case *c, uint32_t secret_entry, eml_error *err) {
    eml_assembly list;
    eml_program program;
    assert_int_equal(eml_asm_parse(assembly, strlen(assembly), &list, err), EML_OK);
    assert_int_equal(eml_program_lay_out(&list.list, &(eml_layout_options){.S = 4}, &program, err), EML_OK);
    eml_abi abi = {.raw = c->raw,
                   .single_row = c->single_row,
                   .encrypted_outputs = program.shape.secret_len > 0,
                   .delta_bits = DELTA_BITS};
    eml_abi_set_counts(&abi, 3, c->outputs, program.shape.public_len, program.shape.secret_len);
    abi.inputs[1].uniform = true;
    abi.inputs[2].visibility = EML_SECRET;
    for (size_t i = 0; i < abi.input_count; i++) {
        mpq_set_si(abi.inputs[i].lo, -RANGE, 1);
        mpq_set_si(abi.inputs[i].hi, 1, 1);
        mpq_set_si(abi.inputs[i].unit, 1, 1);
    }
    char name[] = "y";
    for (size_t i = 0; i < abi.output_count; i++) abi.outputs[i].name = name;
    for (size_t i = 0; i < abi.public_len; i++)
        abi.public_tape[i] = c->public_tape[i] == ONE ? EML_TAPE_ONE : (uint32_t)c->public_tape[i];
    for (size_t i = 0; i < abi.secret_len; i++) abi.secret_tape[i] = secret_entry;
    eml_status status = eml_row_rule_check(&program, &abi, err);
    for (size_t i = 0; i < abi.output_count; i++) abi.outputs[i].name = NULL;
    eml_abi_free(&abi);
    eml_program_free(&program);
    eml_instructions_free(&list.list);
    return status;
}

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_error err = {0};
        eml_status status = check_with(cases[i].assembly, &cases[i], SECRET, &err);
        bool as_said = cases[i].refusal ? status == EML_ERR_INPUT && err.code == EML_CODE_TYPES &&
                                              strstr(err.text, cases[i].refusal) != NULL
                                        : status == EML_OK;
        if (!as_said) fail_msg("case %zu, %s: status %d, %s", i, cases[i].assembly, status, err.text);
    }
}

static void test_no_secret_input(void **state) {
    (void)state;
    eml_error err = {0};
    slot_case c = {.outputs = 1};
    assert_int_equal(check_with("read2\n", &c, EML_TAPE_ONE, &err), EML_ERR_INPUT);
    assert_int_equal(err.code, EML_CODE_TYPES);
    assert_non_null(strstr(err.text, "none of them is a secret input"));
    c.raw = true;
    assert_int_equal(check_with("read2\n", &c, EML_TAPE_ONE, &err), EML_OK);
}

/* At Delta = 2^100 with |k| <= 9 a message has room for 2^27 / 9 = 14,913,080 and more, noise for 2^100 (1/2 - 1/16) /
 * 2^42.3 > 2^56. */
typedef struct bound_case {
    const char *assembly;
    const char *refusal; /* NULL: accepted */
} bound_case;

#define NOISE "more noise than decryption allows"
#define ROOM  "too large for the field"

static const bound_case bound_cases[] = {
    {"read2\npush.14913080\nsmul\n", NULL},
    {"read2\npush.14913081\nsmul\n", ROOM},
    /* centred magnitudes: -1 */
    {"read2\npush.340282366920938463463374557953744961536\nsmul\n", NULL},
    /* sums: 134,217,720 = 9 * 14,913,080 and 7 more fit, 8 do not */
    {"read2\npush.14913080\nsmul\nread\npush.7\nmul\nsadd\n", NULL},
    {"read2\npush.14913080\nsmul\nread\npush.8\nmul\nsadd\n", ROOM},
    {"read2\npush.7456540\nsmul\nread2\npush.7456540\nsmul\nadd2\n", NULL},
    {"read2\npush.7456540\nsmul\nread2\npush.7456541\nsmul\nadd2\n", ROOM},
    {"read2\npush.72057594037927936\nsmul\n", ROOM},
    {"read2\npush.144115188075855872\nsmul\n", NOISE},
    /* 2^64 * 2^64 is 45 * 2^40 - 1 mod p: a bound mod p would see noise below the limit */
    {"read2\npush.18446744073709551616\nsmul\npush.18446744073709551616\nsmul\n", NOISE},
};

static void test_bounds(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bound_cases / sizeof *bound_cases; i++) {
        const bound_case *b = &bound_cases[i];
        eml_error err = {0};
        eml_status status = check_with(b->assembly, &(slot_case){.public_tape = {ONE}, .outputs = 1}, SECRET, &err);
        bool as_said =
            b->refusal ? status == EML_ERR_INPUT && err.code == EML_CODE_BOUNDS && strstr(err.text, b->refusal) != NULL
                       : status == EML_OK;
        if (!as_said) fail_msg("case %zu, %s: status %d, %s", i, b->assembly, status, err.text);
    }
}

static eml_bound bound_of(const char *lo, const char *hi, const char *offset, const char *unit, bool secret) {
    eml_input_column column = {.visibility = secret ? EML_SECRET : EML_PUBLIC};
    mpq_t *numbers[] = {&column.lo, &column.hi, &column.offset, &column.unit};
    const char *texts[] = {lo, hi, offset, unit};
    for (size_t i = 0; i < 4; i++) {
        mpq_init(*numbers[i]);
        mpq_set_str(*numbers[i], texts[i], 10);
    }
    eml_bound bound = eml_bound_of_input(&column);
    for (size_t i = 0; i < 4; i++) mpq_clear(*numbers[i]);
    return bound;
}

static void test_inputs(void **state) {
    (void)state;
    assert_true(bound_of("-3", "2", "0", "1", false).message == 3);
    assert_true(bound_of("-3", "2", "-3", "1/4", false).message == 20);
    assert_true(bound_of("10", "12", "0", "1", false).message == 12);
    assert_true(bound_of("0", "5/2", "0", "1", false).message == 3);
    assert_true(bound_of("-5/2", "0", "0", "1", false).message == 3);
    assert_true(bound_of("0", "7/3", "0", "1", false).message == 2);
    assert_true(bound_of("0", "1", "0", "1", false).noise == 0);
    assert_true(bound_of("0", "1", "0", "1", true).noise == EML_LATTICE_NOISE_BOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_no_secret_input),
                                       cmocka_unit_test(test_bounds), cmocka_unit_test(test_inputs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
