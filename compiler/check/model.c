/* Pass 5: declarations -> the typed affine model. */
#include "compiler/check/input_files.h"
#include "compiler/check/numbers.h"
#include "compiler/check/model.h"

#include <string.h>

#include "compiler/check/rational.h"
#include "runtime/base/binary64.h"
#include "runtime/bundle/abi.h"
#include "runtime/text/names.h"

typedef struct builder {
    eml_evaluator ev;
    eml_model *model;
    size_t input_capacity, output_capacity, result_capacity, group_capacity;
} builder;

static char *column_name(const eml_decl *decl, eml_extent extent, size_t element) {
    eml_buf name = {0};
    if (decl->column.text != NULL)
        eml_buf_put_text(&name, decl->column.text);
    else
        eml_column_name_print(decl->name.text, extent, element, &name);
    eml_buf_put_u8(&name, 0);
    return (char *)name.data;
}

/* ----- Dimensions */

static bool fold_dimension(builder *b, const eml_expr *expr, size_t *out) {
    mpq_t number;
    mpq_init(number);
    bool good = eml_eval_number(&b->ev, expr, "a dimension", number);
    if (good && (mpz_cmp_ui(mpq_denref(number), 1) != 0 || mpq_sgn(number) <= 0 ||
                 mpz_cmp_ui(mpq_numref(number), EML_ELEMENTS_MAX) > 0)) {
        eml_diag_add(b->ev.diags, EML_DIAG_DIMENSIONS, expr->span, "a dimension is an integer from 1 to %d",
                     EML_ELEMENTS_MAX);
        good = false;
    }
    if (good) *out = mpz_get_ui(mpq_numref(number));
    mpq_clear(number);
    return good;
}

static bool fold_dims(builder *b, const eml_dims *dims, size_t limit, eml_extent *out) {
    *out = EML_SCALAR;
    bool good = true;
    if (dims->count > 2) {
        eml_diag_add(b->ev.diags, EML_DIAG_DIMENSIONS, dims->span, "a value has at most two dimensions, not %zu",
                     dims->count);
        return false;
    }
    for (size_t i = 0; i < dims->count; i++) good = fold_dimension(b, dims->items[i], &out->dims[out->rank++]) && good;
    if (good && eml_extent_elements(*out) > limit) {
        eml_diag_add(b->ev.diags, EML_DIAG_DIMENSIONS, dims->span, "this declares %zu elements, at most %zu fit",
                     eml_extent_elements(*out), limit);
        return false;
    }
    return good;
}

/* ----- Inputs */

static bool read_step(builder *b, const eml_decl *decl, mpq_t step) {
    if (decl->integer) mpq_set_ui(step, 1, 1);
    if (decl->step == NULL) return true;
    if (!eml_eval_number(&b->ev, decl->step, "the step", step)) return false;
    if (mpq_sgn(step) > 0) return true;
    eml_diag_add(b->ev.diags, EML_DIAG_STEP, decl->step->span, "a step is above zero");
    return false;
}

/* step: 0 without one. */
static bool read_frac(builder *b, const eml_decl *decl, const mpq_t step, long *frac) {
    if (decl->frac == NULL) return true;
    mpq_t number;
    mpq_init(number);
    bool good = eml_eval_number(&b->ev, decl->frac, "the number of fractional bits", number);
    if (good && (mpz_cmp_ui(mpq_denref(number), 1) != 0 || mpz_cmpabs_ui(mpq_numref(number), EML_FRAC_MAX) > 0)) {
        eml_diag_add(b->ev.diags, EML_DIAG_FRAC, decl->frac->span,
                     "the number of fractional bits is an integer from -%d to %d", EML_FRAC_MAX, EML_FRAC_MAX);
        good = false;
    }
    if (good) *frac = mpz_get_si(mpq_numref(number));
    if (good && mpq_sgn(step) != 0) {
        eml_rational_scale2(number, step, *frac);
        good = mpz_cmp_ui(mpq_denref(number), 1) == 0;
        if (!good) {
            eml_diag_add(b->ev.diags, EML_DIAG_FRAC, decl->frac->span,
                         "the input's step is no multiple of 2^%ld: its values would be rounded", -*frac);
        }
    }
    mpq_clear(number);
    return good;
}

