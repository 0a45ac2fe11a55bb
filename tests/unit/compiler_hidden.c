/* Hidden params: intervals hold what they are of, nothing that others get depends on a hidden value, and bounds worked
 * out from declarations are bounds. */
#include "tests/unit/quantize_rows.h"

#include <math.h>

#include "compiler/code/pack.h"
#include "compiler/code/salts.h"

enum { PAIRS = 200, MODELS = 60, ROWS = 25, ELEMENTS_MAX = 12, PARAMS_MAX = 8 };

/* ----- Random hidden models: a shape, and values of the params */

typedef struct hidden_param {
    size_t rows, columns; /* columns 0: a vector, or with rows 0 a scalar */
    int lo, hi;
} hidden_param;

typedef struct shape {
    hidden_param params[PARAMS_MAX];
    size_t param_count, elements;
    bool single_row;
    eml_buf declarations, outputs;
} shape;

static const char *name_of(size_t param) {
    static const char *const names[PARAMS_MAX] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"};
    return names[param];
}

static const char *add_param(shape *s, size_t rows, size_t columns, int lo, int hi) {
    s->params[s->param_count] = (hidden_param){rows, columns, lo, hi};
    return name_of(s->param_count++);
}

static int random_end(void) { return (int)below(12) - 6; }

static const char *add_random(shape *s, size_t rows, size_t columns) {
    int lo = random_end();
    return add_param(s, rows, columns, lo, lo + 1 + (int)below(10));
}

static void put_inputs(shape *s) {
    static const char *const kinds[] = {"", "", " integer", " step 0.25"};
    int lo = (int)below(40) - 20;
    eml_buf_printf(&s->declarations, "input public x[%zu] in [%d, %d]%s\n", s->elements, lo, lo + 1 + (int)below(60),
                   kinds[below(4)]);
    eml_buf_put_text(&s->declarations, "input public z in [-3, 8.5]\ninput public uniform u in [0.5, 2]\n");
    eml_buf_put_text(&s->declarations, "param known = 2.75\n");
}

static void put_output(shape *s, const char *name) {
    eml_buf *out = &s->outputs;
    eml_buf_printf(out, "output %s within 1e%d = dot(%s, x)", name, -(int)below(5), add_random(s, s->elements, 0));
    if (below(2)) eml_buf_printf(out, " + %s", add_random(s, 0, 0));
    if (below(2)) eml_buf_put_text(out, " + known * z - 3");
    if (below(3) == 0) eml_buf_printf(out, " - %s * u * z", add_random(s, 0, 0));
    if (below(3) == 0) eml_buf_printf(out, " + z * p0[0] / %s", add_param(s, 0, 0, 1, 3));
    if (s->single_row) eml_buf_put_text(out, " + p0[0] * x[0] * z + 0.5 * z * z");
    eml_buf_put_u8(out, '\n');
}

static void open_shape(shape *s) {
    *s = (shape){.elements = 1 + below(ELEMENTS_MAX), .single_row = below(4) == 0};
    put_inputs(s);
    put_output(s, "y");
    if (below(3) == 0)
        put_output(s, "v");
    else if (below(3) == 0)
        eml_buf_printf(&s->outputs, "output m[2] within 1e-2 = %s @ x\n", add_random(s, 2, s->elements));
    eml_buf_put_u8(&s->declarations, 0);
    eml_buf_put_u8(&s->outputs, 0);
}

static void close_shape(shape *s) {
    eml_buf_free(&s->declarations);
    eml_buf_free(&s->outputs);
}

typedef enum values { ALL_EQUAL, ZERO, ONE, MINUS_ONE, LOW, HIGH, ENDS, RANDOM, VALUES } values;

