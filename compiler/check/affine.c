#include "compiler/check/affine.h"

#include <assert.h>
#include <stdlib.h>

#include "compiler/check/rational.h"
#include "runtime/base/memory.h"

int eml_monomial_compare(eml_monomial a, eml_monomial b) {
    if (a.first != b.first) return a.first < b.first ? -1 : 1;
    if (a.second != b.second) return a.second < b.second ? -1 : 1;
    return 0;
}

unsigned eml_monomial_degree(eml_monomial monomial) {
    return (monomial.first != EML_NO_INPUT ? 1u : 0u) + (monomial.second != EML_NO_INPUT ? 1u : 0u);
}

/* Room for one more term, its coefficient initialised. */
static eml_form_term *append_slot(eml_form *form, eml_monomial monomial) {
    form->terms = eml_grow(form->terms, &form->capacity, form->count + 1, sizeof *form->terms);
    eml_form_term *term = &form->terms[form->count++];
    *term = (eml_form_term){.monomial = monomial};
    mpq_init(term->coefficient);
    return term;
}

/* ----- Hidden coefficients */

static eml_hidden *new_hidden(uint32_t param, uint32_t element) {
    eml_hidden *hidden = eml_alloc(1, sizeof *hidden);
    *hidden = (eml_hidden){.param = param, .element = element};
    mpq_inits(hidden->lo, hidden->hi, NULL);
    return hidden;
}

static void free_hidden(eml_hidden *hidden) {
    if (hidden == NULL) return;
    mpq_clears(hidden->lo, hidden->hi, NULL);
    eml_free(hidden);
}

static eml_hidden *copy_hidden(const eml_hidden *from) {
    if (from == NULL) return NULL;
    eml_hidden *hidden = new_hidden(from->param, from->element);
    mpq_set(hidden->lo, from->lo);
    mpq_set(hidden->hi, from->hi);
    return hidden;
}

static void negate_hidden(eml_hidden *hidden) {
    if (hidden == NULL) return;
    mpq_swap(hidden->lo, hidden->hi);
    mpq_neg(hidden->lo, hidden->lo);
    mpq_neg(hidden->hi, hidden->hi);
}

/* What depends on both: linearly on one element only when it is the same, or the other is no hidden one. */
static eml_hidden *join_hidden(const eml_hidden *a, const eml_hidden *b, bool linear) {
    if (a == NULL || b == NULL) return new_hidden((a != NULL ? a : b)->param, (a != NULL ? a : b)->element);
    bool one = linear && a->param == b->param && a->element == b->element;
    return new_hidden(a->param, one ? a->element : EML_ELEMENTS_SEVERAL);
}

/* The interval of a product: between the least and the greatest of its four corners. */
static eml_hidden *multiply_hidden(const eml_form_term *a, const eml_form_term *b) {
    if (a->hidden == NULL && b->hidden == NULL) return NULL;
    eml_hidden *hidden = join_hidden(a->hidden, b->hidden, false);
    mpq_t ends[4], corner;
    for (int i = 0; i < 4; i++) mpq_init(ends[i]);
    mpq_init(corner);
    eml_term_interval(a, ends[0], ends[1]);
    eml_term_interval(b, ends[2], ends[3]);
    for (int i = 0; i < 4; i++) {
        mpq_mul(corner, ends[i / 2], ends[2 + i % 2]);
        if (i == 0 || mpq_cmp(corner, hidden->lo) < 0) mpq_set(hidden->lo, corner);
        if (i == 0 || mpq_cmp(corner, hidden->hi) > 0) mpq_set(hidden->hi, corner);
    }
    for (int i = 0; i < 4; i++) mpq_clear(ends[i]);
    mpq_clear(corner);
    return hidden;
}

void eml_term_interval(const eml_form_term *term, mpq_t lo, mpq_t hi) {
    mpq_set(lo, term->hidden == NULL ? term->coefficient : term->hidden->lo);
    mpq_set(hi, term->hidden == NULL ? term->coefficient : term->hidden->hi);
}

