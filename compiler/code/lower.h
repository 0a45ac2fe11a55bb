/* Pass 7, lowering: the fixed-point model -> VM instructions and what stands on the tapes (docs/vm-and-air.md and
 * docs/soundness.md).
 *
 * Tape order is part of a program's meaning: outputs in order; within one its terms in order of their input columns (a
 * product before its first factor alone), the constant last. An input that several terms have is read once for each. Of
 * a product the uniform or public factor is read after the other one. The tape value of a uniform input is the value
 * itself, not its slot polynomial, so terms without a varying factor (the constant too) are multiplied by the all-ones
 * input `one`.
 *
 * Plain term:     PUSH w  READ ... MUL  ADD                one group of 4 for each linear term
 * Secret term:    READ2  PUSH w  [READ u MUL]  SMUL  ADD2   likewise
 * Public term of an encrypted output:  PUSH w  READ  MUL  SADD
 * A weight of 1 is left out and a term of weight 0, unless they are hidden, as is the first term's addition. Secret
 * terms come before public ones, which need a ciphertext to add to.
 *
 * Committed inputs come after the public terms, each once in every output and in order, those with no term too: all
 * that it is multiplied with, weights and public inputs, is summed first. Committed input:  PUSH w  [PUSH w  READ u MUL
 * ADD ...]  READ3  MUL  ADD */
#ifndef EML_COMPILER_CODE_LOWER_H
#define EML_COMPILER_CODE_LOWER_H

#include "compiler/quant/quantize.h"
#include "runtime/isa/instructions.h"

typedef struct eml_tape_plan {
    uint32_t *items; /* input column or EML_TAPE_ONE; owned */
    size_t count, capacity;
} eml_tape_plan;

typedef struct eml_lowered {
    eml_instructions code;
    eml_tape_plan public_tape, secret_tape;
    eml_tape_plan committed; /* the committed inputs, in the order in which every output reads them */
} eml_lowered;

void eml_lower(const eml_quant *quant, eml_lowered *out);
void eml_lowered_free(eml_lowered *lowered);

/* How the program is laid out: Delta; of a model that hides something its form; with hidden params, for 2S sponges, its
 * salts (elsewhere not read), and with committed inputs their schema. S 0: picked. */
eml_layout_options eml_lower_layout(const eml_quant *quant, uint32_t S, const eml_fe salts[2 * EML_SPONGES_MAX],
                                    const eml_fe schema[EML_RESCUE_DIGEST]);

/* Delta as a field element; 0 when nothing is encrypted. */
eml_fe eml_lower_delta(const eml_quant *quant);

#endif