static void warn_off_grid(builder *b, const eml_expr *end, const mpq_t value, const mpq_t step) {
    mpq_t quotient;
    mpq_init(quotient);
    mpq_div(quotient, value, step);
    if (mpz_cmp_ui(mpq_denref(quotient), 1) != 0) {
        eml_buf text = {0};
        eml_rational_print_short(step, &text);
        eml_diag_add(b->ev.diags, EML_DIAG_OFF_GRID, end->span,
                     "this is no multiple of the step %.*s, so no value reaches it", (int)text.len,
                     (const char *)text.data);
        eml_buf_free(&text);
    }
    mpq_clear(quotient);
}

/* With a step, the range must hold a multiple of it. */
static bool holds_value(const mpq_t lo, const mpq_t hi, const mpq_t step) {
    if (mpq_sgn(step) == 0) return true;
    mpq_t first;
    mpq_init(first);
    mpq_div(first, lo, step);
    mpz_cdiv_q(mpq_numref(first), mpq_numref(first), mpq_denref(first));
    mpz_set_ui(mpq_denref(first), 1);
    mpq_mul(first, first, step);
    bool holds = mpq_cmp(first, hi) <= 0;
    mpq_clear(first);
    return holds;
}

/* Numbers in tables may have gone through binary64: a cell means the multiple that is within 8 ulp of it, so that must
 * be a small part of the step, 1/1024, even where the range's numbers are largest. */
static bool is_step_told_apart(const mpq_t lo, const mpq_t hi, const mpq_t step) {
    enum { ULPS = 8, PART = 1024 };
    if (mpq_sgn(step) == 0) return true;
    mpq_t largest, other;
    mpq_inits(largest, other, NULL);
    mpq_abs(largest, lo);
    mpq_abs(other, hi);
    eml_binary64_ulp(mpq_cmp(largest, other) > 0 ? largest : other, largest);
    mpq_set_ui(other, ULPS * PART, 1);
    mpq_mul(largest, largest, other);
    bool apart = mpq_cmp(largest, step) <= 0;
    mpq_clears(largest, other, NULL);
    return apart;
}

static bool check_words(builder *b, const eml_decl *decl) {
    const eml_words *words = &decl->words;
    char fault[EML_NAME_FAULT_TEXT];
    if (words->count > EML_WORDS_MAX) {
        eml_diag_add(b->ev.diags, EML_DIAG_CATEGORY, words->span, "a category has at most %d words", EML_WORDS_MAX);
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        const eml_expr *word = words->items[i];
        size_t length = strlen(word->text);
        if (length > EML_NAME_MAX || eml_name_has_fault(word->text, length, fault)) {
            eml_diag_add(b->ev.diags, EML_DIAG_CATEGORY, word->span,
                         "a word of a category has 1 to %d bytes that show, and no blank at an end", EML_NAME_MAX);
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(words->items[j]->text, word->text) != 0) continue;
            eml_diag *diag = eml_diag_add(b->ev.diags, EML_DIAG_CATEGORY, word->span,
                                          "the category has the word \"%s\" twice", word->text);
            eml_diag_note_at(b->ev.diags, diag, words->items[j]->span, "the first is here");
            return false;
        }
    }
    const char **texts = eml_alloc(words->count, sizeof *texts), *one, *other;
    for (size_t i = 0; i < words->count; i++) texts[i] = words->items[i]->text;
    bool apart = !eml_abi_same_words(texts, words->count, &one, &other);
    if (!apart)
        eml_diag_add(
            b->ev.diags, EML_DIAG_CATEGORY, words->span,
            "\"%s\" and \"%s\" are not told apart: they differ only by case, width or script, or are one number", one,
            other);
    eml_free(texts);
    return apart;
}

/* The values 0, 1, .. stand for the words. */
static bool read_words(builder *b, const eml_decl *decl, eml_model_input *in) {
    if (decl->integer || decl->step != NULL || decl->frac != NULL || decl->visibility == EML_COMMITTED) {
        eml_diag_add(b->ev.diags, EML_DIAG_CATEGORY, decl->words.span,
                     decl->visibility == EML_COMMITTED ? "a committed input is a number"
                                                       : "a category has words, and no grid");
        return false;
    }
    in->words = &decl->words;
    mpq_set_ui(in->hi, decl->words.count - 1, 1);
    mpq_set_ui(in->step, 1, 1);
    return check_words(b, decl);
}

