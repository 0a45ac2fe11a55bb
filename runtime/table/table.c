#include "runtime/table/table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/field/integer.h"
#include "runtime/text/text.h"

static int compare_names(const void *a, const void *b) {
    return strcmp(((const eml_table_name *)a)->name, ((const eml_table_name *)b)->name);
}

/* Of the inputs that a table of this kind has. */
static eml_visibility visibility_of(const eml_table *table) {
    switch (table->kind) {
    case EML_ROWS_SECRET: return EML_SECRET;
    case EML_ROWS_COMMITTED: return EML_COMMITTED;
    default: return EML_PUBLIC;
    }
}

/* Groups are in the order of their inputs, as columns are. The inputs of one are of one kind, so their columns stand
 * side by side too. */
static void list_groups(eml_table *table) {
    const eml_abi *abi = table->abi;
    table->groups = eml_alloc(abi->group_count, sizeof *table->groups);
    for (size_t g = 0, c = 0; g < abi->group_count; g++) {
        const eml_input_column *first = &abi->inputs[abi->groups[g].first];
        if (first->visibility != visibility_of(table)) continue;
        while (table->columns[c].grid.column != first) c++;
        table->groups[table->group_count++] = (eml_table_group){&abi->groups[g], c};
    }
    if (table->group_count == 0) return;
    eml_input_column *bit = &table->bit;
    bit->exact = true;
    mpq_inits(bit->lo, bit->hi, bit->offset, bit->unit, bit->step, NULL);
    mpq_set_ui(bit->hi, 1, 1);
    mpq_set_ui(bit->unit, 1, 1);
    eml_grid_init(bit, &table->bit_grid);
}

/* A table of inputs has no derived ones, but those that only formulas read. */
static void list_inputs(eml_table *table) {
    const eml_abi *abi = table->abi;
    eml_abi_tape_init(&table->cells, abi, visibility_of(table));
    table->columns = eml_alloc(abi->input_count, sizeof *table->columns);
    size_t cell = 0;
    for (size_t i = 0; i < abi->input_count && !eml_input_is_derived(&abi->inputs[i]); i++) {
        const eml_input_column *input = &abi->inputs[i];
        if (input->visibility != visibility_of(table)) continue;
        eml_table_column *column = &table->columns[table->column_count++];
        column->name = input->name;
        column->cell = input->kept ? EML_TABLE_NO_COLUMN : cell++;
        eml_grid_init(input, &column->grid);
    }
    uint8_t *widths = eml_alloc(table->cells.columns, 1);
    for (size_t c = 0; c < table->cells.columns; c++)
        widths[c] = (uint8_t)eml_cells_width(eml_input_magnitude(&abi->inputs[table->cells.inputs[c]]));
    eml_cells_init(&table->rows.cells, table->cells.columns, widths, table->kind != EML_ROWS_PUBLIC);
    eml_free(widths);
    list_groups(table);
    table->integers = eml_alloc(abi->input_count, sizeof *table->integers);
    eml_derivation_open(&table->derivation, abi, visibility_of(table));
}

static void list_outputs(eml_table *table) {
    const eml_abi *abi = table->abi;
    table->column_count = abi->output_count + abi->result_count;
    table->columns = eml_alloc(table->column_count, sizeof *table->columns);
    for (size_t c = 0; c < abi->output_count; c++)
        table->columns[c] = (eml_table_column){.name = abi->outputs[c].name, .output = &abi->outputs[c], .cell = c};
    for (size_t r = 0; r < abi->result_count; r++)
        table->columns[abi->output_count + r] =
            (eml_table_column){.name = abi->results[r].name, .result = &abi->results[r], .cell = EML_TABLE_NO_COLUMN};
    eml_cells_init(&table->rows.cells, abi->output_count, NULL, false);
    table->integers = eml_alloc(table->column_count, sizeof *table->integers);
}

static void list_columns(eml_table *table) {
    if (table->kind == EML_ROWS_OUTPUTS)
        list_outputs(table);
    else
        list_inputs(table);
    size_t count = table->column_count;
    table->names = eml_alloc(count, sizeof *table->names);
    table->given = eml_alloc(count, sizeof *table->given);
    for (size_t c = 0; c < count; c++) table->names[c] = (eml_table_name){table->columns[c].name, c};
    qsort(table->names, count, sizeof *table->names, compare_names);
    const char **names = eml_alloc(count, sizeof *names);
    for (size_t c = 0; c < count; c++) names[c] = table->columns[c].name;
    eml_name_index_init(&table->alike, names, count);
    eml_free(names);
    table->first_row = eml_alloc(table->rows.cells.columns, sizeof *table->first_row);
}

