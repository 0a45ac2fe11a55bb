/* Pass 5, second half: test blocks -> a value for every input column and what to expect. */
#include <string.h>

#include "compiler/check/model.h"
#include "compiler/check/rational.h"

/* The columns that belong to a declaration: `count` from `first`. */
typedef struct column_range {
    size_t first, count;
} column_range;

static column_range input_columns(const eml_model *model, const eml_decl *decl) {
    column_range range = {0, 0};
    for (size_t i = 0; i < model->input_count; i++) {
        if (model->inputs[i].decl != decl) continue;
        if (range.count++ == 0) range.first = i;
    }
    return range;
}

static column_range output_columns(const eml_model *model, const eml_decl *decl) {
    column_range range = {0, 0};
    for (size_t i = 0; decl->kind == EML_DECL_RESULT && i < model->result_count; i++) {
        if (model->results[i].decl != decl) continue;
        if (range.count++ == 0) range.first = model->output_count + i;
    }
    for (size_t i = 0; i < model->output_count; i++) {
        if (model->outputs[i].decl != decl) continue;
        if (range.count++ == 0) range.first = i;
    }
    return range;
}

/* A word of the category, or a list of them: as their numbers. */
static bool append_word(eml_evaluator *ev, const eml_expr *expr, const eml_decl *decl, eml_form *out) {
    mpq_t index;
    size_t k = 0;
    for (; expr->kind == EML_EXPR_STRING && k < decl->words.count; k++)
        if (strcmp(expr->text, decl->words.items[k]->text) == 0) break;
    if (expr->kind != EML_EXPR_STRING || k == decl->words.count) {
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_CATEGORY, expr->span,
                                      "a word of the category `%s` stands here", decl->name.text);
        eml_diag_note_at(ev->diags, diag, decl->words.span, "its words are here");
        return false;
    }
    mpq_init(index);
    mpq_set_ui(index, k, 1);
    eml_form_append_term(out, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, index);
    eml_form_normalise(out);
    mpq_clear(index);
    return true;
}

static eml_value assigned_word(eml_evaluator *ev, const eml_assign *assign, const eml_decl *decl) {
    const eml_expr *expr = assign->value;
    bool list = expr->kind == EML_EXPR_LIST;
    eml_extent extent = ev->extents[eml_names_find(ev->names, decl->name.text)];
    size_t count = list ? expr->count : 1;
    if (extent.rank != (list ? 1u : 0u) || count != eml_extent_elements(extent)) {
        char want[EML_EXTENT_TEXT];
        eml_diag_add(ev->diags, EML_DIAG_SHAPE, expr->span, "`%s` is %s of words", decl->name.text,
                     eml_extent_text(extent, want));
        return (eml_value){0};
    }
    eml_value value = eml_value_new(extent);
    for (size_t i = 0; i < count; i++) {
        if (append_word(ev, list ? expr->items[i] : expr, decl, &value.items[i])) continue;
        eml_value_free(&value);
        return value;
    }
    return value;
}

/* The assigned value, of the declaration's shape and constant. items NULL when not. */
static eml_value assigned_value(eml_evaluator *ev, const eml_assign *assign, size_t decl) {
    if (ev->ast->decls[decl].words.count > 0) return assigned_word(ev, assign, &ev->ast->decls[decl]);
    eml_value value = eml_eval(ev, assign->value);
    if (value.items == NULL) return value;
    eml_extent wanted = ev->extents[decl];
    bool good = eml_extent_equal(value.extent, wanted);
    if (!good) {
        char want[EML_EXTENT_TEXT], have[EML_EXTENT_TEXT];
        eml_diag_add(ev->diags, EML_DIAG_SHAPE, assign->value->span, "`%s` is %s, this is %s", assign->name.text,
                     eml_extent_text(wanted, want), eml_extent_text(value.extent, have));
    }
    for (size_t i = 0; good && i < eml_extent_elements(wanted); i++) {
        good = !eml_eval_refuse_hidden(ev, assign->value, "a test's value", &value.items[i]);
        if (!good) break;
        good = eml_form_is_constant(&value.items[i]);
        if (good) continue;
        eml_diag_add(ev->diags, EML_DIAG_NOT_CONSTANT, assign->value->span,
                     "a test's values are constants, this depends on an input");
    }
    if (!good) eml_evaluator_drop(ev, &value);
    return value;
}

