/* Who sees an input's values: the three kinds that a model, an ABI and a table tell apart. */
#ifndef EML_BASE_VISIBILITY_H
#define EML_BASE_VISIBILITY_H

#include <stddef.h>

typedef enum eml_visibility {
    EML_PUBLIC,    /* whoever verifies: READ tape */
    EML_SECRET,    /* whoever has the secret key, not even the prover: ciphertexts, READ2 tape */
    EML_COMMITTED, /* the prover; bound to a commitment: READ3 tape */
    EML_VISIBILITIES,
} eml_visibility;

static inline const char *eml_visibility_name(eml_visibility visibility) {
    static const char *const names[EML_VISIBILITIES] = {"public", "secret", "committed"};
    return names[visibility];
}

#endif