/* Where a range is said to be wrong, and of which element when a file has them. */
static eml_diag *report_range(builder *b, const eml_decl *decl, eml_diag_code code, const char *column,
                              const char *text) {
    eml_span span = {decl->lo->span.start, decl->hi->span.end};
    return column == NULL ? eml_diag_add(b->ev.diags, code, span, "%s", text)
                          : eml_diag_add(b->ev.diags, code, span, "of `%s`: %s", column, text);
}

/* column: NULL, or the one whose range a file has. */
static bool check_range(builder *b, const eml_decl *decl, const eml_model_input *in, const char *column) {
    bool ordered = mpq_cmp(in->lo, in->hi) <= 0;
    if (!ordered || !holds_value(in->lo, in->hi, in->step)) {
        report_range(b, decl, EML_DIAG_RANGE, column,
                     ordered ? "no multiple of the step lies in this range"
                             : "the low end of a range is not above its high end");
        return false;
    }
    if (is_step_told_apart(in->lo, in->hi, in->step)) return true;
    report_range(b, decl, EML_DIAG_STEP_FINE, column,
                 "numbers this large are too coarse for the step: what a table's doubles may be off is more than "
                 "1/1024 of it");
    return false;
}

static bool from_file(const eml_decl *decl) {
    return decl->words.count == 0 && (decl->lo->kind == EML_EXPR_CSV || decl->hi->kind == EML_EXPR_CSV);
}

/* An end that a file has is left alone: input_files.c. */
static bool read_end(builder *b, const eml_expr *end, const char *what, mpq_t out) {
    return end->kind == EML_EXPR_CSV || eml_eval_number(&b->ev, end, what, out);
}

static bool read_range(builder *b, const eml_decl *decl, eml_model_input *in) {
    if (decl->words.count > 0) return read_words(b, decl, in);
    bool good = read_end(b, decl->lo, "the low end of a range", in->lo);
    good = read_end(b, decl->hi, "the high end of a range", in->hi) && good;
    good = read_step(b, decl, in->step) && good;
    good = good && read_frac(b, decl, in->step, &in->frac);
    if (!good) return false;
    in->has_frac = decl->frac != NULL;
    if (from_file(decl)) return true;
    if (!check_range(b, decl, in, NULL)) return false;
    if (decl->step != NULL) {
        warn_off_grid(b, decl->lo, in->lo, in->step);
        warn_off_grid(b, decl->hi, in->hi, in->step);
    }
    return true;
}

static eml_model_input *append_input(builder *b, const eml_decl *decl, eml_extent extent, size_t i) {
    eml_model *model = b->model;
    model->inputs = eml_grow(model->inputs, &b->input_capacity, model->input_count + 1, sizeof *model->inputs);
    eml_model_input *in = &model->inputs[model->input_count++];
    *in = (eml_model_input){.decl = decl, .visibility = decl->visibility, .uniform = decl->uniform};
    in->name = column_name(decl, extent, i);
    mpq_inits(in->lo, in->hi, in->step, in->pin, in->error, NULL);
    return in;
}

static void add_input_columns(builder *b, size_t index, eml_extent extent, const eml_model_input *like) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    eml_value value = eml_value_new(extent);
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        uint32_t column = (uint32_t)b->model->input_count;
        eml_model_input *in = append_input(b, decl, extent, i);
        mpq_set(in->lo, like->lo);
        mpq_set(in->hi, like->hi);
        mpq_set(in->step, like->step);
        in->has_frac = like->has_frac;
        in->frac = like->frac;
        in->words = like->words;
        b->ev.columns = eml_grow(b->ev.columns, &b->ev.column_capacity, b->ev.column_count + 1, sizeof *b->ev.columns);
        b->ev.columns[b->ev.column_count++] = (eml_row_column){decl->visibility, decl->uniform, index, i};
        eml_form_append_term(&value.items[i], (eml_monomial){column, EML_NO_INPUT}, one);
    }
    mpq_clear(one);
    b->ev.values[index] = value;
}

/* Names and ranges of the elements that files have, from the model's input `first` on. */
static bool read_files(builder *b, const eml_decl *decl, size_t first) {
    eml_model_input *inputs = b->model->inputs + first;
    size_t count = b->model->input_count - first;
    if (decl->column_list != NULL && !eml_inputs_name(b->ev.diags, decl, inputs, count)) return false;
    if (!from_file(decl)) return true;
    const eml_expr *const ends[] = {decl->lo, decl->hi};
    for (int end = 0; end < 2; end++)
        if (ends[end]->kind == EML_EXPR_CSV && !eml_inputs_end(b->ev.diags, ends[end], inputs, count, end == 1))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!check_range(b, decl, &inputs[i], inputs[i].name)) return false;
    return true;
}

