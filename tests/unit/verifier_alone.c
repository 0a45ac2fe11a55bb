/* Links the verifier and nothing that proves: verifier_alone.py looks at this program's symbols. Refuses an empty
 * proof. */
#include "runtime/stark/verifier/verifier.h"

int main(void) {
    eml_shape shape = {.n = 32, .W = 2, .S = 1, .delta = EML_FE_ONE};
    eml_claim claim = {.shape = shape};
    eml_air air;
    eml_preset seen;
    eml_air_build(&shape, &air);
    eml_reject reject = eml_stark_verify(&air, &claim, (const uint8_t *)"", 0, 1u << EML_PRESET_STANDARD, &seen);
    eml_air_free(&air);
    return reject == EML_REJECT_TRUNCATED ? 0 : 1;
}
