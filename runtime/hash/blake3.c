#include "runtime/hash/blake3.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/hash/blake3_core.h"

/* Chunks that one job hashes: a third of a millisecond with AVX2. On a busy machine waking a thread can cost that much,
 * and less than a MiB is better hashed at once. Chunks that join the tree together: 256 KiB of nodes. */
enum { CHUNKS_A_JOB = 1024, CHUNK_COST = 320, CHUNKS_AT_ONCE = 8192, CHUNKS_FEW = 16 };

static eml_digest chaining_value(const eml_blake3_node *node) {
    uint32_t out[16];
    eml_digest digest;
    eml_blake3_compress(node->cv, node->block, node->block_len, node->counter, node->flags, out);
    for (size_t i = 0; i < 8; i++) eml_blake3_store_u32(out[i], digest.bytes + 4 * i);
    return digest;
}

static eml_blake3_node parent_node(const uint32_t key[8], uint32_t flags, const eml_digest *left,
                                   const eml_digest *right) {
    eml_blake3_node node = {.block_len = EML_BLAKE3_BLOCK, .flags = flags | EML_BLAKE3_PARENT};
    memcpy(node.cv, key, sizeof node.cv);
    memcpy(node.block, left->bytes, sizeof left->bytes);
    memcpy(node.block + sizeof left->bytes, right->bytes, sizeof right->bytes);
    return node;
}

/* The last block of the current chunk. */
static eml_blake3_node chunk_node(const eml_blake3 *hasher) {
    eml_blake3_node node = {.counter = hasher->chunk_counter, .block_len = hasher->block_len};
    node.flags = hasher->flags | EML_BLAKE3_CHUNK_END;
    if (hasher->blocks_compressed == 0) node.flags |= EML_BLAKE3_CHUNK_START;
    memcpy(node.cv, hasher->chunk_cv, sizeof node.cv);
    memcpy(node.block, hasher->block, hasher->block_len);
    return node;
}

static void start_chunk(eml_blake3 *hasher, uint64_t counter) {
    memcpy(hasher->chunk_cv, hasher->key, sizeof hasher->chunk_cv);
    hasher->chunk_counter = counter;
    hasher->blocks_compressed = 0;
    hasher->block_len = 0;
}

static void init_keyed(eml_blake3 *hasher, const uint32_t key[8], uint32_t flags) {
    memset(hasher, 0, sizeof *hasher);
    memcpy(hasher->key, key, sizeof hasher->key);
    hasher->flags = flags;
    start_chunk(hasher, 0);
}

static void init_keyed_bytes(eml_blake3 *hasher, const uint8_t bytes[EML_DIGEST_BYTES], uint32_t flags) {
    uint32_t key[8];
    for (size_t i = 0; i < 8; i++) key[i] = eml_blake3_load_u32(bytes + 4 * i);
    init_keyed(hasher, key, flags);
}

void eml_blake3_init(eml_blake3 *hasher) { init_keyed(hasher, eml_blake3_iv, 0); }

void eml_blake3_init_keyed(eml_blake3 *hasher, const uint8_t key[EML_DIGEST_BYTES]) {
    init_keyed_bytes(hasher, key, EML_BLAKE3_KEYED_HASH);
}

void eml_blake3_init_derive_key(eml_blake3 *hasher, const char *context) {
    uint8_t key[EML_DIGEST_BYTES];
    init_keyed(hasher, eml_blake3_iv, EML_BLAKE3_DERIVE_KEY_CONTEXT);
    eml_blake3_update(hasher, context, strlen(context));
    eml_blake3_finish(hasher, key, sizeof key);
    init_keyed_bytes(hasher, key, EML_BLAKE3_DERIVE_KEY_MATERIAL);
}

