/* The CBOR subset: everything but the one canonical form is refused, with byte offset and field. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/bundle/cbor_io.h"

static eml_cbor_reader open_hex(const char *hex, uint8_t *bytes, eml_error *err) {
    size_t count = strlen(hex) / 2;
    assert_true(eml_hex_decode(hex, strlen(hex), bytes, count));
    eml_cbor_reader reader;
    eml_cbor_open(&reader, bytes, count, err);
    return reader;
}

static void writes_shortest(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        size_t length;
    } heads[] = {{0, 1},         {23, 1},         {24, 2},
                 {255, 2},       {256, 3},        {65535, 3},
                 {65536, 5},     {UINT32_MAX, 5}, {UINT64_C(1) << 32, 9},
                 {UINT64_MAX, 9}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        eml_buf out = {0};
        eml_error err;
        eml_cbor_reader reader;
        eml_cbor_put_uint(&out, heads[i].value);
        assert_int_equal(out.len, heads[i].length);
        eml_cbor_open(&reader, out.data, out.len, &err);
        assert_true(eml_cbor_uint(&reader, UINT64_MAX) == heads[i].value);
        assert_int_equal(eml_cbor_close(&reader), EML_OK);
        eml_buf_free(&out);
    }
}

static void refuse_uint(const char *hex, const char *why) {
    uint8_t bytes[64];
    eml_error err;
    eml_cbor_reader reader = open_hex(hex, bytes, &err);
    eml_cbor_uint(&reader, 1000);
    if (eml_cbor_close(&reader) != EML_ERR_INPUT) fail_msg("%s was accepted", hex);
    if (!strstr(err.text, why)) fail_msg("%s: \"%s\" does not say \"%s\"", hex, err.text, why);
}

static void refuses_items(void **state) {
    (void)state;
    refuse_uint("", "ends");
    refuse_uint("1817", "shortest"); /* 23 in two bytes */
    refuse_uint("1900ff", "shortest");
    refuse_uint("1a0000ffff", "shortest");
    refuse_uint("1b00000000ffffffff", "shortest");
    refuse_uint("1903e9", "limit"); /* 1001 */
    refuse_uint("19", "left");
    refuse_uint("1b0000", "left");
    refuse_uint("1c", "not CBOR");
    refuse_uint("20", "kind");     /* -1 */
    refuse_uint("c000", "kind");   /* tag */
    refuse_uint("f93c00", "kind"); /* floats */
    refuse_uint("fa3f800000", "kind");
    refuse_uint("fb3ff0000000000000", "kind");
    refuse_uint("f7", "kind"); /* undefined */
    refuse_uint("ff", "kind"); /* break */
    refuse_uint("9f", "kind"); /* indefinite lengths */
    refuse_uint("bf", "kind");
    refuse_uint("5f", "kind");
    refuse_uint("7f", "kind");
    refuse_uint("f6", "null where");
    refuse_uint("f5", "a boolean where");
    refuse_uint("6161", "a text string where");
    refuse_uint("0000", "1 bytes after the end");
}

static void refuse_text(const char *hex, const char *why) {
    uint8_t bytes[64];
    size_t length;
    eml_error err;
    eml_cbor_reader reader = open_hex(hex, bytes, &err);
    eml_cbor_text(&reader, 8, &length);
    assert_int_equal(length, 0);
    if (eml_cbor_close(&reader) != EML_ERR_INPUT) fail_msg("%s was accepted", hex);
    if (!strstr(err.text, why)) fail_msg("%s: \"%s\" does not say \"%s\"", hex, err.text, why);
}

static void refuses_text(void **state) {
    (void)state;
    refuse_text("780161", "shortest");
    refuse_text("6261", "left");
    refuse_text("7bffffffffffffffff61", "left");
    refuse_text("69616161616161616161", "limit");
    refuse_text("6100", "UTF-8");       /* NUL */
    refuse_text("6180", "UTF-8");       /* a lone continuation */
    refuse_text("62c080", "UTF-8");     /* overlong */
    refuse_text("63e08080", "UTF-8");   /* overlong */
    refuse_text("63eda080", "UTF-8");   /* surrogate */
    refuse_text("64f4908080", "UTF-8"); /* above U+10FFFF */
    refuse_text("62c3", "left");
    refuse_text("61c3", "UTF-8"); /* cut */
}

/* Nothing that a file declares may size an allocation before it was held against the bytes that are left. */
static void refuses_long_arrays(void **state) {
    (void)state;
    static const char *const hex[] = {"9bffffffffffffffff", "9b0000000100000000", "9a7fffffff00", "8100", "8400000000"};
    static const char *const why[] = {"limit", "limit", "limit", "bytes that are left", "limit"};
    for (size_t i = 0; i < 5; i++) {
        uint8_t bytes[64];
        eml_error err;
        eml_cbor_reader reader = open_hex(hex[i], bytes, &err);
        assert_int_equal(eml_cbor_array(&reader, 3, 2), 0);
        assert_false(eml_cbor_ok(&reader));
        assert_non_null(strstr(err.text, why[i]));
    }
}

