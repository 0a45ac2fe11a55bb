/* Merkle trees and batch openings: every set of positions of every tree up to depth 4, and what must be refused. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/hash/merkle.h"
#include "tests/support/random.h"

enum { MOST_LEAVES = 16 };

static eml_merkle make_tree(size_t leaves) {
    eml_merkle tree;
    eml_merkle_init(&tree, leaves);
    for (size_t i = 0; i < leaves; i++) {
        uint64_t value = test_random();
        tree.nodes[leaves + i] = eml_hash_bytes(&value, sizeof value);
    }
    eml_merkle_build(&tree);
    return tree;
}

static bool same(const eml_digest *a, const eml_digest *b) { return memcmp(a, b, sizeof *a) == 0; }

static void check_nodes(const eml_merkle *tree) {
    for (size_t i = 1; i < tree->leaves; i++) {
        eml_digest node = eml_hash_bytes(&tree->nodes[2 * i], 2 * sizeof(eml_digest));
        assert_true(same(&node, &tree->nodes[i]));
    }
}

static void nodes_hash_their_children(void **state) {
    (void)state;
    for (size_t leaves = 2; leaves <= 4096; leaves *= 2) {
        eml_merkle tree = make_tree(leaves);
        check_nodes(&tree);
        eml_merkle_free(&tree);
    }
}

typedef struct query {
    size_t positions[MOST_LEAVES];
    eml_digest leaves[MOST_LEAVES];
    size_t count;
} query;

/* The positions in mask, in an order that depends on turn. */
static query make_query(const eml_merkle *tree, unsigned mask, size_t turn) {
    query q = {.count = 0};
    for (size_t k = 0; k < tree->leaves; k++) {
        size_t i = (k * 5 + turn) % tree->leaves; /* 5 is odd: a permutation */
        if (!(mask >> i & 1)) continue;
        q.positions[q.count] = i;
        q.leaves[q.count++] = tree->nodes[tree->leaves + i];
    }
    return q;
}

static bool root_of(const eml_merkle_batch *batch, const query *q, unsigned depth, eml_digest *root) {
    return eml_merkle_root_of_batch(batch, q->positions, q->leaves, q->count, depth, root);
}

/* Whether the batch is good for this tree, which includes that a malformed one leaves *root alone. */
static bool accepts(const eml_merkle *tree, const eml_merkle_batch *batch, const query *q, unsigned depth) {
    eml_digest root, untouched;
    memset(&root, 0x55, sizeof root);
    untouched = root;
    if (root_of(batch, q, depth, &root)) return same(&root, &tree->nodes[1]);
    assert_true(same(&root, &untouched));
    return false;
}

static size_t nodes_needed(const eml_merkle *tree, unsigned mask) {
    bool known[2 * MOST_LEAVES] = {false};
    size_t needed = 0;
    for (size_t i = 0; i < tree->leaves; i++) known[tree->leaves + i] = mask >> i & 1;
    for (size_t i = tree->leaves - 1; i >= 1; i--) {
        known[i] = known[2 * i] || known[2 * i + 1];
        needed += known[2 * i] != known[2 * i + 1];
    }
    return needed;
}

static void every_set_of_positions_opens(void **state) {
    (void)state;
    for (unsigned depth = 1; depth <= 4; depth++) {
        eml_merkle tree = make_tree((size_t)1 << depth);
        for (unsigned mask = 1; mask < 1u << tree.leaves; mask++) {
            query q = make_query(&tree, mask, mask % tree.leaves);
            eml_merkle_batch batch;
            eml_merkle_open(&tree, q.positions, q.count, &batch);
            assert_int_equal(batch.digest_count, nodes_needed(&tree, mask));
            assert_true(accepts(&tree, &batch, &q, depth));
            eml_merkle_batch_free(&batch);
        }
        eml_merkle_free(&tree);
    }
}

static void every_changed_digest_shows(void **state) {
    (void)state;
    for (unsigned depth = 1; depth <= 4; depth++) {
        eml_merkle tree = make_tree((size_t)1 << depth);
        for (unsigned mask = 1; mask < 1u << tree.leaves; mask += depth < 4 ? 1 : 37) {
            query q = make_query(&tree, mask, 0);
            eml_merkle_batch batch;
            eml_merkle_open(&tree, q.positions, q.count, &batch);
            for (size_t i = 0; i < batch.digest_count; i++) {
                batch.digests[i].bytes[i % 32] ^= 1;
                assert_false(accepts(&tree, &batch, &q, depth));
                batch.digests[i].bytes[i % 32] ^= 1;
            }
            for (size_t i = 0; i < q.count; i++) {
                q.leaves[i].bytes[31 - i % 32] ^= 0x80;
                assert_false(accepts(&tree, &batch, &q, depth));
                q.leaves[i].bytes[31 - i % 32] ^= 0x80;
            }
            assert_true(accepts(&tree, &batch, &q, depth));
            eml_merkle_batch_free(&batch);
        }
        eml_merkle_free(&tree);
    }
}

/* No leaves, no levels, more levels than positions have bits, and lists whose lengths add up to the right number of
 * digests only when they are counted modulo 2^64. */
static void impossible_batches_are_refused(void **state) {
    (void)state;
    eml_digest leaf[2] = {{{1}}, {{2}}}, path[63] = {{{0}}}, root;
    size_t none = 0, all = 63, wrapped[2] = {SIZE_MAX, 2};
    eml_merkle_batch batch = {.list_len = &none, .lists = 1, .digests = path};
    assert_false(eml_merkle_root_of_batch(&batch, &(size_t){0}, leaf, 0, 3, &root));
    assert_false(eml_merkle_root_of_batch(&batch, &(size_t){0}, leaf, 1, 0, &root));
    batch.list_len = &all, batch.digest_count = all;
    assert_false(eml_merkle_root_of_batch(&batch, &(size_t){0}, leaf, 1, 63, &root));
    batch.list_len = wrapped, batch.lists = 2, batch.digest_count = 1;
    assert_false(eml_merkle_root_of_batch(&batch, (size_t[]){0, 2}, leaf, 2, 2, &root));
}

