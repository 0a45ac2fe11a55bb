/* Openings held against programs: which are refused, and what is said. */
#include "tests/support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/bundle/schema.h"
#include "runtime/table/value.h"
#include "runtime/verify/verify.h"
#include "tests/support/bundle_samples.h"

/* The sample, and an opening of its two values, 50 years and 130.5 in tenths. */
typedef struct subject {
    eml_bundle bundle;
    eml_opening opening;
    bool damaged; /* what its commitment is, is not worked out again */
} subject;

static void make(subject *s) {
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &s->bundle);
    s->opening = (eml_opening){.salts = {eml_fe_from_u64(77), eml_fe_from_u64(78)}, .count = 2};
    eml_schema_columns(&s->bundle.abi, &s->opening.columns);
    memcpy(s->opening.schema, s->bundle.program.shape.schema, sizeof s->opening.schema);
    s->opening.values = eml_alloc(2, sizeof(eml_fe));
    s->opening.values[0] = eml_fe_from_u64(50);
    s->opening.values[1] = eml_fe_from_u64(1305);
}

static void unname(eml_opening *opening) {
    eml_abi_free(&opening->columns);
    eml_abi_init(&opening->columns);
}

/* says NULL: taken, and the commitment is the opening's. */
static void assert_says(subject *s, const char *says) {
    eml_record record = {0};
    eml_error err = {0};
    eml_fe commitment[EML_RESCUE_DIGEST];
    eml_opening_commitment(&s->opening, commitment);
    if (!s->damaged) memcpy(s->opening.commitment, commitment, sizeof commitment);
    eml_status status = eml_record_add_opening(&record, &s->bundle.abi, &s->bundle.program.shape, &s->opening, &err);
    assert_int_equal(record.committed, says == NULL);
    if (says == NULL) {
        assert_int_equal(status, EML_OK);
        assert_memory_equal(record.commitment, commitment, sizeof commitment);
        assert_null(s->opening.values);
    } else {
        assert_int_equal(status, EML_ERR_INPUT);
        if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    }
    eml_record_free(&record);
    eml_opening_free(&s->opening);
    eml_bundle_free(&s->bundle);
}

static void taken(void **state) {
    (void)state;
    subject s = {0};
    make(&s);
    assert_says(&s, NULL);
}

/* As long as the states of its sponge would be more than 64 MiB they are not kept; C is the same. */
static void long_traces(void **state) {
    (void)state;
    subject s = {0};
    make(&s);
    s.bundle.program.shape.n = 1 << 21;
    assert_says(&s, NULL);
}

static void other_schemas(void **state) {
    (void)state;
    subject s = {0};
    static const char other[] = "the commitment is to other inputs: ";
    for (size_t i = 0; i < 2; i++) {
        make(&s);
        s.opening.schema[i] = EML_FE_ONE;
        assert_says(&s, other);
    }
    mpq_ptr fields[5];
    for (size_t i = 0; i < 5; i++) {
        make(&s);
        eml_input_column *column = &s.opening.columns.inputs[i < 2];
        fields[0] = column->lo, fields[1] = column->hi, fields[2] = column->lo, fields[3] = column->hi;
        fields[4] = column->unit;
        mpq_set_ui(fields[i], 30, 1);
        eml_schema_digest(&s.opening.columns, s.opening.schema);
        assert_says(&s, i == 0 ? "\"ldl\" is in [30, 400], multiples of 0.5, rounded to multiples of about 0.1, in the "
                                 "model in [20, 400], multiples of 0.5"
                        : i == 1 ? "\"ldl\" is in [20, 30], multiples of 0.5"
                        : i == 2 ? "\"age\" is in [30, 99], multiples of 1, in the model in [18, 99], multiples of 1;"
                        : i == 3
                            ? "\"age\" is in [18, 30], multiples of 1, in the model in [18, 99]"
                            : "\"age\" is in [18, 99], multiples of 30, in the model in [18, 99], multiples of 1;");
    }
    make(&s);
    mpq_set_ui(s.opening.columns.inputs[1].step, 1, 1);
    eml_schema_digest(&s.opening.columns, s.opening.schema);
    assert_says(&s, "\"ldl\" is in [20, 400], multiples of 1, ");
    for (unsigned step = 0; step < 2; step++) { /* of the first, while the second is the same */
        make(&s);
        s.opening.columns.inputs[0].exact = false;
        mpq_set_ui(s.opening.columns.inputs[0].step, 2 * step, 1);
        if (step) s.bundle.abi.inputs[0].exact = false, mpq_set_ui(s.bundle.abi.inputs[0].step, 3, 1);
        eml_schema_digest(&s.opening.columns, s.opening.schema);
        eml_schema_digest(&s.bundle.abi, s.bundle.program.shape.schema);
        assert_says(&s,
                    step ? "\"age\" is in [18, 99], multiples of 2, rounded to multiples of about 1, in the model in "
                           "[18, 99], multiples of 3"
                         : "\"age\" is in [18, 99], rounded to multiples of about 1, in the model");
    }
    make(&s);
    s.opening.columns.inputs[1].name[0] = 'h';
    eml_schema_digest(&s.opening.columns, s.opening.schema);
    assert_says(&s, "it is to age, hdl, the committed inputs of the model are, in this order, age, ldl; who vouches");
    make(&s);
    unname(&s.opening);
    assert_says(&s, "the commitment was made for another program, one from assembly");
    make(&s);
    s.bundle.program.shape.committed_len += 2; /* of two outputs: three values */
    assert_says(&s, other);
}

