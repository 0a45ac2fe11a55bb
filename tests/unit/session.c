/* The public API from memory to memory: assemble, run, prove, verify, inspect. Of ours it includes eml.h alone, as
 * an embedding program does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "runtime/include/eml.h"

/* 3 * a + b, on the public tape [a, b]. */
static const char source[] = ".sponges 4\nread\npush.3\nmul\nread\nadd\n";
static const char tapes[] = "{\"public_tape\": [\"5\", \"7\"], \"secret_tape\": []}";

static eml_file file_of(const char *name, const void *bytes, size_t size) {
    return (eml_file){.path = name, .bytes = bytes, .size = size};
}

static eml_file file_of_bytes(const char *name, const eml_bytes *bytes) {
    return file_of(name, bytes->data, bytes->size);
}

typedef struct fixture {
    eml_error *error;
    eml_bytes bundle, outputs, proof;
    eml_session *session;
    eml_file input;
    eml_verify_request request;
    char hash[65];
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->error = eml_error_new();
    eml_file text = file_of("program.asm", source, strlen(source));
    assert_int_equal(eml_assemble(&text, &f->bundle, f->error), EML_ANSWER_YES);
    eml_file bundle = file_of_bytes("program.emb", &f->bundle);
    assert_int_equal(eml_session_load(&bundle, &f->session, f->error), EML_ANSWER_YES);
    strcpy(f->hash, eml_session_program_hash(f->session));
    f->input = file_of("tapes.json", tapes, strlen(tapes));
    assert_int_equal(eml_session_add_input(f->session, &f->input, false, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_prove(f->session, "standard", &f->proof, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_outputs(f->session, EML_STYLE_JSON, &f->outputs, f->error), EML_ANSWER_YES);
    f->request = (eml_verify_request){.program_hash = f->hash,
                                      .inputs = &f->input,
                                      .input_count = 1,
                                      .outputs = file_of_bytes("out.json", &f->outputs),
                                      .proof = file_of_bytes("out.proof", &f->proof)};
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    eml_session_free(f->session);
    eml_bytes_free(&f->bundle);
    eml_bytes_free(&f->outputs);
    eml_bytes_free(&f->proof);
    eml_error_free(f->error);
    free(f);
    return 0;
}

static void test_accepts(void **state) {
    fixture *f = *state;
    eml_verdict verdict;
    assert_non_null(strstr((const char *)f->outputs.data, "\"22\""));
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_YES);
    assert_true(verdict.accepted);
    assert_string_equal(verdict.reason, "none");
    assert_string_equal(verdict.preset, "standard");
    assert_int_equal(verdict.rows, 1);
    assert_int_equal(verdict.proof_of_work_bits, 16);
    assert_true(verdict.proven_bits >= 100 && verdict.conjectured_bits >= verdict.proven_bits);
}

static void assert_refused(fixture *f, const char *reason, const char *word) {
    eml_verdict verdict;
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_NO);
    assert_false(verdict.accepted);
    assert_string_equal(verdict.reason, reason);
    assert_non_null(strstr(verdict.sentence, word));
    assert_int_equal(verdict.proven_bits, 0);
}

static void test_refuses_program(void **state) {
    fixture *f = *state;
    f->hash[5] = f->hash[5] == '0' ? '1' : '0';
    assert_refused(f, "program", eml_session_program_hash(f->session));
}

static void test_refuses_statement(void **state) {
    fixture *f = *state;
    eml_file honest = f->input;
    static const char *const others[] = {
        "{\"public_tape\": [\"5\", \"8\"]}", "{\"public_tape\": [\"5\"]}", "{\"public_tape\": [\"5\", \"7\", \"0\"]}",
        "{\"public_tape\": [\"5\", \"7\"], \"secret_tape\": [[\"0\", \"0\", \"0\", \"0\", \"0\"]]}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        f->input = file_of("other.json", others[i], strlen(others[i]));
        assert_refused(f, "statement", "inputs or outputs");
    }
    f->request.input_count = 0;
    assert_refused(f, "statement", "public tape");
    f->input = honest;
    f->request.input_count = 1;
    static const char *const outputs[] = {"{\"final_stack\": [\"23\", \"0\"]}", "{\"final_stack\": [\"22\"]}",
                                          "{\"final_stack\": [\"22\", \"0\", \"0\"]}",
                                          "{\"final_stack\": [\"22\", \"0\"], \"output_tape\": [\"1\"]}", "{}"};
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        f->request.outputs = file_of("other.json", outputs[i], strlen(outputs[i]));
        assert_refused(f, "statement", "inputs or outputs");
    }
}

