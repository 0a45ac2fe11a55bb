/* The ABI as canonical CBOR: writer and reader side by side, keys in the order of their encodings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bundle/abi_inputs.h"
#include "runtime/base/packed.h"

/* Least encoded size of an entry: what an array's length is held against. */
enum { INPUT_BYTES_MIN = 60, OUTPUT_BYTES_MIN = 36 };
enum {
    SHARED_BYTES_MAX = 32,
    HIDDEN_BYTES_MIN = 32,
    RESULT_BYTES_MIN = 32,
    CATEGORY_BYTES_MIN = 16,
    GROUP_BYTES_MIN = 22
};
#define HIDDEN_BITS_MAX (UINT64_C(1) << 40)

/* Columns of a vector that stand side by side are one entry: those named NAME[k], NAME[k+1], ... whose words (link,
 * secret, uniform) are the same. The writer makes entries as long as they can be; what an entry's lists may still say
 * in two ways is refused by writing again what was read (eml_abi_decode). */

typedef struct vector {
    size_t count;       /* columns */
    size_t name_length; /* of NAME, or of the whole name of a column that is none of a vector */
    bool indexed;
    uint32_t first; /* k */
} vector;

/* "NAME[k]", k without leading zeros and below EML_ABI_COLUMNS_MAX. */
static vector vector_at(const char *name) {
    size_t length = strlen(name);
    const char *open = strrchr(name, '[');
    vector none = {.count = 1, .name_length = length};
    if (!open || open == name || name[length - 1] != ']') return none;
    size_t digits = length - 2 - (size_t)(open - name);
    if (digits == 0 || digits > 7 || strspn(open + 1, "0123456789") != digits || (open[1] == '0' && digits > 1))
        return none;
    unsigned long first = strtoul(open + 1, NULL, 10);
    if (first >= EML_ABI_COLUMNS_MAX) return none;
    return (vector){.count = 1, .name_length = (size_t)(open - name), .indexed = true, .first = (uint32_t)first};
}

/* Whether name is the one that comes next. */
static bool goes_on(const vector *v, const char *base, const char *name) {
    vector next = vector_at(name);
    return v->indexed && next.indexed && next.first == v->first + v->count && next.name_length == v->name_length &&
           memcmp(base, name, v->name_length) == 0;
}

static bool is_secret(const eml_input_column *column) { return column->visibility == EML_SECRET; }

static vector input_vector(const eml_abi *abi, size_t i) {
    const eml_input_column *first = &abi->inputs[i];
    vector v = vector_at(first->name);
    for (size_t j = i + 1; j < abi->input_count && goes_on(&v, first->name, abi->inputs[j].name); j++, v.count++)
        if (is_secret(&abi->inputs[j]) != is_secret(first) || abi->inputs[j].uniform != first->uniform) break;
    return v;
}

static vector output_vector(const eml_abi *abi, size_t i) {
    const eml_output_column *first = &abi->outputs[i];
    vector v = vector_at(first->name);
    for (size_t j = i + 1; j < abi->output_count && goes_on(&v, first->name, abi->outputs[j].name); j++, v.count++)
        if (strcmp(abi->outputs[j].link, first->link) != 0) break;
    return v;
}

/* Small fields. */

static void put_text(eml_buf *out, const char *key, const char *text) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_text(out, text);
}

static void put_bool(eml_buf *out, const char *key, bool value) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_bool(out, value);
}

static char *read_text(eml_cbor_reader *reader, const char *key) {
    size_t length;
    eml_cbor_key(reader, key);
    const char *text = eml_cbor_text(reader, EML_NAME_MAX, &length);
    return eml_copy_text(text, length);
}

static bool read_bool(eml_cbor_reader *reader, const char *key) {
    eml_cbor_key(reader, key);
    return eml_cbor_bool(reader);
}

static void put_name(eml_buf *out, const char *name, const vector *v) {
    char *base = eml_copy_text(name, v->name_length);
    put_text(out, "name", base);
    eml_free(base);
}

static void put_first(eml_buf *out, const vector *v) {
    eml_cbor_put_text(out, "first");
    if (v->indexed)
        eml_cbor_put_uint(out, v->first);
    else
        eml_cbor_put_null(out);
}

