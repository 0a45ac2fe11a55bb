/* ABIs: what is refused and why; and values to integers and back. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <string.h>

#include "runtime/bundle/cbor_io.h"
#include "runtime/base/packed.h"
#include "runtime/field/integer.h"
#include "runtime/table/value.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/random.h"
#include "tests/support/signed.h"

/* Checks. */

static void breaks(test_sample sample, void (*change)(eml_abi *abi), const char *why) {
    eml_bundle bundle;
    eml_error err = {0};
    test_sample_bundle(sample, &bundle);
    change(&bundle.abi);
    if (eml_abi_check(&bundle.abi, &err) != EML_ERR_INPUT) fail_msg("accepted, but should say \"%s\"", why);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    eml_bundle_free(&bundle);
}

static void rename_input(eml_abi *abi, size_t i, const char *name) {
    eml_free(abi->inputs[i].name);
    abi->inputs[i].name = eml_alloc(strlen(name) + 1, 1);
    memcpy(abi->inputs[i].name, name, strlen(name));
}

static void no_name(eml_abi *abi) { abi->inputs[0].name[0] = '\0'; }
static void escape_name(eml_abi *abi) { abi->inputs[0].name[0] = 27; }
static void latin_name(eml_abi *abi) { abi->inputs[0].name[0] = (char)0xe9; }
static void c1_name(eml_abi *abi) { rename_input(abi, 0, "\xc2\x9b"); }
static void turned_name(eml_abi *abi) {
    rename_input(abi, 0,
                 "a\xe2\x80\xae"
                 "b");
} /* U+202E: what follows runs leftward */
static void upper_name(eml_abi *abi) { rename_input(abi, 0, "Bmi"); }
static void output_name(eml_abi *abi) { rename_input(abi, 0, "SCORE"); }
static void blank_name(eml_abi *abi) { rename_input(abi, 0, "a "); }
static void blank_first(eml_abi *abi) { rename_input(abi, 0, " a"); }
static void same_name(eml_abi *abi) { rename_input(abi, 0, "bmi"); }
static void long_name(eml_abi *abi) {
    char name[EML_NAME_MAX + 2];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    rename_input(abi, 0, name);
}
static void empty_range(eml_abi *abi) { mpq_set_si(abi->inputs[0].lo, 100, 1); }
static void zero_unit(eml_abi *abi) { mpq_set_si(abi->inputs[0].unit, 0, 1); }
static void negative_unit(eml_abi *abi) { mpq_set_si(abi->outputs[0].unit, -1, 1); }
static void negative_tolerance(eml_abi *abi) { mpq_set_si(abi->outputs[0].tolerance, -1, 1); }
static void tiny_unit(eml_abi *abi) { mpq_div_2exp(abi->inputs[1].unit, abi->inputs[1].unit, 110); }
static void tiny_below(eml_abi *abi) { tiny_unit(abi), mpq_set(abi->inputs[1].offset, abi->inputs[1].hi); }
static void tiny_above(eml_abi *abi) { tiny_unit(abi), mpq_set(abi->inputs[1].offset, abi->inputs[1].lo); }
static void lengthen(mpq_t value) { mpz_ui_pow_ui(mpq_denref(value), 2, 8 * EML_RATIONAL_TEXT_MAX); }
static void long_lo(eml_abi *abi) { lengthen(abi->inputs[0].lo); }
static void long_hi(eml_abi *abi) { lengthen(abi->inputs[0].hi); }
static void long_offset(eml_abi *abi) { lengthen(abi->inputs[0].offset); }
static void long_unit(eml_abi *abi) { lengthen(abi->inputs[0].unit); }
static void long_step(eml_abi *abi) {
    mpq_set_ui(abi->inputs[1].step, 1, 1);
    lengthen(abi->inputs[1].step);
}
static void no_output_name(eml_abi *abi) { abi->outputs[0].name[0] = '\0'; }
static void same_output_name(eml_abi *abi) { abi->outputs[1].name[2] = '0'; }
static void long_output_unit(eml_abi *abi) { lengthen(abi->outputs[0].unit); }
static void long_tolerance(eml_abi *abi) { lengthen(abi->outputs[0].tolerance); }
static void unread_secret(eml_abi *abi) { abi->inputs[1].visibility = EML_SECRET, abi->public_len = 1; }
static void uniform_secret(eml_abi *abi) { abi->inputs[1].uniform = true; }
static void tape_range(eml_abi *abi) { abi->public_tape[0] = 2; }
static void tape_kind(eml_abi *abi) { abi->public_tape[0] = 1; }
static void secret_tape_kind(eml_abi *abi) { abi->secret_tape[0] = 0; }
static void plain_outputs(eml_abi *abi) { abi->encrypted_outputs = false; }
static void encrypted_outputs(eml_abi *abi) { abi->encrypted_outputs = true; }
static void no_delta(eml_abi *abi) { abi->delta_bits = 0; }
static void some_delta(eml_abi *abi) { abi->delta_bits = 1; }
static void no_model(eml_abi *abi) { abi->model[0] = '\0'; }
static void named_raw(eml_abi *abi) { abi->single_row = true; }
static void resize(eml_abi *abi, size_t inputs, size_t outputs, size_t public_len, size_t secret_len) {
    bool raw = abi->raw;
    eml_abi_free(abi);
    eml_abi_init(abi);
    abi->raw = raw;
    eml_abi_set_counts(abi, inputs, outputs, public_len, secret_len);
}
static void raw_input(eml_abi *abi) { resize(abi, 1, 0, 0, 0); }
static void raw_output(eml_abi *abi) { resize(abi, 0, 1, 0, 0); }
static void raw_public(eml_abi *abi) { resize(abi, 0, 0, 1, 0); }
static void raw_secret(eml_abi *abi) { resize(abi, 0, 0, 0, 1); }
static void raw_encrypted(eml_abi *abi) { abi->encrypted_outputs = true; }
static void raw_model(eml_abi *abi) { eml_free(abi->model), abi->model = eml_alloc(2, 1), abi->model[0] = 'm'; }
static void raw_hidden(eml_abi *abi) { eml_abi_set_hidden(abi, 1); }
static void raw_row_bits(eml_abi *abi) { abi->row_bits = 1; }
static void raw_reveal(eml_abi *abi) { abi->reveal.bits = 1; }
static void raw_told(eml_abi *abi) { abi->reveal.row_bits = 1; }
static void no_output(eml_abi *abi) { resize(abi, 0, 0, 0, 0); }
static void many_inputs(eml_abi *abi) { resize(abi, EML_ABI_COLUMNS_MAX + 1, 0, 0, 0); }
static void many_outputs(eml_abi *abi) { resize(abi, 0, EML_ABI_COLUMNS_MAX + 1, 0, 0); }
static void long_public(eml_abi *abi) { resize(abi, 0, 1, EML_ABI_TAPE_MAX + 1, 0); }
static void long_secret(eml_abi *abi) { resize(abi, 0, 1, 0, EML_ABI_TAPE_MAX + 1); }
static void large_delta(eml_abi *abi) { abi->delta_bits = EML_ABI_DELTA_BITS_MAX + 1; }
static void no_link(eml_abi *abi) { abi->outputs[0].link[0] = '\0'; }

