/* Names: which code points show, and which names are alike. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/text/names.h"

static void assert_hidden(const char *name, uint32_t wanted) {
    uint32_t hidden = 0;
    if (eml_name_is_visible(name, strlen(name), &hidden)) fail_msg("\"%s\" passed", name);
    assert_int_equal(hidden, wanted);
}

static void hidden_characters_are_found(void **state) {
    (void)state;
    static const char *const visible[] = {"age",
                                          "Alter (Jahre)",
                                          "\xc3\xa9t\xc3\xa9",
                                          "\xe5\xb9\xb4\xe9\xbd\xa2",
                                          "\xce\xb2\xe2\x82\x81",
                                          "m\xc2\xb2",
                                          "\xf0\x9f\x98\x80",
                                          ""};
    uint32_t hidden;
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++)
        if (!eml_name_is_visible(visible[i], strlen(visible[i]), &hidden))
            fail_msg("\"%s\": U+%04X", visible[i], hidden);
    assert_hidden("a\x1f", 0x1f);
    assert_hidden("a\x7f", 0x7f);
    assert_hidden("a\xc2\x80", 0x80);
    assert_hidden("a\xc2\xa0z", 0xa0);          /* no-break space */
    assert_hidden("a\xc2\xadz", 0xad);          /* soft hyphen */
    assert_hidden("a\xcd\x8fz", 0x34f);         /* grapheme joiner: default-ignorable, but a mark */
    assert_hidden("a\xe1\x9a\x80", 0x1680);     /* Ogham space */
    assert_hidden("a\xe2\x80\x8b", 0x200b);     /* zero width space */
    assert_hidden("a\xe2\x80\x8d", 0x200d);     /* joiner */
    assert_hidden("a\xe2\x80\xa8", 0x2028);     /* line separator */
    assert_hidden("a\xe2\x80\xa9", 0x2029);     /* paragraph separator */
    assert_hidden("a\xe3\x80\x80", 0x3000);     /* ideographic space */
    assert_hidden("a\xe3\x85\xa4", 0x3164);     /* Hangul filler: a letter that shows nothing */
    assert_hidden("a\xef\xb8\x8f", 0xfe0f);     /* variation selector */
    assert_hidden("\xef\xbb\xbf", 0xfeff);      /* byte order mark */
    assert_hidden("\xee\x80\x80", 0xe000);      /* private use */
    assert_hidden("\xef\xbf\xbf", 0xffff);      /* no character */
    assert_hidden("\xcd\xb8", 0x378);           /* unassigned */
    assert_hidden("\xf0\x9d\x85\xb3", 0x1d173); /* format: begin beam */
    assert_hidden("\xf3\xa0\x80\xa0", 0xe0020); /* tag */
    assert_hidden("\xf4\x8f\xbf\xbf", 0x10ffff);
}

static bool alike(const char *a, const char *b) {
    const char *names[] = {a, b}, *x, *y;
    eml_name_index index;
    eml_name_index_init(&index, names, 2);
    bool pair = eml_name_index_pair(&index, &x, &y);
    eml_name_index_free(&index);
    eml_name_index_init(&index, names, 1);
    bool found = eml_name_index_find(&index, b, strlen(b)) != NULL;
    eml_name_index_free(&index);
    assert_true(found == (pair || strcmp(a, b) == 0));
    return pair;
}

static void names_are_alike(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"age", "Age"},
        {"stra\xc3\x9f"
         "e",
         "STRA\xe1\xba\x9e"
         "E"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\x89T\xc3\x89"},
        {"\xce\xa3\xcf\x82", "\xcf\x83\xcf\x83"}, /* Sigma and both of its small forms */
        {"\xd0\x96", "\xd0\xb6"},                 /* Cyrillic Zhe */
        {"age", "\xef\xbd\x81ge"},                /* full width a */
        {"AGE", "\xef\xbd\x81\xef\xbd\x87\xef\xbd\x85"},
        {"\xe3\x82\xab", "\xef\xbd\xb6"},         /* Katakana, half width */
        {"x", "\xf0\x9d\x91\xa5"},                /* mathematical italic */
        {"age", "\xd0\xb0ge"},                    /* Cyrillic a */
        {"income", "inc\xce\xbfme"},              /* Greek omicron */
        {"Hat", "\xd0\x9d\xd0\xb0t"},             /* Cyrillic En looks like H */
        {"\xd0\xa0\xd0\xbe", "\xce\xa1\xce\xbf"}, /* Cyrillic and Greek */
        {"K", "\xe2\x84\xaa"},                    /* Kelvin */
        {"x[1]", "X[1]"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!alike(pairs[i][0], pairs[i][1])) fail_msg("\"%s\" and \"%s\" pass", pairs[i][0], pairs[i][1]);
}

static void others_are_not(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"age", "age"},    {"age", "ages"},   {"a1", "al"},        {"x[1]", "x[10]"},
        {"h", "n"},        {"\xce\xb7", "n"}, {"\xd0\xbd", "h"},   {"\xce\xb2", "b"},
        {"e", "\xc3\xa9"}, {"", "a"},         {"m2", "m\xc2\xb2"}, {"a b", "ab"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (alike(pairs[i][0], pairs[i][1])) fail_msg("\"%s\" and \"%s\" are alike", pairs[i][0], pairs[i][1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_characters_are_found),
        cmocka_unit_test(names_are_alike),
        cmocka_unit_test(others_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
