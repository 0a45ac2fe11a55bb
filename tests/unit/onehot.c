/* One-hot groups: what an ABI may say of them, and rows with them. */
#include <string.h>

#include "runtime/bundle/abi.h"
#include "runtime/table/read.h"
#include "tests/support/cmocka.h"

static void name(char **out, const char *text) {
    eml_free(*out);
    *out = eml_copy_text(text, strlen(text));
}

static void binary(eml_input_column *in, const char *text) {
    name(&in->name, text);
    mpq_set_ui(in->hi, 1, 1);
    mpq_set_ui(in->unit, 1, 1);
    in->exact = true;
}

/* Columns a, b, c are the group "abc", e, f "ef"; d stands between. c is rounded to multiples of 100, f to those of
 * 1/8. */
static void make(eml_abi *abi) {
    eml_abi_init(abi);
    eml_abi_set_counts(abi, 6, 1, 6, 0);
    abi->raw = false;
    name(&abi->model, "sample");
    for (size_t i = 0; i < 6; i++) {
        binary(&abi->inputs[i], (char[]){(char)('a' + i), '\0'});
        abi->public_tape[i] = (uint32_t)i;
    }
    abi->inputs[2].exact = abi->inputs[5].exact = false;
    mpq_set_ui(abi->inputs[2].unit, 100, 1);
    mpq_set_ui(abi->inputs[5].unit, 1, 8);
    mpq_set_ui(abi->inputs[2].step, 1, 1);
    mpq_set_ui(abi->inputs[5].step, 1, 1);
    mpq_set_ui(abi->inputs[3].hi, 9, 1);
    eml_abi_set_groups(abi, 2);
    abi->groups[0].count = 3;
    abi->groups[1] = (eml_onehot_group){.first = 4, .count = 2};
    name(&abi->groups[0].name, "abc");
    name(&abi->groups[1].name, "ef");
    name(&abi->outputs[0].name, "y");
    name(&abi->outputs[0].link, "identity");
    mpq_set_ui(abi->outputs[0].unit, 1, 10);
}

static void round_trip(void **state) {
    (void)state;
    eml_abi abi, again;
    eml_buf bytes = {0}, second = {0};
    make(&abi);
    assert_int_equal(eml_abi_check(&abi, NULL), EML_OK);
    assert_int_equal(eml_abi_flags(&abi), EML_ABI_ONEHOT);
    eml_abi_encode(&abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, NULL), EML_OK);
    eml_abi_encode(&again, &second);
    assert_true(second.len == bytes.len && memcmp(second.data, bytes.data, bytes.len) == 0);
    assert_int_equal(again.group_count, 2);
    assert_string_equal(again.groups[1].name, "ef");
    assert_int_equal(again.groups[1].first, 4);
    assert_int_equal(again.groups[1].count, 2);
    eml_abi_free(&again);
    for (size_t cut = 0; cut < bytes.len; cut++)
        assert_int_equal(eml_abi_decode(bytes.data, cut, &again, NULL), EML_ERR_INPUT);
    for (size_t at = 0; at < bytes.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes.data[at] ^= (uint8_t)(1 << bit);
            if (eml_abi_decode(bytes.data, bytes.len, &again, NULL) == EML_OK) eml_abi_free(&again);
            bytes.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    eml_buf_free(&bytes);
    eml_buf_free(&second);
    eml_abi_free(&abi);
}

/* A section without groups would be a second way to write an ABI that has none. */
static void empty_section(void **state) {
    (void)state;
    eml_abi abi, again;
    eml_buf bytes = {0}, changed = {0};
    eml_error err = {0};
    make(&abi);
    eml_abi_encode(&abi, &bytes);
    static const char key[] = "fonehot", next[] = "goutputs";
    const uint8_t *from = memmem(bytes.data, bytes.len, key, sizeof key - 1);
    const uint8_t *to = memmem(bytes.data, bytes.len, next, sizeof next - 1);
    eml_buf_put(&changed, bytes.data, (size_t)(from - bytes.data) + sizeof key - 1);
    eml_buf_put_u8(&changed, 0x80);
    eml_buf_put(&changed, to, (size_t)(bytes.data + bytes.len - to));
    assert_int_equal(eml_abi_decode(changed.data, changed.len, &again, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "no one-hot groups"));
    eml_buf_free(&bytes);
    eml_buf_free(&changed);
    eml_abi_free(&abi);
}

