/* Digests of a statement: of each block of rows, and of the whole. */
#include <stdatomic.h>

#include "runtime/base/parallel.h"
#include "runtime/base/temporary.h"
#include "runtime/field/integer.h"
#include "runtime/statement/statement.h"

enum { KIND_RAW = 0, KIND_PLAIN = 1, KIND_ENCRYPTED = 2 };

/* Elements hashed at once: 17 KiB, of which all but the last chunk go through BLAKE3's lanes. An element takes some 10
 * ns. */
enum { AT_ONCE = 17 * 64, ELEMENT_COST = 10 };

/* count elements, stride apart, from the one at `at`. */
static void absorb(eml_blake3 *hasher, const eml_fe *cells, size_t at, size_t stride, size_t count) {
    uint8_t bytes[AT_ONCE * EML_FE_BYTES];
    for (size_t step; count > 0; count -= step) {
        step = count < AT_ONCE ? count : AT_ONCE;
        for (size_t i = 0; i < step; i++, at += stride) eml_fe_to_bytes(cells[at], bytes + i * EML_FE_BYTES);
        eml_blake3_update(hasher, bytes, step * EML_FE_BYTES);
    }
}

/* A block's part of the statement: slots first to first + count - 1, of which `rows` are rows. */
typedef struct block {
    uint64_t first, rows, slots;
} block;

static uint64_t at_most(uint64_t count, uint64_t limit) { return count < limit ? count : limit; }

static block block_of(const eml_statement *statement, size_t index) {
    uint64_t first = (uint64_t)index * EML_BLOCK_ROWS; /* below rows: eml_block_count */
    return (block){first, at_most(statement->rows - first, EML_BLOCK_ROWS),
                   at_most(statement->slots - first, EML_BLOCK_ROWS)};
}

/* The five parts of the index-th ciphertext column of cells. */
static void absorb_ciphertext(eml_blake3 *hasher, const eml_statement *statement, const eml_fe *cells, size_t index,
                              const block *b) {
    for (size_t part = 0; part < EML_CT_ELEMENTS; part++)
        absorb(hasher, cells, (index * EML_CT_ELEMENTS + part) * statement->slots + b->first, 1, b->slots);
}

/* Working memory of a job. */
typedef struct column_memory {
    uint8_t bytes[AT_ONCE * EML_FE_BYTES];
    _Alignas(16) uint8_t scratch[EML_PIECE_COLUMN_BYTES];
} column_memory;

static void put_integers(eml_cells_view view, size_t from, size_t count, uint8_t *out) {
    for (size_t i = 0; i < count; i++)
        eml_fe_to_bytes(eml_fe_of_signed(eml_cells_view_at(view, from + i)), out + i * EML_FE_BYTES);
}

/* count integers of a column from row `first` on, which begins a piece. False: they cannot be read. */
static bool absorb_column(eml_blake3 *hasher, const eml_cells *cells, size_t column, size_t first, size_t count,
                          column_memory *memory) {
    size_t filled = 0;
    for (size_t piece = first / cells->piece_rows; count > 0; piece++) {
        eml_cells_view view = eml_cells_column(cells, piece, column, memory->scratch);
        if (view.cells == NULL) return false;
        size_t rows = count < cells->piece_rows ? count : cells->piece_rows;
        count -= rows;
        for (size_t i = 0, step; i < rows; i += step) {
            step = rows - i < AT_ONCE - filled ? rows - i : AT_ONCE - filled;
            put_integers(view, i, step, memory->bytes + filled * EML_FE_BYTES);
            filled += step;
            if (filled < AT_ONCE && (i + step < rows || count > 0)) continue;
            eml_blake3_update(hasher, memory->bytes, filled * EML_FE_BYTES);
            filled = 0;
        }
    }
    return true;
}

static bool absorb_inputs(eml_blake3 *hasher, const eml_statement *statement, const block *b, column_memory *memory) {
    const eml_abi *abi = statement->abi;
    size_t column = 0, secret = 0;
    bool readable = true;
    for (size_t i = 0; i < abi->input_count && readable; i++) {
        if (abi->inputs[i].visibility == EML_SECRET && !abi->inputs[i].kept)
            absorb_ciphertext(hasher, statement, statement->secret_cells, secret++, b);
        if (abi->inputs[i].visibility != EML_PUBLIC) continue;
        size_t count = !abi->inputs[i].uniform ? b->rows : b->first == 0 ? 1 : 0;
        readable = absorb_column(hasher, statement->publics, column++, b->first, count, memory);
    }
    return readable;
}

