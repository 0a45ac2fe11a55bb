/* every FIRST STEP THREADS PLAIN_MODEL SECRET_MODEL COMMITTED_MODEL: every call is made again and again, with its
 * allocation FIRST, FIRST + STEP, ... failing, until it needs fewer: first that one alone, then that one and all after
 * it.
 *
 * A call then either does what it does otherwise or gives EML_ANSWER_FAULT with a sentence. Nothing is printed, and
 * nothing stays allocated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compiler/driver.h"
#include "runtime/base/guard.h"
#include "runtime/include/eml.h"
#include "tests/memory/faults.h"

static int report; /* standard output; 1 and 2 lead to a file that must stay empty */

#define FAIL(...)                                                                                                      \
    do {                                                                                                               \
        faults_disarm();                                                                                               \
        dprintf(report, __VA_ARGS__);                                                                                  \
        dprintf(report, "\n");                                                                                         \
        _exit(1);                                                                                                      \
    } while (0)

/* ---- what the calls work on ---- */

/* One model, and what is made of it without failures. */
typedef struct subject {
    const char *path;
    eml_bytes bundle, outputs, outputs_json, proof;
    char hash[65];
    eml_file inputs[2];
    size_t input_count;
    eml_session *ran, *fresh;
} subject;

static subject plain, secret, raw, committed;
static eml_bytes secret_key, public_key, locked_key, ciphertext, rows, opening;
static char commitment[65];

static const char plain_csv[] = "area,rooms\n71.5,3\n120,5\n";
static const char plain_json[] = "[{\"area\": 71.5, \"rooms\": 3}, {\"area\": 120, \"rooms\": 5}]";
static const char public_csv[] = "rooms\n3\n5\n", secret_csv[] = "area\n71.5\n120\n";
static const char years_csv[] = "years\n7\n", committed_csv[] = "age,ldl,hdl\n50,130.5,61\n";
static const char wrong_csv[] = "price,each\n210811.5,20.45\n332311.74,35\n";
static const char assembly[] = ".sponges 4\nread\npush.3\nmul\nread\nadd\n";
static const char tapes[] = "{\"public_tape\": [\"5\", \"7\"], \"secret_tape\": []}";

static eml_file text_file(const char *text) { return (eml_file){.path = "test", .bytes = text, .size = strlen(text)}; }
static eml_file file_of(const eml_bytes *bytes) {
    return (eml_file){.path = "test", .bytes = bytes->data, .size = bytes->size};
}

/* The first result of a kind is what all others must be. */
static void compare(const char *what, eml_bytes *got, eml_bytes *expected) {
    faults_disarm();
    if (!expected->data) {
        *expected = *got;
        return;
    }
    if (got->size != expected->size || memcmp(got->data, expected->data, got->size) != 0)
        FAIL("%s: another result", what);
    eml_bytes_free(got);
}

/* ---- compiling ---- */

static eml_answer compile(const subject *s, bool tests, eml_buf *bundle, eml_error *err) {
    eml_compilation compilation = {0};
    eml_compile_options options = {.delta_bits = -1};
    eml_status status = eml_compile(s->path, &options, &compilation, err);
    if (status == EML_OK && tests) status = eml_compile_test(&compilation, NULL, false, bundle, err);
    if (status == EML_OK && !tests) eml_bundle_encode(&compilation.bundle, bundle);
    eml_compilation_free(&compilation);
    return eml_answer_of(status);
}

static eml_answer compile_out(const subject *s, bool tests, eml_bytes *out, eml_error *err) {
    eml_buf bundle = {0};
    eml_answer answer = compile(s, tests, &bundle, err);
    if (answer == EML_ANSWER_YES) eml_detach(bundle.data);
    *out = (eml_bytes){bundle.data, bundle.len};
    return answer;
}

static eml_answer compile_guarded(const subject *s, bool tests, eml_bytes *out, eml_error *err) {
    EML_GUARDED(eml_region_new(true), true, compile_out(s, tests, out, err), eml_answer_of(eml_guard_fail(err)));
}

static eml_answer compiles(subject *s, eml_error *err) {
    eml_bytes bundle = {0};
    eml_answer answer = compile_guarded(s, false, &bundle, err);
    if (answer == EML_ANSWER_YES) compare("compile", &bundle, &s->bundle);
    return answer;
}

