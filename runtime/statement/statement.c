#include "runtime/statement/statement.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/temporary.h"
#include "runtime/base/parallel.h"
#include "runtime/field/integer.h"
#include "runtime/field/vector.h"
#include "runtime/statement/weights.h"

/* Sums over slots are made in parts that do not depend on each other; the weights of a part are drawn once for all its
 * values. A part is of whole pieces of the tables. A weight takes some 20 ns. */
enum { PART = EML_PIECE_ROWS, WEIGHT_COST = 20 };

/* What is summed: the columns of two tables over the rows, vectors over the slots, and `one`. sums[part]: public
 * columns, plain outputs, elements of secret inputs, elements of encrypted outputs, one. */
typedef struct sums_job {
    const eml_statement *statement;
    eml_row_weights weights;
    size_t publics, outputs, secret_vectors, output_vectors;
    size_t values; /* a part */
    eml_fe *sums;
    atomic_bool unreadable;
} sums_job;

static uint64_t at_most(uint64_t count, uint64_t limit) { return count < limit ? count : limit; }

/* The slots of a part, and their weights; `row_sum`: of those of its rows. */
typedef struct part_weights {
    uint64_t first;
    size_t count;
    eml_fe row_sum;
    eml_fe at[PART];
    _Alignas(16) uint8_t scratch[EML_PIECE_COLUMN_BYTES];
} part_weights;

/* A sum of weights times words, k + 2^63 each: sum of weight * k is 2^63 times the weights' sum less. The parts are
 * those of eml_fe_products; of 2^17 products none is lost. */
static void add_word(eml_fe_products *sum, eml_fe weight, int64_t k) {
    uint64_t word = (uint64_t)k ^ UINT64_C(1) << 63;
    eml_fe_products_add_word_(sum->low, weight.lo, word);
    eml_fe_products_add_word_(sum->middle, weight.hi, word);
}

static void add_view(eml_fe_products *sum, eml_cells_view view, const eml_fe *weights, size_t count) {
    const int32_t *narrow = view.cells;
    const int64_t *words = view.cells;
    const eml_i128 *wide = view.cells;
    if (view.width == sizeof *narrow)
        for (size_t i = 0; i < count; i++) add_word(sum, weights[i], narrow[i]);
    else if (view.width == sizeof *words)
        for (size_t i = 0; i < count; i++) add_word(sum, weights[i], words[i]);
    else
        for (size_t i = 0; i < count; i++) eml_fe_products_add(sum, weights[i], eml_fe_of_signed(wide[i]));
}

static eml_fe sum_weights(const eml_fe *weights, size_t count) {
    eml_fe sum = EML_FE_ZERO;
    for (size_t i = 0; i < count; i++) sum = eml_fe_add(sum, weights[i]);
    return sum;
}

/* out[c] = sum over the part's first `rows` slots of weight * the column's integer. False: they cannot be read. */
static bool sum_columns(const eml_cells *cells, size_t columns, part_weights *weights, size_t rows, eml_fe *out) {
    eml_fe shift = eml_fe_mul(weights->row_sum, eml_fe_from_u64(UINT64_C(1) << 63));
    for (size_t c = 0; c < columns; c++) {
        eml_fe_products sum = {0};
        for (size_t i = 0; i < rows; i += cells->piece_rows) {
            eml_cells_view view =
                eml_cells_column(cells, (weights->first + i) / cells->piece_rows, c, weights->scratch);
            if (view.cells == NULL) return false;
            add_view(&sum, view, weights->at + i, at_most(rows - i, cells->piece_rows));
        }
        out[c] = eml_fe_products_reduce(&sum);
        if (rows > 0 && cells->widths[c] < sizeof(eml_i128)) out[c] = eml_fe_sub(out[c], shift);
    }
    return true;
}

/* out[v] = sum over the part's slots of weight * cells[v * slots + slot]. */
static void sum_vectors(const eml_fe *cells, size_t vectors, size_t slots, const part_weights *weights, eml_fe *out) {
    for (size_t v = 0; v < vectors; v++)
        out[v] = eml_fe_dot(weights->at, cells + v * slots + weights->first, weights->count);
}

static void sum_part(void *context, size_t part, void *memory) {
    sums_job *job = context;
    const eml_statement *statement = job->statement;
    uint64_t first = (uint64_t)part * PART, slots = statement->slots;
    part_weights *weights = memory;
    weights->first = first;
    weights->count = at_most(slots - first, PART);
    size_t rows = first < statement->rows ? at_most(statement->rows - first, PART) : 0;
    eml_fe *out = job->sums + part * job->values;
    eml_row_weights_read(&job->weights, first, weights->count, weights->at);
    weights->row_sum = sum_weights(weights->at, rows);
    bool readable = sum_columns(statement->publics, job->publics, weights, rows, out);
    out += job->publics;
    readable = readable && sum_columns(statement->outputs, job->outputs, weights, rows, out);
    if (!readable) atomic_store(&job->unreadable, true);
    out += job->outputs;
    sum_vectors(statement->secret_cells, job->secret_vectors, slots, weights, out);
    out += job->secret_vectors;
    sum_vectors(statement->encrypted, job->output_vectors, slots, weights, out);
    out += job->output_vectors;
    *out = sum_weights(weights->at, weights->count);
}

