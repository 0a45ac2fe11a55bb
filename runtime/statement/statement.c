#include "runtime/statement/statement.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/vector.h"
#include "runtime/hash/elements.h"

enum { KIND_RAW = 0, KIND_PLAIN = 1, KIND_ENCRYPTED = 2 };

/* Digest. */

/* Four lengths in elements, then the elements: the encoding can be cut in one way only. */
static void absorb_vectors(eml_blake3 *hasher, const eml_fe *const vectors[4], const size_t counts[4]) {
    for (size_t i = 0; i < 4; i++) eml_blake3_update_u64(hasher, counts[i]);
    for (size_t i = 0; i < 4; i++) eml_blake3_update_elements_var(hasher, vectors[i], counts[i]);
}

eml_digest eml_statement_digest(const eml_statement *statement) {
    const eml_abi *abi = statement->abi;
    const eml_shape *shape = statement->shape;
    size_t rows = statement->rows, slots = statement->slots;
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "eml v1 statement");
    eml_blake3_update_u64(&hasher, abi->raw ? KIND_RAW : abi->encrypted_outputs ? KIND_ENCRYPTED : KIND_PLAIN);
    eml_blake3_update_elements_var(&hasher, statement->program.digest, EML_RESCUE_DIGEST);
    eml_blake3_update_u64(&hasher, rows);
    eml_blake3_update_u64(&hasher, slots);
    eml_blake3_update(&hasher, statement->source.bytes, sizeof statement->source.bytes);
    if (abi->raw)
        absorb_vectors(
            &hasher,
            (const eml_fe *const[4]){statement->raw_public, statement->raw_secret, statement->raw_stack,
                                     statement->raw_output},
            (const size_t[4]){shape->public_len, EML_CT_ELEMENTS * shape->secret_len, shape->W, shape->output_len});
    else
        absorb_vectors(
            &hasher,
            (const eml_fe *const[4]){statement->public_cells, statement->secret_cells, statement->outputs, NULL},
            (const size_t[4]){
                rows * eml_abi_columns(abi, false), EML_CT_ELEMENTS * slots * eml_abi_columns(abi, true),
                abi->encrypted_outputs ? EML_CT_ELEMENTS * slots * abi->output_count : rows * abi->output_count, 0});
    eml_digest digest;
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

eml_fe eml_statement_tau(const eml_digest *digest) {
    uint8_t bytes[2 * EML_FE_BYTES];
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "eml v1 tau");
    eml_blake3_update(&hasher, digest->bytes, sizeof digest->bytes);
    eml_blake3_finish(&hasher, bytes, sizeof bytes);
    eml_fe high = eml_fe_mul(eml_fe_from_bytes_mod(bytes + EML_FE_BYTES), (eml_fe){EML_FE_FOLD, 0});
    return eml_fe_add(eml_fe_from_bytes_mod(bytes), high);
}

/* Evaluation. Horner runs in blocks of slots, which do not depend on each other, from the last to the first. */

enum { BLOCK = 1024 };

/* out[c] = sum over i < count of cells[i * columns + c] * tau^i: all columns in one pass. */
static void horner_block(const eml_fe *cells, size_t count, size_t columns, eml_fe tau, eml_fe *out) {
    for (size_t c = 0; c < columns; c++) out[c] = EML_FE_ZERO;
    for (size_t i = count; i-- > 0;)
        for (size_t c = 0; c < columns; c++) out[c] = eml_fe_add(eml_fe_mul(out[c], tau), cells[i * columns + c]);
}

typedef struct horner_job {
    const eml_fe *cells;
    size_t slots, columns;
    eml_fe tau, *partial;
} horner_job;

static void run_block(void *context, size_t block) {
    const horner_job *job = context;
    size_t first = block * BLOCK, left = job->slots - first;
    horner_block(job->cells + first * job->columns, left < BLOCK ? left : BLOCK, job->columns, job->tau,
                 job->partial + block * job->columns);
}

static void evaluate_columns(const eml_fe *cells, size_t slots, size_t columns, eml_fe tau, eml_fe *out) {
    if (columns == 0) return;
    size_t blocks = (slots + BLOCK - 1) / BLOCK;
    horner_job job = {cells, slots, columns, tau, eml_alloc(blocks, columns * sizeof *job.partial)};
    eml_parallel_for(blocks, BLOCK * columns * 3 * EML_MUL_COST, run_block, &job);
    horner_block(job.partial, blocks, columns, eml_fe_pow_u64_var(tau, BLOCK), out);
    eml_free(job.partial);
}