/* What is not in the range becomes an end of it. */
static void put_value(const hidden_param *p, values kind, eml_buf *out) {
    static const double chosen[] = {[ALL_EQUAL] = 0.625, [ZERO] = 0, [ONE] = 1, [MINUS_ONE] = -1};
    double value = 0;
    if (kind <= MINUS_ONE) value = fmin(fmax(chosen[kind], p->lo), p->hi);
    if (kind == LOW || (kind == ENDS && below(2))) value = p->lo;
    if (kind == HIGH || (kind == ENDS && value == 0)) value = p->hi;
    if (kind != RANDOM) {
        eml_buf_printf(out, "%g", value);
        return;
    }
    unsigned thousandths = 1000 * (unsigned)(p->hi - p->lo);
    eml_buf_printf(out, "%d + %u / 1000", p->lo, (unsigned)below(thousandths + 1));
}

static void put_list(const hidden_param *p, values kind, size_t count, eml_buf *out) {
    for (size_t i = 0; i < count; i++) {
        eml_buf_put_text(out, i > 0 ? ", " : "[");
        put_value(p, kind, out);
    }
    eml_buf_put_text(out, "]");
}

static void put_param(const hidden_param *p, const char *name, values kind, eml_buf *out) {
    eml_buf_printf(out, "param %s hidden in [%d, %d] = ", name, p->lo, p->hi);
    if (p->columns > 0) {
        for (size_t i = 0; i < p->rows; i++) {
            eml_buf_put_text(out, i > 0 ? ", " : "[");
            put_list(p, kind, p->columns, out);
        }
        eml_buf_put_text(out, "]");
    } else if (p->rows > 0) {
        put_list(p, kind, p->rows, out);
    } else {
        put_value(p, kind, out);
    }
    eml_buf_put_u8(out, '\n');
}

static void compile(const shape *s, values kind, fixture *f, eml_bundle *bundle) {
    eml_buf text = {0};
    eml_buf_printf(&text, "model random%s\n%s", s->single_row ? " single row" : "", (char *)s->declarations.data);
    for (size_t i = 0; i < s->param_count; i++) put_param(&s->params[i], name_of(i), kind, &text);
    eml_buf_printf(&text, "%s", (char *)s->outputs.data);
    eml_buf_put_u8(&text, 0);
    fixture_compile(f, (const char *)text.data);
    eml_error err;
    assert_int_equal(fixture_validate(f, &err), EML_OK);
    eml_pack(&f->passes.quant, &f->program, &f->abi, bundle);
    eml_buf_free(&text);
}

/* ----- What others get */

static void put_shown(const fixture *f, const eml_bundle *bundle, eml_buf *out) {
    eml_abi_encode(&bundle->abi, out);
    eml_buf_put(out, bundle->program.code, eml_shape_code_rows(&bundle->program.shape));
    eml_buf_put(out, bundle->air_digest.bytes, sizeof bundle->air_digest.bytes);
    eml_buf_put_text(out, bundle->report);
    eml_model_print(&f->passes.model, out);
    eml_quant_print(&f->passes.quant, out);
    eml_quant_report(&f->passes.quant, out);
    eml_diags_render_json(&f->diags, out);
}

static bool same_immediates(const eml_bundle *a, const eml_bundle *b) {
    uint32_t groups = eml_shape_code_rows(&a->program.shape) / eml_shape_group(&a->program.shape);
    bool same = true;
    for (uint32_t i = 0; i < groups; i++) same = same && eml_fe_eq(a->program.immediates[i], b->program.immediates[i]);
    return same;
}

