/* Provers that follow the protocol but for one lie: what a changed byte cannot show, because everything after the lie
 * is consistent with it. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/prover/phases.h"
#include "tests/negative/late_remainder.h"
#include "tests/negative/subject.h"
#include "tests/support/cmocka.h"

typedef enum lie {
    LIE_NONE,
    LIE_DEEP,       /* another low-degree polynomial than the DEEP composition goes into FRI */
    LIE_FOLD,       /* a layer is not folded from the one before */
    LIE_REMAINDER,  /* the remainder is not folded from the last layer */
    LIE_QUERIES,    /* one position is left out, everywhere */
    LIE_FRI_QUERIES /* a FRI layer opens a row that was not asked for */
} lie;

/* Adds a constant polynomial. */
static void shift(eml_matrix *evaluations) {
    for (size_t i = 0; i < evaluations->rows; i++) {
        eml_fe *cell = eml_matrix_row(evaluations, i);
        cell[0] = eml_fe_add(cell[0], EML_FE_ONE);
    }
}

static void run_fri(eml_prover *p, lie told) {
    uint32_t last = p->layout.fri_layers;
    if (told == LIE_DEEP) shift(&p->fri[0]);
    for (uint32_t layer = 0; layer < last; layer++) {
        eml_prover_commit_fri_layer(p, layer);
        eml_prover_fold_fri_layer(p, layer);
        if (told == LIE_FOLD && layer + 2 == last) shift(&p->fri[layer + 1]);
        if (told == LIE_REMAINDER && layer + 1 == last) shift(&p->fri[last]);
    }
    eml_prover_send_remainder(p);
}

/* Opens the layer's first row once more. */
static void repeat_row(eml_prover *p, uint32_t layer) {
    eml_opened_rows *opening = &p->proof.fri[layer];
    eml_buf *rows = &p->opened[(p->layout.aux_width ? 3 : 2) + layer];
    size_t row_bytes = p->layout.folding * eml_layout_element_bytes(&p->layout);
    uint8_t row[EML_FRI_FOLDING_MAX * 2 * EML_FE_BYTES];
    assert_true(opening->values_len < p->position_count * row_bytes); /* else there is one too many anyway */
    memcpy(row, rows->data, row_bytes);
    eml_buf_put(rows, row, row_bytes);
    opening->values = rows->data;
    opening->values_len = rows->len;
}

static void prove(const test_fixture *f, eml_preset preset, lie told, eml_buf *proof) {
    eml_matrix trace;
    eml_prover p;
    test_fixture_trace(f, TEST_TRACE_SEED, &trace);
    eml_prover_init(&p, &f->air, &f->claim, &trace, eml_preset_params(preset));
    eml_prover_extend_trace(&p);
    eml_prover_commit_trace(&p);
    eml_prover_commit_auxiliary(&p, test_aux_seed);
    eml_prover_evaluate_constraints(&p);
    eml_prover_commit_composition(&p);
    eml_prover_send_out_of_domain(&p);
    eml_prover_compose_deep(&p);
    run_fri(&p, told);
    eml_prover_grind(&p);
    if (told == LIE_QUERIES) p.proof.unique_queries = (uint32_t)--p.position_count;
    eml_prover_open(&p);
    if (told == LIE_FRI_QUERIES) repeat_row(&p, 1);
    eml_stark_proof_encode(&p.proof, &p.layout, p.params, proof);
    eml_prover_free(&p);
}

static void expect(const test_fixture *f, lie told, eml_reject expected) {
    eml_buf proof = {0};
    eml_preset seen;
    prove(f, EML_PRESET_TEST, told, &proof);
    eml_reject reject = eml_stark_verify(&f->air, &f->claim, proof.data, proof.len, 1u << EML_PRESET_TEST, &seen);
    if (reject != expected)
        fail_msg("lie %d: expected %s, got %s", told, eml_reject_name(expected), eml_reject_name(reject));
    eml_buf_free(&proof);
}

static void test_lies(void **state) {
    (void)state;
    test_fixture two_layers, no_layers;
    test_fixture_init_dot(&two_layers, 401, TEST_DOT_PLAIN);
    test_fixture_init(&no_layers, "no layers", test_programs[0].assembly);
    assert_int_equal(eml_layout_of(&two_layers.air, eml_preset_params(EML_PRESET_TEST)).fri_layers, 2);
    expect(&two_layers, LIE_NONE, EML_REJECT_NONE);
    expect(&two_layers, LIE_DEEP, EML_REJECT_DEEP);
    expect(&two_layers, LIE_FOLD, EML_REJECT_FRI_FOLDING);
    expect(&two_layers, LIE_REMAINDER, EML_REJECT_REMAINDER);
    expect(&two_layers, LIE_QUERIES, EML_REJECT_QUERY_POSITIONS);
    expect(&two_layers, LIE_FRI_QUERIES, EML_REJECT_FRI_VALUES);
    expect(&no_layers, LIE_DEEP, EML_REJECT_DEEP);
    test_fixture_free(&two_layers);
    test_fixture_free(&no_layers);
}

/* A false result with a remainder made to measure: all that stands in its way is the remainder's commitment. */
static void test_late_remainder(void **state) {
    (void)state;
    test_fixture f;
    eml_buf proof = {0};
    eml_preset seen;
    test_fixture_init(&f, "late remainder", test_programs[3].assembly);
    eml_claim claim = f.claim;
    claim.stack[0] = eml_fe_add(claim.stack[0], EML_FE_ONE);
    assert_true(late_remainder_prove(&f, &claim, EML_PRESET_STANDARD, &proof));
    assert_int_equal(eml_stark_verify(&f.air, &claim, proof.data, proof.len, 1u << EML_PRESET_STANDARD, &seen),
                     EML_REJECT_REMAINDER_COMMITMENT);
    eml_buf_free(&proof);
    test_fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lies), cmocka_unit_test(test_late_remainder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
