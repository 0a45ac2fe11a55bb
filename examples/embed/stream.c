/* Predictions and proofs for a stream of batches, out of arrays and into arrays, with one session. Links libeml.
 * usage: stream BUNDLE [BATCHES [ROWS]]; the model is house.eml, whose inputs are area and rooms and whose output is
 * price. Here a batch is drawn; it could come from a database, from NumPy, or as an Arrow record batch. */
#include <eml.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct batch {
    size_t rows;
    double *area, *price;
    int32_t *rooms;
} batch;

static void draw(batch *b, uint64_t *state) {
    for (size_t i = 0; i < b->rows; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        b->area[i] = 20 + (double)(*state >> 40) / (double)(1 << 24) * 480;
        b->rooms[i] = 1 + (int32_t)(*state >> 33) % 12;
    }
}

/* As who gets the batch, its prices and the proof does: it takes the program hash from the model's publisher. */
static eml_answer check(const char *hash, const eml_arrays *inputs, const batch *b, const eml_bytes *proof,
                        eml_error *error) {
    const eml_array price = {.name = "price", .type = EML_ARRAY_DOUBLE, .values = b->price};
    const eml_arrays outputs = {.columns = &price, .count = 1, .rows = b->rows};
    eml_verify_request request = {.program_hash = hash,
                                  .proof = {.bytes = proof->data, .size = proof->size},
                                  .input_arrays = inputs,
                                  .output_arrays = &outputs};
    eml_verdict verdict;
    eml_answer answer = eml_verify(&request, &verdict, error);
    if (answer == EML_ANSWER_YES)
        printf("%llu rows proved in %zu bytes, the first: %.2f\n", (unsigned long long)verdict.rows, proof->size,
               b->price[0]);
    if (answer == EML_ANSWER_NO) printf("refused (%s): %s\n", verdict.reason, verdict.sentence);
    return answer;
}

static eml_answer score(eml_session *session, const batch *b, eml_error *error) {
    const eml_array columns[] = {{.name = "area", .type = EML_ARRAY_DOUBLE, .values = b->area},
                                 {.name = "rooms", .type = EML_ARRAY_INT32, .values = b->rooms}};
    const eml_arrays inputs = {.columns = columns, .count = 2, .rows = b->rows};
    eml_bytes proof = {0};
    eml_answer answer = eml_session_add_arrays(session, &inputs, false, error);
    if (answer == EML_ANSWER_YES) answer = eml_session_run(session, error);
    if (answer == EML_ANSWER_YES) answer = eml_session_output_doubles(session, "price", b->price, b->rows, error);
    if (answer == EML_ANSWER_YES) answer = eml_session_prove(session, "standard", &proof, error);
    if (answer == EML_ANSWER_YES) answer = check(eml_session_program_hash(session), &inputs, b, &proof, error);
    eml_bytes_free(&proof);
    eml_session_clear_inputs(session); /* ready for the next */
    return answer;
}

int main(int argc, char **argv) {
    if (argc < 2 || argc > 4) {
        fputs("usage: stream BUNDLE [BATCHES [ROWS]]\n", stderr);
        return EML_ANSWER_INPUT;
    }
    long batches = argc > 2 ? atol(argv[2]) : 3, rows = argc > 3 ? atol(argv[3]) : 1000;
    batch b = {.rows = rows < 1 ? 1 : (size_t)rows};
    b.area = calloc(b.rows, sizeof *b.area);
    b.price = calloc(b.rows, sizeof *b.price);
    b.rooms = calloc(b.rows, sizeof *b.rooms);
    eml_error *error = eml_error_new();
    if (b.area == NULL || b.price == NULL || b.rooms == NULL || error == NULL) return EML_ANSWER_FAULT;

    eml_session *session = NULL;
    uint64_t state = 1;
    eml_answer answer = eml_session_load(&(eml_file){.path = argv[1]}, &session, error);
    for (long i = 0; i < batches && answer == EML_ANSWER_YES; i++) {
        draw(&b, &state);
        answer = score(session, &b, error);
    }
    if (answer == EML_ANSWER_INPUT || answer == EML_ANSWER_FAULT) fprintf(stderr, "%s\n", eml_error_text(error));
    eml_session_free(session);
    eml_error_free(error);
    free(b.area);
    free(b.price);
    free(b.rooms);
    return (int)answer;
}
