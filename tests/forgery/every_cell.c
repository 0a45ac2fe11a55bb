/* Every cell counts: in programs that together execute every opcode, each cell of the main trace before row T, changed
 * to another value, violates a constraint or an assertion, whatever the auxiliary columns; and so does each auxiliary
 * cell up to row T. */
#include "tests/forgery/cells.h"
#include "tests/support/cmocka.h"

static const char *const programs[] = {
    ".sponges 1\n.stack 16\n.delta 5\npush.3\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\nnoop\npush.3\nsadd\n"
    "write2\nread\nread\nadd\n",
    ".sponges 2\n.stack 11\n.delta "
    "5\npush.3\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\npush.-11\nsadd\nwrite2\n"
    "read\nread\nadd\n",
    ".sponges 4\n.stack 11\n.delta "
    "5\npush.3\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\npush.-11\nsadd\nwrite2\n"
    "read\nread\nadd\n",
    ".sponges 4\n.stack 3\npush.3\nread\nmul\npush.5\nread\nmul\nadd\n",
    /* what is hidden, and committed, of one output and of several */
    ".sponges 1\n.stack 2\n.form 1\n.salt 3\n.salt 4\npush.3\nread\nmul\n",
    ".sponges 2\n.form 1\n.schema 7\n.schema 8\npush.3\nread3\nmul\nread\nadd\nnoop\nread3\nread3\nmul\nadd\n",
    ".sponges 1\n.stack 6\n.form 1\n.schema 7\n.schema 8\n.salt 3\n.salt "
    "4\npush.3\nread3\nmul\nread\nread3\nmul\nadd\nwrite\n"
    "read3\nread3\nadd\nwrite\n",
};

static void test_every_cell(void **state) {
    (void)state;
    for (size_t p = 0; p < sizeof programs / sizeof *programs; p++) {
        run honest;
        run_build(programs[p], &honest);
        assert_every_cell_counts(&honest);
        run_free(&honest);
    }
}

/* The programs together execute every opcode. */
static void test_every_opcode(void **state) {
    (void)state;
    bool executed[32] = {false};
    for (size_t p = 0; p < sizeof programs / sizeof *programs; p++) {
        run honest;
        run_build(programs[p], &honest);
        for (size_t row = 0; row < eml_shape_code_rows(&honest.program.shape); row++)
            executed[honest.program.code[row]] = true;
        run_free(&honest);
    }
    for (uint8_t code = 0; code < 32; code++) assert_int_equal(executed[code], eml_op_name(code) != NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_opcode), cmocka_unit_test(test_every_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
