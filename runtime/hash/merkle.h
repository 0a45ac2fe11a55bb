/* Binary Merkle trees with Winterfell 0.13.1's node order and batch openings
 * (crypto/src/merkle/mod.rs, proofs.rs): node(i) = H(left || right), root at index 1.
 *
 * The prover uses eml_merkle (whole tree), the verifier eml_merkle_root_of_batch only (runtime/hash/merkle_batch.c
 * links without the tree). */
#ifndef EML_HASH_MERKLE_H
#define EML_HASH_MERKLE_H

#include "runtime/base/bytes.h"
#include "runtime/hash/digest.h"

/* nodes[1] is the root, nodes[i] the parent of nodes[2i] and nodes[2i+1], nodes[leaves .. 2*leaves-1] the leaves. */
typedef struct eml_merkle {
    eml_digest *nodes; /* owned; 2 * leaves digests, index 0 unused */
    size_t leaves;     /* a power of two >= 2 */
} eml_merkle;

/* Allocates; the caller fills nodes[leaves..] and then builds the inner nodes. */
void eml_merkle_init(eml_merkle *tree, size_t leaves);
void eml_merkle_build(eml_merkle *tree);
void eml_merkle_free(eml_merkle *tree);

/* A batch opening: for each queried leaf pair, a list of sibling digests, as Winterfell's BatchMerkleProof orders
 * them. */
typedef struct eml_merkle_batch {
    size_t lists;        /* number of node lists */
    size_t *list_len;    /* owned; length of each */
    eml_digest *digests; /* owned; the lists one after the other */
    size_t digest_count;
} eml_merkle_batch;

/* positions: distinct leaf indices, any order (count >= 1, each < leaves). */
void eml_merkle_open(const eml_merkle *tree, const size_t *positions, size_t count, eml_merkle_batch *out);

/* The root that the batch implies for leaves[i] at positions[i], or false when the batch is malformed (wrong number of
 * lists or digests, left-over digests, repeated or out-of-range positions). depth = log2 of the number of leaves. */
bool eml_merkle_root_of_batch(const eml_merkle_batch *batch, const size_t *positions, const eml_digest *leaves,
                              size_t count, unsigned depth, eml_digest *root);

void eml_merkle_batch_free(eml_merkle_batch *batch);

#endif
