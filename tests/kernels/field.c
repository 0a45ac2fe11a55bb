/* Vector kernels of the field against their C definitions, on random and edge values, all shapes and tails.
 *
 * Built twice: `native` runs the library's kernels on CPUs that have their instruction set (and says which it skipped);
 * `emulated` compiles the same kernel sources without any instruction set (EMULATED), so every machine checks every
 * kernel's arithmetic. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "tests/kernels/rivals.h"
#include "runtime/field/ntt_tile.h"
#include "runtime/field/vector_kernels.h"
#include "tests/support/random.h"

typedef struct rival {
    const char *name;
    unsigned needs; /* CPU flags */
    eml_ntt_tile_fn *dit, *dif;
    eml_vector_kernel_table kernels;
} rival;

#define MEMBER_AVX2(name, parameters)   .name = name##_avx2,
#define MEMBER_AVX512(name, parameters) .name = name##_avx512,
static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_ntt_tile_dit_avx2, eml_ntt_tile_dif_avx2, {EML_VECTOR_KERNELS(MEMBER_AVX2)}},
    {"avx512",
     EML_CPU_AVX512_IFMA,
     eml_ntt_tile_dit_avx512,
     eml_ntt_tile_dif_avx512,
     {EML_VECTOR_KERNELS(MEMBER_AVX512)}},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0] };

static void assert_same(const char *rival_name, const eml_fe *got, const eml_fe *expected, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!eml_fe_eq(got[i], expected[i])) fail_msg("%s differs from the definition at element %zu", rival_name, i);
    }
}

enum { STRIDE_MAX = EML_NTT_COLUMNS + 8, CELLS = EML_NTT_ROWS * STRIDE_MAX };

static void compare_tiles(const rival *r, eml_ntt_tile_fn *definition, eml_ntt_tile_fn *kernel, unsigned rounds) {
    static eml_fe source[CELLS], expected[CELLS], got[CELLS], twiddles[EML_NTT_ROWS], scale[EML_NTT_ROWS];
    for (unsigned round = 0; round < rounds; round++) {
        test_random_elements(source, CELLS);
        test_random_elements(twiddles, EML_NTT_ROWS);
        test_random_elements(scale, EML_NTT_ROWS);
        memset(expected, 0x5a, sizeof expected); /* cells that a kernel must leave alone */
        memset(got, 0x5a, sizeof got);
        eml_ntt_tile tile = {.source = source,
                             .source_stride = EML_NTT_COLUMNS + test_random() % 9,
                             .target_stride = EML_NTT_COLUMNS + test_random() % 9,
                             .columns = 1 + round % EML_NTT_COLUMNS,
                             .layers = round / EML_NTT_COLUMNS % (EML_NTT_LAYERS + 1),
                             .twiddles = twiddles,
                             .scale = test_random() % 2 ? scale : NULL};
        tile.target = expected;
        definition(&tile);
        tile.target = got;
        kernel(&tile);
        assert_same(r->name, got, expected, CELLS);
    }
}

static void test_transform_tiles(void **state) {
    (void)state;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        compare_tiles(&rivals[i], eml_ntt_tile_dit_c, rivals[i].dit, 4 * EML_NTT_COLUMNS * (EML_NTT_LAYERS + 1));
        compare_tiles(&rivals[i], eml_ntt_tile_dif_c, rivals[i].dif, 4 * EML_NTT_COLUMNS * (EML_NTT_LAYERS + 1));
    }
}

/* The largest values in every cell: where lazy limbs grow most. */
static void test_transform_tiles_at_the_bound(void **state) {
    (void)state;
    static eml_fe source[CELLS], expected[CELLS], got[CELLS], twiddles[EML_NTT_ROWS];
    for (size_t i = 0; i < CELLS; i++) source[i] = (eml_fe){UINT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < EML_NTT_ROWS; i++) twiddles[i] = (eml_fe){UINT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        eml_ntt_tile tile = {.source = source,
                             .source_stride = EML_NTT_COLUMNS,
                             .target_stride = EML_NTT_COLUMNS,
                             .columns = EML_NTT_COLUMNS,
                             .layers = EML_NTT_LAYERS,
                             .twiddles = twiddles,
                             .scale = NULL};
        for (int direction = 0; direction < 2; direction++) {
            tile.target = expected;
            (direction ? eml_ntt_tile_dif_c : eml_ntt_tile_dit_c)(&tile);
            tile.target = got;
            (direction ? rivals[i].dif : rivals[i].dit)(&tile);
            assert_same(rivals[i].name, got, expected, EML_NTT_ROWS * EML_NTT_COLUMNS);
        }
    }
}

