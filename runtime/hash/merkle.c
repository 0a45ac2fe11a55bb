#include "runtime/hash/merkle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"

void eml_merkle_init(eml_merkle *tree, size_t leaves) {
    assert(leaves >= 2 && (leaves & (leaves - 1)) == 0);
    *tree = (eml_merkle){.nodes = eml_alloc(2 * leaves, sizeof(eml_digest)), .leaves = leaves};
}

void eml_merkle_free(eml_merkle *tree) {
    eml_free(tree->nodes);
    *tree = (eml_merkle){0};
}

/* Parents that one job hashes: some tens of microseconds with vector kernels, less is not worth waking a thread. */
enum { PARENTS_A_JOB = 2048, PARENT_COST = 20 };

typedef struct level_job {
    eml_digest *nodes;
    size_t first, end; /* the parents of this level */
} level_job;

static void hash_parents(void *context, size_t index) {
    const level_job *level = context;
    size_t first = level->first + index * PARENTS_A_JOB, left = level->end - first;
    size_t count = left < PARENTS_A_JOB ? left : PARENTS_A_JOB;
    eml_hash_many(level->nodes[2 * first].bytes, 2 * EML_DIGEST_BYTES, 2 * EML_DIGEST_BYTES, count,
                  level->nodes + first);
}

void eml_merkle_build(eml_merkle *tree) {
    for (size_t first = tree->leaves / 2; first >= 1; first /= 2) {
        level_job level = {tree->nodes, first, 2 * first};
        eml_parallel_for((first + PARENTS_A_JOB - 1) / PARENTS_A_JOB, PARENTS_A_JOB * PARENT_COST, hash_parents,
                         &level);
    }
}

/* An opening is walked twice: first to count each list (cursors is NULL), then to fill the lists. */
typedef struct opening {
    const eml_merkle *tree;
    eml_merkle_batch *batch;
    size_t *cursors; /* where the next digest of each list goes */
} opening;

static void need_node(opening *open, size_t list, size_t node) {
    if (open->cursors)
        open->batch->digests[open->cursors[list]++] = open->tree->nodes[node];
    else
        open->batch->list_len[list]++;
}

/* nodes: sorted indices of one level; gives their parents and how many. As in Winterfell, a missing sibling goes to the
 * list numbered like the node in its level, except on the leaf level, where each pair of leaves has one list. */
static size_t climb(opening *open, size_t *nodes, size_t count) {
    bool leaf_level = nodes[0] >= open->tree->leaves;
    size_t parents = 0;
    for (size_t i = 0; i < count; i++) {
        size_t list = leaf_level ? parents : i;
        size_t parent = nodes[i] >> 1;
        if (i + 1 < count && nodes[i + 1] >> 1 == parent)
            i++;
        else
            need_node(open, list, nodes[i] ^ 1);
        nodes[parents++] = parent;
    }
    return parents;
}

static void walk(opening *open, const size_t *leaves, size_t count) {
    size_t *nodes = eml_alloc_raw(count, sizeof *nodes);
    memcpy(nodes, leaves, count * sizeof *nodes);
    while (nodes[0] > 1) count = climb(open, nodes, count);
    eml_free(nodes);
}

static int compare_indices(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The nodes of the leaves at these positions, in ascending order. Owned by the caller. */
static size_t *sorted_leaf_nodes(const eml_merkle *tree, const size_t *positions, size_t count) {
    size_t *nodes = eml_alloc_raw(count, sizeof *nodes);
    for (size_t i = 0; i < count; i++) {
        assert(positions[i] < tree->leaves);
        nodes[i] = tree->leaves + positions[i];
    }
    qsort(nodes, count, sizeof *nodes, compare_indices);
    return nodes;
}

static size_t count_pairs(const size_t *nodes, size_t count) {
    size_t pairs = 1;
    for (size_t i = 1; i < count; i++) {
        assert(nodes[i] != nodes[i - 1]);
        pairs += nodes[i] >> 1 != nodes[i - 1] >> 1;
    }
    return pairs;
}

void eml_merkle_open(const eml_merkle *tree, const size_t *positions, size_t count, eml_merkle_batch *out) {
    assert(count >= 1);
    size_t *nodes = sorted_leaf_nodes(tree, positions, count);
    *out = (eml_merkle_batch){.lists = count_pairs(nodes, count)};
    out->list_len = eml_alloc(out->lists, sizeof *out->list_len);
    opening open = {.tree = tree, .batch = out};
    walk(&open, nodes, count);

    open.cursors = eml_alloc(out->lists, sizeof *open.cursors);
    for (size_t i = 0; i < out->lists; i++) {
        open.cursors[i] = out->digest_count;
        out->digest_count += out->list_len[i];
    }
    out->digests = eml_alloc(out->digest_count, sizeof *out->digests);
    walk(&open, nodes, count);
    eml_free(open.cursors);
    eml_free(nodes);
}
