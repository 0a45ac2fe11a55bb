#include "runtime/session/affine.h"

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/statement/bounds.h"
#include "runtime/statement/symbolic.h"

/* ----- The sums ----- */

/* By input of the ABI, its column of the table. */
static uint32_t *number_columns(const eml_abi *abi) {
    uint32_t *columns = eml_alloc(abi->input_count, sizeof *columns);
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_PUBLIC);
    for (size_t c = 0; c < tape.columns; c++) columns[tape.inputs[c]] = (uint32_t)c;
    eml_abi_tape_free(&tape);
    return columns;
}

/* Adds a term of the form. Of a row `one` is 1. False: it is a product of inputs. */
static bool add_term(const eml_symbolic_term *term, const uint32_t *columns, eml_affine_output *out) {
    uint32_t input = EML_TAPE_ONE;
    for (size_t f = 0; f < EML_SYMBOLS_MAX && term->factors[f] != EML_NO_SYMBOL; f++) {
        if (eml_symbol_column(term->factors[f]) == EML_TAPE_ONE) continue;
        if (input != EML_TAPE_ONE) return false;
        input = eml_symbol_column(term->factors[f]);
    }
    if (input == EML_TAPE_ONE)
        out->constant = eml_fe_add(out->constant, term->coefficient);
    else
        out->terms[out->count++] = (eml_affine_term){columns[input], term->coefficient};
    return true;
}

/* How large the value can be decides. Neither sums nor products before the last are looked at: they may wrap. */
static eml_affine_arithmetic choose_arithmetic(const eml_affine_output *output, const eml_bound *bounds) {
    eml_bound most = eml_bound_of_element(output->constant);
    bool words = true;
    for (size_t t = 0; t < output->count; t++) {
        eml_bound column = bounds[output->terms[t].column];
        most = eml_bound_plus(most, eml_bound_times(column, eml_bound_of_element(output->terms[t].weight).message));
        words = words && column.message <= INT64_MAX;
    }
    if (words && most.message <= INT64_MAX) return EML_AFFINE_WORDS;
    return most.message >> 126 == 0 ? EML_AFFINE_WIDE : EML_AFFINE_FIELD;
}

static bool take_form(eml_symbolic_form *form, const uint32_t *columns, const eml_bound *bounds,
                      eml_affine_output *out) {
    eml_symbolic_normalise(form);
    *out = (eml_affine_output){.terms = eml_alloc(form->count, sizeof *out->terms), .constant = EML_FE_ZERO};
    for (size_t t = 0; t < form->count; t++)
        if (!add_term(&form->terms[t], columns, out)) return false;
    out->arithmetic = choose_arithmetic(out, bounds);
    return true;
}

static bool take_forms(eml_symbolic *symbolic, const eml_abi *abi, eml_affine *out) {
    uint32_t *columns = number_columns(abi);
    size_t inputs = eml_abi_columns(abi, EML_PUBLIC);
    eml_bound *bounds = eml_alloc(inputs, sizeof *bounds);
    for (size_t i = 0; i < abi->input_count; i++)
        if (abi->inputs[i].visibility == EML_PUBLIC) bounds[columns[i]] = eml_bound_of_input(&abi->inputs[i]);
    bool affine = true;
    for (size_t o = 0; o < abi->output_count && affine; o++) {
        affine = take_form(&symbolic->outputs[o], columns, bounds, &out->outputs[o]);
        out->terms += out->outputs[o].count;
    }
    eml_free(columns);
    eml_free(bounds);
    return affine;
}

bool eml_affine_of(const eml_program *program, const eml_abi *abi, eml_affine *out) {
    size_t row;
    eml_symbolic symbolic = {0};
    if (abi->raw || abi->secret_len > 0 || abi->single_row || eml_shape_is_committed(&program->shape)) return false;
    if (!eml_symbolic_run(program, &(eml_symbolic_tapes){.public_tape = abi->public_tape}, &symbolic, &row)) {
        eml_symbolic_free(&symbolic);
        return false;
    }
    *out = (eml_affine){.outputs = eml_alloc(abi->output_count, sizeof *out->outputs), .count = abi->output_count};
    bool affine = symbolic.count >= abi->output_count && take_forms(&symbolic, abi, out);
    eml_symbolic_free(&symbolic);
    if (!affine) eml_affine_free(out);
    return affine;
}

