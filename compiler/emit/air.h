/* The constraint set for other programs. Its canonical text, of which the AIR digest is made, is eml_air_print. */
#ifndef EML_COMPILER_EMIT_AIR_H
#define EML_COMPILER_EMIT_AIR_H

#include "runtime/air/air.h"

void eml_air_print_json(const eml_air *air, eml_buf *out);       /* the same as JSON */
void eml_air_print_winterfell(const eml_air *air, eml_buf *out); /* a self-contained Rust file: impl winterfell::Air */

#endif