/* A committed input's value is behind the commitment, a derived one's follows from others, whatever stands in a table:
 * who reads it there, beside inputs or outputs, would be deceived. */
static bool is_never(const eml_table *table, const eml_input_column *column) {
    bool proved = table->kind == EML_ROWS_PUBLIC || table->kind == EML_ROWS_OUTPUTS;
    return (proved && column->visibility == EML_COMMITTED) || eml_input_is_derived(column);
}

static void list_never(eml_table *table) {
    const eml_abi *abi = table->abi;
    size_t count = 0;
    const char **names = eml_alloc(abi->input_count, sizeof *names);
    for (size_t i = 0; i < abi->input_count; i++)
        if (is_never(table, &abi->inputs[i])) names[count++] = abi->inputs[i].name;
    eml_name_index_init(&table->never, names, count);
    eml_free(names);
}

eml_status eml_table_open(eml_table *table, const eml_abi *abi, eml_rows_kind kind, const char *file, bool allow_extra,
                          eml_error *err) {
    static const char *const kinds[] = {[EML_ROWS_PUBLIC] = "public inputs",
                                        [EML_ROWS_SECRET] = "secret inputs",
                                        [EML_ROWS_COMMITTED] = "committed inputs",
                                        [EML_ROWS_OUTPUTS] = "outputs"};
    *table = (eml_table){.abi = abi, .kind = kind, .file = file, .allow_extra = allow_extra};
    list_columns(table);
    if (table->column_count == 0) {
        eml_table_close(table);
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: the %s has no %s", file,
                           abi->raw ? "program" : "model", kinds[kind]);
    }
    list_never(table);
    return EML_OK;
}

void eml_table_prefix(const eml_table *table, size_t column, eml_error *err) {
    const char *name = column == EML_TABLE_NO_COLUMN ? NULL : table->columns[column].name;
    if (name) eml_error_prefix(err, "column \"%s\"", name);
    const char *comma = name ? ", " : ": ";
    eml_error sentence;
    if (!err) return;
    sentence = *err;
    if (table->line > 0)
        eml_fail(err, EML_OK, "%s: line %zu (row %zu)%s%s", table->file, table->line, table->row + 1, comma,
                 sentence.text);
    else
        eml_fail(err, EML_OK, "%s: row %zu%s%s", table->file, table->row + 1, comma, sentence.text);
}

static bool is_letter(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* Past what is no letter or digit; R writes "mean radius" as mean.radius, others as mean_radius. */
static size_t next_letter(const char *text, size_t length, size_t at) {
    while (at < length && !is_letter((unsigned char)text[at])) at++;
    return at;
}

static bool has_same_letters(const char *a, const char *b, size_t b_length) {
    size_t a_length = strlen(a), i = next_letter(a, a_length, 0), j = next_letter(b, b_length, 0);
    bool any = i < a_length;
    while (i < a_length && j < b_length && strncasecmp(a + i, b + j, 1) == 0) {
        i = next_letter(a, a_length, i + 1);
        j = next_letter(b, b_length, j + 1);
    }
    return any && i == a_length && j == b_length;
}

/* A column whose name is like this one, or the first element of the vector or matrix of this name. */
static const char *column_like(const eml_table *table, const char *name, size_t length) {
    const char *like = eml_name_index_find(&table->alike, name, length);
    if (like) return like;
    for (size_t c = 0; c < table->column_count; c++)
        if (has_same_letters(table->columns[c].name, name, length)) return table->columns[c].name;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *candidate = table->columns[c].name;
        if (length == 0 || strlen(candidate) < length || strncasecmp(candidate, name, length) != 0) continue;
        if (candidate[length] == '\0' || candidate[length] == '[') return candidate;
    }
    return NULL;
}

/* What stands where commas should; NULL: nothing. */
static const char *other_separator(const char *text, size_t length) {
    if (memchr(text, '\t', length)) return "tabs";
    if (memchr(text, ';', length)) return "semicolons";
    return memchr(text, '|', length) ? "bars" : NULL;
}

