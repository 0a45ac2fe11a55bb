#include "compiler/check/derive.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/check/rational.h"
#include "runtime/base/decimal.h"

static const eml_value poison = {.items = NULL};

static bool is_poisoned(const eml_value *value) { return value->items == NULL; }

/* ----- Limits of work and memory */

/* Constants are not counted: a matrix of them may be larger than any affine form. */
static size_t count_terms(const eml_form *form) { return eml_form_is_constant(form) ? 0 : form->count; }

static size_t count_owned(const eml_value *value) {
    size_t count = 0;
    for (size_t i = 0; !is_poisoned(value) && !value->borrowed && i < eml_extent_elements(value->extent); i++)
        count += count_terms(&value->items[i]);
    return count;
}

/* What eml_eval returns is counted among the terms held until it is released: freed, or about to be changed in place,
 * when it counts as growing. */
static void hold(eml_evaluator *ev, const eml_value *value) {
    ev->terms_held += count_owned(value);
    ev->terms_growing = 0;
}

static void release(eml_evaluator *ev, const eml_value *value) {
    ev->terms_held -= count_owned(value);
    ev->terms_growing += count_owned(value);
}

void eml_evaluator_drop(eml_evaluator *ev, eml_value *value) {
    ev->terms_held -= count_owned(value);
    eml_value_free(value);
}

static void refuse_terms(eml_evaluator *ev, const eml_expr *node) {
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, node->span,
                                  "the affine forms up to here have more than %d terms together", EML_TERMS_MAX);
    eml_diag_note(
        ev->diags, diag,
        "each element of a vector has a term for every input in it: take a sum over many inputs (`sum`, `dot`, `@`) "
        "after what is done element by element, not before");
}

/* terms: how many are about to be made. */
static bool grow(eml_evaluator *ev, const eml_expr *node, size_t terms) {
    bool was_left = ev->work_left > 0;
    ev->terms_growing += terms;
    if (was_left && ev->terms_held + ev->terms_growing > EML_TERMS_MAX) {
        refuse_terms(ev, node);
        ev->work_left = 0;
    }
    return ev->work_left > 0;
}

static bool charge(eml_evaluator *ev, const eml_expr *node, uint64_t cost) {
    bool was_left = ev->work_left > 0;
    ev->work_left = cost < ev->work_left ? ev->work_left - cost : 0;
    if (ev->work_left == 0 && was_left) {
        eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, node->span,
                     "the exact arithmetic up to here exceeds the compiler's limit of %llu steps",
                     (unsigned long long)EML_WORK_MAX);
    }
    return ev->work_left > 0;
}

/* Of forms that are about to be copied. */
static bool charge_forms(eml_evaluator *ev, const eml_expr *node, const eml_form *forms, size_t count) {
    uint64_t cost = 0;
    size_t terms = 0;
    for (size_t i = 0; i < count; i++) {
        cost += eml_form_cost(&forms[i]);
        terms += count_terms(&forms[i]);
    }
    return charge(ev, node, cost) && grow(ev, node, terms);
}

static bool own(eml_evaluator *ev, const eml_expr *node, eml_value *value) {
    if (!value->borrowed) return true;
    if (!charge_forms(ev, node, value->items, eml_extent_elements(value->extent))) return false;
    eml_value_own(value);
    return true;
}

/* ----- Elementwise operations */

static const eml_form *element(const eml_value *value, size_t i) {
    return &value->items[value->extent.rank == 0 ? 0 : i];
}

static eml_value refuse_shapes(eml_evaluator *ev, const eml_expr *node, const char *what, eml_extent a, eml_extent b) {
    char left[EML_EXTENT_TEXT], right[EML_EXTENT_TEXT];
    eml_diag_add(ev->diags, EML_DIAG_SHAPE, node->op_span, "%s: %s and %s do not fit", what, eml_extent_text(a, left),
                 eml_extent_text(b, right));
    return poison;
}

/* u * v * s: what one owner has of it becomes one input, and the rest may be a product that the program can do. */
static bool append_product_of_linear(eml_evaluator *ev, const eml_expr *node, eml_form *sum, const eml_form *a,
                                     const eml_form *b) {
    eml_form linear[2] = {{0}, {0}};
    bool good = eml_derive_linear(ev, node, a, &linear[0]) && eml_derive_linear(ev, node, b, &linear[1]);
    bool allowed = good && eml_row_typing_allows(ev, &linear[0], &linear[1]);
    if (allowed) eml_form_append_product(sum, &linear[0], &linear[1]);
    if (good && !allowed) eml_row_typing_refuse(ev, node, a, b);
    eml_form_free(&linear[0]);
    eml_form_free(&linear[1]);
    return allowed;
}

static bool append_product(eml_evaluator *ev, const eml_expr *node, eml_form *sum, const eml_form *a,
                           const eml_form *b) {
    if (!charge(ev, node, eml_form_cost(a) * eml_form_cost(b))) return false;
    if (!eml_row_typing_allows(ev, a, b)) {
        if (eml_derive_has_owner(ev, a, b)) return eml_derive_product(ev, node, a, b, sum);
        return append_product_of_linear(ev, node, sum, a, b);
    }
    bool constant = eml_form_is_constant(a) && eml_form_is_constant(b);
    if (!grow(ev, node, constant ? 0 : a->count * b->count)) return false;
    eml_form_append_product(sum, a, b);
    return true;
}

