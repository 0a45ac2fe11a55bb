/* Record batches of the Arrow C Data Interface: every format, offsets and nulls, and structures that contradict
 * themselves. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <string.h>

#include "runtime/field/integer.h"
#include "runtime/table/read.h"
#include "tests/support/rows.h"

/* ----- A model, and a batch of one column ----- */

static void open_abi(eml_abi *abi, bool category) {
    eml_abi_init(abi);
    abi->raw = false;
    eml_free(abi->model);
    abi->model = eml_copy_text("m", 1);
    eml_abi_set_counts(abi, 1, 0, 0, 0);
    eml_input_column *column = &abi->inputs[0];
    column->name = eml_copy_text("x", 1);
    column->visibility = EML_PUBLIC;
    mpq_set_si(column->lo, category ? 0 : -1000000, 1);
    mpq_set_si(column->hi, category ? 1 : 1000000, 1);
    mpq_set_si(column->unit, 1, category ? 1 : 10);
    column->exact = category;
    if (!category) return;
    column->words = eml_alloc(2, sizeof(char *));
    column->words[0] = eml_copy_text("no", 2);
    column->words[1] = eml_copy_text("yes", 3);
    column->word_count = 2;
}

/* Nobody may release what was lent. */
static void no_schema(struct ArrowSchema *schema) { fail_msg("released %s", schema->name); }
static void no_array(struct ArrowArray *array) { fail_msg("released %p", (void *)array); }

typedef struct batch {
    struct ArrowSchema schema, column, words;
    struct ArrowArray array, values, dictionary;
    struct ArrowSchema *columns[1];
    struct ArrowArray *children[1];
    const void *none[1], *buffers[3], *word_buffers[3];
} batch;

static struct ArrowArray array_of(int64_t length, int64_t buffers, const void **list) {
    return (struct ArrowArray){.length = length, .n_buffers = buffers, .buffers = list, .release = no_array};
}

static void open_batch(batch *b, const char *format, int64_t rows, const void *values, const void *bytes) {
    *b = (batch){.schema = {.format = "+s", .name = "", .n_children = 1, .release = no_schema},
                 .column = {.format = format, .name = "x", .release = no_schema},
                 .array = array_of(rows, 1, NULL),
                 .values = array_of(rows, bytes == NULL ? 2 : 3, NULL)};
    b->columns[0] = &b->column;
    b->children[0] = &b->values;
    b->schema.children = b->columns;
    b->array.children = b->children;
    b->array.n_children = 1;
    b->array.buffers = b->none;
    b->values.buffers = b->buffers;
    b->buffers[1] = values;
    b->buffers[2] = bytes;
}

/* values are then indices of strings. */
static void add_words(batch *b, const char *format, int64_t count, const void *offsets, const char *bytes) {
    b->words = (struct ArrowSchema){.format = format, .name = "", .release = no_schema};
    b->dictionary = array_of(count, 3, b->word_buffers);
    b->word_buffers[1] = offsets;
    b->word_buffers[2] = bytes;
    b->column.dictionary = &b->words;
    b->values.dictionary = &b->dictionary;
}

static eml_status read(const batch *b, bool category, bool allow_extra, eml_rows *rows, eml_error *err) {
    eml_abi abi;
    open_abi(&abi, category);
    eml_arrays arrays = {.schema = &b->schema, .batch = &b->array};
    eml_status status = eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC, &arrays, allow_extra, rows, err);
    eml_abi_free(&abi);
    return status;
}

static void check_cells(const batch *b, bool category, size_t count, const int *wanted) {
    eml_rows rows;
    eml_error err = {0};
    if (read(b, category, false, &rows, &err) != EML_OK) fail_msg("%s", err.text);
    assert_int_equal(eml_rows_count(&rows), count);
    for (size_t i = 0; i < count; i++) assert_int_equal((int)eml_fe_signed(test_cell(&rows, i)), wanted[i]);
    eml_rows_free(&rows);
}

static void check_says(const batch *b, bool category, const char *says) {
    eml_rows rows;
    eml_error err = {0};
    if (read(b, category, false, &rows, &err) == EML_OK) fail_msg("taken; wanted %s", says);
    if (strcmp(err.text, says) != 0) fail_msg("said %s", err.text);
}

/* ----- What is taken ----- */