/* The input of another kind that has this name, or is never here and has one like it. */
static const eml_input_column *input_named(const eml_table *table, const char *name, size_t length) {
    const char *never = eml_name_index_find(&table->never, name, length);
    for (size_t i = 0; i < table->abi->input_count; i++) {
        const eml_input_column *column = &table->abi->inputs[i];
        if (column->name == never) return column;
        if (table->kind == EML_ROWS_OUTPUTS || never != NULL) continue;
        if (strlen(column->name) == length && memcmp(column->name, name, length) == 0) return column;
    }
    return NULL;
}

static void refuse_unknown(const eml_table *table, eml_error *err) {
    enum { SHOWN = 4 };
    eml_buf names = {0};
    size_t count = table->column_count;
    for (size_t c = 0; c < count && c < SHOWN; c++)
        eml_buf_printf(&names, "%s\"%s\"", c > 0 ? ", " : "", table->columns[c].name);
    if (count > SHOWN) eml_buf_printf(&names, " and %zu more", count - SHOWN);
    eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "no %s of the model, which are %.*s here%s",
                table->kind == EML_ROWS_OUTPUTS ? "output" : "input", (int)names.len, (const char *)names.data,
                "; --allow-extra ignores such columns");
    eml_buf_free(&names);
}

/* A name that is no column of this table: what is it? */
static eml_status refuse_name(const eml_table *table, const char *name, size_t length, eml_error *err) {
    eml_excerpt shown = eml_text_excerpt(name, length);
    const eml_input_column *column = input_named(table, name, length);
    if (column != NULL && eml_input_is_derived(column))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: column \"%s\" is worked out from others by the model: it does not belong here",
                           table->file, shown.text);
    if (column != NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: column \"%s\" is a %s input of the model: it does not belong here", table->file,
                           shown.text, eml_visibility_name(column->visibility));
    const char *like = column_like(table, name, length);
    eml_decimal number;
    if (like) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "did you mean \"%s\"?", like);
    } else if (eml_decimal_scan(name, length, &number)) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "the first line names the columns");
    } else if (table->column_count > 1 && other_separator(name, length) != NULL) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                    "the line has %s, but columns are separated by commas, and numbers have decimal points",
                    other_separator(name, length));
    } else {
        refuse_unknown(table, err);
    }
    eml_error_prefix(err, "%s: unknown column \"%s\"", table->file, shown.text);
    return EML_ERR_INPUT;
}

static const eml_table_name *find_name(const eml_table_name *names, size_t count, const char *key) {
    if (count == 0) return NULL;
    return bsearch(&(eml_table_name){key, 0}, names, count, sizeof *names, compare_names);
}

/* ----- Columns that are kept ----- */

static eml_status check_kept_name(const eml_table *table, const char *name, size_t before, eml_error *err) {
    const eml_abi *abi = table->abi;
    const char **taken = eml_alloc(abi->output_count + abi->result_count, sizeof *taken);
    for (size_t i = 0; i < abi->output_count; i++) taken[i] = abi->outputs[i].name;
    for (size_t i = 0; i < abi->result_count; i++) taken[abi->output_count + i] = abi->results[i].name;
    eml_name_index outputs;
    eml_name_index_init(&outputs, taken, abi->output_count + abi->result_count);
    const char *like = eml_name_index_find(&outputs, name, strlen(name));
    eml_status status = EML_OK;
    if (like != NULL)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                             "column \"%s\" cannot be kept: the model has an output or result \"%s\"",
                             eml_text_excerpt(name, strlen(name)).text, like);
    for (size_t k = 0; k < before && status == EML_OK; k++)
        if (strcmp(table->rows.kept.names[k], name) == 0)
            status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "column \"%s\" is to be kept twice",
                                 eml_text_excerpt(name, strlen(name)).text);
    if (status == EML_OK && !eml_text_is_utf8(name, strlen(name)))
        status =
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "column \"%s\" cannot be kept: it is not text in UTF-8",
                        eml_text_excerpt(name, strlen(name)).text);
    if (status == EML_OK && (name[0] == '\0' || eml_name_index_find(&table->never, name, strlen(name)) != NULL))
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "column \"%s\" cannot be kept: %s",
                             eml_text_excerpt(name, strlen(name)).text,
                             name[0] == '\0' ? "it has no name" : "the model works it out, or its issuer has it");
    eml_name_index_free(&outputs);
    eml_free(taken);
    return status;
}