static void normalise(eml_value *value) {
    for (size_t i = 0; i < eml_extent_elements(value->extent); i++) eml_form_normalise(&value->items[i]);
}

/* Adds right to *left; *left is left unnormalised, so that a chain of sums is made normal once, at its end. */
static void add(eml_evaluator *ev, const eml_expr *node, eml_value *left, const eml_value *right) {
    eml_extent extent;
    if (!eml_extent_elementwise(left->extent, right->extent, &extent)) {
        eml_extent was = left->extent;
        eml_value_free(left);
        *left = refuse_shapes(ev, node, node->kind == EML_EXPR_ADD ? "`+`" : "`-`", was, right->extent);
        return;
    }
    if (!eml_extent_equal(left->extent, extent)) {
        eml_value wide = eml_value_new(extent);
        normalise(left);
        for (size_t i = 0; i < eml_extent_elements(extent); i++) {
            if (!charge_forms(ev, node, left->items, 1)) break;
            eml_form_append(&wide.items[i], left->items, false);
        }
        eml_value_free(left);
        *left = wide;
    }
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        if (!charge_forms(ev, node, element(right, i), 1)) break;
        eml_form_append(&left->items[i], element(right, i), node->kind == EML_EXPR_SUB);
    }
}

static eml_value multiply(eml_evaluator *ev, const eml_expr *node, const eml_value *left, const eml_value *right) {
    eml_extent extent;
    if (!eml_extent_elementwise(left->extent, right->extent, &extent)) {
        return refuse_shapes(ev, node, "`*`", left->extent, right->extent);
    }
    eml_value product = eml_value_new(extent);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        if (!append_product(ev, node, &product.items[i], element(left, i), element(right, i))) {
            eml_value_free(&product);
            return poison;
        }
        eml_form_normalise(&product.items[i]);
    }
    return product;
}

/* Of a constant. divisor: where the form stands. */
static bool invert(eml_evaluator *ev, const eml_expr *divisor, const eml_form *form, eml_form *out) {
    if (form->count == 0) {
        eml_diag_add(ev->diags, EML_DIAG_DIVISION_ZERO, divisor->span, "division by zero");
        return false;
    }
    const eml_hidden *hidden = form->terms[0].hidden;
    if (hidden != NULL && mpq_sgn(hidden->lo) <= 0 && mpq_sgn(hidden->hi) >= 0) {
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_DIVISION_ZERO, divisor->span,
                                      "the interval of this hidden divisor holds 0");
        eml_diag_note(ev->diags, diag, "hide the divisor in an interval above or below 0");
        return false;
    }
    eml_form_copy(out, form);
    eml_form_invert(out);
    return true;
}

/* By inputs of one owner, who divides; what is divided may be another's when the divisor is uniform. */
static bool append_derived_quotient(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b,
                                    eml_form *sum) {
    if (eml_form_is_constant(a) || eml_derive_has_owner(ev, a, b)) return eml_derive_quotient(ev, node, a, b, sum);
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    eml_form unit = {0}, inverse = {0};
    eml_form_append_term(&unit, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, one);
    bool good = eml_derive_quotient(ev, node, &unit, b, &inverse);
    eml_form_normalise(&inverse);
    if (good && !eml_row_typing_allows(ev, a, &inverse)) {
        eml_diag *diag =
            eml_diag_add(ev->diags, EML_DIAG_DIVISION_INPUT, node->items[1]->span,
                         "this divisor varies from row to row, and nobody has it and what it divides in plain");
        eml_diag_note(ev->diags, diag,
                      "declare it `uniform` if it has one value for all rows, or the model `single row`");
        good = false;
    }
    good = good && append_product(ev, node, sum, a, &inverse);
    eml_form_free(&unit);
    eml_form_free(&inverse);
    mpq_clear(one);
    return good;
}

static bool append_quotient(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b,
                            eml_form *sum) {
    if (!eml_form_is_constant(b)) return append_derived_quotient(ev, node, a, b, sum);
    eml_form inverse;
    if (!invert(ev, node->items[1], b, &inverse)) return false;
    bool good = append_product(ev, node, sum, a, &inverse);
    eml_form_free(&inverse);
    return good;
}

static eml_value divide(eml_evaluator *ev, const eml_expr *node, const eml_value *left, const eml_value *right) {
    eml_extent extent;
    if (!eml_extent_elementwise(left->extent, right->extent, &extent)) {
        return refuse_shapes(ev, node, "`/`", left->extent, right->extent);
    }
    eml_value quotient = eml_value_new(extent);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        if (!append_quotient(ev, node, element(left, i), element(right, i), &quotient.items[i])) {
            eml_value_free(&quotient);
            return poison;
        }
        eml_form_normalise(&quotient.items[i]);
    }
    return quotient;
}

/* ----- Powers */

