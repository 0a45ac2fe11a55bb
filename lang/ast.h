/* The abstract syntax tree: what the parser gives and every later pass reads. Nodes live in the arena of the eml_ast
 * and are never changed after parsing. Lists are arrays with a count. */
#ifndef EML_LANG_AST_H
#define EML_LANG_AST_H

#include "lang/diag.h"
#include "lang/source.h"
#include "runtime/base/memory.h"
#include "runtime/base/visibility.h"

typedef struct eml_name {
    const char *text; /* NUL-terminated */
    eml_span span;
} eml_name;

typedef enum eml_expr_kind {
    EML_EXPR_NUMBER, /* text: the literal as written */
    EML_EXPR_NAME,   /* text */
    EML_EXPR_STRING, /* text: unescaped; a category */
    EML_EXPR_LIST,   /* items: [a, b, c], nested for matrices */
    EML_EXPR_NEGATE, /* items[0] */
    EML_EXPR_ADD,    /* items[0], items[1]; likewise the next four */
    EML_EXPR_SUB,
    EML_EXPR_MUL,
    EML_EXPR_DIV,
    EML_EXPR_MATMUL, /* @ */
    EML_EXPR_POWER,  /* items[0] ^ items[1] */
    EML_EXPR_EQUAL,  /* items[0], items[1]; likewise the next seven */
    EML_EXPR_NOT_EQUAL,
    EML_EXPR_LESS,
    EML_EXPR_LESS_EQUAL,
    EML_EXPR_GREATER,
    EML_EXPR_GREATER_EQUAL,
    EML_EXPR_AND,
    EML_EXPR_OR,
    EML_EXPR_NOT,   /* items[0] */
    EML_EXPR_IF,    /* if items[0] then items[1] else items[2] */
    EML_EXPR_CALL,  /* text: function name (dot, sum, ...); items: arguments */
    EML_EXPR_CSV,   /* csv("path", ..): text is the unescaped path; of a param, or in an input's declaration */
    EML_EXPR_INDEX, /* items[0] indexed by subscripts */
} eml_expr_kind;

/* Which cells of a table csv(..) means; texts are unescaped headers. All NULL: every number of the file. */
typedef struct eml_csv_pick {
    const char *value; /* the column with the values */
    const char *name;  /* the column with the names of rows, for: */
    const char *of;    /* .. an input, whose columns' names choose the rows and their order; or */
    const char *at;    /* .. the one row of this name */
    eml_span of_span;
} eml_csv_pick;

/* One subscript: an index `e`, or a slice `lo:hi` (either end may be absent). */
typedef struct eml_subscript {
    bool slice;
    struct eml_expr *lo, *hi; /* index: lo; slice: NULL where absent; hi exclusive */
    eml_span span;
} eml_subscript;

typedef struct eml_expr {
    eml_expr_kind kind;
    eml_span span;    /* whole expression */
    eml_span op_span; /* the operator, for binary ones; else = span */
    const char *text;
    struct eml_expr **items;
    size_t count;
    eml_subscript *subscripts;
    size_t subscript_count;
    const eml_csv_pick *pick; /* of EML_EXPR_CSV; never NULL there */
    uint32_t height;          /* 1 + the greatest of its parts (subscripts included); at most EML_HEIGHT_MAX */
} eml_expr;

/* Dimensions as written; each must fold to a positive integer. count 0: scalar. */
typedef struct eml_dims {
    eml_expr **items;
    size_t count;
    eml_span span;
} eml_dims;

/* The words of a category: strings. count 0: none. */
typedef struct eml_words {
    eml_expr **items;
    size_t count;
    eml_span span;
} eml_words;

typedef enum eml_decl_kind {
    EML_DECL_INPUT,
    EML_DECL_PARAM,
    EML_DECL_LET,
    EML_DECL_DERIVE,
    EML_DECL_OUTPUT,
    EML_DECL_RESULT
} eml_decl_kind;

/* `param NAME dims (hidden in [lo, hi])? = VALUE`.
 * `input VISIBILITY uniform? a, b "B (cm)", c[3] in [lo, hi] (integer | step S)? (frac F)?` gives one declaration a
 * name; they share the expressions. In place of the range may stand `in {"a", "b"}`, a category, or `onehot`.
 * `derive NAME = VALUE (in [lo, hi])? (frac F)?`
 * `input VISIBILITY x[250] columns csv("f.csv", value "name") in [csv("f.csv", value "lo"), 1]`. */
typedef struct eml_decl {
    eml_decl_kind kind;
    eml_span span;
    eml_name name;
    eml_dims dims;
    eml_expr *column_list; /* `columns csv(..)` of an input that is a vector: a name each; else NULL */
    eml_name column;       /* of inputs, outputs and results the table's: unescaped; text NULL: called as the name is */
    eml_expr *value;       /* NULL for inputs */

    bool hidden; /* a param that stands in no artifact for others */
    /* Of inputs and hidden params, and NULL or not of what is derived; of an input each may be a csv(..), an end for
     * each element. */
    eml_expr *lo, *hi;
    eml_expr *frac; /* of inputs and what is derived: NULL when absent */

    /* inputs */
    eml_visibility visibility;
    bool uniform, integer;
    bool onehot;     /* `x[3] onehot`: then it is `integer`, and the range [0, 1] is made up */
    eml_words words; /* `in {"a", "b"}`: then there is no range */
    eml_expr *step;  /* NULL when absent */

    /* outputs and results */
    eml_expr *tolerance; /* within TOL; NULL when absent or exact */
    bool exact;          /* `output y exact = ...` */
    eml_name link;       /* text NULL when absent */
} eml_decl;

typedef struct eml_assign {
    eml_name name;
    eml_expr *value;
    eml_expr *tolerance; /* `within T`, NULL when absent */
} eml_assign;

typedef struct eml_test {
    eml_name title; /* unescaped string */
    eml_span span;
    eml_assign *assigns;
    size_t assign_count;
} eml_test;

typedef struct eml_ast {
    eml_name model;  /* text NULL when missing (reported) */
    bool single_row; /* `model NAME single row` */
    eml_decl *decls; /* in source order */
    size_t decl_count;
    eml_test *tests;
    size_t test_count;
    eml_arena arena; /* owns everything */
} eml_ast;

/* Parses; reports into diags (all errors, with recovery). The tree is complete when diags->errors did not grow;
 * otherwise it holds what could be understood. Brackets and unary minus nested deeper than EML_NESTING_MAX, and trees
 * higher than EML_HEIGHT_MAX (a + b + c + ... leans to the left), are errors, so a pass may recurse over the tree: no
 * input overflows the stack. */
enum { EML_NESTING_MAX = 200, EML_HEIGHT_MAX = 5000 };
void eml_parse(const eml_source *source, eml_diags *diags, eml_ast *out);
void eml_ast_free(eml_ast *ast);
void eml_ast_print(const eml_ast *ast, eml_buf *out);          /* --emit ast: indented s-expressions, no spans */
void eml_tokens_print(const eml_source *source, eml_buf *out); /* --emit tokens: line:column KIND text */

/* Canonical formatting (eml fmt): comments kept, idempotent, same AST. Source must parse without errors. */
void eml_format(const eml_source *source, eml_buf *out);

#endif
