/* Why a proof of q queries needs 2 q + 7 free rows (docs/zero-knowledge.md), and not just as many as it has openings.
 *
 * Of a column a proof shows q + 4 numbers: at q points x, and two each at z and g z. With as many free rows no number
 * tells anything by itself. But who guesses the hidden values knows all other rows, and so solves for the free ones:
 * now the columns are known everywhere, at g x too, and the composition polynomial at x, whose columns are opened, says
 * whether the guess is right. The form's 175 free rows stand here against as many numbers because the proof answers
 * more queries than a preset may ask. (Who guesses here has the salts; without them nobody could, which the count does
 * not rely on.) */
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/out_of_domain.h"
#include "runtime/stark/prover/prover.h"
#include "tests/support/cmocka.h"
#include "tests/zk/view.h"

enum {
    FREE = EML_HIDDEN_EXEMPT - 1,
    N = EML_HIDDEN_N_MIN,
    GUESSES = 4,
    PRESET_QUERIES = 80, /* the most that a preset asks */
    TRUE_WEIGHT = 3,
};

/* Whatever the weight is, the result is the tape's value. */
static void init(test_fixture *f, unsigned weight) {
    char text[200];
    snprintf(text, sizeof text, ".sponges 1\n.stack 2\n.form 1\n.salt 1\n.salt 2\npush.%u\npush.0\nmul\nread\nadd\n",
             weight);
    test_fixture_init(f, "guess", text);
    assert_int_equal(f->air.shape.n, N);
}

/* Query i's number in base column c: main columns, then both halves of the auxiliary ones. */
static eml_fe shown(const eml_verification *v, size_t i, size_t c) {
    size_t main = v->layout.main_width, aux = 2 * (size_t)v->layout.aux_width;
    const uint8_t *at = c < main ? v->proof.main.values + (i * main + c) * EML_FE_BYTES
                                 : v->proof.aux.values + (i * aux + c - main) * EML_FE_BYTES;
    eml_fe value;
    assert_true(eml_fe_from_bytes(at, &value));
    return value;
}

static void swap_rows(eml_fe *a, eml_fe *b, size_t width) {
    for (size_t i = 0; i < width && a != b; i++) {
        eml_fe swapped = a[i];
        a[i] = b[i];
        b[i] = swapped;
    }
}

/* The free rows of the columns, from their other rows and what is shown at the queries: FREE unknowns a column, the
 * same equations for all columns. False when the equations are not enough. */
static bool solve(const eml_verification *v, eml_matrix *columns) {
    size_t width = columns->width, all = FREE + width, q = v->position_count, rank = 0;
    eml_fe *m = eml_alloc(q * all, sizeof *m); /* [query]: factors of the free rows, then each column's value */
    eml_fe2 factors[N];
    for (size_t i = 0; i < q; i++) {
        view_factors(N, eml_fe2_from_base(view_point(v, i)), factors);
        for (size_t r = 0; r < FREE; r++) m[i * all + r] = factors[N - FREE + r].a;
        for (size_t c = 0; c < width; c++) {
            eml_fe *value = &m[i * all + FREE + c];
            *value = shown(v, i, c);
            for (size_t r = 0; r < N - FREE; r++)
                *value = eml_fe_sub(*value, eml_fe_mul(factors[r].a, eml_matrix_row(columns, r)[c]));
        }
    }
    for (; rank < FREE && rank < q; rank++) {
        size_t pivot = rank;
        while (pivot + 1 < q && eml_fe_is_zero(m[pivot * all + rank])) pivot++;
        eml_fe *row = m + rank * all, inverse = eml_fe_inv(m[pivot * all + rank]);
        swap_rows(row, m + pivot * all, all);
        for (size_t j = 0; j < all; j++) row[j] = eml_fe_mul(row[j], inverse);
        for (size_t other = 0; other < q; other++) {
            eml_fe factor = m[other * all + rank];
            for (size_t j = rank; j < all && other != rank; j++)
                m[other * all + j] = eml_fe_sub(m[other * all + j], eml_fe_mul(factor, row[j]));
        }
    }
    for (size_t r = 0; r < FREE && rank == FREE; r++)
        memcpy(eml_matrix_row(columns, N - FREE + r), m + r * all + FREE, width * sizeof *m);
    eml_free(m);
    return rank == FREE;
}

/* Whether g x is a query too: its row is shown, whatever is guessed. */
static bool next_is_shown(const eml_verification *v, size_t i) {
    size_t next = (v->positions[i] + v->layout.blowup) % v->layout.lde, j = 0;
    while (j < v->position_count && v->positions[j] != next) j++;
    return j < v->position_count;
}