static const char *input_fault(const eml_model_input *in, const mpq_t value) {
    if (mpq_cmp(value, in->lo) < 0 || mpq_cmp(value, in->hi) > 0) return "outside the declared range";
    if (mpq_sgn(in->step) == 0) return NULL;
    mpq_t steps;
    mpq_init(steps);
    mpq_div(steps, value, in->step);
    bool on_grid = mpz_cmp_ui(mpq_denref(steps), 1) == 0;
    mpq_clear(steps);
    return on_grid ? NULL : "no multiple of the declared step";
}

/* Of values that are 0 or 1 each. */
static void check_group(eml_evaluator *ev, const eml_assign *assign, const eml_decl *decl, const mpq_t *values,
                        size_t count) {
    size_t ones = 0;
    for (size_t i = 0; i < count; i++) ones += mpq_cmp_ui(values[i], 1, 1) == 0;
    if (ones == 1) return;
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_TEST_INPUT_VALUE, assign->value->span,
                                  "`%s` is one-hot: exactly one of its values is 1, not %zu", decl->name.text, ones);
    eml_diag_note_at(ev->diags, diag, decl->name.span, "declared here");
}

static void assign_input(eml_evaluator *ev, const eml_model *model, const eml_assign *assign, size_t decl,
                         eml_model_test *test) {
    if (assign->tolerance != NULL) {
        eml_diag_add(ev->diags, EML_DIAG_TEST_INPUT_WITHIN, assign->tolerance->span,
                     "`within` stands behind expected outputs; `%s` is an input", assign->name.text);
    }
    column_range range = input_columns(model, &ev->ast->decls[decl]);
    if (range.count == 0) return;
    eml_value value = assigned_value(ev, assign, decl);
    bool good = value.items != NULL;
    for (size_t i = 0; value.items != NULL && i < range.count; i++) {
        eml_form_constant(&value.items[i], test->inputs[range.first + i]);
        const eml_model_input *in = &model->inputs[range.first + i];
        const char *fault = input_fault(in, test->inputs[range.first + i]);
        if (fault == NULL) continue;
        good = false;
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_TEST_INPUT_VALUE, assign->value->span,
                                      "the value of `%s` is %s", in->name, fault);
        eml_diag_note_at(ev->diags, diag, in->decl->name.span, "declared here");
    }
    if (good && ev->ast->decls[decl].onehot)
        check_group(ev, assign, &ev->ast->decls[decl], (const mpq_t *)test->inputs + range.first, range.count);
    eml_evaluator_drop(ev, &value);
}

static bool read_test_tolerance(eml_evaluator *ev, const eml_assign *assign, mpq_t out) {
    if (assign->tolerance == NULL) return true;
    if (!eml_eval_number(ev, assign->tolerance, "the tolerance", out)) return false;
    if (mpq_sgn(out) >= 0) return true;
    eml_diag_add(ev->diags, EML_DIAG_TEST_INPUT_WITHIN, assign->tolerance->span, "a tolerance is not negative");
    return false;
}