static bool exponent_of(eml_evaluator *ev, const eml_expr *expr, long *out) {
    mpq_t number;
    mpq_init(number);
    bool good = eml_eval_number(ev, expr, "an exponent", number);
    if (good && (mpz_cmp_ui(mpq_denref(number), 1) != 0 || mpz_cmpabs_ui(mpq_numref(number), EML_EXPONENT_MAX) > 0)) {
        eml_diag_add(ev->diags, EML_DIAG_EXPONENT, expr->span, "an exponent is an integer from -%d to %d",
                     EML_EXPONENT_MAX, EML_EXPONENT_MAX);
        good = false;
    }
    if (good) *out = mpz_get_si(mpq_numref(number));
    mpq_clear(number);
    return good;
}

static eml_value ones(eml_extent extent) {
    eml_value value = eml_value_new(extent);
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        eml_form_append_term(&value.items[i], (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, one);
        eml_form_normalise(&value.items[i]);
    }
    mpq_clear(one);
    return value;
}

/* *value times by, in place. */
static void multiply_by(eml_evaluator *ev, const eml_expr *node, eml_value *value, const eml_value *by) {
    eml_value product = is_poisoned(value) || is_poisoned(by) ? poison : multiply(ev, node, value, by);
    eml_value_free(value);
    *value = product;
}

/* Whether every element is a constant, or one that the program multiplies with itself. */
static bool core_can_raise(const eml_evaluator *ev, const eml_value *base, long exponent) {
    for (size_t i = 0; i < eml_extent_elements(base->extent); i++) {
        const eml_form *form = &base->items[i];
        if (!eml_form_is_constant(form) && (exponent < 0 || exponent > 2 || !eml_row_typing_allows(ev, form, form)))
            return false;
    }
    return true;
}

static bool append_power(eml_evaluator *ev, const eml_expr *node, const eml_form *base, long exponent, eml_form *sum) {
    eml_operation operation = {.operator= EML_FORMULA_POWER, .exponent = (int32_t)exponent};
    return charge_forms(ev, node, base, 1) && eml_derive(ev, node, &operation, &base, 1, sum);
}

static eml_value derived_power(eml_evaluator *ev, const eml_expr *node, const eml_value *base, long exponent) {
    eml_value result = eml_value_new(base->extent);
    for (size_t i = 0; i < eml_extent_elements(base->extent); i++) {
        if (append_power(ev, node, &base->items[i], exponent, &result.items[i])) continue;
        eml_value_free(&result);
        return poison;
    }
    return result;
}

/* Each element multiplied with itself; x^0 is 1, also of 0. */
static eml_value power(eml_evaluator *ev, const eml_expr *node, const eml_value *base) {
    long exponent;
    if (!exponent_of(ev, node->items[1], &exponent)) return poison;
    if (exponent != 0 && !core_can_raise(ev, base, exponent)) return derived_power(ev, node, base, exponent);
    eml_value result = ones(base->extent), square = eml_value_new(base->extent);
    bool good = true;
    for (size_t i = 0; good && i < eml_extent_elements(base->extent); i++) {
        if (exponent < 0)
            good = invert(ev, node->items[0], &base->items[i], &square.items[i]);
        else
            eml_form_copy(&square.items[i], &base->items[i]);
    }
    if (!good) eml_value_free(&result);
    for (unsigned long left = (unsigned long)labs(exponent); good && left > 0; left >>= 1) {
        if (left & 1) multiply_by(ev, node, &result, &square);
        if (left > 1) multiply_by(ev, node, &square, &square);
        good = !is_poisoned(&result) && !is_poisoned(&square);
    }
    eml_value_free(&square);
    if (!good) eml_value_free(&result);
    return good ? result : poison;
}

/* ----- Products that sum */

static eml_value matrix_product(eml_evaluator *ev, const eml_expr *node, const char *what, const eml_value *left,
                                const eml_value *right) {
    eml_extent extent;
    if (!eml_extent_product(left->extent, right->extent, &extent)) {
        return refuse_shapes(ev, node, what, left->extent, right->extent);
    }
    size_t rows = left->extent.rank == 2 ? left->extent.dims[0] : 1, inner = right->extent.dims[0];
    size_t columns = right->extent.dims[1];
    if (rows * columns > EML_ELEMENTS_MAX) {
        eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, node->op_span, "a value has at most %d elements", EML_ELEMENTS_MAX);
        return poison;
    }
    eml_value product = eml_value_new(extent);
    for (size_t i = 0; i < rows * columns; i++) {
        const eml_form *row = &left->items[i / columns * inner], *column = &right->items[i % columns];
        for (size_t k = 0; k < inner; k++) {
            if (append_product(ev, node, &product.items[i], &row[k], &column[k * columns])) continue;
            eml_value_free(&product);
            return poison;
        }
        eml_form_normalise(&product.items[i]);
    }
    return product;
}

static eml_value sum_of(eml_evaluator *ev, const eml_expr *node, const eml_value *value) {
    eml_value sum = eml_value_new(EML_SCALAR);
    size_t count = eml_extent_elements(value->extent);
    if (charge_forms(ev, node, value->items, count)) {
        for (size_t i = 0; i < count; i++) eml_form_append(&sum.items[0], &value->items[i], false);
    }
    normalise(&sum);
    return sum;
}

