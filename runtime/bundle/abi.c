#include "runtime/bundle/abi.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/text/names.h"
#include "runtime/text/text.h"
#include "runtime/field/integer.h"

/* Lifetime. */

void eml_abi_init(eml_abi *abi) { *abi = (eml_abi){.raw = true, .model = eml_alloc(1, 1)}; }

void eml_abi_free(eml_abi *abi) {
    for (size_t i = 0; i < abi->input_count; i++) {
        eml_input_column *column = &abi->inputs[i];
        eml_free(column->name);
        for (size_t k = 0; k < column->word_count; k++) eml_free(column->words[k]);
        eml_free(column->words);
        eml_formula_free(&column->formula);
        mpq_clears(column->lo, column->hi, column->offset, column->unit, column->step, NULL);
    }
    for (size_t i = 0; i < abi->group_count; i++) eml_free(abi->groups[i].name);
    for (size_t i = 0; i < abi->result_count; i++) {
        eml_free(abi->results[i].name);
        eml_formula_free(&abi->results[i].formula);
        mpq_clears(abi->results[i].unit, abi->results[i].tolerance, NULL);
    }
    for (size_t i = 0; i < abi->output_count; i++) {
        eml_output_column *column = &abi->outputs[i];
        eml_free(column->name);
        eml_free(column->link);
        mpq_clears(column->unit, column->tolerance, NULL);
    }
    for (size_t i = 0; i < abi->hidden_count; i++) {
        eml_free(abi->hidden[i].name);
        mpq_clears(abi->hidden[i].lo, abi->hidden[i].hi, NULL);
    }
    eml_free(abi->hidden);
    eml_free(abi->model);
    eml_free(abi->inputs);
    eml_free(abi->groups);
    eml_free(abi->outputs);
    eml_free(abi->results);
    eml_free(abi->public_tape);
    eml_free(abi->secret_tape);
    *abi = (eml_abi){0};
}

void eml_abi_set_counts(eml_abi *abi, size_t inputs, size_t outputs, size_t public_len, size_t secret_len) {
    abi->inputs = eml_alloc(inputs, sizeof *abi->inputs);
    abi->outputs = eml_alloc(outputs, sizeof *abi->outputs);
    abi->public_tape = eml_alloc(public_len, sizeof *abi->public_tape);
    abi->secret_tape = eml_alloc(secret_len, sizeof *abi->secret_tape);
    for (size_t i = 0; i < inputs; i++)
        mpq_inits(abi->inputs[i].lo, abi->inputs[i].hi, abi->inputs[i].offset, abi->inputs[i].unit, abi->inputs[i].step,
                  NULL);
    for (size_t i = 0; i < outputs; i++) mpq_inits(abi->outputs[i].unit, abi->outputs[i].tolerance, NULL);
    abi->input_count = inputs;
    abi->output_count = outputs;
    abi->public_len = public_len;
    abi->secret_len = secret_len;
}

void eml_abi_set_hidden(eml_abi *abi, size_t count) {
    abi->hidden = eml_alloc(count, sizeof *abi->hidden);
    for (size_t i = 0; i < count; i++) mpq_inits(abi->hidden[i].lo, abi->hidden[i].hi, NULL);
    abi->hidden_count = count;
}

void eml_abi_set_results(eml_abi *abi, size_t count) {
    abi->results = eml_alloc(count, sizeof *abi->results);
    for (size_t i = 0; i < count; i++) mpq_inits(abi->results[i].unit, abi->results[i].tolerance, NULL);
    abi->result_count = count;
}

void eml_abi_set_groups(eml_abi *abi, size_t count) {
    abi->groups = eml_alloc(count, sizeof *abi->groups);
    abi->group_count = count;
}

static bool has_committed(const eml_abi *abi) { return eml_abi_columns(abi, EML_COMMITTED) > 0; }

