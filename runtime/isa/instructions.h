/* The instruction list: a program before layout, one entry an instruction, each PUSH with its own immediate. What the
 * compiler's lowering and the assembler produce, and eml_program_lay_out turns into a program. */
#ifndef EML_ISA_INSTRUCTIONS_H
#define EML_ISA_INSTRUCTIONS_H

#include "runtime/isa/program.h"

typedef struct eml_instruction {
    uint8_t op;
    eml_fe immediate; /* PUSH only, else 0 */
    bool hidden;      /* of a PUSH: it shares its group with no other, so that the layout does not show the immediate */
} eml_instruction;

typedef struct eml_instructions {
    eml_instruction *items; /* owned */
    size_t count, capacity;
} eml_instructions;

void eml_instructions_append(eml_instructions *list, eml_op op, eml_fe immediate);
void eml_instructions_append_hidden(eml_instructions *list, eml_fe immediate); /* a hidden PUSH */
void eml_instructions_free(eml_instructions *list);

/* Groups the list for S sponges: NOOPs are inserted so that every group of 16/S has one immediate (greedy, which is
 * optimal: a group is closed only by a PUSH of another value). S = 0 picks the S in {1, 2, 4} with the least cost
 * n * (trace columns); W = 0 picks the smallest stack that the program needs (at least 2). With salts the code begins
 * at row 32. Hidden immediates and salts have no influence on the shape. The result passes eml_program_check; tape
 * lengths are counted from the code. Fails when a program would need more than EML_N_MAX rows or a deeper stack than W
 * (or 16), naming the instruction. */
typedef struct eml_layout_options {
    uint32_t S, W; /* 0: picked */
    eml_fe delta;
    eml_proof_form form;
    bool salted;
    eml_fe schema[EML_RESCUE_DIGEST];  /* of a committed tape; else 0 */
    eml_fe salts[2 * EML_SPONGES_MAX]; /* salted: the first 2S are used, none 0, no two equal */
} eml_layout_options;

EML_NODISCARD eml_status eml_program_lay_out(const eml_instructions *list, const eml_layout_options *options,
                                             eml_program *out, eml_error *err);

/* Assembly text (docs/cli.md): one instruction a line, `push.3`, `#` comments; immediates are decimal field elements, a
 * leading '-' means p - value. Directives, before the first instruction, all optional: `.sponges N`, `.stack N`,
 * `.delta N`, `.form N` (1: hidden), twice `.schema N` for a committed tape and, for a hidden program, 2S times `.salt
 * N`. Errors name the line, of words also the column. */
typedef struct eml_assembly {
    eml_instructions list;
    eml_layout_options layout;
} eml_assembly;

EML_NODISCARD eml_status eml_asm_parse(const char *text, size_t length, eml_assembly *out, eml_error *err);
/* The text that assembles to exactly this program: directives, then all code rows (trailing NOOP padding left out). */
void eml_asm_print(const eml_program *program, eml_buf *out);

#endif
