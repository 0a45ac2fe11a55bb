/* Rescue-Prime against rescue_prime_f128.json: constants, permutations with the state after every round, hashes. */
#include "tests/support/cmocka.h"

#include <jansson.h>
#include <string.h>

#include "runtime/hash/rescue_prime.h"

static json_t *vectors;

static int setup(void **state) {
    (void)state;
    vectors = json_load_file(EML_KAT_DIR "/rescue_prime_f128.json", 0, NULL);
    return vectors ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    json_decref(vectors);
    return 0;
}

static eml_fe element(const json_t *text) {
    eml_fe out = {0, 0};
    assert_true(eml_fe_from_decimal(json_string_value(text), json_string_length(text), &out));
    return out;
}

/* expected: an array of exactly count elements. */
static void check_elements(const eml_fe *actual, size_t count, const json_t *expected) {
    assert_int_equal(json_array_size(expected), count);
    for (size_t i = 0; i < count; i++) assert_true(eml_fe_eq(actual[i], element(json_array_get(expected, i))));
}

static size_t read_elements(const json_t *array, eml_fe *out, size_t room) {
    assert_true(json_array_size(array) <= room);
    for (size_t i = 0; i < json_array_size(array); i++) out[i] = element(json_array_get(array, i));
    return json_array_size(array);
}

static void constants_are_those_of_the_specification(void **state) {
    (void)state;
    const json_t *mds = json_object_get(vectors, "mds"), *inverse = json_object_get(vectors, "inv_mds");
    const json_t *rounds = json_object_get(vectors, "round_constants");
    assert_int_equal(json_array_size(rounds), EML_RESCUE_ROUNDS);
    for (size_t i = 0; i < EML_RESCUE_WIDTH; i++) {
        check_elements(eml_rescue_mds[i], EML_RESCUE_WIDTH, json_array_get(mds, i));
        check_elements(eml_rescue_inv_mds[i], EML_RESCUE_WIDTH, json_array_get(inverse, i));
    }
    for (size_t r = 0; r < EML_RESCUE_ROUNDS; r++) {
        check_elements(eml_rescue_constants[r], 2 * EML_RESCUE_WIDTH, json_array_get(rounds, r));
    }
}

static void permutations_agree_after_each_round(void **state) {
    (void)state;
    const json_t *all = json_object_get(vectors, "permutation");
    assert_int_equal(json_array_size(all), 10);
    size_t index;
    const json_t *vector;
    json_array_foreach(all, index, vector) {
        eml_fe rounds[EML_RESCUE_WIDTH], whole[EML_RESCUE_WIDTH];
        assert_int_equal(read_elements(json_object_get(vector, "input"), rounds, EML_RESCUE_WIDTH), EML_RESCUE_WIDTH);
        memcpy(whole, rounds, sizeof whole);
        const json_t *after = json_object_get(vector, "state_after_each_round"); /* not every vector has them */
        if (after) assert_int_equal(json_array_size(after), EML_RESCUE_ROUNDS);
        for (unsigned r = 0; r < EML_RESCUE_ROUNDS; r++) {
            eml_rescue_round(rounds, r);
            if (after) check_elements(rounds, EML_RESCUE_WIDTH, json_array_get(after, r));
        }
        check_elements(rounds, EML_RESCUE_WIDTH, json_object_get(vector, "output"));
        eml_rescue_permute(whole);
        check_elements(whole, EML_RESCUE_WIDTH, json_object_get(vector, "output"));
    }
}

static void hashes_agree(void **state) {
    (void)state;
    const json_t *all = json_object_get(vectors, "hash");
    assert_int_equal(json_array_size(all), 15);
    size_t index;
    const json_t *vector;
    json_array_foreach(all, index, vector) {
        eml_fe input[256], digest[EML_RESCUE_DIGEST];
        size_t count = read_elements(json_object_get(vector, "input"), input, 256);
        eml_rescue_hash(input, count, digest);
        check_elements(digest, EML_RESCUE_DIGEST, json_object_get(vector, "digest"));
    }
}

/* The sponge by hand on permute: what the VM's sponge columns and the program hash rely on. */
static void unpadded_sponges_agree(void **state) {
    (void)state;
    const json_t *all = json_object_get(vectors, "sponge_without_padding");
    assert_int_equal(json_array_size(all), 3);
    size_t index;
    const json_t *vector;
    json_array_foreach(all, index, vector) {
        eml_fe input[256], sponge[EML_RESCUE_WIDTH] = {EML_FE_ZERO, EML_FE_ZERO, EML_FE_ZERO, EML_FE_ZERO};
        size_t count = read_elements(json_object_get(vector, "input"), input, 256);
        assert_int_equal(count % EML_RESCUE_RATE, 0);
        for (size_t i = 0; i < count; i += EML_RESCUE_RATE) {
            for (size_t k = 0; k < EML_RESCUE_RATE; k++) sponge[k] = eml_fe_add(sponge[k], input[i + k]);
            eml_rescue_permute(sponge);
        }
        check_elements(sponge, EML_RESCUE_DIGEST, json_object_get(vector, "digest"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_are_those_of_the_specification),
        cmocka_unit_test(permutations_agree_after_each_round),
        cmocka_unit_test(hashes_agree),
        cmocka_unit_test(unpadded_sponges_agree),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
