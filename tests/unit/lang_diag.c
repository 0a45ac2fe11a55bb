/* Collecting, sorting, cutting and rendering diagnostics; suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lang/diag.h"
#include "runtime/base/memory.h"

static eml_source source;
static eml_diags diags;

static void begin(const char *text) {
    eml_source_from_text("dir/t.eml", text, strlen(text), &source);
    eml_diags_init(&diags, &source);
}

static void end(void) {
    eml_diags_free(&diags);
    eml_source_free(&source);
}

static void check_render(bool color, const char *expected) {
    eml_buf out = {0};
    eml_diags_render(&diags, color, &out);
    eml_buf_put_u8(&out, 0);
    assert_string_equal((const char *)out.data, expected);
    eml_buf_free(&out);
}

static void codes(void **state) {
    (void)state;
    assert_string_equal(eml_diag_code_text(EML_DIAG_LEX_UNEXPECTED), "E0001");
    assert_string_equal(eml_diag_code_text(EML_DIAG_PARSE_EXPECTED), "E0102");
    for (int i = 0; i < EML_DIAG_CODE_COUNT; i++) {
        const char *text = eml_diag_code_text((eml_diag_code)i);
        bool error = eml_diag_code_severity((eml_diag_code)i) == EML_SEVERITY_ERROR;
        assert_int_equal(strlen(text), 5);
        assert_int_equal(text[0], error ? 'E' : 'W');
        for (int j = 0; j < i; j++) assert_string_not_equal(text + 1, eml_diag_code_text((eml_diag_code)j) + 1);
    }
#define DIAG(number, NAME, severity, meaning) assert_in_range(sizeof meaning, 2, 200);
#include "lang/diag.def"
#undef DIAG
}

static void renders_in_order(void **state) {
    (void)state;
    begin("one\n\ttwo \xC3\xA4 three\r\nlast");
    eml_diag *second = eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){5, 8}, "second %d", 2);
    eml_diag_note(&diags, second, "a note");
    eml_diag_note_at(&diags, second, (eml_span){9, 11}, "here");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){23, 23}, "third");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 7}, "first"); /* over two lines: the first is shown */
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 1}, "also first");
    check_render(false, "dir/t.eml:1:1: error[E0105]: first\n"
                        "     1 | one\n"
                        "       | ^^^\n"
                        "dir/t.eml:1:1: error[E0105]: also first\n"
                        "     1 | one\n"
                        "       | ^\n"
                        "dir/t.eml:2:2: error[E0105]: second 2\n"
                        "     2 |  two \xC3\xA4 three\n"
                        "       |  ^^^\n"
                        "       = note: a note\n"
                        "dir/t.eml:2:6: note: here\n"
                        "     2 |  two \xC3\xA4 three\n"
                        "       |      ^\n"
                        "dir/t.eml:3:5: error[E0105]: third\n"
                        "     3 | last\n"
                        "       |     ^\n");
    end();
}

/* Of x[0], x[1], ... the first is shown; another name, code, place or note is another matter, and so are two. */
static void folds_floods(void **state) {
    (void)state;
    begin("ab cd");
    for (int i = 0; i < 3; i++)
        eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 2}, "`x[%d]` is %s", i, i ? "-1.5e-07" : "2");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 2}, "`y[3]` is 2");
    eml_diag_add(&diags, EML_DIAG_PARSE_DECLARATION, (eml_span){0, 2}, "`x[4]` is 2");
    eml_diag_note(&diags, eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 2}, "`x[7]` is 2"), "of its own");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 2}, "`y[4]` is 2");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 2}, "`x[5]` is 2");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){3, 5}, "`x[6]` is 2");
    check_render(false, "dir/t.eml:1:1: error[E0105]: `x[0]` is 2\n"
                        "     1 | ab cd\n"
                        "       | ^^\n"
                        "       = note: and 3 more like it\n"
                        "dir/t.eml:1:1: error[E0105]: `y[3]` is 2\n"
                        "     1 | ab cd\n"
                        "       | ^^\n"
                        "dir/t.eml:1:1: error[E0101]: `x[4]` is 2\n"
                        "     1 | ab cd\n"
                        "       | ^^\n"
                        "dir/t.eml:1:1: error[E0105]: `x[7]` is 2\n"
                        "     1 | ab cd\n"
                        "       | ^^\n"
                        "       = note: of its own\n"
                        "dir/t.eml:1:1: error[E0105]: `y[4]` is 2\n"
                        "     1 | ab cd\n"
                        "       | ^^\n"
                        "dir/t.eml:1:4: error[E0105]: `x[6]` is 2\n"
                        "     1 | ab cd\n"
                        "       |    ^^\n");
    end();
}

static void renders_colors(void **state) {
    (void)state;
    begin("x");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 1}, "m");
    check_render(true, "\033[1mdir/t.eml:1:1:\033[0m \033[1;31merror[E0105]:\033[0m m\n"
                       "\033[34m     1 |\033[0m x\n"
                       "\033[34m       |\033[0m \033[1;31m^\033[0m\n");
    end();
}

