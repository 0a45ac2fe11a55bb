/* eml fmt: what becomes of odd blanks and comments in odd places. Every case is formatted twice, and parsed before and
 * after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lang/ast.h"

/* Parses, prints the tree into *tree and formats into *formatted. */
static void process(const char *text, size_t length, eml_buf *tree, eml_buf *formatted) {
    eml_source source;
    eml_diags diags;
    eml_ast ast;
    eml_source_from_text("t", text, length, &source);
    eml_diags_init(&diags, &source);
    eml_parse(&source, &diags, &ast);
    if (diags.errors > 0) print_error("does not parse: %s\n", text);
    assert_int_equal(diags.errors, 0);
    eml_ast_print(&ast, tree);
    eml_format(&source, formatted);
    eml_ast_free(&ast);
    eml_diags_free(&diags);
    eml_source_free(&source);
}

static void check(const char *text, const char *expected) {
    eml_buf tree = {0}, formatted = {0}, tree_again = {0}, formatted_again = {0};
    process(text, strlen(text), &tree, &formatted);
    process((const char *)formatted.data, formatted.len, &tree_again, &formatted_again);
    eml_buf *all[] = {&tree, &formatted, &tree_again, &formatted_again};
    for (size_t i = 0; i < 4; i++) eml_buf_put_u8(all[i], 0);
    assert_string_equal((const char *)formatted.data, expected);
    assert_string_equal((const char *)formatted_again.data, expected);
    assert_string_equal((const char *)tree_again.data, (const char *)tree.data);
    for (size_t i = 0; i < 4; i++) eml_buf_free(all[i]);
}

static void blanks(void **state) {
    (void)state;
    check("  model\tm  ", "model m\n");
    check("model m\r\n\r\n\r\nlet a=1\r\n", "model m\n\nlet a = 1\n");
    check("model m\nlet a=b [ 0 ,1: 2 , : ]*( c )\n", "model m\nlet a = b[0, 1:2, :] * (c)\n");
    check("model m\ninput  secret x [2]in[0,1]step 1\n", "model m\ninput secret x[2] in [0, 1] step 1\n");
}

static void operators(void **state) {
    (void)state;
    check("model m\nlet a=-b- -c*-( -d )\n", "model m\nlet a = -b - -c * -(-d)\n");
    check("model m\nlet a=f ( -1,[ -2 ] )@[1]/ 2\n", "model m\nlet a = f(-1, [-2]) @ [1] / 2\n");
    check("model m\nlet a=x[-1:-2]-1\n", "model m\nlet a = x[-1:-2] - 1\n");
    check("model m\noutput y within-1=1\n", "model m\noutput y within -1 = 1\n");
}

static void comments(void **state) {
    (void)state;
    check("#a\nmodel m#b\n#c\n\n\n#d", "#a\nmodel m  #b\n#c\n\n#d\n");
    check("model m\nlet a =#x\n\n#y\n1+ #z\n\n2#w\n", "model m\nlet a =  #x\n    #y\n    1 +  #z\n    2  #w\n");
    check("model m\nlet a = [#x\n1#y\n,#z\n2\n#w\n]\n",
          "model m\nlet a = [  #x\n    1  #y\n    ,  #z\n    2\n    #w\n]\n");
    check("model m # \"x\" {[( \xC3\xA4 \t\n", "model m  # \"x\" {[( \xC3\xA4\n");
}

static void blocks(void **state) {
    (void)state;
    check("model m\ntest\"t\"{}\n", "model m\ntest \"t\" {\n}\n");
    check("model m\ntest \"t\" {a=1;b=2}#x\n", "model m\ntest \"t\" {\n    a = 1\n    b = 2\n}  #x\n");
    check("model m\ntest \"t\" {#x\n\n\na=1;#y\n;;\n\n\n#z\n\n}\n",
          "model m\ntest \"t\" {  #x\n    a = 1  #y\n\n    #z\n}\n");
    check("model m\ntest \"t\" {a=[\n1\n] within\t1}\nlet b=1",
          "model m\ntest \"t\" {\n    a = [\n        1\n    ] within 1\n}\nlet b = 1\n");
}

static void brackets(void **state) {
    (void)state;
    check("model m\nlet a=f([\n1,[\n2\n]\n],\n3)\n", "model m\nlet a = f([\n    1, [\n        2\n    ]\n],\n    3)\n");
    check("model m\nlet a=\n[1,\n2]\n", "model m\nlet a =\n    [1,\n        2]\n");
    check("model m\nlet a=[\n[\n[\n[\n[\n[\n[\n[\n[\n[\n1]]]]]]]]]]\n",
          "model m\nlet a = [\n    [\n        [\n            [\n                [\n                    [\n"
          "                        [\n                            [\n                                [\n"
          "                                [\n                                1]]]]]]]]]]\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks), cmocka_unit_test(operators), cmocka_unit_test(comments),
        cmocka_unit_test(blocks), cmocka_unit_test(brackets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
