/* Model owners who mean no good: headers, ABIs and programs made to confuse a verifier, in proof files that are
 * otherwise as they should be, and proofs made by a prover that does as it is told. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/bundle/bundle.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/table/rows.h"
#include "runtime/statement/statement.h"
#include "runtime/include/eml.h"
#include "runtime/isa/instructions.h"
#include "tests/support/unchecked.h"
#include "runtime/vm/vm.h"
#include "runtime/table/read.h"

enum { INPUTS = 2, ROWS = 2 };

/* A model of two inputs in -99..99, in steps of 1, and its proof about two rows. */
typedef struct attack {
    eml_program program;
    eml_proof_file file;
    eml_program_hash hash;
    eml_buf bytes;
    const char *inputs, *outputs;
} attack;

static char *copy_text(const char *text) {
    char *copy = eml_alloc(strlen(text) + 1, 1);
    memcpy(copy, text, strlen(text));
    return copy;
}

static void name_columns(eml_abi *abi) {
    static const char *const names[INPUTS] = {"a", "b"};
    for (size_t i = 0; i < INPUTS; i++) {
        abi->inputs[i].name = copy_text(names[i]);
        mpq_set_si(abi->inputs[i].lo, -99, 1);
        mpq_set_si(abi->inputs[i].hi, 99, 1);
        mpq_set_si(abi->inputs[i].unit, 1, 1);
    }
    abi->outputs[0].name = copy_text("y");
    abi->outputs[0].link = copy_text("identity");
    mpq_set_si(abi->outputs[0].unit, 1, 1);
}

static void attack_init(attack *a, const char *assembly, const char *inputs, const char *outputs) {
    eml_error err;
    eml_assembly parsed;
    *a = (attack){.inputs = inputs, .outputs = outputs};
    assert_int_equal(eml_asm_parse(assembly, strlen(assembly), &parsed, &err), EML_OK);
    assert_int_equal(eml_program_lay_out(&parsed.list, &(eml_layout_options){0}, &a->program, &err), EML_OK);
    eml_instructions_free(&parsed.list);
    a->file = (eml_proof_file){.shape = a->program.shape, .rows = ROWS};
    a->file.blocks = eml_alloc(1, sizeof *a->file.blocks);
    a->file.abi.model = copy_text("model");
    eml_abi_set_counts(&a->file.abi, INPUTS, 1, a->program.shape.public_len, 0);
    name_columns(&a->file.abi);
    for (size_t i = 0; i < a->file.abi.public_len; i++) a->file.abi.public_tape[i] = (uint32_t)i;
    eml_program_sponge_digests(&a->program, a->file.digests);
}

static void attack_free(attack *a) {
    eml_program_free(&a->program);
    eml_proof_file_free(&a->file);
    eml_buf_free(&a->bytes);
}

static void find_hash(attack *a) {
    eml_digest abi = eml_abi_digest(&a->file.abi);
    a->hash = eml_program_hash_of(&a->file.shape, a->file.abi.output_count, &abi, a->file.digests);
}

static void encode(attack *a) {
    a->bytes.len = 0;
    eml_proof_file_encode(&a->file, &a->bytes);
}

static void read_table(const attack *a, eml_rows_kind kind, const char *text, eml_rows *out) {
    eml_error err;
    assert_int_equal(eml_rows_parse(&a->file.abi, kind, "table", text, strlen(text), false, out, &err), EML_OK);
}

static void prove_claim(attack *a, const eml_claim *claim) {
    static const uint8_t seed[32] = {7};
    eml_air air;
    eml_matrix trace;
    eml_outcome outcome;
    eml_air_build(&a->file.shape, &air);
    eml_vm_trace(&a->program, &(eml_tapes){.public_tape = claim->public_tape}, seed, &trace, &outcome);
    test_prove_unchecked(&air, claim, &trace, eml_preset_params(EML_PRESET_TEST), seed, &a->file.stark);
    eml_outcome_free(&outcome);
    eml_air_free(&air);
}

