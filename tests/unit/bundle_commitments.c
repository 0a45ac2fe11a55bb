/* Schemas of committed inputs and openings of commitments: digest, files, and everything that is refused. That C is
 * what docs/formats.md says is the independent script's to tell: tests/e2e/commitment.py. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/file.h"
#include "runtime/bundle/opening.h"
#include "runtime/bundle/schema.h"
#include "runtime/isa/commitment.h"
#include "tests/support/bundle_samples.h"

/* ----- Schemas */

static eml_fe digest_of(const eml_abi *abi) {
    eml_fe digest[EML_RESCUE_DIGEST];
    eml_schema_digest(abi, digest);
    return digest[0];
}

static void assert_moves(eml_abi *abi, eml_fe before, bool moves) {
    assert_int_equal(!eml_fe_eq(digest_of(abi), before), moves);
}

/* Of committed inputs everything that says what an integer means, and which numbers are taken; of others nothing. */
static void digest_covers(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    eml_abi *abi = &bundle.abi;
    eml_fe first = digest_of(abi);
    assert_true(eml_fe_eq(first, bundle.program.shape.schema[0]));
    for (size_t i = 0; i < abi->input_count; i++) {
        eml_input_column *column = &abi->inputs[i];
        bool committed = column->visibility == EML_COMMITTED;
        mpq_ptr numbers[] = {column->unit, column->offset, column->lo, column->hi, column->step};
        for (size_t j = 0; j < (column->exact ? 4 : 5); j++) {
            mpq_t kept, one;
            mpq_inits(kept, one, NULL);
            mpq_set(kept, numbers[j]);
            mpq_set_ui(one, 1, 1);
            mpq_add(numbers[j], kept, one);
            assert_moves(abi, first, committed);
            mpq_set(numbers[j], kept);
            mpq_clears(kept, one, NULL);
        }
        column->name[0] ^= 1;
        assert_moves(abi, first, committed);
        column->name[0] ^= 1;
        column->exact = !column->exact;
        assert_moves(abi, first, committed);
        column->exact = !column->exact;
    }
    eml_input_column swapped = abi->inputs[0];
    abi->inputs[0] = abi->inputs[2];
    abi->inputs[2] = swapped;
    assert_moves(abi, first, true);
    abi->inputs[1].visibility = EML_COMMITTED;
    assert_moves(abi, first, true);
    for (size_t i = 0; i < 3; i++) abi->inputs[i].visibility = EML_PUBLIC;
    assert_true(eml_fe_is_zero(digest_of(abi)));
    eml_bundle_free(&bundle);
}

static void schema_round_trip(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_abi again;
    eml_buf text = {0}, more = {0};
    eml_error err = {0};
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    eml_schema_print(&bundle.abi, &text);
    assert_int_equal(eml_schema_parse("s", (const char *)text.data, text.len, &again, &err), EML_OK);
    assert_int_equal(again.input_count, 2);
    assert_true(again.inputs[0].exact && mpq_sgn(again.inputs[0].step) == 0);
    assert_false(again.inputs[1].exact);
    assert_int_equal(mpq_cmp_ui(again.inputs[1].step, 1, 2), 0);
    assert_true(eml_fe_eq(digest_of(&again), digest_of(&bundle.abi)));
    eml_schema_print(&again, &more);
    assert_int_equal(more.len, text.len);
    assert_memory_equal(more.data, text.data, text.len);
    for (size_t length = 0; length + 2 < text.len; length++) {
        eml_abi none;
        assert_int_equal(eml_schema_parse("s", (const char *)text.data, length, &none, NULL), EML_ERR_INPUT);
    }
    eml_buf_free(&text);
    eml_buf_free(&more);
    eml_abi_free(&again);
    eml_bundle_free(&bundle);
}

#define TEN(x)       x x x x x x x x x x
#define LONG         TEN(TEN("12345678901")) /* digits */
#define INPUTS(more) "{\"kind\": \"eml schema\", \"format\": 2, \"inputs\": [" more "]}"
#define NAMED(name, more)                                                                                              \
    "{\"name\": \"" name "\", \"unit\": \"1\", \"offset\": \"0\", \"lo\": \"0\", \"hi\": \"9\"" more "}"
#define ONE                 NAMED("a", ", \"step\": \"1\"")
#define WITH(member, value) NAMED("a", ", \"" member "\": " value)