static void numbers(void **state) {
    (void)state;
    batch b;
#define CHECK(format, type, ...)                                                                                       \
    open_batch(&b, format, 3, (const type[]){__VA_ARGS__}, NULL);                                                      \
    check_cells(&b, false, 3, (const int[]){10, 20, 990})
    CHECK("g", double, 1, 2.04, 99);
    CHECK("f", float, 1, 2.04f, 99);
    CHECK("l", int64_t, 1, 2, 99);
    CHECK("i", int32_t, 1, 2, 99);
    CHECK("s", int16_t, 1, 2, 99);
    CHECK("c", int8_t, 1, 2, 99);
    CHECK("L", uint64_t, 1, 2, 99);
    CHECK("I", uint32_t, 1, 2, 99);
    CHECK("S", uint16_t, 1, 2, 99);
    CHECK("C", uint8_t, 1, 2, 99);
#undef CHECK
    open_batch(&b, "l", 1, (const int64_t[]){-7}, NULL);
    check_cells(&b, false, 1, (const int[]){-70});
    open_batch(&b, "b", 3, (const uint8_t[]){0x05}, NULL);
    check_cells(&b, false, 3, (const int[]){10, 0, 10});
}

static void strings(void **state) {
    (void)state;
    batch b;
    open_batch(&b, "u", 3, (const int32_t[]){0, 3, 5, 8}, "yesnoyes");
    check_cells(&b, true, 3, (const int[]){1, 0, 1});
    open_batch(&b, "U", 2, (const int64_t[]){1, 3, 5}, "xnoyes");
    check_says(&b, true, "(arrays): row 2, column \"x\": \"ye\" is no word of the category, which are \"no\", \"yes\"");
    open_batch(&b, "U", 2, (const int64_t[]){1, 3, 6}, "xnoyes");
    check_cells(&b, true, 2, (const int[]){0, 1});
    /* Of a category and of numbers. */
    static const int32_t offsets[] = {0, 2, 5, 8};
    open_batch(&b, "c", 3, (const int8_t[]){1, 0, 1}, NULL);
    add_words(&b, "u", 3, offsets, "noyes1.5");
    check_cells(&b, true, 3, (const int[]){1, 0, 1});
    open_batch(&b, "i", 2, (const int32_t[]){2, 2}, NULL);
    add_words(&b, "u", 3, offsets, "noyes1.5");
    check_cells(&b, false, 2, (const int[]){15, 15});
    open_batch(&b, "S", 1, (const uint16_t[]){1}, NULL);
    add_words(&b, "U", 2, (const int64_t[]){0, 0, 3}, "yes");
    check_cells(&b, true, 1, (const int[]){1});
}

/* The batch's offset counts in its columns, and theirs besides; bits of nulls and booleans, too. */
static void offsets(void **state) {
    (void)state;
    batch b;
    static const int64_t values[] = {90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101};
    open_batch(&b, "l", 9, values, NULL);
    b.array.offset = 7;
    b.array.length = 2;
    b.values.offset = 3;
    b.buffers[0] = (const uint8_t[]){0, 0x0c};
    b.values.null_count = -1;
    check_cells(&b, false, 2, (const int[]){1000, 1010});
    b.buffers[0] = (const uint8_t[]){0xff, 0x07};
    check_says(&b, false, "(arrays): row 2, column \"x\": missing");
    b.values.null_count = 0; /* there are none, whatever the bits are */
    check_cells(&b, false, 2, (const int[]){1000, 1010});
    open_batch(&b, "b", 9, (const uint8_t[]){0, 0x04}, NULL);
    b.array.offset = 7;
    b.array.length = 2;
    b.values.offset = 2;
    check_cells(&b, false, 2, (const int[]){0, 10});
    open_batch(&b, "u", 2, (const int32_t[]){0, 3, 5, 8}, "yesnoyes");
    b.values.offset = 1;
    check_cells(&b, true, 2, (const int[]){0, 1});
    open_batch(&b, "c", 2, (const int8_t[]){5, 1, 0}, NULL);
    add_words(&b, "u", 2, (const int32_t[]){0, 0, 2, 5}, "noyes");
    b.values.offset = b.dictionary.offset = 1;
    check_cells(&b, true, 2, (const int[]){1, 0});
}