eml_status eml_table_keep(eml_table *table, const char *const *names, size_t count, eml_error *err) {
    eml_kept *kept = &table->rows.kept;
    kept->names = eml_alloc(count, sizeof *kept->names);
    table->kept = eml_alloc(count, sizeof *table->kept);
    for (size_t k = 0; k < count; k++) {
        EML_TRY(check_kept_name(table, names[k], k, err));
        kept->names[kept->count++] = eml_copy_text(names[k], strlen(names[k]));
    }
    return EML_OK;
}

size_t eml_table_kept(const eml_table *table, const char *name, size_t length) {
    for (size_t k = 0; k < table->rows.kept.count; k++) {
        const char *kept = table->rows.kept.names[k];
        if (strlen(kept) == length && memcmp(kept, name, length) == 0) return k;
    }
    return SIZE_MAX;
}

eml_status eml_table_keep_row(eml_table *table, eml_error *err) {
    for (size_t k = 0; k < table->rows.kept.count; k++) {
        eml_csv_field *field = &table->kept[k];
        if (field->text == NULL)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                               "%s: row %zu: column \"%s\", which is to be kept, is missing", table->file, table->row,
                               table->rows.kept.names[k]);
        if (!eml_text_is_utf8(field->text, field->length))
            return eml_fail_as(
                err, EML_ERR_INPUT, EML_CODE_FORMAT,
                "%s: row %zu: column \"%s\", which is to be kept, is not text in UTF-8: save the table so "
                "(iconv -t UTF-8)",
                table->file, table->row, table->rows.kept.names[k]);
        EML_TRY(eml_texts_put(&table->rows.kept.texts, field->text, field->length, err));
        *field = (eml_csv_field){0};
    }
    return EML_OK;
}

/* So that who reads the table could take it for that. */
static bool is_like_another(const eml_table *table, const char *name, size_t length) {
    return eml_name_index_find(&table->alike, name, length) != NULL ||
           eml_name_index_find(&table->never, name, length) != NULL;
}

eml_status eml_table_find(const eml_table *table, const char *name, size_t length, size_t *column, eml_error *err) {
    enum { NAME_BYTES_MAX = 1 << 16 };
    char key[EML_NAME_MAX + 1];
    const eml_table_name *found = NULL;
    if (length > NAME_BYTES_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: a column's name of %zu bytes: \"%s\"", table->file,
                           length, eml_text_excerpt(name, length).text);
    if (length <= EML_NAME_MAX && memchr(name, '\0', length) == NULL) {
        memcpy(key, name, length);
        key[length] = '\0';
        found = find_name(table->names, table->column_count, key);
    }
    bool kept = eml_table_kept(table, name, length) != SIZE_MAX;
    if (!found && !kept && (!table->allow_extra || is_like_another(table, name, length)))
        return refuse_name(table, name, length, err);
    *column = found ? found->column : EML_TABLE_NO_COLUMN;
    return EML_OK;
}

eml_status eml_table_give(eml_table *table, size_t column, const char *text, size_t length, eml_error *err) {
    if (column == EML_TABLE_NO_COLUMN) return EML_OK;
    if (table->given[column].text) {
        eml_status status = eml_fail(err, EML_ERR_INPUT, "given twice");
        eml_table_prefix(table, column, err);
        return status;
    }
    table->given[column] = (eml_csv_field){text, length};
    return EML_OK;
}

static eml_status encode_output(const eml_output_column *column, const eml_decimal *number, eml_fe *out,
                                eml_error *err) {
    mpq_t value;
    mpq_init(value);
    eml_decimal_to_mpq(number, value);
    eml_status status = eml_abi_parse_value(column, value, out, err);
    mpq_clear(value);
    return status;
}

/* A word of the category, or a number that is equal to one. */
static bool find_word(const eml_input_column *column, eml_csv_field given, size_t *index) {
    for (*index = 0; *index < column->word_count; ++*index) {
        const char *word = column->words[*index];
        if (strlen(word) == given.length && memcmp(word, given.text, given.length) == 0) return true;
    }
    mpq_t value, other;
    mpq_inits(value, other, NULL);
    bool found = eml_decimal_parse(given.text, given.length, value);
    for (*index = 0; found && *index < column->word_count; ++*index) {
        const char *word = column->words[*index];
        if (eml_decimal_parse(word, strlen(word), other) && mpq_equal(value, other)) break;
    }
    mpq_clears(value, other, NULL);
    return found && *index < column->word_count;
}

