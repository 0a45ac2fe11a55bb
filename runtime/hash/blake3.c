#include "runtime/hash/blake3.h"

#include <string.h>

#include "runtime/hash/blake3_core.h"

/* A node of the tree whose compression is still to be done, because only the last one gets the ROOT flag. */
typedef struct pending_node {
    uint32_t cv[8];
    uint8_t block[EML_BLAKE3_BLOCK];
    uint64_t counter;
    uint32_t block_len, flags;
} pending_node;

static void chaining_value(const pending_node *node, uint32_t cv[8]) {
    uint32_t out[16];
    eml_blake3_compress(node->cv, node->block, node->block_len, node->counter, node->flags, out);
    memcpy(cv, out, 8 * sizeof *cv);
}

static pending_node parent_node(const uint32_t key[8], uint32_t flags, const uint32_t left[8],
                                const uint32_t right[8]) {
    pending_node node = {.block_len = EML_BLAKE3_BLOCK, .flags = flags | EML_BLAKE3_PARENT};
    memcpy(node.cv, key, sizeof node.cv);
    for (size_t i = 0; i < 8; i++) {
        eml_blake3_store_u32(left[i], node.block + 4 * i);
        eml_blake3_store_u32(right[i], node.block + 32 + 4 * i);
    }
    return node;
}

/* The last block of the current chunk. */
static pending_node chunk_node(const eml_blake3 *hasher) {
    pending_node node = {.counter = hasher->chunk_counter, .block_len = hasher->block_len};
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

void eml_blake3_init(eml_blake3 *hasher) { init_keyed(hasher, eml_blake3_iv, 0); }

void eml_blake3_init_derive_key(eml_blake3 *hasher, const char *context) {
    uint8_t bytes[EML_BLAKE3_BYTES];
    uint32_t key[8];
    init_keyed(hasher, eml_blake3_iv, EML_BLAKE3_DERIVE_KEY_CONTEXT);
    eml_blake3_update(hasher, context, strlen(context));
    eml_blake3_finish(hasher, bytes, sizeof bytes);
    for (size_t i = 0; i < 8; i++) key[i] = eml_blake3_load_u32(bytes + 4 * i);
    init_keyed(hasher, key, EML_BLAKE3_DERIVE_KEY_MATERIAL);
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

/* The chunk is full and more input follows. With c complete chunks the stack holds one subtree for each bit of c: the
 * new chunk merges with as many as c + 1 has trailing zeros. */
static void finish_chunk(eml_blake3 *hasher) {
    pending_node node = chunk_node(hasher);
    uint32_t cv[8];
    chaining_value(&node, cv);
    uint64_t chunks = hasher->chunk_counter + 1;
    for (uint64_t bits = chunks; (bits & 1) == 0; bits >>= 1) {
        node = parent_node(hasher->key, hasher->flags, hasher->stack[--hasher->stack_len], cv);
        chaining_value(&node, cv);
    }
    memcpy(hasher->stack[hasher->stack_len++], cv, sizeof cv);
    start_chunk(hasher, chunks);
}

/* A full block or chunk waits until more input comes, because it may be the last. */
void eml_blake3_update(eml_blake3 *hasher, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        if (hasher->block_len == EML_BLAKE3_BLOCK) {
            if (hasher->blocks_compressed == EML_BLAKE3_CHUNK / EML_BLAKE3_BLOCK - 1)
                finish_chunk(hasher);
            else
                compress_block(hasher, hasher->block);
        }
        size_t room = (size_t)(EML_BLAKE3_BLOCK - hasher->block_len), take = count < room ? count : room;
        memcpy(hasher->block + hasher->block_len, next, take);
        hasher->block_len = (uint8_t)(hasher->block_len + take);
        next += take;
        count -= take;
    }
}

/* The root: the current chunk joined with the subtrees on the stack, the latest first. */
static pending_node root_node(const eml_blake3 *hasher) {
    pending_node node = chunk_node(hasher);
    for (size_t i = hasher->stack_len; i-- > 0;) {
        uint32_t cv[8];
        chaining_value(&node, cv);
        node = parent_node(hasher->key, hasher->flags, hasher->stack[i], cv);
    }
    node.flags |= EML_BLAKE3_ROOT;
    return node;
}

/* Extended output (section 2.6): the root compressed again with the counter 0, 1, 2, ... */
void eml_blake3_finish(const eml_blake3 *hasher, uint8_t *out, size_t count) {
    pending_node root = root_node(hasher);
    for (uint64_t counter = 0; count > 0; counter++) {
        uint32_t words[16];
        uint8_t bytes[EML_BLAKE3_BLOCK];
        eml_blake3_compress(root.cv, root.block, root.block_len, counter, root.flags, words);
        for (size_t i = 0; i < 16; i++) eml_blake3_store_u32(words[i], bytes + 4 * i);
        size_t take = count < sizeof bytes ? count : sizeof bytes;
        memcpy(out, bytes, take);
        out += take;
        count -= take;
    }
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
        eml_blake3_chunks()(bytes, stride, length, count, out);
        return;
    }
    for (size_t i = 0; i < count; i++) out[i] = eml_blake3_hash(bytes + i * stride, length);
}
