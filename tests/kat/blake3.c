/* BLAKE3 against the official test vectors (blake3.txt), with the portable code and each set of kernels. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/base/cpu.h"
#include "runtime/hash/blake3.h"

enum { OUTPUT = 131, HEX = 2 * OUTPUT, CASES = 35, LONGEST = 102400 };

static uint8_t input[LONGEST];

static void check_output(const eml_blake3 *hasher, const char *hex) {
    uint8_t expected[OUTPUT], actual[OUTPUT];
    assert_true(eml_hex_decode(hex, strlen(hex), expected, sizeof expected));
    eml_blake3_finish(hasher, actual, sizeof actual);
    assert_memory_equal(actual, expected, sizeof actual);
}

static void check_case(size_t length, const char *hash_hex, const char *derived_hex, const char *keyed_hex) {
    eml_blake3 hasher;
    eml_blake3_init(&hasher);
    eml_blake3_update(&hasher, input, length);
    check_output(&hasher, hash_hex);

    uint8_t expected[OUTPUT];
    eml_digest whole = eml_blake3_hash(input, length), many;
    eml_blake3_hash_many(input, 0, length, 1, &many);
    assert_true(eml_hex_decode(hash_hex, strlen(hash_hex), expected, sizeof expected));
    assert_memory_equal(whole.bytes, expected, sizeof whole.bytes);
    assert_memory_equal(many.bytes, expected, sizeof many.bytes);

    eml_blake3_init_derive_key(&hasher, "BLAKE3 2019-12-27 16:29:52 test vectors context");
    eml_blake3_update(&hasher, input, length);
    check_output(&hasher, derived_hex);

    eml_blake3_init_keyed(&hasher, (const uint8_t *)"whats the Elvish word for friend");
    eml_blake3_update(&hasher, input, length);
    check_output(&hasher, keyed_hex);
}

static void official_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < LONGEST; i++) input[i] = (uint8_t)(i % 251);
    FILE *file = fopen(EML_KAT_DIR "/blake3.txt", "r");
    assert_non_null(file);
    char line[1024], hash_hex[HEX + 1], derived_hex[HEX + 1], keyed_hex[HEX + 1];
    size_t length, cases = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#') continue;
        assert_int_equal(sscanf(line, "%zu %262s %262s %262s", &length, hash_hex, derived_hex, keyed_hex), 4);
        assert_true(length <= LONGEST);
        for (unsigned mask = 0; mask <= EML_CPU_ALL; mask++) {
            eml_cpu_set_mask(mask);
            check_case(length, hash_hex, derived_hex, keyed_hex);
        }
        cases++;
    }
    fclose(file);
    assert_int_equal(cases, CASES);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(official_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