/* At how many of the other queries the opened composition columns are what the constraints make of the columns. */
static size_t agreements(const eml_verification *v, const eml_matrix *columns, size_t *of) {
    const eml_layout *l = &v->layout;
    size_t main = l->main_width, width = main + l->aux_width, bytes = eml_layout_element_bytes(l), count = 0;
    eml_fe2 *frame = eml_alloc(2 * width, sizeof *frame), *composition = eml_alloc(l->composition_width, sizeof *frame);
    eml_fe2 factors[N];
    *of = 0;
    for (size_t i = 0; i < v->position_count; i++) {
        if (next_is_shown(v, i)) continue;
        ++*of;
        eml_fe x = view_point(v, i);
        for (size_t c = 0; c < width; c++)
            frame[c] = c < main ? eml_fe2_from_base(shown(v, i, c))
                                : (eml_fe2){shown(v, i, 2 * c - main), shown(v, i, 2 * c - main + 1)};
        view_factors(N, eml_fe2_from_base(eml_fe_mul(x, eml_domain_generator(N))), factors);
        for (size_t c = 0; c < columns->width; c++) {
            eml_fe2 *next = &frame[width + (c < main ? c : main + (c - main) / 2)];
            eml_fe *cell = c >= main && (c - main) % 2 ? &next->b : &next->a;
            for (size_t r = 0; r < N; r++)
                *cell = eml_fe_add(*cell, eml_fe_mul(factors[r].a, eml_matrix_row(columns, r)[c]));
        }
        for (size_t j = 0; j < l->composition_width; j++)
            composition[j] = eml_proof_element(l, v->proof.composition.values + (i * l->composition_width + j) * bytes);
        const eml_out_of_domain at = {v->air, v->claim,   l, &v->coefficients, v->random, eml_fe2_from_base(x),
                                      frame,  composition};
        count += eml_out_of_domain_holds(&at);
        memset(frame, 0, 2 * width * sizeof *frame);
    }
    eml_free(frame);
    eml_free(composition);
    return count;
}

/* The columns that R and D come after, as they are above the free rows when the weight is `weight`. (R's constraint
 * reads R at x alone, which is shown.) */
static void guess(const eml_verification *v, unsigned weight, eml_matrix *columns) {
    test_fixture f;
    eml_matrix trace, aux;
    size_t main = v->layout.main_width, accumulators;
    init(&f, weight);
    accumulators = 2 * (size_t)f.air.columns.mask_quotient;
    f.public_tape[0] = v->claim->public_tape[0];
    test_fixture_trace(&f, TEST_TRACE_SEED, &trace);
    eml_air_build_aux(&f.air, &trace, v->random[0], test_aux_seed, &aux);
    eml_matrix_init(columns, N, main + accumulators);
    for (size_t r = 0; r < N - FREE; r++) {
        memcpy(eml_matrix_row(columns, r), eml_matrix_row(&trace, r), main * sizeof(eml_fe));
        memcpy(eml_matrix_row(columns, r) + main, eml_matrix_row(&aux, r), accumulators * sizeof(eml_fe));
    }
    eml_matrix_free(&trace);
    eml_matrix_free(&aux);
    test_fixture_free(&f);
}

/* What one proof with so many queries says to who guesses: 0 when the free rows cannot be solved for. */
static size_t ask(uint32_t queries, unsigned weight, size_t *of) {
    const eml_stark_params params = {"guesses", 8, queries, 0, 8, 127, 2};
    test_fixture f;
    eml_buf proof = {0};
    eml_matrix trace, columns;
    eml_verification v;
    eml_error err;
    init(&f, TRUE_WEIGHT);
    test_fixture_trace(&f, TEST_TRACE_SEED + 1, &trace); /* other free rows than the guesses have */
    assert_int_equal(eml_stark_prove(&f.air, &f.claim, &trace, &params, test_aux_seed, &proof, NULL, &err), EML_OK);
    view_read(&f, &params, &proof, &v);
    guess(&v, weight, &columns);
    size_t agree = solve(&v, &columns) ? agreements(&v, &columns, of) : 0;
    eml_matrix_free(&columns);
    view_free(&v);
    eml_buf_free(&proof);
    test_fixture_free(&f);
    return agree;
}

static void test_guesses(void **state) {
    (void)state;
    size_t of = 0;
    for (unsigned weight = 1; weight <= GUESSES; weight++) {
        size_t agree = ask(200, weight, &of);
        print_message("# weight %u: the composition agrees at %zu of %zu queries\n", weight, agree, of);
        assert_true(of > FREE / 2);
        assert_int_equal(agree, weight == TRUE_WEIGHT ? of : 0);
    }
    assert_int_equal(ask(PRESET_QUERIES, TRUE_WEIGHT, &of), 0);
    assert_true(2 * PRESET_QUERIES + 7 <= FREE);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_guesses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
