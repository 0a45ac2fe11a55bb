/* The transforms: inverse of each other, equal to plain evaluation, the same on cosets and for any number of
 * threads. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "tests/support/random.h"

static eml_matrix random_matrix(size_t rows, size_t width) {
    eml_matrix m;
    eml_matrix_init(&m, rows, width);
    for (size_t i = 0; i < rows * width; i++) {
        m.cells[i] = test_random() % 8 ? test_random_fe() : test_edges[test_random() % TEST_EDGES];
    }
    return m;
}

static eml_matrix copy_matrix(const eml_matrix *m) {
    eml_matrix copy;
    eml_matrix_init(&copy, m->rows, m->width);
    memcpy(copy.cells, m->cells, m->rows * m->width * sizeof(eml_fe));
    return copy;
}

static eml_matrix evaluate(const eml_matrix *coefficients, eml_fe shift, size_t blowup) {
    eml_matrix out;
    eml_matrix_init(&out, coefficients->rows * blowup, coefficients->width);
    eml_ntt_evaluate(coefficients, shift, blowup, &out);
    return out;
}

static unsigned log2_of(size_t n) { return (unsigned)__builtin_ctzll(n); }

/* The polynomial of a column at a point, from coefficients in bit-reversed rows. */
static eml_fe horner(const eml_matrix *coefficients, size_t column, eml_fe point) {
    eml_fe value = EML_FE_ZERO;
    for (size_t j = coefficients->rows; j-- > 0;) {
        size_t row = eml_bit_reverse(j, log2_of(coefficients->rows));
        value = eml_fe_add(eml_fe_mul(value, point), eml_matrix_row(coefficients, row)[column]);
    }
    return value;
}

static void bits_reverse(void **state) {
    (void)state;
    assert_int_equal(eml_bit_reverse(0, 0), 0);
    assert_int_equal(eml_bit_reverse(1, 1), 1);
    assert_int_equal(eml_bit_reverse(1, 3), 4);
    assert_int_equal(eml_bit_reverse(6, 3), 3);
    for (size_t i = 0; i < 1024; i++) assert_int_equal(eml_bit_reverse(eml_bit_reverse(i, 10), 10), i);
}

static void evaluation_is_evaluation(void **state) {
    (void)state;
    static const size_t widths[] = {1, 2, 3, 7, 8, 9, 17};
    for (size_t n = 1; n <= 64; n *= 2) {
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            for (size_t blowup = 1; blowup <= 8; blowup *= 2) {
                eml_matrix c = random_matrix(n, widths[w]), untouched = copy_matrix(&c);
                eml_fe shift = blowup == 2 ? EML_FE_ONE : test_random_fe();
                eml_fe point = shift, step = eml_fe_root_of_unity(log2_of(n * blowup));
                eml_matrix values = evaluate(&c, shift, blowup);
                assert_memory_equal(c.cells, untouched.cells, n * widths[w] * sizeof(eml_fe));
                for (size_t i = 0; i < n * blowup; i++, point = eml_fe_mul(point, step)) {
                    size_t column = i % widths[w];
                    eml_fe expected = eml_fe_canon(horner(&c, column, point));
                    assert_memory_equal(&eml_matrix_row(&values, i)[column], &expected, sizeof expected);
                }
                eml_matrix_free(&values);
                eml_matrix_free(&untouched);
                eml_matrix_free(&c);
            }
        }
    }
}

/* Narrow matrices of many rows: their cosets are transformed side by side. */
static void narrow_evaluation_is_evaluation(void **state) {
    (void)state;
    for (size_t width = 1; width <= 8; width++) {
        for (size_t blowup = 1; blowup <= 8; blowup *= 2) {
            const size_t n = 512;
            eml_matrix c = random_matrix(n, width);
            eml_fe shift = test_random_fe();
            eml_matrix values = evaluate(&c, shift, blowup);
            for (size_t k = 0; k < 16; k++) {
                size_t i = test_random() % (n * blowup), column = test_random() % width;
                eml_fe point = eml_fe_mul(shift, eml_fe_pow_u64_var(eml_fe_root_of_unity(log2_of(n * blowup)), i));
                assert_true(eml_fe_eq(eml_matrix_row(&values, i)[column], horner(&c, column, point)));
            }
            eml_matrix_free(&values);
            eml_matrix_free(&c);
        }
    }
}

/* Sizes on both sides of each change in the number of passes (8 layers a pass), and narrow matrices on both sides of
 * where their rows are read together (2048 rows). */
