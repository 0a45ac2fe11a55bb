/* The VM and its constraints against vectors from an independent implementation (tests/kat/vm.json). */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "runtime/isa/every_op.h"
#include "runtime/vm/vm.h"
#include "tests/kat/vm_vectors.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static const uint8_t seed[32] = {1};
static const eml_fe2 alpha = {{12345, 678}, {9, 10}};

static void assert_fe(eml_fe got, eml_fe want) { assert_true(eml_fe_eq(got, want)); }

static void check_vector(const vm_vector *v) {
    eml_error err = {0};
    if (eml_program_check(&v->program, &err) != EML_OK) fail_msg("%s: %s", v->name, err.text);
    const eml_shape *shape = &v->program.shape;
    eml_matrix trace;
    eml_outcome traced, run;
    eml_vm_run(&v->program, &v->tapes, &run);
    eml_vm_trace(&v->program, &v->tapes, seed, &trace, &traced);
    assert_int_equal(run.depth, v->depth);
    assert_int_equal(traced.depth, v->depth);
    eml_columns c = eml_columns_of(shape);
    for (uint32_t i = 0; i < shape->W; i++) {
        assert_fe(run.stack[i], v->stack[i]);
        assert_fe(eml_matrix_row(&trace, eml_shape_code_rows(shape))[c.stack + i], v->stack[i]);
    }
    for (uint64_t i = 0; i < shape->output_len; i++) {
        assert_fe(run.output_tape[i], v->output_tape[i]);
        assert_fe(traced.output_tape[i], v->output_tape[i]);
    }
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_program program = v->program; /* for kept states of its own */
    eml_program_sponge_digests(&program, digests);
    eml_free(program.kept.states);
    for (uint32_t k = 0; k < shape->S; k++) {
        for (uint32_t i = 0; i < EML_RESCUE_DIGEST; i++) {
            assert_fe(digests[k][i], v->digests[k][i]);
            assert_fe(eml_matrix_row(&trace, eml_shape_digest_row(shape, k))[c.sponge + 4 * k + i], v->digests[k][i]);
        }
        for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++)
            assert_fe(eml_matrix_row(&trace, 5)[c.sponge + 4 * k + i], v->state_at_5[k][i]);
    }
    eml_air air;
    eml_air_build(shape, &air);
    eml_matrix aux;
    eml_air_build_aux(&air, &trace, alpha, seed, &aux);
    eml_claim claim = vm_vector_claim(v);
    size_t row;
    const char *violated = eml_air_check_trace(&air, &claim, &trace, &aux, alpha, &row);
    if (violated) fail_msg("%s: row %zu violates %s", v->name, row, violated);
    eml_matrix_free(&aux);
    eml_air_free(&air);
    eml_matrix_free(&trace);
    eml_outcome_free(&traced);
    eml_outcome_free(&run);
}

static void test_vectors(void **state) {
    (void)state;
    vm_vectors vectors;
    vm_vectors_load(&vectors);
    assert_int_equal(vectors.count, 9);
    for (size_t i = 0; i < vectors.count; i++) check_vector(&vectors.items[i]);
    vm_vectors_free(&vectors);
}

/* The last row is random, depends on the seed, and on nothing else. */
static void test_last_row(void **state) {
    (void)state;
    vm_vectors vectors;
    vm_vectors_load(&vectors);
    const vm_vector *v = &vectors.items[0];
    const uint8_t other_seed[32] = {2};
    eml_matrix first, again, other;
    eml_outcome outcome;
    eml_vm_trace(&v->program, &v->tapes, seed, &first, &outcome);
    eml_vm_trace(&v->program, &v->tapes, seed, &again, &outcome);
    eml_vm_trace(&v->program, &v->tapes, other_seed, &other, &outcome);
    size_t head = (first.rows - 1) * first.width;
    assert_memory_equal(first.cells, again.cells, first.rows * first.width * sizeof(eml_fe));
    assert_memory_equal(first.cells, other.cells, head * sizeof(eml_fe));
    for (size_t i = 0; i < first.width; i++) assert_false(eml_fe_eq(first.cells[head + i], other.cells[head + i]));
    eml_matrix_free(&first);
    eml_matrix_free(&again);
    eml_matrix_free(&other);
    vm_vectors_free(&vectors);
}

/* The instructions' meaning written plainly: a stack as a list, top at the end. */
typedef struct list_machine {
    eml_fe items[EML_STACK_MAX];
    size_t depth;
    const eml_fe *public_next, *secret_next;
    eml_fe committed; /* the only one: read again and again */
    eml_fe output[5 * 256];
    size_t written;
} list_machine;

static eml_fe pop(list_machine *m) { return m->items[--m->depth]; }
static void push(list_machine *m, eml_fe value) { m->items[m->depth++] = value; }

static void pop_ciphertext(list_machine *m, eml_fe ct[5]) {
    for (size_t i = 0; i < 5; i++) ct[i] = pop(m);
}

static void push_ciphertext(list_machine *m, const eml_fe ct[5]) {
    for (size_t i = 5; i-- > 0;) push(m, ct[i]);
}