static void bad_schemas(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[]", "neither a bundle nor a schema file"},
        {"{\"kind\": \"eml proof\"}", "neither a bundle nor a schema file"},
        {"{\"kind\": \"eml schema\", \"format\": 1, \"inputs\": [" ONE "]}", "s: format: 2 was expected"},
        {"{\"kind\": \"eml schema\", \"inputs\": [" ONE "]}", "s: format: 2 was expected"},
        {"{\"kind\": \"eml schema\", \"format\": 2, \"inputs\": [" ONE "], \"x\": 1}", "and nothing else"},
        {"{\"kind\": \"eml schema\", \"format\": 2, \"inputs\": {}}", "s: inputs: a list of at least one"},
        {INPUTS(""), "s: inputs: a list of at least one"},
        {INPUTS("3"), "s: inputs[0].name: a text was expected"},
        {INPUTS("{\"name\": 3}"), "s: inputs[0] (3).unit: is missing"}, /* a number arrives as its digits */
        {INPUTS(ONE ", {\"name\": \"b\", \"unit\": \"1\", \"offset\": \"0\", \"lo\": \"0\"}"),
         "s: inputs[1] (b).hi: is missing"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"2/4\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"0.5\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"1/0\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"+1\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"01\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": null}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"1 \"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"x\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"" LONG "\"}"), "s: inputs[0] (a).unit: a number like"},
        {INPUTS(WITH("step", "\"x\"")), "s: inputs[0] (a).step: a number like"},
        {"{\"kind\"", "s: line 1: "},
        {INPUTS(WITH("step", "\"-1\"")), "s: inputs[0] (a).step: is negative"},
        {INPUTS(NAMED("a", "")), "s: inputs[0] (a).step: is missing"},
        {INPUTS(NAMED("a", ", \"step\": \"1\", \"uniform\": true")),
         "s: inputs[0].uniform: inputs have no such member"},
        {INPUTS(ONE ", " NAMED("A", ", \"step\": \"0\"")), "s: the names \"a\" and \"A\" differ only by case"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"0\", \"offset\": \"0\", \"lo\": \"0\", \"hi\": \"9\", \"step\": \"0\"}"),
         "a.unit is not positive"},
        {INPUTS("{\"name\": \"a\", \"unit\": \"1\", \"offset\": \"0\", \"lo\": \"9\", \"hi\": \"0\", \"step\": \"1\"}"),
         "the range is empty"},
        {INPUTS(ONE ", " ONE), "two inputs are named \"a\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        eml_abi abi;
        eml_error err = {0};
        assert_int_equal(eml_schema_parse("s", cases[i].text, strlen(cases[i].text), &abi, &err), EML_ERR_INPUT);
        if (strstr(err.text, cases[i].says) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, err.text, cases[i].says);
    }
}

