/* Precedence, spans, recovery and the two limits. Every form of every declaration is in tests/golden/lang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lang/ast.h"

typedef struct parsed {
    eml_source source;
    eml_diags diags;
    eml_ast ast;
} parsed;

static void parse(parsed *out, const char *text) {
    eml_source_from_text("t", text, strlen(text), &out->source);
    eml_diags_init(&out->diags, &out->source);
    eml_parse(&out->source, &out->diags, &out->ast);
}

static void parsed_free(parsed *p) {
    eml_ast_free(&p->ast);
    eml_diags_free(&p->diags);
    eml_source_free(&p->source);
}

static void check_tree(const char *expression, const char *tree) {
    parsed p;
    char text[256], expected[512];
    eml_buf printed = {0};
    snprintf(text, sizeof text, "model m\nlet v = %s\n", expression);
    snprintf(expected, sizeof expected, "(model m)\n(let v\n  (value %s))\n", tree);
    parse(&p, text);
    assert_int_equal(p.diags.count, 0);
    eml_ast_print(&p.ast, &printed);
    eml_buf_put_u8(&printed, 0);
    assert_string_equal((const char *)printed.data, expected);
    eml_buf_free(&printed);
    parsed_free(&p);
}

static void precedence(void **state) {
    (void)state;
    check_tree("a + b * c - d", "(sub (add a (mul b c)) d)");
    check_tree("a - b - c", "(sub (sub a b) c)");
    check_tree("a / b / c", "(div (div a b) c)");
    check_tree("a * b @ c / d", "(div (matmul (mul a b) c) d)");
    check_tree("a - (b - c)", "(sub a (sub b c))");
    check_tree("-a * b", "(mul (negate a) b)");
    check_tree("a * -b", "(mul a (negate b))");
    check_tree("-a[0]", "(negate (index a 0))");
    check_tree("--1", "(negate (negate 1))");
    check_tree("f(a)[1][2, :]", "(index (index (call f a) 1) 2 (slice :))");
    check_tree("csv + csv[0]", "(add csv (index csv 0))");
}

static void check_span(const parsed *p, eml_span span, const char *text) {
    assert_int_equal(span.end - span.start, strlen(text));
    assert_memory_equal(p->source.text + span.start, text, strlen(text));
}

static void spans(void **state) {
    (void)state;
    parsed p;
    parse(&p, "model m\noutput y[2] within 1 = (a + b) * f(-c, [d])[1:] # end\n");
    const eml_decl *decl = &p.ast.decls[0];
    const eml_expr *product = decl->value, *index = product->items[1];
    check_span(&p, decl->span, "output y[2] within 1 = (a + b) * f(-c, [d])[1:]");
    check_span(&p, decl->name.span, "y");
    check_span(&p, decl->dims.span, "[2]");
    check_span(&p, product->span, "(a + b) * f(-c, [d])[1:]");
    check_span(&p, product->op_span, "*");
    check_span(&p, product->items[0]->span, "(a + b)");
    check_span(&p, product->items[0]->op_span, "+");
    check_span(&p, index->span, "f(-c, [d])[1:]");
    check_span(&p, index->subscripts[0].span, "1:");
    check_span(&p, index->items[0]->items[0]->span, "-c");
    assert_int_equal(product->height, 5); /* mul, index, call, negate, c */
    parsed_free(&p);
}

/* One error a declaration, and the good declarations between them are kept. */
static void recovery(void **state) {
    (void)state;
    static const eml_diag_code codes[] = {
        EML_DIAG_PARSE_EXPRESSION, EML_DIAG_PARSE_UNCLOSED, EML_DIAG_LEX_UNEXPECTED, EML_DIAG_PARSE_DECLARATION,
        EML_DIAG_PARSE_EXPRESSION, EML_DIAG_PARSE_EXPECTED, EML_DIAG_PARSE_RANGE};
    parsed p;
    parse(&p, "model m\nlet a = ]\nparam b = [1,\n  [2\nlet c = 1\nlet d = 3 ? 4\nwhat {\n a\n b\n}\n"
              "test \"t\" {\n x = )\n y = 1\n z 2\n}\ninput public i, j\noutput o = c\n");
    assert_int_equal(p.diags.count, sizeof codes / sizeof *codes);
    assert_int_equal(p.diags.errors, p.diags.count);
    for (size_t i = 0; i < p.diags.count; i++) {
        bool found = false;
        for (size_t j = 0; j < p.diags.count; j++) found = found || p.diags.items[j].code == codes[i];
        assert_true(found);
    }
    assert_int_equal(p.ast.decl_count, 3);
    assert_string_equal(p.ast.decls[0].name.text, "c");
    assert_string_equal(p.ast.decls[1].name.text, "d"); /* complete before its error */
    assert_string_equal(p.ast.decls[2].name.text, "o");
    assert_int_equal(p.ast.test_count, 1);
    assert_int_equal(p.ast.tests[0].assign_count, 1);
    parsed_free(&p);
}

/* "model m\nlet v = " then `count` times unit, then tail. */
static void parse_repeated(parsed *p, const char *unit, size_t count, const char *tail) {
    eml_buf text = {0};
    eml_buf_put_text(&text, "model m\nlet v = ");
    for (size_t i = 0; i < count; i++) eml_buf_put_text(&text, unit);
    eml_buf_put_text(&text, tail);
    eml_buf_put_u8(&text, 0);
    parse(p, (const char *)text.data);
    eml_buf_free(&text);
}

static void limits(void **state) {
    (void)state;
    static const struct {
        const char *unit;
        size_t count;
        const char *tail;
        int code; /* -1: good */
    } cases[] = {
        {"-", EML_NESTING_MAX, "1", -1},
        {"-", EML_NESTING_MAX + 1, "1", EML_DIAG_PARSE_NESTING},
        {"(", 2000000, "", EML_DIAG_PARSE_NESTING},
        {"f(", 2000000, "", EML_DIAG_PARSE_NESTING},
        {"[", 2000000, "", EML_DIAG_PARSE_NESTING},
        {"x[", 2000000, "", EML_DIAG_PARSE_NESTING},
        {"1 + ", EML_HEIGHT_MAX - 1, "1", -1},
        {"1 + ", EML_HEIGHT_MAX, "1", EML_DIAG_PARSE_CHAIN},
        {"1 * ", 1000000, "1", EML_DIAG_PARSE_CHAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parsed p;
        parse_repeated(&p, cases[i].unit, cases[i].count, cases[i].tail);
        assert_int_equal(p.diags.count, cases[i].code >= 0);
        if (cases[i].code >= 0) assert_int_equal(p.diags.items[0].code, cases[i].code);
        parsed_free(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence),
        cmocka_unit_test(spans),
        cmocka_unit_test(recovery),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
