#include "compiler/check/derive.h"

#include <string.h>

#include "compiler/check/rational.h"

/* ----- Owners */

/* The owner of all columns of the forms; EML_VISIBILITIES when there are several. uniform: whether all are. */
static eml_visibility owner_of(const eml_evaluator *ev, const eml_form *const *forms, size_t count, bool *uniform) {
    eml_visibility owner = EML_VISIBILITIES;
    bool several = false;
    *uniform = true;
    for (size_t f = 0; f < count; f++) {
        for (size_t i = 0; i < forms[f]->count; i++) {
            const uint32_t columns[] = {forms[f]->terms[i].monomial.first, forms[f]->terms[i].monomial.second};
            for (int k = 0; k < 2; k++) {
                if (columns[k] == EML_NO_INPUT) continue;
                eml_row_column column = eml_evaluator_column(ev, columns[k]);
                several = several || (owner != EML_VISIBILITIES && owner != column.visibility);
                owner = column.visibility;
                *uniform = *uniform && column.uniform;
            }
        }
    }
    return several ? EML_VISIBILITIES : owner;
}

bool eml_derive_has_owner(const eml_evaluator *ev, const eml_form *a, const eml_form *b) {
    const eml_form *forms[] = {a, b};
    bool uniform;
    eml_visibility owner = owner_of(ev, forms, 2, &uniform);
    return owner == EML_PUBLIC || owner == EML_SECRET;
}

static bool check_owner(eml_evaluator *ev, const eml_expr *node, eml_visibility owner) {
    if (owner == EML_PUBLIC || owner == EML_SECRET) return true;
    if (owner == EML_COMMITTED) {
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_DERIVED_COMMITTED, node->op_span,
                                      "a function of committed inputs, which nobody but the prover could check");
        eml_diag_note(ev->diags, diag, "have its value committed to as an input of its own");
    } else {
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_DERIVED_OWNERS, node->op_span,
                                      "nobody has all the inputs of this in plain: some are public, others not");
        eml_diag_note(ev->diags, diag,
                      "what is derived, as all that is not affine, has inputs of one owner: all public, or all secret");
    }
    return false;
}

/* ----- The derived inputs, each once */

static size_t hash_code(const eml_buf *code) {
    size_t hash = (size_t)UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < code->len; i++) hash = (hash ^ code->data[i]) * (size_t)UINT64_C(0x100000001b3);
    return hash;
}

/* The slot of the code, or the empty one where it would go. */
static size_t find_slot(const eml_derivations *derived, const eml_buf *code) {
    size_t slot = hash_code(code) & derived->mask;
    for (; derived->slots[slot] != 0; slot = (slot + 1) & derived->mask) {
        const eml_buf *other = &derived->items[derived->slots[slot] - 1].code;
        if (other->len == code->len && memcmp(other->data, code->data, code->len) == 0) break;
    }
    return slot;
}

static void make_room(eml_derivations *derived) {
    size_t size = derived->slots == NULL ? 0 : derived->mask + 1;
    if (2 * (derived->count + 1) <= size) return;
    eml_free(derived->slots);
    size = size == 0 ? 16 : 2 * size;
    derived->slots = eml_alloc(size, sizeof *derived->slots);
    derived->mask = size - 1;
    for (size_t i = 0; i < derived->count; i++) derived->slots[find_slot(derived, &derived->items[i].code)] = i + 1;
}

/* Takes the formula. */
static uint32_t intern(eml_evaluator *ev, const eml_expr *node, eml_formula *formula, eml_visibility owner,
                       bool uniform) {
    eml_derivations *derived = &ev->derived;
    eml_buf code = {0};
    eml_formula_encode(formula, &code);
    make_room(derived);
    size_t slot = find_slot(derived, &code);
    if (derived->slots[slot] != 0) {
        eml_buf_free(&code);
        eml_formula_free(formula);
        return EML_COLUMN_DERIVED + (uint32_t)(derived->slots[slot] - 1);
    }
    derived->items = eml_grow(derived->items, &derived->capacity, derived->count + 1, sizeof *derived->items);
    derived->items[derived->count++] =
        (eml_derived){*formula, code, node, {.visibility = owner, .uniform = uniform, .decl = SIZE_MAX}, NULL, NULL};
    derived->slots[slot] = derived->count;
    return EML_COLUMN_DERIVED + (uint32_t)(derived->count - 1);
}