static void too_many_inputs(void **state) {
    (void)state;
    eml_buf text = {0};
    eml_abi abi;
    eml_error err = {0};
    eml_buf_put_text(&text, "{\"kind\": \"eml schema\", \"format\": 2, \"inputs\": [0");
    for (size_t i = 0; i < EML_ABI_COLUMNS_MAX; i++) eml_buf_put_text(&text, ",0");
    eml_buf_put_text(&text, "]}");
    assert_int_equal(eml_schema_parse("s", (const char *)text.data, text.len, &abi, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "s: inputs: more than 1048576");
    eml_buf_free(&text);
}

/* ----- ABIs */

static void put_abi(const eml_abi *abi, eml_buf *out) {
    out->len = 0;
    eml_abi_encode(abi, out);
}

static void abi_round_trip(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_abi again;
    eml_buf bytes = {0}, written = {0};
    eml_error err = {0};
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    assert_int_equal(bundle.kind, EML_BUNDLE_OPEN);
    assert_int_equal(bundle.program.shape.abi_flags, EML_ABI_COMMITTED);
    put_abi(&bundle.abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, &err), EML_OK);
    for (size_t i = 0; i < 3; i++) assert_int_equal(again.inputs[i].visibility, bundle.abi.inputs[i].visibility);
    assert_memory_equal(&again.reveal, &bundle.abi.reveal, sizeof again.reveal);
    assert_int_equal(eml_abi_reveal_proofs(&again), 2);
    assert_true(eml_abi_one_row(&again) && !again.single_row);
    put_abi(&again, &written);
    assert_memory_equal(written.data, bytes.data, bytes.len);
    /* Whoever writes no committed input as committed writes no section. */
    for (size_t i = 0; i < 3; i++) again.inputs[i].visibility = EML_PUBLIC;
    put_abi(&again, &written);
    assert_true(written.len + 20 < bytes.len);
    assert_int_equal(eml_abi_flags(&again), 0);
    assert_int_equal(eml_abi_reveal_proofs(&again), 0);
    assert_int_equal(eml_abi_check(&again, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "outputs tell something of what is committed, but nothing is");
    again.reveal.bits = 0;
    assert_int_equal(eml_abi_check(&again, &err), EML_ERR_INPUT);
    again.reveal = (eml_committed_reveal){1, 0};
    assert_int_equal(eml_abi_check(&again, &err), EML_ERR_INPUT);
    again.reveal.bits = 0;
    assert_int_equal(eml_abi_check(&again, &err), EML_OK);
    eml_abi_free(&again);
    eml_buf_free(&bytes);
    eml_buf_free(&written);
    eml_bundle_free(&bundle);
}

/* The sample's ABI with some bytes replaced, of as many. */
static void assert_edited(const char *from, size_t length, const char *to, const char *says) {
    eml_bundle bundle;
    eml_abi abi;
    eml_buf bytes = {0};
    eml_error err = {0};
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    put_abi(&bundle.abi, &bytes);
    uint8_t *at = memmem(bytes.data, bytes.len, from, length);
    assert_non_null(at);
    memcpy(at, to, length);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &abi, &err), EML_ERR_INPUT);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

/* Inputs 0 and 2: entries 0 and 1 of a tape that counts from the one that is expected. */
static void bad_committed_tapes(void **state) {
    (void)state;
    assert_edited("tape\x42\x00\x02", 7, "tape\x42\x00\x04", "tape: entry 1 names no input");
    assert_edited("tape\x42\x00\x02", 7, "tape\x42\x00\x03", "tape: entry 1 names no input"); /* `one` */
    assert_edited("tape\x42\x00\x02", 7, "tape\x42\x00\x01", "tape: entry 1 is a secret input, or committed already");
    assert_edited("tape\x42\x00\x02", 7, "tape\x42\x04\x05", "would be written otherwise"); /* 2, then 0 */
    assert_edited("tape\x42\x00\x02", 7, "tape\x42\x00\x00", "public_tape[0]: input \"years\" is committed");
    assert_edited("secret\xf4", 7, "secret\xf5", "entry 0 is a secret input");
    assert_edited("icommitted", 10, "icommittee", "the key \"delta_bits\" was expected");
    assert_edited("\xaa"
                  "craw",
                  5,
                  "\xa9"
                  "craw",
                  "not as many entries as the map has");
    assert_edited("\xaa"
                  "craw",
                  5,
                  "\xab"
                  "craw",
                  "not as many entries as the map has");
    assert_edited("\xaa"
                  "craw",
                  5,
                  "\xb0"
                  "craw",
                  "a map of 9 to 15 entries");
}

typedef struct edited {
    eml_abi *abi;
    eml_shape *shape;
} edited;

static void no_form(edited e) { e.shape->form = EML_FORM_TRANSPARENT; }
static void with_salts(edited e) { e.shape->salted = 1; }
static void other_schema(edited e) { e.shape->schema[0] = EML_FE_ONE; }
static void other_second(edited e) { e.shape->schema[1] = EML_FE_ONE; }
static void more_reads(edited e) { e.shape->committed_len = 6; }
static void fewer_reads(edited e) { e.shape->committed_len = 2; }
static void no_flag(edited e) { e.shape->abi_flags = 0; }
static void both_flags(edited e) { e.shape->abi_flags |= EML_ABI_HIDDEN; }
static void other_unit(edited e) { mpq_set_ui(e.abi->inputs[2].unit, 1, 4); }
static void one_less(edited e) { e.abi->inputs[2].visibility = EML_PUBLIC; }
static void other_order(edited e) {
    eml_input_column swapped = e.abi->inputs[0];
    e.abi->inputs[0] = e.abi->inputs[2];
    e.abi->inputs[2] = swapped;
}