static void test_pairs(void **unused) {
    (void)unused;
    int differ = 0;
    for (int i = 0; i < PAIRS; i++) {
        shape s;
        fixture a, b;
        eml_bundle first, second;
        eml_buf shown_first = {0}, shown_second = {0};
        open_shape(&s);
        compile(&s, (values)(i % VALUES), &a, &first);
        compile(&s, RANDOM, &b, &second);
        assert_true(eml_shape_eq(&first.program.shape, &second.program.shape));
        assert_true(eml_shape_is_hidden(&first.program.shape) && first.program.shape.salted);
        put_shown(&a, &first, &shown_first);
        put_shown(&b, &second, &shown_second);
        assert_int_equal(shown_first.len, shown_second.len);
        assert_memory_equal(shown_first.data, shown_second.data, shown_first.len);
        differ += !same_immediates(&first, &second);
        eml_buf_free(&shown_first);
        eml_buf_free(&shown_second);
        eml_bundle_free(&first);
        eml_bundle_free(&second);
        fixture_free(&a);
        fixture_free(&b);
        close_shape(&s);
    }
    assert_int_equal(differ, PAIRS);
}

static void check_weights(const eml_quant *quant) {
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    for (size_t o = 0; o < quant->model->output_count; o++) {
        const eml_quant_output *output = &quant->outputs[o];
        for (size_t i = 0; i < output->centred.count; i++) {
            eml_quant_weight_range(quant, output, i, lo, hi);
            assert_true(mpz_cmp(output->weights[i], lo) >= 0 && mpz_cmp(output->weights[i], hi) <= 0);
        }
    }
    mpz_clears(lo, hi, NULL);
}

static void test_bounds(void **unused) {
    (void)unused;
    for (int i = 0; i < MODELS; i++) {
        shape s;
        open_shape(&s);
        for (values kind = LOW; kind <= RANDOM; kind++) {
            fixture f;
            eml_bundle bundle;
            compile(&s, kind, &f, &bundle);
            check_weights(&f.passes.quant);
            for (int row = 0; row < ROWS; row++) check_row(&f, &bundle);
            eml_bundle_free(&bundle);
            fixture_free(&f);
        }
        close_shape(&s);
    }
}

/* ----- Intervals */

static void check_interval(const char *expression, const char *lo, const char *hi) {
    eml_buf text = {0};
    fixture f;
    eml_buf_printf(&text,
                   "model m\ninput public x in [0, 1]\nparam a hidden in [-2, 3] = 0\nparam b hidden in [1, 4] = 2\n"
                   "output y within 1e-3 = (%s) * x + b + a\n",
                   expression);
    eml_buf_put_u8(&text, 0);
    assert_true(fixture_quantize(&f, (const char *)text.data, -1));
    const eml_form *form = &f.passes.model.outputs[0].form;
    const eml_form_term *term = &form->terms[0];
    assert_int_equal(form->count, 2);
    assert_non_null(term->hidden);
    mpq_t end;
    mpq_init(end);
    mpq_set_str(end, lo, 10);
    assert_true(mpq_equal(term->hidden->lo, end));
    mpq_set_str(end, hi, 10);
    assert_true(mpq_equal(term->hidden->hi, end));
    assert_true(mpq_cmp(term->coefficient, term->hidden->lo) >= 0 && mpq_cmp(term->coefficient, term->hidden->hi) <= 0);
    mpq_clear(end);
    fixture_free(&f);
    eml_buf_free(&text);
}

static void test_intervals(void **unused) {
    (void)unused;
    check_interval("a", "-2", "3");
    check_interval("-a", "-3", "2");
    check_interval("2 * a - 1", "-5", "5");
    check_interval("a / 4", "-1/2", "3/4");
    check_interval("a * b", "-8", "12");
    check_interval("a * a", "-6", "9");
    check_interval("a - a", "-5", "5");
    check_interval("a + b", "-1", "7");
    check_interval("b - 2", "-1", "2");
    check_interval("1 / b", "1/4", "1");
    check_interval("a / -b", "-3", "2");
    check_interval("dot([a, b, 1], [1, -2, 5])", "-5", "6");
    check_interval("sum([a, b][0:1])", "-2", "3");
}

/* ----- No unit of the output ten times as coarse would do: the errors of inputs add, so each may be looked at alone */

static double term_error(double unit, double output_unit, double reach, double magnitude) {
    double missed = output_unit / unit / 2, meant = rint(magnitude * unit / output_unit) * output_unit / unit;
    if (meant == 0) missed = magnitude;
    return missed * reach + meant * fmin(unit / 2, reach);
}

