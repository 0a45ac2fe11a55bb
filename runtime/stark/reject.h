/* Rejections: the verifier's own enumeration, apart from status codes. */
#ifndef EML_STARK_REJECT_H
#define EML_STARK_REJECT_H

typedef enum eml_reject {
#define REJECT(NAME, name, sentence) EML_REJECT_##NAME,
#include "runtime/stark/reject.def"
#undef REJECT
} eml_reject;

#define EML_TRY_REJECT(expression)                                                                                     \
    do {                                                                                                               \
        eml_reject eml_try_reject_ = (expression);                                                                     \
        if (eml_try_reject_ != EML_REJECT_NONE) return eml_try_reject_;                                                \
    } while (0)

const char *eml_reject_name(eml_reject reject);     /* "statement" */
const char *eml_reject_sentence(eml_reject reject); /* for a person */

#endif