static void test_cube_roots(void **state) {
    (void)state;
    enum { COUNT = 70 };
    eml_fe x[COUNT + 1], expected[COUNT + 1], got[COUNT + 1];
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT; count++) {
            test_random_elements(x, COUNT + 1);
            memcpy(expected, x, sizeof x);
            memcpy(got, x, sizeof x);
            eml_fe_cube_root_many_c(expected, count);
            rivals[i].kernels.eml_fe_cube_root_many(got, count);
            assert_same(rivals[i].name, got, expected, COUNT + 1);
            for (size_t k = 0; k < count; k++) assert_true(eml_fe_eq(eml_fe_cube(got[k]), x[k]));
        }
    }
}

static void test_products(void **state) {
    (void)state;
    enum { COUNT = 41 };
    eml_fe a[COUNT], b[COUNT], expected[COUNT], got[COUNT];
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT; count++) {
            test_random_elements(a, COUNT);
            test_random_elements(b, COUNT);
            memcpy(expected, b, sizeof b);
            memcpy(got, b, sizeof b);
            eml_fe_mul_many_c(expected, a, b, count);
            rivals[i].kernels.eml_fe_mul_many(got, a, got, count); /* in place */
            assert_same(rivals[i].name, got, expected, COUNT);
            eml_fe_scale_many_c(expected, a, b[0], count);
            rivals[i].kernels.eml_fe_scale_many(got, a, b[0], count);
            assert_same(rivals[i].name, got, expected, COUNT);
        }
    }
}

/* Counts around whole blocks, with zeros (of both representatives) in some blocks and not in others. */
static void test_inverses(void **state) {
    (void)state;
    enum { COUNT = 1300 };
    static eml_fe x[COUNT], expected[COUNT], got[COUNT];
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT; count += 13) {
            for (size_t k = 0; k < COUNT; k++) x[k] = test_random_fe();
            if (count % 2 && count > 700)
                x[test_random() % 500] = test_random() % 2 ? EML_FE_ZERO : (eml_fe){EML_FE_P_LO, EML_FE_P_HI};
            memcpy(expected, x, sizeof x);
            memcpy(got, x, sizeof x);
            eml_fe_batch_inv_c(expected, count);
            rivals[i].kernels.eml_fe_batch_inv(got, count);
            assert_same(rivals[i].name, got, expected, COUNT);
        }
    }
}

static void test_matrix_sums(void **state) {
    (void)state;
    enum { WIDTH = 41, ROWS = 530, STRIDE = WIDTH + 3 };
    static eml_fe cells[ROWS * STRIDE];
    static eml_fe2 weights[ROWS], expected[ROWS], got[ROWS];
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t width = 1; width <= WIDTH; width++) {
            size_t rows = 1 + test_random() % ROWS;
            test_random_elements(cells, ROWS * STRIDE);
            test_random_elements(&weights[0].a, 2 * ROWS);
            test_random_elements(&expected[0].a, 2 * ROWS); /* sums are added to what is there */
            memcpy(got, expected, sizeof got);
            eml_fe_column_sums_c(cells, STRIDE, width, rows, weights, expected);
            rivals[i].kernels.eml_fe_column_sums(cells, STRIDE, width, rows, weights, got);
            assert_same(rivals[i].name, &got[0].a, &expected[0].a, 2 * ROWS);
            eml_fe_row_sums_c(cells, STRIDE, width, rows, weights, expected);
            rivals[i].kernels.eml_fe_row_sums(cells, STRIDE, width, rows, weights, got);
            assert_same(rivals[i].name, &got[0].a, &expected[0].a, 2 * ROWS);
        }
    }
}

int main(void) {
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transform_tiles), cmocka_unit_test(test_transform_tiles_at_the_bound),
        cmocka_unit_test(test_products),        cmocka_unit_test(test_inverses),
        cmocka_unit_test(test_matrix_sums),     cmocka_unit_test(test_cube_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
