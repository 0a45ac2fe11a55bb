#include "runtime/statement/statement.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/vector.h"
#include "runtime/statement/weights.h"

/* Sums over slots are made in parts that do not depend on each other; the weights of a part are drawn once for all its
 * values. Of a table, which is row-major, so many columns are summed at once. A weight takes some 20 ns. */
enum { PART = 1024, COLUMNS_AT_ONCE = 8, WEIGHT_COST = 20 };

/* What is summed: the columns of two tables over the rows, vectors over the slots, and `one`. sums[part]: public
 * columns, plain outputs, elements of secret inputs, elements of encrypted outputs, one. */
typedef struct sums_job {
    const eml_statement *statement;
    eml_row_weights weights;
    size_t publics, outputs, secret_vectors, output_vectors;
    size_t values; /* a part */
    eml_fe *sums;
} sums_job;

static uint64_t at_most(uint64_t count, uint64_t limit) { return count < limit ? count : limit; }

/* The slots of a part, and their weights. */
typedef struct part_weights {
    uint64_t first;
    size_t count;
    eml_fe at[PART];
} part_weights;

/* out[c] = sum over the part's first `rows` slots of weight * cells[row * columns + c]. */
static void sum_columns(const eml_fe *cells, size_t columns, const part_weights *weights, size_t rows, eml_fe *out) {
    for (size_t left = 0; left < columns; left += COLUMNS_AT_ONCE) {
        size_t width = at_most(columns - left, COLUMNS_AT_ONCE);
        eml_fe_products sums[COLUMNS_AT_ONCE] = {0};
        for (size_t i = 0; i < rows; i++)
            for (size_t c = 0; c < width; c++)
                eml_fe_products_add(&sums[c], weights->at[i], cells[(weights->first + i) * columns + left + c]);
        for (size_t c = 0; c < width; c++) out[left + c] = eml_fe_products_reduce(&sums[c]);
    }
}

/* out[v] = sum over the part's slots of weight * cells[v * slots + slot]. */
static void sum_vectors(const eml_fe *cells, size_t vectors, size_t slots, const part_weights *weights, eml_fe *out) {
    for (size_t v = 0; v < vectors; v++)
        out[v] = eml_fe_dot(weights->at, cells + v * slots + weights->first, weights->count);
}

static void sum_part(void *context, size_t part) {
    const sums_job *job = context;
    const eml_statement *statement = job->statement;
    uint64_t first = (uint64_t)part * PART, slots = statement->slots;
    part_weights weights = {.first = first, .count = at_most(slots - first, PART)};
    size_t rows = first < statement->rows ? at_most(statement->rows - first, PART) : 0;
    eml_fe *out = job->sums + part * job->values;
    eml_row_weights_read(&job->weights, first, weights.count, weights.at);
    sum_columns(statement->public_cells, job->publics, &weights, rows, out);
    out += job->publics;
    sum_columns(statement->outputs, job->outputs, &weights, rows, out);
    out += job->outputs;
    sum_vectors(statement->secret_cells, job->secret_vectors, slots, &weights, out);
    out += job->secret_vectors;
    sum_vectors(statement->outputs, job->output_vectors, slots, &weights, out);
    out += job->output_vectors;
    *out = EML_FE_ZERO;
    for (size_t i = 0; i < weights.count; i++) *out = eml_fe_add(*out, weights.at[i]);
}

/* The sums over all slots; owned by the caller. */
static eml_fe *sum_slots(sums_job *job) {
    size_t parts = (job->statement->slots + PART - 1) / PART;
    job->sums = eml_alloc_raw(parts, job->values * sizeof *job->sums);
    eml_parallel_for(parts, PART * (job->values * EML_MUL_COST + WEIGHT_COST), sum_part, job);
    for (size_t part = 1; part < parts; part++)
        for (size_t v = 0; v < job->values; v++)
            job->sums[v] = eml_fe_add(job->sums[v], job->sums[part * job->values + v]);
    return job->sums;
}

/* sums: of the public columns. */
static void fill_public_tape(const eml_statement *statement, eml_fe *sums, eml_fe one, eml_fe *out) {
    const eml_abi *abi = statement->abi;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_PUBLIC);
    for (size_t c = 0; c < tape.columns; c++)
        if (abi->inputs[tape.inputs[c]].uniform) sums[c] = statement->public_cells[c];
    eml_abi_tape_fill(&tape, sums, &one, sizeof one, out);
    eml_abi_tape_free(&tape);
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

static void sum_rows(const eml_statement *statement, const eml_digest *digest, eml_statement_values *out) {
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
    fill_public_tape(statement, sums, one, out->public_tape);
    fill_secret_tape(statement, secrets, one, out->secret_tape);
    memcpy(abi->output_count == 1 ? out->stack : out->output_tape, encrypted ? secrets + job.secret_vectors : outputs,
           output_elements * sizeof *sums);
    eml_free(sums);
}

void eml_statement_evaluate(const eml_statement *statement, const eml_digest *digest, eml_statement_values *out) {
    const eml_shape *shape = statement->shape;
    *out = (eml_statement_values){
        .public_tape = eml_alloc(shape->public_len, sizeof(eml_fe)),
        .secret_tape = eml_alloc(EML_CT_ELEMENTS * shape->secret_len, sizeof(eml_fe)),
        .output_tape = eml_alloc(shape->output_len, sizeof(eml_fe)),
    };
    if (statement->abi->raw)
        copy_raw(statement, out);
    else
        sum_rows(statement, digest, out);
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
