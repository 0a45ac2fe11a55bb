/* The verifier's side of Merkle openings: needs no tree. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/hash/merkle.h"

/* A node whose digest is known. */
typedef struct known_node {
    size_t index;
    eml_digest digest;
} known_node;

/* A batch being read: each list has a cursor, and must be at its end when the root is reached. */
typedef struct batch_reader {
    const eml_merkle_batch *batch;
    size_t *next, *end; /* one a list: indices into batch->digests */
} batch_reader;

void eml_merkle_batch_free(eml_merkle_batch *batch) {
    eml_free(batch->list_len);
    eml_free(batch->digests);
    *batch = (eml_merkle_batch){0};
}

static int compare_nodes(const void *a, const void *b) {
    size_t x = ((const known_node *)a)->index, y = ((const known_node *)b)->index;
    return (x > y) - (x < y);
}

/* False when the list lengths do not add up to the digests there are. */
static bool start_lists(batch_reader *reader) {
    size_t used = 0;
    for (size_t i = 0; i < reader->batch->lists; i++) {
        if (reader->batch->list_len[i] > reader->batch->digest_count - used) return false;
        reader->next[i] = used;
        used += reader->batch->list_len[i];
        reader->end[i] = used;
    }
    return used == reader->batch->digest_count;
}

static bool all_lists_used(const batch_reader *reader) {
    for (size_t i = 0; i < reader->batch->lists; i++) {
        if (reader->next[i] != reader->end[i]) return false;
    }
    return true;
}

/* Replaces the sorted nodes of one level by their parents; false when a list has no digest left. The lists are numbered
 * as in eml_merkle_open: by pair on the leaf level, by the node's place in its level above. */
static bool climb(batch_reader *reader, known_node *nodes, size_t *count, bool leaf_level) {
    size_t parents = 0;
    for (size_t i = 0; i < *count; i++) {
        size_t list = leaf_level ? parents : i;
        known_node node = nodes[i];
        const eml_digest *sibling;
        if (i + 1 < *count && nodes[i + 1].index == (node.index ^ 1)) {
            sibling = &nodes[++i].digest;
        } else {
            if (reader->next[list] == reader->end[list]) return false;
            sibling = &reader->batch->digests[reader->next[list]++];
        }
        bool is_right = node.index & 1;
        nodes[parents++] = (known_node){
            .index = node.index >> 1,
            .digest = is_right ? eml_hash_pair(sibling, &node.digest) : eml_hash_pair(&node.digest, sibling),
        };
    }
    *count = parents;
    return true;
}

/* The leaves as nodes in ascending order; false when a position is out of range or repeated. */
static bool start_nodes(known_node *nodes, const size_t *positions, const eml_digest *leaves, size_t count,
                        unsigned depth) {
    for (size_t i = 0; i < count; i++) {
        if (positions[i] >> depth != 0) return false;
        nodes[i] = (known_node){((size_t)1 << depth) + positions[i], leaves[i]};
    }
    qsort(nodes, count, sizeof *nodes, compare_nodes);
    for (size_t i = 1; i < count; i++) {
        if (nodes[i].index == nodes[i - 1].index) return false;
    }
    return true;
}

static size_t count_pairs(const known_node *nodes, size_t count) {
    size_t pairs = 1;
    for (size_t i = 1; i < count; i++) pairs += nodes[i].index >> 1 != nodes[i - 1].index >> 1;
    return pairs;
}

static bool climb_to_root(const eml_merkle_batch *batch, known_node *nodes, size_t count, unsigned depth) {
    if (batch->lists != count_pairs(nodes, count)) return false;
    batch_reader reader = {.batch = batch,
                           .next = eml_alloc(batch->lists, sizeof(size_t)),
                           .end = eml_alloc(batch->lists, sizeof(size_t))};
    bool good = start_lists(&reader);
    for (unsigned level = depth; good && level > 0; level--) good = climb(&reader, nodes, &count, level == depth);
    good = good && all_lists_used(&reader);
    eml_free(reader.next);
    eml_free(reader.end);
    return good;
}

bool eml_merkle_root_of_batch(const eml_merkle_batch *batch, const size_t *positions, const eml_digest *leaves,
                              size_t count, unsigned depth, eml_digest *root) {
    if (count == 0 || depth == 0 || depth >= 8 * sizeof(size_t) - 1) return false;
    known_node *nodes = eml_alloc(count, sizeof *nodes);
    bool good = start_nodes(nodes, positions, leaves, count, depth) && climb_to_root(batch, nodes, count, depth);
    if (good) *root = nodes[0].digest;
    eml_free(nodes);
    return good;
}