static void interpolation_undoes_evaluation(void **state) {
    (void)state;
    static const struct {
        unsigned log2;
        size_t width;
    } shapes[] = {{0, 1},  {1, 5},  {7, 9},  {8, 8},  {8, 37}, {9, 12}, {10, 1}, {10, 4},
                  {11, 1}, {11, 2}, {12, 4}, {11, 5}, {13, 3}, {14, 2}, {16, 1}, {17, 1}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t n = (size_t)1 << shapes[i].log2;
        eml_matrix values = random_matrix(n, shapes[i].width), coefficients = copy_matrix(&values);
        eml_fe shift = test_random_fe();
        eml_ntt_interpolate(&coefficients, shift);
        eml_matrix again = evaluate(&coefficients, shift, 1);
        for (size_t k = 0; k < n * shapes[i].width; k++) assert_true(eml_fe_eq(values.cells[k], again.cells[k]));

        size_t row = test_random() % n, column = test_random() % shapes[i].width;
        eml_fe point = eml_fe_mul(shift, eml_fe_pow_u64_var(eml_fe_root_of_unity(shapes[i].log2), row));
        assert_true(eml_fe_eq(horner(&coefficients, column, point), eml_matrix_row(&values, row)[column]));
        eml_matrix_free(&again);
        eml_matrix_free(&coefficients);
        eml_matrix_free(&values);
    }
}

/* Row i + blowup k of an extension is row k of the transform on the coset of w_{n blowup}^i. */
static void cosets_interleave(void **state) {
    (void)state;
    const size_t n = 512, width = 10, blowup = 8;
    eml_matrix c = random_matrix(n, width);
    eml_fe shift = test_random_fe();
    eml_matrix all = evaluate(&c, shift, blowup);
    for (size_t i = 0; i < blowup; i++) {
        eml_matrix one = evaluate(&c, shift, 1);
        for (size_t k = 0; k < n; k++) {
            const eml_fe *expected = eml_matrix_row(&one, k), *row = eml_matrix_row(&all, i + blowup * k);
            for (size_t column = 0; column < width; column++) assert_true(eml_fe_eq(row[column], expected[column]));
        }
        eml_matrix_free(&one);
        shift = eml_fe_mul(shift, eml_fe_root_of_unity(log2_of(n * blowup)));
    }
    eml_matrix_free(&all);
    eml_matrix_free(&c);
}

/* A polynomial of degree below n interpolated from its extension has its own coefficients and zeros. */
static void extensions_keep_the_degree(void **state) {
    (void)state;
    const size_t n = 256, width = 3, blowup = 4;
    eml_matrix c = random_matrix(n, width);
    eml_fe shift = test_random_fe();
    eml_matrix values = evaluate(&c, shift, blowup);
    eml_ntt_interpolate(&values, shift);
    for (size_t j = 0; j < n * blowup; j++) {
        const eml_fe *row = eml_matrix_row(&values, eml_bit_reverse(j, log2_of(n * blowup)));
        for (size_t column = 0; column < width; column++) {
            if (j >= n)
                assert_true(eml_fe_is_zero(row[column]));
            else
                assert_true(eml_fe_eq(row[column], eml_matrix_row(&c, eml_bit_reverse(j, log2_of(n)))[column]));
        }
    }
    eml_matrix_free(&values);
    eml_matrix_free(&c);
}

static void threads_change_nothing(void **state) {
    (void)state;
    const size_t n = 2048, width = 20, blowup = 4;
    eml_matrix start = random_matrix(n, width);
    eml_fe shift = test_random_fe();
    eml_matrix expected = {0};
    for (unsigned threads = 1; threads <= 5; threads++) {
        eml_threads_set(threads);
        eml_matrix c = copy_matrix(&start);
        eml_ntt_interpolate(&c, shift);
        eml_matrix values = evaluate(&c, shift, blowup);
        if (threads == 1) expected = copy_matrix(&values);
        assert_memory_equal(values.cells, expected.cells, n * blowup * width * sizeof(eml_fe));
        eml_matrix_free(&values);
        eml_matrix_free(&c);
    }
    eml_threads_set(0);
    eml_matrix_free(&expected);
    eml_matrix_free(&start);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_reverse),
        cmocka_unit_test(evaluation_is_evaluation),
        cmocka_unit_test(narrow_evaluation_is_evaluation),
        cmocka_unit_test(interpolation_undoes_evaluation),
        cmocka_unit_test(cosets_interleave),
        cmocka_unit_test(extensions_keep_the_degree),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