void eml_affine_free(eml_affine *affine) {
    for (size_t o = 0; o < affine->count; o++) eml_free(affine->outputs[o].terms);
    eml_free(affine->outputs);
    *affine = (eml_affine){0};
}

/* ----- Rows ----- */

/* Rows whose sums stay in the first-level cache. */
enum { TILE = 256 };

static void add_words(uint64_t *sums, uint64_t weight, eml_cells_view column, size_t first, size_t rows) {
    if (column.width == 4) {
        const int32_t *cells = (const int32_t *)column.cells + first;
        for (size_t i = 0; i < rows; i++) sums[i] += weight * (uint64_t)(int64_t)cells[i];
    } else {
        const int64_t *cells = (const int64_t *)column.cells + first;
        for (size_t i = 0; i < rows; i++) sums[i] += weight * (uint64_t)cells[i];
    }
}

static void put_words(const eml_affine_output *output, const eml_cells_view *columns, size_t first, size_t rows,
                      eml_i128 *out) {
    uint64_t sums[TILE];
    for (size_t i = 0; i < rows; i++) sums[i] = (uint64_t)eml_fe_signed(output->constant);
    for (size_t t = 0; t < output->count; t++)
        add_words(sums, (uint64_t)eml_fe_signed(output->terms[t].weight), columns[output->terms[t].column], first,
                  rows);
    for (size_t i = 0; i < rows; i++) out[i] = (int64_t)sums[i];
}

static void put_wide(const eml_affine_output *output, const eml_cells_view *columns, size_t first, size_t rows,
                     eml_i128 *out) {
    eml_u128 sums[TILE];
    for (size_t i = 0; i < rows; i++) sums[i] = (eml_u128)eml_fe_signed(output->constant);
    for (size_t t = 0; t < output->count; t++) {
        eml_i128 weight = eml_fe_signed(output->terms[t].weight);
        eml_cells_view column = columns[output->terms[t].column];
        if (column.width == 8 && weight == (int64_t)weight) {
            const int64_t *cells = (const int64_t *)column.cells + first;
            for (size_t i = 0; i < rows; i++) sums[i] += (eml_u128)((eml_i128)cells[i] * (int64_t)weight);
        } else {
            for (size_t i = 0; i < rows; i++)
                sums[i] += (eml_u128)eml_cells_view_at(column, first + i) * (eml_u128)weight;
        }
    }
    for (size_t i = 0; i < rows; i++) out[i] = (eml_i128)sums[i];
}

static void put_field(const eml_affine_output *output, const eml_cells_view *columns, size_t first, size_t rows,
                      eml_i128 *out) {
    for (size_t i = 0; i < rows; i++) {
        eml_fe sum = output->constant;
        for (size_t t = 0; t < output->count; t++) {
            eml_fe cell = eml_fe_of_signed(eml_cells_view_at(columns[output->terms[t].column], first + i));
            sum = eml_fe_add(sum, eml_fe_mul(cell, output->terms[t].weight));
        }
        out[i] = eml_fe_signed(sum);
    }
}

void eml_affine_rows(const eml_affine *affine, const eml_cells_view *columns, size_t rows, eml_i128 *const *out) {
    static void (*const put[])(const eml_affine_output *, const eml_cells_view *, size_t, size_t, eml_i128 *) = {
        [EML_AFFINE_WORDS] = put_words, [EML_AFFINE_WIDE] = put_wide, [EML_AFFINE_FIELD] = put_field};
    for (size_t first = 0; first < rows; first += TILE)
        for (size_t o = 0; o < affine->count; o++) {
            size_t count = rows - first < TILE ? rows - first : TILE;
            put[affine->outputs[o].arithmetic](&affine->outputs[o], columns, first, count, out[o] + first);
        }
}
