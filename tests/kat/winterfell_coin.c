/* The coin against Winterfell's own words (tests/kat/winterfell_coin.txt; its first lines say what the lines mean). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/base/cpu.h"
#include "runtime/base/parallel.h"
#include "runtime/stark/coin.h"
#include "tests/support/cmocka.h"

enum { LINE_MAX_CHARS = 4096, WORDS_MAX = 64 };

static size_t unhex(const char *text, uint8_t *out) {
    size_t count = strlen(text) / 2;
    assert_true(eml_hex_decode(text, strlen(text), out, count));
    return count;
}

static eml_coin seeded(const char *hex) {
    uint8_t bytes[16 * 16];
    eml_fe elements[16];
    eml_coin coin;
    size_t count = unhex(hex, bytes) / EML_FE_BYTES;
    for (size_t i = 0; i < count; i++) assert_true(eml_fe_from_bytes(bytes + i * EML_FE_BYTES, &elements[i]));
    eml_coin_init(&coin, elements, count, 1);
    return coin;
}

static void check_draw(eml_coin *coin, uint32_t extension, const char *hex) {
    uint8_t expected[32], drawn[32];
    size_t count = unhex(hex, expected);
    coin->extension = extension;
    eml_fe2 element = eml_coin_draw(coin);
    eml_fe_to_bytes(element.a, drawn);
    eml_fe_to_bytes(element.b, drawn + EML_FE_BYTES);
    assert_int_equal(count, EML_FE_BYTES * extension);
    assert_memory_equal(drawn, expected, count);
    if (extension == 1) assert_true(eml_fe_is_zero(element.b));
}

static int compare(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Winterfell's integers, sorted and without repetitions. */
static void check_positions(eml_coin *coin, char **words, size_t count) {
    size_t expected[WORDS_MAX], drawn[WORDS_MAX], unique = 0;
    for (size_t i = 3; i < count; i++) expected[i - 3] = strtoul(words[i], NULL, 10);
    qsort(expected, count - 3, sizeof *expected, compare);
    for (size_t i = 0; i < count - 3; i++)
        if (unique == 0 || expected[unique - 1] != expected[i]) expected[unique++] = expected[i];
    size_t found =
        eml_coin_draw_positions(coin, strtoull(words[1], NULL, 10), strtoul(words[2], NULL, 10), count - 3, drawn);
    assert_int_equal(found, unique);
    assert_memory_equal(drawn, expected, unique * sizeof *drawn);
}

static void follow(eml_coin *coin, char **words, size_t count) {
    if (strcmp(words[0], "seed") == 0) {
        *coin = seeded(words[1]);
    } else if (strcmp(words[0], "base") == 0 || strcmp(words[0], "quad") == 0) {
        check_draw(coin, words[0][0] == 'q' ? 2 : 1, words[1]);
    } else if (strcmp(words[0], "reseed") == 0) {
        eml_digest digest;
        assert_int_equal(unhex(words[1], digest.bytes), sizeof digest.bytes);
        eml_coin_reseed(coin, &digest);
    } else if (strcmp(words[0], "work") == 0) {
        assert_int_equal(eml_coin_work(coin, strtoull(words[1], NULL, 10)), strtoul(words[2], NULL, 10));
    } else {
        assert_string_equal(words[0], "positions");
        assert_int_equal(eml_coin_grind(coin, 10), strtoull(words[1], NULL, 10));
        check_positions(coin, words, count);
    }
}

static void test_winterfell_vectors(void **state) {
    (void)state;
    static char line[LINE_MAX_CHARS];
    eml_coin coin = {0};
    size_t lines = 0;
    FILE *file = fopen(EML_KAT_DIR "/winterfell_coin.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *words[WORDS_MAX], *rest = line;
        size_t count = 0;
        while (count < WORDS_MAX && (words[count] = strtok_r(rest, " \n", &rest))) count++;
        if (count == 0 || words[0][0] == '#') continue;
        assert_true(count >= 2);
        follow(&coin, words, count);
        lines++;
    }
    fclose(file);
    assert_int_equal(lines, 51);
}

static eml_coin numbered(uint64_t seed) {
    eml_fe element = eml_fe_from_u64(seed);
    eml_coin coin;
    eml_coin_init(&coin, &element, 1, 2);
    return coin;
}

/* Whatever kernels and however many threads look for it. */
static void check_grind(const eml_coin *coin, uint32_t bits, uint64_t nonce) {
    for (unsigned mask = 0; mask <= EML_CPU_ALL; mask++) {
        eml_cpu_set_mask(mask);
        eml_threads_set(1 + mask % 3);
        assert_int_equal(eml_coin_grind(coin, bits), nonce);
    }
    eml_cpu_set_mask(EML_CPU_ALL);
    eml_threads_set(0);
}

/* The smallest nonce: with up to 9 bits in the only job, which tries 2048 nonces; with more in later jobs and rounds.
 * Two jobs at once often find one each. */
static void test_grind_is_smallest(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        eml_coin coin = numbered(seed);
        uint64_t nonce = 1;
        for (uint32_t bits = seed <= 4 ? 0 : 10; bits <= 12; bits++) {
            while (eml_coin_work(&coin, nonce) < bits) nonce++;
            check_grind(&coin, bits, nonce);
        }
    }
}

/* Seeds whose nonces for 10 bits are the last of a job and the first of the next; of a round (two jobs) and the next.
 */
static void test_grind_at_edges(void **state) {
    (void)state;
    static const struct {
        uint64_t seed, nonce;
    } cases[] = {{11466, 2048}, {109562, 2049}, {107647, 4096}, {142491, 4097}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_coin coin = numbered(cases[i].seed);
        assert_true(eml_coin_work(&coin, cases[i].nonce) >= 10);
        check_grind(&coin, 10, cases[i].nonce);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_winterfell_vectors),
                                       cmocka_unit_test(test_grind_is_smallest), cmocka_unit_test(test_grind_at_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
