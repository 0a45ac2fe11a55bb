#include "tests/support/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/commitment.h"
#include "runtime/isa/instructions.h"
#include "runtime/stark/prover/prover.h"
#include "tests/support/random.h"

#define DOT4(a, b, c, d)                                                                                               \
    "push." a "\nread\nmul\nadd\npush." b "\nread\nmul\nadd\npush." c "\nread\nmul\nadd\npush." d "\nread\nmul\nadd\n"
#define DOT20(a)                                                                                                       \
    DOT4(a, "2", "3", "4")                                                                                             \
    DOT4("5", "6", "7", "8") DOT4("9", "10", "11", "12") DOT4("13", "14", "15", "16") DOT4("17", "18", "19", "20")
#define EVERY_OPCODE                                                                                                   \
    "read2\nread\nsmul\nread2\npush.3\nsmul\nadd2\nread\nsadd\nwrite2\npush.5\nread\nmul\npush.-"                      \
    "7\nadd\nnoop\nwrite\nread\n"

const test_program test_programs[TEST_PROGRAMS] = {
    {"no-tape", ".sponges 1\n.stack 2\npush.3\npush.4\nmul\n"},
    {"dot-s1", ".sponges 1\n.stack 16\npush.-1\n" DOT20("1")},
    {"dot-s2", ".sponges 2\n.stack 4\npush.1\n" DOT20("101")},
    {"dot-s4", ".sponges 4\n.stack 3\npush.1\n" DOT20("-101")},
    {"outputs-s4",
     ".sponges 4\npush.1\n" DOT4("2", "3", "4", "5") "write\npush.9\nread\nmul\nwrite\npush.8\nread\nadd\nwrite\n"},
    {"every-opcode-s1", ".sponges 1\n.delta 65536\n" EVERY_OPCODE},
    {"every-opcode-s4", ".sponges 4\n.stack 11\n.delta 65537\n" EVERY_OPCODE},
    {"hidden-s1", ".sponges 1\n.stack 5\n.form 1\n.salt 77\n.salt -78\npush.-1\n" DOT20("1")},
    {"hidden-s4",
     ".sponges 4\n.form 1\n.salt 1\n.salt 2\n.salt 3\n.salt 4\n.salt 5\n.salt 6\n.salt 7\n.salt 8\npush.1\n" DOT4(
         "2", "3", "4", "5") "write\npush.9\nread\nmul\nwrite\npush.8\nread\nadd\nwrite\n"},
    {"committed-s1",
     ".sponges 1\n.stack 7\n.form 1\n.schema 101\n.schema -102\n.salt 5\n.salt 6\npush.3\nread3\nmul\nread3\nadd\n"
     "push.-7\nread3\nmul\nadd\nread\nadd\n"},
    {"committed-s4", ".sponges 4\n.form 1\n.schema 1\n.schema 2\npush.1\nread3\nmul\npush.2\nread3\nmul\nadd\nwrite\n"
                     "push.3\nread3\nmul\npush.0\nread3\nmul\nadd\nwrite\nread3\nread3\nmul\nwrite\n"},
};

const uint8_t test_aux_seed[32] = {2};

static void die(const char *what, const eml_error *err) {
    fprintf(stderr, "fixture %s: %s\n", what, err->text);
    exit(1);
}

static eml_fe *random_elements(size_t count) {
    eml_fe *elements = eml_alloc(count, sizeof *elements);
    for (size_t i = 0; i < count; i++) elements[i] = test_random_fe();
    return elements;
}

/* Runs fixture->program and writes down the truth. */
static void run(test_fixture *f) {
    const eml_shape *shape = &f->program.shape;
    eml_air_build(shape, &f->air);
    test_random_state = shape->n; /* tapes do not depend on what ran before */
    f->public_tape = random_elements(shape->public_len);
    f->secret_tape = random_elements(EML_CT_ELEMENTS * shape->secret_len);
    f->committed = random_elements(eml_shape_committed(shape));
    f->commitment_salts[0] = test_random_fe(), f->commitment_salts[1] = test_random_fe();
    eml_tapes tapes = test_fixture_tapes(f);
    eml_vm_run(&f->program, &tapes, &f->outcome);
    f->claim = (eml_claim){.shape = *shape,
                           .public_tape = f->public_tape,
                           .secret_tape = f->secret_tape,
                           .output_tape = f->outcome.output_tape};
    eml_program_sponge_digests(&f->program, f->claim.digests);
    if (eml_shape_is_committed(shape))
        eml_commitment_of(shape->schema, f->commitment_salts, f->committed, eml_shape_committed(shape),
                          f->claim.commitment);
    memcpy(f->claim.stack, f->outcome.stack, sizeof f->claim.stack);
}