/* A full block that is not the chunk's last. */
static void compress_block(eml_blake3 *hasher, const uint8_t block[EML_BLAKE3_BLOCK]) {
    uint32_t flags = hasher->flags | (hasher->blocks_compressed == 0 ? EML_BLAKE3_CHUNK_START : 0);
    uint32_t out[16];
    eml_blake3_compress(hasher->chunk_cv, block, EML_BLAKE3_BLOCK, hasher->chunk_counter, flags, out);
    memcpy(hasher->chunk_cv, out, sizeof hasher->chunk_cv);
    hasher->blocks_compressed++;
    hasher->block_len = 0;
}

/* The chunks so far form one full tree for each bit of their number, whose roots are on the stack, the largest first.
 * More chunks join them as numbers are added: on each level nodes are paired, after the root that waits there, if any,
 * and a node without a partner waits. nodes: the new chunks' chaining values from nodes[1] on; used up. More input must
 * follow, else the last pair would be the root of everything. */
static void join_chunks(eml_blake3 *hasher, eml_digest *nodes, size_t chunks) {
    eml_digest waiting[sizeof hasher->stack / sizeof *hasher->stack];
    size_t waiting_len = 0, count = chunks;
    for (uint64_t trees = hasher->chunk_counter; count > 0; trees >>= 1) {
        eml_digest *first = nodes + 1;
        if (trees & 1) {
            *--first = hasher->stack[--hasher->stack_len];
            count++;
        }
        if (count & 1) waiting[waiting_len++] = first[--count];
        const eml_blake3_inputs pairs = {.bytes = first->bytes,
                                         .stride = EML_BLAKE3_BLOCK,
                                         .length = EML_BLAKE3_BLOCK,
                                         .key = hasher->key,
                                         .flags = hasher->flags | EML_BLAKE3_PARENT};
        count /= 2;
        eml_blake3_chunks()(&pairs, 0, count, nodes + 1);
    }
    while (waiting_len > 0) hasher->stack[hasher->stack_len++] = waiting[--waiting_len];
    start_chunk(hasher, hasher->chunk_counter + chunks);
}

/* The current chunk is full and more input follows. */
static void finish_chunk(eml_blake3 *hasher) {
    eml_blake3_node node = chunk_node(hasher);
    eml_digest nodes[2] = {{{0}}, chaining_value(&node)};
    join_chunks(hasher, nodes, 1);
}

typedef struct chunks_job {
    eml_blake3_inputs chunks;
    eml_digest *out;
} chunks_job;

static void hash_chunks(void *context, size_t first, size_t count) {
    const chunks_job *job = context;
    eml_blake3_chunks()(&job->chunks, first, count, job->out + first);
}

/* Whole chunks, with more input behind them; the current one is empty. */
static void update_chunks(eml_blake3 *hasher, const uint8_t *bytes, size_t count) {
    eml_digest few[1 + CHUNKS_FEW], *nodes = few;
    if (count > CHUNKS_FEW) nodes = eml_alloc_raw(1 + (count < CHUNKS_AT_ONCE ? count : CHUNKS_AT_ONCE), sizeof *nodes);
    for (size_t step; count > 0; count -= step, bytes += step * EML_BLAKE3_CHUNK) {
        step = count < CHUNKS_AT_ONCE ? count : CHUNKS_AT_ONCE;
        chunks_job job = {.chunks = {.bytes = bytes,
                                     .stride = EML_BLAKE3_CHUNK,
                                     .length = EML_BLAKE3_CHUNK,
                                     .key = hasher->key,
                                     .counter = hasher->chunk_counter,
                                     .step = 1,
                                     .flags = hasher->flags,
                                     .on_first = EML_BLAKE3_CHUNK_START,
                                     .on_last = EML_BLAKE3_CHUNK_END},
                          .out = nodes + 1};
        eml_parallel_ranges(step, CHUNKS_A_JOB, CHUNKS_A_JOB * CHUNK_COST, hash_chunks, &job);
        join_chunks(hasher, nodes, step);
    }
    if (nodes != few) eml_free(nodes);
}