static eml_value dot(eml_evaluator *ev, const eml_expr *node, const eml_value *a, const eml_value *b) {
    bool vectors = a->extent.rank == 1 && eml_extent_equal(a->extent, b->extent);
    return vectors ? matrix_product(ev, node, "`dot`", a, b)
                   : refuse_shapes(ev, node, "`dot` takes two vectors of one length", a->extent, b->extent);
}

/* ----- Functions, comparisons, choices: element by element */

/* The operation on elements i of count values, appended to *sum. */
static bool derive_element(eml_evaluator *ev, const eml_expr *node, const eml_operation *operation,
                           const eml_value *values, size_t count, size_t i, eml_form *sum) {
    const eml_form *forms[3];
    for (size_t k = 0; k < count; k++) {
        forms[k] = element(&values[k], i);
        if (!charge_forms(ev, node, forms[k], 1)) return false;
    }
    bool good = eml_derive(ev, node, operation, forms, count, sum);
    eml_form_normalise(sum);
    return good;
}

static eml_value elementwise(eml_evaluator *ev, const eml_expr *node, const eml_operation *operation,
                             const eml_value *values, size_t count) {
    eml_extent extent = values[0].extent;
    for (size_t k = 1; k < count; k++)
        if (!eml_extent_elementwise(extent, values[k].extent, &extent))
            return refuse_shapes(ev, node, "the operands", values[0].extent, values[k].extent);
    eml_value result = eml_value_new(extent);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        if (derive_element(ev, node, operation, values, count, i, &result.items[i])) continue;
        eml_value_free(&result);
        return poison;
    }
    return result;
}

/* 1 - x, of a condition. */
static void negate_condition(eml_value *value) {
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    for (size_t i = 0; i < eml_extent_elements(value->extent); i++) {
        eml_form_negate(&value->items[i]);
        eml_form_append_term(&value->items[i], (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, one);
        eml_form_normalise(&value->items[i]);
    }
    mpq_clear(one);
}

/* `category == "word"`, either way round. */
static eml_value compare_word(eml_evaluator *ev, const eml_expr *node) {
    bool first = node->items[0]->kind == EML_EXPR_STRING;
    eml_value category = eml_eval(ev, node->items[first ? 1 : 0]);
    if (is_poisoned(&category)) return poison;
    eml_value result = eml_value_new(category.extent);
    bool good = true;
    for (size_t i = 0; good && i < eml_extent_elements(category.extent); i++)
        good = eml_derive_is_word(ev, node, &category.items[i], node->items[first ? 0 : 1], &result.items[i]);
    if (good && node->kind == EML_EXPR_NOT_EQUAL) negate_condition(&result);
    eml_evaluator_drop(ev, &category);
    if (!good) eml_value_free(&result);
    return good ? result : poison;
}

/* a > b is b < a, and a != b is 1 - (a == b). */
static eml_value operate(eml_evaluator *ev, const eml_expr *node, eml_value *operands) {
    static const eml_formula_operator operators[] = {
        [EML_EXPR_EQUAL] = EML_FORMULA_EQUAL,  [EML_EXPR_NOT_EQUAL] = EML_FORMULA_EQUAL,
        [EML_EXPR_LESS] = EML_FORMULA_LESS,    [EML_EXPR_LESS_EQUAL] = EML_FORMULA_LESS_EQUAL,
        [EML_EXPR_GREATER] = EML_FORMULA_LESS, [EML_EXPR_GREATER_EQUAL] = EML_FORMULA_LESS_EQUAL,
        [EML_EXPR_AND] = EML_FORMULA_AND,      [EML_EXPR_OR] = EML_FORMULA_OR,
        [EML_EXPR_NOT] = EML_FORMULA_NOT,      [EML_EXPR_IF] = EML_FORMULA_IF};
    if (node->kind == EML_EXPR_GREATER || node->kind == EML_EXPR_GREATER_EQUAL) {
        eml_value first = operands[0];
        operands[0] = operands[1];
        operands[1] = first;
    }
    eml_value result =
        elementwise(ev, node, &(eml_operation){.operator = operators[node->kind]}, operands, node->count);
    if (node->kind == EML_EXPR_NOT_EQUAL && !is_poisoned(&result)) negate_condition(&result);
    return result;
}

static bool compares_word(const eml_expr *node) {
    bool equality = node->kind == EML_EXPR_EQUAL || node->kind == EML_EXPR_NOT_EQUAL;
    return equality && (node->items[0]->kind == EML_EXPR_STRING) != (node->items[1]->kind == EML_EXPR_STRING);
}

static eml_value condition(eml_evaluator *ev, const eml_expr *node) {
    if (compares_word(node)) return compare_word(ev, node);
    eml_value operands[3] = {poison, poison, poison}, result = poison;
    bool good = true;
    for (size_t k = 0; k < node->count; k++) {
        operands[k] = eml_eval(ev, node->items[k]);
        good = !is_poisoned(&operands[k]) && good;
    }
    if (good) result = operate(ev, node, operands);
    for (size_t k = 0; k < node->count; k++) eml_evaluator_drop(ev, &operands[k]);
    return result;
}

/* softmax: a share an element; argmax: one index. */
static eml_value of_vector(eml_evaluator *ev, const eml_expr *node, bool shares, const eml_value *vector) {
    size_t count = eml_extent_elements(vector->extent);
    if (vector->extent.rank != 1 || count > EML_FORMULA_OPERANDS_MAX) {
        char text[EML_EXTENT_TEXT];
        eml_diag_add(ev->diags, EML_DIAG_SHAPE, node->span, "`%s` takes a vector of at most %d, not %s", node->text,
                     EML_FORMULA_OPERANDS_MAX, eml_extent_text(vector->extent, text));
        return poison;
    }
    const eml_form **forms = eml_alloc(count, sizeof *forms);
    for (size_t i = 0; i < count; i++) forms[i] = &vector->items[i];
    eml_value result = eml_value_new(shares ? vector->extent : EML_SCALAR);
    bool good = true;
    for (size_t i = 0; good && i < (shares ? count : 1); i++) {
        eml_operation operation = {.operator= shares ? EML_FORMULA_SOFTMAX : EML_FORMULA_ARGMAX, .share = (uint32_t)i};
        good = charge_forms(ev, node, vector->items, count) &&
               eml_derive(ev, node, &operation, forms, count, &result.items[i]);
        eml_form_normalise(&result.items[i]);
    }
    eml_free(forms);
    if (!good) eml_value_free(&result);
    return good ? result : poison;
}

static eml_value onehot(eml_evaluator *ev, const eml_expr *node, const eml_value *category) {
    const eml_words *words = category->extent.rank == 0 ? eml_derive_words(ev, &category->items[0]) : NULL;
    if (words == NULL) {
        eml_diag_add(ev->diags, EML_DIAG_CATEGORY, node->items[0]->span,
                     "`onehot` takes a category, such as `input public x in {\"a\", \"b\"}`");
        return poison;
    }
    eml_value result = eml_value_new((eml_extent){1, {words->count, 1}});
    bool good = true;
    for (size_t i = 0; good && i < words->count; i++)
        good = eml_derive_is_word(ev, node, &category->items[0], words->items[i], &result.items[i]);
    if (!good) eml_value_free(&result);
    return good ? result : poison;
}

/* min(max(x, lo), hi) */
static eml_value clamp(eml_evaluator *ev, const eml_expr *node, const eml_value *arguments) {
    eml_value raised = elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_MAX}, arguments, 2);
    if (is_poisoned(&raised)) return poison;
    const eml_value pair[] = {raised, arguments[2]};
    eml_value result = elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_MIN}, pair, 2);
    eml_value_free(&raised);
    return result;
}