void eml_term_magnitude(const eml_form_term *term, mpq_t out) {
    mpq_t hi;
    mpq_init(hi);
    eml_term_interval(term, out, hi);
    mpq_abs(out, out);
    mpq_abs(hi, hi);
    if (mpq_cmp(hi, out) > 0) mpq_swap(hi, out);
    mpq_clear(hi);
}

const eml_form_term *eml_form_find_hidden(const eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        if (form->terms[i].hidden != NULL) return &form->terms[i];
    }
    return NULL;
}

void eml_form_append_hidden(eml_form *form, const mpq_t value, const eml_hidden *hidden) {
    eml_form_term *term = append_slot(form, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT});
    mpq_set(term->coefficient, value);
    term->hidden = copy_hidden(hidden);
}

void eml_form_invert(eml_form *form) {
    eml_form_term *term = &form->terms[0];
    mpq_inv(term->coefficient, term->coefficient);
    if (term->hidden == NULL) return;
    mpq_inv(term->hidden->lo, term->hidden->lo);
    mpq_inv(term->hidden->hi, term->hidden->hi);
    mpq_swap(term->hidden->lo, term->hidden->hi);
    term->hidden->element = EML_ELEMENTS_SEVERAL;
}

/* ----- Sums and products */

void eml_form_append_term(eml_form *form, eml_monomial monomial, const mpq_t coefficient) {
    mpq_set(append_slot(form, monomial)->coefficient, coefficient);
}

void eml_form_append(eml_form *form, const eml_form *other, bool negate) {
    for (size_t i = 0; i < other->count; i++) {
        eml_form_term *term = append_slot(form, other->terms[i].monomial);
        mpq_set(term->coefficient, other->terms[i].coefficient);
        term->hidden = copy_hidden(other->terms[i].hidden);
        if (!negate) continue;
        mpq_neg(term->coefficient, term->coefficient);
        negate_hidden(term->hidden);
    }
}

void eml_form_append_scaled(eml_form *form, eml_monomial monomial, const eml_form_term *term, const mpq_t factor) {
    eml_form_term *scaled = append_slot(form, monomial);
    mpq_mul(scaled->coefficient, term->coefficient, factor);
    scaled->hidden = copy_hidden(term->hidden);
    if (scaled->hidden == NULL) return;
    mpq_mul(scaled->hidden->lo, scaled->hidden->lo, factor);
    mpq_mul(scaled->hidden->hi, scaled->hidden->hi, factor);
    if (mpq_sgn(factor) < 0) mpq_swap(scaled->hidden->lo, scaled->hidden->hi);
}

static eml_monomial monomial_product(eml_monomial a, eml_monomial b) {
    assert(eml_monomial_degree(a) + eml_monomial_degree(b) <= 2);
    if (a.first == EML_NO_INPUT) return b;
    if (b.first == EML_NO_INPUT) return a;
    return a.first <= b.first ? (eml_monomial){a.first, b.first} : (eml_monomial){b.first, a.first};
}

void eml_form_append_product(eml_form *form, const eml_form *a, const eml_form *b) {
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            eml_form_term *term = append_slot(form, monomial_product(a->terms[i].monomial, b->terms[j].monomial));
            mpq_mul(term->coefficient, a->terms[i].coefficient, b->terms[j].coefficient);
            term->hidden = multiply_hidden(&a->terms[i], &b->terms[j]);
        }
    }
}

static int compare_terms(const void *a, const void *b) {
    return eml_monomial_compare(((const eml_form_term *)a)->monomial, ((const eml_form_term *)b)->monomial);
}

static bool is_known_zero(const eml_form_term *term) { return term->hidden == NULL && mpq_sgn(term->coefficient) == 0; }

static bool is_normal(const eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        if (is_known_zero(&form->terms[i])) return false;
        if (i > 0 && compare_terms(&form->terms[i - 1], &form->terms[i]) >= 0) return false;
    }
    return true;
}