static void test_refuses_file(void **state) {
    fixture *f = *state;
    for (size_t size = 0; size < f->proof.size; size += 1 + f->proof.size / 50) {
        f->request.proof.size = size;
        assert_refused(f, "file", "well-formed");
    }
}

/* The statement's digest is the last item of a proof file. */
static void test_refuses_other_statement(void **state) {
    fixture *f = *state;
    f->proof.data[f->proof.size - 1] ^= 1;
    assert_refused(f, "statement", "the tables are the same");
}

/* No single byte can change: whatever it belongs to, there is a refusal with a reason. */
static void test_refuses_every_kind_of_byte(void **state) {
    fixture *f = *state;
    for (size_t at = 0; at < f->proof.size; at += at < 400 ? 1 : 997) {
        eml_verdict verdict;
        f->proof.data[at] ^= 0x20;
        assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_NO);
        assert_string_not_equal(verdict.reason, "none");
        f->proof.data[at] ^= 0x20;
    }
}

static void test_presets(void **state) {
    fixture *f = *state;
    f->request.preset = "high";
    assert_refused(f, "preset", "standard");
    eml_bytes_free(&f->proof);
    assert_int_equal(eml_session_prove(f->session, "test", &f->proof, f->error), EML_ANSWER_YES);
    f->request.proof = file_of_bytes("out.proof", &f->proof);
    f->request.preset = NULL;
    assert_refused(f, "preset", "test");
    eml_verdict verdict;
    f->request.preset = "test";
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_YES);
    f->request.preset = "none";
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "none"));
}

static void test_bad_questions(void **state) {
    fixture *f = *state;
    eml_verdict verdict;
    strcpy(f->hash, "abc");
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    strcpy(f->hash, eml_session_program_hash(f->session));
    f->input = file_of("tapes.json", "[", 1);
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "tapes.json"));
    f->input = (eml_file){0};
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_string_equal(eml_error_text(f->error), "neither a path nor bytes were given");
    f->input = file_of("tapes.json", tapes, SIZE_MAX); /* not looked at */
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "tapes.json: longer than the limit of"));
    f->request.program_hash = NULL;
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_string_equal(eml_error_text(f->error), "neither a program hash nor a bundle was given");
    f->request.program_hash = f->hash;
    f->input = (eml_file){.path = "/nonexistent/tapes.json"};
    assert_int_equal(eml_verify(&f->request, &verdict, NULL), EML_ANSWER_INPUT);
}

