/* check DIR: reads DIR/manifest, which the Rust side wrote, and asks eml's verifier about every proof in it. A line is
 *   <program> <preset> <proof file> <inputs file> accept|refuse   or   <program> <preset> security <n>
 * <proven>/<conjectured> Exit status 1 when eml says anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/file.h"
#include "runtime/stark/verifier/verifier.h"
#include "tests/support/fixture.h"

enum { FILE_MAX = 1 << 24 };

static void load(const char *dir, const char *program, const char *name, eml_buf *out) {
    char path[1024];
    eml_error err;
    snprintf(path, sizeof path, "%s/%s/%s", dir, program, name);
    if (eml_file_read(path, FILE_MAX, out, &err) == EML_OK) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static const uint8_t *take(const uint8_t *bytes, eml_fe *out, size_t count) {
    for (size_t i = 0; i < count; i++, bytes += EML_FE_BYTES) out[i] = eml_fe_from_bytes_mod(bytes);
    return bytes;
}

static eml_reject verify(const char *dir, const test_fixture *f, eml_preset preset, const char *proof_name,
                         const char *inputs_name) {
    const eml_shape *shape = &f->claim.shape;
    eml_buf proof = {0}, inputs = {0};
    load(dir, f->name, proof_name, &proof);
    load(dir, f->name, inputs_name, &inputs);
    eml_fe *public_tape = calloc(shape->public_len + 1, sizeof(eml_fe));
    eml_fe *secret_tape = calloc(EML_CT_ELEMENTS * shape->secret_len + 1, sizeof(eml_fe));
    eml_fe *output_tape = calloc(shape->output_len + 1, sizeof(eml_fe));
    eml_claim claim = {
        .shape = *shape, .public_tape = public_tape, .secret_tape = secret_tape, .output_tape = output_tape};
    const uint8_t *next = take(inputs.data, claim.digests[0], (size_t)EML_RESCUE_DIGEST * shape->S);
    next = take(next, claim.commitment, EML_RESCUE_DIGEST);
    next = take(next, claim.stack, shape->W);
    next = take(next, public_tape, shape->public_len);
    next = take(next, secret_tape, EML_CT_ELEMENTS * shape->secret_len);
    take(next, output_tape, shape->output_len);
    eml_preset seen;
    eml_reject reject = eml_stark_verify(&f->air, &claim, proof.data, proof.len, 1u << preset, &seen);
    free(public_tape);
    free(secret_tape);
    free(output_tape);
    eml_buf_free(&proof);
    eml_buf_free(&inputs);
    return reject;
}

static bool check_security(eml_preset preset, const test_fixture *f, const char *rows, const char *bits) {
    unsigned proven, conjectured;
    uint32_t n = (uint32_t)strtoul(rows, NULL, 10);
    if (sscanf(bits, "%u/%u", &proven, &conjectured) != 2) return false;
    eml_security ours = eml_security_bits(eml_preset_params(preset), n, f->air.columns.width, 128);
    return ours.proven == proven && ours.conjectured == conjectured;
}

/* The fixture of a program, built when the manifest first names it. */
static const test_fixture *fixture_of(const char *program) {
    static test_fixture fixtures[TEST_PROGRAMS];
    for (size_t i = 0; i < TEST_PROGRAMS; i++) {
        if (strcmp(test_programs[i].name, program) != 0) continue;
        if (!fixtures[i].name) test_fixture_init(&fixtures[i], test_programs[i].name, test_programs[i].assembly);
        return &fixtures[i];
    }
    fprintf(stderr, "unknown program %s\n", program);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    char path[1024], program[64], preset_name[64], third[128], fourth[128], last[64];
    unsigned lines = 0, wrong = 0;
    snprintf(path, sizeof path, "%s/manifest", argv[1]);
    FILE *manifest = fopen(path, "r");
    if (!manifest) return 2;
    while (fscanf(manifest, "%63s %63s %127s %127s", program, preset_name, third, fourth) == 4) {
        const test_fixture *f = fixture_of(program);
        eml_preset preset;
        bool good = eml_preset_by_name(preset_name, &preset) && fscanf(manifest, "%63s", last) == 1;
        if (good && strcmp(third, "security") == 0) {
            good = check_security(preset, f, fourth, last);
        } else if (good) {
            eml_reject reject = verify(argv[1], f, preset, third, fourth);
            good = (reject == EML_REJECT_NONE) == (strcmp(last, "accept") == 0);
        }
        if (!good) printf("FAILED: %s %s %s %s %s\n", program, preset_name, third, fourth, last);
        lines++;
        wrong += !good;
    }
    fclose(manifest);
    printf("eml: %u lines of the manifest, %u wrong\n", lines, wrong);
    return lines == 0 || wrong != 0;
}