static eml_value copy_of(eml_evaluator *ev, const eml_expr *node, const eml_value *value) {
    eml_value copy = *value;
    copy.borrowed = true;
    return own(ev, node, &copy) ? copy : poison;
}

static eml_value apply_function(eml_evaluator *ev, const eml_expr *node, eml_function function,
                                const eml_value *arguments) {
    return elementwise(ev, node, &(eml_operation){.operator= EML_FORMULA_FUNCTION, .function = function}, arguments, 1);
}

static eml_value apply_call(eml_evaluator *ev, const eml_expr *node, eml_call which, const eml_value *arguments) {
    switch (which) {
    case EML_CALL_DOT: return dot(ev, node, &arguments[0], &arguments[1]);
    case EML_CALL_SUM: return sum_of(ev, node, &arguments[0]);
    case EML_CALL_ONEHOT: return onehot(ev, node, &arguments[0]);
    case EML_CALL_ABS: return elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_ABS}, arguments, 1);
    case EML_CALL_MIN: return elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_MIN}, arguments, 2);
    case EML_CALL_MAX: return elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_MAX}, arguments, 2);
    case EML_CALL_CLAMP: return clamp(ev, node, arguments);
    case EML_CALL_FLOOR: return elementwise(ev, node, &(eml_operation){.operator = EML_FORMULA_FLOOR}, arguments, 1);
    case EML_CALL_IDENTITY: return copy_of(ev, node, &arguments[0]);
    case EML_CALL_SOFTMAX: return of_vector(ev, node, true, &arguments[0]);
    case EML_CALL_ARGMAX: return of_vector(ev, node, false, &arguments[0]);
    case EML_CALL_SQRT: return apply_function(ev, node, EML_FUNCTION_SQRT, arguments);
    case EML_CALL_LOG: return apply_function(ev, node, EML_FUNCTION_LOG, arguments);
    case EML_CALL_LOG1P: return apply_function(ev, node, EML_FUNCTION_LOG1P, arguments);
    case EML_CALL_EXP: return apply_function(ev, node, EML_FUNCTION_EXP, arguments);
    case EML_CALL_EXPM1: return apply_function(ev, node, EML_FUNCTION_EXPM1, arguments);
    case EML_CALL_LOGISTIC: return apply_function(ev, node, EML_FUNCTION_LOGISTIC, arguments);
    case EML_CALL_PROBIT: return apply_function(ev, node, EML_FUNCTION_PROBIT, arguments);
    case EML_CALL_CLOGLOG: return apply_function(ev, node, EML_FUNCTION_CLOGLOG, arguments);
    case EML_CALL_COUNT: break; /* reported by resolve */
    }
    return poison;
}