/* ----- Forms as formulas */

static const eml_words *words_of(const eml_evaluator *ev, uint32_t column) {
    if (column >= EML_COLUMN_DERIVED) return NULL;
    const eml_words *words = &ev->ast->decls[ev->columns[column].decl].words;
    return words->count > 0 ? words : NULL;
}

static void add_factor(const eml_evaluator *ev, uint32_t column, eml_formula *out) {
    if (column < EML_COLUMN_DERIVED || column >= EML_COLUMN_OUTPUT) {
        eml_formula_add_column(out, column);
        return;
    }
    const eml_derived *from = &ev->derived.items[column - EML_COLUMN_DERIVED];
    eml_formula_append(out, &from->formula);
    if (from->pins != NULL && from->pins->has_range)
        out->nodes[out->count - 1].pinned = 1 + column - EML_COLUMN_DERIVED;
}

/* |coefficient| * its factors. */
static void add_term(const eml_evaluator *ev, const eml_form_term *term, eml_formula *out) {
    mpq_t size;
    mpq_init(size);
    mpq_abs(size, term->coefficient);
    unsigned values = 0;
    if (term->monomial.first == EML_NO_INPUT || mpq_cmp_ui(size, 1, 1) != 0) {
        eml_formula_add_number(out, size);
        values++;
    }
    const uint32_t columns[] = {term->monomial.first, term->monomial.second};
    for (int k = 0; k < 2; k++) {
        if (columns[k] == EML_NO_INPUT) continue;
        add_factor(ev, columns[k], out);
        if (values++ > 0) eml_formula_add(out, EML_FORMULA_MULTIPLY, 2);
    }
    mpq_clear(size);
}

static bool check_terms(eml_evaluator *ev, const eml_expr *node, const eml_form *form) {
    if (eml_eval_refuse_hidden(ev, node, "what is not affine", form)) return false;
    for (size_t i = 0; i < form->count; i++) {
        mpq_srcptr number = form->terms[i].coefficient;
        if (mpz_sizeinbase(mpq_numref(number), 2) > EML_FORMULA_NUMBER_BITS_MAX ||
            mpz_sizeinbase(mpq_denref(number), 2) > EML_FORMULA_NUMBER_BITS_MAX) {
            eml_diag_add(ev->diags, EML_DIAG_NUMBER_LONG, node->span,
                         "a number of more than %d bits in what is not affine", EML_FORMULA_NUMBER_BITS_MAX);
            return false;
        }
        uint32_t column = form->terms[i].monomial.first;
        if (column == EML_NO_INPUT || words_of(ev, column) == NULL) continue;
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_CATEGORY, node->span, "`%s` is a category, no number",
                                      ev->ast->decls[ev->columns[column].decl].name.text);
        eml_diag_note(ev->diags, diag, "compare it, `== \"word\"`, or take `onehot` of it");
        return false;
    }
    return true;
}

static bool check_size(eml_evaluator *ev, const eml_expr *node, size_t count) {
    if (count <= EML_FORMULA_NODES_MAX) return true;
    eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, node->span, "a formula of more than %d operations",
                 EML_FORMULA_NODES_MAX);
    return false;
}

static size_t nodes_of(const eml_evaluator *ev, const eml_form *form) {
    size_t count = 1;
    for (size_t i = 0; i < form->count; i++) {
        const uint32_t columns[] = {form->terms[i].monomial.first, form->terms[i].monomial.second};
        count += 4;
        for (int k = 0; k < 2; k++)
            if (columns[k] != EML_NO_INPUT && columns[k] >= EML_COLUMN_DERIVED && columns[k] < EML_COLUMN_OUTPUT)
                count += ev->derived.items[columns[k] - EML_COLUMN_DERIVED].formula.count;
    }
    return count;
}

bool eml_derive_formula(eml_evaluator *ev, const eml_expr *node, const eml_form *form, eml_formula *out) {
    if (!check_terms(ev, node, form) || !check_size(ev, node, out->count + nodes_of(ev, form))) return false;
    if (form->count == 0) mpq_set_ui(eml_formula_add(out, EML_FORMULA_NUMBER, 0)->number, 0, 1);
    for (size_t i = 0; i < form->count; i++) {
        bool negative = mpq_sgn(form->terms[i].coefficient) < 0;
        add_term(ev, &form->terms[i], out);
        if (i == 0 && negative) eml_formula_add(out, EML_FORMULA_NEGATE, 1);
        if (i > 0) eml_formula_add(out, negative ? EML_FORMULA_SUBTRACT : EML_FORMULA_ADD, 2);
    }
    return true;
}

