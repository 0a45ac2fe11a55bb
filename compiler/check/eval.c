#include "compiler/check/eval.h"

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

static bool append_product(eml_evaluator *ev, const eml_expr *node, eml_form *sum, const eml_form *a,
                           const eml_form *b) {
    if (!charge(ev, node, eml_form_cost(a) * eml_form_cost(b)) || !eml_row_typing_allows(ev, node, a, b)) return false;
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

/* divisor: where the form stands. */
static bool invert(eml_evaluator *ev, const eml_expr *divisor, const eml_form *form, eml_form *out) {
    if (!eml_form_is_constant(form)) {
        eml_diag_add(ev->diags, EML_DIAG_DIVISION_INPUT, divisor->span,
                     "a divisor must be a constant: a model is affine in its inputs");
        return false;
    }
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

static eml_value divide(eml_evaluator *ev, const eml_expr *node, const eml_value *left, const eml_value *right) {
    eml_extent extent;
    if (!eml_extent_elementwise(left->extent, right->extent, &extent)) {
        return refuse_shapes(ev, node, "`/`", left->extent, right->extent);
    }
    eml_value inverse = eml_value_new(right->extent);
    bool good = true;
    for (size_t i = 0; good && i < eml_extent_elements(right->extent); i++) {
        good = invert(ev, node->items[1], &right->items[i], &inverse.items[i]);
    }
    eml_value quotient = good ? multiply(ev, node, left, &inverse) : poison;
    eml_value_free(&inverse);
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

/* Each element multiplied with itself; x^0 is 1, also of 0. Of inputs a power is the product that it stands for, with
 * the rules of products. */
static eml_value power(eml_evaluator *ev, const eml_expr *node, const eml_value *base) {
    long exponent;
    if (!exponent_of(ev, node->items[1], &exponent)) return poison;
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

static eml_value call(eml_evaluator *ev, const eml_expr *node) {
    eml_function function = eml_function_by_name(node->text);
    size_t wanted = function == EML_FUNCTION_DOT ? 2 : 1;
    if (function == EML_FUNCTION_COUNT) return poison; /* reported by resolve */
    if (node->count != wanted) {
        eml_diag_add(ev->diags, EML_DIAG_ARGUMENTS, node->span, "`%s` takes %zu argument%s, not %zu", node->text,
                     wanted, wanted == 1 ? "" : "s", node->count);
        return poison;
    }
    eml_value a = eml_eval(ev, node->items[0]), result = poison;
    if (function == EML_FUNCTION_SUM) {
        if (!is_poisoned(&a)) result = sum_of(ev, node, &a);
    } else {
        eml_value b = eml_eval(ev, node->items[1]);
        if (!is_poisoned(&a) && !is_poisoned(&b)) {
            bool vectors = a.extent.rank == 1 && eml_extent_equal(a.extent, b.extent);
            result = vectors ? matrix_product(ev, node, "`dot`", &a, &b)
                             : refuse_shapes(ev, node, "`dot` takes two vectors of one length", a.extent, b.extent);
        }
        eml_evaluator_drop(ev, &b);
    }
    eml_evaluator_drop(ev, &a);
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

static eml_value named(eml_evaluator *ev, const eml_expr *node) {
    size_t decl = eml_names_find(ev->names, node->text);
    if (decl == SIZE_MAX) return poison; /* reported by resolve */
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
    case EML_EXPR_INDEX: return true;
    default: return false;
    }
}

static bool is_sum(const eml_expr *node) { return node->kind == EML_EXPR_ADD || node->kind == EML_EXPR_SUB; }

static eml_value apply_binary(eml_evaluator *ev, const eml_expr *node, const eml_value *left, const eml_value *right) {
    switch (node->kind) {
    case EML_EXPR_MUL: return multiply(ev, node, left, right);
    case EML_EXPR_DIV: return divide(ev, node, left, right);
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

static eml_value leaf(eml_evaluator *ev, const eml_expr *node) {
    switch (node->kind) {
    case EML_EXPR_NUMBER: return number(ev, node);
    case EML_EXPR_NAME: return named(ev, node);
    case EML_EXPR_LIST: return list(ev, node);
    case EML_EXPR_CALL: return call(ev, node);
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

bool eml_eval_refuse_hidden(eml_evaluator *ev, const eml_expr *expr, const char *what, const eml_form *form) {
    const eml_form_term *term = eml_form_find_hidden(form);
    if (term == NULL) return false;
    const eml_decl *param = &ev->ast->decls[term->hidden->param];
    eml_diag *diag =
        eml_diag_add(ev->diags, EML_DIAG_HIDDEN_SHOWN, expr->span,
                     "%s depends on the hidden param `%s`, and everybody may see it", what, param->name.text);
    eml_diag_note_at(ev->diags, diag, param->name.span, "hidden here: only coefficients of outputs may depend on it");
    return true;
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
