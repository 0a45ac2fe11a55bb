#include "tests/forgery/forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/isa/commitment.h"
#include "runtime/isa/instructions.h"
#include "tests/support/random.h"

static const uint8_t seed[32] = {0x5e, 0xed};

static void free_tapes(eml_fe *tapes[3]) {
    for (size_t i = 0; i < 3; i++) eml_free(tapes[i]);
}

static eml_fe *random_tape(uint64_t count) {
    eml_fe *tape = eml_alloc(count, sizeof *tape);
    for (uint64_t i = 0; i < count; i++) tape[i] = eml_fe_canon(test_random_fe());
    return tape;
}

static void run_program(run *out) {
    const eml_shape *shape = &out->program.shape;
    out->tapes[0] = random_tape(shape->public_len);
    out->tapes[1] = random_tape(EML_CT_ELEMENTS * shape->secret_len);
    eml_fe *committed = random_tape(eml_shape_committed(shape)), *salts = random_tape(2);
    eml_tapes tapes = {
        .public_tape = out->tapes[0], .secret_tape = out->tapes[1], .committed = committed, .commitment_salts = salts};
    eml_outcome outcome;
    eml_vm_trace(&out->program, &tapes, seed, &out->trace, &outcome);
    out->tapes[2] = outcome.output_tape;
    out->claim = (eml_claim){
        .shape = *shape, .public_tape = out->tapes[0], .secret_tape = out->tapes[1], .output_tape = out->tapes[2]};
    eml_program_sponge_digests(&out->program, out->claim.digests);
    memcpy(out->claim.stack, outcome.stack, sizeof outcome.stack);
    if (eml_shape_is_committed(shape))
        eml_commitment_of(shape->schema, salts, committed, eml_shape_committed(shape), out->claim.commitment);
    eml_free(committed);
    eml_free(salts);
    eml_air_build(shape, &out->air);
}

void run_build(const char *assembly, run *out) {
    *out = (run){0};
    eml_assembly parsed;
    eml_error err;
    if (eml_asm_parse(assembly, strlen(assembly), &parsed, &err) != EML_OK ||
        eml_program_lay_out(&parsed.list, &parsed.layout, &out->program, &err) != EML_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    eml_instructions_free(&parsed.list);
    run_program(out);
}

static void free_traces(run *honest) {
    eml_air_free(&honest->air);
    eml_matrix_free(&honest->trace);
    free_tapes(honest->tapes);
}

void run_again(run *out) {
    free_traces(out);
    eml_free(out->program.kept.states); /* of the code before */
    out->program.kept.states = NULL;
    run_program(out);
}

void run_free(run *honest) {
    eml_program_free(&honest->program);
    free_traces(honest);
}

void forgery_free(forgery *forged) {
    eml_matrix_free(&forged->trace);
    free_tapes(forged->tapes);
}

/* The value of a main constraint on the transition out of row. */
static eml_fe constraint_value(const eml_air *air, const eml_matrix *trace, uint32_t root, size_t row,
                               eml_fe2 *values) {
    eml_fe2 *cells = eml_alloc(2 * trace->width + air->periodic_count, sizeof *cells);
    eml_fe2 *periodic = cells + 2 * trace->width;
    for (size_t i = 0; i < 2 * trace->width; i++) cells[i] = eml_fe2_from_base(eml_matrix_row(trace, row)[i]);
    for (size_t i = 0; i < air->periodic_count; i++)
        periodic[i] = eml_fe2_from_base(air->periodic[i].values[row % air->periodic[i].cycle]);
    const eml_fe2 zeros[3] = {EML_FE2_ZERO, EML_FE2_ZERO,
                              EML_FE2_ZERO}; /* the roots asked for read no aux, no challenge */
    eml_frame frame = {cells, cells + trace->width, zeros, zeros, periodic, zeros};
    eml_air_evaluate(air, &frame, values);
    eml_free(cells);
    return values[root].a;
}

static uint32_t root_of(const eml_air *air, const char *label) {
    for (size_t i = 0; i < air->main_count; i++)
        if (strcmp(air->main_constraints[i].label, label) == 0) return air->main_constraints[i].root;
    fprintf(stderr, "no constraint %s\n", label);
    abort();
}

void forge_column(const eml_air *air, eml_matrix *trace, const char *label, uint32_t column, size_t first,
                  size_t last) {
    uint32_t root = root_of(air, label);
    eml_fe2 *values = eml_alloc(air->node_count, sizeof *values);
    for (size_t row = first; row <= last; row++) {
        eml_fe *cell = &eml_matrix_row(trace, row)[column], kept = *cell;
        *cell = EML_FE_ZERO;
        eml_fe at_zero = constraint_value(air, trace, root, row - 1, values);
        *cell = EML_FE_ONE;
        eml_fe fall = eml_fe_sub(at_zero, constraint_value(air, trace, root, row - 1, values));
        *cell = eml_fe_is_zero(fall) ? kept : eml_fe_mul(at_zero, eml_fe_inv(fall));
    }
    eml_free(values);
}

void forge_stack(const eml_air *air, eml_matrix *trace, size_t first) {
    for (size_t row = first; row + 1 < trace->rows; row++) {
        forge_column(air, trace, "stack.depth", air->columns.depth, row, row);
        for (uint32_t i = 0; i < air->shape.W; i++) {
            char label[] = "stack.s15";
            label[7] = (char)(i < 10 ? '0' + i : '1');
            label[8] = (char)(i < 10 ? '\0' : '0' + i - 10);
            forge_column(air, trace, label, air->columns.stack + i, row, row);
        }
    }
}