static eml_answer tests(subject *s, eml_error *err) {
    static eml_bytes expected;
    eml_bytes text = {0};
    eml_answer answer = compile_guarded(s, true, &text, err);
    if (answer == EML_ANSWER_YES) compare("test", &text, &expected);
    return answer;
}

static eml_answer assembles(subject *s, eml_error *err) {
    eml_bytes bundle;
    eml_file text = text_file(assembly);
    eml_answer answer = eml_assemble(&text, &bundle, err);
    if (answer == EML_ANSWER_YES) compare("assemble", &bundle, &s->bundle);
    return answer;
}

/* ---- running and proving ---- */

static eml_answer loads(subject *s, eml_error *err) {
    eml_file bundle = file_of(&s->bundle);
    eml_session *session;
    eml_answer answer = eml_session_load(&bundle, &session, err);
    if (answer != EML_ANSWER_YES) return answer;
    faults_disarm();
    strcpy(s->hash, eml_session_program_hash(session));
    eml_session_free(session);
    return answer;
}

static eml_answer hashes(subject *s, eml_error *err) {
    char hash[65];
    eml_file bundle = file_of(&s->bundle);
    eml_answer answer = eml_bundle_program_hash(&bundle, hash, err);
    if (answer == EML_ANSWER_YES && strcmp(hash, s->hash) != 0) FAIL("hash: another result");
    return answer;
}

static void load_fresh(subject *s) {
    eml_file bundle = file_of(&s->bundle);
    if (eml_session_load(&bundle, &s->fresh, NULL) != EML_ANSWER_YES) FAIL("the bundle does not load");
}

