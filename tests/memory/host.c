/* A host that uses GMP and jansson too, with allocation functions of its own, in two threads that call the library:
 * every piece of the host's goes to the host's functions and comes back to them, and afterwards they are set as they
 * were. */
#include <gmp.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/eml.h"

enum { ROUNDS = 40, TAG = 0x686f7374 }; /* "host" */

#define FAIL(...)                                                                                                      \
    do {                                                                                                               \
        fprintf(stderr, __VA_ARGS__);                                                                                  \
        fputc('\n', stderr);                                                                                           \
        _Exit(1);                                                                                                      \
    } while (0)

/* ---- the host's allocation functions ---- */

typedef struct tagged {
    uint64_t tag, bytes;
} tagged;

static atomic_size_t live;

static void *take(size_t bytes) {
    tagged *t = malloc(sizeof *t + bytes);
    if (t == NULL) FAIL("no memory");
    *t = (tagged){TAG, bytes};
    atomic_fetch_add(&live, 1);
    return t + 1;
}

static void give_back(void *pointer) {
    if (pointer == NULL) return;
    tagged *t = (tagged *)pointer - 1;
    if (t->tag != TAG) FAIL("the host is asked to free what it never gave");
    t->tag = 0;
    atomic_fetch_sub(&live, 1);
    free(t);
}

static void *resize(void *pointer, size_t before, size_t after) {
    if (((tagged *)pointer - 1)->bytes != before) FAIL("the host is asked to resize what it never gave");
    void *moved = take(after);
    memcpy(moved, pointer, before < after ? before : after);
    give_back(pointer);
    return moved;
}

static void give_back_number(void *pointer, size_t bytes) {
    (void)bytes;
    give_back(pointer);
}

/* ---- what the host does for itself ---- */

/* Numbers and values that live on from one round to the next. */
typedef struct work {
    mpz_t power, sum;
    json_t *list;
} work;

static void begin(work *w) {
    mpz_init_set_ui(w->power, 1);
    mpz_init(w->sum);
    w->list = json_array();
}

static void go_on(work *w) {
    for (int i = 0; i < 50; i++) {
        mpz_mul_ui(w->power, w->power, 10);
        mpz_add(w->sum, w->sum, w->power);
    }
    char *digits = mpz_get_str(NULL, 10, w->sum);
    json_array_append_new(w->list, json_string(digits));
    void (*drop)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &drop);
    drop(digits, strlen(digits) + 1);
}

/* 10 + 10^2 + ... + 10^n is n ones and a zero. */
static void end(work *w, size_t rounds) {
    char *digits = mpz_get_str(NULL, 10, w->sum);
    if (strlen(digits) != 50 * rounds + 1 || strspn(digits, "1") != 50 * rounds) FAIL("the host's sum is wrong");
    give_back(digits);
    if (json_array_size(w->list) != rounds) FAIL("the host's list is wrong");
    mpz_clears(w->power, w->sum, NULL);
    json_decref(w->list);
}

static void on_progress(void *context, const char *phase, double done) {
    (void)phase, (void)done;
    work *w = context;
    mpz_add_ui(w->power, w->power, 1);
    mpz_mul_2exp(w->power, w->power, 500);
    mpz_tdiv_q_2exp(w->power, w->power, 500);
    mpz_sub_ui(w->power, w->power, 1);
}

/* ---- and with the library ---- */

static const char assembly[] = ".sponges 4\nread\npush.3\nmul\nread\nadd\n";
static const char tapes[] = "{\"public_tape\": [\"5\", \"7\"], \"secret_tape\": []}";

static eml_file file(const void *bytes, size_t size) {
    return (eml_file){.path = "test", .bytes = bytes, .size = size};
}

static void check(eml_answer answer, const char *what, const eml_error *err) {
    if (answer != EML_ANSWER_YES) FAIL("%s: status %d: %s", what, answer, eml_error_text(err));
}

static void call_library(work *w, eml_error *err) {
    eml_file text = file(assembly, strlen(assembly)), input = file(tapes, strlen(tapes));
    eml_bytes bundle, outputs, proof, shown;
    eml_session *session;
    check(eml_assemble(&text, &bundle, err), "assemble", err);
    eml_file bundle_file = file(bundle.data, bundle.size);
    check(eml_session_load(&bundle_file, &session, err), "load", err);
    go_on(w);
    eml_session_watch(session, on_progress, w);
    check(eml_session_add_input(session, &input, false, err), "input", err);
    check(eml_session_prove(session, "test", &proof, err), "prove", err);
    check(eml_session_outputs(session, EML_STYLE_JSON, &outputs, err), "outputs", err);
    eml_verify_request request = {.program_hash = eml_session_program_hash(session),
                                  .inputs = &input,
                                  .input_count = 1,
                                  .outputs = file(outputs.data, outputs.size),
                                  .proof = file(proof.data, proof.size),
                                  .preset = "test"};
    eml_verdict verdict;
    check(eml_verify(&request, &verdict, err), "verify", err);
    check(eml_inspect(&bundle_file, EML_STYLE_JSON, &shown, err), "inspect", err);
    go_on(w);
    eml_bytes_free(&bundle);
    eml_bytes_free(&outputs);
    eml_bytes_free(&proof);
    eml_bytes_free(&shown);
    eml_session_free(session);
}

static void *use(void *unused) {
    (void)unused;
    eml_error *err = eml_error_new();
    work w;
    begin(&w);
    for (int i = 0; i < ROUNDS; i++) call_library(&w, err);
    end(&w, 2 * ROUNDS);
    eml_error_free(err);
    return NULL;
}

/* Never in the library. */
static atomic_bool over;

static void *compute(void *unused) {
    (void)unused;
    while (!atomic_load(&over)) {
        work w;
        begin(&w);
        for (int i = 0; i < 20; i++) go_on(&w);
        end(&w, 20);
    }
    return NULL;
}

int main(void) {
    mp_set_memory_functions(take, resize, give_back_number);
    json_set_alloc_funcs(take, give_back);
    pthread_t users[2], other;
    pthread_create(&other, NULL, compute, NULL);
    for (int i = 0; i < 2; i++) pthread_create(&users[i], NULL, use, NULL);
    for (int i = 0; i < 2; i++) pthread_join(users[i], NULL);
    atomic_store(&over, true);
    pthread_join(other, NULL);
    void *(*gmp_take)(size_t), *(*json_take)(size_t);
    mp_get_memory_functions(&gmp_take, NULL, NULL);
    json_get_alloc_funcs(&json_take, NULL);
    if (gmp_take != take || json_take != take) FAIL("other allocation functions are set than before");
    if (atomic_load(&live) != 0) FAIL("%zu of the host's pieces are left", atomic_load(&live));
    return 0;
}