static eml_status take_word(const eml_input_column *column, eml_csv_field given, eml_fe *out, eml_error *err) {
    enum { SHOWN = 8 };
    size_t index;
    if (find_word(column, given, &index)) {
        mpz_t integer;
        mpz_init_set_ui(integer, index);
        mpz_sub(integer, integer, mpq_numref(column->offset)); /* unit 1, and a whole offset */
        *out = eml_fe_from_mpz(integer);
        mpz_clear(integer);
        return EML_OK;
    }
    eml_buf words = {0};
    for (size_t k = 0; k < column->word_count && k < SHOWN; k++)
        eml_buf_printf(&words, "%s\"%s\"", k > 0 ? ", " : "", column->words[k]);
    if (column->word_count > SHOWN) eml_buf_printf(&words, " and %zu more", column->word_count - SHOWN);
    eml_status status =
        eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "\"%s\" is no word of the category, which are %.*s",
                    eml_text_excerpt(given.text, given.length).text, (int)words.len, (const char *)words.data);
    eml_buf_free(&words);
    return status;
}

static eml_status scan_number(eml_csv_field given, eml_decimal *out, eml_error *err) {
    if (eml_decimal_scan(given.text, given.length, out)) return EML_OK;
    if (given.length == 0) return eml_fail(err, EML_ERR_INPUT, "empty: every row needs a value");
    return eml_fail(err, EML_ERR_INPUT, "\"%s\" is not a number", eml_text_excerpt(given.text, given.length).text);
}

/* What programs write for 1 and 0. */
static bool find_boolean(eml_csv_field given, unsigned long *value) {
    static const char *const words[2][3] = {{"False", "false", "FALSE"}, {"True", "true", "TRUE"}};
    for (size_t i = 0; i < 6; i++) {
        const char *word = words[i / 3][i % 3];
        if (strlen(word) != given.length || memcmp(word, given.text, given.length) != 0) continue;
        *value = i / 3;
        return true;
    }
    return false;
}

/* Where a column takes nothing else, whatever it is rounded to. */
static bool take_boolean(const eml_input_column *column, eml_csv_field given, eml_fe *out) {
    unsigned long bit;
    if (mpq_cmp_ui(column->exact ? column->unit : column->step, 1, 1) != 0 || mpq_sgn(column->lo) < 0 ||
        mpq_cmp_ui(column->hi, 1, 1) > 0 || !find_boolean(given, &bit))
        return false;
    mpq_t value;
    mpq_init(value);
    mpq_set_ui(value, bit, 1);
    bool taken = eml_abi_encode_value(column, value, out, NULL) == EML_OK;
    mpq_clear(value);
    return taken;
}

static eml_status take_input(const eml_table *table, const eml_table_column *column, eml_csv_field given, eml_fe *out,
                             eml_error *err) {
    const eml_input_column *input = column->grid.column;
    eml_decimal number;
    if (input->word_count > 0) {
        EML_TRY(take_word(input, given, out, err));
    } else if (!take_boolean(input, given, out)) {
        EML_TRY(scan_number(given, &number, err));
        EML_TRY(eml_grid_encode(&column->grid, &number, out, err));
    }
    if (input->uniform && table->row > 0 && table->refused == NULL &&
        eml_fe_signed(*out) != table->first_row[column->cell])
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE,
                           "a uniform input has one value in all rows, but %s is not that of row 1",
                           eml_text_excerpt(given.text, given.length).text);
    return EML_OK;
}

static eml_status take_output(const eml_table_column *column, eml_csv_field given, eml_fe *out, eml_error *err) {
    eml_decimal number;
    EML_TRY(scan_number(given, &number, err));
    return encode_output(column->output, &number, out, err);
}

