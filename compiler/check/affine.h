/* Forms: what every scalar expression means. A form is a sum of coefficient * monomial, exact and sparse; a monomial is
 * a product of at most two inputs (no input: the constant). Affine in the varying inputs; the second factor exists for
 * products that the slot rules allow (eval.c decides which).
 *
 * A form is *normal* when its monomials are strictly increasing and no coefficient is 0 that is known to be. Sums are
 * built by appending and are made normal once, so that a sum of n terms costs O(n log n) however it is written.
 *
 * A coefficient that depends on a hidden param is *hidden*: of it others may know no more than an interval that it lies
 * in, worked out from declared ones. It stays when it is 0. */
#ifndef EML_COMPILER_CHECK_AFFINE_H
#define EML_COMPILER_CHECK_AFFINE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No factor. It sorts behind all inputs: x0*x1, x0, x1, then the constant. */
#define EML_NO_INPUT UINT32_MAX

typedef struct eml_monomial {
    uint32_t first, second; /* input columns, first <= second; EML_NO_INPUT where absent */
} eml_monomial;

/* What is known of a hidden coefficient: lo < hi around it, and where it is from. */
typedef struct eml_hidden {
    mpq_t lo, hi;
    uint32_t param;   /* declaration */
    uint32_t element; /* the only one that it depends on, and then linearly; else EML_ELEMENTS_SEVERAL */
} eml_hidden;

#define EML_ELEMENTS_SEVERAL UINT32_MAX

typedef struct eml_form_term {
    eml_monomial monomial;
    mpq_t coefficient;
    eml_hidden *hidden; /* NULL: everybody may know the coefficient; owned */
} eml_form_term;

typedef struct eml_form {
    eml_form_term *terms; /* owned */
    size_t count, capacity;
} eml_form; /* zero-initialised: the form 0 */

int eml_monomial_compare(eml_monomial a, eml_monomial b);
unsigned eml_monomial_degree(eml_monomial monomial);

void eml_form_append_term(eml_form *form, eml_monomial monomial, const mpq_t coefficient);
/* Appends a hidden constant; hidden is copied. */
void eml_form_append_hidden(eml_form *form, const mpq_t value, const eml_hidden *hidden);
void eml_form_append(eml_form *form, const eml_form *other, bool negate);
/* Appends the term's coefficient * factor as a coefficient of monomial; factor is not 0. */
void eml_form_append_scaled(eml_form *form, eml_monomial monomial, const eml_form_term *term, const mpq_t factor);
/* Appends a * b; the degrees must sum to at most 2. */
void eml_form_append_product(eml_form *form, const eml_form *a, const eml_form *b);
void eml_form_normalise(eml_form *form);
void eml_form_negate(eml_form *form);
void eml_form_copy(eml_form *out, const eml_form *from); /* out is overwritten without being freed */
void eml_form_free(eml_form *form);

/* The form 1 / constant, for a normal constant form that is not 0 and whose interval does not hold 0. */
void eml_form_invert(eml_form *form);

/* The ends of what the coefficient may be: its interval, or twice itself. */
void eml_term_interval(const eml_form_term *term, mpq_t lo, mpq_t hi);
/* The largest |coefficient|. */
void eml_term_magnitude(const eml_form_term *term, mpq_t out);
/* The first hidden term, or NULL. */
const eml_form_term *eml_form_find_hidden(const eml_form *form);

/* For normal forms. */
bool eml_form_is_constant(const eml_form *form);
void eml_form_constant(const eml_form *form, mpq_t out); /* the constant part */

/* Limbs and terms: the unit in which evaluation meters its work. */
uint64_t eml_form_cost(const eml_form *form);

#endif
