/* Predictions out of a matrix of doubles into an array of them, without a file: seconds of the processor for each step,
 * on all threads together; the median of several runs. 1,000,000 rows of tests/bench/ten.eml. To compare:
 * pandas.read_csv, X @ w + b and to_csv of the same rows, of which docs/performance.md tells. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "compiler/driver.h"
#include "runtime/include/eml.h"

enum { RUNS = 5, ROWS = 1000000, COLUMNS = 10, STEPS = 5 };

static const char *const steps[STEPS] = {"add_arrays", "run", "output_doubles", "prove", "verify"};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void require(eml_answer answer, const eml_error *error) {
    if (answer == EML_ANSWER_YES) return;
    fprintf(stderr, "%s\n", eml_error_text(error));
    exit(1);
}

static eml_session *load(const char *path, eml_error *error) {
    eml_compilation compilation = {0};
    eml_error err = {0};
    const eml_compile_options options = {.delta_bits = -1};
    eml_buf bundle = {0};
    eml_session *session;
    if (eml_compile(path, &options, &compilation, &err) != EML_OK) {
        fprintf(stderr, "%s: does not compile\n", path);
        exit(1);
    }
    eml_bundle_encode(&compilation.bundle, &bundle);
    eml_compilation_free(&compilation);
    require(eml_session_load(&(eml_file){.bytes = bundle.data, .size = bundle.len}, &session, error), error);
    eml_buf_free(&bundle);
    return session;
}

static void verify(const eml_session *session, const eml_arrays *inputs, const double *y, const eml_bytes *proof,
                   eml_error *error) {
    const eml_array output = {.name = "y", .type = EML_ARRAY_DOUBLE, .values = y};
    const eml_arrays outputs = {.columns = &output, .count = 1, .rows = ROWS};
    eml_verify_request request = {.program_hash = eml_session_program_hash(session),
                                  .proof = {.bytes = proof->data, .size = proof->size},
                                  .input_arrays = inputs,
                                  .output_arrays = &outputs};
    eml_verdict verdict;
    require(eml_verify(&request, &verdict, error), error);
}

static void run_once(eml_session *session, const eml_arrays *inputs, double *y, eml_error *error,
                     double seconds[STEPS]) {
    double start = now(), end;
    eml_bytes proof;
#define STEP(i, call)                                                                                                  \
    call;                                                                                                              \
    end = now();                                                                                                       \
    seconds[i] = end - start;                                                                                          \
    start = end
    STEP(0, require(eml_session_add_arrays(session, inputs, false, error), error));
    STEP(1, require(eml_session_run(session, error), error));
    STEP(2, require(eml_session_output_doubles(session, "y", y, ROWS, error), error));
    STEP(3, require(eml_session_prove(session, "standard", &proof, error), error));
    STEP(4, verify(session, inputs, y, &proof, error));
#undef STEP
    eml_bytes_free(&proof);
    eml_session_clear_inputs(session);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(double seconds[STEPS][RUNS]) {
    double scored = 0;
    for (size_t s = 0; s < STEPS; s++) {
        qsort(seconds[s], RUNS, sizeof(double), compare);
        printf("%-15s %.3f s\n", steps[s], seconds[s][RUNS / 2]);
        if (s < 3) scored += seconds[s][RUNS / 2];
    }
    printf("the first three %.3f s, %.0f ns a row\n", scored, 1e9 * scored / ROWS);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    eml_error *error = eml_error_new();
    eml_session *session = load(argv[1], error);
    double *matrix = malloc(sizeof(double) * ROWS * COLUMNS), *y = malloc(sizeof(double) * ROWS);
    double seconds[STEPS][RUNS], step[STEPS];
    char names[COLUMNS][8];
    eml_array columns[COLUMNS];
    if (matrix == NULL || y == NULL) return 3;
    uint64_t state = 1;
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        matrix[i] = (double)(state >> 11) * 0x1p-53 * 6 - 3;
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        snprintf(names[c], sizeof names[c], "x[%d]", (int)c);
        columns[c] = (eml_array){names[c], EML_ARRAY_DOUBLE, matrix + c, COLUMNS * sizeof(double), NULL, 0};
    }
    for (size_t r = 0; r < RUNS; r++) {
        run_once(session, &(eml_arrays){.columns = columns, .count = COLUMNS, .rows = ROWS}, y, error, step);
        for (size_t s = 0; s < STEPS; s++) seconds[s][r] = step[s];
    }
    report(seconds);
    eml_session_free(session);
    eml_error_free(error);
    free(matrix);
    free(y);
    return 0;
}
