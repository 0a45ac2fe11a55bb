/* BLAKE3 kernels against the C definition: every length of one chunk, every count around the number of lanes, odd
 * strides and alignments, all that chunks and parents vary; searches for nonces; extended outputs; then whole messages
 * against the recursion of the specification, for every mask. Built as `native` and `emulated` like field.c; the
 * emulated program has an eml_cpu_flags of its own that grants whatever the mask asks for. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "runtime/base/parallel.h"
#include "runtime/hash/blake3_core.h"
#include "tests/kernels/rivals.h"
#include "tests/support/random.h"

#ifdef EMULATED
static unsigned granted = EML_CPU_ALL;
unsigned eml_cpu_flags(void) { return granted; }
void eml_cpu_set_mask(unsigned allowed) { granted = allowed; }
#endif

typedef struct rival {
    const char *name;
    unsigned needs;
    eml_blake3_chunks_fn *chunks;
    eml_blake3_nonces_fn *nonces;
    eml_blake3_outputs_fn *outputs;
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_blake3_chunks_avx2, eml_blake3_nonces_avx2, eml_blake3_outputs_avx2},
    {"avx512", EML_CPU_AVX512, eml_blake3_chunks_avx512, eml_blake3_nonces_avx512, eml_blake3_outputs_avx512},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0], COUNT_MAX = 37, PAD = 5, EDGE_CHUNKS = 40, LONGEST = 8200 };

static uint8_t bytes[LONGEST * EML_BLAKE3_CHUNK];

static void compare(const rival *r, const eml_blake3_inputs *inputs, size_t first, size_t count) {
    eml_digest expected[COUNT_MAX + 1], got[COUNT_MAX + 1];
    memset(expected, 0x5a, sizeof expected); /* digests past count must stay */
    memset(got, 0x5a, sizeof got);
    eml_blake3_chunks_c(inputs, first, count, expected);
    r->chunks(inputs, first, count, got);
    if (memcmp(expected, got, sizeof got) != 0)
        fail_msg("%s differs: length %zu, count %zu, stride %zu, counter %llu", r->name, inputs->length, count,
                 inputs->stride, (unsigned long long)inputs->counter);
}

static eml_blake3_inputs messages(size_t offset, size_t stride, size_t length) {
    return (eml_blake3_inputs){.bytes = bytes + offset,
                               .stride = stride,
                               .length = length,
                               .key = eml_blake3_iv,
                               .on_first = EML_BLAKE3_CHUNK_START,
                               .on_last = EML_BLAKE3_CHUNK_END | EML_BLAKE3_ROOT};
}

static void test_lengths(void **state) {
    (void)state;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t length = 0; length <= EML_BLAKE3_CHUNK; length++) {
            eml_blake3_inputs inputs = messages(length % 64, length + length % PAD, length);
            compare(&rivals[i], &inputs, 0, 17);
        }
    }
}

static void test_counts(void **state) {
    (void)state;
    const eml_blake3_inputs inputs[] = {messages(3, 64, 64), messages(0, 592, 592), messages(1, 0, 100)};
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT_MAX; count++)
            for (size_t k = 0; k < 3; k++) compare(&rivals[i], &inputs[k], count % 3, count);
    }
}

/* Keys, flags, and counters that carry into their high words in every lane. */
static void test_modes(void **state) {
    (void)state;
    static const uint32_t key[8] = {1, 0xffffffff, 0x80000000, 4, 5, 6, 7, 8};
    static const size_t lengths[] = {1, 64, 65, 128, 1000, 1024};
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
            for (uint32_t step = 0; step <= 1; step++)
                for (uint64_t back = 0; back <= COUNT_MAX + 1; back++)
                    for (uint64_t high = 0; high <= 2; high++) {
                        eml_blake3_inputs inputs = messages(0, lengths[k], lengths[k]);
                        inputs.key = key;
                        inputs.counter = (high << 32) - back; /* high = 0: around 2^64 */
                        inputs.step = step;
                        inputs.flags = EML_BLAKE3_DERIVE_KEY_MATERIAL;
                        inputs.on_first = k % 2 ? EML_BLAKE3_CHUNK_START : 0;
                        compare(&rivals[i], &inputs, k, COUNT_MAX);
                    }
    }
}