static void read_first(eml_cbor_reader *reader, vector *v) {
    eml_cbor_key(reader, "first");
    v->indexed = !eml_cbor_take_null(reader);
    if (v->indexed) v->first = (uint32_t)eml_cbor_uint(reader, EML_ABI_COLUMNS_MAX - 1);
    if (!v->indexed && v->count != 1) eml_cbor_fail(reader, "%zu columns of one name", v->count);
}

static char *element_name(const char *base, const vector *v, size_t i) {
    char name[EML_NAME_MAX + 32];
    if (!v->indexed) return eml_copy_text(base, strlen(base));
    int length = snprintf(name, sizeof name, "%s[%zu]", base, v->first + i);
    return eml_copy_text(name, (size_t)length);
}

/* Lists of rationals: a byte string of one for each column, or of one for all when they are equal and short, so that a
 * file takes memory in proportion to its size. `size` bytes lie between the fields of neighbours. */

static mpq_srcptr field_of(const void *first, size_t size, size_t i) {
    return (mpq_srcptr)((const char *)first + i * size);
}

static bool all_equal(const void *first, size_t size, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (!mpq_equal(field_of(first, size, 0), field_of(first, size, i))) return false;
    return true;
}

/* shared: may be one for all. */
static void put_list(eml_buf *out, const char *key, bool shared, const void *first, size_t size, size_t count) {
    eml_buf list = {0};
    eml_packed_put_rational(&list, field_of(first, size, 0));
    bool once = shared && list.len <= SHARED_BYTES_MAX && all_equal(first, size, count);
    for (size_t i = 1; i < count && !once; i++) eml_packed_put_rational(&list, field_of(first, size, i));
    eml_cbor_put_text(out, key);
    eml_cbor_put_bytes(out, list.data, list.len);
    eml_buf_free(&list);
}

static void put_rationals(eml_buf *out, const char *key, const void *first, size_t size, size_t count) {
    put_list(out, key, true, first, size, count);
}

/* Borrowed until the number of columns is known. */
static eml_reader read_list(eml_cbor_reader *reader, const char *key) {
    eml_reader list;
    eml_cbor_key(reader, key);
    list.next = eml_cbor_bytes(reader, SIZE_MAX, &list.left);
    return list;
}

static void take_rationals(eml_cbor_reader *reader, const char *key, eml_reader list, void *first, size_t size,
                           size_t count) {
    bool good = true, shared = list.left <= SHARED_BYTES_MAX;
    for (size_t i = 0; i < count && good; i++) {
        mpq_ptr field = (mpq_ptr)((char *)first + i * size);
        if (i == 1 && list.left == 0 && shared) {
            for (; i < count; i++) mpq_set((mpq_ptr)((char *)first + i * size), first);
            return;
        }
        good = eml_packed_rational(&list, field);
    }
    if (!good || list.left > 0) eml_cbor_fail(reader, "%s is not a list of 1 or %zu packed rationals", key, count);
}

/* Columns. Room is made for no more of them than there are bytes. */

static void put_exact(eml_buf *out, const eml_input_column *columns, size_t count) {
    eml_buf exact = {0};
    for (size_t i = 0; i < count; i++) eml_buf_put_u8(&exact, columns[i].exact);
    eml_cbor_put_text(out, "exact");
    eml_cbor_put_bytes(out, exact.data, exact.len);
    eml_buf_free(&exact);
}

static void put_input(eml_buf *out, const eml_input_column *columns, const vector *v) {
    eml_cbor_put_map(out, 10);
    put_rationals(out, "hi", columns->hi, sizeof *columns, v->count);
    put_rationals(out, "lo", columns->lo, sizeof *columns, v->count);
    put_name(out, columns->name, v);
    put_rationals(out, "step", columns->step, sizeof *columns, v->count);
    put_rationals(out, "unit", columns->unit, sizeof *columns, v->count);
    put_exact(out, columns, v->count);
    put_first(out, v);
    put_rationals(out, "offset", columns->offset, sizeof *columns, v->count);
    put_bool(out, "secret", is_secret(columns));
    put_bool(out, "uniform", columns->uniform);
}