/* The sums over all slots; owned by the caller. */
static eml_fe *sum_slots(sums_job *job) {
    size_t parts = (job->statement->slots + PART - 1) / PART;
    job->sums = eml_alloc_raw(parts, job->values * sizeof *job->sums);
    eml_parallel_with(parts, PART * (job->values * EML_MUL_COST + WEIGHT_COST), sizeof(part_weights), sum_part, job);
    for (size_t part = 1; part < parts; part++)
        for (size_t v = 0; v < job->values; v++)
            job->sums[v] = eml_fe_add(job->sums[v], job->sums[part * job->values + v]);
    return job->sums;
}

/* sums: of the public columns. */
static bool fill_public_tape(const eml_statement *statement, eml_fe *sums, eml_fe one, eml_fe *out) {
    const eml_abi *abi = statement->abi;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_PUBLIC);
    bool readable = true;
    for (size_t c = 0; c < tape.columns; c++) {
        eml_i128 value;
        if (!abi->inputs[tape.inputs[c]].uniform) continue;
        readable = readable && eml_cells_get(statement->publics, 0, c, &value);
        if (readable) sums[c] = eml_fe_of_signed(value);
    }
    eml_abi_tape_fill(&tape, sums, &one, sizeof one, out);
    eml_abi_tape_free(&tape);
    return readable;
}

static void fill_secret_tape(const eml_statement *statement, const eml_fe *sums, eml_fe one, eml_fe *out) {
    eml_fe trivial[EML_CT_ELEMENTS] = {[EML_CT_ELEMENTS - 1] = eml_fe_mul(statement->shape->delta, one)};
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, statement->abi, EML_SECRET);
    eml_abi_tape_fill(&tape, sums, trivial, sizeof trivial, out);
    eml_abi_tape_free(&tape);
}

static void copy_raw(const eml_statement *statement, eml_statement_values *out) {
    const eml_shape *shape = statement->shape;
    size_t size = sizeof(eml_fe);
    if (shape->public_len > 0) memcpy(out->public_tape, statement->raw_public, shape->public_len * size);
    if (shape->secret_len > 0)
        memcpy(out->secret_tape, statement->raw_secret, EML_CT_ELEMENTS * shape->secret_len * size);
    if (shape->output_len > 0) memcpy(out->output_tape, statement->raw_output, shape->output_len * size);
    memcpy(out->stack, statement->raw_stack, shape->W * size);
}

static bool sum_rows(const eml_statement *statement, const eml_digest *digest, eml_statement_values *out) {
    const eml_abi *abi = statement->abi;
    bool encrypted = abi->encrypted_outputs;
    sums_job job = {.statement = statement,
                    .publics = eml_abi_columns(abi, EML_PUBLIC),
                    .outputs = encrypted ? 0 : abi->output_count,
                    .secret_vectors = EML_CT_ELEMENTS * eml_abi_columns(abi, EML_SECRET),
                    .output_vectors = encrypted ? EML_CT_ELEMENTS * abi->output_count : 0};
    job.values = job.publics + job.outputs + job.secret_vectors + job.output_vectors + 1;
    eml_row_weights_init(&job.weights, digest, statement->rows);
    eml_fe *sums = sum_slots(&job), *outputs = sums + job.publics, *secrets = outputs + job.outputs;
    size_t output_elements = job.outputs + job.output_vectors;
    eml_fe one = sums[job.values - 1];
    bool readable = !atomic_load(&job.unreadable) && fill_public_tape(statement, sums, one, out->public_tape);
    fill_secret_tape(statement, secrets, one, out->secret_tape);
    memcpy(abi->output_count == 1 ? out->stack : out->output_tape, encrypted ? secrets + job.secret_vectors : outputs,
           output_elements * sizeof *sums);
    eml_free(sums);
    return readable;
}

eml_status eml_statement_evaluate(const eml_statement *statement, const eml_digest *digest, eml_statement_values *out,
                                  eml_error *err) {
    const eml_shape *shape = statement->shape;
    *out = (eml_statement_values){
        .public_tape = eml_alloc(shape->public_len, sizeof(eml_fe)),
        .secret_tape = eml_alloc(EML_CT_ELEMENTS * shape->secret_len, sizeof(eml_fe)),
        .output_tape = eml_alloc(shape->output_len, sizeof(eml_fe)),
    };
    if (statement->abi->raw) {
        copy_raw(statement, out);
        return EML_OK;
    }
    if (sum_rows(statement, digest, out)) return EML_OK;
    eml_statement_values_free(out);
    return eml_temporary_unreadable(err);
}

void eml_statement_values_free(eml_statement_values *values) {
    eml_free(values->public_tape);
    eml_free(values->secret_tape);
    eml_free(values->output_tape);
    *values = (eml_statement_values){0};
}

/* log2 count, rounded up. */
static uint32_t log2_above(uint64_t count) {
    uint32_t bits = 0;
    while (bits < 64 && count > UINT64_C(1) << bits) bits++;
    return bits;
}

/* A weight is 16 bytes mod p: no value has more than twice its fair chance, which costs the one bit below 128. */
uint32_t eml_statement_bits(const eml_abi *abi, const eml_shape *shape, uint64_t rows, bool typed) {
    enum { FIELD_BITS = 128 };
    if (abi->raw || (rows == 1 && !abi->encrypted_outputs)) return FIELD_BITS;
    return FIELD_BITS - 1 - (typed ? 0 : log2_above(shape->public_len));
}