static bool check_onehot(builder *b, const eml_decl *decl, eml_extent extent) {
    if (!decl->onehot) return true;
    if (decl->visibility == EML_COMMITTED) {
        eml_diag *diag = eml_diag_add(b->ev.diags, EML_DIAG_ONEHOT, decl->name.span,
                                      "nobody but the prover could check that committed inputs are one-hot");
        eml_diag_note(b->ev.diags, diag, "write `in [0, 1] integer`: whoever reads a proof trusts the issuer for it");
        return false;
    }
    if (extent.rank == 1 && extent.dims[0] >= 2) return true;
    eml_diag *diag =
        eml_diag_add(b->ev.diags, EML_DIAG_ONEHOT, decl->name.span,
                     "a one-hot group is a vector of two inputs or more, such as `%s[3]`", decl->name.text);
    eml_diag_note(b->ev.diags, diag, "every row has 1 in exactly one of them, and 0 in the others");
    return false;
}

static void add_group(builder *b, const eml_decl *decl, size_t first) {
    eml_model *model = b->model;
    model->groups = eml_grow(model->groups, &b->group_capacity, model->group_count + 1, sizeof *model->groups);
    model->groups[model->group_count++] = (eml_model_group){decl, first, model->input_count - first};
}

/* What uses it stays silent. */
static void forget_input(builder *b, size_t index) { eml_value_free(&b->ev.values[index]); }

static void build_input(builder *b, size_t index) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    eml_extent extent;
    size_t room = EML_ABI_COLUMNS_MAX - b->model->input_count;
    bool good = fold_dims(b, &decl->dims, room, &extent);
    good = good && check_onehot(b, decl, extent);
    good = eml_model_check_committed_input(&b->ev, decl) && good;
    if (decl->visibility == EML_SECRET && decl->uniform) {
        eml_diag_add(b->ev.diags, EML_DIAG_SECRET_UNIFORM, decl->name.span,
                     "a secret input is never uniform: each row has its own slot of the ciphertext");
        good = false;
    }
    eml_model_input like = {0};
    mpq_inits(like.lo, like.hi, like.step, NULL);
    good = read_range(b, decl, &like) && good;
    b->ev.extents[index] = extent;
    size_t first = b->model->input_count;
    if (good) add_input_columns(b, index, extent, &like);
    if (good && decl->onehot) add_group(b, decl, first);
    if (good && !read_files(b, decl, first)) forget_input(b, index);
    b->model->encrypted = b->model->encrypted || decl->visibility == EML_SECRET;
    b->model->committed = b->model->committed || decl->visibility == EML_COMMITTED;
    mpq_clears(like.lo, like.hi, like.step, NULL);
}

/* ----- Params, lets, outputs */

/* The inputs of the declaration that `of` names. */
static bool inputs_of(builder *b, const eml_csv_pick *pick, const eml_model_input **first, eml_extent *extent) {
    size_t decl = eml_names_find(b->ev.names, pick->of), count = 0;
    for (size_t i = 0; i < b->model->input_count && decl != SIZE_MAX; i++) {
        if (b->model->inputs[i].decl != &b->ev.ast->decls[decl]) continue;
        if (count++ == 0) *first = &b->model->inputs[i];
    }
    if (count > 0) *extent = b->ev.extents[decl];
    if (count > 0 && b->ev.values[decl].items != NULL) return true;
    if (count == 0)
        eml_diag_add(b->ev.diags, EML_DIAG_CSV_NAME, pick->of_span, "`%s` is no input declared above", pick->of);
    return false;
}

static bool read_named(builder *b, const eml_decl *decl, eml_extent *extent, mpq_t **numbers) {
    const eml_csv_pick *pick = decl->value->pick;
    const eml_model_input *first = NULL;
    if (pick->of != NULL && !inputs_of(b, pick, &first, extent)) return false;
    if (pick->at != NULL) *extent = EML_SCALAR;
    size_t count = eml_extent_elements(*extent);
    *numbers = eml_rationals_new(count);
    bool good = pick->at != NULL ? eml_coefficient_read(b->ev.diags, decl, *numbers[0])
                                 : eml_coefficients_read(b->ev.diags, b->ev.ast, decl, first, count, *numbers);
    if (!good) eml_rationals_free(*numbers, count);
    return good;
}