static void test_coarsest(void **unused) {
    (void)unused;
    for (int i = 0; i < MODELS; i++) {
        eml_buf text = {0};
        unsigned reach[2] = {1 + (unsigned)below(50), 1 + (unsigned)below(50)};
        unsigned bound[2] = {1 + (unsigned)below(50), 1 + (unsigned)below(50)};
        eml_buf_printf(&text, "model m\ninput public x in [-%u, %u]\ninput public z in [-%u, %u]\n", reach[0], reach[0],
                       reach[1], reach[1]);
        eml_buf_printf(&text, "param a hidden in [-%u, %u] = 0.3\nparam b hidden in [-%u, %u] = 0.4\n", bound[0],
                       bound[0], bound[1], bound[1]);
        eml_buf_printf(&text, "output y within 1e-%u = a * x + b * z + 1\n", (unsigned)below(6));
        eml_buf_put_u8(&text, 0);
        fixture f;
        assert_true(fixture_quantize(&f, (const char *)text.data, -1));
        double coarser = 10 * mpq_get_d(f.passes.quant.outputs[0].unit), least = 0;
        for (int j = 0; j < 2; j++) {
            double best = INFINITY;
            for (double unit = 1e-12; unit < 2 * reach[j]; unit *= 1.001)
                best = fmin(best, term_error(unit, coarser, reach[j], bound[j]));
            least += best;
        }
        assert_true(least * 1.001 > mpq_get_d(f.passes.quant.outputs[0].tolerance));
        fixture_free(&f);
        eml_buf_free(&text);
    }
}

/* ----- Messages: a value with something put into it, all of whose four digits never stand in what is said */

static void check_message(const char *before, const char *value, const char *after) {
    static const char extra[] = "[](),;:\"@#.xe+*/{}-";
    char broken[64];
    size_t at = below(strlen(value) + 1);
    snprintf(broken, sizeof broken, "%.*s%c%s", (int)at, value, extra[below(sizeof extra - 1)], value + at);
    eml_buf text = {0}, said = {0};
    eml_buf_printf(&text, "model m\ninput public x[2] in [0, 1]\n%s%s%s\noutput y within 1e-3 = w @ x\n", before,
                   below(4) ? broken : value, after);
    eml_buf_put_u8(&text, 0);
    fixture f;
    fixture_quantize(&f, (const char *)text.data, -1);
    eml_diags_render(&f.diags, false, &said);
    eml_diags_render_json(&f.diags, &said);
    eml_buf_put_u8(&said, 0);
    assert_null(strstr((const char *)said.data, "7351"));
    eml_buf_free(&said);
    eml_buf_free(&text);
    fixture_free(&f);
}

static void test_messages(void **unused) {
    (void)unused;
    static const char *const before[] = {"param w[2] hidden in [-9000, 9000] = ",
                                         "param w[2] hidden in [0, 1] = ",
                                         "param w[2] hidden in [0, 1] ",
                                         "param w[2] hidden = ",
                                         "param w[2] hidden in [5 = ",
                                         "param w[2 hidden in [0, 1] = ",
                                         "param w[3] hidden in [0, 1] = ",
                                         "param hidden in [0, 1] = ",
                                         "param w hidden in [0, x] = "};
    static const char *const numbers[] = {"[7351.25, -7351]", "7351", "[\n 7351,\n 7351]", "[7351e0, -w]",
                                          "- 7351 / 2"};
    static const char *const after[] = {"", " # was 7351", " 7351", " in [0, 1]"};
    for (int i = 0; i < 20 * PAIRS; i++)
        check_message(before[below(sizeof before / sizeof *before)], numbers[below(sizeof numbers / sizeof *numbers)],
                      after[below(sizeof after / sizeof *after)]);
}