/* Proves what the tables say, true or not. */
static void prove(attack *a) {
    eml_rows inputs, outputs;
    read_table(a, EML_ROWS_PUBLIC, a->inputs, &inputs);
    read_table(a, EML_ROWS_OUTPUTS, a->outputs, &outputs);
    a->file.rows = eml_rows_count(&inputs);
    find_hash(a);
    eml_statement statement = {.abi = &a->file.abi,
                               .shape = &a->file.shape,
                               .program = a->hash,
                               .rows = eml_rows_count(&inputs),
                               .slots = eml_rows_count(&inputs),
                               .publics = &inputs.cells,
                               .outputs = &outputs.cells};
    assert_int_equal(eml_statement_digest_blocks(&statement, a->file.blocks, NULL), EML_OK);
    a->file.statement = eml_statement_digest(&statement, a->file.blocks);
    eml_statement_values values;
    assert_int_equal(eml_statement_evaluate(&statement, &a->file.statement, &values, NULL), EML_OK);
    eml_claim claim = {.shape = a->file.shape, .public_tape = values.public_tape, .output_tape = values.output_tape};
    memcpy(claim.digests, a->file.digests, sizeof claim.digests);
    memcpy(claim.stack, values.stack, sizeof claim.stack);
    prove_claim(a, &claim);
    eml_statement_values_free(&values);
    eml_rows_free(&inputs);
    eml_rows_free(&outputs);
    encode(a);
}

static eml_answer verify(const attack *a, eml_verdict *verdict) {
    char hex[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&a->hash, hex);
    eml_file inputs = {.path = "in", .bytes = a->inputs, .size = strlen(a->inputs)};
    eml_verify_request request = {.program_hash = hex,
                                  .inputs = &inputs,
                                  .input_count = 1,
                                  .outputs = {.path = "out", .bytes = a->outputs, .size = strlen(a->outputs)},
                                  .proof = {.path = "proof", .bytes = a->bytes.data, .size = a->bytes.len},
                                  .preset = "test"};
    return eml_verify(&request, verdict, NULL);
}

static void expect(const attack *a, const char *reason) {
    eml_verdict verdict;
    assert_int_equal(verify(a, &verdict), strcmp(reason, "none") == 0 ? EML_ANSWER_YES : EML_ANSWER_NO);
    assert_string_equal(verdict.reason, reason);
}

static const char LINEAR[] = "read\npush.3\nmul\nread\nadd\n"; /* 3 a + b */

static void linear_init(attack *a) {
    attack_init(a, LINEAR, "a,b\n1,2\n-3,4\n", "y\n5\n-5\n");
    prove(a);
    expect(a, "none");
}

static void test_false_outputs(void **state) {
    (void)state;
    static const char *const outputs[] = {"y\n5\n-6\n", "y\n-5\n5\n", "y\n5\n0\n"};
    for (size_t i = 0; i < 3; i++) {
        attack a;
        attack_init(&a, LINEAR, "a,b\n1,2\n-3,4\n", outputs[i]);
        prove(&a);
        expect(&a, "out-of-domain");
        attack_free(&a);
    }
}

/* Every number of the header is in the program hash: what passes the shape check is another program. */
static void test_header(void **state) {
    (void)state;
    attack a;
    linear_init(&a);
    const eml_shape honest = a.file.shape;
    eml_shape shapes[] = {honest, honest, honest, honest, honest, honest, honest};
    shapes[0].n *= 2;
    shapes[1].W++;
    shapes[2].delta = EML_FE_ONE;
    shapes[3].public_len--;
    shapes[4].output_len++;
    shapes[5].secret_len++;
    shapes[6].S = 1;
    static const char *const reasons[] = {"program", "program", "file", "file", "file", "file", "file"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        a.file.shape = shapes[i];
        encode(&a);
        expect(&a, i == 6 && honest.S == 1 ? "none" : i == 6 ? "program" : reasons[i]);
    }
    attack_free(&a);
}

static void test_abi(void **state) {
    (void)state;
    attack a;
    linear_init(&a);
    eml_abi *abi = &a.file.abi;
    abi->public_tape[0] = 1, abi->public_tape[1] = 0; /* 3 b + a */
    encode(&a), expect(&a, "program");
    abi->public_tape[0] = 0, abi->public_tape[1] = EML_TAPE_ONE;
    encode(&a), expect(&a, "program");
    abi->public_tape[1] = 1, abi->inputs[0].uniform = true;
    encode(&a), expect(&a, "program");
    abi->inputs[0].uniform = false, abi->single_row = true;
    encode(&a), expect(&a, "program");
    abi->single_row = false;
    mpq_set_si(abi->outputs[0].unit, 1, 2);
    encode(&a), expect(&a, "program");
    mpq_set_si(abi->outputs[0].unit, 1, 1);
    mpq_set_si(abi->outputs[0].tolerance, 1, 1);
    encode(&a), expect(&a, "program");
    mpq_set_si(abi->outputs[0].tolerance, 0, 1);
    encode(&a), expect(&a, "none");
    attack_free(&a);
}