uint32_t eml_abi_flags(const eml_abi *abi) {
    bool derived = abi->input_count > 0 && eml_input_is_derived(&abi->inputs[abi->input_count - 1]), words = false;
    for (size_t i = 0; i < abi->input_count && !words; i++) words = abi->inputs[i].word_count > 0;
    return (derived ? EML_ABI_DERIVED : 0) | (abi->result_count > 0 ? EML_ABI_RESULTS : 0) |
           (words ? EML_ABI_CATEGORIES : 0) | (abi->group_count > 0 ? EML_ABI_ONEHOT : 0) |
           (abi->hidden_count > 0 ? EML_ABI_HIDDEN : 0) | (has_committed(abi) ? EML_ABI_COMMITTED : 0);
}

bool eml_abi_one_row(const eml_abi *abi) { return abi->single_row || has_committed(abi); }

uint64_t eml_abi_reveal_rows(const eml_abi *abi) {
    uint64_t bits = 0;
    for (size_t i = 0; i < abi->hidden_count; i++) bits += abi->hidden[i].bits;
    if (bits == 0) return 0;
    return abi->row_bits == 0 ? UINT64_MAX : (bits - 1) / abi->row_bits + 1;
}

uint64_t eml_reveal_proofs(const eml_committed_reveal *reveal) {
    if (reveal->row_bits == 0) return UINT64_MAX;
    return reveal->bits <= reveal->row_bits ? 1 : (reveal->bits - 1) / reveal->row_bits + 1;
}

uint64_t eml_abi_reveal_proofs(const eml_abi *abi) {
    if (!has_committed(abi)) return 0;
    return eml_reveal_proofs(&abi->reveal);
}

/* Checks. */