static void shapes_that_do_not_fit(void **state) {
    (void)state;
    static const struct {
        void (*edit)(edited e);
        const char *says;
    } cases[] = {
        {no_form, "the program is not of the hidden form without salts"},
        {with_salts, "the program is not of the hidden form without salts"},
        {other_schema, "schema is not that of its ABI's committed inputs"},
        {other_second, "schema is not that of its ABI's committed inputs"},
        {more_reads, "committed tape has 6 entries, its ABI says 4"},
        {fewer_reads, "committed tape has 2 entries, its ABI says 4"},
        {no_flag, "abi_flags is 0, of an ABI with these sections it is 16"},
        {both_flags, "abi_flags is 48, of an ABI with these sections it is 16"},
        {other_unit, "schema is not that of its ABI's committed inputs"},
        {one_less, "committed tape has 4 entries, its ABI says 2"},
        {other_order, "schema is not that of its ABI's committed inputs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        eml_bundle bundle;
        eml_error err = {0};
        test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
        assert_int_equal(eml_abi_check_shape(&bundle.abi, &bundle.program.shape, &err), EML_OK);
        cases[i].edit((edited){&bundle.abi, &bundle.program.shape});
        assert_int_equal(eml_abi_check_shape(&bundle.abi, &bundle.program.shape, &err), EML_ERR_INPUT);
        if (strstr(err.text, cases[i].says) == NULL) fail_msg("%zu: %s", i, err.text);
        eml_bundle_free(&bundle);
    }
}

/* Both kinds at once: a section each, and salts; secret inputs are another matter. */
static void beside_others(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_error err = {0};
    test_sample_bundle(TEST_SAMPLE_ENCRYPTED, &bundle);
    bundle.abi.inputs[0].visibility = EML_COMMITTED;
    bundle.abi.public_tape[0] = EML_TAPE_ONE;
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "t.offset is not 0: the input is committed");
    mpq_set_ui(bundle.abi.inputs[0].offset, 0, 1);
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "inputs are committed, but others are secret: a program has one or the other");
    eml_bundle_free(&bundle);
    test_sample_bundle(TEST_SAMPLE_HIDDEN, &bundle);
    bundle.abi.inputs[1].visibility = EML_COMMITTED;
    bundle.abi.inputs[1].uniform = true;
    bundle.abi.public_tape[1] = 0;
    assert_int_equal(eml_abi_check(&bundle.abi, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "x[1] is committed and uniform: only public inputs can be uniform");
    bundle.abi.inputs[1].uniform = false;
    eml_buf bytes = {0};
    eml_abi again;
    put_abi(&bundle.abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, &err), EML_OK);
    assert_int_equal(eml_abi_flags(&again), EML_ABI_COMMITTED | EML_ABI_HIDDEN);
    assert_int_equal(again.hidden_count, 2);
    assert_int_equal(again.inputs[1].visibility, EML_COMMITTED);
    eml_abi_free(&again);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

/* ----- Openings */

/* Of the sample's committed inputs, or (named false) as for a program from assembly. */
static void make_opening(bool named, eml_opening *out) {
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    *out = (eml_opening){.salts = {eml_fe_from_u64(5), eml_fe_from_u64(6)}, .count = 2};
    if (!named) eml_abi_free(&bundle.abi), eml_abi_init(&bundle.abi);
    eml_schema_columns(&bundle.abi, &out->columns);
    memcpy(out->schema, bundle.program.shape.schema, sizeof out->schema);
    out->values = eml_alloc(2, sizeof(eml_fe));
    out->values[0] = eml_fe_from_u64(50);
    out->values[1] = eml_fe_from_u64(1300);
    eml_opening_commitment(out, out->commitment);
    eml_bundle_free(&bundle);
}