/* Escape sequences, direction overrides and stray bytes of the source never reach the terminal. */
static void renders_safely(void **state) {
    (void)state;
    begin("\033[2J \xE2\x80\xAE \xE2\x81\xA6 \xC2\x9B \xFF");
    eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 1}, "found %s", source.text);
    check_render(
        false,
        "dir/t.eml:1:1: error[E0105]: found \xEF\xBF\xBD[2J \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD\n"
        "     1 | \xEF\xBF\xBD[2J \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD\n"
        "       | ^\n");
    end();
}

static void renders_json(void **state) {
    (void)state;
    begin("ab\ncd");
    eml_buf out = {0};
    eml_diags_render_json(&diags, &out);
    eml_diag *diag = eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){1, 4}, "a \"b\" \\ \x01 \xFF \xC3\xA4");
    eml_diag_note(&diags, diag, "n");
    eml_diag_note_at(&diags, diag, (eml_span){3, 5}, "here");
    eml_diags_render_json(&diags, &out);
    eml_buf_put_u8(&out, 0);
    assert_string_equal(
        (const char *)out.data,
        "[]\n"
        "[\n"
        "  {\"code\": \"E0105\", \"severity\": \"error\", \"path\": \"dir/t.eml\", \"line\": 1, \"column\": 2, "
        "\"end_line\": 2, \"end_column\": 2, \"message\": \"a \\\"b\\\" \\\\ \\u0001 \xEF\xBF\xBD \xC3\xA4\", "
        "\"notes\": [{\"message\": \"n\"}, {\"message\": \"here\", \"line\": 2, \"column\": 1, "
        "\"end_line\": 2, \"end_column\": 3}]}\n"
        "]\n");
    eml_buf_free(&out);
    end();
}

static void keeps_a_hundred(void **state) {
    (void)state;
    begin("x");
    for (int i = 0; i < EML_DIAGS_MAX + 7; i++) {
        eml_diag *diag = eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){0, 1}, "%d", i);
        assert_non_null(diag);
        eml_diag_note(&diags, diag, "note");
    }
    assert_int_equal(diags.count, EML_DIAGS_MAX);
    assert_int_equal(diags.dropped, 7);
    assert_int_equal(diags.errors, EML_DIAGS_MAX + 7);
    assert_null(diags.scratch.notes);
    eml_buf out = {0};
    eml_diags_render(&diags, false, &out);
    assert_memory_equal(out.data + out.len - 16, "\n... and 7 more\n", 16);
    eml_buf_free(&out);
    end();
}

/* A long message is cut between characters; of a long line, the part around the span is shown. */
static void cuts(void **state) {
    (void)state;
    enum { LENGTH = 100000 };
    char *text = eml_alloc(2 * LENGTH + 1, 1);
    for (size_t i = 0; i < LENGTH; i++) memcpy(text + 2 * i, "\xC3\xA4", 2);
    begin(text);
    eml_diag *diag = eml_diag_add(&diags, EML_DIAG_PARSE_NAME, (eml_span){LENGTH, LENGTH + 2}, "x%s", text);
    size_t length = strlen(diag->message);
    assert_in_range(length, 390, 400);
    assert_string_equal(diag->message + length - 5, "\xC3\xA4...");
    eml_buf out = {0};
    eml_diags_render(&diags, false, &out);
    assert_in_range(out.len, 800, 1000);
    eml_buf_put_u8(&out, 0);
    const char *underline = strrchr((const char *)out.data, '|');
    assert_int_equal(strcspn(underline, "^"), 2 + 60);
    eml_buf_free(&out);
    end();
    eml_free(text);
}

static void suggests(void **state) {
    (void)state;
    static const char *const names[] = {"age", "bmi", "blood_pressure", "progression", "x", "s1", ""};
    static const struct {
        const char *name, *nearest;
    } cases[] = {
        {"bim", "bmi"},
        {"bmi2", "bmi"},
        {"progresion", "progression"},
        {"porgressoin", "progression"},
        {"xyz", NULL},
        {"y", NULL},
        {"s2", NULL},
        {"blood", NULL},
        {"aeg", "age"},
        {"blod_presure", "blood_pressure"},
        {"", NULL},
        {"blud_prezure", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = eml_diag_nearest(cases[i].name, names, sizeof names / sizeof *names);
        if (cases[i].nearest == NULL)
            assert_null(got);
        else
            assert_string_equal(got, cases[i].nearest);
    }
    char huge[4096];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_null(eml_diag_nearest(huge, (const char *const[]){huge}, 1));
    huge[64] = '\0'; /* the longest that is looked at */
    assert_non_null(eml_diag_nearest(huge, (const char *const[]){huge}, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),           cmocka_unit_test(renders_in_order),
        cmocka_unit_test(folds_floods),    cmocka_unit_test(renders_colors),
        cmocka_unit_test(renders_safely),  cmocka_unit_test(renders_json),
        cmocka_unit_test(keeps_a_hundred), cmocka_unit_test(cuts),
        cmocka_unit_test(suggests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
