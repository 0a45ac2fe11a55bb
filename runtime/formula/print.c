/* Formulas as people write them. */
#include "runtime/formula/formula.h"

#include <string.h>

#include "runtime/base/decimal.h"

static const uint8_t precedences[] = {
#define OPERATOR(code, NAME, operands, precedence, text, follows, value) [code] = precedence,
#include "runtime/formula/operator.def"
#undef OPERATOR
};

enum { TIGHTEST = 9, SIGN = 7 };

/* A piece of text, and how tight the operator is that was printed last. */
typedef struct piece {
    eml_buf text;
    unsigned precedence;
    const eml_formula_column *category; /* it is a category alone; else NULL */
    mpq_srcptr number;                  /* it is a number alone; else NULL */
} piece;

static void put_operand(eml_buf *out, const piece *operand, unsigned least) {
    bool loose = operand->precedence < least;
    if (loose) eml_buf_put_u8(out, '(');
    eml_buf_put(out, operand->text.data, operand->text.len);
    if (loose) eml_buf_put_u8(out, ')');
}

static void put_number(const mpq_t number, piece *out) {
    eml_decimal_print_exact(number, &out->text);
    bool fraction = memchr(out->text.data, '/', out->text.len) != NULL;
    out->precedence = fraction ? 6 : mpq_sgn(number) < 0 ? SIGN : TIGHTEST;
}

/* name(a, b, ..): the last operands of the stack. */
static void put_call(const char *name, piece *operands, uint32_t count, piece *out) {
    eml_buf_printf(&out->text, "%s(", name);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) eml_buf_put_text(&out->text, ", ");
        put_operand(&out->text, &operands[i], 0);
    }
    eml_buf_put_u8(&out->text, ')');
    out->precedence = TIGHTEST;
}

static void put_if(piece *operands, piece *out) {
    static const char *const words[] = {"(if ", " then ", " else "};
    for (int i = 0; i < 3; i++) {
        eml_buf_put_text(&out->text, words[i]);
        put_operand(&out->text, &operands[i], 0);
    }
    eml_buf_put_u8(&out->text, ')');
    out->precedence = TIGHTEST;
}

/* The text of the first operand is taken over, so that a chain of operators costs no more than its text. */
static void put_binary(const char *name, unsigned precedence, piece *operands, piece *out) {
    bool comparison = precedence == 4;
    if (operands[0].precedence < precedence + comparison) {
        put_operand(&out->text, &operands[0], TIGHTEST + 1);
    } else {
        out->text = operands[0].text;
        operands[0].text = (eml_buf){0};
    }
    eml_buf_printf(&out->text, " %s ", name);
    put_operand(&out->text, &operands[1], precedence + 1);
    out->precedence = precedence;
}

static void put_column(const eml_formula_column *column, piece *out) {
    eml_buf_put_text(&out->text, column->name);
    if (column->word_count > 0) out->category = column;
}

/* "plan == \"pro\"" */
static bool put_word(const piece *operands, piece *out) {
    const eml_formula_column *category = operands[0].category;
    mpq_srcptr number = operands[1].number;
    if (category == NULL || number == NULL || mpz_cmp_ui(mpq_denref(number), 1) != 0 || mpq_sgn(number) < 0 ||
        mpz_cmp_ui(mpq_numref(number), category->word_count) >= 0)
        return false;
    eml_buf_printf(&out->text, "%s == \"%s\"", category->name, category->words[mpz_get_ui(mpq_numref(number))]);
    return true;
}

static void put_node(const eml_formula_node *node, const eml_formula_column *columns, piece *operands, piece *out) {
    const char *name = eml_formula_operator_name(node->operator);
    unsigned precedence = precedences[node->operator];
    out->precedence = precedence > 0 ? precedence : TIGHTEST;
    switch (node->operator) {
    case EML_FORMULA_NUMBER:
        put_number(node->number, out);
        out->number = node->number;
        return;
    case EML_FORMULA_COLUMN: put_column(&columns[node->column], out); return;
    case EML_FORMULA_NEGATE:
    case EML_FORMULA_NOT:
        eml_buf_printf(&out->text, node->operator== EML_FORMULA_NOT ? "%s " : "%s", name);
        put_operand(&out->text, &operands[0], precedence);
        return;
    case EML_FORMULA_POWER:
        put_operand(&out->text, &operands[0], precedence + 1);
        eml_buf_printf(&out->text, "%s%d", name, node->exponent);
        return;
    case EML_FORMULA_EQUAL:
        if (put_word(operands, out)) return;
        break;
    case EML_FORMULA_IF: put_if(operands, out); return;
    case EML_FORMULA_FUNCTION: put_call(eml_function_name(node->function), operands, 1, out); return;
    default: break;
    }
    if (precedence > 0)
        put_binary(name, precedence, operands, out);
    else
        put_call(name, operands, node->operands, out);
    if (node->operator== EML_FORMULA_SOFTMAX) eml_buf_printf(&out->text, "[%u]", node->column);
}

void eml_formula_print(const eml_formula *formula, const eml_formula_column *columns, eml_buf *out) {
    piece *stack = eml_alloc(formula->count, sizeof *stack);
    size_t depth = 0;
    for (size_t i = 0; i < formula->count; i++) {
        const eml_formula_node *node = &formula->nodes[i];
        piece made = {0};
        depth -= node->operands;
        put_node(node, columns, stack + depth, &made);
        for (uint32_t j = 0; j < node->operands; j++) eml_buf_free(&stack[depth + j].text);
        stack[depth++] = made;
    }
    for (size_t i = 0; i < depth; i++) {
        eml_buf_put(out, stack[i].text.data, stack[i].text.len);
        eml_buf_free(&stack[i].text);
    }
    eml_free(stack);
}
