/* Winterfell 0.13.1's own figures (air/src/proof/security.rs): the round-by-round soundness of the protocol in the
 * list-decoding regime (Theorem 8 of eprint 2022/1216 with the proximity gaps of eprint 2020/654), maximised over the
 * proximity parameter m; and the conjectured figure of the ethSTARK documentation. */
#include "runtime/stark/params.h"

#include <assert.h>
#include <math.h>

enum {
    FIELD_BITS = 128,
    COLLISION_BITS = 128, /* BLAKE3-256 */
    GRINDING_FLOOR = 80,  /* below this many query bits grinding is not counted */
    PROXIMITY_MIN = 3,    /* range searched for m */
    PROXIMITY_MAX = 1000,
    OPENINGS = 2, /* z and g z */
};

/* The least of the protocol's round errors, in bits, for proximity parameter m. */
static double list_decoding_bits(const eml_stark_params *params, double n, double m) {
    double field = (double)FIELD_BITS * params->extension, blowup = params->blowup;
    double rho = 1.0 / blowup, lde = n * blowup;
    double alpha = (1.0 + 0.5 / m) * sqrt(rho);
    double list = m / (rho - 2.0 * m / lde);
    double max_degree = blowup + 1.0;

    double composition = field - log2(list); /* linear batching of the constraints */
    double out_of_domain = field - log2(list * list * (max_degree * (n + OPENINGS - 1.0) + (n - 1.0)));
    double fri_batching = field - log2(pow(m + 0.5, 7.0) / (3.0 * pow(rho, 1.5)) * lde * lde);
    double queries = params->grinding - log2(pow(alpha, params->queries));
    return fmin(fmin(composition, out_of_domain), fmin(fri_batching, queries));
}

static uint32_t proven_bits(const eml_stark_params *params, double n) {
    double limit = fmin(ceil(1.0 / (2.0 * (sqrt((n + 2.0) / n) - 1.0))), PROXIMITY_MAX), best = 0.0;
    for (int m = PROXIMITY_MIN; m < limit; m++) best = fmax(best, list_decoding_bits(params, n, m));
    return (uint32_t)fmin(floor(best), COLLISION_BITS);
}

static uint32_t conjectured_bits(const eml_stark_params *params) {
    uint32_t field = FIELD_BITS * params->extension;
    uint32_t queries = (uint32_t)__builtin_ctz(params->blowup) * params->queries;
    if (queries >= GRINDING_FLOOR) queries += params->grinding;
    uint32_t bits = (field < queries ? field : queries) - 1;
    return bits < COLLISION_BITS ? bits : COLLISION_BITS;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

eml_security eml_security_bits(const eml_stark_params *params, uint32_t n, uint32_t trace_columns, uint32_t most) {
    (void)trace_columns;
    assert(eml_stark_params_valid(params));
    eml_stark_params without = *params;
    without.grinding = 0;
    uint32_t proven = least(proven_bits(params, n), most);
    return (eml_security){.proven = proven,
                          .conjectured = least(conjectured_bits(params), most),
                          .proof_of_work = proven - least(proven_bits(&without, n), most)};
}