typedef struct input_entry {
    vector v;
    eml_reader hi, lo, step, unit, offset;
    const uint8_t *exact;
    char *name;
    bool secret, uniform;
} input_entry;

static void read_input_entry(eml_cbor_reader *reader, input_entry *entry) {
    eml_cbor_map(reader, 10);
    entry->hi = read_list(reader, "hi");
    entry->lo = read_list(reader, "lo");
    entry->name = read_text(reader, "name");
    entry->step = read_list(reader, "step");
    entry->unit = read_list(reader, "unit");
    eml_cbor_key(reader, "exact");
    entry->exact = eml_cbor_bytes(reader, EML_ABI_COLUMNS_MAX, &entry->v.count);
    if (entry->v.count == 0) eml_cbor_fail(reader, "no columns");
    read_first(reader, &entry->v);
    entry->offset = read_list(reader, "offset");
    entry->secret = read_bool(reader, "secret");
    entry->uniform = read_bool(reader, "uniform");
}

static void add_inputs(eml_cbor_reader *reader, const input_entry *entry, eml_abi *abi, size_t *room) {
    size_t count = entry->v.count, size = sizeof *abi->inputs;
    if (count > EML_ABI_COLUMNS_MAX - abi->input_count)
        eml_cbor_fail(reader, "more than %d columns", EML_ABI_COLUMNS_MAX);
    if (!eml_cbor_ok(reader)) return;
    abi->inputs = eml_grow(abi->inputs, room, abi->input_count + count, size);
    eml_input_column *columns = abi->inputs + abi->input_count;
    for (size_t i = 0; i < count; i++) {
        columns[i] = (eml_input_column){.name = element_name(entry->name, &entry->v, i),
                                        .visibility = entry->secret ? EML_SECRET : EML_PUBLIC,
                                        .uniform = entry->uniform,
                                        .exact = entry->exact[i] != 0};
        mpq_inits(columns[i].lo, columns[i].hi, columns[i].offset, columns[i].unit, columns[i].step, NULL);
    }
    abi->input_count += count; /* so that a failure frees what was made */
    take_rationals(reader, "hi", entry->hi, columns->hi, size, count);
    take_rationals(reader, "lo", entry->lo, columns->lo, size, count);
    take_rationals(reader, "step", entry->step, columns->step, size, count);
    take_rationals(reader, "unit", entry->unit, columns->unit, size, count);
    take_rationals(reader, "offset", entry->offset, columns->offset, size, count);
}

static void put_output(eml_buf *out, const eml_output_column *columns, const vector *v) {
    eml_cbor_put_map(out, 5);
    put_text(out, "link", columns->link);
    put_name(out, columns->name, v);
    put_list(out, "unit", false, columns->unit, sizeof *columns, v->count); /* each: it says how many there are */
    put_first(out, v);
    put_rationals(out, "tolerance", columns->tolerance, sizeof *columns, v->count);
}

typedef struct output_entry {
    vector v;
    eml_reader unit, tolerance;
    char *link, *name;
} output_entry;

/* How many there are, as far as they are rationals. */
static size_t count_rationals(eml_reader list) {
    size_t count = 0;
    mpq_t value;
    mpq_init(value);
    while (list.left > 0 && eml_packed_rational(&list, value)) count++;
    mpq_clear(value);
    return count;
}

static void read_output_entry(eml_cbor_reader *reader, output_entry *entry) {
    eml_cbor_map(reader, 5);
    entry->link = read_text(reader, "link");
    entry->name = read_text(reader, "name");
    entry->unit = read_list(reader, "unit");
    entry->v.count = count_rationals(entry->unit);
    if (entry->v.count == 0) eml_cbor_fail(reader, "no columns");
    read_first(reader, &entry->v);
    entry->tolerance = read_list(reader, "tolerance");
}

