/* Enclosures: two MPFR numbers around a value, at one precision. */
#ifndef EML_FUNCTION_ENCLOSE_H
#define EML_FUNCTION_ENCLOSE_H

#include <gmp.h>
/* mpfr.h takes gmp.h's types */
#include <mpfr.h>

#include "runtime/base/guard.h"
#include "runtime/function/function.h"

typedef struct eml_enclosure {
    mpfr_t lo, hi;
} eml_enclosure;

/* MPFR keeps constants and numbers for the next call, a thread's own, which outlive our regions: while it computes,
 * memory is the host's. The host's range of exponents and flags come back afterwards. */
typedef struct eml_mpfr_state {
    eml_region *paused;
    mpfr_exp_t least, most;
    mpfr_flags_t flags;
} eml_mpfr_state;
void eml_mpfr_enter(eml_mpfr_state *state);
void eml_mpfr_leave(const eml_mpfr_state *state);

/* Both between enter and leave. f at x in its domain. */
void eml_enclose(eml_function function, const mpq_t x, eml_enclosure *out);
void eml_enclose_share(uint32_t index, const mpq_t *x, uint32_t count, eml_enclosure *out);

#endif
