/* What predictions on encrypted rows cost, against the number of rows: one proof for all of them, so proving should
 * hardly grow. The model is examples/diabetes-encrypted, `standard` preset, all threads; the best of several runs. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "compiler/driver.h"
#include "runtime/include/eml.h"

enum { RUNS = 5 };

static const size_t row_counts[] = {1, 442, 1024, 10240};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void require(eml_answer answer, const eml_error *error) {
    if (answer == EML_ANSWER_YES) return;
    fprintf(stderr, "%s\n", eml_error_text(error));
    exit(1);
}

static void compile(const char *path, eml_buf *bundle) {
    eml_compilation compilation = {0};
    eml_error err = {0};
    const eml_compile_options options = {.delta_bits = -1};
    if (eml_compile(path, &options, &compilation, &err) != EML_OK) {
        fprintf(stderr, "%s: does not compile\n", path);
        exit(1);
    }
    eml_bundle_encode(&compilation.bundle, bundle);
    eml_compilation_free(&compilation);
}

static void put_rows(size_t rows, eml_buf *out) {
    eml_buf_put_text(out, "age,sex,bmi,bp,s1,s2,s3,s4,s5,s6\n");
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < 10; c++)
            eml_buf_printf(out, "%.4f%s", (double)((i * 37 + c * 101) % 4000) / 1e4 - 0.2, c == 9 ? "\n" : ",");
}

/* Milliseconds, the least of the runs; proof: bytes. */
typedef struct cost {
    double encrypt, evaluate, prove, verify;
    size_t proof;
} cost;

static void keep_least(double *best, double value) {
    if (*best == 0 || value < *best) *best = value;
}

static void verify(const eml_file *bundle, const eml_file *input, const eml_bytes *outputs, const eml_bytes *proof,
                   eml_error *error, cost *best) {
    eml_verify_request request = {.bundle = *bundle,
                                  .inputs = input,
                                  .input_count = 1,
                                  .outputs = {"outputs", outputs->data, outputs->size},
                                  .proof = {"proof", proof->data, proof->size}};
    eml_verdict verdict;
    double start = now();
    require(eml_verify(&request, &verdict, error), error);
    keep_least(&best->verify, now() - start);
}

static void run_once(const eml_file *bundle, const eml_file *key, const eml_file *rows, eml_error *error, cost *best) {
    eml_session *session;
    eml_bytes ciphertext, outputs, proof;
    require(eml_session_load(bundle, &session, error), error);
    double start = now();
    require(eml_session_encrypt(session, &(eml_encrypt_request){.public_key = *key, .rows = *rows}, &ciphertext, error),
            error);
    keep_least(&best->encrypt, now() - start);
    eml_file input = {"inputs", ciphertext.data, ciphertext.size};
    require(eml_session_add_input(session, &input, false, error), error);
    start = now();
    require(eml_session_run(session, error), error);
    keep_least(&best->evaluate, now() - start);
    start = now();
    require(eml_session_prove(session, "standard", &proof, error), error);
    keep_least(&best->prove, now() - start);
    require(eml_session_outputs(session, EML_STYLE_TEXT, &outputs, error), error);
    verify(bundle, &input, &outputs, &proof, error, best);
    best->proof = proof.size;
    eml_bytes_free(&proof);
    eml_bytes_free(&outputs);
    eml_bytes_free(&ciphertext);
    eml_session_free(session);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    eml_error *error = eml_error_new();
    eml_buf bundle_bytes = {0};
    compile(argv[1], &bundle_bytes);
    eml_bytes secret, public;
    require(eml_keygen(NULL, &secret, &public, error), error);
    eml_file bundle = {"bundle", bundle_bytes.data, bundle_bytes.len}, key = {"key", public.data, public.size};
    printf("  rows  encrypt ms  evaluate ms  prove ms  of one row  verify ms  proof bytes\n");
    double one = 0;
    for (size_t i = 0; i < sizeof row_counts / sizeof row_counts[0]; i++) {
        eml_buf rows = {0};
        cost best = {0};
        put_rows(row_counts[i], &rows);
        for (int run = 0; run < RUNS; run++)
            run_once(&bundle, &key, &(eml_file){"rows", rows.data, rows.len}, error, &best);
        if (i == 0) one = best.prove;
        printf("%6zu  %10.1f  %11.2f  %8.1f  %10.2f  %9.2f  %11zu\n", row_counts[i], best.encrypt, best.evaluate,
               best.prove, best.prove / one, best.verify, best.proof);
        fflush(stdout);
        eml_buf_free(&rows);
    }
    eml_bytes_wipe(&secret);
    eml_bytes_free(&public);
    eml_buf_free(&bundle_bytes);
    eml_error_free(error);
    return 0;
}
