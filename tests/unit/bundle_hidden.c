/* The files of a hidden model: what an owner's and a public bundle are, and what is refused of an ABI that hides. */
#include <stdlib.h>
#include <string.h>

#include "runtime/isa/instructions.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/cmocka.h"

static void make_bundle(eml_bundle *out) {
    test_sample_bundle(TEST_SAMPLE_HIDDEN, out);
    assert_int_equal(out->program.shape.abi_flags, EML_ABI_HIDDEN);
}

static void check_round_trip(const eml_buf *bytes, eml_bundle_kind kind, const eml_program_hash *hash) {
    eml_bundle again;
    eml_buf written = {0};
    eml_error err;
    if (eml_bundle_decode(bytes->data, bytes->len, &again, &err) != EML_OK) fail_msg("%s", err.text);
    assert_int_equal(again.kind, kind);
    assert_true(eml_program_hash_eq(&again.hash, hash));
    assert_true((again.program.code == NULL) == (kind == EML_BUNDLE_PUBLIC));
    assert_int_equal(eml_bundle_require_code(&again, "prove", &err),
                     kind == EML_BUNDLE_PUBLIC ? EML_ERR_INPUT : EML_OK);
    assert_int_equal(eml_abi_reveal_rows(&again.abi), (2 * (16 * 20 + 3) + 16 * 9 - 1) / (16 * 9));
    eml_bundle_encode(&again, &written);
    assert_int_equal(written.len, bytes->len);
    assert_memory_equal(written.data, bytes->data, written.len);
    eml_buf_free(&written);
    eml_bundle_free(&again);
}

static void test_two_bundles(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_buf owners = {0}, public = {0};
    make_bundle(&bundle);
    eml_bundle_encode(&bundle, &owners);
    eml_bundle_encode_public(&bundle, &public);
    check_round_trip(&owners, EML_BUNDLE_OWNERS, &bundle.hash);
    check_round_trip(&public, EML_BUNDLE_PUBLIC, &bundle.hash);
    assert_true(public.len + 16 * 20 < owners.len);
    eml_buf_free(&owners);
    eml_buf_free(&public);
    eml_bundle_free(&bundle);
}

/* Every prefix is refused; with any bit flipped it is refused, or reads as what it writes. Hash, ABI and shape of a
 * public bundle are bound together, so that only the AIR digest and the report, which the hash does not cover, can
 * change; the report is empty here. */
static void test_changed_public_bundle(void **state) {
    (void)state;
    eml_bundle bundle, again;
    eml_buf bytes = {0}, written = {0};
    size_t accepted = 0;
    make_bundle(&bundle);
    bundle.report[0] = '\0';
    eml_bundle_encode_public(&bundle, &bytes);
    for (size_t length = 0; length < bytes.len; length++) {
        uint8_t *exact = malloc(length ? length : 1);
        memcpy(exact, bytes.data, length);
        assert_int_equal(eml_bundle_decode(exact, length, &again, NULL), EML_ERR_INPUT);
        free(exact);
    }
    for (size_t at = 0; at < bytes.len; at++)
        for (unsigned change = 1; change < 256; change *= 2) {
            bytes.data[at] ^= (uint8_t)change;
            if (eml_bundle_decode(bytes.data, bytes.len, &again, NULL) == EML_OK) {
                accepted++;
                written.len = 0;
                eml_bundle_encode(&again, &written);
                assert_int_equal(written.len, bytes.len);
                assert_memory_equal(written.data, bytes.data, written.len);
                eml_bundle_free(&again);
            }
            bytes.data[at] ^= (uint8_t)change;
        }
    assert_int_equal(accepted, 8 * sizeof(eml_digest));
    eml_buf_free(&written);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

typedef void (*change_fn)(eml_abi *abi);
static void no_name(eml_abi *abi) { abi->hidden[0].name[0] = '\0'; }
static void two_of_a_name(eml_abi *abi) { abi->hidden[0].name[0] = 'b'; }
static void name_like_an_output(eml_abi *abi) { abi->hidden[0].name[0] = 'Y'; }
static void empty_range(eml_abi *abi) { mpq_set_si(abi->hidden[1].lo, 4, 1); }
static void rank_3(eml_abi *abi) { abi->hidden[0].rank = 3; }
static void no_elements(eml_abi *abi) { abi->hidden[0].dims[0] = 0; }
static void shape_of_a_scalar(eml_abi *abi) { abi->hidden[1].dims[0] = 2; }
static void shape_of_a_vector(eml_abi *abi) { abi->hidden[0].dims[1] = 2; }
static void no_columns(eml_abi *abi) { abi->hidden[0].rank = 2, abi->hidden[0].dims[1] = 0; }
static void long_range(eml_abi *abi) {
    mpz_ui_pow_ui(mpq_numref(abi->hidden[0].lo), 10, 2000);
    mpz_neg(mpq_numref(abi->hidden[0].lo), mpq_numref(abi->hidden[0].lo));
}

static void long_end(eml_abi *abi) { mpz_ui_pow_ui(mpq_numref(abi->hidden[0].hi), 10, 2000); }

static void test_bad_sections(void **state) {
    (void)state;
    const struct {
        change_fn change;
        const char *says;
    } cases[] = {
        {no_name, "hidden name[0] is empty"},
        {two_of_a_name, "two hidden params are named \"b\""},
        {name_like_an_output, "differ only by case"},
        {empty_range, "b: the range is empty"},
        {rank_3, "w has a shape that no param has"},
        {no_elements, "w has a shape that no param has"},
        {no_columns, "w has a shape that no param has"},
        {shape_of_a_scalar, "b has a shape that no param has"},
        {shape_of_a_vector, "w has a shape that no param has"},
        {long_range, "w.lo has more than"},
        {long_end, "w.hi has more than"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_bundle bundle;
        eml_error err;
        make_bundle(&bundle);
        cases[i].change(&bundle.abi);
        assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
        if (strstr(err.text, cases[i].says) == NULL) fail_msg("\"%s\", not \"%s\"", err.text, cases[i].says);
        eml_bundle_free(&bundle);
    }
}

/* Section, flag, form and salts go together. */
static void test_sections_and_shape(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_error err;
    make_bundle(&bundle);
    eml_shape shape = bundle.program.shape;
    shape.abi_flags = 0;
    assert_int_equal(eml_abi_check_shape(&bundle.abi, &shape, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "abi_flags is 0"));
    shape = bundle.program.shape;
    shape.salted = 0;
    assert_int_equal(eml_abi_check_shape(&bundle.abi, &shape, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "not of the hidden form with salts"));
    shape = bundle.program.shape;
    eml_abi open = bundle.abi;
    open.hidden_count = 0;
    shape.abi_flags = 0;
    assert_int_equal(eml_abi_check_shape(&open, &shape, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "its ABI hides nothing"));
    assert_int_equal(eml_abi_check(&open, &err), EML_ERR_INPUT); /* row_bits without a param */
    open.row_bits = 0;
    assert_int_equal(eml_abi_check(&open, &err), EML_OK);
    eml_bundle_free(&bundle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_bundles),
        cmocka_unit_test(test_changed_public_bundle),
        cmocka_unit_test(test_bad_sections),
        cmocka_unit_test(test_sections_and_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