static void checks(void **state) {
    (void)state;
    breaks(TEST_SAMPLE_PLAIN, no_name, "input name[0] is empty");
    breaks(TEST_SAMPLE_PLAIN, escape_name, "printable");
    breaks(TEST_SAMPLE_PLAIN, latin_name, "UTF-8");
    breaks(TEST_SAMPLE_PLAIN, c1_name, "printable: U+009B");
    breaks(TEST_SAMPLE_PLAIN, turned_name, "printable: U+202E");
    breaks(TEST_SAMPLE_PLAIN, upper_name, "the names \"Bmi\" and \"bmi\" differ only by case, width or script");
    breaks(TEST_SAMPLE_PLAIN, output_name, "the names \"SCORE\" and \"score\" differ only by case");
    breaks(TEST_SAMPLE_PLAIN, blank_name, "blank");
    breaks(TEST_SAMPLE_PLAIN, blank_first, "blank");
    breaks(TEST_SAMPLE_PLAIN, same_name, "two inputs are named \"bmi\"");
    breaks(TEST_SAMPLE_PLAIN, long_name, "longer than 255 bytes");
    breaks(TEST_SAMPLE_PLAIN, unread_secret, "bmi is secret, but the secret tape is empty");
    breaks(TEST_SAMPLE_PLAIN, empty_range, "age: the range is empty");
    breaks(TEST_SAMPLE_PLAIN, zero_unit, "age.unit is not positive");
    breaks(TEST_SAMPLE_PLAIN, negative_unit, "score.unit is not positive");
    breaks(TEST_SAMPLE_PLAIN, negative_tolerance, "score.tolerance is negative");
    breaks(TEST_SAMPLE_PLAIN, tiny_unit, "bmi: its integers need more than 120 bits");
    breaks(TEST_SAMPLE_PLAIN, tiny_below, "bmi: its integers need more than 120 bits");
    breaks(TEST_SAMPLE_PLAIN, tiny_above, "bmi: its integers need more than 120 bits");
    breaks(TEST_SAMPLE_PLAIN, long_lo, "age.lo has more than");
    breaks(TEST_SAMPLE_PLAIN, long_hi, "age.hi has more than");
    breaks(TEST_SAMPLE_PLAIN, long_offset, "age.offset has more than");
    breaks(TEST_SAMPLE_PLAIN, long_unit, "age.unit has more than");
    breaks(TEST_SAMPLE_PLAIN, long_step, "bmi.step has more than");
    breaks(TEST_SAMPLE_PLAIN, no_output_name, "output name[0] is empty");
    breaks(TEST_SAMPLE_SEVERAL, same_output_name, "two outputs are named \"y[0]\"");
    breaks(TEST_SAMPLE_PLAIN, long_output_unit, "score.unit has more than");
    breaks(TEST_SAMPLE_PLAIN, long_tolerance, "score.tolerance has more than");
    breaks(TEST_SAMPLE_ENCRYPTED, uniform_secret, "v is secret and uniform");
    breaks(TEST_SAMPLE_PLAIN, tape_range, "public_tape[0]: there is no input 2");
    breaks(TEST_SAMPLE_ENCRYPTED, tape_kind, "public_tape[0]: input \"v\" is secret");
    breaks(TEST_SAMPLE_ENCRYPTED, secret_tape_kind, "secret_tape[0]: input \"t\" is public");
    breaks(TEST_SAMPLE_ENCRYPTED, plain_outputs, "encrypted_outputs must be true");
    breaks(TEST_SAMPLE_PLAIN, encrypted_outputs, "encrypted_outputs must be false");
    breaks(TEST_SAMPLE_ENCRYPTED, no_delta, "delta_bits");
    breaks(TEST_SAMPLE_PLAIN, some_delta, "delta_bits");
    breaks(TEST_SAMPLE_PLAIN, no_model, "model");
    static void (*const described[])(eml_abi *) = {named_raw,  raw_input,     raw_output, raw_public,
                                                   raw_secret, raw_encrypted, raw_model,  some_delta,
                                                   raw_hidden, raw_row_bits,  raw_reveal, raw_told};
    for (size_t i = 0; i < sizeof described / sizeof *described; i++) breaks(TEST_SAMPLE_RAW, described[i], "raw");
    breaks(TEST_SAMPLE_PLAIN, no_link, "link");
    breaks(TEST_SAMPLE_ENCRYPTED, large_delta, "delta_bits");
    breaks(TEST_SAMPLE_PLAIN, no_output, "there is no output");
    breaks(TEST_SAMPLE_PLAIN, many_inputs, "columns");
    breaks(TEST_SAMPLE_PLAIN, many_outputs, "columns");
    breaks(TEST_SAMPLE_PLAIN, long_public, "a tape of more than");
    breaks(TEST_SAMPLE_PLAIN, long_secret, "a tape of more than");
}