static void single(eml_abi *abi) { abi->groups[0].count = 1; }
static void beyond(eml_abi *abi) { abi->groups[1].count = 3; }
static void far_beyond(eml_abi *abi) { abi->groups[1].count = SIZE_MAX; }
static void behind_all(eml_abi *abi) { abi->groups[1].first = 7; }
static void overlapping(eml_abi *abi) { abi->groups[1].first = 2; }
static void out_of_order(eml_abi *abi) {
    abi->groups[0].first = 4, abi->groups[0].count = 2;
    abi->groups[1].first = 0;
}
static void wider(eml_abi *abi) { mpq_set_ui(abi->inputs[1].hi, 2, 1); }
static void lower(eml_abi *abi) { mpq_set_si(abi->inputs[1].lo, -1, 1); }
static void halves(eml_abi *abi) { mpq_set_ui(abi->inputs[1].unit, 1, 2); }
static void any_value(eml_abi *abi) { abi->inputs[1].exact = false; }
static void fine_step(eml_abi *abi) { mpq_set_ui(abi->inputs[5].step, 1, 2); }
static void shifted(eml_abi *abi) { mpq_set_ui(abi->inputs[1].offset, 1, 2); }
static void uniform(eml_abi *abi) { abi->inputs[1].uniform = true; }
static void secret(eml_abi *abi) {
    abi->inputs[1].visibility = EML_SECRET;
    eml_free(abi->secret_tape);
    abi->secret_tape = eml_alloc(1, sizeof *abi->secret_tape);
    abi->secret_len = 1;
    abi->secret_tape[0] = 1;
    abi->public_tape[1] = 0;
    abi->encrypted_outputs = true;
    abi->delta_bits = 50;
}
static void committed(eml_abi *abi) {
    abi->inputs[4].visibility = abi->inputs[5].visibility = EML_COMMITTED;
    abi->public_tape[4] = abi->public_tape[5] = 0;
}
static void derived(eml_abi *abi) { eml_formula_add_column(&abi->inputs[5].formula, 0); }
static void category(eml_abi *abi) {
    abi->inputs[1].word_count = 2;
    abi->inputs[1].words = eml_alloc(2, sizeof(char *));
    name(&abi->inputs[1].words[0], "no");
    name(&abi->inputs[1].words[1], "yes");
}
static void same_name(eml_abi *abi) { name(&abi->groups[1].name, "abc"); }
static void unseen_name(eml_abi *abi) { name(&abi->groups[1].name, "a\tb"); }
static void raw(eml_abi *abi) {
    eml_abi_free(abi);
    eml_abi_init(abi);
    eml_abi_set_groups(abi, 1);
}

static void faults(void **state) {
    (void)state;
    static const struct {
        void (*change)(eml_abi *abi);
        const char *says;
    } rows[] = {
        {single, "the one-hot group abc has not two inputs or more"},
        {beyond, "the one-hot group ef has not two inputs or more"},
        {far_beyond, "the one-hot group ef has not two inputs or more"},
        {behind_all, "the one-hot group ef has not two inputs or more"},
        {overlapping, "the one-hot group ef has not two inputs or more, behind those of the groups before it"},
        {out_of_order, "the one-hot group ef has not two inputs or more, behind those of the groups before it"},
        {wider, "the one-hot group abc has \"b\", whose values are not 0 and 1"},
        {lower, "the one-hot group abc has \"b\", whose values are not 0 and 1"},
        {halves, "the one-hot group abc has \"b\", whose values are not 0 and 1"},
        {any_value, "the one-hot group abc has \"b\", whose values are not 0 and 1"},
        {fine_step, "the one-hot group ef has \"f\", whose values are not 0 and 1"},
        {shifted, "the one-hot group abc has \"b\", whose values are not 0 and 1"},
        {uniform, "the one-hot group abc cannot have \"b\""},
        {secret, "the one-hot group abc cannot have \"b\""},
        {committed, "the one-hot group ef cannot have \"e\""},
        {derived, "the one-hot group ef cannot have \"f\""},
        {category, "the one-hot group abc cannot have \"b\""},
        {same_name, "two one-hot groups are named \"abc\""},
        {unseen_name, "one-hot group[1] is not printable"},
        {raw, "a raw ABI describes nothing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eml_abi abi;
        eml_error err = {0};
        make(&abi);
        rows[i].change(&abi);
        assert_int_equal(eml_abi_check(&abi, &err), EML_ERR_INPUT);
        if (strstr(err.text, rows[i].says) == NULL)
            fail_msg("%zu: \"%s\" does not say \"%s\"", i, err.text, rows[i].says);
        eml_abi_free(&abi);
    }
}

static void tables(void **state) {
    (void)state;
    static const struct {
        const char *text, *says; /* NULL: they are taken */
    } rows[] = {
        {"a,b,c,d,e,f\n1,0,0,7,0,1\n0,0,1,7,1,0\n", NULL},
        {"f,e,d,c,b,a\n1,0,0,0,1,0\n", NULL},
        {"a,b,c,d,e,f\n0.9999999999999999,0,0e5,7,0,1.00\n", NULL},
        {"[{\"a\": 0, \"b\": 0, \"c\": 1, \"d\": 0, \"e\": 1, \"f\": 0}]", NULL},
        {"a,b,c,d,e,f\nFalse,False,True,7,TRUE,FALSE\ntrue,false,0,7,false,true\n", NULL},
        {"a,b,c,d,e,f\nFalse,False,False,7,True,False\n",
         "t: line 2 (row 1): \"abc\": none of its 3 columns is 1, but the input is one-hot"},
        {"a,b,c,d,e,f\n1,0,False,7,True,True\n",
         "t: line 2 (row 1): \"ef\": 2 of its columns are 1, \"e\" and \"f\", but the input is one-hot"},
        {"a,b,c,d,e,f\n1,0,0,7,0,1\n0,0,0,7,1,0\n",
         "t: line 3 (row 2): \"abc\": none of its 3 columns is 1, but the input is one-hot"},
        {"a,b,c,d,e,f\n1,0,0,7,1,1\n",
         "t: line 2 (row 1): \"ef\": 2 of its columns are 1, \"e\" and \"f\", but the input is one-hot"},
        {"a,b,c,d,e,f\n1,0,1,7,1,0\n",
         "t: line 2 (row 1): \"abc\": 2 of its columns are 1, \"a\" and \"c\", but the input is one-hot"},
        {"a,b,c,d,e,f\n1,1,1,7,1,0\n0,0,0,7,0,0\n",
         "t: line 2 (row 1): \"abc\": 3 of its columns are 1, \"a\" and \"b\" among them, but the input is one-hot; of "
         "2 rows 2 are refused"},
        {"[{\"a\": 0, \"b\": 0, \"c\": 0, \"d\": 0, \"e\": 1, \"f\": 0}]",
         "t: row 1: \"abc\": none of its 3 columns is 1, but the input is one-hot"},
        {"a,b,c,d,e,f\n1,0,0.5,7,1,0\n", "t: line 2 (row 1), column \"c\": 0.5 is not a multiple of the step 1"},
    };
    eml_abi abi;
    make(&abi);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eml_rows out;
        eml_error err = {0};
        const char *says = rows[i].says;
        eml_status status =
            eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", rows[i].text, strlen(rows[i].text), false, &out, &err);
        assert_int_equal(status, says == NULL ? EML_OK : EML_ERR_NO);
        if (says == NULL) eml_rows_free(&out);
        if (says != NULL && strcmp(err.text, says) != 0) fail_msg("\"%s\", not \"%s\"", err.text, says);
    }
    eml_abi_free(&abi);
}