static size_t arguments_of(eml_call which) {
    static const size_t counts[] = {
#define CALL(NAME, name, arguments, shown, meaning) arguments,
#include "compiler/check/call.def"
#undef CALL
    };
    return counts[which];
}

static eml_value call(eml_evaluator *ev, const eml_expr *node) {
    eml_call which = eml_call_by_name(node->text);
    if (which == EML_CALL_COUNT) return poison; /* reported by resolve */
    size_t wanted = arguments_of(which);
    if (node->count != wanted) {
        eml_diag_add(ev->diags, EML_DIAG_ARGUMENTS, node->span, "`%s` takes %zu argument%s, not %zu", node->text,
                     wanted, wanted == 1 ? "" : "s", node->count);
        return poison;
    }
    eml_value arguments[3] = {poison, poison, poison}, result = poison;
    bool good = true;
    for (size_t k = 0; k < wanted; k++) {
        arguments[k] = eml_eval(ev, node->items[k]);
        good = !is_poisoned(&arguments[k]) && good;
    }
    if (good) result = apply_call(ev, node, which, arguments);
    for (size_t k = 0; k < wanted; k++) eml_evaluator_drop(ev, &arguments[k]);
    return result;
}

/* ----- Lists and subscripts */

static eml_value list(eml_evaluator *ev, const eml_expr *node) {
    eml_value first = eml_eval(ev, node->items[0]), all = poison;
    bool good = !is_poisoned(&first);
    size_t stride = eml_extent_elements(first.extent);
    if (good && (first.extent.rank > 1 || stride * node->count > EML_ELEMENTS_MAX)) {
        eml_diag_add(ev->diags, EML_DIAG_SHAPE, node->span, "a list holds scalars, or vectors of one length");
        good = false;
    }
    if (good) {
        eml_extent extent = {first.extent.rank + 1, {node->count, stride}};
        all = eml_value_new(extent);
    }
    eml_value item = first;
    for (size_t i = 0;;) {
        if (good && !eml_extent_equal(item.extent, first.extent)) {
            refuse_shapes(ev, node->items[i], "the items of a list have one shape", first.extent, item.extent);
            good = false;
        }
        good = good && own(ev, node->items[i], &item);
        if (good) {
            memcpy(&all.items[i * stride], item.items, stride * sizeof *item.items);
            eml_free(item.items);
        } else {
            eml_evaluator_drop(ev, &item);
        }
        if (++i == node->count) break;
        item = eml_eval(ev, node->items[i]);
        good = good && !is_poisoned(&item);
    }
    if (!good) eml_value_free(&all);
    return all;
}

typedef struct index_range {
    size_t lo, hi;
} index_range;

static bool index_number(eml_evaluator *ev, const eml_expr *expr, size_t limit, size_t *out) {
    mpq_t number;
    mpq_init(number);
    bool good = eml_eval_number(ev, expr, "an index", number);
    if (good &&
        (mpz_cmp_ui(mpq_denref(number), 1) != 0 || mpq_sgn(number) < 0 || mpz_cmp_ui(mpq_numref(number), limit) > 0)) {
        eml_buf text = {0};
        eml_rational_print_short(number, &text);
        eml_diag_add(ev->diags, EML_DIAG_INDEX, expr->span, "an integer from 0 to %zu can stand here, not %.*s", limit,
                     (int)text.len, (const char *)text.data);
        eml_buf_free(&text);
        good = false;
    }
    if (good) *out = mpz_get_ui(mpq_numref(number));
    mpq_clear(number);
    return good;
}

static bool subscript_range(eml_evaluator *ev, const eml_subscript *subscript, size_t dim, index_range *out) {
    *out = (index_range){0, dim};
    if (!subscript->slice) {
        if (!index_number(ev, subscript->lo, dim - 1, &out->lo)) return false;
        out->hi = out->lo + 1;
        return true;
    }
    bool good = subscript->lo == NULL || index_number(ev, subscript->lo, dim, &out->lo);
    good = (subscript->hi == NULL || index_number(ev, subscript->hi, dim, &out->hi)) && good;
    if (good && out->lo >= out->hi) {
        eml_diag_add(ev->diags, EML_DIAG_INDEX, subscript->span, "the slice %zu:%zu is empty", out->lo, out->hi);
        return false;
    }
    return good;
}

