#include "runtime/stark/hiding.h"

/* Challenges in the extension, and as many free rows as values that a proof depends on: of a base column a view has its
 * values at x and g x of every query, at z, g z and g^2 z two base numbers each, and one row more keeps unopened leaves
 * unpredictable. The rank certificates of the masks are for up to 80 queries. */
enum { CERTIFIED_QUERIES = 80 };
_Static_assert(EML_HIDDEN_EXEMPT - 1 >= 2 * CERTIFIED_QUERIES + 7, "free rows for every certified number of queries");

static bool masks_suffice(const eml_stark_params *params) {
    return params->extension == 2 && params->queries <= CERTIFIED_QUERIES;
}

eml_hiding eml_hiding_of(const eml_stark_params *params, const eml_shape *shape) {
    if (!eml_shape_is_hidden(shape)) return EML_HIDING_NO_FORM;
    if (!masks_suffice(params)) return EML_HIDING_NO_PRESET;
    return shape->salted || !eml_shape_hides_code(shape) ? EML_HIDING_COMPLETE : EML_HIDING_NO_SALTS;
}

const char *eml_hiding_weakness(eml_hiding hiding) {
    static const char *const weaknesses[EML_HIDINGS] = {
        [EML_HIDING_NO_PRESET] = "there is something to hide, but the preset is too small for that",
        [EML_HIDING_NO_SALTS] = "the program is hidden, but has no salts, so that its hash confirms guesses of it",
    };
    return weaknesses[hiding];
}