/* ----- Constants */

/* A function of constants, which nobody has said how exact it has to be: so many significant digits. */
enum { CONSTANT_DIGITS = 50, CONSTANT_PLACES_MAX = 1000 };

static eml_status value_at(const eml_formula *formula, long places, mpq_t out, eml_error *err) {
    eml_formula_node *last = &formula->nodes[formula->count - 1];
    if (eml_formula_rounds(last)) eml_rational_power10(last->number, -places);
    return eml_formula_value(formula, NULL, out, err);
}

static bool fold(eml_evaluator *ev, const eml_expr *node, eml_formula *formula, eml_form *sum) {
    mpq_t value, least;
    mpq_inits(value, least, NULL);
    eml_error err = {0};
    bool rounds = eml_formula_rounds(&formula->nodes[formula->count - 1]), done = false;
    eml_status status = EML_OK;
    for (long places = CONSTANT_DIGITS; status == EML_OK && !done && places <= CONSTANT_PLACES_MAX; places *= 2) {
        status = value_at(formula, places, value, &err);
        eml_rational_power10(least, CONSTANT_DIGITS - places);
        mpq_abs(least, least);
        done = !rounds || mpq_cmp(value, least) >= 0;
        mpq_neg(least, least);
        done = done || mpq_cmp(value, least) <= 0;
    }
    if (status != EML_OK) eml_diag_add(ev->diags, EML_DIAG_DERIVED_DOMAIN, node->op_span, "%s", err.text);
    if (status == EML_OK) eml_form_append_term(sum, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, value);
    mpq_clears(value, least, NULL);
    eml_formula_free(formula);
    return status == EML_OK;
}

/* ----- Operations */

/* Of a chain of operations each begins with all before it. */
static bool spend_nodes(eml_evaluator *ev, const eml_expr *node, size_t count) {
    ev->derived.nodes += count;
    if (ev->derived.nodes <= EML_DERIVED_NODES_MAX) return true;
    eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, node->span,
                 "the formulas of all derived inputs have more than %d operations together", EML_DERIVED_NODES_MAX);
    return false;
}

static bool all_constant(const eml_form *const *operands, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!eml_form_is_constant(operands[i])) return false;
    return true;
}

static void append_column(eml_form *sum, uint32_t column) {
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    eml_form_append_term(sum, (eml_monomial){column, EML_NO_INPUT}, one);
    mpq_clear(one);
}

bool eml_derive(eml_evaluator *ev, const eml_expr *node, const eml_operation *operation,
                const eml_form *const *operands, size_t count, eml_form *sum) {
    bool uniform, constant = all_constant(operands, count);
    eml_visibility owner = owner_of(ev, operands, count, &uniform);
    if (!constant && !check_owner(ev, node, owner)) return false;
    eml_formula formula = {0};
    for (size_t i = 0; i < count; i++) {
        if (eml_derive_formula(ev, node, operands[i], &formula)) continue;
        eml_formula_free(&formula);
        return false;
    }
    eml_formula_node *last = eml_formula_add(&formula, operation->operator,(uint32_t) count);
    last->function = operation->function;
    last->column = operation->share;
    last->exponent = operation->exponent;
    if (constant) return fold(ev, node, &formula, sum);
    if (!spend_nodes(ev, node, formula.count)) {
        eml_formula_free(&formula);
        return false;
    }
    append_column(sum, intern(ev, node, &formula, owner, uniform));
    return true;
}

static bool refuse_constant(eml_evaluator *ev, const eml_decl *decl) {
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_DERIVE, decl->value->span, "`%s` is derived, but reads no input",
                                  decl->name.text);
    eml_diag_note(ev->diags, diag, "write `param` before a constant");
    return false;
}

static bool refuse_second(eml_evaluator *ev, const eml_decl *decl, const eml_decl *first) {
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_DERIVE, decl->name.span, "`%s` is the same input as `%s`",
                                  decl->name.text, first->name.text);
    eml_diag_note_at(ev->diags, diag, first->name.span, "derived here");
    eml_diag_note(ev->diags, diag, "write `let` for a second name");
    return false;
}