static void nulls(void **state) {
    (void)state;
    batch b;
    static const double values[] = {1, 2, 3};
    open_batch(&b, "g", 3, values, NULL);
    b.buffers[0] = (const uint8_t[]){0x05};
    b.values.null_count = 1;
    check_says(&b, false, "(arrays): row 2, column \"x\": missing");
    open_batch(&b, "c", 3, (const int8_t[]){1, 100, 0}, NULL); /* what stands there means nothing */
    add_words(&b, "u", 2, (const int32_t[]){0, 2, 5}, "noyes");
    b.buffers[0] = (const uint8_t[]){0x05};
    b.values.null_count = 1;
    check_says(&b, true, "(arrays): row 2, column \"x\": missing");
    b.values.null_count = 0;
    check_says(&b, true, "(arrays): row 2, column \"x\": an index beyond the words");
    /* The word itself. */
    open_batch(&b, "c", 2, (const int8_t[]){0, 1}, NULL);
    add_words(&b, "u", 2, (const int32_t[]){0, 2, 5}, "noyes");
    b.word_buffers[0] = (const uint8_t[]){0x01};
    b.dictionary.null_count = 1;
    check_says(&b, true, "(arrays): row 2, column \"x\": missing");
    /* A whole row. */
    open_batch(&b, "g", 3, values, NULL);
    b.none[0] = (const uint8_t[]){0x03};
    b.array.null_count = 1;
    check_says(&b, false, "(arrays): row 3: Arrow: it is null as a whole");
    b.array.null_count = 0;
    check_cells(&b, false, 3, (const int[]){10, 20, 30});
}

/* ----- What is refused ----- */

static void formats(void **state) {
    (void)state;
    batch b;
    static const double values[] = {1, 2, 3};
    static const char *const others[] = {"e", "n", "z", "vu", "tdD", "d:10,2", "+l", "gg", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char says[256];
        snprintf(says, sizeof says,
                 "(arrays): column \"x\": Arrow format \"%s\" is none of numbers (g, f, l, i, s, c, L, I, S, C, b), "
                 "strings (u, U) and dictionaries of strings",
                 others[i]);
        open_batch(&b, others[i], 3, values, NULL);
        check_says(&b, false, says);
    }
    open_batch(&b, "i", 1, (const int32_t[]){0}, NULL);
    add_words(&b, "g", 3, values, NULL);
    check_says(
        &b, false,
        "(arrays): column \"x\": Arrow format \"g\" is none of numbers (g, f, l, i, s, c, L, I, S, C, b), strings "
        "(u, U) and dictionaries of strings");
    /* Of a column that nobody wants it does not matter. */
    open_batch(&b, "g", 3, values, NULL);
    struct ArrowSchema other = {.format = "tdD", .name = "day", .release = no_schema}, *columns[] = {&other, &b.column};
    struct ArrowArray days = array_of(3, 2, b.buffers), *children[] = {&days, &b.values};
    b.schema.n_children = b.array.n_children = 2;
    b.schema.children = columns;
    b.array.children = children;
    eml_rows rows;
    assert_int_equal(read(&b, false, true, &rows, NULL), EML_OK);
    eml_rows_free(&rows);
    check_says(&b, false,
               "(arrays): unknown column \"day\": no input of the model, which are \"x\" here; --allow-extra ignores "
               "such columns");
}

#define REFUSED(says, change)                                                                                          \
    open_batch(&b, "g", 3, values, NULL);                                                                              \
    change;                                                                                                            \
    check_says(&b, false, "(arrays): " says)
#define NO_STRING(says, change)                                                                                        \
    open_batch(&b, "u", 2, offsets, "yesno");                                                                          \
    change;                                                                                                            \
    check_says(&b, true, "(arrays): " says)
#define NO_WORDS(says, change)                                                                                         \
    open_batch(&b, "c", 2, codes, NULL);                                                                               \
    add_words(&b, "u", 2, offsets, "yesno");                                                                           \
    change;                                                                                                            \
    check_says(&b, true, "(arrays): " says)