/* The AIR digest is carried by the bundle, so only a load that rebuilds the AIR can notice a wrong one. */
static void test_bundle_of_another_air(void **state) {
    fixture *f = *state;
    eml_bytes text;
    eml_file bundle = file_of_bytes("program.emb", &f->bundle);
    assert_int_equal(eml_inspect(&bundle, EML_STYLE_JSON, &text, f->error), EML_ANSWER_YES);
    const char *hex = strstr((const char *)text.data, "\"air_digest\": \"") + strlen("\"air_digest\": \"");
    unsigned char digest[32];
    for (size_t i = 0; i < sizeof digest; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        digest[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    eml_bytes_free(&text);
    size_t at = 0;
    while (memcmp(f->bundle.data + at, digest, sizeof digest) != 0) at++;
    f->bundle.data[at] ^= 1;
    eml_session *session;
    assert_int_equal(eml_session_load(&bundle, &session, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "AIR"));
}

static void test_inspect(void **state) {
    fixture *f = *state;
    eml_bytes text;
    for (eml_style style = EML_STYLE_TEXT; style <= EML_STYLE_JSON; style++) {
        eml_file files[] = {file_of_bytes("b", &f->bundle), file_of_bytes("p", &f->proof)};
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(eml_inspect(&files[i], style, &text, f->error), EML_ANSWER_YES);
            assert_non_null(strstr((const char *)text.data, f->hash));
            eml_bytes_free(&text);
            files[i].size--;
            assert_int_equal(eml_inspect(&files[i], style, &text, f->error), EML_ANSWER_INPUT);
        }
    }
}

/* A proof of an extension that no preset has. */
static void test_inspect_unreadable(void **state) {
    fixture *f = *state;
    eml_bytes text;
    enum { EXTENSION = 26 };
    size_t at = 0;
    while (memcmp(f->proof.data + at, "\145stark", 6) != 0) at++;
    at += f->proof.data[at + 6] == 0x59 ? 9u : 11u; /* a byte string of up to 64 KiB, or more */
    assert_int_equal(f->proof.data[at + EXTENSION], 2);
    f->proof.data[at + EXTENSION] = 3;
    eml_file proof = file_of_bytes("p", &f->proof);
    assert_int_equal(eml_inspect(&proof, EML_STYLE_TEXT, &text, f->error), EML_ANSWER_YES);
    assert_non_null(strstr((const char *)text.data, "preset         unreadable"));
    eml_bytes_free(&text);
}

static void test_hash_of_bundle(void **state) {
    fixture *f = *state;
    char hash[65];
    eml_file bundle = file_of_bytes("program.emb", &f->bundle);
    eml_set_threads(1);
    assert_int_equal(eml_bundle_program_hash(&bundle, hash, f->error), EML_ANSWER_YES);
    eml_set_threads(0);
    assert_string_equal(hash, f->hash);
    bundle.size--;
    assert_int_equal(eml_bundle_program_hash(&bundle, hash, f->error), EML_ANSWER_INPUT);
    assert_int_equal(eml_error_code(f->error), EML_CODE_FORMAT);
}

/* 2 a + b of two committed values, on the final stack, and a public summand. */
static const char committed_source[] = ".form 1\n.schema 5\n.schema 7\nread\npush.2\nread3\nmul\nadd\nread3\nadd\n";
static const char committed_values[] = "{\"committed_tape\": [\"10\", \"4\"]}";

static eml_answer commit(fixture *f, const eml_file *bundle, const char *values, eml_bytes *opening, char out[65]) {
    eml_commit_request request = {.subject = *bundle, .row = file_of("row.json", values, strlen(values))};
    return eml_commit(&request, opening, out, f->error);
}

static void assert_verdict(fixture *f, const eml_verify_request *request, const char *commitment, bool accepted) {
    eml_verify_request asked = *request;
    eml_verdict verdict;
    asked.commitment = commitment;
    assert_int_equal(eml_verify(&asked, &verdict, f->error), accepted ? EML_ANSWER_YES : EML_ANSWER_NO);
    assert_string_equal(verdict.reason, accepted ? "none" : "commitment");
    assert_string_equal(verdict.commitment, commitment);
    if (accepted) assert_true(verdict.zero_knowledge);
}

/* Commit, prove and verify from memory to memory; another commitment to the same values is refused. */
static void test_committed_tapes(void **state) {
    fixture *f = *state;
    static const char input[] = "{\"public_tape\": [\"100\"], \"secret_tape\": []}";
    eml_file text = file_of("c.asm", committed_source, strlen(committed_source));
    eml_file tape = file_of("in.json", input, strlen(input));
    eml_bytes bundle, opening, other, outputs, proof;
    char commitment[65], another[65];
    assert_int_equal(eml_assemble(&text, &bundle, f->error), EML_ANSWER_YES);
    eml_file program = file_of_bytes("c.emb", &bundle);
    eml_session *session;
    assert_int_equal(eml_session_load(&program, &session, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_committed(session), 2);
    assert_false(eml_session_hidden(session)); /* the tape, not the code */
    assert_null(eml_session_commitment(session));
    assert_int_equal(commit(f, &program, committed_values, &opening, commitment), EML_ANSWER_YES);
    assert_int_equal(commit(f, &program, committed_values, &other, another), EML_ANSWER_YES);
    assert_string_not_equal(commitment, another);
    eml_file opened = file_of_bytes("c.open", &opening);
    assert_int_equal(eml_session_add_input(session, &tape, false, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_prove(session, "standard", &proof, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "the opening of the committed inputs was not given"));
    assert_int_equal(eml_session_add_input(session, &opened, false, f->error), EML_ANSWER_YES);
    assert_string_equal(eml_session_commitment(session), commitment);
    assert_int_equal(eml_session_add_input(session, &opened, false, f->error), EML_ANSWER_INPUT);
    assert_string_equal(eml_error_text(f->error), "c.open: a second opening; a proof is about one commitment");
    assert_int_equal(eml_session_prove(session, "standard", &proof, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "a program from assembly may give away the committed inputs"));
    eml_session_allow_reveal(session);
    assert_int_equal(eml_session_prove(session, "standard", &proof, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_outputs(session, EML_STYLE_JSON, &outputs, f->error), EML_ANSWER_YES);
    assert_non_null(strstr((const char *)outputs.data, "\"final_stack\": [\"124\", \"0\""));
    eml_verify_request request = {.program_hash = eml_session_program_hash(session),
                                  .inputs = &tape,
                                  .input_count = 1,
                                  .outputs = file_of_bytes("out", &outputs),
                                  .proof = file_of_bytes("proof", &proof)};
    assert_verdict(f, &request, commitment, true);
    assert_verdict(f, &request, another, false);
    eml_verdict verdict;
    assert_int_equal(eml_verify(&request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "the program has committed inputs: name the commitment"));
    request.commitment = "12";
    assert_int_equal(eml_verify(&request, &verdict, f->error), EML_ANSWER_INPUT);
    request.inputs = (eml_file[]){tape, opened};
    request.input_count = 2;
    request.commitment = commitment;
    assert_int_equal(eml_verify(&request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "an opening is for who proves"));
    f->request.commitment = commitment; /* of a program that has none */
    assert_int_equal(eml_verify(&f->request, &verdict, f->error), EML_ANSWER_INPUT);
    assert_string_equal(eml_error_text(f->error), "a commitment was given, but the program has no committed inputs");
    f->request.commitment = NULL;
    assert_int_equal(eml_session_add_input(f->session, &opened, false, f->error), EML_ANSWER_INPUT);
    eml_session_clear_inputs(session);
    assert_null(eml_session_commitment(session));
    eml_session_free(session);
    eml_bytes_wipe(&opening);
    eml_bytes_wipe(&other);
    eml_bytes_free(&outputs);
    eml_bytes_free(&proof);
    eml_bytes_free(&bundle);
}

static void test_bad_commitments(void **state) {
    fixture *f = *state;
    eml_file text = file_of("c.asm", committed_source, strlen(committed_source)),
             none = file_of_bytes("p.emb", &f->bundle);
    eml_bytes bundle, out;
    char commitment[65];
    assert_int_equal(eml_assemble(&text, &bundle, f->error), EML_ANSWER_YES);
    eml_file program = file_of_bytes("c.emb", &bundle);
    const struct {
        const eml_file *bundle;
        const char *values, *says;
    } cases[] = {
        {&program, "{\"committed_tape\": [\"1\"]}", "row.json: 1 values, the program commits to 2"},
        {&program, "{\"committed_tape\": [\"1\", \"x\"]}", "row.json: committed_tape[1]: a field element was expected"},
        {&program, "{\"public_tape\": []}", "an object with \"committed_tape\" and nothing else was expected"},
        {&none, committed_values, "p.emb: the program has no committed inputs"},
        {&text, committed_values, "c.asm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(commit(f, cases[i].bundle, cases[i].values, &out, commitment), EML_ANSWER_INPUT);
        if (strstr(eml_error_text(f->error), cases[i].says) == NULL) fail_msg("%s", eml_error_text(f->error));
    }
    assert_int_equal(eml_bundle_schema(&program, &out, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "c.emb: a program from assembly has a schema's digest alone"));
    assert_int_equal(eml_bundle_schema(&none, &out, f->error), EML_ANSWER_INPUT);
    eml_bytes_free(&bundle);
}

static void test_inspect_nothing(void **state) {
    fixture *f = *state;
    eml_bytes text;
    eml_file missing = {.path = "/nonexistent/file"};
    assert_int_equal(eml_inspect(&missing, EML_STYLE_TEXT, &text, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "/nonexistent/file: "));
    assert_null(strstr(eml_error_text(f->error), "neither a bundle nor"));
}

static void test_order_of_calls(void **state) {
    fixture *f = *state;
    eml_session *session;
    eml_bytes out;
    eml_file bundle = file_of_bytes("program.emb", &f->bundle);
    assert_int_equal(eml_session_load(&bundle, &session, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_rows(session), 0);
    assert_int_equal(eml_session_outputs(session, EML_STYLE_JSON, &out, f->error), EML_ANSWER_INPUT);
    assert_int_equal(eml_session_run(session, f->error), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(f->error), "public tape"));
    assert_int_equal(eml_session_add_input(session, &f->input, false, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_run(session, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_add_input(session, &f->input, false, f->error), EML_ANSWER_INPUT);
    eml_session_free(session);
}

/* Random numbers that are the same for every proof, so that equal proofs are equal bytes. */
static unsigned char next_random;
static const char *random_name(void) { return "counting"; }
static uint32_t random_number(void) { return next_random++; }
static void random_bytes(void *const buffer, const size_t size) {
    for (size_t i = 0; i < size; i++) ((unsigned char *)buffer)[i] = next_random++;
}
static randombytes_implementation counting = {
    .implementation_name = random_name, .random = random_number, .buf = random_bytes};

static void prove_other(fixture *f, eml_session *session, eml_bytes *outputs, eml_bytes *proof) {
    static const char other[] = "{\"public_tape\": [\"6\", \"9\"], \"secret_tape\": []}";
    eml_file input = file_of("other.json", other, strlen(other));
    next_random = 0;
    assert_int_equal(eml_session_add_input(session, &input, false, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_prove(session, "test", proof, f->error), EML_ANSWER_YES);
    assert_int_equal(eml_session_outputs(session, EML_STYLE_JSON, outputs, f->error), EML_ANSWER_YES);
}

static void test_runs_again(void **state) {
    fixture *f = *state;
    eml_session *fresh;
    eml_bytes outputs[2], proofs[2];
    randombytes_set_implementation(&counting);
    eml_file bundle = file_of_bytes("program.emb", &f->bundle);
    assert_int_equal(eml_session_load(&bundle, &fresh, f->error), EML_ANSWER_YES);
    prove_other(f, fresh, &outputs[0], &proofs[0]);
    for (int i = 0; i < 2; i++) { /* the fixture's session has run on other inputs, then on these */
        eml_session_clear_inputs(f->session);
        assert_int_equal(eml_session_rows(f->session), 0);
        assert_int_equal(eml_session_outputs(f->session, EML_STYLE_JSON, &outputs[1], f->error), EML_ANSWER_INPUT);
        prove_other(f, f->session, &outputs[1], &proofs[1]);
        assert_non_null(strstr((const char *)outputs[1].data, "\"27\""));
        assert_int_equal(outputs[1].size, outputs[0].size);
        assert_memory_equal(outputs[1].data, outputs[0].data, outputs[0].size);
        assert_int_equal(proofs[1].size, proofs[0].size);
        assert_memory_equal(proofs[1].data, proofs[0].data, proofs[0].size);
        eml_bytes_free(&outputs[1]);
        eml_bytes_free(&proofs[1]);
    }
    eml_bytes_free(&outputs[0]);
    eml_bytes_free(&proofs[0]);
    eml_session_free(fresh);
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accepts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_statement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_other_statement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_every_kind_of_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_presets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_questions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bundle_of_another_air, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_inspect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_inspect_unreadable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hash_of_bundle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_committed_tapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_commitments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_inspect_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order_of_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_runs_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
