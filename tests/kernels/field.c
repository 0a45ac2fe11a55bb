/* Vector kernels of the field against their C definitions, on random and edge values, all shapes and tails.
 *
 * Built twice: `native` runs the library's kernels on CPUs that have their instruction set (and says which it skipped); `emulated`
 * compiles the same kernel sources without any instruction set (EMULATED), so every machine checks every kernel's arithmetic. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "tests/kernels/rivals.h"
#include "runtime/field/kernels.h"
#include "tests/support/random.h"

typedef struct rival {
    const char *name;
    unsigned needs; /* CPU flags */
    eml_ntt_tile_fn *dit, *dif;
    void (*cube_root_many)(eml_fe *x, size_t count);
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_ntt_tile_dit_avx2, eml_ntt_tile_dif_avx2, eml_fe_cube_root_many_avx2},
    {"avx512", EML_CPU_AVX512_IFMA, eml_ntt_tile_dit_avx512, eml_ntt_tile_dif_avx512, eml_fe_cube_root_many_avx512},
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
            rivals[i].cube_root_many(got, count);
            assert_same(rivals[i].name, got, expected, COUNT + 1);
            for (size_t k = 0; k < count; k++) assert_true(eml_fe_eq(eml_fe_cube(got[k]), x[k]));
        }
    }
}

int main(void) {
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transform_tiles),
        cmocka_unit_test(test_transform_tiles_at_the_bound),
        cmocka_unit_test(test_cube_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