static bool read_in_order(builder *b, const eml_decl *decl, eml_extent *extent, mpq_t **numbers) {
    if (!fold_dims(b, &decl->dims, EML_ELEMENTS_MAX, extent)) return false;
    size_t count = eml_extent_elements(*extent), columns = extent->rank == 2 ? extent->dims[1] : 0;
    *numbers = eml_rationals_new(count);
    const eml_expr *value = decl->value;
    bool good = value->pick->value != NULL
                    ? eml_column_read(b->ev.diags, decl, count, *numbers)
                    : eml_numbers_read(b->ev.diags, value->span, value->text, decl->hidden, count, columns, *numbers);
    if (!good) eml_rationals_free(*numbers, count);
    return good;
}

static eml_value read_csv(builder *b, const eml_decl *decl) {
    eml_extent extent = EML_SCALAR;
    mpq_t *numbers;
    bool named = decl->value->pick->name != NULL;
    if (!(named ? read_named : read_in_order)(b, decl, &extent, &numbers)) return (eml_value){0};
    eml_value value = eml_value_new(extent);
    for (size_t i = 0; i < eml_extent_elements(extent); i++) {
        eml_form_append_term(&value.items[i], (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, numbers[i]);
        eml_form_normalise(&value.items[i]);
    }
    eml_rationals_free(numbers, eml_extent_elements(extent));
    return value;
}

/* Dimensions may be left out of params and lets; given ones must be the value's. */
static bool check_dims(builder *b, const eml_decl *decl, const eml_value *value) {
    eml_extent declared;
    if (!fold_dims(b, &decl->dims, EML_ELEMENTS_MAX, &declared)) return false;
    bool free_shape = decl->dims.count == 0 && (decl->kind == EML_DECL_PARAM || decl->kind == EML_DECL_LET);
    if (free_shape || eml_extent_equal(declared, value->extent)) return true;
    char want[EML_EXTENT_TEXT], have[EML_EXTENT_TEXT];
    eml_diag *diag = eml_diag_add(b->ev.diags, EML_DIAG_SHAPE, decl->hidden ? decl->name.span : decl->value->span,
                                  "`%s` is declared as %s, its value is %s", decl->name.text,
                                  eml_extent_text(declared, want), eml_extent_text(value->extent, have));
    if (!decl->hidden) eml_diag_note_at(b->ev.diags, diag, decl->name.span, "declared here");
    return false;
}

static bool check_constant(builder *b, const eml_decl *decl, const eml_value *value) {
    for (size_t i = 0; i < eml_extent_elements(value->extent); i++) {
        if (eml_form_is_constant(&value->items[i])) continue;
        eml_diag_add(b->ev.diags, EML_DIAG_NOT_CONSTANT, decl->value->span,
                     "a param is a constant, this depends on an input; use `let`");
        return false;
    }
    return true;
}

/* A derived input is called what a let calls it. */
static void name_derived(builder *b, size_t index, const eml_value *value) {
    b->ev.extents[index] = value->extent;
    for (size_t i = 0; i < eml_extent_elements(value->extent); i++) {
        const eml_form *form = &value->items[i];
        if (form->count != 1 || form->terms[0].monomial.second != EML_NO_INPUT || form->terms[0].hidden != NULL)
            continue;
        uint32_t column = form->terms[0].monomial.first;
        if (column < EML_COLUMN_DERIVED || column >= EML_COLUMN_OUTPUT ||
            mpq_cmp_ui(form->terms[0].coefficient, 1, 1) != 0)
            continue;
        eml_row_column *named = &b->ev.derived.items[column - EML_COLUMN_DERIVED].column;
        if (named->decl != SIZE_MAX) continue;
        named->decl = index;
        named->element = i;
    }
}

static void build_value(builder *b, size_t index) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    bool csv = decl->value->kind == EML_EXPR_CSV;
    eml_value value = csv ? read_csv(b, decl) : eml_eval(&b->ev, decl->value);
    bool good = value.items != NULL && check_dims(b, decl, &value);
    if (good && decl->kind == EML_DECL_PARAM) good = check_constant(b, decl, &value);
    good = good && eml_evaluator_own(&b->ev, decl->value, &value);
    if (good && (!decl->hidden || eml_model_hide(&b->ev, b->model, index, &value))) {
        b->ev.values[index] = value;
        if (decl->kind == EML_DECL_LET) name_derived(b, index, &value);
    } else {
        eml_evaluator_drop(&b->ev, &value);
    }
}