static void add_outputs(eml_cbor_reader *reader, const output_entry *entry, eml_abi *abi, size_t *room) {
    size_t count = entry->v.count, size = sizeof *abi->outputs;
    if (count > EML_ABI_COLUMNS_MAX - abi->output_count)
        eml_cbor_fail(reader, "more than %d columns", EML_ABI_COLUMNS_MAX);
    if (!eml_cbor_ok(reader)) return;
    abi->outputs = eml_grow(abi->outputs, room, abi->output_count + count, size);
    eml_output_column *columns = abi->outputs + abi->output_count;
    for (size_t i = 0; i < count; i++) {
        columns[i] = (eml_output_column){.name = element_name(entry->name, &entry->v, i),
                                         .link = eml_copy_text(entry->link, strlen(entry->link))};
        mpq_inits(columns[i].unit, columns[i].tolerance, NULL);
    }
    abi->output_count += count;
    take_rationals(reader, "unit", entry->unit, columns->unit, size, count);
    take_rationals(reader, "tolerance", entry->tolerance, columns->tolerance, size, count);
}

/* Tapes: a byte string with a packed number for each entry: how far the input, -1 for `one`, is from the one after the
 * last input. So inputs in order take a byte each. */

static void put_tape(eml_buf *out, const char *key, const uint32_t *tape, size_t length) {
    eml_buf entries = {0};
    int64_t next = 0;
    for (size_t i = 0; i < length; i++) {
        int64_t input = tape[i] == EML_TAPE_ONE ? -1 : (int64_t)tape[i];
        eml_packed_put_int(&entries, input - next);
        if (input >= 0) next = input + 1;
    }
    eml_cbor_put_text(out, key);
    eml_cbor_put_bytes(out, entries.data, entries.len);
    eml_buf_free(&entries);
}

static bool take_entry(eml_reader *entries, int64_t *next, uint32_t *out) {
    int64_t step = 0;
    if (!eml_packed_int(entries, EML_ABI_COLUMNS_MAX, &step)) return false;
    int64_t input = *next + step;
    if (input < -1 || input >= EML_ABI_COLUMNS_MAX) return false;
    *out = input < 0 ? EML_TAPE_ONE : (uint32_t)input;
    if (input >= 0) *next = input + 1;
    return true;
}

static uint32_t *read_tape(eml_cbor_reader *reader, const char *key, size_t *length) {
    eml_reader entries = read_list(reader, key);
    uint32_t *tape = eml_alloc(entries.left, sizeof *tape);
    int64_t next = 0;
    size_t count = 0;
    for (; entries.left > 0 && eml_cbor_ok(reader); count++)
        if (!take_entry(&entries, &next, &tape[count])) eml_cbor_fail(reader, "entry %zu names no input", count);
    *length = count;
    return tape;
}

/* The ABI. */

void eml_abi_put_inputs(eml_buf *out, const eml_abi *abi) {
    size_t entries = 0;
    for (size_t i = 0; i < abi->input_count; i += input_vector(abi, i).count) entries++;
    eml_cbor_put_array(out, entries);
    for (size_t i = 0; i < abi->input_count;) {
        vector v = input_vector(abi, i);
        put_input(out, &abi->inputs[i], &v);
        i += v.count;
    }
}

static void put_outputs(eml_buf *out, const eml_abi *abi) {
    size_t entries = 0;
    for (size_t i = 0; i < abi->output_count; i += output_vector(abi, i).count) entries++;
    eml_cbor_put_text(out, "outputs");
    eml_cbor_put_array(out, entries);
    for (size_t i = 0; i < abi->output_count;) {
        vector v = output_vector(abi, i);
        put_output(out, &abi->outputs[i], &v);
        i += v.count;
    }
}

/* Hidden params: the section that a public model's ABI does not have. */

static void put_hidden_param(eml_buf *out, const eml_hidden_param *param) {
    eml_cbor_put_map(out, 5);
    put_list(out, "hi", false, param->hi, sizeof *param, 1);
    put_list(out, "lo", false, param->lo, sizeof *param, 1);
    eml_cbor_put_text(out, "bits");
    eml_cbor_put_uint(out, param->bits);
    put_text(out, "name", param->name);
    eml_cbor_put_text(out, "shape");
    eml_cbor_put_array(out, param->rank);
    for (uint32_t i = 0; i < param->rank; i++) eml_cbor_put_uint(out, param->dims[i]);
}