/* Parents in place of their children, as trees replace a level, with and without a node before them. */
static void test_in_place(void **state) {
    (void)state;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT_MAX; count++)
            for (size_t before = 0; before <= 1; before++) {
                eml_digest expected[COUNT_MAX], nodes[2 * COUNT_MAX + 1];
                memcpy(nodes, bytes, sizeof nodes);
                const eml_blake3_inputs pairs = {.bytes = nodes[1 - before].bytes,
                                                 .stride = EML_BLAKE3_BLOCK,
                                                 .length = EML_BLAKE3_BLOCK,
                                                 .key = eml_blake3_iv,
                                                 .flags = EML_BLAKE3_PARENT};
                eml_blake3_chunks_c(&pairs, 0, count, expected);
                rivals[i].chunks(&pairs, 0, count, nodes + 1);
                assert_memory_equal(nodes + 1, expected, count * sizeof *expected);
                memcpy(nodes, bytes, sizeof nodes);
                eml_blake3_chunks_c(&pairs, 0, count, nodes + 1);
                assert_memory_equal(nodes + 1, expected, count * sizeof *expected);
            }
    }
}

/* Frequent and rare, from every lane on, and where the high words change. */
static void test_nonces(void **state) {
    (void)state;
    static const uint64_t bases[] = {1, (UINT64_C(1) << 32) - 20, (UINT64_C(7) << 32) - 20, UINT64_MAX - 100};
    static const uint32_t masks[] = {0, 1, 7, 0x80000000, 0xff, UINT32_MAX};
    eml_digest seed;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t b = 0; b < sizeof bases / sizeof *bases; b++)
            for (uint64_t first = bases[b]; first < bases[b] + 40; first++)
                for (size_t count = 0; count <= 50; count++)
                    for (size_t k = 0; k < sizeof masks / sizeof *masks; k++) {
                        memcpy(seed.bytes, bytes + first % 64, sizeof seed.bytes);
                        size_t expected = eml_blake3_nonces_c(&seed, first, count, masks[k]);
                        size_t got = rivals[i].nonces(&seed, first, count, masks[k]);
                        if (got != expected)
                            fail_msg("%s finds nonce %llu + %zu, not + %zu, mask %x", rivals[i].name,
                                     (unsigned long long)first, got, expected, masks[k]);
                    }
    }
}

/* The specification's tree, section 2.4: a chunk, or the parent of a left subtree of as many chunks as a power of two
 * can be with at least one byte left for the right one. out: the last compression's first 8 words. */
static void hash_subtree(const uint8_t *input, size_t length, uint64_t chunk, uint32_t root, uint32_t out[8]) {
    uint32_t words[16];
    uint8_t block[EML_BLAKE3_BLOCK];
    if (length > EML_BLAKE3_CHUNK) {
        size_t left = EML_BLAKE3_CHUNK;
        while (2 * left < length) left *= 2;
        uint32_t children[16];
        hash_subtree(input, left, chunk, 0, children);
        hash_subtree(input + left, length - left, chunk + left / EML_BLAKE3_CHUNK, 0, children + 8);
        for (size_t i = 0; i < 16; i++) eml_blake3_store_u32(children[i], block + 4 * i);
        eml_blake3_compress(eml_blake3_iv, block, EML_BLAKE3_BLOCK, 0, EML_BLAKE3_PARENT | root, words);
    } else {
        memcpy(words, eml_blake3_iv, sizeof eml_blake3_iv);
        size_t done = 0, size;
        do {
            size = length - done < EML_BLAKE3_BLOCK ? length - done : EML_BLAKE3_BLOCK;
            uint32_t flags =
                (done == 0 ? EML_BLAKE3_CHUNK_START : 0u) | (done + size == length ? EML_BLAKE3_CHUNK_END | root : 0u);
            memset(block, 0, sizeof block);
            memcpy(block, input + done, size);
            eml_blake3_compress(words, block, (uint32_t)size, chunk, flags, words);
            done += size;
        } while (done < length);
    }
    memcpy(out, words, 8 * sizeof *out);
}

static eml_digest hash_by_recursion(const uint8_t *input, size_t length) {
    uint32_t words[8];
    eml_digest digest;
    hash_subtree(input, length, 0, EML_BLAKE3_ROOT, words);
    for (size_t i = 0; i < 8; i++) eml_blake3_store_u32(words[i], digest.bytes + 4 * i);
    return digest;
}

/* Every count around the number of lanes, from counters whose low word overflows among the lanes. */
static void test_outputs(void **state) {
    (void)state;
    static const uint64_t firsts[] = {0, 1, 1000, UINT32_MAX - 3, UINT64_C(7) << 32};
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT_MAX; count++) {
            eml_blake3_node root = {.block_len = (uint32_t)count % 65, .flags = EML_BLAKE3_ROOT | (uint32_t)count % 64};
            memcpy(root.cv, bytes + count, sizeof root.cv);
            memcpy(root.block, bytes + 7 * count, sizeof root.block);
            uint64_t first = firsts[count % 5];
            uint8_t expected[(COUNT_MAX + 1) * EML_BLAKE3_BLOCK], got[sizeof expected];
            memset(expected, 0x5a, sizeof expected); /* bytes past count blocks must stay */
            memset(got, 0x5a, sizeof got);
            eml_blake3_outputs_c(&root, first, count, expected);
            rivals[i].outputs(&root, first, count, got);
            if (memcmp(expected, got, sizeof got) != 0) fail_msg("%s differs: %zu blocks", rivals[i].name, count);
        }
    }
}

