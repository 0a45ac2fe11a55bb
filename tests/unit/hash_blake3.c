/* BLAKE3: input in pieces, output in pieces, many messages at once, nonces, field elements. Known answers: tests/kat.
 */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/cpu.h"
#include "runtime/base/memory.h"
#include "runtime/hash/elements.h"
#include "tests/support/random.h"

enum { INPUT = 150000, ELEMENTS = 65536 + 5000 };
static uint8_t input[INPUT];

static int setup(void **state) {
    (void)state;
    for (size_t i = 0; i < INPUT; i++) input[i] = (uint8_t)test_random();
    return 0;
}

static void input_may_come_in_pieces(void **state) {
    (void)state;
    for (size_t round = 0; round < 300; round++) {
        size_t total = test_random() % (INPUT + 1), most = 1 + test_random() % (round % 2 ? 1500 : INPUT);
        eml_blake3 hasher;
        eml_blake3_init(&hasher);
        for (size_t done = 0; done < total;) {
            size_t piece = test_random() % (most + 1);
            if (piece > total - done) piece = total - done;
            eml_blake3_update(&hasher, input + done, piece);
            done += piece;
        }
        eml_digest pieces, whole = eml_blake3_hash(input, total);
        eml_blake3_finish(&hasher, pieces.bytes, sizeof pieces.bytes);
        assert_memory_equal(&pieces, &whole, sizeof whole);
    }
}

/* Finishing changes nothing: one can ask again, with another length, and go on. */
static void finishing_leaves_the_hasher_alone(void **state) {
    (void)state;
    uint8_t longest[300], shorter[300];
    eml_blake3 hasher;
    eml_blake3_init(&hasher);
    eml_blake3_update(&hasher, input, 3000);
    eml_blake3_finish(&hasher, longest, sizeof longest);
    for (size_t count = 0; count <= sizeof shorter; count++) {
        memset(shorter, 0xaa, sizeof shorter);
        eml_blake3_finish(&hasher, shorter, count);
        assert_memory_equal(shorter, longest, count);
        if (count < sizeof shorter) assert_int_equal(shorter[count], 0xaa);
    }
    eml_blake3_update(&hasher, input + 3000, 1000);
    eml_digest continued, whole = eml_blake3_hash(input, 4000);
    eml_blake3_finish(&hasher, continued.bytes, sizeof continued.bytes);
    assert_memory_equal(&continued, &whole, sizeof whole);
}

static void many_messages_hash_like_one(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 16, 63, 64, 65, 128, 592, 600, 1023, 1024, 1025, 2048};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        for (size_t count = 0; count <= 35; count += count < 18 ? 1 : 17) {
            size_t stride = count > 1 ? (INPUT - lengths[k]) / (count - 1) : 0;
            eml_digest out[36];
            memset(out, 0xaa, sizeof out);
            eml_blake3_hash_many(input, stride, lengths[k], count, out);
            for (size_t i = 0; i < count; i++) {
                eml_digest single = eml_blake3_hash(input + i * stride, lengths[k]);
                assert_memory_equal(&out[i], &single, sizeof single);
            }
            assert_int_equal(out[count].bytes[0], 0xaa);
        }
    }
}

static void nonces_are_found_by_their_hashes(void **state) {
    (void)state;
    eml_digest seed = eml_blake3_hash(input, 10);
    for (uint32_t bits = 0; bits <= 8; bits++) {
        uint32_t mask = (UINT32_C(1) << bits) - 1;
        for (uint64_t first = (UINT64_C(1) << 32) - 40; first <= UINT64_C(1) << 32; first++) {
            size_t i = 0;
            for (; i < 200; i++) {
                uint8_t message[40];
                memcpy(message, seed.bytes, sizeof seed.bytes);
                for (size_t k = 0; k < 8; k++) message[32 + k] = (uint8_t)((first + i) >> (8 * k));
                eml_digest digest = eml_blake3_hash(message, sizeof message);
                uint32_t head = (uint32_t)digest.bytes[0] | (uint32_t)digest.bytes[1] << 8;
                if ((head & mask) == 0) break;
            }
            eml_cpu_set_mask(first % 2 ? EML_CPU_ALL : 0);
            assert_int_equal(eml_blake3_find_nonce(&seed, first, 200, mask), i);
        }
    }
    eml_cpu_set_mask(EML_CPU_ALL);
}

static void check_elements(const eml_fe *elements, size_t count) {
    eml_blake3 by_bytes, by_elements;
    eml_digest expected, actual;
    uint8_t *bytes = eml_alloc(count, EML_FE_BYTES);
    for (size_t i = 0; i < count; i++) eml_fe_to_bytes(elements[i], bytes + i * EML_FE_BYTES);
    eml_blake3_init(&by_bytes);
    eml_blake3_update(&by_bytes, input, count % 10);
    by_elements = by_bytes;
    eml_blake3_update(&by_bytes, bytes, count * EML_FE_BYTES);
    eml_blake3_update_elements_var(&by_elements, elements, count);
    eml_blake3_finish(&by_bytes, expected.bytes, sizeof expected.bytes);
    eml_blake3_finish(&by_elements, actual.bytes, sizeof actual.bytes);
    assert_memory_equal(&actual, &expected, sizeof expected);
    eml_free(bytes);
}

/* All canonical; one that is not; many that are not, and more than are encoded at once. */
static void elements_hash_as_their_bytes(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 63, 64, 65, 1000, 65535, 65536, 65537, ELEMENTS};
    eml_fe *elements = eml_alloc(ELEMENTS, sizeof *elements);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        test_random_elements(elements, counts[k]);
        check_elements(elements, counts[k]);
        for (size_t i = 0; i < counts[k]; i++) elements[i] = eml_fe_canon(elements[i]);
        check_elements(elements, counts[k]);
        if (counts[k] == 0) continue;
        elements[counts[k] - 1] = (eml_fe){EML_FE_P_LO, EML_FE_P_HI};
        check_elements(elements, counts[k]);
    }
    eml_free(elements);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_may_come_in_pieces),     cmocka_unit_test(finishing_leaves_the_hasher_alone),
        cmocka_unit_test(many_messages_hash_like_one),  cmocka_unit_test(nonces_are_found_by_their_hashes),
        cmocka_unit_test(elements_hash_as_their_bytes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
