/* The thirty-two codes, each with what it means, as it is written down once for all time: hashes of programs stand for
 * it. Numbers are literal, so that no change of the code or of its table moves them. */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/base/memory.h"
#include "runtime/vm/vm.h"
#include "tests/support/cmocka.h"

/* One instruction on the stack 101, 102, ... 116 (the top first), with immediate 77, Delta 1000, 500 next on the public
 * tape, 601, ... 605 on the secret one and 700 on the committed one. NULL: illegal. */
static const struct {
    const char *name;
    uint64_t stack[16];
    uint64_t output[5];
} codes[32] = {
    [0x00] = {"noop", {101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116}, {0}},
    [0x08] = {"add", {203, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0}, {0}},
    [0x09] = {"mul", {10302, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0}, {0}},
    [0x0a] = {"sadd", {102, 103, 104, 105, 101106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0}, {0}},
    [0x0b] = {"add2", {207, 209, 211, 213, 215, 111, 112, 113, 114, 115, 116, 0, 0, 0, 0, 0}, {0}},
    [0x0c] = {"smul", {10302, 10403, 10504, 10605, 10706, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0}, {0}},
    [0x0e] = {"write", {102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0}, {101}},
    [0x0f] = {"write2",
              {106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 0, 0, 0, 0, 0},
              {101, 102, 103, 104, 105}},
    [0x10] = {"push", {77, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115}, {0}},
    [0x11] = {"read", {500, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115}, {0}},
    [0x12] = {"read2", {601, 602, 603, 604, 605, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111}, {0}},
    [0x13] = {"read3", {700, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115}, {0}},
};

enum { AT = 16, W = 16, GROUP = 4 };

/* Sixteen READs and the instruction, in a program with all tapes: not one that eml_program_check lets through. */
static eml_program program_of(uint8_t code) {
    eml_program program = {.shape = {.n = 64,
                                     .W = W,
                                     .S = EML_SPONGES_MAX,
                                     .public_len = AT + (code == EML_OP_READ),
                                     .secret_len = 1,
                                     .output_len = EML_CT_ELEMENTS,
                                     .delta = {1000, 0}}};
    if (code == EML_OP_READ3) { /* of programs that have a committed tape, and so no secret one */
        program.shape.n = EML_HIDDEN_N_MIN;
        program.shape.form = EML_FORM_HIDDEN;
        program.shape.secret_len = 0;
        program.shape.committed_len = EML_CT_ELEMENTS;
    }
    program.code = eml_alloc(eml_shape_code_rows(&program.shape), 1);
    program.immediates = eml_alloc(eml_shape_code_rows(&program.shape) / GROUP, sizeof *program.immediates);
    memset(program.code, EML_OP_READ, AT);
    program.code[AT] = code;
    program.immediates[AT / GROUP] = eml_fe_from_u64(77);
    return program;
}

static void check_meaning(uint8_t code) {
    static const uint8_t seed[32] = {1};
    eml_fe public_tape[AT + 1], secret_tape[EML_CT_ELEMENTS], committed = eml_fe_from_u64(700),
                                                              salts[2] = {{1, 0}, {2, 0}};
    for (uint32_t i = 0; i < AT; i++) public_tape[i] = eml_fe_from_u64(116 - i);
    public_tape[AT] = eml_fe_from_u64(500);
    for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) secret_tape[i] = eml_fe_from_u64(601 + i);
    eml_program program = program_of(code);
    eml_matrix trace;
    eml_outcome outcome;
    eml_vm_trace(&program, &(eml_tapes){public_tape, secret_tape, &committed, salts, NULL}, seed, &trace, &outcome);
    eml_columns columns = eml_columns_of(&program.shape);
    for (uint32_t i = 0; i < W; i++)
        if (!eml_fe_eq(eml_matrix_row(&trace, AT + 1)[columns.stack + i], eml_fe_from_u64(codes[code].stack[i])))
            fail_msg("%s leaves another s%u", codes[code].name, i);
    for (size_t i = 0; i < EML_CT_ELEMENTS; i++)
        assert_true(eml_fe_eq(outcome.output_tape[i], eml_fe_from_u64(codes[code].output[i])));

    /* The constraints agree: on the transitions before, out of and after the row. */
    eml_air air;
    size_t row;
    eml_air_build(&program.shape, &air);
    eml_claim claim = {.shape = program.shape};
    const char *violated = eml_air_check_rows(&air, &claim, &trace, NULL, EML_FE2_ZERO, AT - 1, AT + 1, &row);
    if (violated) fail_msg("%s violates %s", codes[code].name, violated);
    eml_air_free(&air);
    eml_matrix_free(&trace);
    eml_outcome_free(&outcome);
    eml_program_free(&program);
}

static void test_codes(void **state) {
    (void)state;
    for (uint8_t code = 0; code < 32; code++) {
        const char *name = eml_op_name(code);
        if (!name != !codes[code].name) fail_msg("code 0x%02x is %s", code, name ? name : "illegal");
        if (!name) continue;
        assert_string_equal(name, codes[code].name);
        check_meaning(code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