static void put_hidden(eml_buf *out, const eml_abi *abi) {
    eml_cbor_put_text(out, "hidden");
    eml_cbor_put_map(out, 2);
    eml_cbor_put_text(out, "params");
    eml_cbor_put_array(out, abi->hidden_count);
    for (size_t i = 0; i < abi->hidden_count; i++) put_hidden_param(out, &abi->hidden[i]);
    eml_cbor_put_text(out, "row_bits");
    eml_cbor_put_uint(out, abi->row_bits);
}

static void read_hidden_param(eml_cbor_reader *reader, eml_hidden_param *out) {
    eml_cbor_map(reader, 5);
    take_rationals(reader, "hi", read_list(reader, "hi"), out->hi, sizeof *out, 1);
    take_rationals(reader, "lo", read_list(reader, "lo"), out->lo, sizeof *out, 1);
    eml_cbor_key(reader, "bits");
    out->bits = eml_cbor_uint(reader, HIDDEN_BITS_MAX);
    out->name = read_text(reader, "name");
    eml_cbor_key(reader, "shape");
    out->rank = (uint32_t)eml_cbor_array(reader, 2, 1);
    out->dims[0] = out->dims[1] = 1;
    for (uint32_t i = 0; i < out->rank; i++) out->dims[i] = (uint32_t)eml_cbor_uint(reader, EML_ABI_TAPE_MAX);
}

static void read_hidden(eml_cbor_reader *reader, eml_abi *abi) {
    eml_cbor_map(reader, 2);
    eml_cbor_key(reader, "params");
    eml_abi_set_hidden(abi, eml_cbor_array(reader, EML_HIDDEN_PARAMS_MAX, HIDDEN_BYTES_MIN));
    for (size_t i = 0; i < abi->hidden_count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "hidden", i);
        read_hidden_param(reader, &abi->hidden[i]);
    }
    eml_cbor_in(reader, NULL, 0);
    eml_cbor_key(reader, "row_bits");
    abi->row_bits = eml_cbor_uint(reader, HIDDEN_BITS_MAX);
}

/* One-hot groups, likewise a section. */

static void put_groups(eml_buf *out, const eml_abi *abi) {
    eml_cbor_put_text(out, "onehot");
    eml_cbor_put_array(out, abi->group_count);
    for (size_t i = 0; i < abi->group_count; i++) {
        const eml_onehot_group *group = &abi->groups[i];
        eml_cbor_put_map(out, 3);
        put_text(out, "name", group->name);
        eml_cbor_put_text(out, "count");
        eml_cbor_put_uint(out, group->count);
        eml_cbor_put_text(out, "first");
        eml_cbor_put_uint(out, group->first);
    }
}

static void read_group(eml_cbor_reader *reader, eml_onehot_group *out) {
    eml_cbor_map(reader, 3);
    out->name = read_text(reader, "name");
    eml_cbor_key(reader, "count");
    out->count = eml_cbor_uint(reader, EML_ABI_COLUMNS_MAX);
    eml_cbor_key(reader, "first");
    out->first = eml_cbor_uint(reader, EML_ABI_COLUMNS_MAX);
}

static void read_groups(eml_cbor_reader *reader, eml_abi *abi) {
    eml_abi_set_groups(abi, eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, GROUP_BYTES_MIN));
    if (abi->group_count == 0) eml_cbor_fail(reader, "no one-hot groups");
    for (size_t i = 0; i < abi->group_count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "onehot", i);
        read_group(reader, &abi->groups[i]);
    }
    eml_cbor_in(reader, NULL, 0);
}

/* Derived inputs: the formulas of the last inputs, likewise. */

static size_t first_derived(const eml_abi *abi) {
    size_t first = abi->input_count;
    while (first > 0 && eml_input_is_derived(&abi->inputs[first - 1])) first--;
    return first;
}

static void put_formula(eml_buf *out, const eml_formula *formula) {
    eml_buf code = {0};
    eml_formula_encode(formula, &code);
    eml_cbor_put_bytes(out, code.data, code.len);
    eml_buf_free(&code);
}