static void batches(void **state) {
    (void)state;
    batch b;
    static const double values[] = {1, 2, 3};
    REFUSED("Arrow: no record batch, which is a struct array (format \"+s\")", b.schema.format = "g");
    REFUSED("Arrow: there is no schema, no format or no array", b.schema.format = NULL);
    REFUSED("Arrow: it was released", b.schema.release = NULL);
    REFUSED("Arrow: it was released", b.array.release = NULL);
    REFUSED("Arrow: schema and array do not have the same columns", b.schema.n_children = 2);
    REFUSED("Arrow: schema and array do not have the same columns", b.schema.n_children = b.array.n_children = -1);
    REFUSED("Arrow: schema and array do not have the same columns", b.schema.children = NULL);
    REFUSED("Arrow: schema and array do not have the same columns", b.array.children = NULL);
    REFUSED("Arrow: another number of buffers than its format has", b.array.n_buffers = 2);
    REFUSED("Arrow: there are no buffers", b.array.buffers = NULL);
    REFUSED("Arrow: there are no buffers", b.array.n_buffers = -1);
    REFUSED("Arrow: a length or an offset that no array has", b.array.length = -1);
    REFUSED("Arrow: a length or an offset that no array has", b.array.offset = -1);
    REFUSED("Arrow: a length or an offset that no array has", b.array.offset = INT64_MAX);
    REFUSED("Arrow: a length or an offset that no array has", b.array.length = INT64_MAX / 8);
    REFUSED("there are no rows", b.array.length = 0);
    REFUSED("more than 2097152 columns", b.array.n_children = b.schema.n_children = (int64_t)1 << 40);
    REFUSED("Arrow: there is no schema, no format or no array", {
        eml_abi abi;
        eml_rows rows;
        eml_error err = {0};
        open_abi(&abi, false);
        assert_int_equal(
            eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC, &(eml_arrays){.batch = &b.array}, false, &rows, &err),
            EML_ERR_INPUT);
        eml_abi_free(&abi);
        b.schema.format = NULL;
    });
}

static void structures(void **state) {
    (void)state;
    batch b;
    static const double values[] = {1, 2, 3};
    REFUSED("column \"\": Arrow: there is no schema, no format or no array", b.columns[0] = NULL);
    REFUSED("column \"x\": Arrow: there is no schema, no format or no array", b.children[0] = NULL);
    REFUSED("column \"x\": Arrow: it was released", b.values.release = NULL);
    REFUSED("column \"x\": Arrow: a length or an offset that no array has", b.values.length = -3);
    REFUSED("column \"x\": Arrow: it has fewer rows than the batch", b.values.length = 2);
    REFUSED("column \"x\": Arrow: it has fewer rows than the batch", b.array.offset = 1);
    REFUSED("column \"x\": Arrow: another number of buffers than its format has", b.values.n_buffers = 3);
    REFUSED("column \"x\": Arrow: there are no buffers", b.values.buffers = NULL);
    REFUSED("column \"x\": Arrow: there is no buffer of values", b.buffers[1] = NULL);
    REFUSED("column \"x\": Arrow: there are nulls, but no buffer that says where", b.values.null_count = 1);
    REFUSED("column \"x\": Arrow: a dictionary whose indices are no integers", add_words(&b, "u", 1, values, "no"));
    REFUSED("column \"\": Arrow: a length or an offset that no array has", b.column.name = NULL; b.values.offset = -1);
}

static void texts(void **state) {
    (void)state;
    batch b;
    static const int32_t offsets[] = {0, 3, 5}, falling[] = {3, 0, 5}, below[] = {-1, 3, 5}, far[] = {0, 9, 5};
    static const int8_t codes[] = {0, 1};
    NO_STRING("row 1, column \"x\": the offsets of its strings are out of order", b.buffers[1] = falling);
    NO_STRING("row 1, column \"x\": the offsets of its strings are out of order", b.buffers[1] = below);
    NO_STRING("row 1, column \"x\": the offsets of its strings are out of order", b.buffers[1] = far);
    NO_STRING("row 1, column \"x\": the offsets of its strings are out of order", b.buffers[2] = NULL);
    NO_STRING("column \"x\": Arrow: another number of buffers than its format has", b.values.n_buffers = 2);
    NO_WORDS("column \"x\": Arrow: a dictionary that only one of schema and array has", b.values.dictionary = NULL);
    NO_WORDS("column \"x\": Arrow: a dictionary that only one of schema and array has", b.column.dictionary = NULL);
    NO_WORDS("column \"x\": Arrow: it was released", b.words.release = NULL);
    NO_WORDS("column \"x\": Arrow: there is no buffer of values", b.word_buffers[1] = NULL);
    NO_WORDS("row 1, column \"x\": the offsets of its strings are out of order", b.word_buffers[1] = falling);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(strings), cmocka_unit_test(offsets),    cmocka_unit_test(nulls),
        cmocka_unit_test(formats), cmocka_unit_test(batches), cmocka_unit_test(structures), cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
