/* The forgeries: one row of a table each. The numbers are those of the list in docs/soundness.md: what the public proof
 * of concept let pass. */
#include <assert.h>
#include <string.h>

#include "runtime/isa/sponge.h"
#include "tests/forgery/forge.h"

/* Every opcode; S = 1, so that a group is a whole cycle. */
static const char every_opcode[] = ".sponges 1\n.stack 11\n.delta 5\n"
                                   "push.3\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\nnoop\nnoop\nnoop\nnoop\n"
                                   "noop\nnoop\nnoop\npush.-11\nsadd\nwrite2\nread\nread\nadd\n";
/* The same with ADD for the first MUL; and with instructions where the first has NOOPs: rows 14 and 15 of the first
 * cycle. */
static const char other_opcode[] = ".sponges 1\n.stack 11\n.delta 5\n"
                                   "push.3\nread\nadd\nwrite\nread2\nread\nsmul\nread2\nadd2\nnoop\nnoop\nnoop\nnoop\n"
                                   "noop\nnoop\nnoop\npush.-11\nsadd\nwrite2\nread\nread\nadd\n";
static const char other_immediate[] =
    ".sponges 1\n.stack 11\n.delta 5\n"
    "push.4\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\nnoop\nnoop\nnoop\nnoop\n"
    "noop\nnoop\nnoop\npush.-11\nsadd\nwrite2\nread\nread\nadd\n";
static const char hidden_in_cycle[] =
    ".sponges 1\n.stack 11\n.delta 5\n"
    "push.3\nread\nmul\nwrite\nread2\nread\nsmul\nread2\nadd2\nnoop\nnoop\nnoop\nnoop\n"
    "noop\npush.3\nsmul\npush.-11\nsadd\nwrite2\nread\nread\nadd\n";
/* plain: two additions, room for padding. */
static const char plain[] = ".sponges 4\n.stack 3\npush.3\nread\nmul\nread\nadd\n";
static const char hidden_in_padding[] = ".sponges 4\n.stack 3\npush.3\nread\nmul\nread\nadd\nnoop\nnoop\nnoop\n"
                                        "noop\nnoop\nnoop\nnoop\npush.9\nadd\n";
static const char two_reads[] = ".sponges 4\n.stack 5\nread\nread\nadd\n";
static const char one_ciphertext[] = ".sponges 4\n.stack 10\npush.7\nread2\n";
/* READ2 comes last, for no_ciphertexts to take away. */
#define FIVE "push.3\npush.3\npush.3\npush.3\npush.3\n"
static const char only_smul[] = ".stack 11\n" FIVE "push.3\nsmul\nread2\n";
static const char only_sadd[] = ".stack 11\n" FIVE "push.3\nsadd\nread2\n";
static const char only_add2[] = ".stack 11\n" FIVE FIVE "add2\nread2\n";
static const char only_write2[] = ".stack 11\n" FIVE "write2\nread2\n";
static const char one_output[] = ".sponges 2\n.stack 2\npush.7\nwrite\n";

/* Row of the first instruction with this opcode. */
static size_t row_of(const run *honest, uint8_t op) {
    size_t row = 0;
    while (honest->program.code[row] != op) row++;
    return row;
}

static eml_fe *cell(const run *honest, size_t row, uint32_t column) {
    return &eml_matrix_row(&honest->trace, row)[column];
}

static void increase(eml_fe *value) { *value = eml_fe_add(*value, EML_FE_ONE); }

void run_restate(run *forged) {
    const eml_shape *shape = &forged->program.shape;
    uint32_t T = eml_shape_code_rows(shape);
    memcpy(forged->claim.stack, cell(forged, T, forged->air.columns.stack), shape->W * sizeof(eml_fe));
    eml_fe *output = forged->tapes[2];
    for (uint32_t row = 0; row < T; row++) {
        uint8_t op = forged->program.code[row];
        size_t count = op == EML_OP_WRITE ? 1 : op == EML_OP_WRITE2 ? EML_CT_ELEMENTS : 0;
        if (count > 0) memcpy(output, cell(forged, row, forged->air.columns.stack), count * sizeof *output);
        output += count;
    }
}