static void check_shape_error(test_sample sample, size_t field, const char *why) {
    eml_bundle bundle;
    eml_error err = {0};
    test_sample_bundle(sample, &bundle);
    eml_shape shape = bundle.program.shape;
    if (field == 0) shape.public_len++;
    if (field == 1) shape.secret_len++;
    if (field == 2) shape.output_len++;
    if (field == 3) shape.delta = eml_fe_add(shape.delta, EML_FE_ONE);
    assert_int_equal(eml_abi_check_shape(&bundle.abi, &shape, &err), EML_ERR_INPUT);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    eml_bundle_free(&bundle);
}

static void fits_the_shape(void **state) {
    (void)state;
    check_shape_error(TEST_SAMPLE_PLAIN, 0, "public tape has 4 entries, its ABI says 3");
    check_shape_error(TEST_SAMPLE_PLAIN, 1, "secret tape");
    check_shape_error(TEST_SAMPLE_PLAIN, 2, "output tape has 1 entries, its ABI says 0");
    check_shape_error(TEST_SAMPLE_SEVERAL, 2, "output tape has 3 entries, its ABI says 2");
    check_shape_error(TEST_SAMPLE_PLAIN, 3, "Delta");
    check_shape_error(TEST_SAMPLE_ENCRYPTED, 3, "Delta");
}

/* Canonical bytes. */

static void digest_moves_with_every_field(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_PLAIN, &bundle);
    eml_digest before = eml_abi_digest(&bundle.abi), after;
    bundle.abi.inputs[0].exact = false;
    after = eml_abi_digest(&bundle.abi);
    assert_memory_not_equal(before.bytes, after.bytes, sizeof before.bytes);
    eml_bundle_free(&bundle);
}

/* What encodes abi, with one run of bytes replaced, must be refused. */
static void refuses_edited(const eml_abi *abi, const char *old, size_t old_length, const char *new, size_t new_length,
                           const char *why) {
    eml_abi decoded;
    eml_error err;
    eml_buf bytes = {0}, changed = {0};
    eml_abi_encode(abi, &bytes);
    const uint8_t *at = memmem(bytes.data, bytes.len, old, old_length);
    assert_non_null(at);
    size_t before = (size_t)(at - bytes.data);
    eml_buf_put(&changed, bytes.data, before);
    eml_buf_put(&changed, new, new_length);
    eml_buf_put(&changed, at + old_length, bytes.len - before - old_length);
    if (eml_abi_decode(changed.data, changed.len, &decoded, &err) != EML_ERR_INPUT) fail_msg("accepted: %s", why);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    eml_buf_free(&bytes);
    eml_buf_free(&changed);
}

#define REFUSES_EDITED(abi, old, new, why) refuses_edited(abi, old, sizeof old - 1, new, sizeof new - 1, why)

/* x[0] .. x[count-1] and y: units of 80 bits that all differ, every third column exact; read in order. */
static void make_vector(eml_abi *abi, uint32_t count) {
    char name[32];
    eml_abi_init(abi);
    abi->raw = false;
    eml_free(abi->model);
    abi->model = eml_copy_text("wide", 4);
    eml_abi_set_counts(abi, count, 1, count + 1, 0);
    for (uint32_t i = 0; i < count; i++) {
        eml_input_column *column = &abi->inputs[i];
        column->name = eml_copy_text(name, (size_t)snprintf(name, sizeof name, "x[%u]", i));
        column->exact = i % 3 == 0;
        mpq_set_si(column->lo, -1, 1);
        mpq_set_si(column->hi, 1, 1);
        mpz_ui_pow_ui(mpq_numref(column->unit), 2, 79);
        mpz_add_ui(mpq_numref(column->unit), mpq_numref(column->unit), 2 * i + 1);
        mpz_ui_pow_ui(mpq_denref(column->unit), 2, 110);
        abi->public_tape[i] = i;
    }
    abi->public_tape[count] = EML_TAPE_ONE;
    abi->outputs[0].name = eml_copy_text("y", 1);
    abi->outputs[0].link = eml_copy_text("identity", 8);
    mpq_set_ui(abi->outputs[0].unit, 1, 1000000);
    mpq_set_ui(abi->outputs[0].tolerance, 1, 1000);
}

static void assert_same_columns(const eml_abi *a, const eml_abi *b) {
    assert_int_equal(a->input_count, b->input_count);
    for (size_t i = 0; i < a->input_count; i++) {
        const eml_input_column *x = &a->inputs[i], *y = &b->inputs[i];
        assert_string_equal(x->name, y->name);
        assert_true(x->exact == y->exact && x->visibility == y->visibility && x->uniform == y->uniform);
        assert_true(mpq_equal(x->lo, y->lo) && mpq_equal(x->hi, y->hi));
        assert_true(mpq_equal(x->unit, y->unit) && mpq_equal(x->offset, y->offset));
    }
    assert_int_equal(a->public_len, b->public_len);
    assert_memory_equal(a->public_tape, b->public_tape, a->public_len * sizeof *a->public_tape);
}