static void read_formula(eml_cbor_reader *reader, eml_formula *out) {
    size_t count;
    const uint8_t *code = eml_cbor_bytes(reader, SIZE_MAX, &count);
    eml_error err = {0};
    if (!eml_cbor_ok(reader)) return;
    if (eml_formula_decode(code, count, out, &err) != EML_OK) eml_cbor_fail(reader, "%s", err.text);
    if (eml_cbor_ok(reader) && out->count == 0) eml_cbor_fail(reader, "an empty formula");
}

static void put_derived(eml_buf *out, const eml_abi *abi) {
    size_t first = first_derived(abi);
    eml_cbor_put_text(out, "derived");
    eml_cbor_put_array(out, abi->input_count - first);
    for (size_t i = first; i < abi->input_count; i++) put_formula(out, &abi->inputs[i].formula);
}

static void read_derived(eml_cbor_reader *reader, eml_abi *abi) {
    size_t count = eml_cbor_array(reader, abi->input_count, 2);
    if (count == 0) eml_cbor_fail(reader, "no derived inputs");
    for (size_t i = 0; i < count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "derived", i);
        read_formula(reader, &abi->inputs[abi->input_count - count + i].formula);
    }
    eml_cbor_in(reader, NULL, 0);
}

/* Results, likewise. */

static void put_results(eml_buf *out, const eml_abi *abi) {
    eml_cbor_put_text(out, "results");
    eml_cbor_put_array(out, abi->result_count);
    for (size_t i = 0; i < abi->result_count; i++) {
        const eml_result_column *column = &abi->results[i];
        eml_cbor_put_map(out, 4);
        put_text(out, "name", column->name);
        put_list(out, "unit", false, column->unit, sizeof *column, 1);
        eml_cbor_put_text(out, "formula");
        put_formula(out, &column->formula);
        put_list(out, "tolerance", false, column->tolerance, sizeof *column, 1);
    }
}

static void read_result(eml_cbor_reader *reader, eml_result_column *out) {
    eml_cbor_map(reader, 4);
    out->name = read_text(reader, "name");
    take_rationals(reader, "unit", read_list(reader, "unit"), out->unit, sizeof *out, 1);
    eml_cbor_key(reader, "formula");
    read_formula(reader, &out->formula);
    take_rationals(reader, "tolerance", read_list(reader, "tolerance"), out->tolerance, sizeof *out, 1);
}

static void read_results(eml_cbor_reader *reader, eml_abi *abi) {
    eml_abi_set_results(abi, eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, RESULT_BYTES_MIN));
    if (abi->result_count == 0) eml_cbor_fail(reader, "no results");
    for (size_t i = 0; i < abi->result_count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "results", i);
        read_result(reader, &abi->results[i]);
    }
    eml_cbor_in(reader, NULL, 0);
}

/* Categories, likewise: their words, by input. */

static size_t count_categories(const eml_abi *abi) {
    size_t count = 0;
    for (size_t i = 0; i < abi->input_count; i++) count += abi->inputs[i].word_count > 0;
    return count;
}

static void put_categories(eml_buf *out, const eml_abi *abi) {
    eml_cbor_put_text(out, "categories");
    eml_cbor_put_array(out, count_categories(abi));
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_input_column *column = &abi->inputs[i];
        if (column->word_count == 0) continue;
        eml_cbor_put_map(out, 2);
        eml_cbor_put_text(out, "input");
        eml_cbor_put_uint(out, i);
        eml_cbor_put_text(out, "words");
        eml_cbor_put_array(out, column->word_count);
        for (size_t k = 0; k < column->word_count; k++) eml_cbor_put_text(out, column->words[k]);
    }
}

static void read_category(eml_cbor_reader *reader, eml_abi *abi) {
    eml_cbor_map(reader, 2);
    eml_cbor_key(reader, "input");
    uint64_t input = eml_cbor_uint(reader, EML_ABI_COLUMNS_MAX);
    eml_cbor_key(reader, "words");
    size_t count = eml_cbor_array(reader, EML_WORDS_MAX, 2);
    if (eml_cbor_ok(reader) && (input >= abi->input_count || count == 0 || abi->inputs[input].word_count > 0))
        eml_cbor_fail(reader, "no such input, or no words");
    if (!eml_cbor_ok(reader)) return;
    eml_input_column *column = &abi->inputs[input];
    column->words = eml_alloc(count, sizeof *column->words);
    for (; column->word_count < count && eml_cbor_ok(reader); column->word_count++) {
        size_t length;
        const char *word = eml_cbor_text(reader, EML_NAME_MAX, &length);
        column->words[column->word_count] = eml_copy_text(word, length);
    }
}