/* ----- What is declared to be derived */

static bool read_pins(builder *b, const eml_decl *decl, eml_pins *out) {
    mpq_t none;
    mpq_init(none);
    out->has_range = decl->lo != NULL;
    out->has_frac = decl->frac != NULL;
    bool good = true;
    if (out->has_range) {
        good = eml_eval_number(&b->ev, decl->lo, "the low end of a range", out->lo);
        good = eml_eval_number(&b->ev, decl->hi, "the high end of a range", out->hi) && good;
    }
    if (good && mpq_cmp(out->lo, out->hi) > 0) {
        eml_diag_add(b->ev.diags, EML_DIAG_RANGE, (eml_span){decl->lo->span.start, decl->hi->span.end},
                     "the low end of a range is not above its high end");
        good = false;
    }
    good = read_frac(b, decl, none, &out->frac) && good;
    mpq_clear(none);
    return good;
}

static bool declare_derived(builder *b, size_t index, const eml_pins *pins, const eml_value *value, eml_value *out) {
    b->ev.extents[index] = value->extent;
    *out = eml_value_new(value->extent);
    for (size_t i = 0; i < eml_extent_elements(value->extent); i++) {
        if (eml_derive_declared(&b->ev, index, i, &value->items[i], pins, &out->items[i])) continue;
        eml_value_free(out);
        return false;
    }
    return true;
}

static void build_derive(builder *b, size_t index) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    eml_pins pins = {0};
    mpq_inits(pins.lo, pins.hi, NULL);
    bool good = read_pins(b, decl, &pins);
    eml_value value = eml_eval(&b->ev, decl->value), derived;
    good = value.items != NULL && good;
    if (good && declare_derived(b, index, &pins, &value, &derived)) b->ev.values[index] = derived;
    eml_evaluator_drop(&b->ev, &value);
    mpq_clears(pins.lo, pins.hi, NULL);
}

static bool depends_on_secret(const eml_model *model, const eml_form *form) {
    for (size_t i = 0; i < form->count; i++) {
        eml_monomial m = form->terms[i].monomial;
        if (m.first != EML_NO_INPUT && model->inputs[m.first].visibility == EML_SECRET) return true;
        if (m.second != EML_NO_INPUT && model->inputs[m.second].visibility == EML_SECRET) return true;
    }
    return false;
}

static void read_tolerance(builder *b, const eml_decl *decl, mpq_t out) {
    if (decl->exact || decl->tolerance == NULL) return;
    if (!eml_eval_number(&b->ev, decl->tolerance, "the tolerance", out) || mpq_sgn(out) > 0) return;
    eml_diag_add(b->ev.diags, EML_DIAG_TOLERANCE, decl->tolerance->span,
                 "a tolerance is above zero; for results without any error write `exact`");
    mpq_set_ui(out, 0, 1);
}

static void append_output(builder *b, const eml_decl *decl, const eml_value *value, size_t i, const mpq_t tolerance) {
    eml_model *model = b->model;
    model->outputs = eml_grow(model->outputs, &b->output_capacity, model->output_count + 1, sizeof *model->outputs);
    eml_model_output *out = &model->outputs[model->output_count++];
    *out = (eml_model_output){.decl = decl, .exact = decl->exact};
    out->name = column_name(decl, value->extent, i);
    eml_form_copy(&out->form, &value->items[i]);
    mpq_init(out->tolerance);
    mpq_set(out->tolerance, tolerance);
}

static void build_output(builder *b, size_t index) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    build_value(b, index);
    mpq_t tolerance;
    mpq_init(tolerance);
    read_tolerance(b, decl, tolerance);
    const eml_value *value = &b->ev.values[index];
    size_t count = value->items == NULL ? 0 : eml_extent_elements(value->extent);
    if (count > EML_ABI_COLUMNS_MAX - b->model->output_count) {
        eml_diag_add(b->ev.diags, EML_DIAG_DIMENSIONS, decl->name.span, "a model has at most %d output columns",
                     EML_ABI_COLUMNS_MAX);
        count = 0;
    }
    b->ev.firsts[index] = b->model->output_count;
    if (count > 0) b->ev.extents[index] = value->extent;
    for (size_t i = 0; i < count; i++) append_output(b, decl, value, i, tolerance);
    mpq_clear(tolerance);
}

/* ----- Results */