/* Encodes, decodes and compares; the number of bytes. */
static size_t recode(const eml_abi *abi) {
    eml_abi again;
    eml_buf bytes = {0};
    eml_error err;
    assert_int_equal(eml_abi_check(abi, &err), EML_OK);
    eml_abi_encode(abi, &bytes);
    if (eml_abi_decode(bytes.data, bytes.len, &again, &err) != EML_OK) fail_msg("%s", err.text);
    assert_same_columns(abi, &again);
    size_t length = bytes.len;
    eml_abi_free(&again);
    eml_buf_free(&bytes);
    return length;
}

static void vectors_are_one_entry(void **state) {
    (void)state;
    enum { COUNT = 16384 };
    eml_abi abi;
    make_vector(&abi, COUNT);
    assert_in_range(recode(&abi), 1, 16 * COUNT + 400);
    for (uint32_t i = 0; i < COUNT; i++) mpq_set_ui(abi.inputs[i].unit, 1, 1024);
    assert_in_range(recode(&abi), 1, 2 * COUNT + 400);
    for (uint32_t i = 0; i < COUNT; i++) abi.public_tape[i] = COUNT - 1 - i;
    assert_in_range(recode(&abi), 1, 2 * COUNT + 400);
    abi.inputs[7].uniform = true; /* three entries now */
    rename_input(&abi, 100, "x[0100]");
    rename_input(&abi, 200, "z[200]");
    assert_in_range(recode(&abi), 1, 2 * COUNT + 1000);
    eml_abi_free(&abi);
}

/* Which names are elements of one vector: reading gives the columns that were written. */
static void names_that_go_on(void **state) {
    (void)state;
    static const char *const names[][2] = {{"x", "x[1]"},    {"x[0]", "x"},    {"x[0]", "x[2]"}, {"x[0]", "xy[1]"},
                                           {"x[0]", "z[1]"}, {"x[3]", "x[4]"}, {"x", "xy"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        eml_abi abi;
        make_vector(&abi, 2);
        rename_input(&abi, 0, names[i][0]);
        rename_input(&abi, 1, names[i][1]);
        recode(&abi);
        eml_abi_free(&abi);
    }
}

/* As many outputs as units, though all are equal. */
static void equal_units(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_SEVERAL, &bundle);
    eml_abi *abi = &bundle.abi, again;
    eml_buf bytes = {0};
    mpq_set(abi->outputs[1].unit, abi->outputs[0].unit);
    mpq_set(abi->outputs[1].tolerance, abi->outputs[0].tolerance);
    eml_abi_encode(abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, NULL), EML_OK);
    assert_int_equal(again.output_count, 2);
    assert_string_equal(again.outputs[1].name, "y[1]");
    eml_abi_free(&again);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

/* Tape entries that no input could have, or that are cut; outputs without units. */
static void what_no_abi_says(void **state) {
    (void)state;
    eml_abi abi, decoded;
    eml_buf bytes = {0};
    eml_error err;
    make_vector(&abi, 1);
    abi.public_tape[0] = EML_ABI_COLUMNS_MAX;
    eml_abi_encode(&abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &decoded, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "public_tape: entry 0 names no input"));
    abi.public_tape[0] = 0;
    REFUSES_EDITED(&abi, "ksecret_tape\x40", "ksecret_tape\x41\x80", "secret_tape: entry 0 names no input");
    REFUSES_EDITED(&abi, "dunit\x46\x06\x0b\x01\x02\x09\x3d", "dunit\x40", "no columns");
    eml_abi_free(&abi);
    eml_buf_free(&bytes);
}

/* Numbers that are cut or not in lowest terms; before each stand other bytes. */
static void packed_numbers(void **state) {
    (void)state;
    static const struct {
        uint8_t bytes[12], length;
    } wrong[] = {{{2, 1, 2, 1}, 4},    /* of no bytes, negative: the next one is odd, the one before is not 0 */
                 {{6, 0, 3}, 3},       /* 3 / ... */
                 {{6, 0, 3, 0x80}, 4}, /* 3 / a length that goes on */
                 {{6, 0, 3, 1}, 4},    /* 3 / 1 byte, missing */
                 {{6, 0, 3, 1, 4}, 5}, /* 3 / 4: that is an exponent */
                 {{6, 0, 3, 1, 9}, 5}, /* 3 / 9 */
                 {{6, 0, 3, 1, 1}, 5}, /* 3 / 1 */
                 {{6, 0, 3, 0, 5}, 5}, /* 3 / no bytes */
                 {{128, 128, 128, 128, 128, 128, 128, 128, 128, 1}, 10}}; /* more bits than a number has */
    mpq_t value;
    mpq_init(value);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool first = i == 0;
        eml_reader reader = {wrong[i].bytes + first, wrong[i].length - (size_t)first};
        assert_false(eml_packed_rational(&reader, value));
    }
    const uint8_t good[] = {6, 0, 3, 1, 5};
    eml_reader reader = {good, sizeof good};
    assert_true(eml_packed_rational(&reader, value));
    assert_int_equal(mpq_cmp_ui(value, 3, 5), 0);
    mpq_clear(value);
}

/* A step besides the unit is kept; it is positive, is not the unit, and an exact column has none. */
static void keeps_a_step(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_abi decoded;
    eml_error err;
    eml_buf bytes = {0};
    test_sample_bundle(TEST_SAMPLE_PLAIN, &bundle);
    mpq_set_ui(bundle.abi.inputs[1].step, 1, 3);
    eml_abi_encode(&bundle.abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &decoded, &err), EML_OK);
    assert_int_equal(mpq_cmp_ui(decoded.inputs[1].step, 1, 3), 0);
    assert_int_equal(mpq_sgn(decoded.inputs[0].step), 0);
    eml_abi_free(&decoded);
    mpq_set(bundle.abi.inputs[1].step, bundle.abi.inputs[1].unit);
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    mpq_set_si(bundle.abi.inputs[1].step, -1, 3);
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    mpq_set_ui(bundle.abi.inputs[0].step, 2, 1); /* of an exact column */
    mpq_set_ui(bundle.abi.inputs[1].step, 0, 1);
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "age.step"));
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

