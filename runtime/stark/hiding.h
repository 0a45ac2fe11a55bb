/* Whether a proof shows nothing but the claim (docs/zero-knowledge.md). */
#ifndef EML_STARK_HIDING_H
#define EML_STARK_HIDING_H

#include "runtime/isa/program.h"
#include "runtime/stark/params.h"

typedef enum eml_hiding {
    EML_HIDING_COMPLETE,  /* zero-knowledge */
    EML_HIDING_NO_FORM,   /* a transparent program: it was never to be hidden */
    EML_HIDING_NO_PRESET, /* the program is of the hidden form; proofs with these parameters are not */
    EML_HIDING_NO_SALTS,  /* the proof shows nothing else, but the digests that stand in it confirm guesses of the code
                           */
    EML_HIDINGS,
} eml_hiding;

/* Of proofs with these numbers about programs of this shape. params must be valid. */
eml_hiding eml_hiding_of(const eml_stark_params *params, const eml_shape *shape);

/* Why a hidden program is not hidden, a clause for a person; NULL when it is, or was never to be. */
const char *eml_hiding_weakness(eml_hiding hiding);

#endif
