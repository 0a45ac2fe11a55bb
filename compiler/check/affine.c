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
    term->monomial = monomial;
    mpq_init(term->coefficient);
    return term;
}

void eml_form_append_term(eml_form *form, eml_monomial monomial, const mpq_t coefficient) {
    mpq_set(append_slot(form, monomial)->coefficient, coefficient);
}

void eml_form_append(eml_form *form, const eml_form *other, bool negate) {
    for (size_t i = 0; i < other->count; i++) {
        eml_form_term *term = append_slot(form, other->terms[i].monomial);
        mpq_set(term->coefficient, other->terms[i].coefficient);
        if (negate) mpq_neg(term->coefficient, term->coefficient);
    }
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
        }
    }
}

static int compare_terms(const void *a, const void *b) {
    return eml_monomial_compare(((const eml_form_term *)a)->monomial, ((const eml_form_term *)b)->monomial);
}

static bool is_normal(const eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        if (mpq_sgn(form->terms[i].coefficient) == 0) return false;
        if (i > 0 && compare_terms(&form->terms[i - 1], &form->terms[i]) >= 0) return false;
    }
    return true;
}

/* Adds the coefficients of terms[from..to) into terms[from]. GMP numbers may be moved bytewise, so the run's
 * coefficients go through one scratch array and the balanced sum. */
static void merge_run(eml_form *form, size_t from, size_t to) {
    if (to - from == 1) return;
    mpq_t *items = eml_alloc(to - from, sizeof *items);
    for (size_t i = from; i < to; i++) *items[i - from] = *form->terms[i].coefficient;
    mpq_t sum;
    mpq_init(sum);
    eml_rational_sum(items, to - from, sum);
    eml_rationals_free(items, to - from);
    *form->terms[from].coefficient = *sum;
}

void eml_form_normalise(eml_form *form) {
    if (is_normal(form)) return;
    qsort(form->terms, form->count, sizeof *form->terms, compare_terms);
    size_t kept = 0;
    for (size_t from = 0, to; from < form->count; from = to) {
        for (to = from + 1; to < form->count && compare_terms(&form->terms[from], &form->terms[to]) == 0;) to++;
        merge_run(form, from, to);
        if (mpq_sgn(form->terms[from].coefficient) == 0) {
            mpq_clear(form->terms[from].coefficient);
        } else {
            form->terms[kept++] = form->terms[from];
        }
    }
    form->count = kept;
}

void eml_form_negate(eml_form *form) {
    for (size_t i = 0; i < form->count; i++) mpq_neg(form->terms[i].coefficient, form->terms[i].coefficient);
}

void eml_form_copy(eml_form *out, const eml_form *from) {
    *out = (eml_form){0};
    eml_form_append(out, from, false);
}

void eml_form_free(eml_form *form) {
    for (size_t i = 0; i < form->count; i++) mpq_clear(form->terms[i].coefficient);
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
    for (size_t i = 0; i < form->count; i++) cost += 1 + eml_rational_limbs(form->terms[i].coefficient);
    return cost;
}
