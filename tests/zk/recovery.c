/* The thief: takes the weights out of proofs by linear algebra. A proof opens the column `imm` at its queries and at z
 * and g z. Each value is an equation about the column's cells, of which all are known but the groups' immediates and
 * the random rows. What the equations determine is what a proof gives away of this column. */
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/prover/prover.h"
#include "tests/support/cmocka.h"
#include "tests/zk/view.h"

/* Equations: coefficients of the unknowns, then the value. Unknowns: immediates of all groups, then random rows. */
typedef struct equations {
    const test_fixture *program;
    bool tail_known; /* random rows are 0 */
    size_t groups, unknowns, count, room;
    eml_fe *rows;
} equations;

static void equations_init(equations *e, const test_fixture *program, bool tail_known) {
    const eml_shape *shape = &program->air.shape;
    size_t groups = eml_shape_code_rows(shape) / eml_shape_group(shape);
    size_t unknowns = groups + (tail_known ? 0 : eml_shape_free_rows(shape));
    *e = (equations){.program = program, .tail_known = tail_known, .groups = groups, .unknowns = unknowns};
}

/* The unknown that stands in a row; SIZE_MAX: 0 stands there. */
static size_t unknown_of(const equations *e, size_t row) {
    const eml_shape *shape = &e->program->air.shape;
    size_t first_free = shape->n - eml_shape_free_rows(shape);
    if (row < eml_shape_code_rows(shape)) return row / eml_shape_group(shape);
    return row < first_free || e->tail_known ? SIZE_MAX : e->groups + row - first_free;
}

static eml_fe *add_equation(equations *e) {
    e->rows = eml_grow(e->rows, &e->room, (e->count + 1) * (e->unknowns + 1), sizeof *e->rows);
    eml_fe *row = e->rows + e->count++ * (e->unknowns + 1);
    memset(row, 0, (e->unknowns + 1) * sizeof *row);
    return row;
}

/* Two equations when x or the value has two halves. */
static void add_value(equations *e, eml_fe2 x, eml_fe2 value, bool both) {
    size_t n = e->program->air.shape.n;
    eml_fe2 *factors = eml_alloc(n, sizeof *factors);
    view_factors(n, x, factors);
    size_t first = e->count;
    add_equation(e);
    if (both) add_equation(e);
    eml_fe *low = e->rows + first * (e->unknowns + 1), *high = low + e->unknowns + 1;
    for (size_t row = 0; row < n; row++) {
        size_t unknown = unknown_of(e, row);
        if (unknown == SIZE_MAX) continue;
        low[unknown] = eml_fe_add(low[unknown], factors[row].a);
        if (both) high[unknown] = eml_fe_add(high[unknown], factors[row].b);
    }
    low[e->unknowns] = value.a;
    if (both) high[e->unknowns] = value.b;
    eml_free(factors);
}

/* What a verifier has seen when it has checked the openings. */
static void add_proof(equations *e, const eml_buf *proof, eml_preset preset) {
    const test_fixture *f = e->program;
    eml_verification v;
    view_read(f, eml_preset_params(preset), proof, &v);
    uint32_t imm = f->air.columns.imm;
    size_t width = v.layout.main_width + v.layout.aux_width;
    for (size_t i = 0; i < v.position_count; i++) {
        eml_fe value;
        assert_true(eml_fe_from_bytes(v.proof.main.values + (i * v.layout.main_width + imm) * EML_FE_BYTES, &value));
        add_value(e, eml_fe2_from_base(view_point(&v, i)), eml_fe2_from_base(value), false);
    }
    eml_fe2 gz = eml_fe2_mul_base(v.z, eml_domain_generator(v.layout.n));
    add_value(e, v.z, v.proof.ood_trace[imm], true);
    add_value(e, gz, v.proof.ood_trace[width + imm], true);
    view_free(&v);
}

/* To reduced row echelon form. */
static void reduce(equations *e) {
    size_t width = e->unknowns + 1, rank = 0;
    for (size_t column = 0; column < e->unknowns && rank < e->count; column++) {
        size_t pivot = rank;
        while (pivot < e->count && eml_fe_is_zero(e->rows[pivot * width + column])) pivot++;
        if (pivot == e->count) continue;
        for (size_t i = 0; i < width && pivot != rank; i++) {
            eml_fe swapped = e->rows[pivot * width + i];
            e->rows[pivot * width + i] = e->rows[rank * width + i];
            e->rows[rank * width + i] = swapped;
        }
        eml_fe *row = e->rows + rank * width, inverse = eml_fe_inv(row[column]);
        for (size_t i = 0; i < width; i++) row[i] = eml_fe_mul(row[i], inverse);
        for (size_t other = 0; other < e->count; other++) {
            eml_fe *cells = e->rows + other * width, factor = cells[column];
            for (size_t i = column; i < width && other != rank; i++)
                cells[i] = eml_fe_sub(cells[i], eml_fe_mul(factor, row[i]));
        }
        rank++;
    }
    e->count = rank;
}