static eml_pins *copy_pins(const eml_pins *pins) {
    eml_pins *copy = eml_alloc(1, sizeof *copy);
    *copy = (eml_pins){.has_range = pins->has_range, .has_frac = pins->has_frac, .frac = pins->frac};
    mpq_inits(copy->lo, copy->hi, NULL);
    mpq_set(copy->lo, pins->lo);
    mpq_set(copy->hi, pins->hi);
    return copy;
}

bool eml_derive_declared(eml_evaluator *ev, size_t decl, size_t element, const eml_form *form, const eml_pins *pins,
                         eml_form *sum) {
    const eml_decl *declared = &ev->ast->decls[decl];
    const eml_expr *node = declared->value;
    bool uniform;
    if (eml_eval_refuse_hidden(ev, node, "what is derived", form)) return false;
    if (eml_form_is_constant(form)) return refuse_constant(ev, declared);
    eml_visibility owner = owner_of(ev, &form, 1, &uniform);
    eml_formula formula = {0};
    if (!check_owner(ev, node, owner) || !eml_derive_formula(ev, node, form, &formula) ||
        !spend_nodes(ev, node, formula.count)) {
        eml_formula_free(&formula);
        return false;
    }
    uint32_t column = intern(ev, node, &formula, owner, uniform);
    eml_derived *item = &ev->derived.items[column - EML_COLUMN_DERIVED];
    if (item->declared != NULL) return refuse_second(ev, declared, item->declared);
    item->declared = declared;
    item->pins = copy_pins(pins);
    item->column.decl = decl;
    item->column.element = element;
    append_column(sum, column);
    return true;
}

/* The coefficient of a form of one term, and that term with the coefficient 1; of others 1 and the form. */
static void split(const eml_form *form, eml_form *coefficient, eml_form *rest) {
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    *coefficient = *rest = (eml_form){0};
    if (form->count == 1 && !eml_form_is_constant(form)) {
        eml_form_append_scaled(coefficient, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, &form->terms[0], one);
        eml_form_append_term(rest, form->terms[0].monomial, one);
    } else {
        eml_form_append_term(coefficient, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, one);
        eml_form_copy(rest, form);
    }
    mpq_clear(one);
}

static bool same_form(const eml_form *a, const eml_form *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (eml_monomial_compare(a->terms[i].monomial, b->terms[i].monomial) != 0 || a->terms[i].hidden != NULL ||
            b->terms[i].hidden != NULL || !mpq_equal(a->terms[i].coefficient, b->terms[i].coefficient))
            return false;
    return true;
}

bool eml_derive_product(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b, eml_form *sum) {
    eml_form coefficients[2], rests[2], coefficient = {0}, product = {0};
    split(a, &coefficients[0], &rests[0]);
    split(b, &coefficients[1], &rests[1]);
    eml_form_append_product(&coefficient, &coefficients[0], &coefficients[1]);
    bool square = same_form(&rests[0], &rests[1]);
    eml_operation operation = {.operator= square ? EML_FORMULA_POWER : EML_FORMULA_MULTIPLY,
                               .exponent = square ? 2 : 0};
    bool good = eml_derive(ev, node, &operation, (const eml_form *[]){&rests[0], &rests[1]}, square ? 1 : 2, &product);
    if (good) eml_form_append_product(sum, &coefficient, &product);
    for (int i = 0; i < 2; i++) {
        eml_form_free(&coefficients[i]);
        eml_form_free(&rests[i]);
    }
    eml_form_free(&coefficient);
    eml_form_free(&product);
    return good;
}

static bool append_linear(eml_evaluator *ev, const eml_expr *node, const eml_form_term *term, eml_form *out) {
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    eml_form factors[2] = {{0}, {0}}, column = {0};
    eml_form_append_term(&factors[0], (eml_monomial){term->monomial.first, EML_NO_INPUT}, one);
    eml_form_append_term(&factors[1], (eml_monomial){term->monomial.second, EML_NO_INPUT}, one);
    bool owned = eml_derive_has_owner(ev, &factors[0], &factors[1]);
    bool good = !owned || eml_derive_product(ev, node, &factors[0], &factors[1], &column);
    if (good) eml_form_append_scaled(out, owned ? column.terms[0].monomial : term->monomial, term, one);
    eml_form_free(&factors[0]);
    eml_form_free(&factors[1]);
    eml_form_free(&column);
    mpq_clear(one);
    return good;
}