/* What does not open the commitment that it says it opens, and leaves nothing behind. */
static void damaged(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        subject s = {0};
        make(&s);
        eml_opening_commitment(&s.opening, s.opening.commitment);
        s.damaged = true;
        if (i == 0) s.opening.values[0] = eml_fe_from_u64(51);
        if (i == 1) s.opening.salts[1] = eml_fe_from_u64(79);
        if (i == 2) s.bundle.program.shape.n = 1 << 21, s.opening.commitment[1] = EML_FE_ONE;
        assert_says(&s, "the file is damaged");
    }
}

static void values_that_are_none(void **state) {
    (void)state;
    static const struct {
        size_t index;
        int value;
        const char *says;
    } cases[] = {
        {0, 17, "the committed value of \"age\" is none that the model takes: in [18, 99], multiples of 1"},
        {0, 100, "the committed value of \"age\""},
        {0, 0, "the committed value of \"age\""},
        {0, -50, "the committed value of \"age\""},
        {1, 1306, "the committed value of \"ldl\" is none that the model takes: in [20, 400], multiples of 0.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        subject s = {0};
        make(&s);
        eml_fe size = eml_fe_from_u64((uint64_t)abs(cases[i].value));
        s.opening.values[cases[i].index] = cases[i].value < 0 ? eml_fe_neg(size) : size;
        assert_says(&s, cases[i].says);
    }
}

/* On a grid finer than doubles are, a number a little past an end means the end; an integer past it means nothing. */
static void past_an_end(void **state) {
    (void)state;
    for (unsigned past = 0; past < 2; past++) {
        subject s = {0};
        make(&s);
        eml_input_column *column = &s.bundle.abi.inputs[2];
        mpq_set_si(column->hi, 9, 10);
        mpq_set_si(column->lo, 0, 1);
        mpq_set_ui(column->step, 0, 1);
        mpq_set_ui(column->unit, 1, 1);
        mpq_div_2exp(column->unit, column->unit, 60);
        eml_schema_digest(&s.bundle.abi, s.bundle.program.shape.schema);
        memcpy(s.opening.schema, s.bundle.program.shape.schema, sizeof s.opening.schema);
        eml_fe last;
        assert_int_equal(eml_abi_encode_value(column, column->hi, &last, NULL), EML_OK);
        s.opening.values[1] = eml_fe_add(last, eml_fe_from_u64(16 * past));
        assert_says(&s, past ? "the committed value of \"ldl\" is none that the model takes" : NULL);
    }
}

static void other_programs(void **state) {
    (void)state;
    subject s = {0};
    eml_bundle plain;
    make(&s);
    test_sample_bundle(TEST_SAMPLE_PLAIN, &plain);
    eml_bundle_free(&s.bundle);
    s.bundle = plain;
    assert_says(&s, "an opening, but model risk has no committed inputs");
    make(&s); /* of assembly: by number and schema alone */
    eml_abi_free(&s.bundle.abi);
    eml_abi_init(&s.bundle.abi);
    unname(&s.opening);
    s.opening.values[0] = eml_fe_from_u64(100000);
    assert_says(&s, NULL);
    make(&s); /* but not by named ones */
    eml_abi_free(&s.bundle.abi);
    eml_abi_init(&s.bundle.abi);
    assert_says(&s, "for named inputs, and this one is from assembly");
    for (int i = 0; i < 2; i++) {
        make(&s);
        eml_abi_free(&s.bundle.abi);
        eml_abi_init(&s.bundle.abi);
        unname(&s.opening);
        if (i == 0) s.opening.count = 1;
        if (i == 1) s.opening.schema[0] = EML_FE_ONE;
        assert_says(&s, "the commitment was made for another program");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),          cmocka_unit_test(long_traces),          cmocka_unit_test(other_schemas),
        cmocka_unit_test(damaged),        cmocka_unit_test(values_that_are_none), cmocka_unit_test(past_an_end),
        cmocka_unit_test(other_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