static eml_fe a_of(eml_fe b3, eml_fe b1) { return eml_fe_mul(b3, eml_fe_sub(EML_FE_ONE, b1)); }

/* 1: opcode bits that are no bits, with the right opcode word. The row does something else than its opcode says. */
static void forge_bits(run *forged, uint8_t op, const eml_fe bits[5]) {
    size_t row = row_of(forged, op);
    for (uint32_t i = 0; i < 5; i++) *cell(forged, row, forged->air.columns.bit4 + i) = bits[i];
    *cell(forged, row, forged->air.columns.a) = a_of(bits[1], bits[3]);
    forge_stack(&forged->air, &forged->trace, row + 1);
    run_restate(forged);
}

static void add_as_noop(run *forged) {
    forge_bits(forged, EML_OP_ADD, (const eml_fe[5]){{0, 0}, {0, 0}, {2, 0}, {0, 0}, {0, 0}});
}

static void mul_as_noop(run *forged) {
    forge_bits(forged, EML_OP_MUL, (const eml_fe[5]){{0, 0}, {0, 0}, {0, 0}, {0, 0}, {9, 0}});
}

static void half_a_push(run *forged) {
    eml_fe half = eml_fe_inv(eml_fe_from_u64(2));
    forge_bits(forged, EML_OP_ADD, (const eml_fe[5]){half, {0, 0}, {0, 0}, {0, 0}, {0, 0}});
}

/* A column a that its bits do not say: the flags, which are made of it, say another instruction. */
static void forge_a(run *forged, uint8_t op, eml_fe a) {
    size_t row = row_of(forged, op);
    *cell(forged, row, forged->air.columns.a) = a;
    forge_stack(&forged->air, &forged->trace, row + 1);
    run_restate(forged);
}

static void add_as_sadd(run *forged) { forge_a(forged, EML_OP_ADD, EML_FE_ZERO); }
static void sadd_as_add(run *forged) { forge_a(forged, EML_OP_SADD, EML_FE_ONE); }
static void noop_as_add(run *forged) { forge_a(forged, EML_OP_NOOP, eml_fe_from_u64(7)); }

/* 2 and 3: a register of one's choice after an instruction; the rest follows from it. */
static void forge_register(run *forged, uint8_t op, uint32_t i) {
    size_t row = row_of(forged, op) + 1;
    increase(cell(forged, row, forged->air.columns.stack + i));
    forge_stack(&forged->air, &forged->trace, row + 1);
    run_restate(forged);
}

static void below_add(run *forged) { forge_register(forged, EML_OP_ADD, 2); }
static void below_mul(run *forged) { forge_register(forged, EML_OP_MUL, 1); }
static void below_push(run *forged) { forge_register(forged, EML_OP_PUSH, 1); }
static void below_read(run *forged) { forge_register(forged, EML_OP_READ, 2); }
static void below_read2(run *forged) { forge_register(forged, EML_OP_READ2, 6); }
static void after_write(run *forged) { forge_register(forged, EML_OP_WRITE, 0); }
static void after_write2(run *forged) { forge_register(forged, EML_OP_WRITE2, 3); }
static void after_noop(run *forged) { forge_register(forged, EML_OP_NOOP, 4); }
static void read_value(run *forged) { forge_register(forged, EML_OP_READ, 0); }
static void read2_mask(run *forged) { forge_register(forged, EML_OP_READ2, 2); }
static void read2_body(run *forged) { forge_register(forged, EML_OP_READ2, 4); }
static void written_value(run *forged) { increase(&forged->tapes[2][0]); }
static void written_body(run *forged) { increase(&forged->tapes[2][5]); }

/* 4: a ciphertext whose elements change but keep their sum. */
static void forge_sum(run *forged, uint8_t op) {
    eml_fe *last = cell(forged, row_of(forged, op) + 1, forged->air.columns.stack + 4);
    *last = eml_fe_sub(*last, EML_FE_ONE);
    forge_register(forged, op, 0);
}