/* The block takes what it has room for; how much. A full one waits until more input comes, because it may be the last.
 */
static size_t update_block(eml_blake3 *hasher, const uint8_t *bytes, size_t count) {
    if (hasher->block_len == EML_BLAKE3_BLOCK) compress_block(hasher, hasher->block);
    size_t room = (size_t)(EML_BLAKE3_BLOCK - hasher->block_len), take = count < room ? count : room;
    memcpy(hasher->block + hasher->block_len, bytes, take);
    hasher->block_len = (uint8_t)(hasher->block_len + take);
    return take;
}

static bool is_chunk_full(const eml_blake3 *hasher) {
    return hasher->block_len == EML_BLAKE3_BLOCK &&
           hasher->blocks_compressed == EML_BLAKE3_CHUNK / EML_BLAKE3_BLOCK - 1;
}

/* A full chunk, too, waits for more input; so the block is empty at the start of a chunk only. */
void eml_blake3_update(eml_blake3 *hasher, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        if (is_chunk_full(hasher)) finish_chunk(hasher);
        size_t taken;
        if (hasher->block_len == 0 && count > EML_BLAKE3_CHUNK) {
            taken = (count - 1) / EML_BLAKE3_CHUNK * EML_BLAKE3_CHUNK;
            update_chunks(hasher, next, taken / EML_BLAKE3_CHUNK);
        } else {
            taken = update_block(hasher, next, count);
        }
        next += taken;
        count -= taken;
    }
}

/* The root: the current chunk joined with the subtrees on the stack, the latest first. */
static eml_blake3_node root_node(const eml_blake3 *hasher) {
    eml_blake3_node node = chunk_node(hasher);
    for (size_t i = hasher->stack_len; i-- > 0;) {
        eml_digest right = chaining_value(&node);
        node = parent_node(hasher->key, hasher->flags, &hasher->stack[i], &right);
    }
    node.flags |= EML_BLAKE3_ROOT;
    return node;
}

void eml_blake3_update_u64(eml_blake3 *hasher, uint64_t value) {
    uint8_t bytes[8];
    eml_le_put(bytes, value, sizeof bytes);
    eml_blake3_update(hasher, bytes, sizeof bytes);
}

void eml_blake3_finish_from(const eml_blake3 *hasher, uint64_t first, uint8_t *out, size_t count) {
    eml_blake3_node root = root_node(hasher);
    size_t whole = count / EML_BLAKE3_BLOCK, rest = count % EML_BLAKE3_BLOCK;
    eml_blake3_outputs()(&root, first, whole, out);
    if (rest == 0) return;
    uint8_t last[EML_BLAKE3_BLOCK];
    eml_blake3_outputs_c(&root, first + whole, 1, last);
    memcpy(out + whole * EML_BLAKE3_BLOCK, last, rest);
}

void eml_blake3_finish(const eml_blake3 *hasher, uint8_t *out, size_t count) {
    eml_blake3_finish_from(hasher, 0, out, count);
}

eml_digest eml_blake3_hash(const void *bytes, size_t count) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init(&hasher);
    eml_blake3_update(&hasher, bytes, count);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

void eml_blake3_hash_many(const uint8_t *bytes, size_t stride, size_t length, size_t count, eml_digest *out) {
    if (length <= EML_BLAKE3_CHUNK) {
        const eml_blake3_inputs messages = {.bytes = bytes,
                                            .stride = stride,
                                            .length = length,
                                            .key = eml_blake3_iv,
                                            .on_first = EML_BLAKE3_CHUNK_START,
                                            .on_last = EML_BLAKE3_CHUNK_END | EML_BLAKE3_ROOT};
        eml_blake3_chunks()(&messages, 0, count, out);
        return;
    }
    for (size_t i = 0; i < count; i++) out[i] = eml_blake3_hash(bytes + i * stride, length);
}

size_t eml_blake3_find_nonce(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask) {
    return eml_blake3_nonces()(seed, first, count, mask);
}
