/* A valid proof, with edits, shown to the verifier: refused unless nothing was changed. Input: edits of six bytes each:
 * what (proof, inputs, outputs: modulo 3; then what to do: overwrite, insert, delete, cut, copy), where, and the byte
 * or count. */
#include <string.h>

#include "runtime/include/eml.h"
#include "tests/fuzz/fuzz.h"

enum { EDIT_BYTES = 6, EDITS_MAX = 64, FILES = 3, ROOM = 4096 };

/* All opcodes' sorts of tape, so that the proof has every section. */
static const char source[] = ".sponges 4\n.delta 9\nread2\nread\nsmul\nread\nsadd\nwrite2\nread\n";
static const char tapes[] = "{\"public_tape\": [5, 7, 11], \"secret_tape\": [[1, 2, 3, 4, 5]]}";

typedef struct text {
    uint8_t *bytes;
    size_t size;
} text;

static struct {
    char hash[65];
    text files[FILES]; /* proof, inputs, outputs */
} honest;

static text keep(const void *bytes, size_t size) {
    text kept = {malloc(size), size};
    memcpy(kept.bytes, bytes, size);
    return kept;
}

static void prepare(void) {
    if (honest.files[0].bytes != NULL) return;
    eml_file assembly = {.path = "asm", .bytes = source, .size = strlen(source)};
    eml_file inputs = {.path = "tapes", .bytes = tapes, .size = strlen(tapes)};
    eml_bytes bundle, proof, outputs;
    eml_session *session;
    FUZZ_REQUIRE(eml_assemble(&assembly, &bundle, NULL) == EML_ANSWER_YES);
    eml_file file = {.path = "emb", .bytes = bundle.data, .size = bundle.size};
    FUZZ_REQUIRE(eml_session_load(&file, &session, NULL) == EML_ANSWER_YES);
    FUZZ_REQUIRE(eml_session_add_input(session, &inputs, false, NULL) == EML_ANSWER_YES);
    FUZZ_REQUIRE(eml_session_prove(session, "test", &proof, NULL) == EML_ANSWER_YES);
    FUZZ_REQUIRE(eml_session_outputs(session, EML_STYLE_JSON, &outputs, NULL) == EML_ANSWER_YES);
    strcpy(honest.hash, eml_session_program_hash(session));
    honest.files[0] = keep(proof.data, proof.size);
    honest.files[1] = keep(tapes, strlen(tapes));
    honest.files[2] = keep(outputs.data, outputs.size);
    eml_bytes_free(&bundle);
    eml_bytes_free(&proof);
    eml_bytes_free(&outputs);
    eml_session_free(session);
}

/* t has room for ROOM bytes more than the honest file. */
static void edit(text *t, size_t room, unsigned action, size_t at, size_t count, uint8_t byte) {
    at %= t->size + 1;
    size_t left = t->size - at, some = count < left ? count : left;
    switch (action) {
    case 0:
        if (left > 0) t->bytes[at] = byte;
        break;
    case 1:
        if (left > 0) t->bytes[at] ^= (uint8_t)(1u << (byte & 7));
        break;
    case 2:
        if (t->size == room) break;
        memmove(t->bytes + at + 1, t->bytes + at, left);
        t->bytes[at] = byte;
        t->size++;
        break;
    case 3:
        memmove(t->bytes + at, t->bytes + at + some, left - some);
        t->size -= some;
        break;
    case 4: t->size = at; break;
    default:
        memmove(t->bytes + at, t->bytes + (at + byte) % (left > some ? t->size - some : 1), some < left ? some : 0);
    }
}

static bool same(const text *a, const text *b) {
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    prepare();
    text files[FILES];
    for (size_t i = 0; i < FILES; i++) {
        files[i] = (text){malloc(honest.files[i].size + ROOM), honest.files[i].size};
        memcpy(files[i].bytes, honest.files[i].bytes, files[i].size);
    }
    for (size_t i = 0; i < EDITS_MAX && (i + 1) * EDIT_BYTES <= size; i++) {
        const uint8_t *e = data + i * EDIT_BYTES;
        size_t file = e[0] % FILES, at = (size_t)e[1] << 16 | (size_t)e[2] << 8 | e[3];
        edit(&files[file], honest.files[file].size + ROOM, e[0] / FILES % 6, at, e[4], e[5]);
    }
    eml_verdict verdict;
    eml_file inputs = {.path = "in", .bytes = files[1].bytes, .size = files[1].size};
    eml_verify_request request = {.program_hash = honest.hash,
                                  .inputs = &inputs,
                                  .input_count = 1,
                                  .outputs = {.path = "out", .bytes = files[2].bytes, .size = files[2].size},
                                  .proof = {.path = "proof", .bytes = files[0].bytes, .size = files[0].size},
                                  .preset = "test"};
    eml_answer answer = eml_verify(&request, &verdict, NULL);
    FUZZ_REQUIRE(answer == EML_ANSWER_YES || answer == EML_ANSWER_NO || answer == EML_ANSWER_INPUT);
    if (answer == EML_ANSWER_YES) FUZZ_REQUIRE(same(&files[0], &honest.files[0]));
    if (answer == EML_ANSWER_NO) FUZZ_REQUIRE(!verdict.accepted && strcmp(verdict.reason, "none") != 0);
    for (size_t i = 0; i < FILES; i++) free(files[i].bytes);
    return 0;
}