bool eml_derive_linear(eml_evaluator *ev, const eml_expr *node, const eml_form *form, eml_form *out) {
    mpq_t one;
    bool good = true;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    for (size_t i = 0; i < form->count && good; i++) {
        const eml_form_term *term = &form->terms[i];
        if (eml_monomial_degree(term->monomial) < 2)
            eml_form_append_scaled(out, term->monomial, term, one);
        else
            good = append_linear(ev, node, term, out);
    }
    eml_form_normalise(out);
    mpq_clear(one);
    return good;
}

/* a / b: of a constant a its own times 1 / b. */
bool eml_derive_quotient(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b, eml_form *sum) {
    eml_form coefficient, rest, divisor, divided, quotient = {0}, scaled = {0};
    bool reciprocal = eml_form_is_constant(a);
    split(a, &coefficient, &rest);
    split(b, &divided, &divisor);
    bool good = !eml_eval_refuse_hidden(ev, node->items[1], "a divisor", b);
    if (good) eml_form_invert(&divided);
    eml_operation operation = {.operator= reciprocal ? EML_FORMULA_POWER : EML_FORMULA_DIVIDE,
                               .exponent = reciprocal ? -1 : 0};
    const eml_form *operands[] = {reciprocal ? &divisor : &rest, &divisor};
    good = good && eml_derive(ev, node, &operation, operands, reciprocal ? 1 : 2, &quotient);
    if (good) {
        eml_form_append_product(&scaled, reciprocal ? a : &coefficient, &divided);
        eml_form_append_product(sum, &scaled, &quotient);
    }
    eml_form_free(&coefficient);
    eml_form_free(&rest);
    eml_form_free(&divisor);
    eml_form_free(&divided);
    eml_form_free(&quotient);
    eml_form_free(&scaled);
    return good;
}

/* ----- Categories */

static bool is_column_alone(const eml_form *form) {
    return form->count == 1 && form->terms[0].monomial.second == EML_NO_INPUT && form->terms[0].hidden == NULL &&
           form->terms[0].monomial.first != EML_NO_INPUT && mpq_cmp_ui(form->terms[0].coefficient, 1, 1) == 0;
}

const eml_words *eml_derive_words(const eml_evaluator *ev, const eml_form *form) {
    return is_column_alone(form) ? words_of(ev, form->terms[0].monomial.first) : NULL;
}

static bool find_word(eml_evaluator *ev, const eml_words *words, const eml_expr *word, unsigned long *index) {
    const char **candidates = eml_alloc(words->count, sizeof *candidates);
    for (size_t i = 0; i < words->count; i++) candidates[i] = words->items[i]->text;
    bool found = false;
    for (size_t i = 0; i < words->count && !found; i++) {
        found = strcmp(candidates[i], word->text) == 0;
        *index = i;
    }
    if (!found) {
        const char *nearest = eml_diag_nearest(word->text, candidates, words->count);
        eml_diag *diag =
            eml_diag_add(ev->diags, EML_DIAG_CATEGORY, word->span, "the category has no word \"%s\"", word->text);
        if (nearest != NULL) eml_diag_note(ev->diags, diag, "did you mean \"%s\"?", nearest);
        eml_diag_note_at(ev->diags, diag, words->span, "its words are here");
    }
    eml_free(candidates);
    return found;
}

bool eml_derive_is_word(eml_evaluator *ev, const eml_expr *node, const eml_form *category, const eml_expr *word,
                        eml_form *sum) {
    const eml_words *words = eml_derive_words(ev, category);
    unsigned long index = 0;
    if (words == NULL) {
        eml_diag_add(ev->diags, EML_DIAG_CATEGORY, node->span,
                     "a word can be compared with a category alone, such as `input public x in {\"a\", \"b\"}`");
        return false;
    }
    if (!find_word(ev, words, word, &index)) return false;
    uint32_t column = category->terms[0].monomial.first;
    if (!check_owner(ev, node, ev->columns[column].visibility)) return false;
    eml_formula formula = {0};
    eml_formula_add_column(&formula, column);
    mpq_set_ui(eml_formula_add(&formula, EML_FORMULA_NUMBER, 0)->number, index, 1);
    eml_formula_add(&formula, EML_FORMULA_EQUAL, 2);
    append_column(sum, intern(ev, node, &formula, ev->columns[column].visibility, ev->columns[column].uniform));
    return true;
}
