/* Which programs one proof may run on many rows: those whose run at tau is the sum of the runs row by row. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/statement/row_rule.h"
#include "runtime/isa/instructions.h"

/* Inputs: 0 varying, 1 uniform, 2 secret. */
enum { U = 1, ONE = -1 };

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
     OUTPUT},
    {"read\nread\n", {0, 0}, 1, false, false, LEFT},
    {"read\nread\nmul\n", {0, 0}, 1, true, false, NULL},
    {"read\npush.5\nadd\n", {0}, 1, true, false, NULL},
    {"read\nread\nmul\nread\nadd\n", {0, ONE, ONE}, 1, true, false, NULL},
    {"read2\nread\nread\nmul\nsmul\nread\nsadd\n", {0, 0, ONE}, 1, true, false, NULL},
    {"read2\nread\nsmul\n", {ONE}, 1, true, false, "instruction 2 " PRODUCT},
    {"read2\nmul\nmul\nread2\nsmul\n", {0}, 1, true, false, "instruction 1 " PRODUCT},
    {"push.5\n", {0}, 1, true, false, NULL},
    {"read\nread\nmul\n", {ONE, ONE}, 1, true, false, NULL},
    {"read2\nread\nread\nmul\nsmul\nread\nsadd\n", {0, 0, 0}, 1, true, false, NULL},
    {"read2\nread\nsmul\n", {ONE}, 1, true, false, "instruction 2 " PRODUCT},
    {"read\nread\n", {0, 0}, 1, true, false, LEFT},
    {"read\nread\nmul\nread\n", {0, 0, 0}, 1, false, true, NULL},
};

static void check(const slot_case *c, eml_error *err, eml_status *status) {
    eml_assembly assembly;
    eml_program program;
    assert_int_equal(eml_asm_parse(c->assembly, strlen(c->assembly), &assembly, err), EML_OK);
    assert_int_equal(eml_program_lay_out(&assembly.list, 4, 0, EML_FE_ZERO, &program, err), EML_OK);
    eml_abi abi = {.raw = c->raw, .single_row = c->single_row, .encrypted_outputs = program.shape.secret_len > 0};
    eml_abi_set_counts(&abi, 3, c->outputs, program.shape.public_len, program.shape.secret_len);
    abi.inputs[1].uniform = abi.inputs[2].secret = true;
    for (size_t i = 0; i < abi.public_len; i++)
        abi.public_tape[i] = c->public_tape[i] == ONE ? EML_TAPE_ONE : (uint32_t)c->public_tape[i];
    for (size_t i = 0; i < abi.secret_len; i++) abi.secret_tape[i] = 2;
    *status = eml_row_rule_check(&program, &abi, err);
    eml_abi_free(&abi);
    eml_program_free(&program);
    eml_instructions_free(&assembly.list);
}

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_error err = {0};
        eml_status status;
        check(&cases[i], &err, &status);
        bool as_said =
            cases[i].refusal ? status == EML_ERR_INPUT && strstr(err.text, cases[i].refusal) != NULL : status == EML_OK;
        if (!as_said) fail_msg("case %zu, %s: status %d, %s", i, cases[i].assembly, status, err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
