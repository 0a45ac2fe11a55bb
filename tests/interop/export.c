/* export DIR test|bench: writes programs for Winterfell to judge (crate/). For each a folder DIR/<name> with air.rs
 * (the emitted Air), and as 16-byte little-endian elements: inputs.bin (digests, stack, tapes), trace.bin (row after
 * row), aux_random.bin (the auxiliary trace's random cells, row after row), for `test` also frames.bin (random frames
 * and the constraints' values there) and proof.<preset>.bin. Prints the names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/emit/air.h"
#include "runtime/base/file.h"
#include "runtime/stark/prover/prover.h"
#include "tests/interop/inputs.h"
#include "tests/interop/programs.h"
#include "tests/negative/late_remainder.h"
#include "tests/support/random.h"

enum { FRAMES = 100 };

static void put2(eml_buf *out, eml_fe2 element) {
    interop_put_elements(out, &element.a, 1);
    interop_put_elements(out, &element.b, 1);
}

static void save(const char *folder, const char *name, eml_buf *bytes) {
    char path[1024];
    eml_error err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (eml_file_write(path, bytes->data, bytes->len, EML_FILE_ORDINARY, &err) != EML_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    eml_buf_free(bytes);
}

static void export_inputs(const eml_claim *claim, const char *folder, const char *name) {
    eml_buf out = {0};
    interop_put_inputs(claim, &out);
    save(folder, name, &out);
}

/* A false claim whose proof Winterfell's own verifier accepts (tests/negative/late_remainder.h). */
static void export_late_remainder(const test_fixture *f, const char *folder) {
    eml_buf proof = {0};
    eml_claim claim = f->claim;
    claim.stack[0] = eml_fe_add(claim.stack[0], EML_FE_ONE);
    if (late_remainder_prove(f, &claim, EML_PRESET_STANDARD, &proof)) {
        export_inputs(&claim, folder, "late.inputs");
        save(folder, "late.bin", &proof);
    }
    eml_buf_free(&proof);
}

static void export_trace(const test_fixture *f, const char *folder) {
    const uint32_t masks = eml_shape_is_hidden(&f->air.shape) ? 2 : 0;
    eml_matrix trace, aux;
    eml_buf cells = {0}, random = {0};
    test_fixture_trace(f, TEST_TRACE_SEED, &trace);
    interop_put_elements(&cells, trace.cells, trace.rows * trace.width);
    save(folder, "trace.bin", &cells);
    if (f->air.columns.aux_width) {
        /* Any challenge with two halves gives the same random cells. */
        eml_air_build_aux(&f->air, &trace, (eml_fe2){EML_FE_ONE, EML_FE_ONE}, test_aux_seed, &aux);
        for (size_t row = 0; row < aux.rows; row++) {
            bool free_row = row >= aux.rows - eml_shape_free_rows(&f->air.shape);
            size_t first = free_row ? 0 : 2 * (f->air.columns.aux_width - masks);
            interop_put_elements(&random, eml_matrix_row(&aux, row) + first, aux.width - first);
        }
        eml_matrix_free(&aux);
    }
    save(folder, "aux_random.bin", &random);
    eml_matrix_free(&trace);
}

static const eml_fe2 *random_row(eml_buf *out, eml_fe2 *row, size_t width) {
    for (size_t i = 0; i < width; i++) {
        row[i] = test_random_fe2();
        put2(out, row[i]);
    }
    return row;
}

static void export_frames(const test_fixture *f, const char *folder) {
    const eml_air *air = &f->air;
    eml_fe2 rows[4][64], periodic[64], random[4], *values = calloc(air->node_count, sizeof *values);
    eml_buf out = {0};
    for (size_t k = 0; k < FRAMES; k++) {
        eml_frame frame;
        frame.main_current = random_row(&out, rows[0], air->columns.width);
        frame.main_next = random_row(&out, rows[1], air->columns.width);
        frame.aux_current = random_row(&out, rows[2], air->columns.aux_width);
        frame.aux_next = random_row(&out, rows[3], air->columns.aux_width);
        frame.periodic = random_row(&out, periodic, air->periodic_count);
        frame.random = random_row(&out, random, air->random_count);
        eml_air_evaluate(air, &frame, values);
        for (size_t i = 0; i < air->main_count; i++) put2(&out, values[air->main_constraints[i].root]);
        for (size_t i = 0; i < air->aux_count; i++) put2(&out, values[air->aux_constraints[i].root]);
    }
    free(values);
    save(folder, "frames.bin", &out);
}

static void export_proofs(const test_fixture *f, const char *folder) {
    for (eml_preset preset = 0; preset < EML_PRESET_COUNT; preset++) {
        char name[64];
        eml_buf proof = {0};
        test_fixture_prove(f, preset, &proof);
        snprintf(name, sizeof name, "proof.%s.bin", eml_preset_params(preset)->name);
        save(folder, name, &proof);
    }
}

static void export_program(const test_fixture *f, const char *dir, bool bench) {
    char folder[512];
    eml_buf air = {0};
    snprintf(folder, sizeof folder, "%s/%s", dir, f->name);
    mkdir(folder, 0755);
    eml_air_print_winterfell(&f->air, &air);
    save(folder, "air.rs", &air);
    export_inputs(&f->claim, folder, "inputs.bin");
    export_trace(f, folder);
    if (!bench) {
        export_frames(f, folder);
        export_proofs(f, folder);
        if (strcmp(f->name, "dot-s4") == 0) export_late_remainder(f, folder);
    }
    puts(f->name);
}

int main(int argc, char **argv) {
    if (argc != 3 || (strcmp(argv[2], "test") != 0 && strcmp(argv[2], "bench") != 0)) {
        fprintf(stderr, "usage: export DIR test|bench\n");
        return 2;
    }
    bool bench = strcmp(argv[2], "bench") == 0;
    for (size_t i = 0; i < (bench ? INTEROP_BENCH_PROGRAMS : TEST_PROGRAMS); i++) {
        test_fixture f;
        if (bench)
            interop_bench_init(&f, i);
        else
            test_fixture_init(&f, test_programs[i].name, test_programs[i].assembly);
        export_program(&f, argv[1], bench);
        test_fixture_free(&f);
    }
    return 0;
}