/* What the row's outputs give, which are taken already. */
static eml_status check_result(const eml_table *table, const eml_table_column *column, eml_csv_field given,
                               eml_error *err) {
    eml_output_column as_output = eml_result_as_output(column->result);
    eml_fe wanted = table->integers[table->abi->output_count + (size_t)(column->result - table->abi->results)], found;
    eml_decimal number;
    EML_TRY(scan_number(given, &number, err));
    if (encode_output(&as_output, &number, &found, NULL) == EML_OK && eml_fe_eq(found, wanted)) return EML_OK;
    eml_buf text = {0};
    eml_abi_print_value(&as_output, wanted, &text);
    eml_status status =
        eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "%s is not the result that the outputs of the row give, %.*s",
                    eml_text_excerpt(given.text, given.length).text, (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    return status;
}

static eml_status take_cell(eml_table *table, size_t c, eml_error *err) {
    const eml_table_column *column = &table->columns[c];
    eml_csv_field given = table->given[c];
    if (given.text == NULL)
        return column->result != NULL ? EML_OK : eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "missing");
    if (column->result != NULL) {
        table->rows.results++;
        return check_result(table, column, given, err);
    }
    if (column->output != NULL) return take_output(column, given, &table->integers[c], err);
    return take_input(table, column, given, &table->integers[column->grid.column - table->abi->inputs], err);
}

/* Only where the file has some. */
static eml_status compute_results(eml_table *table, eml_error *err) {
    const eml_abi *abi = table->abi;
    bool any = false;
    size_t column = 0;
    for (size_t r = 0; r < abi->result_count; r++) any = any || table->given[abi->output_count + r].text != NULL;
    if (!any) return EML_OK;
    eml_status status = eml_results_of_row(abi, table->integers, table->integers + abi->output_count, &column, err);
    if (status != EML_OK) eml_table_prefix(table, abi->output_count + column, err);
    return status;
}

/* The first is told whole. column: EML_TABLE_NO_COLUMN: of the row. */
static void note_refused(eml_table *table, size_t column, eml_status status, const eml_error *err) {
    if (table->refused == NULL) {
        table->refused = eml_alloc(table->column_count, sizeof *table->refused);
        table->status = status;
        table->first = *err;
    }
    if (column != EML_TABLE_NO_COLUMN) table->refused[column]++;
}

/* False when a cell is refused. */
static bool take_cells(eml_table *table) {
    bool good = true;
    for (size_t c = 0; c < table->column_count; c++) {
        eml_error err = {0};
        bool results = table->kind == EML_ROWS_OUTPUTS && c >= table->abi->output_count;
        if (results && !good) return false; /* they are those of the outputs */
        eml_status status = results && c == table->abi->output_count ? compute_results(table, &err) : EML_OK;
        if (status == EML_OK) {
            status = take_cell(table, c, &err);
            if (status != EML_OK) eml_table_prefix(table, c, &err);
        }
        if (status == EML_OK) continue;
        note_refused(table, c, status, &err);
        good = false;
    }
    return good;
}

/* Of a cell that was taken: 0 or 1. What it is rounded to may be both. */
static bool is_one(const eml_table *table, size_t column) {
    eml_csv_field given = table->given[column];
    eml_decimal number;
    unsigned long boolean;
    if (find_boolean(given, &boolean)) return boolean == 1;
    eml_fe bit = eml_fe_from_u64(0);
    return eml_decimal_scan(given.text, given.length, &number) &&
           eml_grid_encode(&table->bit_grid, &number, &bit, NULL) == EML_OK && eml_fe_eq(bit, eml_fe_from_u64(1));
}

static eml_status check_group(const eml_table *table, const eml_table_group *at, eml_error *err) {
    size_t ones = 0, seen[2] = {0, 0};
    for (size_t c = at->column; c < at->column + at->group->count; c++) {
        if (!is_one(table, c)) continue;
        if (ones < 2) seen[ones] = c;
        ones++;
    }
    if (ones == 1) return EML_OK;
    if (ones == 0)
        eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "none of its %zu columns is 1, but the input is one-hot",
                    at->group->count);
    else
        eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE,
                    "%zu of its columns are 1, \"%s\" and \"%s\"%s, but the input is one-hot", ones,
                    table->columns[seen[0]].name, table->columns[seen[1]].name, ones > 2 ? " among them" : "");
    eml_error_prefix(err, "\"%s\"", at->group->name);
    return EML_ERR_NO;
}

/* Of cells that are all taken. */
static bool check_groups(eml_table *table) {
    for (size_t g = 0; g < table->group_count; g++) {
        eml_error err = {0};
        eml_status status = check_group(table, &table->groups[g], &err);
        if (status == EML_OK) continue;
        eml_table_prefix(table, EML_TABLE_NO_COLUMN, &err);
        note_refused(table, EML_TABLE_NO_COLUMN, status, &err);
        return false;
    }
    return true;
}