static void names_the_place(void **state) {
    (void)state;
    uint8_t bytes[64];
    eml_error err;
    eml_cbor_reader reader = open_hex("a16161f5", bytes, &err); /* {"a": true} */
    eml_cbor_map(&reader, 1);
    eml_cbor_in(&reader, "things", 7);
    eml_cbor_key(&reader, "a");
    eml_cbor_uint(&reader, 1);
    assert_string_equal(err.text, "byte 3: things[7].a: a boolean where an unsigned integer was expected");
    assert_int_equal(eml_cbor_uint(&reader, 1), 0); /* the first failure sticks */
    eml_cbor_fail(&reader, "later");
    assert_null(strstr(err.text, "later"));
    reader = open_hex("a16162f5", bytes, &err);
    eml_cbor_map(&reader, 1);
    eml_cbor_key(&reader, "a");
    assert_string_equal(err.text, "byte 1: the key \"a\" was expected");
    reader = open_hex("a1626162f5", bytes, &err); /* a key that begins like it */
    err = (eml_error){0};
    eml_cbor_map(&reader, 1);
    eml_cbor_key(&reader, "a");
    assert_string_equal(err.text, "byte 1: the key \"a\" was expected");
    for (int i = 0; i < 2; i++) {
        reader = open_hex(i == 0 ? "a4" : "a0", bytes, &err);
        err = (eml_error){0};
        assert_int_equal(eml_cbor_map_between(&reader, 1, 3), 0);
        assert_string_equal(err.text, "byte 0: a map of 1 to 3 entries was expected");
    }
    reader = open_hex("a16162f5", bytes, &err); /* a key that need not be there */
    assert_int_equal(eml_cbor_map_between(&reader, 1, 3), 1);
    assert_false(eml_cbor_take_key(&reader, "a"));
    assert_false(eml_cbor_take_key(&reader, "bb"));
    assert_true(eml_cbor_take_key(&reader, "b"));
    assert_true(eml_cbor_bool(&reader));
    assert_false(eml_cbor_take_key(&reader, "c")); /* the file has ended */
    assert_false(eml_cbor_ok(&reader));
    reader = open_hex("a2", bytes, &err);
    eml_cbor_map(&reader, 1);
    assert_string_equal(err.text, "byte 0: a map of 1 entries was expected");
}

/* As many as there is room for, or none and an error. */
static void exact_bytes(void **state) {
    (void)state;
    static const char *const wrong[] = {"43010203", "4501020304ff", "40"};
    for (size_t i = 0; i < 3; i++) {
        uint8_t bytes[64], out[4] = {9, 9, 9, 9};
        eml_error err;
        eml_cbor_reader reader = open_hex(wrong[i], bytes, &err);
        eml_cbor_bytes_exact(&reader, out, sizeof out);
        assert_non_null(strstr(err.text, "4 bytes were expected, not "));
        assert_memory_equal(out, "\0\0\0\0", sizeof out);
    }
}

static void tells_the_file_kind(void **state) {
    (void)state;
    eml_buf out = {0};
    eml_error err;
    eml_cbor_reader reader;
    eml_cbor_put_magic(&out, "eml thing");
    eml_cbor_open(&reader, out.data, out.len, &err);
    eml_cbor_magic(&reader, "eml other", "make it again");
    assert_string_equal(err.text, "byte 0: this is not an \"eml other\" file");
    static const char *const magics[] = {"", "eml", "eml things"}; /* how the right one begins, and how it goes on */
    for (size_t i = 0; i < 3; i++) {
        eml_buf other = {0};
        eml_cbor_put_magic(&other, magics[i]);
        eml_cbor_open(&reader, other.data, other.len, &err);
        eml_cbor_magic(&reader, "eml thing", "make it again");
        assert_string_equal(err.text, "byte 0: this is not an \"eml thing\" file");
        eml_buf_free(&other);
    }
    assert_true(eml_cbor_begins(out.data, out.len - 1, "eml thing"));
    for (size_t count = 0; count + 1 < out.len; count++) assert_false(eml_cbor_begins(out.data, count, "eml thing"));
    out.data[out.len - 1] = 1; /* the version */
    eml_cbor_open(&reader, out.data, out.len, &err);
    eml_cbor_magic(&reader, "eml thing", "make it again");
    assert_string_equal(err.text, "byte 11: format version 1; this program reads version 2 (draft): make it again");
    eml_buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_shortest),     cmocka_unit_test(refuses_items),   cmocka_unit_test(refuses_text),
        cmocka_unit_test(refuses_long_arrays), cmocka_unit_test(names_the_place), cmocka_unit_test(exact_bytes),
        cmocka_unit_test(tells_the_file_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