static void sadd_sum(run *forged) { forge_sum(forged, EML_OP_SADD); }
static void smul_sum(run *forged) { forge_sum(forged, EML_OP_SMUL); }
static void add2_sum(run *forged) { forge_sum(forged, EML_OP_ADD2); }

/* 5 and 11: runs other code, with the sponges and digests of the honest program. */
static void run_instead(run *forged, const char *assembly) {
    run other;
    run_build(assembly, &other);
    assert(eml_shape_eq(&other.program.shape, &forged->program.shape));
    memcpy(other.claim.digests, forged->claim.digests, sizeof other.claim.digests);
    uint32_t first = forged->air.columns.sponge, count = forged->air.columns.stack - first;
    for (size_t row = 0; row < other.trace.rows; row++)
        memcpy(cell(&other, row, first), cell(forged, row, first), count * sizeof(eml_fe));
    run_free(forged);
    *forged = other;
}

static void hash_off_opcode(run *forged) { run_instead(forged, other_opcode); }
static void hash_off_immediate(run *forged) { run_instead(forged, other_immediate); }
static void unhashed_cycle_rows(run *forged) { run_instead(forged, hidden_in_cycle); }
static void unhashed_padding(run *forged) { run_instead(forged, hidden_in_padding); }

/* The only sponge, from row to row + 1. */
static void step_sponge(const eml_program *program, uint32_t row, eml_fe state[EML_RESCUE_WIDTH]) {
    uint32_t phase = eml_sponge_phase(&program->shape, 0, row), group = row / eml_shape_group(&program->shape);
    if (phase != EML_SPONGE_ABSORB) {
        if (phase != EML_SPONGE_HOLD) eml_rescue_round(state, phase - 1);
    } else if (row < eml_shape_code_rows(&program->shape)) {
        state[0] = eml_fe_add(state[0], program->immediates[group]);
        state[1] = eml_fe_add(state[1], eml_program_opword(program, group));
    }
}

/* 6: the capacity starts from zero again at the first absorption. */
static void capacity_reset(run *forged) {
    uint32_t column = forged->air.columns.sponge;
    eml_fe state[EML_RESCUE_WIDTH] = {{0}};
    memcpy(state, cell(forged, EML_CYCLE, column), EML_RESCUE_RATE * sizeof *state);
    for (uint32_t row = EML_CYCLE; row + 1 < forged->trace.rows; row++) {
        memcpy(cell(forged, row, column), state, sizeof state);
        step_sponge(&forged->program, row, state);
    }
    memcpy(forged->claim.digests[0], cell(forged, eml_shape_digest_row(&forged->program.shape, 0), column),
           sizeof forged->claim.digests[0]);
}

/* 7: a claim of which only half is checked. */
static void wrong_top(run *forged) { increase(&forged->claim.stack[0]); }
static void wrong_second(run *forged) { increase(&forged->claim.stack[1]); }
static void wrong_deepest(run *forged) { increase(&forged->claim.stack[10]); }
static void wrong_digest(run *forged) { increase(&forged->claim.digests[0][0]); }
static void wrong_digest_half(run *forged) { increase(&forged->claim.digests[0][1]); }
static void wrong_last_digest(run *forged) { increase(&forged->claim.digests[3][1]); }

/* A tape that the agreed shape does not have: its instructions move values of the prover's choice. */
static void hidden_read(run *forged) { forged->claim.shape.public_len = 0; }
static void hidden_read2(run *forged) { forged->claim.shape.secret_len = 0; }
static void hidden_write(run *forged) { forged->claim.shape.output_len = 0; }

/* A program that computes on ciphertexts which it made of plain values, run as it says. No checked program is one. */
static void no_ciphertexts(run *forged) {
    forged->program.code[row_of(forged, EML_OP_READ2)] = EML_OP_NOOP;
    forged->program.shape.secret_len = 0;
    run_again(forged);
}