static bool absorb_outputs(eml_blake3 *hasher, const eml_statement *statement, const block *b, column_memory *memory) {
    bool readable = true;
    for (size_t i = 0; i < statement->abi->output_count && readable; i++) {
        if (statement->abi->encrypted_outputs)
            absorb_ciphertext(hasher, statement, statement->encrypted, i, b);
        else
            readable = absorb_column(hasher, statement->outputs, i, b->first, b->rows, memory);
    }
    return readable;
}

static void absorb_raw(eml_blake3 *hasher, const eml_statement *statement, bool outputs) {
    const eml_shape *shape = statement->shape;
    absorb(hasher, outputs ? statement->raw_stack : statement->raw_public, 0, 1,
           outputs ? shape->W : shape->public_len);
    absorb(hasher, outputs ? statement->raw_output : statement->raw_secret, 0, 1,
           outputs ? shape->output_len : EML_CT_ELEMENTS * shape->secret_len);
}

typedef struct blocks_job {
    const eml_statement *statement;
    eml_block_digests *blocks;
    atomic_bool unreadable;
} blocks_job;

/* Two jobs a block: inputs, outputs. */
static void digest_table(void *context, size_t index, void *memory) {
    blocks_job *job = context;
    bool outputs = index % 2 == 1, readable = true;
    block b = block_of(job->statement, index / 2);
    eml_digest *digest = outputs ? &job->blocks[index / 2].outputs : &job->blocks[index / 2].inputs;
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, outputs ? "eml v2 block outputs" : "eml v2 block inputs");
    if (job->statement->abi->raw)
        absorb_raw(&hasher, job->statement, outputs);
    else if (outputs)
        readable = absorb_outputs(&hasher, job->statement, &b, memory);
    else
        readable = absorb_inputs(&hasher, job->statement, &b, memory);
    if (!readable) atomic_store(&job->unreadable, true);
    eml_blake3_finish(&hasher, digest->bytes, sizeof digest->bytes);
}

eml_status eml_statement_digest_blocks(const eml_statement *statement, eml_block_digests *blocks, eml_error *err) {
    const eml_abi *abi = statement->abi;
    size_t columns = abi->input_count + abi->output_count, parts = abi->encrypted_outputs ? EML_CT_ELEMENTS : 1;
    blocks_job job = {.statement = statement, .blocks = blocks};
    eml_parallel_with(2 * eml_block_count(statement->rows),
                      at_most(statement->slots, EML_BLOCK_ROWS) * columns * parts * ELEMENT_COST / 2,
                      sizeof(column_memory), digest_table, &job);
    return atomic_load(&job.unreadable) ? eml_temporary_unreadable(err) : EML_OK;
}

eml_digest eml_statement_digest(const eml_statement *statement, const eml_block_digests *blocks) {
    const eml_abi *abi = statement->abi;
    size_t count = eml_block_count(statement->rows);
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "eml v2 statement");
    eml_blake3_update_u64(&hasher, abi->raw ? KIND_RAW : abi->encrypted_outputs ? KIND_ENCRYPTED : KIND_PLAIN);
    absorb(&hasher, statement->program.digest, 0, 1, EML_RESCUE_DIGEST);
    eml_blake3_update_u64(&hasher, abi->raw ? 0 : statement->rows);
    eml_blake3_update_u64(&hasher, abi->raw ? 0 : statement->slots);
    eml_blake3_update(&hasher, statement->key.bytes, sizeof statement->key.bytes);
    absorb(&hasher, statement->commitment, 0, 1, EML_RESCUE_DIGEST);
    eml_blake3_update_u64(&hasher, count);
    for (size_t b = 0; b < count; b++) {
        eml_blake3_update(&hasher, blocks[b].inputs.bytes, sizeof blocks[b].inputs.bytes);
        eml_blake3_update(&hasher, blocks[b].outputs.bytes, sizeof blocks[b].outputs.bytes);
    }
    eml_digest digest;
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}