static eml_value subscripted(eml_evaluator *ev, const eml_expr *node, const eml_value *base) {
    char shape[EML_EXTENT_TEXT];
    if (node->subscript_count > base->extent.rank) {
        eml_diag_add(ev->diags, EML_DIAG_INDEX, node->span, "%s takes at most %u subscript%s, not %zu",
                     eml_extent_text(base->extent, shape), base->extent.rank, base->extent.rank == 1 ? "" : "s",
                     node->subscript_count);
        return poison;
    }
    index_range ranges[2] = {{0, base->extent.dims[0]}, {0, base->extent.dims[1]}};
    eml_extent extent = EML_SCALAR;
    bool good = true;
    for (unsigned i = 0; i < base->extent.rank; i++) {
        bool given = i < node->subscript_count;
        if (given) good = subscript_range(ev, &node->subscripts[i], base->extent.dims[i], &ranges[i]) && good;
        if (!given || node->subscripts[i].slice) extent.dims[extent.rank++] = ranges[i].hi - ranges[i].lo;
    }
    if (!good) return poison;
    eml_value part = eml_value_new(extent);
    size_t next = 0;
    for (size_t i = ranges[0].lo; i < ranges[0].hi; i++) {
        for (size_t j = ranges[1].lo; j < ranges[1].hi; j++) {
            const eml_form *from = &base->items[i * base->extent.dims[1] + j];
            if (charge_forms(ev, node, from, 1)) eml_form_copy(&part.items[next], from);
            next++;
        }
    }
    return part;
}

/* ----- Expressions */

static eml_value number(eml_evaluator *ev, const eml_expr *node) {
    mpq_t value;
    mpq_init(value);
    eml_value result = poison;
    if (!eml_decimal_parse(node->text, strlen(node->text), value)) {
        eml_diag_add(ev->diags, EML_DIAG_NUMBER_LONG, node->span,
                     "a number has at most %d digits and an exponent of at most %d", EML_DECIMAL_DIGITS_MAX,
                     EML_DECIMAL_EXPONENT_MAX);
    } else {
        result = eml_value_new(EML_SCALAR);
        eml_form_append_term(&result.items[0], (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, value);
        eml_form_normalise(&result.items[0]);
    }
    mpq_clear(value);
    return result;
}

/* The columns that a result reads in place of an output's form. */
static eml_value printed(eml_evaluator *ev, size_t decl) {
    if (is_poisoned(&ev->values[decl])) return poison;
    bool output = ev->ast->decls[decl].kind == EML_DECL_OUTPUT;
    uint32_t first = (output ? EML_COLUMN_OUTPUT : EML_COLUMN_RESULT) + (uint32_t)ev->firsts[decl];
    eml_value value = eml_value_new(ev->extents[decl]);
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    for (size_t i = 0; i < eml_extent_elements(value.extent); i++)
        eml_form_append_term(&value.items[i], (eml_monomial){first + (uint32_t)i, EML_NO_INPUT}, one);
    mpq_clear(one);
    return value;
}

/* Of what a result may not read, or others of it. */
static bool is_in_scope(eml_evaluator *ev, const eml_expr *node, size_t decl) {
    const eml_decl *found = &ev->ast->decls[decl];
    if (!ev->results && found->kind == EML_DECL_RESULT) {
        eml_diag_add(ev->diags, EML_DIAG_RESULT_SCOPE, node->span,
                     "`%s` is a result, worked out from outputs: only other results can read it", node->text);
        return false;
    }
    bool constant = true;
    for (size_t i = 0; ev->results && (found->kind == EML_DECL_LET || found->kind == EML_DECL_DERIVE) &&
                       !is_poisoned(&ev->values[decl]) && i < eml_extent_elements(ev->values[decl].extent);
         i++)
        constant = constant && eml_form_is_constant(&ev->values[decl].items[i]);
    if (ev->results && (found->kind == EML_DECL_INPUT || !constant)) {
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_RESULT_SCOPE, node->span,
                                      "a result is worked out from outputs, and `%s` depends on inputs", node->text);
        eml_diag_note(ev->diags, diag, "make it an output of its own, which results can read");
        return false;
    }
    return true;
}

static eml_value named(eml_evaluator *ev, const eml_expr *node) {
    size_t decl = eml_names_find(ev->names, node->text);
    if (decl == SIZE_MAX || !is_in_scope(ev, node, decl)) return poison; /* reported, the former by resolve */
    eml_decl_kind kind = ev->ast->decls[decl].kind;
    if (ev->results && (kind == EML_DECL_OUTPUT || kind == EML_DECL_RESULT)) return printed(ev, decl);
    eml_value value = ev->values[decl];
    value.borrowed = true;
    return value;
}

static bool is_chain(const eml_expr *node) {
    switch (node->kind) {
    case EML_EXPR_NEGATE:
    case EML_EXPR_ADD:
    case EML_EXPR_SUB:
    case EML_EXPR_MUL:
    case EML_EXPR_DIV:
    case EML_EXPR_MATMUL:
    case EML_EXPR_POWER:
    case EML_EXPR_AND:
    case EML_EXPR_OR:
    case EML_EXPR_INDEX: return true;
    default: return false;
    }
}

static bool is_sum(const eml_expr *node) { return node->kind == EML_EXPR_ADD || node->kind == EML_EXPR_SUB; }

static eml_value apply_binary(eml_evaluator *ev, const eml_expr *node, const eml_value *left, const eml_value *right) {
    switch (node->kind) {
    case EML_EXPR_MUL: return multiply(ev, node, left, right);
    case EML_EXPR_DIV: return divide(ev, node, left, right);
    case EML_EXPR_AND:
    case EML_EXPR_OR: return operate(ev, node, (eml_value[]){*left, *right});
    default: return matrix_product(ev, node, "`@`", left, right);
    }
}