static void assert_refused(const eml_buf *bytes, const char *says) {
    eml_opening opening;
    eml_error err = {0};
    assert_int_equal(eml_opening_decode(bytes->data, bytes->len, &opening, &err), EML_ERR_INPUT);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void opening_round_trip(void **state) {
    (void)state;
    eml_fe first[EML_RESCUE_DIGEST], second[EML_RESCUE_DIGEST];
    for (int named = 0; named < 2; named++) {
        eml_opening made, read;
        eml_buf bytes = {0}, again = {0};
        eml_error err = {0};
        make_opening(named, &made);
        eml_opening_encode(&made, &bytes);
        assert_int_equal(eml_opening_decode(bytes.data, bytes.len, &read, &err), EML_OK);
        assert_int_equal(read.columns.input_count, named ? 2 : 0);
        assert_int_equal(read.columns.raw, !named);
        if (named) assert_string_equal(read.columns.inputs[1].name, "ldl");
        if (named) assert_int_equal(read.columns.inputs[1].visibility, EML_COMMITTED);
        eml_opening_encode(&read, &again);
        assert_int_equal(again.len, bytes.len);
        assert_memory_equal(again.data, bytes.data, bytes.len);
        eml_opening_commitment(&read, second);
        assert_memory_equal(made.commitment, second, sizeof second);
        eml_commitment_of(made.schema, made.salts, made.values, 2, first);
        assert_memory_equal(first, second, sizeof first);
        assert_int_equal(eml_opening_check(&read, first, &err), EML_OK);
        for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) {
            first[i] = eml_fe_add(first[i], EML_FE_ONE);
            assert_int_equal(eml_opening_check(&read, first, &err), EML_ERR_INPUT);
            assert_non_null(strstr(err.text, "the file is damaged"));
            first[i] = second[i];
        }
        eml_opening_free(&read);
        assert_null(read.values);
        for (size_t length = 0; length < bytes.len; length++) {
            eml_buf shorter = {.data = bytes.data, .len = length};
            assert_refused(&shorter, "");
        }
        eml_buf_put_u8(&bytes, 0);
        assert_refused(&bytes, "1 bytes after the end");
        eml_buf_free(&bytes);
        eml_buf_free(&again);
        eml_opening_free(&made);
    }
}

/* A changed byte is refused, or is another opening that is written in exactly these bytes; and none opens a
 * commitment. */
static void changed_openings(void **state) {
    (void)state;
    eml_opening made, read;
    eml_buf bytes = {0};
    make_opening(true, &made);
    eml_opening_encode(&made, &bytes);
    size_t refused = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        for (unsigned change = 1; change < 256; change <<= 1) {
            bytes.data[i] ^= (uint8_t)change;
            if (eml_opening_decode(bytes.data, bytes.len, &read, NULL) == EML_OK) {
                eml_buf again = {0};
                eml_fe found[EML_RESCUE_DIGEST];
                eml_opening_encode(&read, &again);
                assert_int_equal(again.len, bytes.len);
                assert_memory_equal(again.data, bytes.data, bytes.len);
                eml_opening_commitment(&read, found);
                assert_int_equal(eml_opening_check(&read, found, NULL), EML_ERR_INPUT);
                eml_buf_free(&again);
                eml_opening_free(&read);
            } else {
                refused++;
            }
            bytes.data[i] ^= (uint8_t)change;
        }
    }
    assert_in_range(refused, 1, 8 * bytes.len - 1);
    eml_buf_free(&bytes);
    eml_opening_free(&made);
}

static void lookalike(eml_opening *o) { memcpy(o->columns.inputs[1].name, "AGE", 4); }
static void same_names(eml_opening *o) { memcpy(o->columns.inputs[1].name, "age", 4); }
static void line_end(eml_opening *o) { o->columns.inputs[1].name[1] = '\n'; }
static void secret(eml_opening *o) { o->columns.inputs[1].visibility = EML_SECRET; }
static void uniform(eml_opening *o) { o->columns.inputs[0].uniform = true; }
static void shifted(eml_opening *o) { mpq_set_ui(o->columns.inputs[0].offset, 1, 1); }
static void other_range(eml_opening *o) { mpq_set_ui(o->columns.inputs[1].hi, 77, 1); }
static void first_of_schema(eml_opening *o) { o->schema[0] = EML_FE_ONE; }
static void second_of_schema(eml_opening *o) { o->schema[1] = EML_FE_ONE; }
static void no_first_salt(eml_opening *o) { o->salts[0] = EML_FE_ZERO; }
static void no_second_salt(eml_opening *o) { o->salts[1] = EML_FE_ZERO; }
static void equal_salts(eml_opening *o) { o->salts[1] = o->salts[0]; }
static void one_value(eml_opening *o) { o->count = 1; }
static void no_value(eml_opening *o) { o->count = 0; }
static void none_at_all(eml_opening *o) { o->count = 0, eml_abi_free(&o->columns); }