static bool append_result(builder *b, const eml_decl *decl, const eml_value *value, size_t i, const mpq_t tolerance) {
    eml_model *model = b->model;
    eml_formula formula = {0};
    if (!eml_derive_formula(&b->ev, decl->value, &value->items[i], &formula)) {
        eml_formula_free(&formula);
        return false;
    }
    model->results = eml_grow(model->results, &b->result_capacity, model->result_count + 1, sizeof *model->results);
    eml_model_result *out = &model->results[model->result_count++];
    *out = (eml_model_result){.name = column_name(decl, value->extent, i), .decl = decl, .formula = formula};
    mpq_init(out->tolerance);
    mpq_set(out->tolerance, tolerance);
    return true;
}

static void build_result(builder *b, size_t index) {
    const eml_decl *decl = &b->ev.ast->decls[index];
    mpq_t tolerance;
    mpq_init(tolerance);
    read_tolerance(b, decl, tolerance);
    b->ev.results = true;
    b->ev.firsts[index] = b->model->result_count;
    build_value(b, index);
    const eml_value *value = &b->ev.values[index];
    size_t count = value->items == NULL ? 0 : eml_extent_elements(value->extent);
    if (count > EML_ABI_COLUMNS_MAX - b->model->result_count) {
        eml_diag_add(b->ev.diags, EML_DIAG_DIMENSIONS, decl->name.span, "a model has at most %d result columns",
                     EML_ABI_COLUMNS_MAX);
        count = 0;
    }
    if (count > 0) b->ev.extents[index] = value->extent;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) good = append_result(b, decl, value, i, tolerance);
    b->ev.results = false;
    mpq_clear(tolerance);
}

/* Outputs and results are columns from 0. */
static void number_results(eml_model *model) {
    for (size_t r = 0; r < model->result_count; r++) {
        eml_formula *formula = &model->results[r].formula;
        for (size_t i = 0; i < formula->count; i++) {
            if (formula->nodes[i].operator!= EML_FORMULA_COLUMN) continue;
            uint32_t *column = &formula->nodes[i].column;
            *column = *column >= EML_COLUMN_RESULT ? *column - EML_COLUMN_RESULT + (uint32_t)model->output_count
                                                   : *column - EML_COLUMN_OUTPUT;
        }
    }
}

/* A category is no number that a program could weigh. */
static void check_categories(builder *b) {
    for (size_t o = 0; o < b->model->output_count; o++) {
        const eml_model_output *output = &b->model->outputs[o];
        for (size_t i = 0; i < output->form.count; i++) {
            const uint32_t columns[] = {output->form.terms[i].monomial.first, output->form.terms[i].monomial.second};
            for (int k = 0; k < 2; k++) {
                if (columns[k] >= b->model->input_count || b->model->inputs[columns[k]].words == NULL) continue;
                eml_diag *diag =
                    eml_diag_add(b->ev.diags, EML_DIAG_CATEGORY, output->decl->value->span,
                                 "`%s` is a category, no number", b->model->inputs[columns[k]].decl->name.text);
                eml_diag_note(b->ev.diags, diag, "compare it, `== \"word\"`, or take `onehot` of it");
                return;
            }
        }
    }
}

static void check_outputs(builder *b) {
    const eml_model *model = b->model;
    const eml_ast *ast = b->ev.ast;
    size_t declared = 0;
    for (size_t i = 0; i < ast->decl_count; i++) declared += ast->decls[i].kind == EML_DECL_OUTPUT;
    if (model->input_count == 0 && b->ev.diags->errors == 0)
        eml_diag_add(b->ev.diags, EML_DIAG_NO_INPUT, ast->model.span,
                     "a model has at least one input: without, there is nothing to run it on");
    if (declared == 0)
        eml_diag_add(b->ev.diags, EML_DIAG_NO_OUTPUT, ast->model.span, "a model has at least one output");
    for (size_t i = 0; model->encrypted && i < model->output_count; i++) {
        const eml_model_output *output = &model->outputs[i];
        if (depends_on_secret(model, &output->form)) continue;
        eml_diag *diag = eml_diag_add(
            b->ev.diags, EML_DIAG_OUTPUT_PLAIN, output->decl->name.span,
            "`%s` depends on no secret input, but the outputs of a model with secret inputs are ciphertexts",
            output->name);
        eml_diag_note(b->ev.diags, diag, "compute it in a model of its own");
    }
}

