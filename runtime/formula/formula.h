/* Formulas: how a value follows from the columns of a row, or from its outputs. An ABI has one for each derived input
 * and each result (docs/formats.md), so the program hash covers them, and whoever has the columns finds the same value.
 *
 * Values are exact rationals. Arithmetic, comparisons and choices are exact; a function that is not, as log, is rounded
 * once: to the nearest multiple of a unit of its node's own, ties away from zero (runtime/function). A condition is 1
 * when it holds and 0 when not; as an operand everything but 0 holds.
 *
 * A formula is a list of nodes in postfix order: a node takes its operands from the top of a stack, the last one on
 * top, and leaves its value there. */
#ifndef EML_FORMULA_FORMULA_H
#define EML_FORMULA_FORMULA_H

#include <gmp.h>

#include "runtime/base/bytes.h"
#include "runtime/base/memory.h"
#include "runtime/base/status.h"
#include "runtime/function/function.h"

typedef enum eml_formula_operator {
#define OPERATOR(code, NAME, operands, precedence, text, follows, value) EML_FORMULA_##NAME = code,
#include "runtime/formula/operator.def"
#undef OPERATOR
} eml_formula_operator;

typedef struct eml_formula_node {
    eml_formula_operator operator;
    uint32_t operands;     /* how many values it takes */
    uint32_t column;       /* COLUMN: which; SOFTMAX: of which operand the share is asked, from 0 */
    int32_t exponent;      /* POWER */
    eml_function function; /* FUNCTION */
    uint32_t pinned;       /* the compiler's, in no file: 1 + which of the values that are held to a range; 0: none */
    mpq_t number;          /* NUMBER: itself; FUNCTION and SOFTMAX: the unit that the value is rounded to; else 0 */
} eml_formula_node;

typedef struct eml_formula {
    eml_formula_node *nodes; /* owned */
    size_t count, capacity;
} eml_formula; /* zero-initialised: empty, which is none */

enum {
    EML_FORMULA_NODES_MAX = 1 << 16,
    EML_FORMULA_OPERANDS_MAX = 1 << 12,
    EML_FORMULA_EXPONENT_MAX = 1000,
    EML_FORMULA_NUMBER_BITS_MAX = 3300, /* of numerator and of denominator of what is written in it */
    EML_FORMULA_BITS_MAX = 1 << 15,     /* of numerator and denominator of a value together */
};

/* Appends a node that is zero but for what is given; its number is to be set. */
eml_formula_node *eml_formula_add(eml_formula *formula, eml_formula_operator operator, uint32_t operands);
void eml_formula_add_number(eml_formula *formula, const mpq_t number);
void eml_formula_add_column(eml_formula *formula, uint32_t column);
void eml_formula_append(eml_formula *formula, const eml_formula *other); /* all of its nodes, copied */
void eml_formula_free(eml_formula *formula);

bool eml_formula_is_operator(uint64_t code);
/* How many operands the operator takes; 0 of one whose nodes say so, and of leaves. */
uint32_t eml_formula_operands(eml_formula_operator operator);
const char *eml_formula_operator_name(eml_formula_operator operator); /* "+", "min" */
static inline bool eml_formula_rounds(const eml_formula_node *node) {
    return node->operator== EML_FORMULA_FUNCTION || node->operator== EML_FORMULA_SOFTMAX;
}

/* Whether it is one: leaves one value, of columns below `columns`, within the limits above, with units above 0.
 * EML_ERR_INPUT names the node. */
EML_NODISCARD eml_status eml_formula_check(const eml_formula *formula, uint32_t columns, eml_error *err);

/* Packed (docs/formats.md): each formula has one encoding. Decoding checks only that; eml_formula_check is the
 * caller's. */
void eml_formula_encode(const eml_formula *formula, eml_buf *out);
EML_NODISCARD eml_status eml_formula_decode(const uint8_t *bytes, size_t count, eml_formula *out, eml_error *err);

/* The value for these columns, of a formula that passes eml_formula_check. EML_ERR_NO: there is none, or it is too
 * large: a division by 0, the logarithm of what is not above 0, more than EML_FORMULA_BITS_MAX. Time is bounded by
 * nodes and that. */
EML_NODISCARD eml_status eml_formula_value(const eml_formula *formula, const mpq_t *columns, mpq_t out, eml_error *err);

/* A column as people call it. word_count > 0: a category, whose values have words. */
typedef struct eml_formula_column {
    const char *name;
    const char *const *words;
    size_t word_count;
} eml_formula_column;

/* As people write it: "0.5 * log(income) - age^2", "plan == \"pro\"". columns: by number. */
void eml_formula_print(const eml_formula *formula, const eml_formula_column *columns, eml_buf *out);

#endif