static void list_step(list_machine *m, eml_op op, eml_fe immediate, eml_fe delta) {
    eml_fe a, ct[5], other[5];
    switch (op) {
    case EML_OP_NOOP: break;
    case EML_OP_PUSH: push(m, immediate); break;
    case EML_OP_READ: push(m, *m->public_next++); break;
    case EML_OP_READ2: push_ciphertext(m, m->secret_next), m->secret_next += 5; break;
    case EML_OP_READ3: push(m, m->committed); break;
    case EML_OP_ADD: a = pop(m), push(m, eml_fe_add(a, pop(m))); break;
    case EML_OP_MUL: a = pop(m), push(m, eml_fe_mul(a, pop(m))); break;
    case EML_OP_SADD:
        a = pop(m), pop_ciphertext(m, ct);
        ct[4] = eml_fe_add(ct[4], eml_fe_mul(delta, a));
        push_ciphertext(m, ct);
        break;
    case EML_OP_ADD2:
        pop_ciphertext(m, ct), pop_ciphertext(m, other);
        for (size_t i = 0; i < 5; i++) ct[i] = eml_fe_add(ct[i], other[i]);
        push_ciphertext(m, ct);
        break;
    case EML_OP_SMUL:
        a = pop(m), pop_ciphertext(m, ct);
        for (size_t i = 0; i < 5; i++) ct[i] = eml_fe_mul(ct[i], a);
        push_ciphertext(m, ct);
        break;
    case EML_OP_WRITE: m->output[m->written++] = pop(m); break;
    case EML_OP_WRITE2:
        pop_ciphertext(m, ct);
        for (size_t i = 0; i < 5; i++) m->output[m->written++] = ct[i];
        break;
    }
}

/* length instructions that keep within 16 registers, deep stacks included, since every opcode is as likely where it is
 * allowed: what works on ciphertexts after one was read. */
static void random_instructions(eml_instructions *list, size_t length) {
    static const struct {
        eml_op op;
        uint32_t pops, pushes;
    } ops[] = {
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning) {EML_OP_##NAME, pops, pushes},
#include "runtime/isa/op.def"
#undef OP
    };
    uint32_t depth = 0;
    bool has_read = false;
    while (list->count < length) {
        size_t i = test_random() % (sizeof ops / sizeof *ops);
        if (ops[i].pops >= EML_CT_ELEMENTS && !has_read) continue;
        if (ops[i].op == EML_OP_READ3) continue; /* unit committed */
        if (depth < ops[i].pops || depth - ops[i].pops + ops[i].pushes > EML_STACK_MAX) continue;
        depth = depth - ops[i].pops + ops[i].pushes;
        has_read |= ops[i].op == EML_OP_READ2;
        eml_fe immediate = ops[i].op == EML_OP_PUSH ? eml_fe_from_u64(test_random() % 3) : EML_FE_ZERO;
        eml_instructions_append(list, ops[i].op, immediate);
    }
}

static void check_random_program(uint32_t S) {
    eml_instructions list = {0};
    random_instructions(&list, 1 + test_random() % 100);
    eml_fe delta = test_random_fe(), public_tape[100], secret_tape[500];
    for (size_t i = 0; i < 100; i++) public_tape[i] = test_random_fe();
    for (size_t i = 0; i < 500; i++) secret_tape[i] = test_random_fe();
    eml_program program;
    assert_int_equal(eml_program_lay_out(&list, &(eml_layout_options){.S = S, .delta = delta}, &program, NULL), EML_OK);
    list_machine m = {.public_next = public_tape, .secret_next = secret_tape};
    for (size_t i = 0; i < list.count; i++) list_step(&m, (eml_op)list.items[i].op, list.items[i].immediate, delta);
    eml_tapes tapes = {.public_tape = public_tape, .secret_tape = secret_tape};
    eml_matrix trace, aux;
    eml_outcome outcome;
    eml_vm_trace(&program, &tapes, seed, &trace, &outcome);
    assert_int_equal(outcome.depth, m.depth);
    for (size_t i = 0; i < program.shape.W; i++)
        assert_fe(outcome.stack[i], i < m.depth ? m.items[m.depth - 1 - i] : EML_FE_ZERO);
    assert_int_equal(program.shape.output_len, m.written);
    for (size_t i = 0; i < m.written; i++) assert_fe(outcome.output_tape[i], m.output[i]);
    eml_air air;
    eml_air_build(&program.shape, &air);
    eml_claim claim = {.shape = program.shape,
                       .public_tape = public_tape,
                       .secret_tape = secret_tape,
                       .output_tape = outcome.output_tape};
    eml_program_sponge_digests(&program, claim.digests);
    memcpy(claim.stack, outcome.stack, sizeof claim.stack);
    eml_air_build_aux(&air, &trace, alpha, seed, &aux);
    size_t row;
    const char *violated = eml_air_check_trace(&air, &claim, &trace, &aux, alpha, &row);
    if (violated) fail_msg("row %zu violates %s", row, violated);
    eml_matrix_free(&aux);
    eml_air_free(&air);
    eml_matrix_free(&trace);
    eml_outcome_free(&outcome);
    eml_program_free(&program);
    eml_instructions_free(&list);
}

/* Random programs run as the plain meaning says, and their traces satisfy the constraints. */
static void test_random_programs(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 60; i++) check_random_program(1u << i % 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_last_row),
                                       cmocka_unit_test(test_random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
