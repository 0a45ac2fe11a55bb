#include "tests/forgery/cells.h"

#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static const uint8_t seed[32] = {4};

typedef struct tally {
    size_t tried, survived;
} tally;

/* The transitions that read the rows and their assertions are looked at first; if they hold, the whole trace. */
bool change_survives(const run *changed, size_t first, size_t last, eml_fe2 alpha) {
    size_t where, before = first == 0 ? 0 : first - 1;
    if (eml_air_check_rows(&changed->air, &changed->claim, &changed->trace, NULL, alpha, before, last + 1, &where))
        return false;
    eml_matrix aux;
    eml_air_build_aux(&changed->air, &changed->trace, alpha, seed, &aux);
    bool survives = !eml_air_check_trace(&changed->air, &changed->claim, &changed->trace, &aux, alpha, &where);
    eml_matrix_free(&aux);
    return survives;
}

static tally try_main_column(const run *honest, uint32_t column, eml_fe2 alpha) {
    tally count = {0, 0};
    for (size_t row = 0; row < eml_shape_code_rows(&honest->program.shape); row++) {
        eml_fe *cell = &eml_matrix_row(&honest->trace, row)[column], kept = *cell;
        const eml_fe changed[] = {test_random_fe(), eml_fe_add(kept, EML_FE_ONE), eml_fe_sub(EML_FE_ONE, kept)};
        for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
            if (eml_fe_eq(changed[i], kept)) continue;
            *cell = changed[i];
            count.tried++;
            count.survived += change_survives(honest, row, row, alpha);
        }
        *cell = kept;
    }
    return count;
}

static tally try_aux_column(const run *honest, eml_matrix *aux, uint32_t column, eml_fe2 alpha) {
    tally count = {0, 0};
    for (size_t row = 0; row <= eml_shape_code_rows(&honest->program.shape); row++) {
        for (size_t half = 0; half < 2; half++) {
            eml_fe *cell = &eml_matrix_row(aux, row)[2 * column + half], kept = *cell;
            *cell = eml_fe_add(kept, EML_FE_ONE);
            size_t where, first = row == 0 ? 0 : row - 1;
            count.tried++;
            count.survived +=
                !eml_air_check_rows(&honest->air, &honest->claim, &honest->trace, aux, alpha, first, row + 1, &where);
            *cell = kept;
        }
    }
    return count;
}

static void report(const run *honest, bool auxiliary, uint32_t column, tally count) {
    char name[24];
    eml_column_name(&honest->program.shape, auxiliary, column, name);
    print_message("# S=%u W=%u %s: %zu changes, %zu unnoticed\n", honest->program.shape.S, honest->program.shape.W,
                  name, count.tried, count.survived);
    assert_true(count.tried >= eml_shape_code_rows(&honest->program.shape));
    assert_int_equal(count.survived, 0);
}

void assert_every_cell_counts(run *honest) {
    eml_fe2 alpha = test_random_fe2();
    eml_matrix aux;
    size_t where;
    eml_air_build_aux(&honest->air, &honest->trace, alpha, seed, &aux);
    assert_null(eml_air_check_trace(&honest->air, &honest->claim, &honest->trace, &aux, alpha, &where));
    for (uint32_t column = 0; column < honest->air.columns.width; column++)
        report(honest, false, column, try_main_column(honest, column, alpha));
    for (uint32_t column = 0; column < honest->air.columns.aux_width; column++)
        if (column != honest->air.columns.mask_quotient && column != honest->air.columns.mask_deep)
            report(honest, true, column, try_aux_column(honest, &aux, column, alpha));
    eml_matrix_free(&aux);
}
