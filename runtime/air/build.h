/* The state machines: each file adds the constraints of one (docs/vm-and-air.md). eml_air_build calls them, in the
 * order of the declarations below. */
#ifndef EML_AIR_BUILD_H
#define EML_AIR_BUILD_H

#include "runtime/air/builder.h"

void eml_build_decoder(eml_builder *b); /* sets flags */
void eml_build_system(eml_builder *b);
void eml_build_depth(eml_builder *b);
void eml_build_program_words(eml_builder *b);
void eml_build_stack(eml_builder *b);
void eml_build_sponges(eml_builder *b);
void eml_build_absent_tapes(eml_builder *b);
void eml_build_arithmetic(eml_builder *b); /* column a */
void eml_build_tapes(eml_builder *b);      /* auxiliary constraints */
void eml_build_data_sponge(eml_builder *b);
void eml_build_balance(eml_builder *b); /* auxiliary: of the committed tape */
void eml_build_mask(eml_builder *b);    /* the hidden form's; after the tapes' */
void eml_build_boundary(eml_builder *b);

#endif