/* Every bit flipped, every length cut: refused, or what the result encodes to. */
static void vectors_are_canonical(void **state) {
    (void)state;
    eml_abi abi, decoded;
    eml_buf bytes = {0}, again = {0};
    size_t accepted = 0;
    make_vector(&abi, 3);
    mpq_set_si(abi.inputs[1].lo, -3, 7);
    eml_abi_encode(&abi, &bytes);
    for (size_t i = 0; i < 8 * bytes.len; i++) {
        bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
        if (eml_abi_decode(bytes.data, bytes.len, &decoded, NULL) == EML_OK) {
            again.len = 0;
            eml_abi_encode(&decoded, &again);
            assert_int_equal(again.len, bytes.len);
            assert_memory_equal(again.data, bytes.data, bytes.len);
            eml_abi_free(&decoded);
            accepted++;
        }
        bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_true(accepted > bytes.len / 2); /* names, ranges and units may change */
    for (size_t length = 0; length < bytes.len; length++)
        assert_int_equal(eml_abi_decode(bytes.data, length, &decoded, NULL), EML_ERR_INPUT);
    eml_buf_free(&bytes);
    eml_buf_free(&again);
    eml_abi_free(&abi);
}

/* An entry, a list and a number may be written in one way only. */
static void refuses_other_spellings(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_PLAIN, &bundle);
    static const struct {
        const char *bytes; /* instead of 1/64: 04 0b 01 */
        size_t length;
    } bad[] = {
        {"\x44\x84\x00\x0b\x01", 5},         /* a longer head */
        {"\x44\x04\x8b\x00\x01", 5},         /* a longer exponent */
        {"\x43\x04\x09\x02", 4},             /* even */
        {"\x44\x08\x0b\x01\x00", 5},         /* a zero byte at the end */
        {"\x45\x06\x0b\x01\x01\x01", 6},     /* divided by 1 */
        {"\x45\x06\x0b\x03\x01\x03", 6},     /* 3/3 */
        {"\x45\x06\x0b\x01\x01\x02", 6},     /* an even divisor */
        {"\x44\x06\x0b\x01\x00", 5},         /* divided by nothing */
        {"\x42\x02\x0b", 3},                 /* no digits */
        {"\x41\x01", 2},                     /* -0 */
        {"\x42\x04\x0b", 3},                 /* cut */
        {"\x40", 1},                         /* none */
        {"\x46\x04\x0b\x01\x04\x0b\x01", 7}, /* two */
        {"\x45\x04\xc1\x80\x01\x01", 6},     /* 2^-8225 */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses_edited(&bundle.abi, "\x43\x04\x0b\x01", 4, bad[i].bytes, bad[i].length, "inputs[1]");
    eml_bundle_free(&bundle);

    eml_abi abi;
    make_vector(&abi, 2);
    mpq_set(abi.inputs[0].unit, abi.inputs[1].unit);
    REFUSES_EDITED(&abi, "blo\x43\x05\x00\x01", "blo\x46\x05\x00\x01\x05\x00\x01",
                   "would be written otherwise"); /* equal, twice */
    REFUSES_EDITED(&abi, "eexact\x42\x01\x00", "eexact\x42\x02\x00", "would be written otherwise");
    REFUSES_EDITED(&abi, "efirst\x00", "efirst\xf6", "2 columns of one name");
    REFUSES_EDITED(&abi, "eexact\x42\x01\x00", "eexact\x40", "no columns");
    REFUSES_EDITED(&abi, "kpublic_tape\x43\x00\x00\x05", "kpublic_tape\x43\x00\x00\x07", "entry 2 names no input");
    rename_input(&abi, 1, "z[1]"); /* two entries, which one name would join */
    REFUSES_EDITED(&abi, "dnameaz", "dnameax", "would be written otherwise");
    rename_input(&abi, 1, "x[1]");
    eml_buf number = {0}, once = {0}, twice = {0};
    for (size_t i = 0; i < 2; i++) { /* too long to be written once for all */
        mpz_ui_pow_ui(mpq_numref(abi.inputs[i].lo), 3, 170);
        mpq_neg(abi.inputs[i].lo, abi.inputs[i].lo);
        mpz_ui_pow_ui(mpq_denref(abi.inputs[i].lo), 2, 269);
        eml_packed_put_rational(&number, abi.inputs[i].lo);
    }
    eml_cbor_put_bytes(&once, number.data, number.len / 2);
    eml_cbor_put_bytes(&twice, number.data, number.len);
    refuses_edited(&abi, (char *)twice.data, twice.len, (char *)once.data, once.len, "lo is not a list");
    assert_true(recode(&abi) > number.len);
    eml_buf_free(&number);
    eml_buf_free(&once);
    eml_buf_free(&twice);
    abi.inputs[1].exact = false;
    rename_input(&abi, 1, "z");
    REFUSES_EDITED(&abi, "dnameaz", "dnamedz[0]", "would be written otherwise"); /* an index inside a name */
    eml_abi_free(&abi);
}

/* Outputs of which a row tells nothing: no number of rows is too many. */
static void prints_hidden_as_json(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_buf out = {0};
    test_sample_bundle(TEST_SAMPLE_HIDDEN, &bundle);
    bundle.abi.row_bits = 0;
    eml_abi_print_json(&bundle.abi, &out);
    eml_buf_put_u8(&out, 0);
    assert_non_null(strstr((char *)out.data, "\"row_bits\": 0.0000, \"rows\": null}"));
    eml_buf_free(&out);
    eml_bundle_free(&bundle);
}

static void prints_json(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_buf out = {0};
    test_sample_bundle(TEST_SAMPLE_PLAIN, &bundle);
    eml_abi_print_json(&bundle.abi, &out);
    eml_buf_put_u8(&out, 0);
    assert_string_equal((char *)out.data,
                        "{\n  \"raw\": false,\n  \"model\": \"risk\",\n  \"single_row\": false,\n  \"inputs\": [\n"
                        "    {\"name\": \"age\", \"secret\": false, \"uniform\": false, \"exact\": true, \"lo\": "
                        "\"18\", \"hi\": \"99\", "
                        "\"offset\": \"0\", \"unit\": \"1\"},\n"
                        "    {\"name\": \"bmi\", \"secret\": false, \"uniform\": false, \"exact\": false, \"lo\": "
                        "\"10\", \"hi\": \"60\", "
                        "\"offset\": \"35\", \"unit\": \"0.015625\"}\n  ],\n  \"outputs\": [\n"
                        "    {\"name\": \"score\", \"link\": \"logistic\", \"unit\": \"0.0009765625\", \"tolerance\": "
                        "\"0.0005\"}\n  ],\n"
                        "  \"public_tape\": [0, 1, null],\n  \"secret_tape\": [],\n  \"encrypted_outputs\": false,\n  "
                        "\"delta_bits\": 0\n}\n");
    eml_buf_free(&out);
    eml_bundle_free(&bundle);
}

/* Values. */

static void set_column(eml_input_column *column, const char *lo, const char *hi, const char *offset, const char *unit,
                       bool exact) {
    *column = (eml_input_column){.exact = exact};
    mpq_inits(column->lo, column->hi, column->offset, column->unit, column->step, NULL);
    mpq_set_str(column->lo, lo, 10);
    mpq_set_str(column->hi, hi, 10);
    mpq_set_str(column->offset, offset, 10);
    mpq_set_str(column->unit, unit, 10);
}

static void clear_column(eml_input_column *column) {
    mpq_clears(column->lo, column->hi, column->offset, column->unit, column->step, NULL);
}

static void check_value(eml_input_column *column, const char *text, eml_status status, int64_t integer) {
    eml_grid grid;
    eml_decimal number;
    eml_fe got = {0};
    eml_error err;
    eml_grid_init(column, &grid);
    assert_true(eml_decimal_scan(text, strlen(text), &number));
    assert_int_equal(eml_grid_encode(&grid, &number, &got, &err), status);
    if (status == EML_OK && !eml_fe_eq(got, test_fe_from_i64(integer))) fail_msg("\"%s\" became another integer", text);
}

static void encodes_values(void **state) {
    (void)state;
    eml_input_column column;
    set_column(&column, "-10", "10", "1", "1/4", false);
    check_value(&column, "1", EML_OK, 0);
    check_value(&column, "-10", EML_OK, -44);
    check_value(&column, "10", EML_OK, 36);
    check_value(&column, "-10.1", EML_ERR_NO, 0);
    check_value(&column, "1.125", EML_OK, 1); /* halves go away from zero */
    check_value(&column, "1.375", EML_OK, 2);
    check_value(&column, "0.875", EML_OK, -1);
    check_value(&column, "0.625", EML_OK, -2);
    check_value(&column, "1.12500000000000000000000000000000000000000001", EML_OK, 1);
    check_value(&column, "1.1249999999999999999999999999999999999999999", EML_OK, 0);
    check_value(&column, "0.8750000000000000000000000000000000000000001", EML_OK, 0);
    /* The ends bear 8 ulp, which are 1.42e-14 at 10, and stand for what is past them. */
    check_value(&column, "10.0000000000000000000000000000000000000000001", EML_OK, 36);
    check_value(&column, "10.000000000000014", EML_OK, 36);
    check_value(&column, "10.000000000000015", EML_ERR_NO, 0);
    check_value(&column, "-10.000000000000014", EML_OK, -44);
    check_value(&column, "-10.000000000000015", EML_ERR_NO, 0);
    clear_column(&column);
    /* Never judged by k alone: with a unit this coarse everything is 0. */
    set_column(&column, "29/10", "100", "50", "1000", false);
    check_value(&column, "2.8999999999999999", EML_OK, 0);
    check_value(&column, "2.9", EML_OK, 0);
    check_value(&column, "2.8", EML_ERR_NO, 0);
    check_value(&column, "101", EML_ERR_NO, 0);
    clear_column(&column);
    /* A half unit past the end rounds up, and the end does not. */
    set_column(&column, "0", "4999999999999999/10000000000000000", "0", "1", false);
    check_value(&column, "0.5", EML_OK, 0);
    clear_column(&column);
    set_column(&column, "0", "1", "1/2", "1/100", true);
    check_value(&column, "0.5", EML_OK, 0);
    check_value(&column, "0", EML_OK, -50);
    check_value(&column, "0.995", EML_ERR_NO, 0);
    check_value(&column, "0.30000000000000004", EML_OK, -20);  /* 0.1 + 0.2 */
    check_value(&column, "0.3000000000000005", EML_ERR_NO, 0); /* 8 ulp are 4.4e-16 */
    check_value(&column, "0.3000000000000004", EML_OK, -20);
    check_value(&column, "1.0000000000000002", EML_OK, 50);
    check_value(&column, "-5e-324", EML_OK, -50); /* 8 ulp at 0 are 4e-323 */
    check_value(&column, "-5e-323", EML_ERR_NO, 0);
    clear_column(&column);
    set_column(&column, "0", "10", "5", "3/1000", false); /* a step besides the unit, which may be finer or coarser */
    mpq_set_ui(column.step, 1, 2);
    check_value(&column, "5.5", EML_OK, 167);
    check_value(&column, "5.50", EML_OK, 167);
    check_value(&column, "0", EML_OK, -1667);
    check_value(&column, "5.499", EML_ERR_NO, 0);
    check_value(&column, "5.499999999999999999999999999999999999999999999", EML_OK, 167);
    check_value(&column, "5.500000000000007", EML_OK, 167); /* 8 ulp are 7.1e-15 */
    check_value(&column, "5.500000000000008", EML_ERR_NO, 0);
    check_value(&column, "4.999999999999997", EML_OK, 0);
    clear_column(&column);
    /* With steps of 8 ulp or less the multiple that a number of the range means may be outside; k may not. A tie goes
     * away from the offset. */
    static const char *const offsets[] = {"999999999999999/1000000000000000", "1000000000000001/1000000000000000"};
    for (size_t i = 0; i < 2; i++) {
        set_column(&column, "1", "1", offsets[i], "1/1000000000000000", false);
        mpq_set_ui(column.step, 1, 500000000000000);
        check_value(&column, "1", EML_OK, i == 0 ? 1 : -1);
        clear_column(&column);
    }
}

/* The 128-bit path and the rationals agree, where the former does not decline. */
static void fast_path_agrees(void **state) {
    (void)state;
    static const char *const units[] = {
        "1", "1/1024", "1/16777216", "3/7", "1/1000", "25", "1/1152921504606846976", "1/18446744073709551629"};
    static const char *const offsets[] = {"0", "1/2", "-178/10", "1/3"};
    size_t taken = 0, tried = 0;
    for (size_t u = 0; u < 8; u++) {
        for (size_t o = 0; o < 4; o++) {
            for (size_t i = 0; i < 400; i++) {
                eml_input_column column;
                eml_grid grid;
                eml_decimal number;
                eml_fe fast = {0}, slow = {0};
                eml_error err;
                char text[64];
                mpq_t value;
                set_column(&column, "-9000000", "9000001/3", offsets[o], units[u], i % 5 == 0);
                mpq_canonicalize(column.offset);
                if (i % 5 == 1) mpq_set_ui(column.step, 1, 8);
                eml_grid_init(&column, &grid);
                snprintf(text, sizeof text, "%s%llu.%0*llue-%u", i & 1 ? "-" : "",
                         (unsigned long long)(test_random() % 10000000), (int)(1 + test_random() % 20),
                         (unsigned long long)(test_random() >> (test_random() % 64)), (unsigned)(test_random() % 12));
                assert_true(eml_decimal_scan(text, strlen(text), &number));
                mpq_init(value);
                eml_decimal_to_mpq(&number, value);
                eml_status status = eml_abi_encode_value(&column, value, &slow, &err);
                tried++;
                if (eml_grid_encode_fast(&grid, &number, &fast)) {
                    taken++;
                    assert_int_equal(status, EML_OK);
                    if (!eml_fe_eq(fast, slow)) fail_msg("%s, unit %s, offset %s", text, units[u], offsets[o]);
                }
                mpq_clear(value);
                clear_column(&column);
            }
        }
    }
    assert_true(taken > tried / 3);
}

static void outputs_read_back(void **state) {
    (void)state;
    static const char *const units[] = {"1", "1/1024", "1/1152921504606846976", "3/7", "1000", "1/3"};
    for (size_t u = 0; u < 6; u++) {
        eml_output_column column = {0};
        mpq_inits(column.unit, column.tolerance, NULL);
        mpq_set_str(column.unit, units[u], 10);
        for (size_t i = 0; i < 500; i++) {
            eml_fe integer = eml_fe_from_u64(test_random() >> (test_random() % 64)), got;
            if (i & 1) integer = eml_fe_neg(integer);
            eml_buf text = {0};
            eml_error err;
            mpq_t value;
            mpq_init(value);
            eml_abi_print_value(&column, integer, &text);
            assert_true(eml_decimal_parse((char *)text.data, text.len, value));
            assert_int_equal(eml_abi_parse_value(&column, value, &got, &err), EML_OK);
            assert_true(eml_fe_eq(got, integer));
            /* Any digit changed: refused, or another integer's own decimal. */
            for (size_t at = 0; at < text.len; at++) {
                if (text.data[at] < '0' || text.data[at] > '9') continue;
                uint8_t kept = text.data[at];
                text.data[at] = (uint8_t)('0' + (kept - (unsigned)'0' + 1 + test_random() % 9) % 10);
                assert_true(eml_decimal_parse((char *)text.data, text.len, value));
                if (eml_abi_parse_value(&column, value, &got, &err) == EML_OK) assert_false(eml_fe_eq(got, integer));
                text.data[at] = kept;
            }
            eml_buf_free(&text);
            mpq_clear(value);
        }
        mpq_clears(column.unit, column.tolerance, NULL);
    }
}

static eml_status parse_output(const char *unit, const char *text, int64_t *integer) {
    eml_output_column column = {0};
    mpq_t value;
    eml_fe got;
    mpq_inits(column.unit, column.tolerance, value, NULL);
    mpq_set_str(column.unit, unit, 10);
    assert_true(eml_decimal_parse(text, strlen(text), value));
    eml_status status = eml_abi_parse_value(&column, value, &got, NULL);
    mpz_t k;
    mpz_init(k);
    if (status == EML_OK) eml_fe_to_mpz(got, k);
    *integer = mpz_get_si(k);
    mpz_clear(k);
    mpq_clears(column.unit, column.tolerance, value, NULL);
    return status;
}

/* A decimal, the double nearest to it however long it is written, and nothing else. */
static void outputs_survive_doubles(void **state) {
    (void)state;
    static const struct {
        const char *unit, *text;
        eml_status status;
        int64_t integer;
    } cases[] = {
        {"1/100000000", "152.13348416", EML_OK, 15213348416},
        {"1/100000000", "152.13348415999999", EML_OK, 15213348416}, /* %.17g */
        {"1/100000000", "1.5213348415999999e+02", EML_OK, 15213348416},
        {"1/100000000", "152.133484159999994744794094003736972808837890625", EML_OK,
         15213348416}, /* the double itself */
        {"1/100000000", "152.133484159999994745", EML_OK, 15213348416},
        {"1/100000000", "152.133484159999994744", EML_ERR_NO, 0},
        {"1/100000000", "152.13348415999998", EML_ERR_NO, 0},
        {"1/100000000", "152.1334841600001", EML_ERR_NO, 0},
        {"1/100000000", "152.13348417", EML_OK, 15213348417},
        {"1/100000000", "152.133484165", EML_ERR_NO, 0},
        {"1/10", "0.3", EML_OK, 3},
        {"1/10", "0.30000000000000004", EML_ERR_NO, 0}, /* a neighbour of the nearest double */
        {"1/10", "0.29999999999999999", EML_OK, 3},
        /* 18 digits: a double has no room for them */
        {"1/100000000000000000", "1.23456789012345678", EML_OK, 123456789012345678},
        {"1/100000000000000000", "1.2345678901234568", EML_OK, 123456789012345680},
        {"1/100000000000000000", "1.2345678901234566904321354741114191710948944091796875", EML_ERR_NO, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t integer;
        eml_status status = parse_output(cases[i].unit, cases[i].text, &integer);
        if (status != cases[i].status || (status == EML_OK && integer != cases[i].integer))
            fail_msg("%s: status %d, %lld", cases[i].text, status, (long long)integer);
    }
}

/* Tapes. */

/* Inputs a and c are public, b and d secret. */
static void tapes_take_columns(void **state) {
    (void)state;
    eml_abi abi;
    eml_abi_init(&abi);
    eml_abi_set_counts(&abi, 4, 0, 4, 2);
    abi.inputs[1].visibility = abi.inputs[3].visibility = EML_SECRET;
    memcpy(abi.public_tape, (uint32_t[]){2, EML_TAPE_ONE, 0, 2}, 4 * sizeof(uint32_t));
    memcpy(abi.secret_tape, (uint32_t[]){3, EML_TAPE_ONE}, 2 * sizeof(uint32_t));
    eml_abi_tape tape;
    char text[9] = {0};
    eml_abi_tape_init(&tape, &abi, EML_PUBLIC);
    assert_int_equal(tape.columns, eml_abi_columns(&abi, EML_PUBLIC));
    assert_memory_equal(tape.inputs, ((uint32_t[]){0, 2}), 2 * sizeof(uint32_t));
    eml_abi_tape_fill(&tape, "A.C.", "1.", 2, text);
    assert_string_equal(text, "C.1.A.C.");
    eml_abi_tape_free(&tape);
    memset(text, 0, sizeof text);
    eml_abi_tape_init(&tape, &abi, EML_SECRET);
    assert_int_equal(tape.columns, 2);
    assert_memory_equal(tape.inputs, ((uint32_t[]){1, 3}), 2 * sizeof(uint32_t));
    eml_abi_tape_fill(&tape, "BD", "1", 1, text);
    assert_string_equal(text, "D1");
    eml_abi_tape_free(&tape);
    eml_abi_free(&abi);
}

static void plain_values_stand_on_tapes(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_ENCRYPTED, &bundle);
    const eml_abi *abi = &bundle.abi;
    const eml_fe one = eml_fe_from_u64(100), inputs[] = {eml_fe_from_u64(7), eml_fe_from_u64(8), eml_fe_from_u64(9)};
    assert_in_range(abi->input_count, 1, 3);
    for (int secret = 0; secret < 2; secret++) {
        size_t length = secret ? abi->secret_len : abi->public_len, width = secret ? EML_CT_ELEMENTS : 1;
        eml_fe *tape = eml_abi_tape_of(abi, secret ? EML_SECRET : EML_PUBLIC, inputs, one);
        assert_int_not_equal(length, 0);
        for (size_t j = 0; j < length; j++) {
            uint32_t input = (secret ? abi->secret_tape : abi->public_tape)[j];
            for (size_t mask = 0; mask + 1 < width; mask++) assert_true(eml_fe_is_zero(tape[j * width + mask]));
            assert_true(eml_fe_eq(tape[j * width + width - 1], input == EML_TAPE_ONE ? one : inputs[input]));
        }
        eml_free(tape);
    }
    eml_bundle_free(&bundle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks),
        cmocka_unit_test(fits_the_shape),
        cmocka_unit_test(digest_moves_with_every_field),
        cmocka_unit_test(keeps_a_step),
        cmocka_unit_test(vectors_are_one_entry),
        cmocka_unit_test(vectors_are_canonical),
        cmocka_unit_test(names_that_go_on),
        cmocka_unit_test(equal_units),
        cmocka_unit_test(what_no_abi_says),
        cmocka_unit_test(packed_numbers),
        cmocka_unit_test(refuses_other_spellings),
        cmocka_unit_test(prints_json),
        cmocka_unit_test(prints_hidden_as_json),
        cmocka_unit_test(encodes_values),
        cmocka_unit_test(fast_path_agrees),
        cmocka_unit_test(outputs_read_back),
        cmocka_unit_test(outputs_survive_doubles),
        cmocka_unit_test(tapes_take_columns),
        cmocka_unit_test(plain_values_stand_on_tapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