/* The interval of the sum of terms[from..to), whose coefficients are still there; NULL when none is hidden. */
static eml_hidden *sum_hidden(const eml_form *form, size_t from, size_t to) {
    eml_hidden *sum = NULL;
    for (size_t i = from; i < to; i++) {
        if (form->terms[i].hidden == NULL) continue;
        eml_hidden *joined = join_hidden(sum, form->terms[i].hidden, true);
        free_hidden(sum);
        sum = joined;
    }
    if (sum == NULL) return NULL;
    mpq_t *lows = eml_rationals_new(to - from), *highs = eml_rationals_new(to - from);
    for (size_t i = from; i < to; i++) eml_term_interval(&form->terms[i], lows[i - from], highs[i - from]);
    eml_rational_sum(lows, to - from, sum->lo);
    eml_rational_sum(highs, to - from, sum->hi);
    eml_rationals_free(lows, to - from);
    eml_rationals_free(highs, to - from);
    return sum;
}

/* Adds the coefficients of terms[from..to) into terms[from]. GMP numbers may be moved bytewise, so the run's
 * coefficients go through one scratch array and the balanced sum. */
static void merge_run(eml_form *form, size_t from, size_t to) {
    if (to - from == 1) return;
    eml_hidden *hidden = sum_hidden(form, from, to);
    mpq_t *items = eml_alloc(to - from, sizeof *items);
    for (size_t i = from; i < to; i++) {
        *items[i - from] = *form->terms[i].coefficient;
        free_hidden(form->terms[i].hidden);
    }
    mpq_t sum;
    mpq_init(sum);
    eml_rational_sum(items, to - from, sum);
    eml_rationals_free(items, to - from);
    *form->terms[from].coefficient = *sum;
    form->terms[from].hidden = hidden;
}

void eml_form_normalise(eml_form *form) {
    if (is_normal(form)) return;
    qsort(form->terms, form->count, sizeof *form->terms, compare_terms);
    size_t kept = 0;
    for (size_t from = 0, to; from < form->count; from = to) {
        for (to = from + 1; to < form->count && compare_terms(&form->terms[from], &form->terms[to]) == 0;) to++;
        merge_run(form, from, to);
        if (is_known_zero(&form->terms[from])) {
            mpq_clear(form->terms[from].coefficient);
        } else {
            form->terms[kept++] = form->terms[from];
        }
    }
    form->count = kept;
}

void eml_form_negate(eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        mpq_neg(form->terms[i].coefficient, form->terms[i].coefficient);
        negate_hidden(form->terms[i].hidden);
    }
}

void eml_form_copy(eml_form *out, const eml_form *from) {
    *out = (eml_form){0};
    eml_form_append(out, from, false);
}

void eml_form_free(eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        mpq_clear(form->terms[i].coefficient);
        free_hidden(form->terms[i].hidden);
    }
    eml_free(form->terms);
    *form = (eml_form){0};
}

bool eml_form_is_constant(const eml_form *form) {
    return form->count == 0 || (form->count == 1 && eml_monomial_degree(form->terms[0].monomial) == 0);
}

void eml_form_constant(const eml_form *form, mpq_t out) {
    const eml_form_term *last = form->count == 0 ? NULL : &form->terms[form->count - 1];
    if (last != NULL && eml_monomial_degree(last->monomial) == 0) {
        mpq_set(out, last->coefficient);
    } else {
        mpq_set_ui(out, 0, 1);
    }
}

uint64_t eml_form_cost(const eml_form *form) {
    uint64_t cost = 1;
    for (size_t i = 0; i < form->count; i++) {
        const eml_hidden *hidden = form->terms[i].hidden;
        cost += 1 + eml_rational_limbs(form->terms[i].coefficient);
        if (hidden != NULL) cost += eml_rational_limbs(hidden->lo) + eml_rational_limbs(hidden->hi);
    }
    return cost;
}