/* A long output in one piece, in parts and with every mask is the one that single blocks give. */
static void test_long_outputs(void **state) {
    (void)state;
    enum { BLOCKS = 100, LENGTH = BLOCKS * EML_BLAKE3_BLOCK };
    static uint8_t whole[LENGTH], parts[LENGTH], single[LENGTH];
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "a context");
    eml_blake3_update(&hasher, bytes, 3000);
    for (unsigned mask = 0; mask <= (EML_CPU_AVX2 | EML_CPU_AVX512); mask++) {
        eml_cpu_set_mask(mask);
        for (size_t i = 0; i < BLOCKS; i++)
            eml_blake3_finish_from(&hasher, i, single + i * EML_BLAKE3_BLOCK, EML_BLAKE3_BLOCK);
        memset(whole, 0, sizeof whole);
        eml_blake3_finish(&hasher, whole, LENGTH - 1);
        assert_memory_equal(whole, single, LENGTH - 1);
        assert_int_equal(whole[LENGTH - 1], 0);
        for (size_t i = 0; i < BLOCKS; i += 23)
            eml_blake3_finish_from(&hasher, i, parts + i * EML_BLAKE3_BLOCK,
                                   (i + 23 < BLOCKS ? 23 : BLOCKS - i) * EML_BLAKE3_BLOCK);
        assert_memory_equal(parts, single, LENGTH);
    }
    eml_cpu_set_mask(EML_CPU_ALL);
}

/* The first piece has `head` bytes, the others up to most >= 1. */
static eml_digest hash_in_pieces(const uint8_t *input, size_t length, size_t head, size_t most) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init(&hasher);
    for (size_t done = 0, piece = head; done < length; done += piece, piece = test_random() % (most + 1)) {
        if (piece > length - done) piece = length - done;
        eml_blake3_update(&hasher, input + done, piece);
    }
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

static void check_message(size_t offset, size_t length) {
    eml_digest expected = hash_by_recursion(bytes + offset, length);
    for (unsigned mask = 0; mask <= (EML_CPU_AVX2 | EML_CPU_AVX512); mask++) {
        eml_cpu_set_mask(mask);
        eml_threads_set(1 + mask % 3);
        eml_digest got[] = {
            eml_blake3_hash(bytes + offset, length),
            hash_in_pieces(bytes + offset, length, 1 + test_random() % 200, 1 + length),
            hash_in_pieces(bytes + offset, length, EML_BLAKE3_CHUNK * (test_random() % 8), 1 + length / 3),
            hash_in_pieces(bytes + offset, length, test_random() % 3000, 5000)};
        for (size_t i = 0; i < sizeof got / sizeof *got; i++)
            if (memcmp(&got[i], &expected, sizeof expected) != 0)
                fail_msg("mask %u gives another hash of %zu bytes, way %zu", mask, length, i);
    }
    eml_cpu_set_mask(EML_CPU_ALL);
    eml_threads_set(0);
}

static void test_messages(void **state) {
    (void)state;
    static const size_t tails[] = {0, 1, 63, 64, 65, 128, 511, 960, 961, 1023};
    for (size_t chunks = 0; chunks <= EDGE_CHUNKS; chunks++)
        for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
            check_message(chunks % 7, chunks * EML_BLAKE3_CHUNK + tails[k]);
}

/* Several jobs of 1024 chunks, and more than the 8192 that join the tree at once. */
static void test_long_messages(void **state) {
    (void)state;
    static const size_t chunks[] = {64, 1023, 1024, 1025, 2048, 3000, 8191, 8192, 8193};
    for (size_t k = 0; k < sizeof chunks / sizeof *chunks; k++)
        for (size_t more = 0; more <= 1; more++) check_message(k % 3, chunks[k] * EML_BLAKE3_CHUNK + more);
}

int main(void) {
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(test_random() >> 24);
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),      cmocka_unit_test(test_counts),   cmocka_unit_test(test_modes),
        cmocka_unit_test(test_in_place),     cmocka_unit_test(test_nonces),   cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_long_outputs), cmocka_unit_test(test_messages), cmocka_unit_test(test_long_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