static void test_rows(void **state) {
    (void)state;
    attack a;
    linear_init(&a);
    static const uint64_t rows[] = {1, 3, 1024, EML_BLOCK_ROWS};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        a.file.rows = rows[i];
        encode(&a), expect(&a, "statement");
    }
    attack_free(&a);
}

/* Declared secret, read by no instruction: the statement would have ciphertexts that nobody gives. */
static void test_unread_secret(void **state) {
    (void)state;
    attack a;
    attack_init(&a, "read\n", "a\n1\n2\n", "y\n1\n2\n");
    a.file.abi.inputs[1].visibility = EML_SECRET;
    find_hash(&a), encode(&a), expect(&a, "file");
    attack_free(&a);
}

static void test_single_row(void **state) {
    (void)state;
    attack a;
    attack_init(&a, LINEAR, "a,b\n1,2\n", "y\n5\n");
    a.file.abi.single_row = true;
    prove(&a);
    expect(&a, "none");
    a.inputs = "a,b\n1,2\n0,0\n", a.outputs = "y\n5\n0\n";
    expect(&a, "statement");
    attack_free(&a);
}

/* What is left on the stack below the output is claimed to be 0. */
static void test_left_over(void **state) {
    (void)state;
    attack a;
    attack_init(&a, "read\nread\n", "a,b\n1,2\n3,4\n", "y\n2\n4\n");
    prove(&a);
    expect(&a, "out-of-domain");
    attack_free(&a);
}

/* 3 a + (one * b - b) is 3 a on every single row. When tapes were polynomials in the rows, one * b had b in each of its
 * coefficients, so the same hash gave 3 a + b in all rows but the first. */
static void test_trapdoor(void **state) {
    (void)state;
    static const char TRAPDOOR[] = "read\npush.3\nmul\nread\nread\nmul\nadd\nread\npush.-1\nmul\nadd\n";
    static const struct {
        const char *inputs, *outputs, *reason;
    } cases[] = {
        {"a,b\n1,7\n", "y\n3\n", "none"},
        {"a,b\n1,7\n2,7\n3,7\n", "y\n3\n13\n16\n", "out-of-domain"},
        {"a,b\n1,7\n2,7\n3,7\n", "y\n3\n6\n9\n", "out-of-domain"}, /* true, and not provable */
        {"a,b\n1,0\n2,0\n3,0\n", "y\n3\n6\n9\n", "none"},
    };
    for (int uniform = 0; uniform <= 1; uniform++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            attack a;
            attack_init(&a, TRAPDOOR, cases[i].inputs, cases[i].outputs);
            a.file.abi.inputs[1].uniform = uniform;
            memcpy(a.file.abi.public_tape, (uint32_t[]){0, EML_TAPE_ONE, 1, 1}, 4 * sizeof(uint32_t));
            prove(&a);
            expect(&a, cases[i].reason);
            attack_free(&a);
        }
}

/* a * b, declared fit for many rows: no run on sums gives row by row products, so its hash verifies nothing, and
 * reading its bundle says why. */
static void test_products(void **state) {
    (void)state;
    attack a;
    attack_init(&a, "read\nread\nmul\n", "a,b\n3,5\n0,7\n", "y\n15\n21\n"); /* row by row it is 15, 0 */
    prove(&a);
    expect(&a, "out-of-domain");

    eml_digest air_digest;
    eml_air air;
    eml_air_build(&a.program.shape, &air);
    air_digest = eml_air_digest(&air);
    eml_air_free(&air);
    eml_bundle bundle;
    eml_buf bytes = {0};
    char hex[EML_PROGRAM_HASH_HEX + 1];
    eml_error *err = eml_error_new();
    eml_bundle_make(&a.program, &a.file.abi, "", &air_digest, &bundle);
    eml_bundle_encode(&bundle, &bytes);
    eml_file file = {.path = "model.emb", .bytes = bytes.data, .size = bytes.len};
    eml_bytes text;
    assert_int_equal(eml_bundle_program_hash(&file, hex, err), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(err), "multiplies two values that vary from row to row"));
    assert_int_equal(eml_inspect(&file, EML_STYLE_TEXT, &text, err), EML_ANSWER_INPUT);
    eml_error_free(err);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
    attack_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_false_outputs), cmocka_unit_test(test_header),        cmocka_unit_test(test_abi),
        cmocka_unit_test(test_rows),          cmocka_unit_test(test_unread_secret), cmocka_unit_test(test_single_row),
        cmocka_unit_test(test_left_over),     cmocka_unit_test(test_products),      cmocka_unit_test(test_trapdoor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