/* One operator on the value of its first item, which is used up. */
static eml_value apply(eml_evaluator *ev, const eml_expr *node, eml_value left) {
    eml_value result = poison;
    if (node->kind == EML_EXPR_NEGATE) {
        if (is_poisoned(&left)) return poison;
        release(ev, &left);
        if (!own(ev, node, &left)) return poison;
        for (size_t i = 0; i < eml_extent_elements(left.extent); i++) eml_form_negate(&left.items[i]);
        return left;
    }
    if (node->kind == EML_EXPR_INDEX || node->kind == EML_EXPR_POWER) {
        if (!is_poisoned(&left))
            result = node->kind == EML_EXPR_INDEX ? subscripted(ev, node, &left) : power(ev, node, &left);
        eml_evaluator_drop(ev, &left);
        return result;
    }
    eml_value right = eml_eval(ev, node->items[1]);
    if (is_poisoned(&left) || is_poisoned(&right)) {
        eml_evaluator_drop(ev, &left);
    } else if (is_sum(node)) {
        release(ev, &left);
        if (own(ev, node, &left)) add(ev, node, &left, &right);
        result = left;
    } else {
        result = apply_binary(ev, node, &left, &right);
        eml_evaluator_drop(ev, &left);
    }
    eml_evaluator_drop(ev, &right);
    return result;
}

static eml_value refuse_word(eml_evaluator *ev, const eml_expr *node) {
    eml_diag_add(ev->diags, EML_DIAG_CATEGORY, node->span,
                 "a word stands beside `==` or `!=`, to compare a category with");
    return poison;
}

static eml_value leaf(eml_evaluator *ev, const eml_expr *node) {
    switch (node->kind) {
    case EML_EXPR_NUMBER: return number(ev, node);
    case EML_EXPR_NAME: return named(ev, node);
    case EML_EXPR_LIST: return list(ev, node);
    case EML_EXPR_CALL: return call(ev, node);
    case EML_EXPR_EQUAL:
    case EML_EXPR_NOT_EQUAL:
    case EML_EXPR_LESS:
    case EML_EXPR_LESS_EQUAL:
    case EML_EXPR_GREATER:
    case EML_EXPR_GREATER_EQUAL:
    case EML_EXPR_NOT:
    case EML_EXPR_IF: return condition(ev, node);
    case EML_EXPR_STRING: return refuse_word(ev, node);
    default: return poison; /* csv outside a param: reported by the parser */
    }
}

/* Makes a held value normal. */
static void settle(eml_evaluator *ev, eml_value *value) {
    if (is_poisoned(value)) return;
    release(ev, value);
    normalise(value);
    hold(ev, value);
}

bool eml_evaluator_own(eml_evaluator *ev, const eml_expr *node, eml_value *value) {
    if (!value->borrowed) return true;
    if (!own(ev, node, value)) return false;
    hold(ev, value);
    return true;
}

/* Chains of operators (a + b + c + ...) are folded from their leftmost operand in a loop: they can be long, nesting
 * cannot. */
eml_value eml_eval(eml_evaluator *ev, const eml_expr *expr) {
    size_t length = 0;
    const eml_expr *node = expr;
    for (; is_chain(node); node = node->items[0]) length++;
    const eml_expr **chain = eml_alloc(length, sizeof(const eml_expr *));
    node = expr;
    for (size_t i = length; i-- > 0; node = node->items[0]) chain[i] = node;
    eml_value value = leaf(ev, node);
    hold(ev, &value);
    bool loose = false; /* value is not normal */
    for (size_t i = 0; i < length; i++) {
        if (loose && !is_sum(chain[i])) settle(ev, &value);
        value = apply(ev, chain[i], value);
        hold(ev, &value);
        loose = is_sum(chain[i]);
    }
    if (loose) settle(ev, &value);
    eml_free(chain);
    if (ev->work_left == 0) {
        eml_evaluator_drop(ev, &value);
        return poison;
    }
    return value;
}

bool eml_eval_number(eml_evaluator *ev, const eml_expr *expr, const char *what, mpq_t out) {
    eml_value value = eml_eval(ev, expr);
    bool good = !is_poisoned(&value);
    if (good && value.extent.rank != 0) {
        char shape[EML_EXTENT_TEXT];
        eml_diag_add(ev->diags, EML_DIAG_SHAPE, expr->span, "%s must be a scalar, this is %s", what,
                     eml_extent_text(value.extent, shape));
        good = false;
    }
    if (good && !eml_form_is_constant(&value.items[0])) {
        eml_diag_add(ev->diags, EML_DIAG_NOT_CONSTANT, expr->span, "%s must be a constant, this depends on an input",
                     what);
        good = false;
    }
    good = good && !eml_eval_refuse_hidden(ev, expr, what, &value.items[0]);
    if (good) eml_form_constant(&value.items[0], out);
    eml_evaluator_drop(ev, &value);
    return good;
}