static const struct {
    const char *name, *assembly;
    void (*forge)(run *forged);
    const char *violated;
} table[] = {
    {"1 ADD skipped by b2 = 2", every_opcode, add_as_noop, "decoder.b2 boolean"},
    {"1 MUL skipped by b0 = 9", every_opcode, mul_as_noop, "decoder.b0 boolean"},
    {"1 half a PUSH for an ADD", every_opcode, half_a_push, "decoder.b4 boolean"},
    {"1 ADD runs as SADD by a = 0", every_opcode, add_as_sadd, "decoder.a"},
    {"1 SADD runs as ADD by a = 1", every_opcode, sadd_as_add, "decoder.a"},
    {"1 NOOP does more by a = 7", every_opcode, noop_as_add, "decoder.a"},
    {"2 a register below ADD", every_opcode, below_add, "stack.s2"},
    {"2 a register below MUL", every_opcode, below_mul, "stack.s1"},
    {"2 a register below PUSH", every_opcode, below_push, "stack.s1"},
    {"2 a register below READ", every_opcode, below_read, "stack.s2"},
    {"2 a register below READ2", every_opcode, below_read2, "stack.s6"},
    {"2 the top after WRITE", every_opcode, after_write, "stack.s0"},
    {"2 a register after WRITE2", every_opcode, after_write2, "stack.s3"},
    {"2 a register after NOOP", every_opcode, after_noop, "stack.s4"},
    {"3 another public value", every_opcode, read_value, "acc_in at T"},
    {"3 another ciphertext mask", every_opcode, read2_mask, "acc_ct at T"},
    {"3 another ciphertext body", every_opcode, read2_body, "acc_ct at T"},
    {"3 another written value", every_opcode, written_value, "acc_out at T"},
    {"3 another written ciphertext", every_opcode, written_body, "acc_out at T"},
    {"4 SADD keeps only the sum", every_opcode, sadd_sum, "stack.s0"},
    {"4 SMUL keeps only the sum", every_opcode, smul_sum, "stack.s0"},
    {"4 ADD2 keeps only the sum", every_opcode, add2_sum, "stack.s0"},
    {"5 an opcode that is not hashed", every_opcode, hash_off_opcode, "sponge0.h1"},
    {"5 an immediate that is not hashed", every_opcode, hash_off_immediate, "sponge0.h0"},
    {"6 the capacity is reset", every_opcode, capacity_reset, "sponge0.h2"},
    {"7 wrong top of the final stack", every_opcode, wrong_top, "s0 at T"},
    {"7 wrong second register", every_opcode, wrong_second, "s1 at T"},
    {"7 wrong deepest register", every_opcode, wrong_deepest, "s10 at T"},
    {"7 wrong digest", every_opcode, wrong_digest, "sponge0[0] at digest row"},
    {"7 wrong second half of a digest", every_opcode, wrong_digest_half, "sponge0[1] at digest row"},
    {"7 wrong last digest", plain, wrong_last_digest, "sponge3[1] at digest row"},
    {"11 rows 14 and 15 run unhashed", every_opcode, unhashed_cycle_rows, "sponge0.h1"},
    {"11 padding runs unhashed", plain, unhashed_padding, "sponge3.h0"},
    {"a READ without a public tape", two_reads, hidden_read, "tapes.no public tape"},
    {"a READ2 without a secret tape", one_ciphertext, hidden_read2, "tapes.no secret tape"},
    {"an SMUL without a secret tape", only_smul, no_ciphertexts, "tapes.no smul"},
    {"an SADD without a secret tape", only_sadd, no_ciphertexts, "tapes.no sadd or add2"},
    {"an ADD2 without a secret tape", only_add2, no_ciphertexts, "tapes.no sadd or add2"},
    {"a WRITE2 without a secret tape", only_write2, no_ciphertexts, "tapes.no write2"},
    {"a WRITE without an output tape", one_output, hidden_write, "tapes.no output tape"},
};

size_t forgery_count(void) { return sizeof table / sizeof *table; }

void forgery_build(size_t index, forgery *out) {
    run forged;
    run_build(table[index].assembly, &forged);
    table[index].forge(&forged);
    *out = (forgery){
        .name = table[index].name, .violated = table[index].violated, .claim = forged.claim, .trace = forged.trace};
    memcpy(out->tapes, forged.tapes, sizeof out->tapes);
    eml_program_free(&forged.program);
    eml_air_free(&forged.air);
}
