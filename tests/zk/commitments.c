/* Commitments to one row (docs/formats.md): nothing in 10,000 of them tells the row, or that it is the same one. What
 * is counted is what a thief without an opening has: the two elements. Bounds are six standard deviations, so that one
 * run in some hundred thousand fails of itself; the salts are the system's, others in every run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/hash/rescue_prime.h"
#include "runtime/include/eml.h"
#include "tests/support/cmocka.h"

enum { COMMITMENTS = 10000, BYTES = 2 * EML_RESCUE_DIGEST * 8, BITS = 8 * BYTES };

static const char schema[] =
    "{\"kind\": \"eml schema\", \"format\": 2, \"inputs\": [\n"
    "{\"name\": \"age\", \"unit\": \"1\", \"offset\": \"0\", \"lo\": \"0\", \"hi\": \"120\", \"step\": \"1\"},\n"
    "{\"name\": \"hiv\", \"unit\": \"1\", \"offset\": \"0\", \"lo\": \"0\", \"hi\": \"1\", \"step\": \"1\"}]}\n";

static void commit(const char *row, uint8_t out[BYTES]) {
    eml_commit_request request = {.subject = {"schema", schema, strlen(schema)}, .row = {"row", row, strlen(row)}};
    eml_bytes opening;
    char hex[EML_RESCUE_DIGEST_HEX + 1];
    eml_fe elements[EML_RESCUE_DIGEST];
    assert_int_equal(eml_commit(&request, &opening, hex, NULL), EML_ANSWER_YES);
    eml_bytes_wipe(&opening);
    assert_true(eml_rescue_digest_from_hex(hex, strlen(hex), elements));
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) eml_fe_to_bytes(elements[i], out + i * EML_FE_BYTES);
}

static bool bit(const uint8_t *bytes, size_t i) { return bytes[i / 8] >> i % 8 & 1; }

/* |count - expected| in standard deviations of COMMITMENTS coins. */
static double deviation(size_t count) { return fabs((double)count - COMMITMENTS / 2.0) / sqrt(COMMITMENTS / 4.0); }

/* Every bit is a fair coin, and a bit and its neighbour, or the same bit of the next commitment, are two. */
static void assert_coins(uint8_t (*made)[BYTES]) {
    for (size_t i = 0; i < BITS; i++) {
        size_t ones = 0, like_neighbour = 0, like_next = 0;
        for (size_t k = 0; k < COMMITMENTS; k++) {
            ones += bit(made[k], i);
            like_neighbour += bit(made[k], i) == bit(made[k], (i + 1) % BITS);
            like_next += bit(made[k], i) == bit(made[(k + 1) % COMMITMENTS], i);
        }
        assert_true(deviation(ones) < 6 && deviation(like_neighbour) < 6 && deviation(like_next) < 6);
    }
}

/* chi^2 of the values of each byte, 255 degrees of freedom: mean 255, deviation sqrt(510). */
static void assert_bytes_uniform(uint8_t (*made)[BYTES]) {
    for (size_t i = 0; i < BYTES; i++) {
        size_t counts[256] = {0};
        double chi = 0;
        for (size_t k = 0; k < COMMITMENTS; k++) counts[made[k][i]]++;
        for (size_t v = 0; v < 256; v++) chi += pow((double)counts[v] - COMMITMENTS / 256.0, 2) / (COMMITMENTS / 256.0);
        assert_true(fabs(chi - 255) < 8 * sqrt(510));
    }
}

static int compare(const void *a, const void *b) { return memcmp(a, b, BYTES / 2); }

static void assert_distinct(uint8_t (*made)[BYTES]) {
    qsort(made, COMMITMENTS, sizeof *made, compare);
    for (size_t k = 1; k < COMMITMENTS; k++) assert_int_not_equal(compare(made[k - 1], made[k]), 0);
}

static void one_row(void **state) {
    (void)state;
    static uint8_t made[COMMITMENTS][BYTES];
    for (size_t k = 0; k < COMMITMENTS; k++) commit("age,hiv\n50,1\n", made[k]);
    assert_coins(made);
    assert_bytes_uniform(made);
    assert_distinct(made);
}

/* Commitments to two rows are told apart by no bit. */
static void two_rows(void **state) {
    (void)state;
    enum { EACH = COMMITMENTS / 4 };
    size_t ones[2][BITS] = {{0}};
    for (size_t k = 0; k < 2 * EACH; k++) {
        uint8_t made[BYTES];
        commit(k % 2 ? "age,hiv\n50,1\n" : "age,hiv\n50,0\n", made);
        for (size_t i = 0; i < BITS; i++) ones[k % 2][i] += bit(made, i);
    }
    for (size_t i = 0; i < BITS; i++) assert_true(fabs((double)ones[0][i] - (double)ones[1][i]) < 6 * sqrt(EACH / 2.0));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_row), cmocka_unit_test(two_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