static void put_cell(eml_table *table, size_t c, eml_fe element) {
    eml_i128 integer = eml_fe_signed(element);
    if (table->row == 0) table->first_row[c] = integer;
    eml_cells_set(&table->rows.cells, table->row, c, integer);
}

static bool fill_row(eml_table *table) {
    size_t columns = table->rows.cells.columns;
    if (table->kind == EML_ROWS_OUTPUTS) {
        for (size_t c = 0; c < columns; c++) put_cell(table, c, table->integers[c]);
        return true;
    }
    size_t input = 0;
    eml_error err = {0};
    eml_status status = eml_derivation_fill(&table->derivation, table->integers, &input, &err);
    for (size_t c = 0; c < columns && status == EML_OK; c++)
        put_cell(table, c, table->integers[table->cells.inputs[c]]);
    if (status == EML_OK) return true;
    eml_error_prefix(&err, "\"%s\"", table->abi->inputs[input].name);
    eml_table_prefix(table, EML_TABLE_NO_COLUMN, &err);
    note_refused(table, EML_TABLE_NO_COLUMN, status, &err);
    return false;
}

void eml_table_end_row(eml_table *table) {
    eml_cells_reserve(&table->rows.cells, table->row + 1);
    if (!take_cells(table) || !check_groups(table) || !fill_row(table)) table->refused_rows++;
    memset(table->given, 0, table->column_count * sizeof *table->given);
    table->row++;
}

eml_status eml_table_seal(eml_table *table, eml_error *err) {
    const eml_cells *cells = &table->rows.cells;
    size_t most = cells->stays ? EML_ROWS_CELLS_MAX : EML_ROWS_FILED_CELLS_MAX;
    if (table->row > most / cells->columns)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: more than %zu cells", table->file, most);
    return eml_cells_seal(&table->rows.cells, table->row, err);
}

/* "; 37 rows are refused, for "age" 30 times, "bmi" 7 times" */
static void put_counts(const eml_table *table, eml_buf *out) {
    enum { SHOWN = 4 };
    size_t columns = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        if (table->refused[c] == 0) continue;
        if (columns++ >= SHOWN) continue;
        eml_buf_printf(out, "%s\"%s\" %zu time%s", columns == 1 ? ", for " : ", ", table->columns[c].name,
                       table->refused[c], table->refused[c] == 1 ? "" : "s");
    }
    if (columns > SHOWN) eml_buf_printf(out, " and %zu more columns", columns - SHOWN);
}

eml_status eml_table_findings(const eml_table *table, eml_error *err) {
    if (table->refused == NULL) return EML_OK;
    size_t cells = 0;
    for (size_t c = 0; c < table->column_count; c++) cells += table->refused[c];
    if (cells <= 1 && table->refused_rows == 1) {
        if (err != NULL) *err = table->first;
        return table->status;
    }
    eml_buf more = {0};
    put_counts(table, &more);
    eml_status status =
        eml_fail_as(err, table->status, table->first.code, "%s; of %zu rows %zu are refused%.*s", table->first.text,
                    table->row, table->refused_rows, (int)more.len, (const char *)more.data);
    eml_buf_free(&more);
    return status;
}

eml_status eml_table_take(eml_table *table, eml_rows *out, eml_error *err) {
    if (table->row == 0) return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: there are no rows", table->file);
    *out = table->rows;
    table->rows = (eml_rows){0};
    return EML_OK;
}

void eml_table_close(eml_table *table) {
    eml_free(table->columns);
    eml_free(table->names);
    eml_name_index_free(&table->never);
    eml_name_index_free(&table->alike);
    eml_free(table->given);
    eml_free(table->refused);
    if (table->integers != NULL && table->kind != EML_ROWS_OUTPUTS)
        explicit_bzero(table->integers, table->abi->input_count * sizeof *table->integers);
    eml_free(table->integers);
    eml_free(table->first_row);
    eml_free(table->kept);
    if (table->group_count > 0)
        mpq_clears(table->bit.lo, table->bit.hi, table->bit.offset, table->bit.unit, table->bit.step, NULL);
    eml_free(table->groups);
    eml_derivation_close(&table->derivation);
    eml_abi_tape_free(&table->cells);
    eml_rows_free(&table->rows);
    *table = (eml_table){0};
}