/* Every single change of shape: lists longer, shorter, fewer, more; digests left over; positions repeated, moved, too
 * large. */
static void malformed_batches_are_refused(void **state) {
    (void)state;
    const unsigned depth = 4;
    eml_merkle tree = make_tree((size_t)1 << depth);
    for (unsigned mask = 1; mask < 1u << tree.leaves; mask += 53) {
        query q = make_query(&tree, mask, 3);
        eml_merkle_batch batch;
        eml_merkle_open(&tree, q.positions, q.count, &batch);
        /* room for one more list and one more digest */
        eml_merkle_batch roomy = batch;
        roomy.list_len = eml_alloc(batch.lists + 1, sizeof *batch.list_len);
        roomy.digests = eml_alloc(batch.digest_count + 1, sizeof *batch.digests);
        memcpy(roomy.list_len, batch.list_len, batch.lists * sizeof *batch.list_len);
        memcpy(roomy.digests, batch.digests, batch.digest_count * sizeof *batch.digests);
        eml_merkle_batch_free(&batch);

        assert_true(accepts(&tree, &roomy, &q, depth));
        for (size_t i = 0; i < roomy.lists; i++) {
            roomy.list_len[i]++; /* more than there are */
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.digest_count++; /* one that nobody asks for */
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.list_len[i] -= 1;
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.digest_count--;
            if (roomy.list_len[i] == 0) continue;
            roomy.list_len[i]--; /* too few */
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.digest_count--;
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.digest_count++;
            roomy.list_len[i] = SIZE_MAX;
            assert_false(accepts(&tree, &roomy, &q, depth));
            roomy.list_len[i] = 0;
            for (size_t j = 0; j < roomy.lists; j++) roomy.list_len[i] += j == i ? 0 : roomy.list_len[j];
            roomy.list_len[i] = roomy.digest_count - roomy.list_len[i];
        }
        roomy.lists++;
        assert_false(accepts(&tree, &roomy, &q, depth));
        roomy.lists -= 2;
        assert_false(accepts(&tree, &roomy, &q, depth));
        roomy.lists++;

        for (size_t i = 0; i < q.count; i++) {
            size_t position = q.positions[i];
            for (size_t other = 0; other < tree.leaves; other++) {
                if (other == position) continue;
                q.positions[i] = other; /* repeated, or somebody else's place */
                assert_false(accepts(&tree, &roomy, &q, depth));
            }
            q.positions[i] = position + tree.leaves;
            assert_false(accepts(&tree, &roomy, &q, depth));
            q.positions[i] = SIZE_MAX;
            assert_false(accepts(&tree, &roomy, &q, depth));
            q.positions[i] = position;
        }
        assert_false(accepts(&tree, &roomy, &q, depth - 1));
        assert_false(accepts(&tree, &roomy, &q, depth + 1));
        assert_false(accepts(&tree, &roomy, &q, 0));
        assert_false(accepts(&tree, &roomy, &q, 63));
        assert_false(accepts(&tree, &roomy, &q, 64));
        assert_false(accepts(&tree, &roomy, &q, UINT32_MAX));
        query nothing = {.count = 0};
        assert_false(accepts(&tree, &roomy, &nothing, depth));
        assert_true(accepts(&tree, &roomy, &q, depth));
        eml_merkle_batch_free(&roomy);
    }
    eml_merkle_free(&tree);
}

/* The list order, by hand: Winterfell's own example positions in a tree of 8 leaves (crypto/src/merkle/tests.rs). */
static void lists_are_ordered_as_in_winterfell(void **state) {
    (void)state;
    eml_merkle tree = make_tree(8);
    const size_t positions[] = {1, 4, 5};
    eml_merkle_batch batch;
    eml_merkle_open(&tree, positions, 3, &batch);
    /* pairs (0,1), (4,5); then nodes 4 and 6 miss 5 and 7; then 2 and 3 are both known */
    const size_t expected[] = {8, 5, 7};
    assert_int_equal(batch.lists, 2);
    assert_int_equal(batch.list_len[0], 2);
    assert_int_equal(batch.list_len[1], 1);
    assert_int_equal(batch.digest_count, 3);
    for (size_t i = 0; i < 3; i++) assert_true(same(&batch.digests[i], &tree.nodes[expected[i]]));
    eml_merkle_batch_free(&batch);

    /* leaves 0, 2, 4: nodes 4, 5, 6 on the next level; 4 and 5 pair, 6 is third there, so list 2 gets node 7 */
    const size_t others[] = {4, 0, 2};
    const size_t expected_others[] = {9, 11, 13, 7};
    eml_merkle_open(&tree, others, 3, &batch);
    assert_int_equal(batch.lists, 3);
    assert_int_equal(batch.list_len[0], 1);
    assert_int_equal(batch.list_len[1], 1);
    assert_int_equal(batch.list_len[2], 2);
    for (size_t i = 0; i < 4; i++) assert_true(same(&batch.digests[i], &tree.nodes[expected_others[i]]));
    eml_merkle_batch_free(&batch);
    eml_merkle_free(&tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_hash_their_children),      cmocka_unit_test(lists_are_ordered_as_in_winterfell),
        cmocka_unit_test(every_set_of_positions_opens),   cmocka_unit_test(every_changed_digest_shows),
        cmocka_unit_test(impossible_batches_are_refused), cmocka_unit_test(malformed_batches_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
