#include "runtime/air/air.h"

/* Scratch for evaluating one row. */
typedef struct checker {
    const eml_air *air;
    const eml_matrix *trace, *aux; /* aux may be NULL */
    eml_fe2 *main_cells[2], *aux_cells[2], *periodic, *values;
    eml_fe2 alpha;
} checker;

static checker checker_new(const eml_air *air, const eml_matrix *trace, const eml_matrix *aux, eml_fe2 alpha) {
    const eml_columns *c = &air->columns;
    checker check = {.air = air, .trace = trace, .aux = aux, .alpha = alpha};
    for (size_t next = 0; next < 2; next++) {
        check.main_cells[next] = eml_alloc(c->width, sizeof(eml_fe2));
        check.aux_cells[next] = eml_alloc(c->aux_width, sizeof(eml_fe2));
    }
    check.periodic = eml_alloc(air->periodic_count, sizeof(eml_fe2));
    check.values = eml_alloc(air->node_count, sizeof(eml_fe2));
    return check;
}

static void checker_free(checker *check) {
    for (size_t next = 0; next < 2; next++) {
        eml_free(check->main_cells[next]);
        eml_free(check->aux_cells[next]);
    }
    eml_free(check->periodic);
    eml_free(check->values);
}

static void evaluate_row(checker *check, size_t row) {
    const eml_air *air = check->air;
    for (size_t next = 0; next < 2; next++) {
        const eml_fe *cells = eml_matrix_row(check->trace, row + next);
        for (size_t i = 0; i < air->columns.width; i++) check->main_cells[next][i] = eml_fe2_from_base(cells[i]);
        const eml_fe *aux = check->aux ? eml_matrix_row(check->aux, row + next) : NULL;
        for (size_t i = 0; aux && i < air->columns.aux_width; i++)
            check->aux_cells[next][i] = (eml_fe2){aux[2 * i], aux[2 * i + 1]};
    }
    for (size_t i = 0; i < air->periodic_count; i++)
        check->periodic[i] = eml_fe2_from_base(air->periodic[i].values[row % air->periodic[i].cycle]);
    eml_frame frame = {check->main_cells[0], check->main_cells[1], check->aux_cells[0],
                       check->aux_cells[1],  check->periodic,      &check->alpha};
    eml_air_evaluate(air, &frame, check->values);
}

static const char *first_violated(const checker *check, const eml_constraint *constraints, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!eml_fe2_eq(check->values[constraints[i].root], EML_FE2_ZERO)) return constraints[i].label;
    return NULL;
}

static const char *check_transition(checker *check, size_t row) {
    evaluate_row(check, row);
    const char *violated = first_violated(check, check->air->main_constraints, check->air->main_count);
    if (!violated && check->aux) violated = first_violated(check, check->air->aux_constraints, check->air->aux_count);
    return violated;
}

static bool assertion_holds(const checker *check, const eml_claim *claim, const eml_assertion *assertion) {
    const eml_matrix *matrix = assertion->auxiliary ? check->aux : check->trace;
    const eml_fe *cells = eml_matrix_row(matrix, assertion->row);
    eml_fe2 cell = assertion->auxiliary ? (eml_fe2){cells[2 * assertion->column], cells[2 * assertion->column + 1]}
                                        : eml_fe2_from_base(cells[assertion->column]);
    return eml_fe2_eq(cell, eml_claim_value(claim, assertion, check->alpha));
}

const char *eml_air_check_rows(const eml_air *air, const eml_claim *claim, const eml_matrix *trace,
                               const eml_matrix *aux, eml_fe2 alpha, size_t first, size_t last, size_t *row) {
    checker check = checker_new(air, trace, aux, alpha);
    const char *violated = NULL;
    for (*row = first; *row < last; ++*row)
        if ((violated = check_transition(&check, *row)) != NULL) break;
    for (size_t i = 0; !violated && i < air->assertion_count; i++) {
        const eml_assertion *assertion = &air->assertions[i];
        if (assertion->row < first || assertion->row > last || (assertion->auxiliary && !aux)) continue;
        if (assertion_holds(&check, claim, assertion)) continue;
        violated = assertion->label;
        *row = assertion->row;
    }
    checker_free(&check);
    return violated;
}

const char *eml_air_check_trace(const eml_air *air, const eml_claim *claim, const eml_matrix *trace,
                                const eml_matrix *aux, eml_fe2 alpha, size_t *row) {
    return eml_air_check_rows(air, claim, trace, aux, alpha, 0, trace->rows - eml_shape_exempt(&air->shape), row);
}
