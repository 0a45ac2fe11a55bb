/* The inputs whose unit is the compiler's choice, and what each choice costs: a model as a packing problem (fit.h).
 *
 * A *column* is such an input, its *uses* are the terms that it has. It takes its own grid, if it has one, or a
 * unit that matches it to one of its uses,
 *     unit_j = W * unit / |w|   (W = 1, 2, 4, .. 4096),
 * so that its weight there is the integer W and its whole error W * unit / 2; in its other uses the weight is
 * rounded like any other. Resources are the tolerance of every output, of encrypted ones also the noise, and the
 * rows of the trace.
 *
 * Costs are in floating point: what is chosen with them is checked exactly (choose.c). Of a coefficient they take
 * its size and its sign alone. */
#ifndef EML_COMPILER_COLUMNS_H
#define EML_COMPILER_COLUMNS_H

#include "compiler/quant/fit.h"
#include "compiler/quant/quantize.h"

enum {
    EML_COLUMN_WEIGHT_BITS_MAX = 12, /* log2 of the largest W */
    EML_COLUMN_MATCHES_MAX = 4,      /* uses that one column may be matched to: those that give the coarsest units */
};

typedef struct eml_use {
    const eml_form_term *term; /* borrowed */
    uint32_t output;
    double size; /* |w| */
} eml_use;

typedef struct eml_column {
    uint32_t input;
    uint32_t first, count; /* its uses */
    bool secret;
    double reach, step; /* step 0: any value */
    unsigned values;    /* if there are few: lowest, lowest + step, ... */
    double lowest;
} eml_column;

/* What the terms of an output take that are no column's. */
typedef struct eml_fixed_cost {
    bool known;
    long places;
    double error, weight, rows;
} eml_fixed_cost;

enum { EML_FIXED_COSTS_KEPT = 64 }; /* by output; a power of two */

typedef struct eml_quant_columns {
    const eml_quant *quant; /* borrowed */
    eml_column *items;
    size_t count;
    uint32_t *of_input; /* by input that is a column: which */
    eml_use *uses;
    size_t use_count;
    double *tolerances;    /* by output; INFINITY for exact ones, which have no columns */
    eml_fixed_cost *fixed; /* EML_FIXED_COSTS_KEPT of each output */
} eml_quant_columns;

/* What is to be decided: which unit a column takes. */
typedef uint32_t eml_pick;
#define EML_PICK_OWN_GRID UINT32_MAX
static inline eml_pick eml_pick_match(uint32_t use, unsigned bits) { return use << 4 | bits; }
static inline uint32_t eml_pick_use(eml_pick pick) { return pick >> 4; }
static inline unsigned eml_pick_bits(eml_pick pick) { return pick & 15; }

/* Under which circumstances: output units 10^-places, and what may be spent. */
typedef struct eml_column_limits {
    const double *units; /* by output: 10^-places */
    const long *places;
    double noise; /* the most that an encrypted output's weights may sum to */
    double rows;  /* for code */
    double slack; /* tolerances are taken this many times as large */
} eml_column_limits;

void eml_columns_find(const eml_quant *quant, eml_quant_columns *out);
void eml_columns_free(eml_quant_columns *columns);
/* To be called when the unit of an input changed that is no column. */
void eml_columns_forget(eml_quant_columns *columns);

size_t eml_columns_resources(const eml_quant_columns *columns);
/* What the rest of the model takes, and every column's options; false when the rest alone takes too much. */
bool eml_columns_describe(eml_quant_columns *columns, const eml_column_limits *limits, eml_fit *out);
/* The least share of the output's tolerance that its columns take, whichever options they have: above 1, and the
 * output alone tells that there is no solution. Takes time by the output's terms and their columns' uses. */
double eml_columns_floor(const eml_quant_columns *columns, size_t output, const eml_column_limits *limits);
/* Doubles W of the columns with a single use, all together, as long as nothing is exceeded: what costs nothing
 * keeps the weights in the program. load is what is spent, and follows. */
void eml_columns_raise(const eml_quant_columns *columns, const eml_column_limits *limits, eml_pick *picks,
                       double *load);
/* Gives the column's input its unit, exactly, the units of outputs standing: rounded down to 80 significant bits
 * where it has more. */
void eml_columns_apply(const eml_quant_columns *columns, size_t column, eml_pick pick, eml_quant *quant);

#endif