static eml_status check_name(const char *what, size_t index, const char *name, eml_error *err) {
    size_t length = name ? strlen(name) : 0;
    char fault[EML_NAME_FAULT_TEXT];
    if (length > EML_NAME_MAX)
        return eml_fail(err, EML_ERR_INPUT, "%s[%zu] is longer than %d bytes", what, index, EML_NAME_MAX);
    if (eml_name_has_fault(name, length, fault)) return eml_fail(err, EML_ERR_INPUT, "%s[%zu] %s", what, index, fault);
    return EML_OK;
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Sorts names. */
static eml_status check_unique(const char *what, const char **names, size_t count, eml_error *err) {
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return eml_fail(err, EML_ERR_INPUT, "two %s are named \"%s\"", what, names[i]);
    return EML_OK;
}

static eml_status check_rational(const char *column, const char *field, const mpq_t value, eml_error *err) {
    /* sizeinbase may say one digit more than there are, so nothing too long passes. */
    size_t length = mpz_sizeinbase(mpq_numref(value), 10) + mpz_sizeinbase(mpq_denref(value), 10) + 2;
    if (length <= EML_RATIONAL_TEXT_MAX) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s.%s has more than %d digits", column, field, EML_RATIONAL_TEXT_MAX - 4);
}

/* |bound - offset| / unit < 2^EML_ABI_INTEGER_BITS: sums and products of two integers of a column
 * cannot wrap unseen. */
static bool integer_fits(const mpq_t bound, const mpq_t offset, const mpq_t unit) {
    mpq_t integer;
    mpq_init(integer);
    mpq_sub(integer, bound, offset);
    mpq_div(integer, integer, unit);
    mpz_tdiv_q(mpq_numref(integer), mpq_numref(integer), mpq_denref(integer));
    bool fits = mpz_sizeinbase(mpq_numref(integer), 2) <= EML_ABI_INTEGER_BITS;
    mpq_clear(integer);
    return fits;
}

static eml_status check_input(const eml_input_column *column, eml_error *err) {
    EML_TRY(check_rational(column->name, "lo", column->lo, err));
    EML_TRY(check_rational(column->name, "hi", column->hi, err));
    EML_TRY(check_rational(column->name, "offset", column->offset, err));
    if (column->visibility == EML_COMMITTED && mpq_sgn(column->offset) != 0)
        return eml_fail(err, EML_ERR_INPUT, "%s.offset is not 0: the input is committed", column->name);
    EML_TRY(check_rational(column->name, "unit", column->unit, err));
    EML_TRY(check_rational(column->name, "step", column->step, err));
    if (mpq_sgn(column->unit) <= 0) return eml_fail(err, EML_ERR_INPUT, "%s.unit is not positive", column->name);
    if (mpq_sgn(column->step) < 0 || (column->exact && mpq_sgn(column->step) != 0) ||
        mpq_equal(column->step, column->unit))
        return eml_fail(err, EML_ERR_INPUT, "%s.step is not positive, or is its unit: that is `exact`", column->name);
    if (mpq_cmp(column->lo, column->hi) > 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: the range is empty (lo is above hi)", column->name);
    if (!integer_fits(column->lo, column->offset, column->unit) ||
        !integer_fits(column->hi, column->offset, column->unit))
        return eml_fail(err, EML_ERR_INPUT, "%s: its integers need more than %d bits", column->name,
                        EML_ABI_INTEGER_BITS);
    if (column->visibility != EML_PUBLIC && column->uniform)
        return eml_fail(err, EML_ERR_INPUT, "%s is %s and uniform: only public inputs can be uniform", column->name,
                        eml_visibility_name(column->visibility));
    return EML_OK;
}

static eml_status check_output(const eml_output_column *column, size_t index, eml_error *err) {
    EML_TRY(check_rational(column->name, "unit", column->unit, err));
    EML_TRY(check_rational(column->name, "tolerance", column->tolerance, err));
    if (mpq_sgn(column->unit) <= 0) return eml_fail(err, EML_ERR_INPUT, "%s.unit is not positive", column->name);
    if (mpq_sgn(column->tolerance) < 0) return eml_fail(err, EML_ERR_INPUT, "%s.tolerance is negative", column->name);
    return check_name("output link", index, column->link, err);
}

eml_u128 eml_input_magnitude(const eml_input_column *column) {
    mpq_t below, above;
    mpq_inits(below, above, NULL);
    mpq_sub(below, column->offset, column->lo);
    mpq_sub(above, column->hi, column->offset);
    mpq_abs(below, below);
    mpq_abs(above, above);
    if (mpq_cmp(below, above) > 0) mpq_swap(below, above);
    mpq_div(above, above, column->unit);
    /* Halves up. */
    mpz_mul_2exp(mpq_numref(above), mpq_numref(above), 1);
    mpz_add(mpq_numref(above), mpq_numref(above), mpq_denref(above));
    mpz_mul_2exp(mpq_denref(above), mpq_denref(above), 1);
    mpz_fdiv_q(mpq_numref(above), mpq_numref(above), mpq_denref(above));
    /* eml_abi_check: below 2^EML_ABI_INTEGER_BITS before rounding */
    eml_u128 magnitude = eml_mpz_magnitude(mpq_numref(above));
    mpq_clears(below, above, NULL);
    return magnitude;
}

typedef struct word_number {
    char *number; /* owned; NULL: none */
    const char *word;
} word_number;

static int compare_numbers(const void *a, const void *b) {
    const word_number *x = a, *y = b;
    if (x->number == NULL || y->number == NULL) return (x->number != NULL) - (y->number != NULL);
    return strcmp(x->number, y->number);
}

static word_number number_of(const char *word) {
    word_number out = {NULL, word};
    mpq_t value;
    mpq_init(value);
    if (eml_decimal_parse(word, strlen(word), value)) {
        size_t length = mpz_sizeinbase(mpq_numref(value), 16) + mpz_sizeinbase(mpq_denref(value), 16) + 3;
        out.number = eml_alloc(length, 1);
        mpq_get_str(out.number, 16, value);
    }
    mpq_clear(value);
    return out;
}

static bool same_numbers(const char *const *words, size_t count, const char **a, const char **b) {
    word_number *numbers = eml_alloc(count, sizeof *numbers);
    bool found = false;
    for (size_t k = 0; k < count; k++) numbers[k] = number_of(words[k]);
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    for (size_t k = 1; k < count && !found; k++) {
        found = numbers[k].number != NULL && compare_numbers(&numbers[k - 1], &numbers[k]) == 0;
        *a = numbers[k - 1].word;
        *b = numbers[k].word;
    }
    for (size_t k = 0; k < count; k++) eml_free(numbers[k].number);
    eml_free(numbers);
    return found;
}

bool eml_abi_same_words(const char *const *words, size_t count, const char **a, const char **b) {
    eml_name_index index;
    eml_name_index_init(&index, words, count);
    bool alike = eml_name_index_pair(&index, a, b);
    eml_name_index_free(&index);
    return alike || same_numbers(words, count, a, b);
}

/* Categories: 0, 1, .. to the last word. */
static eml_status check_words(const eml_input_column *column, eml_error *err) {
    if (column->word_count == 0) return EML_OK;
    bool plain = column->exact && mpq_sgn(column->lo) == 0 && mpq_cmp_ui(column->hi, column->word_count - 1, 1) == 0 &&
                 mpq_cmp_ui(column->unit, 1, 1) == 0 && mpz_cmp_ui(mpq_denref(column->offset), 1) == 0;
    if (!plain || column->word_count > EML_WORDS_MAX || eml_input_is_derived(column))
        return eml_fail(err, EML_ERR_INPUT, "%s: its values are not 0 to %zu, as its words need", column->name,
                        column->word_count - 1);
    const char **words = eml_alloc(column->word_count, sizeof *words);
    eml_status status = EML_OK;
    for (size_t k = 0; k < column->word_count && status == EML_OK; k++) {
        words[k] = column->words[k];
        status = check_name("category word", k, words[k], err);
    }
    if (status == EML_OK) status = check_unique("words of a category", words, column->word_count, err);
    const char *a, *b;
    if (status == EML_OK && eml_abi_same_words(words, column->word_count, &a, &b))
        status =
            eml_fail(err, EML_ERR_INPUT, "the words \"%s\" and \"%s\" of %s are not told apart", a, b, column->name);
    eml_free(words);
    return status;
}

/* A formula reads inputs of its own kind, which a table has; one that is to have one value for all rows, such inputs
 * alone. */
static eml_status check_derived(const eml_abi *abi, size_t index, size_t first, eml_error *err) {
    const eml_input_column *column = &abi->inputs[index];
    if (column->visibility == EML_COMMITTED)
        return eml_fail(err, EML_ERR_INPUT, "%s is committed and derived", column->name);
    eml_status status = eml_formula_check(&column->formula, (uint32_t)first, err);
    for (size_t k = 0; k < column->formula.count && status == EML_OK; k++) {
        const eml_formula_node *node = &column->formula.nodes[k];
        if (node->operator!= EML_FORMULA_COLUMN) continue;
        const eml_input_column *from = &abi->inputs[node->column];
        if (from->visibility != column->visibility || (column->uniform && !from->uniform))
            status = eml_fail(err, EML_ERR_INPUT, "it reads \"%s\", which is of another kind", from->name);
    }
    if (status != EML_OK) eml_error_prefix(err, "the formula of %s", column->name);
    return status;
}

static eml_status check_all_derived(const eml_abi *abi, eml_error *err) {
    size_t first = abi->input_count;
    while (first > 0 && eml_input_is_derived(&abi->inputs[first - 1])) first--;
    for (size_t i = 0; i < first; i++)
        if (eml_input_is_derived(&abi->inputs[i]))
            return eml_fail(err, EML_ERR_INPUT, "%s is derived, but not among the last inputs", abi->inputs[i].name);
    for (size_t i = first; i < abi->input_count; i++) EML_TRY(check_derived(abi, i, first, err));
    return EML_OK;
}

static eml_status check_inputs(const eml_abi *abi, eml_error *err) {
    const char **names = eml_alloc(abi->input_count, sizeof *names);
    eml_status status = EML_OK;
    for (size_t i = 0; i < abi->input_count && status == EML_OK; i++) {
        names[i] = abi->inputs[i].name;
        status = check_name("input name", i, names[i], err);
        if (status == EML_OK) status = check_input(&abi->inputs[i], err);
        if (status == EML_OK) status = check_words(&abi->inputs[i], err);
    }
    if (status == EML_OK) status = check_unique("inputs", names, abi->input_count, err);
    eml_free(names);
    return status == EML_OK ? check_all_derived(abi, err) : status;
}

/* Takes 0 and 1 and nothing else. */
static bool is_binary(const eml_input_column *column) {
    return mpq_sgn(column->lo) == 0 && mpq_cmp_ui(column->hi, 1, 1) == 0 &&
           mpq_cmp_ui(column->exact ? column->unit : column->step, 1, 1) == 0 &&
           mpz_cmp_ui(mpq_denref(column->offset), 1) == 0;
}

/* from: the first input that no group before has. */
static eml_status check_group(const eml_abi *abi, const eml_onehot_group *group, size_t from, eml_error *err) {
    if (group->count < 2 || group->first < from || group->first >= abi->input_count ||
        group->count > abi->input_count - group->first)
        return eml_fail(err, EML_ERR_INPUT,
                        "the one-hot group %s has not two inputs or more, behind those of the groups before it",
                        group->name);
    const eml_input_column *first = &abi->inputs[group->first];
    for (size_t i = group->first; i < group->first + group->count; i++) {
        const eml_input_column *column = &abi->inputs[i];
        if (column->visibility == EML_COMMITTED || column->visibility != first->visibility ||
            column->uniform != first->uniform || eml_input_is_derived(column) || column->word_count > 0)
            return eml_fail(err, EML_ERR_INPUT, "the one-hot group %s cannot have \"%s\": inputs of one kind, no %s",
                            group->name, column->name, "committed or derived ones nor categories");
        if (!is_binary(column))
            return eml_fail(err, EML_ERR_INPUT, "the one-hot group %s has \"%s\", whose values are not 0 and 1",
                            group->name, column->name);
    }
    return EML_OK;
}

static eml_status check_groups(const eml_abi *abi, eml_error *err) {
    const char **names = eml_alloc(abi->group_count, sizeof *names);
    eml_status status = EML_OK;
    size_t from = 0;
    for (size_t i = 0; i < abi->group_count && status == EML_OK; i++) {
        const eml_onehot_group *group = &abi->groups[i];
        names[i] = group->name;
        status = check_name("one-hot group", i, group->name, err);
        if (status == EML_OK) status = check_group(abi, group, from, err);
        from = group->first + group->count;
    }
    if (status == EML_OK) status = check_unique("one-hot groups", names, abi->group_count, err);
    eml_free(names);
    return status;
}

static bool is_power_of_ten(const mpq_t unit) {
    mpz_srcptr large = mpz_cmp_ui(mpq_numref(unit), 1) == 0 ? mpq_denref(unit) : mpq_numref(unit);
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, mpz_sizeinbase(large, 10) - 1);
    /* sizeinbase may say one digit more than there are, but not of a power */
    bool is =
        (mpz_cmp_ui(mpq_numref(unit), 1) == 0 || mpz_cmp_ui(mpq_denref(unit), 1) == 0) && mpz_cmp(power, large) == 0;
    mpz_clear(power);
    return is;
}

static eml_status check_result(const eml_abi *abi, size_t index, eml_error *err) {
    const eml_result_column *column = &abi->results[index];
    EML_TRY(check_name("result name", index, column->name, err));
    EML_TRY(check_rational(column->name, "unit", column->unit, err));
    EML_TRY(check_rational(column->name, "tolerance", column->tolerance, err));
    if (!is_power_of_ten(column->unit))
        return eml_fail(err, EML_ERR_INPUT, "%s.unit is not a power of ten", column->name);
    if (mpq_sgn(column->tolerance) < 0) return eml_fail(err, EML_ERR_INPUT, "%s.tolerance is negative", column->name);
    eml_status status = eml_formula_check(&column->formula, (uint32_t)(abi->output_count + index), err);
    if (status != EML_OK) eml_error_prefix(err, "the formula of %s", column->name);
    return status;
}

/* Of one table. */
static eml_status check_outputs(const eml_abi *abi, eml_error *err) {
    size_t count = abi->output_count + abi->result_count;
    const char **names = eml_alloc(count, sizeof *names);
    eml_status status = EML_OK;
    for (size_t i = 0; i < abi->output_count && status == EML_OK; i++) {
        names[i] = abi->outputs[i].name;
        status = check_name("output name", i, names[i], err);
        if (status == EML_OK) status = check_output(&abi->outputs[i], i, err);
    }
    for (size_t i = 0; i < abi->result_count && status == EML_OK; i++) {
        names[abi->output_count + i] = abi->results[i].name;
        status = check_result(abi, i, err);
    }
    if (status == EML_OK) status = check_unique("outputs", names, count, err);
    eml_free(names);
    return status;
}

static eml_status check_hidden_param(const eml_hidden_param *param, size_t index, eml_error *err) {
    EML_TRY(check_name("hidden name", index, param->name, err));
    EML_TRY(check_rational(param->name, "lo", param->lo, err));
    EML_TRY(check_rational(param->name, "hi", param->hi, err));
    if (mpq_cmp(param->lo, param->hi) > 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: the range is empty (lo is above hi)", param->name);
    bool spelled = (param->rank > 0 || param->dims[0] == 1) && (param->rank > 1 || param->dims[1] == 1);
    if (param->rank > 2 || param->dims[0] == 0 || param->dims[1] == 0 || !spelled)
        return eml_fail(err, EML_ERR_INPUT, "%s has a shape that no param has", param->name);
    return EML_OK;
}

static eml_status check_hidden(const eml_abi *abi, eml_error *err) {
    if (abi->hidden_count == 0 && abi->row_bits > 0)
        return eml_fail(err, EML_ERR_INPUT, "outputs tell something of what is hidden, but nothing is");
    const char **names = eml_alloc(abi->hidden_count, sizeof *names);
    eml_status status = EML_OK;
    for (size_t i = 0; i < abi->hidden_count && status == EML_OK; i++) {
        names[i] = abi->hidden[i].name;
        status = check_hidden_param(&abi->hidden[i], i, err);
    }
    if (status == EML_OK) status = check_unique("hidden params", names, abi->hidden_count, err);
    eml_free(names);
    return status;
}

/* Of inputs, outputs and hidden params together: whoever reads one must not take it for the other. */
static eml_status check_alike(const eml_abi *abi, eml_error *err) {
    size_t count = abi->input_count + abi->output_count + abi->result_count + abi->hidden_count, next = 0;
    const char **names = eml_alloc(count, sizeof *names), *a, *b;
    for (size_t i = 0; i < abi->input_count; i++) names[next++] = abi->inputs[i].name;
    for (size_t i = 0; i < abi->output_count; i++) names[next++] = abi->outputs[i].name;
    for (size_t i = 0; i < abi->result_count; i++) names[next++] = abi->results[i].name;
    for (size_t i = 0; i < abi->hidden_count; i++) names[next++] = abi->hidden[i].name;
    eml_name_index index;
    eml_name_index_init(&index, names, count);
    bool found = eml_name_index_pair(&index, &a, &b);
    eml_name_index_free(&index);
    eml_free(names);
    if (!found) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "the names \"%s\" and \"%s\" differ only by case, width or script", a, b);
}

eml_status eml_abi_check_inputs(const eml_abi *abi, eml_error *err) {
    EML_TRY(check_inputs(abi, err));
    return check_alike(abi, err);
}

static eml_status check_tape(const eml_abi *abi, eml_visibility visibility, eml_error *err) {
    bool secret = visibility == EML_SECRET;
    const char *name = secret ? "secret_tape" : "public_tape";
    const uint32_t *tape = secret ? abi->secret_tape : abi->public_tape;
    size_t length = secret ? abi->secret_len : abi->public_len;
    for (size_t i = 0; i < length; i++) {
        if (tape[i] == EML_TAPE_ONE) continue;
        if (tape[i] >= abi->input_count)
            return eml_fail(err, EML_ERR_INPUT, "%s[%zu]: there is no input %u", name, i, tape[i]);
        if (abi->inputs[tape[i]].visibility != visibility)
            return eml_fail(err, EML_ERR_INPUT, "%s[%zu]: input \"%s\" is %s", name, i, abi->inputs[tape[i]].name,
                            eml_visibility_name(abi->inputs[tape[i]].visibility));
    }
    return EML_OK;
}

/* Ciphertexts belong to a statement exactly when the program reads some. */
static eml_status check_secrets_read(const eml_abi *abi, eml_error *err) {
    for (size_t i = 0; i < abi->input_count && abi->secret_len == 0; i++)
        if (abi->inputs[i].visibility == EML_SECRET)
            return eml_fail(err, EML_ERR_INPUT, "%s is secret, but the secret tape is empty", abi->inputs[i].name);
    return EML_OK;
}

static eml_status check_committed(const eml_abi *abi, eml_error *err) {
    if (has_committed(abi) && abi->secret_len > 0)
        return eml_fail(err, EML_ERR_INPUT,
                        "inputs are committed, but others are secret: a program has one or the other");
    if (!has_committed(abi) && (abi->reveal.bits > 0 || abi->reveal.row_bits > 0))
        return eml_fail(err, EML_ERR_INPUT, "outputs tell something of what is committed, but nothing is");
    return EML_OK;
}

static eml_status check_raw(const eml_abi *abi, eml_error *err) {
    bool empty = abi->input_count == 0 && abi->output_count == 0 && abi->result_count == 0 && abi->hidden_count == 0 &&
                 abi->group_count == 0 && abi->row_bits == 0 && abi->reveal.bits == 0 && abi->reveal.row_bits == 0 &&
                 abi->public_len == 0 && abi->secret_len == 0;
    if (empty && abi->model[0] == '\0' && !abi->single_row && !abi->encrypted_outputs && abi->delta_bits == 0)
        return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "a raw ABI describes nothing, but this one does");
}