eml_tapes test_fixture_tapes(const test_fixture *f) {
    return (eml_tapes){f->public_tape, f->secret_tape, f->committed, f->commitment_salts,
                       (const eml_fe(*)[EML_RESCUE_WIDTH])f->commitment_states};
}

void test_fixture_init(test_fixture *f, const char *name, const char *text) {
    eml_error err = {0};
    eml_assembly assembly;
    *f = (test_fixture){.name = name};
    if (eml_asm_parse(text, strlen(text), &assembly, &err) != EML_OK) die(name, &err);
    if (eml_program_lay_out(&assembly.list, &assembly.layout, &f->program, &err) != EML_OK) die(name, &err);
    eml_instructions_free(&assembly.list);
    run(f);
}

static bool hides(test_dot kind) { return kind == TEST_DOT_HIDDEN || kind == TEST_DOT_COMMITTED; }

static void append_term(eml_instructions *list, size_t i, test_dot kind) {
    eml_fe weight = eml_fe_from_u64(3 * i + 7);
    if (kind == TEST_DOT_ENCRYPTED) {
        eml_instructions_append(list, EML_OP_READ2, EML_FE_ZERO);
        eml_instructions_append(list, EML_OP_PUSH, weight);
        eml_instructions_append(list, EML_OP_SMUL, EML_FE_ZERO);
        if (i > 0) eml_instructions_append(list, EML_OP_ADD2, EML_FE_ZERO);
        return;
    }
    if (hides(kind))
        eml_instructions_append_hidden(list, weight);
    else
        eml_instructions_append(list, EML_OP_PUSH, weight);
    bool committed = kind == TEST_DOT_COMMITTED && i % 2 == 0;
    eml_instructions_append(list, committed ? EML_OP_READ3 : EML_OP_READ, EML_FE_ZERO);
    eml_instructions_append(list, EML_OP_MUL, EML_FE_ZERO);
    if (i > 0) eml_instructions_append(list, EML_OP_ADD, EML_FE_ZERO);
}

void test_fixture_init_dot(test_fixture *f, size_t terms, test_dot kind) {
    static const char *const names[] = {"plain dot", "encrypted dot", "hidden dot", "committed dot"};
    eml_error err = {0};
    eml_instructions list = {0};
    eml_layout_options options = {.S = EML_SPONGES_MAX, .delta = EML_FE_ONE};
    *f = (test_fixture){.name = names[kind]};
    for (size_t i = 0; i < terms; i++) append_term(&list, i, kind);
    if (hides(kind)) options.form = EML_FORM_HIDDEN, options.salted = 1;
    if (kind == TEST_DOT_COMMITTED) options.schema[0] = EML_FE_ONE;
    for (uint32_t i = 0; i < 2 * EML_SPONGES_MAX; i++) options.salts[i] = eml_fe_from_u64(i + 1);
    if (eml_program_lay_out(&list, &options, &f->program, &err) != EML_OK) die(f->name, &err);
    eml_instructions_free(&list);
    run(f);
}

void test_fixture_keep_states(test_fixture *f) {
    const eml_shape *shape = &f->program.shape;
    uint32_t rows = shape->n - eml_shape_free_rows(shape);
    if (!eml_shape_is_committed(shape)) return;
    f->commitment_states = eml_alloc(rows, sizeof *f->commitment_states);
    eml_data_sponge_start(shape, f->commitment_states[0]);
    eml_data_sponge_run(shape, f->commitment_salts, f->committed, 0, rows - 1, f->commitment_states);
}

void test_fixture_free(test_fixture *f) {
    eml_program_free(&f->program);
    eml_air_free(&f->air);
    eml_free(f->public_tape);
    eml_free(f->secret_tape);
    eml_free(f->committed);
    eml_free(f->commitment_states);
    eml_outcome_free(&f->outcome);
    *f = (test_fixture){0};
}

void test_fixture_trace(const test_fixture *f, uint8_t seed, eml_matrix *trace) {
    const uint8_t seeds[32] = {seed};
    eml_outcome outcome;
    eml_tapes tapes = test_fixture_tapes(f);
    eml_vm_trace(&f->program, &tapes, seeds, trace, &outcome);
    eml_outcome_free(&outcome);
}

void test_fixture_prove(const test_fixture *f, eml_preset preset, eml_buf *proof) {
    eml_matrix trace;
    eml_error err;
    test_fixture_trace(f, TEST_TRACE_SEED, &trace);
    if (eml_stark_prove(&f->air, &f->claim, &trace, eml_preset_params(preset), test_aux_seed, proof, NULL, &err) !=
        EML_OK)
        die(f->name, &err);
}