/* sum over i < count of tau^i, by doubling: g(2m) = g(m) * (1 + tau^m). */
static eml_fe all_ones(uint64_t count, eml_fe tau) {
    eml_fe sum = EML_FE_ZERO, power = EML_FE_ONE; /* g(m) and tau^m for m = the bits of count read so far */
    for (int bit = 63; bit >= 0; bit--) {
        sum = eml_fe_mul(sum, eml_fe_add(EML_FE_ONE, power));
        power = eml_fe_square(power);
        if ((count >> bit & 1) == 0) continue;
        sum = eml_fe_add(eml_fe_mul(sum, tau), EML_FE_ONE);
        power = eml_fe_mul(power, tau);
    }
    return sum;
}

/* Ciphertexts: [item][5][slots] -> [item][5]. Many polynomials at one point: its powers once, and a job for each. */
typedef struct ciphertext_job {
    const eml_fe *cells, *powers;
    size_t slots;
    eml_fe *out;
} ciphertext_job;

static void evaluate_polynomial(void *context, size_t i) {
    enum { AT_ONCE = EML_FE_PRODUCTS_MAX };
    const ciphertext_job *job = context;
    eml_fe sum = EML_FE_ZERO;
    for (size_t done = 0; done < job->slots; done += AT_ONCE) {
        size_t count = job->slots - done < AT_ONCE ? job->slots - done : AT_ONCE;
        sum = eml_fe_add(sum, eml_fe_dot(job->cells + i * job->slots + done, job->powers + done, count));
    }
    job->out[i] = sum;
}

static void evaluate_ciphertexts(const eml_fe *cells, size_t items, size_t slots, eml_fe tau, eml_fe *out) {
    if (items == 0) return;
    eml_fe *powers = eml_alloc_raw(slots, sizeof *powers);
    eml_fe_powers(powers, slots, EML_FE_ONE, tau);
    ciphertext_job job = {cells, powers, slots, out};
    eml_parallel_for(items * EML_CT_ELEMENTS, slots * EML_MUL_COST, evaluate_polynomial, &job);
    eml_free(powers);
}

static void evaluate_public_tape(const eml_statement *statement, eml_fe tau, eml_fe one, eml_fe *out) {
    const eml_abi *abi = statement->abi;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, false);
    eml_fe *values = eml_alloc(tape.columns, sizeof *values);
    evaluate_columns(statement->public_cells, statement->rows, tape.columns, tau, values);
    for (size_t c = 0; c < tape.columns; c++)
        if (abi->inputs[tape.inputs[c]].uniform) values[c] = statement->public_cells[c];
    eml_abi_tape_fill(&tape, values, &one, sizeof one, out);
    eml_free(values);
    eml_abi_tape_free(&tape);
}

static void evaluate_secret_tape(const eml_statement *statement, eml_fe tau, eml_fe one, eml_fe *out) {
    eml_fe trivial[EML_CT_ELEMENTS] = {[EML_CT_ELEMENTS - 1] = eml_fe_mul(statement->shape->delta, one)};
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, statement->abi, true);
    eml_fe *values = eml_alloc(tape.columns, sizeof trivial);
    evaluate_ciphertexts(statement->secret_cells, tape.columns, statement->slots, tau, values);
    eml_abi_tape_fill(&tape, values, trivial, sizeof trivial, out);
    eml_free(values);
    eml_abi_tape_free(&tape);
}

static void evaluate_outputs(const eml_statement *statement, eml_fe tau, eml_statement_values *out) {
    const eml_abi *abi = statement->abi;
    eml_fe *to = abi->output_count == 1 ? out->stack : out->output_tape;
    if (abi->encrypted_outputs)
        evaluate_ciphertexts(statement->outputs, abi->output_count, statement->slots, tau, to);
    else
        evaluate_columns(statement->outputs, statement->rows, abi->output_count, tau, to);
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

void eml_statement_evaluate(const eml_statement *statement, eml_fe tau, eml_statement_values *out) {
    const eml_shape *shape = statement->shape;
    *out = (eml_statement_values){
        .public_tape = eml_alloc(shape->public_len, sizeof(eml_fe)),
        .secret_tape = eml_alloc(EML_CT_ELEMENTS * shape->secret_len, sizeof(eml_fe)),
        .output_tape = eml_alloc(shape->output_len, sizeof(eml_fe)),
    };
    if (statement->abi->raw) {
        copy_raw(statement, out);
        return;
    }
    eml_fe one = all_ones(statement->slots, tau);
    evaluate_public_tape(statement, tau, one, out->public_tape);
    evaluate_secret_tape(statement, tau, one, out->secret_tape);
    evaluate_outputs(statement, tau, out);
}

void eml_statement_values_free(eml_statement_values *values) {
    eml_free(values->public_tape);
    eml_free(values->secret_tape);
    eml_free(values->output_tape);
    *values = (eml_statement_values){0};
}
