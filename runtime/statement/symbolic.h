/* A program run on symbols: what each of its outputs is of its inputs, as a form over F_p. Shares nothing with what
 * makes or runs programs but the meaning of the opcodes (docs/vm-and-air.md).
 *
 * Nothing on the stack is copied, so all forms together have no more terms than the program has instructions. */
#ifndef EML_STATEMENT_SYMBOLIC_H
#define EML_STATEMENT_SYMBOLIC_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* A public or committed column's value or `one` (part 0), or an element of a secret column's ciphertext (part 1 to 5:
 * mask0 to mask3, body). */
typedef uint64_t eml_symbol;
#define EML_NO_SYMBOL UINT64_MAX
enum { EML_SYMBOLS_MAX = 3, EML_BODY_PART = EML_CT_ELEMENTS };

static inline eml_symbol eml_symbol_of(uint32_t column, unsigned part) { return (uint64_t)part << 32 | column; }
static inline uint32_t eml_symbol_column(eml_symbol symbol) { return (uint32_t)symbol; } /* or EML_TAPE_ONE */
static inline unsigned eml_symbol_part(eml_symbol symbol) { return (unsigned)(symbol >> 32); }

/* coefficient * product of symbols, ascending, EML_NO_SYMBOL at the end. */
typedef struct eml_symbolic_term {
    eml_symbol factors[EML_SYMBOLS_MAX];
    eml_fe coefficient;
} eml_symbolic_term;

typedef struct eml_symbolic_form {
    eml_symbolic_term *terms; /* owned */
    size_t count, capacity;
} eml_symbolic_form;

eml_symbolic_term eml_symbolic_constant(eml_fe value);
/* *term *= symbol; false (term untouched): it would have more than EML_SYMBOLS_MAX factors. */
bool eml_symbolic_multiply(eml_symbolic_term *term, eml_symbol symbol);
void eml_symbolic_append(eml_symbolic_form *form, eml_symbolic_term term);
/* Sorted, one term a product of symbols, no zeros. */
void eml_symbolic_normalise(eml_symbolic_form *form);
int eml_symbolic_compare(const eml_symbolic_term *a, const eml_symbolic_term *b); /* of the factors */
void eml_symbolic_free_form(eml_symbolic_form *form);

/* Which columns, or EML_TAPE_ONE, the program reads: as eml_abi has them, and the committed ones in their order, which
 * are read again for each output. Borrowed. */
typedef struct eml_symbolic_tapes {
    const uint32_t *public_tape, *secret_tape, *committed;
    size_t committed_count;
} eml_symbolic_tapes;

/* Elements in the order in which they left: of the output tape, then of the final stack from its top. */
typedef struct eml_symbolic {
    eml_symbolic_form *outputs; /* owned; not normal */
    size_t count, capacity;
    size_t written; /* of them, to the output tape */
} eml_symbolic;

/* program passes eml_program_check, tapes are as long as its shape says. False, and *row where, when the program
 * multiplies two sums or more than EML_SYMBOLS_MAX symbols: no compiler of ours does. */
EML_NODISCARD bool eml_symbolic_run(const eml_program *program, const eml_symbolic_tapes *tapes, eml_symbolic *out,
                                    size_t *row);
void eml_symbolic_free(eml_symbolic *symbolic);

#endif