/* How many immediates the equations determine; each must be the program's. */
static size_t recover(equations *e) {
    size_t found = 0, width = e->unknowns + 1;
    reduce(e);
    for (size_t i = 0; i < e->count; i++) {
        const eml_fe *row = e->rows + i * width;
        size_t unknown = e->unknowns, terms = 0;
        for (size_t j = e->unknowns; j-- > 0;)
            if (!eml_fe_is_zero(row[j])) unknown = j, terms++;
        if (terms != 1 || unknown >= e->groups) continue;
        assert_true(eml_fe_eq(row[e->unknowns], e->program->program.immediates[unknown]));
        found++;
    }
    eml_free(e->rows);
    return found;
}

/* A proof whose main trace has its random rows from trace_seed, or, with bare, zeros in this column there. */
static void prove(const test_fixture *f, eml_preset preset, uint8_t trace_seed, uint8_t aux_seed, bool bare,
                  eml_buf *proof) {
    const uint8_t seed[32] = {aux_seed};
    eml_matrix trace;
    eml_error err;
    test_fixture_trace(f, trace_seed, &trace);
    for (size_t row = trace.rows - eml_shape_free_rows(&f->air.shape); bare && row < trace.rows; row++)
        eml_matrix_row(&trace, row)[f->air.columns.imm] = EML_FE_ZERO;
    proof->len = 0;
    assert_int_equal(eml_stark_prove(&f->air, &f->claim, &trace, eml_preset_params(preset), seed, proof, NULL, &err),
                     EML_OK);
}

/* The share of immediates, 0 to 1. */
static double recover_from(const test_fixture *f, size_t proofs, bool bare) {
    equations e;
    eml_buf proof = {0};
    equations_init(&e, f, bare);
    for (size_t i = 0; i < proofs; i++) {
        prove(f, EML_PRESET_HIGH, 1, (uint8_t)i, bare, &proof);
        add_proof(&e, &proof, EML_PRESET_HIGH);
    }
    eml_buf_free(&proof);
    size_t found = recover(&e);
    print_message("# %zu of %zu immediates from %zu proof%s%s\n", found, e.groups, proofs, proofs == 1 ? "" : "s",
                  bare         ? " without random rows"
                  : proofs > 1 ? " with one tail"
                               : "");
    return (double)found / (double)e.groups;
}

static void test_transparent(void **state) {
    (void)state;
    test_fixture f;
    test_fixture_init_dot(&f, 58, TEST_DOT_PLAIN);
    assert_int_equal(f.air.shape.n, 256);
    assert_true(recover_from(&f, 1, false) == 1);
    test_fixture_free(&f);
}

static void test_hidden(void **state) {
    (void)state;
    test_fixture f;
    test_fixture_init_dot(&f, 58, TEST_DOT_HIDDEN);
    assert_int_equal(f.air.shape.n, 512);
    assert_true(recover_from(&f, 1, false) == 0);
    /* What fresh randomness is for, and what the free rows are for. */
    assert_true(recover_from(&f, 4, false) == 1);
    assert_true(recover_from(&f, 1, true) == 1);
    test_fixture_free(&f);
}

/* The sponge digests of a one-weight program, which stand in every proof. */
static void digests_of(uint64_t weight, bool salted, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    test_fixture f;
    char text[200];
    snprintf(text, sizeof text, ".sponges 1\n.stack 2\n.form 1\n%spush.%llu\nread\nmul\n",
             salted ? ".salt 1234567\n.salt 7654321\n" : "", (unsigned long long)weight);
    test_fixture_init(&f, "guess", text);
    memcpy(digests, f.claim.digests, EML_SPONGES_MAX * sizeof digests[0]);
    test_fixture_free(&f);
}

/* How many of the weights below 64 the digests of weight 41 agree with. */
static size_t guesses_that_agree(bool salted) {
    eml_fe seen[EML_SPONGES_MAX][EML_RESCUE_DIGEST], guessed[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    size_t agree = 0;
    digests_of(41, salted, seen);
    for (uint64_t weight = 0; weight < 64; weight++) {
        digests_of(weight, false, guessed); /* who guesses has no salts */
        if (eml_fe_eq(seen[0][0], guessed[0][0]) && eml_fe_eq(seen[0][1], guessed[0][1])) {
            assert_int_equal(weight, 41);
            agree++;
        }
    }
    return agree;
}

/* Without salts a digest confirms a guess of the weights. */
static void test_guesses(void **state) {
    (void)state;
    assert_int_equal(guesses_that_agree(false), 1);
    assert_int_equal(guesses_that_agree(true), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_transparent), cmocka_unit_test(test_hidden),
                                       cmocka_unit_test(test_guesses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