static void read_categories(eml_cbor_reader *reader, eml_abi *abi) {
    size_t count = eml_cbor_array(reader, abi->input_count, CATEGORY_BYTES_MIN);
    if (count == 0) eml_cbor_fail(reader, "no categories");
    for (size_t i = 0; i < count && eml_cbor_ok(reader); i++) {
        eml_cbor_in(reader, "categories", i);
        read_category(reader, abi);
    }
    eml_cbor_in(reader, NULL, 0);
}

/* Committed inputs, likewise a section: a tape of them, in order, as they are read for each output. */

static void put_committed(eml_buf *out, const eml_abi *abi) {
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_COMMITTED);
    eml_cbor_put_text(out, "committed");
    eml_cbor_put_map(out, 3);
    eml_cbor_put_text(out, "bits");
    eml_cbor_put_uint(out, abi->reveal.bits);
    put_tape(out, "tape", tape.inputs, tape.columns);
    eml_cbor_put_text(out, "row_bits");
    eml_cbor_put_uint(out, abi->reveal.row_bits);
    eml_abi_tape_free(&tape);
}

/* What the tape names was read as public. In which order it names them, and that it does, is seen when the ABI is
 * written again. */
static void mark_committed(eml_cbor_reader *reader, eml_abi *abi, const uint32_t *tape, size_t length) {
    for (size_t i = 0; i < length && eml_cbor_ok(reader); i++) {
        if (tape[i] >= abi->input_count) /* also of `one` */
            eml_cbor_fail(reader, "entry %zu names no input", i);
        else if (abi->inputs[tape[i]].visibility != EML_PUBLIC)
            eml_cbor_fail(reader, "entry %zu is a secret input, or committed already", i);
        else
            abi->inputs[tape[i]].visibility = EML_COMMITTED;
    }
}

static void read_committed(eml_cbor_reader *reader, eml_abi *abi) {
    size_t length;
    eml_cbor_map(reader, 3);
    eml_cbor_key(reader, "bits");
    abi->reveal.bits = eml_cbor_uint(reader, HIDDEN_BITS_MAX);
    uint32_t *tape = read_tape(reader, "tape", &length);
    mark_committed(reader, abi, tape, length);
    eml_free(tape);
    eml_cbor_key(reader, "row_bits");
    abi->reveal.row_bits = eml_cbor_uint(reader, HIDDEN_BITS_MAX);
}

/* Entries of the ABI's map: those that every ABI has, and one for each section. */
enum { ENTRIES = 9, SECTIONS = 6 };
static size_t sections(const eml_abi *abi) { return (size_t)__builtin_popcount(eml_abi_flags(abi)); }

void eml_abi_encode(const eml_abi *abi, eml_buf *out) {
    uint32_t flags = eml_abi_flags(abi);
    eml_cbor_put_map(out, ENTRIES + sections(abi));
    put_bool(out, "raw", abi->raw);
    put_text(out, "model", abi->model);
    if (flags & EML_ABI_HIDDEN) put_hidden(out, abi);
    eml_cbor_put_text(out, "inputs");
    eml_abi_put_inputs(out, abi);
    if (flags & EML_ABI_ONEHOT) put_groups(out, abi);
    if (flags & EML_ABI_DERIVED) put_derived(out, abi);
    put_outputs(out, abi);
    if (flags & EML_ABI_RESULTS) put_results(out, abi);
    if (flags & EML_ABI_COMMITTED) put_committed(out, abi);
    if (flags & EML_ABI_CATEGORIES) put_categories(out, abi);
    eml_cbor_put_text(out, "delta_bits");
    eml_cbor_put_uint(out, abi->delta_bits);
    put_bool(out, "single_row", abi->single_row);
    put_tape(out, "public_tape", abi->public_tape, abi->public_len);
    put_tape(out, "secret_tape", abi->secret_tape, abi->secret_len);
    put_bool(out, "encrypted_outputs", abi->encrypted_outputs);
}

