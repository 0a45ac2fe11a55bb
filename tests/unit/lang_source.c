/* Spans to lines and columns; UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lang/source.h"
#include "runtime/text/text.h"

static void check(const char *text, uint32_t offset, uint32_t line, uint32_t column) {
    eml_source source;
    uint32_t got_line, got_column;
    eml_source_from_text("t", text, strlen(text), &source);
    eml_source_locate(&source, offset, &got_line, &got_column);
    assert_int_equal(got_line, line);
    assert_int_equal(got_column, column);
    eml_source_free(&source);
}

static void locates(void **state) {
    (void)state;
    check("", 0, 1, 1);
    check("a", 1, 1, 2);
    check("ab\ncd\n", 2, 1, 3); /* the newline belongs to its line */
    check("ab\ncd\n", 3, 2, 1);
    check("ab\ncd\n", 6, 3, 1);
    check("\n\n\n", 2, 3, 1);
    check("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80x", 9, 1, 4); /* 2 + 3 + 4 bytes */
    check("\xFF\x80\xC3x", 3, 1, 4);                         /* each stray byte is one */
}

static void locator_agrees(void **state) {
    (void)state;
    const char *text = "ab\xC3\xA4 c\n\nx\xFFyz\n\xE2\x82\xAC";
    eml_source source;
    eml_source_from_text("t", text, strlen(text), &source);
    eml_locator locator = {.source = &source};
    static const uint32_t offsets[] = {0, 4, 5, 6, 7, 8, 11, 12, 16, 2, 4, 9, 0};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        uint32_t line, column, fresh_line, fresh_column;
        eml_locator_move(&locator, offsets[i], &line, &column);
        eml_source_locate(&source, offsets[i], &fresh_line, &fresh_column);
        assert_int_equal(line, fresh_line);
        assert_int_equal(column, fresh_column);
    }
    eml_source_free(&source);
}

static void drops_byte_order_mark(void **state) {
    (void)state;
    eml_source source;
    eml_source_from_text("t", "\xEF\xBB\xBFmodel", 8, &source);
    assert_string_equal(source.text, "model");
    assert_int_equal(source.length, 5);
    eml_source_free(&source);
}

static void reads_files(void **state) {
    (void)state;
    eml_source source = {0};
    eml_error err;
    assert_int_equal(eml_source_read("/nonexistent/x.eml", &source, &err), EML_ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/x.eml"));
    assert_null(source.text);
    assert_int_equal(eml_source_read("/dev/null", &source, &err), EML_OK);
    assert_int_equal(source.length, 0);
    assert_string_equal(source.text, "");
    assert_string_equal(source.path, "/dev/null");
    eml_source_free(&source);
}

static void knows_utf8(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"a", 1},
        {"\x7F", 1},
        {"\xC2\x80", 2},
        {"\xDF\xBF", 2},
        {"\xE0\xA0\x80", 3},
        {"\xEF\xBF\xBF", 3},
        {"\xED\x9F\xBF", 3},
        {"\xF0\x90\x80\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"\x80", 0},
        {"\xBF", 0},
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
        {"\xC2", 0},
        {"\xC2"
         "a",
         0},
        {"\xE2\x82", 0},
        {"\xE2\x82"
         "a",
         0},
        {"\xF0\x9F\x98", 0},
        {"", 0},
    };
    uint32_t point;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(eml_utf8_decode(cases[i].text, strlen(cases[i].text), &point), cases[i].length);
    assert_int_equal(eml_utf8_decode("\xF0\x9F\x98\x80", 4, &point), 4);
    assert_int_equal(point, 0x1F600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locates),     cmocka_unit_test(locator_agrees), cmocka_unit_test(drops_byte_order_mark),
        cmocka_unit_test(reads_files), cmocka_unit_test(knows_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