static void assign_output(eml_evaluator *ev, const eml_model *model, const eml_assign *assign, size_t decl,
                          eml_model_test *test) {
    column_range range = output_columns(model, &ev->ast->decls[decl]);
    if (range.count == 0) return; /* the output's own expression was wrong */
    eml_value value = assigned_value(ev, assign, decl);
    mpq_t tolerance;
    mpq_init(tolerance);
    if (read_test_tolerance(ev, assign, tolerance) && value.items != NULL) {
        size_t count = test->expected_count, capacity = count;
        test->expected = eml_grow(test->expected, &capacity, count + range.count, sizeof *test->expected);
        for (size_t i = 0; i < range.count; i++) {
            eml_expectation *expected = &test->expected[test->expected_count++];
            *expected = (eml_expectation){.output = range.first + i, .has_tolerance = assign->tolerance != NULL};
            mpq_inits(expected->value, expected->tolerance, NULL);
            eml_form_constant(&value.items[i], expected->value);
            mpq_set(expected->tolerance, tolerance);
        }
    }
    mpq_clear(tolerance);
    eml_evaluator_drop(ev, &value);
}

static bool is_settable(eml_decl_kind kind) {
    return kind == EML_DECL_INPUT || kind == EML_DECL_OUTPUT || kind == EML_DECL_RESULT;
}

static void report_bad_name(eml_evaluator *ev, const eml_assign *assign) {
    const eml_ast *ast = ev->ast;
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_TEST_NAME, assign->name.span,
                                  "`%s` is neither an input nor an output or result", assign->name.text);
    const char **candidates = eml_alloc(ast->decl_count, sizeof *candidates);
    size_t count = 0;
    for (size_t i = 0; i < ast->decl_count; i++) {
        if (is_settable(ast->decls[i].kind)) candidates[count++] = ast->decls[i].name.text;
    }
    const char *nearest = eml_diag_nearest(assign->name.text, candidates, count);
    if (nearest != NULL) eml_diag_note(ev->diags, diag, "did you mean `%s`?", nearest);
    eml_free(candidates);
}

static void assign_one(eml_evaluator *ev, const eml_model *model, const eml_assign *assign, bool *set,
                       eml_model_test *test, size_t *outputs) {
    size_t decl = eml_names_find(ev->names, assign->name.text);
    eml_decl_kind kind = decl == SIZE_MAX ? EML_DECL_PARAM : ev->ast->decls[decl].kind;
    if (!is_settable(kind)) {
        report_bad_name(ev, assign);
        return;
    }
    if (set[decl]) {
        eml_diag_add(ev->diags, EML_DIAG_TEST_TWICE, assign->name.span, "this test sets `%s` twice", assign->name.text);
        return;
    }
    set[decl] = true;
    if (kind == EML_DECL_INPUT) {
        assign_input(ev, model, assign, decl, test);
    } else {
        ++*outputs;
        assign_output(ev, model, assign, decl, test);
    }
}

static void build_test(eml_evaluator *ev, const eml_model *model, const eml_test *source, eml_model_test *out) {
    *out = (eml_model_test){.test = source, .inputs = eml_rationals_new(model->input_count)};
    bool *set = eml_alloc(ev->ast->decl_count, sizeof *set);
    size_t outputs = 0;
    for (size_t i = 0; i < source->assign_count; i++) assign_one(ev, model, &source->assigns[i], set, out, &outputs);
    for (size_t i = 0; i < ev->ast->decl_count; i++) {
        const eml_decl *decl = &ev->ast->decls[i];
        if (decl->kind != EML_DECL_INPUT || set[i] || eml_names_find(ev->names, decl->name.text) != i) continue;
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_TEST_INPUT_MISSING, source->title.span,
                                      "this test gives no value for the input `%s`", decl->name.text);
        eml_diag_note_at(ev->diags, diag, decl->name.span, "declared here");
    }
    if (outputs == 0) {
        eml_diag_add(ev->diags, EML_DIAG_TEST_EMPTY, source->title.span, "this test expects no output");
    }
    eml_free(set);
}

void eml_model_build_tests(eml_evaluator *evaluator, eml_model *model) {
    const eml_ast *ast = evaluator->ast;
    model->tests = eml_alloc(ast->test_count, sizeof *model->tests);
    model->test_count = ast->test_count;
    for (size_t i = 0; i < ast->test_count; i++) build_test(evaluator, model, &ast->tests[i], &model->tests[i]);
}