/* ----- What a row tells */

static void test_reveal(void **unused) {
    (void)unused;
    fixture f;
    assert_true(fixture_quantize(&f,
                                 "model m\ninput public x[3] in [0, 4] integer\n"
                                 "param w[3] hidden in [-2, 3] = [1, 0, 2]\nparam b hidden in [0, 1] = 1\n"
                                 "param s hidden in [1, 2] = 1.5\nparam t[2] hidden in [0, 1] = [1, 0.5]\n"
                                 "output y within 0.1 = dot(w, x) + b\n"
                                 "output v within 0.1 = s * dot(t, x[0:2]) + w[0] * x[2] / 10\n",
                                 -1));
    const eml_quant *quant = &f.passes.quant;
    const eml_model *model = &f.passes.model;
    assert_int_equal(model->hidden_count, 4);
    assert_string_equal(model->hidden[0].decl->name.text, "w");
    assert_int_equal(model->hidden[0].extent.dims[0], 3);
    assert_int_equal(mpq_cmp_si(model->hidden[0].lo, -2, 1), 0);
    /* Results are multiples of 0.01 (half of 0.1 for each of 3 weights of x up to 2, centred, is too much). */
    assert_int_equal(mpq_cmp_ui(quant->outputs[0].unit, 1, 100), 0);
    assert_true(fabs(quant->hidden_bits[0] - 3 * log2(501)) < 1.0 / 16); /* w[0] / 10 is coarser */
    assert_true(fabs(quant->hidden_bits[1] - log2(101)) < 1.0 / 16);
    /* Two weights s * t[i] in [0, 2]; of the three elements they have, s comes first, and counts once. */
    assert_true(fabs(quant->hidden_bits[2] - log2(201)) < 1.0 / 16);
    assert_true(quant->hidden_bits[3] == 0);
    assert_true(fabs(quant->outputs[0].row_bits - log2(6701)) < 1.0 / 16); /* 3 * 2 * 300 + 1900, ... */
    assert_int_equal(eml_quant_reveal_rows(quant),
                     (size_t)ceil(eml_quant_hidden_bits(quant) / eml_quant_row_bits(quant)));
    fixture_free(&f);
}

/* ----- Salts */

static void append(eml_instructions *code, uint64_t weight) {
    eml_instructions_append_hidden(code, eml_fe_from_u64(weight));
    eml_instructions_append(code, EML_OP_READ, EML_FE_ZERO);
    eml_instructions_append(code, EML_OP_MUL, EML_FE_ZERO);
}

/* Of one secret and one code they are the same, of another of either all are others. */
static void test_salts(void **unused) {
    (void)unused;
    enum { COUNT = 2 * EML_SPONGES_MAX };
    eml_fe salts[4 * COUNT];
    uint8_t secrets[2][EML_SALT_SECRET_BYTES];
    eml_instructions one = {0}, other = {0};
    eml_error err;
    for (size_t i = 0; i < 2; i++) assert_int_equal(eml_salt_secret_draw(secrets[i], &err), EML_OK);
    append(&one, 5), append(&other, 6);
    eml_salts_of(secrets[0], &one, salts);
    eml_salts_of(secrets[1], &one, salts + COUNT);
    eml_salts_of(secrets[0], &other, salts + 2 * COUNT);
    eml_salts_of(secrets[0], &one, salts + 3 * COUNT);
    assert_memory_equal(salts, salts + 3 * COUNT, COUNT * sizeof *salts);
    for (size_t i = 0; i < 3 * COUNT; i++) {
        assert_false(eml_fe_is_zero(salts[i]));
        for (size_t j = 0; j < i; j++) assert_false(eml_fe_eq(salts[i], salts[j]));
    }
    eml_instructions_free(&one);
    eml_instructions_free(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals), cmocka_unit_test(test_pairs),  cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_coarsest),  cmocka_unit_test(test_reveal), cmocka_unit_test(test_salts),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