eml_status eml_abi_check(const eml_abi *abi, eml_error *err) {
    if (abi->raw) return check_raw(abi, err);
    if (abi->input_count > EML_ABI_COLUMNS_MAX || abi->output_count > EML_ABI_COLUMNS_MAX ||
        abi->result_count > EML_ABI_COLUMNS_MAX)
        return eml_fail(err, EML_ERR_INPUT, "more than %d columns", EML_ABI_COLUMNS_MAX);
    if (abi->public_len > EML_ABI_TAPE_MAX || abi->secret_len > EML_ABI_TAPE_MAX)
        return eml_fail(err, EML_ERR_INPUT, "a tape of more than %d entries", EML_ABI_TAPE_MAX);
    if (abi->output_count == 0) return eml_fail(err, EML_ERR_INPUT, "there is no output");
    EML_TRY(check_name("model", 0, abi->model, err));
    EML_TRY(check_inputs(abi, err));
    EML_TRY(check_groups(abi, err));
    EML_TRY(check_outputs(abi, err));
    EML_TRY(check_hidden(abi, err));
    EML_TRY(check_alike(abi, err));
    EML_TRY(check_tape(abi, EML_PUBLIC, err));
    EML_TRY(check_tape(abi, EML_SECRET, err));
    EML_TRY(check_secrets_read(abi, err));
    EML_TRY(check_committed(abi, err));
    if (abi->encrypted_outputs != (abi->secret_len > 0))
        return eml_fail(err, EML_ERR_INPUT, "encrypted_outputs must be %s: the secret tape has %zu entries",
                        abi->secret_len > 0 ? "true" : "false", abi->secret_len);
    if (abi->encrypted_outputs != (abi->delta_bits > 0) || abi->delta_bits > EML_ABI_DELTA_BITS_MAX)
        return eml_fail(err, EML_ERR_INPUT, "delta_bits %u: 1..%d when outputs are encrypted, else 0", abi->delta_bits,
                        EML_ABI_DELTA_BITS_MAX);
    return EML_OK;
}