static void warn_unused(builder *b, const eml_decl *decl, const char *name) {
    eml_diag_add(b->ev.diags, EML_DIAG_INPUT_UNUSED, decl->name.span, "no output depends on `%s`", name);
}

static void warn_unused_inputs(builder *b) {
    const eml_model *model = b->model;
    bool *used = eml_alloc(model->input_count, sizeof *used);
    for (size_t i = 0; i < model->input_count; i++)
        for (size_t k = 0; k < model->inputs[i].formula.count; k++)
            if (model->inputs[i].formula.nodes[k].operator== EML_FORMULA_COLUMN)
                used[model->inputs[i].formula.nodes[k].column] = true;
    for (size_t i = 0; i < model->output_count; i++) {
        const eml_form *form = &model->outputs[i].form;
        for (size_t j = 0; j < form->count; j++) {
            eml_monomial m = form->terms[j].monomial;
            if (m.first != EML_NO_INPUT) used[m.first] = true;
            if (m.second != EML_NO_INPUT) used[m.second] = true;
        }
    }
    for (size_t i = 0, end; i < model->input_count; i = end) {
        const eml_decl *decl = model->inputs[i].decl;
        bool any = false;
        for (end = i; end < model->input_count && model->inputs[end].decl == decl; end++) any = any || used[end];
        any = any || decl->kind == EML_DECL_DERIVE; /* it is there to be held to its range */
        if (!any) warn_unused(b, decl, decl->name.text);
        for (size_t j = i; any && !decl->onehot && decl->kind == EML_DECL_INPUT && j < end;
             j++) /* the group is, by the others */
            if (!used[j]) warn_unused(b, decl, model->inputs[j].name);
    }
    eml_free(used);
}

void eml_model_build(const eml_names *names, eml_diags *diags, eml_model *out) {
    const eml_ast *ast = names->ast;
    *out = (eml_model){.name = ast->model.text, .single_row = ast->single_row};
    builder b = {.model = out};
    eml_evaluator_init(&b.ev, names, diags);
    for (size_t i = 0; i < ast->decl_count; i++) {
        switch (ast->decls[i].kind) {
        case EML_DECL_INPUT: build_input(&b, i); break;
        case EML_DECL_OUTPUT: build_output(&b, i); break;
        case EML_DECL_RESULT: build_result(&b, i); break;
        case EML_DECL_PARAM:
        case EML_DECL_LET: build_value(&b, i); break;
        case EML_DECL_DERIVE: build_derive(&b, i); break;
        }
    }
    check_categories(&b);
    number_results(out);
    eml_model_append_derived(&b.ev, out);
    check_outputs(&b);
    eml_model_check_hidden(&b.ev, out);
    eml_model_check_committed(&b.ev, out);
    if (diags->errors == 0) warn_unused_inputs(&b);
    if (diags->errors == 0) eml_model_bound_derived(&b.ev, out);
    eml_model_build_tests(&b.ev, out);
    eml_evaluator_free(&b.ev);
}

void eml_model_free(eml_model *model) {
    for (size_t i = 0; i < model->input_count; i++) {
        eml_model_input *in = &model->inputs[i];
        eml_free(in->name);
        eml_formula_free(&in->formula);
        mpq_clears(in->lo, in->hi, in->step, in->pin, in->error, NULL);
    }
    for (size_t i = 0; i < model->result_count; i++) {
        eml_free(model->results[i].name);
        eml_formula_free(&model->results[i].formula);
        mpq_clear(model->results[i].tolerance);
    }
    for (size_t i = 0; i < model->output_count; i++) {
        eml_model_output *output = &model->outputs[i];
        eml_free(output->name);
        eml_form_free(&output->form);
        mpq_clear(output->tolerance);
    }
    for (size_t i = 0; i < model->test_count; i++) {
        eml_model_test *test = &model->tests[i];
        eml_rationals_free(test->inputs, model->input_count);
        for (size_t j = 0; j < test->expected_count; j++) {
            mpq_clears(test->expected[j].value, test->expected[j].tolerance, NULL);
        }
        eml_free(test->expected);
    }
    for (size_t i = 0; i < model->hidden_count; i++) mpq_clears(model->hidden[i].lo, model->hidden[i].hi, NULL);
    eml_free(model->inputs);
    eml_free(model->groups);
    eml_free(model->outputs);
    eml_free(model->results);
    eml_free(model->hidden);
    eml_free(model->tests);
    *model = (eml_model){0};
}