static void bad_openings(void **state) {
    (void)state;
    static const char weak[] = "salts: salts that are 0 or equal", schema[] = "schema is not that of the inputs";
    static const struct {
        void (*change)(eml_opening *opening);
        const char *says;
    } cases[] = {
        {lookalike, "the names \"age\" and \"AGE\" differ only by case"},
        {same_names, "two inputs are named \"age\""},
        {line_end, "input name[1]"},
        {secret, "\"ldl\" is a secret input"},
        {uniform, "uniform"},
        {shifted, "offset"},
        {other_range, schema},
        {first_of_schema, schema},
        {second_of_schema, schema},
        {no_first_salt, weak},
        {no_second_salt, weak},
        {equal_salts, weak},
        {one_value, "values: 1 values of 2 inputs"},
        {no_value, "values: 0 values of 2 inputs"},
        {none_at_all, "values: 0 values of 0 inputs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        eml_opening made;
        eml_buf bytes = {0};
        make_opening(true, &made);
        cases[i].change(&made);
        eml_opening_encode(&made, &bytes);
        assert_refused(&bytes, cases[i].says);
        eml_buf_free(&bytes);
        eml_opening_free(&made);
    }
    eml_buf other = {.data = (uint8_t[]){0x83, 0x69, 'e', 'm', 'l', ' ', 'p', 'r', 'o', 'o', 'f', 2}, .len = 12};
    assert_refused(&other, "this is not an \"eml opening\" file");
}

/* Elements of one vector are one entry: two entries say the same, and are refused. */
static void one_encoding(void **state) {
    (void)state;
    eml_opening made, read;
    eml_buf bytes = {0};
    eml_error err = {0};
    make_opening(true, &made);
    for (size_t i = 0; i < 2; i++) {
        eml_free(made.columns.inputs[i].name);
        made.columns.inputs[i].name = eml_copy_text(i == 0 ? "x[0]" : "x[1]", 4);
    }
    eml_schema_digest(&made.columns, made.schema);
    made.columns.inputs[1].name[0] = 'y'; /* so that they are written apart */
    eml_opening_encode(&made, &bytes);
    uint8_t *name = memmem(bytes.data, bytes.len, "dname\141y", 7);
    assert_non_null(name);
    name[6] = 'x';
    assert_int_equal(eml_opening_decode(bytes.data, bytes.len, &read, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "the same opening would be written otherwise");
    made.columns.inputs[1].name[0] = 'x';
    bytes.len = 0;
    eml_opening_encode(&made, &bytes);
    assert_int_equal(eml_opening_decode(bytes.data, bytes.len, &read, &err), EML_OK);
    eml_opening_free(&read);
    eml_opening_free(&made);
    eml_buf_free(&bytes);
}

/* More values than any program takes are not read at all. */
static void too_many_values(void **state) {
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        eml_opening made, read;
        eml_buf bytes = {0};
        eml_error err = {0};
        make_opening(false, &made);
        eml_free(made.values);
        made.count = EML_OPENING_VALUES_MAX + over;
        made.values = eml_alloc(made.count, sizeof *made.values);
        eml_opening_encode(&made, &bytes);
        assert_int_equal(eml_opening_decode(bytes.data, bytes.len, &read, &err), over ? EML_ERR_INPUT : EML_OK);
        if (!over) eml_opening_free(&read);
        eml_opening_free(&made);
        eml_buf_free(&bytes);
    }
}

/* Which bytes the writer of files never replaces. */
static void begins_as_the_writer_knows(void **state) {
    (void)state;
    eml_opening made;
    eml_buf bytes = {0};
    make_opening(true, &made);
    eml_opening_encode(&made, &bytes);
    assert_memory_equal(bytes.data, EML_FILE_OPENING_MAGIC, sizeof EML_FILE_OPENING_MAGIC - 1);
    eml_buf_free(&bytes);
    eml_opening_free(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_covers),
        cmocka_unit_test(schema_round_trip),
        cmocka_unit_test(bad_schemas),
        cmocka_unit_test(too_many_inputs),
        cmocka_unit_test(abi_round_trip),
        cmocka_unit_test(bad_committed_tapes),
        cmocka_unit_test(shapes_that_do_not_fit),
        cmocka_unit_test(beside_others),
        cmocka_unit_test(opening_round_trip),
        cmocka_unit_test(changed_openings),
        cmocka_unit_test(bad_openings),
        cmocka_unit_test(one_encoding),
        cmocka_unit_test(too_many_values),
        cmocka_unit_test(begins_as_the_writer_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
