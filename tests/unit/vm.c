/* The VM and its constraints against vectors from an independent implementation (tests/kat/vm.json). */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/base/memory.h"
#include "runtime/vm/vm.h"
#include "tests/kat/vm_vectors.h"
#include "tests/support/cmocka.h"

static const uint8_t seed[32] = {1};
static const eml_fe2 alpha = {{12345, 678}, {9, 10}};

static void assert_fe(eml_fe got, eml_fe want) { assert_true(eml_fe_eq(got, want)); }

static void check_vector(const vm_vector *v) {
    eml_error err = {{0}};
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
    eml_program_sponge_digests(&v->program, digests);
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_last_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
