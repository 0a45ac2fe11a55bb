/* Token kinds, spans and line ends. What broken tokens are called is in tests/golden/lang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lang/token.h"

/* The kinds of text's tokens without trivia, parted by blanks, must be `expected`. */
static void check(const char *text, const char *expected) {
    eml_source source;
    eml_tokens tokens;
    eml_buf kinds = {0};
    eml_source_from_text("t", text, strlen(text), &source);
    eml_tokens_lex(&source, NULL, &tokens);
    eml_tokens_drop_trivia(&tokens);
    for (size_t i = 0; i + 1 < tokens.count; i++)
        eml_buf_printf(&kinds, "%s%s", i == 0 ? "" : " ", eml_token_kind_name(tokens.items[i].kind));
    eml_buf_put_u8(&kinds, 0);
    assert_int_equal(tokens.items[tokens.count - 1].kind, EML_TOKEN_END);
    assert_string_equal((const char *)kinds.data, expected);
    eml_buf_free(&kinds);
    eml_tokens_free(&tokens);
    eml_source_free(&source);
}

static void numbers(void **state) {
    (void)state;
    static const char *const good[] = {"0", "007", "1.5", ".5", "5.", "1e3", "1E+3", "1.e-3", ".5e10", "3.14159"};
    static const char *const bad[] = {"1e", "1.2.3", "1..2", "12x", "0x1F", "1_000", "1e5e5", ".5.", "1e5.", "5._"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) check(good[i], "NUMBER");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check(bad[i], "BROKEN");
    check("-1", "MINUS NUMBER");
    check("1e+", "BROKEN PLUS");
    check(".", "BROKEN");
}

static void words(void **state) {
    (void)state;
    check("model input param let output test in within as", "MODEL INPUT PARAM LET OUTPUT TEST IN WITHIN AS");
    check("public secret uniform integer step frac exact single row csv",
          "NAME NAME NAME NAME NAME NAME NAME NAME NAME NAME");
    check("_ a1 _1 Model inn i lett", "NAME NAME NAME NAME NAME NAME NAME");
}

static void punctuation(void **state) {
    (void)state;
    check("+ - * / @ = , : ;", "PLUS MINUS STAR SLASH AT EQUALS COMMA COLON SEMICOLON");
    check("()[]{}", "PAREN_OPEN PAREN_CLOSE BRACKET_OPEN BRACKET_CLOSE BRACE_OPEN BRACE_CLOSE");
    check("a$b", "NAME BROKEN NAME");
    check("\"a # b\" # \"c\"", "STRING");
    check("\"a\\\"b\"\"\"", "STRING STRING");
    check("\"a", "BROKEN");
}

static void newlines(void **state) {
    (void)state;
    check("", "");
    check("\n\n# c\n\n", "");
    check("a\nb", "NAME NEWLINE NAME");
    check("a\r\nb", "NAME NEWLINE NAME");
    check("a\n\n# c\n\nb\n\n", "NAME NEWLINE NAME NEWLINE");
    check("a # c\nb", "NAME NEWLINE NAME");
    check("a +\n\n# c\n b", "NAME PLUS NAME");
    check("a -\nb *\nc /\nd @\ne =\nf,\ng", "NAME MINUS NAME STAR NAME SLASH NAME AT NAME EQUALS NAME COMMA NAME");
    check("(\na\n)\n", "PAREN_OPEN NAME PAREN_CLOSE NEWLINE");
    check("[(\na\n)\n]\nb", "BRACKET_OPEN PAREN_OPEN NAME PAREN_CLOSE BRACKET_CLOSE NEWLINE NAME");
    check("{\na\n}", "BRACE_OPEN NEWLINE NAME NEWLINE BRACE_CLOSE");
    check(")\na", "PAREN_CLOSE NEWLINE NAME");
    /* a word that starts a declaration ends whatever was open */
    check("[1,\n\nlet (\n a +\nparam", "BRACKET_OPEN NUMBER COMMA NEWLINE LET PAREN_OPEN NAME PLUS NEWLINE PARAM");
    check("(\nin", "PAREN_OPEN IN");
    check("[{\na", "BRACKET_OPEN BRACE_OPEN NEWLINE NAME");
}

static void unescapes(void **state) {
    (void)state;
    eml_source source;
    eml_tokens tokens;
    eml_arena arena = {0};
    const char *text = "\"a\\\"b\\\\c\\nd\\te\xC3\xA4\"";
    eml_source_from_text("t", text, strlen(text), &source);
    eml_tokens_lex(&source, NULL, &tokens);
    assert_string_equal(eml_token_unescape(&source, tokens.items[0], &arena), "a\"b\\c\nd\te\xC3\xA4");
    assert_int_equal(tokens.items[0].span.end, source.length);
    eml_arena_free(&arena);
    eml_tokens_free(&tokens);
    eml_source_free(&source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),  cmocka_unit_test(words),     cmocka_unit_test(punctuation),
        cmocka_unit_test(newlines), cmocka_unit_test(unescapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