static eml_answer run_to_end(subject *s, eml_session *session, eml_error *err) {
    eml_answer answer = EML_ANSWER_YES;
    for (size_t i = 0; i < s->input_count && answer == EML_ANSWER_YES; i++)
        answer = eml_session_add_input(session, &s->inputs[i], false, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_run(session, err);
    eml_bytes outputs;
    if (answer == EML_ANSWER_YES) answer = eml_session_outputs(session, EML_STYLE_TEXT, &outputs, err);
    if (answer == EML_ANSWER_YES) compare("run", &outputs, &s->outputs);
    return answer;
}

/* A session that lost its inputs can be given them again; one that did not is only asked for its outputs again. */
static eml_answer runs(subject *s, eml_error *err) {
    eml_answer answer = run_to_end(s, s->fresh, err);
    if (answer == EML_ANSWER_YES || !faults_disarm()) return answer;
    eml_bytes outputs;
    eml_answer kept = eml_session_outputs(s->fresh, EML_STYLE_TEXT, &outputs, NULL);
    if (kept == EML_ANSWER_YES) {
        compare("outputs again", &outputs, &s->outputs);
    } else if (run_to_end(s, s->fresh, NULL) != EML_ANSWER_YES) {
        FAIL("a session that lost its inputs does not take them again");
    }
    return answer;
}

static eml_answer runs_json(subject *s, eml_error *err) {
    eml_file input = s->inputs[0];
    s->inputs[0] = text_file(plain_json);
    eml_answer answer = runs(s, err);
    s->inputs[0] = input;
    return answer;
}

/* A column of doubles, one of numbers as words, and both outputs as doubles. */
static eml_answer arrays_to_end(subject *s, eml_session *session, eml_error *err) {
    static const double area[] = {71.5, 120};
    static const char *const counts[] = {"5", "3"};
    const eml_array columns[] = {
        {.name = "area", .type = EML_ARRAY_DOUBLE, .values = area},
        {.name = "rooms", .type = EML_ARRAY_INT8, .values = (const int8_t[]){1, 0}, .words = counts, .word_count = 2}};
    const eml_arrays inputs = {.columns = columns, .count = 2, .rows = 2};
    double price[2], each[2];
    eml_bytes outputs, unit;
    int64_t integers[2];
    eml_answer answer = eml_session_add_arrays(session, &inputs, false, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_run(session, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_output_doubles(session, "price", price, 2, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_output_doubles(session, "each", each, 2, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_output_integers(session, "each", integers, 2, &unit, err);
    if (answer == EML_ANSWER_YES) eml_bytes_free(&unit);
    if (answer == EML_ANSWER_YES) answer = eml_session_outputs(session, EML_STYLE_TEXT, &outputs, err);
    if (answer == EML_ANSWER_YES) compare("arrays", &outputs, &s->outputs);
    return answer;
}

static eml_answer runs_arrays(subject *s, eml_error *err) {
    eml_answer answer = arrays_to_end(s, s->fresh, err);
    if (answer == EML_ANSWER_YES || !faults_disarm()) return answer;
    eml_session_clear_inputs(s->fresh);
    if (arrays_to_end(s, s->fresh, NULL) != EML_ANSWER_YES) FAIL("a session does not take arrays again");
    return answer;
}

static eml_answer verifies_arrays(subject *s, eml_error *err) {
    static const double area[] = {71.5, 120};
    static double price[2], each[2];
    const eml_array columns[] = {{.name = "area", .type = EML_ARRAY_DOUBLE, .values = area},
                                 {.name = "rooms", .type = EML_ARRAY_INT64, .values = (const int64_t[]){3, 5}}};
    const eml_array outputs[] = {{.name = "price", .type = EML_ARRAY_DOUBLE, .values = price},
                                 {.name = "each", .type = EML_ARRAY_DOUBLE, .values = each}};
    if (price[0] == 0 && (eml_session_output_doubles(s->ran, "price", price, 2, NULL) != EML_ANSWER_YES ||
                          eml_session_output_doubles(s->ran, "each", each, 2, NULL) != EML_ANSWER_YES))
        FAIL("the outputs that ran are no doubles");
    eml_verify_request request = {.program_hash = s->hash,
                                  .proof = file_of(&s->proof),
                                  .preset = "test",
                                  .input_arrays = &(eml_arrays){.columns = columns, .count = 2, .rows = 2},
                                  .output_arrays = &(eml_arrays){.columns = outputs, .count = 2, .rows = 2}};
    eml_verdict verdict;
    return eml_verify(&request, &verdict, err);
}

static eml_answer outputs_json(subject *s, eml_error *err) {
    eml_bytes outputs;
    eml_answer answer = eml_session_outputs(s->ran, EML_STYLE_JSON, &outputs, err);
    if (answer == EML_ANSWER_YES) compare("outputs", &outputs, &s->outputs_json);
    return answer;
}

static eml_answer disassembles(subject *s, eml_error *err) {
    static eml_bytes expected;
    eml_bytes text;
    eml_answer answer = eml_session_disassemble(s->ran, &text, err);
    if (answer == EML_ANSWER_YES) compare("disassemble", &text, &expected);
    return answer;
}

static eml_answer verify(const subject *s, eml_file proof, eml_file outputs, eml_error *err) {
    eml_verify_request request = {.program_hash = s->hash,
                                  .commitment = s == &committed ? commitment : NULL,
                                  .bundle = file_of(&s->bundle),
                                  .inputs = s->inputs, /* the opening, which is last, is no verifier's */
                                  .input_count = s == &committed ? 1 : s->input_count,
                                  .outputs = outputs,
                                  .proof = proof,
                                  .preset = "test"};
    eml_verdict verdict;
    eml_answer answer = eml_verify(&request, &verdict, err);
    if (answer == EML_ANSWER_YES && !verdict.accepted) FAIL("verify: yes, but not accepted");
    if (answer == EML_ANSWER_NO && strcmp(verdict.reason, "statement") != 0)
        FAIL("verify: refused for %s", verdict.reason);
    return answer;
}

/* Proofs differ: each is verified. */
static eml_answer proves(subject *s, eml_error *err) {
    eml_bytes proof;
    eml_answer answer = eml_session_prove(s->ran, "test", &proof, err);
    if (answer != EML_ANSWER_YES) return answer;
    faults_disarm();
    if (verify(s, file_of(&proof), file_of(&s->outputs), NULL) != EML_ANSWER_YES) FAIL("prove: a wrong proof");
    eml_bytes_free(&s->proof);
    s->proof = proof;
    return answer;
}

static eml_answer verifies(subject *s, eml_error *err) {
    return verify(s, file_of(&s->proof), file_of(&s->outputs), err);
}
static eml_answer refuses(subject *s, eml_error *err) {
    return verify(s, file_of(&s->proof), text_file(wrong_csv), err);
}

/* ---- encryption ---- */

static eml_answer makes_keys(const char *passphrase, eml_bytes *keep_secret, eml_bytes *keep_public, eml_error *err) {
    eml_bytes secret_file, public_file;
    eml_answer answer = eml_keygen(passphrase, &secret_file, &public_file, err);
    if (answer != EML_ANSWER_YES) return answer;
    if (!keep_secret->data) {
        *keep_secret = secret_file;
        *keep_public = public_file;
        return answer;
    }
    eml_bytes_wipe(&secret_file);
    eml_bytes_free(&public_file);
    return answer;
}

static eml_answer keygens(subject *s, eml_error *err) {
    (void)s;
    return makes_keys(NULL, &secret_key, &public_key, err);
}

static eml_answer keygens_locked(subject *s, eml_error *err) {
    static eml_bytes other_public;
    (void)s;
    return makes_keys("passphrase", &locked_key, &other_public, err);
}

static eml_answer tells_locks(subject *s, eml_error *err) {
    (void)s;
    bool locked = true;
    eml_file key = file_of(&secret_key);
    eml_answer answer = eml_key_locked(&key, &locked, err);
    if (answer == EML_ANSWER_YES && locked) FAIL("key_locked: another result");
    return answer;
}

static eml_answer encrypts(subject *s, eml_error *err) {
    eml_encrypt_request request = {.secret_key = file_of(&secret_key), .rows = text_file(secret_csv)};
    eml_bytes made;
    eml_answer answer = eml_session_encrypt(s->fresh, &request, &made, err);
    if (answer != EML_ANSWER_YES) return answer;
    if (!ciphertext.data)
        ciphertext = made;
    else
        eml_bytes_free(&made);
    return answer;
}

static eml_answer decrypts(subject *s, eml_error *err) {
    static eml_bytes expected_noise;
    eml_decrypt_request request = {
        .secret_key = file_of(&secret_key), .ciphertext = file_of(&s->outputs), .trust = EML_TRUST_EVERYONE};
    eml_bytes got, noise;
    eml_answer answer = eml_session_decrypt(s->fresh, &request, &got, &noise, err);
    if (answer != EML_ANSWER_YES) return answer;
    compare("decrypt", &got, &rows);
    compare("noise", &noise, &expected_noise);
    return answer;
}

/* A proof that shows too little: a no. */
static eml_answer refuses_to_decrypt(subject *s, eml_error *err) {
    eml_decrypt_request request = {.secret_key = file_of(&secret_key),
                                   .ciphertext = file_of(&s->outputs),
                                   .sent = file_of(&ciphertext),
                                   .public_input = s->inputs[0],
                                   .proof = file_of(&s->proof)};
    eml_bytes got, noise;
    return eml_session_decrypt(s->fresh, &request, &got, &noise, err);
}

/* A passphrase that is not the key's: a no. */
static eml_answer refuses_passphrase(subject *s, eml_error *err) {
    eml_decrypt_request request = {.secret_key = file_of(&locked_key),
                                   .passphrase = "another",
                                   .ciphertext = file_of(&s->outputs),
                                   .trust = EML_TRUST_EVERYONE};
    eml_bytes got, noise;
    return eml_session_decrypt(s->fresh, &request, &got, &noise, err);
}

/* ---- committed inputs ---- */

static eml_answer commit(const subject *s, const char *row, eml_bytes *made, char out[65], eml_error *err) {
    eml_commit_request request = {.subject = file_of(&s->bundle), .row = text_file(row)};
    return eml_commit(&request, made, out, err);
}

static eml_answer commits(subject *s, eml_error *err) {
    eml_bytes made;
    char said[65];
    eml_answer answer = commit(s, committed_csv, &made, said, err);
    if (answer != EML_ANSWER_YES) return answer;
    faults_disarm();
    if (!opening.data) {
        opening = made;
        strcpy(commitment, said);
        s->inputs[1] = file_of(&opening);
    } else {
        eml_bytes_wipe(&made);
    }
    return answer;
}

static eml_answer commits_badly(subject *s, eml_error *err) {
    eml_bytes made;
    char said[65];
    return commit(s, "age\n1000\n", &made, said, err);
}

static eml_answer schemas(subject *s, eml_error *err) {
    static eml_bytes expected;
    eml_file bundle = file_of(&s->bundle);
    eml_bytes text;
    eml_answer answer = eml_bundle_schema(&bundle, &text, err);
    if (answer == EML_ANSWER_YES) compare("schema", &text, &expected);
    return answer;
}

/* ---- looking ---- */

static eml_answer inspect(const eml_bytes *bytes, eml_style style, eml_error *err) {
    eml_file file = file_of(bytes);
    eml_bytes text;
    eml_answer answer = eml_inspect(&file, style, &text, err);
    if (answer == EML_ANSWER_YES) eml_bytes_free(&text);
    return answer;
}

static eml_answer rechecks(subject *s, eml_error *err) {
    eml_file file = file_of(&s->bundle);
    eml_bytes text;
    eml_answer answer = eml_recheck(&file, EML_STYLE_JSON, &text, err);
    if (answer == EML_ANSWER_YES) eml_bytes_free(&text);
    return answer;
}

static eml_answer inspects_bundle(subject *s, eml_error *err) { return inspect(&s->bundle, EML_STYLE_JSON, err); }
static eml_answer inspects_proof(subject *s, eml_error *err) { return inspect(&s->proof, EML_STYLE_TEXT, err); }
static eml_answer inspects_ciphertext(subject *s, eml_error *err) { return inspect(&s->outputs, EML_STYLE_JSON, err); }
static eml_answer inspects_opening(subject *s, eml_error *err) {
    (void)s;
    return inspect(&opening, EML_STYLE_JSON, err);
}
static eml_answer inspects_key(subject *s, eml_error *err) {
    (void)s;
    return inspect(&secret_key, EML_STYLE_TEXT, err);
}

/* ---- all of them ---- */

typedef struct scenario {
    const char *name;
    eml_answer (*call)(subject *s, eml_error *err);
    subject *s;
    eml_answer right; /* what it answers without failures */
    bool fresh;       /* works on a session that was just loaded */
} scenario;

/* In this order each finds what it needs. */
static const scenario scenarios[] = {
    {"compile", compiles, &plain, EML_ANSWER_YES, false},
    {"test", tests, &plain, EML_ANSWER_YES, false},
    {"load", loads, &plain, EML_ANSWER_YES, false},
    {"hash", hashes, &plain, EML_ANSWER_YES, false},
    {"run", runs, &plain, EML_ANSWER_YES, true},
    {"run on JSON", runs_json, &plain, EML_ANSWER_YES, true},
    {"run on arrays", runs_arrays, &plain, EML_ANSWER_YES, true},
    {"outputs", outputs_json, &plain, EML_ANSWER_YES, false},
    {"disassemble", disassembles, &plain, EML_ANSWER_YES, false},
    {"prove", proves, &plain, EML_ANSWER_YES, false},
    {"verify", verifies, &plain, EML_ANSWER_YES, false},
    {"verify arrays", verifies_arrays, &plain, EML_ANSWER_YES, false},
    {"refuse", refuses, &plain, EML_ANSWER_NO, false},
    {"inspect bundle", inspects_bundle, &plain, EML_ANSWER_YES, false},
    {"recheck bundle", rechecks, &plain, EML_ANSWER_YES, false},
    {"inspect proof", inspects_proof, &plain, EML_ANSWER_YES, false},
    {"assemble", assembles, &raw, EML_ANSWER_YES, false},
    {"load assembly", loads, &raw, EML_ANSWER_YES, false},
    {"run assembly", runs, &raw, EML_ANSWER_YES, true},
    {"prove assembly", proves, &raw, EML_ANSWER_YES, false},
    {"verify assembly", verifies, &raw, EML_ANSWER_YES, false},
    {"keygen", keygens, &secret, EML_ANSWER_YES, false},
    {"keygen, locked", keygens_locked, &secret, EML_ANSWER_YES, false},
    {"lock", tells_locks, &secret, EML_ANSWER_YES, false},
    {"inspect key", inspects_key, &secret, EML_ANSWER_YES, false},
    {"compile encrypted", compiles, &secret, EML_ANSWER_YES, false},
    {"recheck encrypted", rechecks, &secret, EML_ANSWER_YES, false},
    {"load encrypted", loads, &secret, EML_ANSWER_YES, false},
    {"encrypt", encrypts, &secret, EML_ANSWER_YES, true},
    {"run encrypted", runs, &secret, EML_ANSWER_YES, true},
    {"prove encrypted", proves, &secret, EML_ANSWER_YES, false},
    {"verify encrypted", verifies, &secret, EML_ANSWER_YES, false},
    {"decrypt", decrypts, &secret, EML_ANSWER_YES, true},
    {"refuse to decrypt", refuses_to_decrypt, &secret, EML_ANSWER_NO, true},
    {"wrong passphrase", refuses_passphrase, &secret, EML_ANSWER_NO, true},
    {"inspect ciphertext", inspects_ciphertext, &secret, EML_ANSWER_YES, false},
    {"compile committed", compiles, &committed, EML_ANSWER_YES, false},
    {"load committed", loads, &committed, EML_ANSWER_YES, false},
    {"commit", commits, &committed, EML_ANSWER_YES, false},
    {"commit to a bad row", commits_badly, &committed, EML_ANSWER_INPUT, false},
    {"schema", schemas, &committed, EML_ANSWER_YES, false},
    {"run committed", runs, &committed, EML_ANSWER_YES, true},
    {"prove committed", proves, &committed, EML_ANSWER_YES, false},
    {"verify committed", verifies, &committed, EML_ANSWER_YES, false},
    {"inspect opening", inspects_opening, &committed, EML_ANSWER_YES, false},
};

/* Twice, so that nothing is new when allocations fail. The first session that ran is what later calls prove. */
static void prepare(const scenario *c) {
    if (c->s == &secret && ciphertext.data) secret.inputs[1] = file_of(&ciphertext);
    for (int i = 0; i < 2; i++) {
        if (c->fresh) load_fresh(c->s);
        if (c->call(c->s, NULL) != c->right) FAIL("%s: fails without a failing allocation", c->name);
        if (c->call == runs && !c->s->ran)
            c->s->ran = c->s->fresh;
        else if (c->fresh)
            eml_session_free(c->s->fresh);
    }
}

/* The lowest that is free: another one when a file stays open. */
static int free_descriptor(void) {
    int fd = dup(report);
    close(fd);
    return fd;
}

/* Whether there was an nth allocation. */
static bool fail_nth(const scenario *c, size_t nth, bool for_good, eml_error *err) {
    size_t before = faults_live();
    int descriptor = free_descriptor();
    if (c->fresh) load_fresh(c->s);
    faults_arm(nth, for_good);
    eml_answer answer = c->call(c->s, err);
    bool failed = faults_disarm();
    if (c->fresh) eml_session_free(c->s->fresh);
    if (answer != c->right && (answer != EML_ANSWER_FAULT || !failed || !strstr(eml_error_text(err), "memory")))
        FAIL("%s, allocation %zu: status %d: %s", c->name, nth, answer, eml_error_text(err));
    if (faults_live() != before)
        FAIL("%s, allocation %zu: %zu pieces before, %zu after", c->name, nth, before, faults_live());
    if (free_descriptor() != descriptor) FAIL("%s, allocation %zu: a file stays open", c->name, nth);
    if (lseek(STDOUT_FILENO, 0, SEEK_END) != 0) FAIL("%s, allocation %zu: something was printed", c->name, nth);
    return failed;
}

/* How many calls were made. */
static size_t fail_all(const scenario *c, size_t first, size_t step, eml_error *err) {
    size_t nth = first;
    bool alone, with_all_after;
    do {
        alone = fail_nth(c, nth, false, err);
        with_all_after = fail_nth(c, nth, true, err);
        nth += step;
    } while (alone || with_all_after);
    return nth / step;
}

static void hide_output(void) {
    report = dup(STDOUT_FILENO);
    int hidden = memfd_create("output", 0);
    dup2(hidden, STDOUT_FILENO);
    dup2(hidden, STDERR_FILENO);
}

int main(int argc, char **argv) {
    if (argc != 7) return 2;
    size_t first = strtoul(argv[1], NULL, 10), step = strtoul(argv[2], NULL, 10);
    eml_set_threads((unsigned)strtoul(argv[3], NULL, 10));
    plain = (subject){.path = argv[4], .inputs = {text_file(plain_csv)}, .input_count = 1};
    secret = (subject){.path = argv[5], .inputs = {text_file(public_csv)}, .input_count = 2};
    committed = (subject){.path = argv[6], .inputs = {text_file(years_csv)}, .input_count = 2};
    raw = (subject){.inputs = {text_file(tapes)}, .input_count = 1};
    eml_error *err = eml_error_new();
    hide_output();
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        prepare(&scenarios[i]);
        size_t calls = fail_all(&scenarios[i], first, step, err);
        dprintf(report, "%-20s %zu allocations failed\n", scenarios[i].name, calls);
    }
    return 0;
}
