/* The outputs of many rows at once: what a program computes of a row, as a weighted sum of the row's integers, found by
 * running it on symbols. The VM is the definition. */
#ifndef EML_SESSION_AFFINE_H
#define EML_SESSION_AFFINE_H

#include "runtime/base/cells.h"
#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* What an output's sums fit: modulo 2^64 or 2^128, its value being smaller for all inputs in their ranges, else the
 * field. */
typedef enum eml_affine_arithmetic { EML_AFFINE_WORDS, EML_AFFINE_WIDE, EML_AFFINE_FIELD } eml_affine_arithmetic;

typedef struct eml_affine_term {
    uint32_t column; /* of the table of public inputs */
    eml_fe weight;
} eml_affine_term;

typedef struct eml_affine_output {
    eml_affine_arithmetic arithmetic;
    eml_affine_term *terms; /* owned */
    size_t count;
    eml_fe constant;
} eml_affine_output;

typedef struct eml_affine {
    eml_affine_output *outputs; /* owned */
    size_t count;
    size_t terms; /* of all outputs */
} eml_affine;

/* False, and nothing to free: inputs are secret or committed, or are multiplied by inputs. The program passes
 * eml_program_check, the ABI belongs to it. */
EML_NODISCARD bool eml_affine_of(const eml_program *program, const eml_abi *abi, eml_affine *out);
void eml_affine_free(eml_affine *affine);

/* Of at most EML_PIECE_ROWS rows: out[o] is where output o's go. columns: of the table; their integers are in the ABI's
 * ranges. Allocates nothing. */
void eml_affine_rows(const eml_affine *affine, const eml_cells_view *columns, size_t rows, eml_i128 *const *out);

#endif