/* Of each table the groups that are in it. */
static void owners_apart(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows out;
    eml_error err = {0};
    make(&abi);
    for (size_t i = 0; i < 3; i++) abi.inputs[i].visibility = EML_SECRET;
    static const char publics[] = "d,e,f\n7,0,1\n7,1.0,0\n0,0,1\n", secrets[] = "a,b,c\n0,1,0\n1,1,0\n",
                      neither[] = "d,e,f\n7,0,1\n7,0,0\n", both[] = "f,e,d\n0,1,7\n0,1,7\n1,1,7\n";
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", publics, sizeof publics - 1, false, &out, NULL),
                     EML_OK);
    eml_rows_free(&out);
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_SECRET, "t", secrets, sizeof secrets - 1, false, &out, &err),
                     EML_ERR_NO);
    assert_non_null(strstr(err.text, "line 3 (row 2): \"abc\": 2 of its columns are 1"));
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", neither, sizeof neither - 1, false, &out, &err),
                     EML_ERR_NO);
    assert_non_null(strstr(err.text, "line 3 (row 2): \"ef\": none of its 2 columns is 1"));
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", both, sizeof both - 1, false, &out, &err), EML_ERR_NO);
    assert_non_null(strstr(err.text, "line 4 (row 3): \"ef\": 2 of its columns are 1"));
    eml_abi_free(&abi);
}

/* Rows of arrays are held to it as those of a file are: many, of which one is not one-hot. */
static void arrays(void **state) {
    (void)state;
    enum { ROWS = 500, BAD = 321 };
    static double cells[6][ROWS];
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    eml_abi abi;
    eml_rows out;
    eml_error err = {0};
    eml_array columns[6];
    make(&abi);
    for (size_t c = 0; c < 6; c++) {
        for (size_t r = 0; r < ROWS; r++) cells[c][r] = c < 3 ? r % 3 == c : c == 3 ? 0 : r % 2 == c - 4;
        columns[c] = (eml_array){.name = names[c], .type = EML_ARRAY_DOUBLE, .values = cells[c]};
    }
    const eml_arrays all = {.columns = columns, .count = 6, .rows = ROWS};
    assert_int_equal(eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC, &all, false, &out, &err), EML_OK);
    eml_rows_free(&out);
    for (int sum = 0; sum < 3; sum += 2) { /* none and two */
        for (size_t c = 0; c < 3; c++) cells[c][BAD] = (int)c < sum;
        assert_int_equal(eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC, &all, false, &out, &err), EML_ERR_NO);
        assert_non_null(strstr(err.text, "row 322"));
        assert_non_null(strstr(err.text, sum == 0 ? "none of its 3 columns is 1" : "2 of its columns are 1"));
    }
    eml_abi_free(&abi);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip), cmocka_unit_test(empty_section), cmocka_unit_test(faults),
        cmocka_unit_test(tables),     cmocka_unit_test(owners_apart),  cmocka_unit_test(arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