void eml_abi_read_inputs(eml_cbor_reader *reader, eml_abi *abi) {
    size_t entries = eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, INPUT_BYTES_MIN), room = 0;
    for (size_t i = 0; i < entries && eml_cbor_ok(reader); i++) {
        input_entry entry = {0};
        eml_cbor_in(reader, "inputs", i);
        read_input_entry(reader, &entry);
        add_inputs(reader, &entry, abi, &room);
        eml_free(entry.name);
    }
    eml_cbor_in(reader, NULL, 0);
}

static void read_outputs(eml_cbor_reader *reader, eml_abi *abi) {
    eml_cbor_key(reader, "outputs");
    size_t entries = eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, OUTPUT_BYTES_MIN), room = 0;
    for (size_t i = 0; i < entries && eml_cbor_ok(reader); i++) {
        output_entry entry = {0};
        eml_cbor_in(reader, "outputs", i);
        read_output_entry(reader, &entry);
        add_outputs(reader, &entry, abi, &room);
        eml_free(entry.link);
        eml_free(entry.name);
    }
    eml_cbor_in(reader, NULL, 0);
}

/* One ABI has one encoding: whatever would be written otherwise is refused. */
static eml_status check_canonical(const eml_abi *abi, const uint8_t *bytes, size_t count, eml_error *err) {
    eml_buf again = {0};
    size_t same = 0;
    eml_abi_encode(abi, &again);
    while (same < count && same < again.len && bytes[same] == again.data[same]) same++;
    bool canonical = same == count && same == again.len;
    eml_buf_free(&again);
    if (canonical) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "byte %zu: the same ABI would be written otherwise", same);
}

eml_status eml_abi_decode(const uint8_t *bytes, size_t count, eml_abi *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_cbor_open(&reader, bytes, count, err);
    eml_abi abi = {0};
    size_t entries = eml_cbor_map_between(&reader, ENTRIES, ENTRIES + SECTIONS);
    abi.raw = read_bool(&reader, "raw");
    abi.model = read_text(&reader, "model");
    if (eml_cbor_take_key(&reader, "hidden")) read_hidden(&reader, &abi);
    eml_cbor_key(&reader, "inputs");
    eml_abi_read_inputs(&reader, &abi);
    if (eml_cbor_take_key(&reader, "onehot")) read_groups(&reader, &abi);
    if (eml_cbor_take_key(&reader, "derived")) read_derived(&reader, &abi);
    read_outputs(&reader, &abi);
    if (eml_cbor_take_key(&reader, "results")) read_results(&reader, &abi);
    if (eml_cbor_take_key(&reader, "committed")) read_committed(&reader, &abi);
    if (eml_cbor_take_key(&reader, "categories")) read_categories(&reader, &abi);
    eml_cbor_key(&reader, "delta_bits");
    abi.delta_bits = (uint32_t)eml_cbor_uint(&reader, EML_ABI_DELTA_BITS_MAX);
    abi.single_row = read_bool(&reader, "single_row");
    abi.public_tape = read_tape(&reader, "public_tape", &abi.public_len);
    abi.secret_tape = read_tape(&reader, "secret_tape", &abi.secret_len);
    abi.encrypted_outputs = read_bool(&reader, "encrypted_outputs");
    if (entries != ENTRIES + sections(&abi)) eml_cbor_fail(&reader, "not as many entries as the map has");
    eml_status status = eml_cbor_close(&reader);
    if (status == EML_OK) status = eml_abi_check(&abi, err);
    if (status == EML_OK) status = check_canonical(&abi, bytes, count, err);
    if (status == EML_OK) eml_abi_mark_kept(&abi);
    if (status == EML_OK)
        *out = abi;
    else
        eml_abi_free(&abi);
    return status;
}

eml_digest eml_abi_digest(const eml_abi *abi) {
    eml_buf bytes = {0};
    eml_abi_encode(abi, &bytes);
    eml_digest digest = eml_blake3_hash(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return digest;
}
