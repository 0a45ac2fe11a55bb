#include "runtime/table/arrow.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/text/text.h"

/* What the structures say of a column; all that they can be wrong about in ways that can be seen. */
typedef struct source {
    const char *table; /* for messages */
    const char *column;
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
} source;

static eml_status refuse(const source *from, const char *what, eml_error *err) {
    if (from->column == NULL) return eml_fail(err, EML_ERR_INPUT, "%s: Arrow: %s", from->table, what);
    return eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\": Arrow: %s", from->table,
                    eml_text_excerpt(from->column, strlen(from->column)).text, what);
}

/* A format of one letter; 0: another. */
static int type_of(const char *format) {
    static const struct {
        char format;
        int type;
    } types[] = {{'g', EML_ARRAY_DOUBLE},    {'f', EML_ARRAY_FLOAT}, {'l', EML_ARRAY_INT64},  {'i', EML_ARRAY_INT32},
                 {'s', EML_ARRAY_INT16},     {'c', EML_ARRAY_INT8},  {'L', EML_ARRAY_UINT64}, {'I', EML_ARRAY_UINT32},
                 {'S', EML_ARRAY_UINT16},    {'C', EML_ARRAY_UINT8}, {'b', EML_ARRAY_BITS},   {'u', EML_ARRAY_UTF8},
                 {'U', EML_ARRAY_LARGE_UTF8}};
    for (size_t i = 0; i < sizeof types / sizeof *types && strlen(format) == 1; i++)
        if (types[i].format == *format) return types[i].type;
    return EML_ARRAY_UNKNOWN;
}

static bool is_text(int type) { return type == EML_ARRAY_UTF8 || type == EML_ARRAY_LARGE_UTF8; }

static eml_status check_structure(const source *from, eml_error *err) {
    const struct ArrowArray *array = from->array;
    if (from->schema == NULL || array == NULL || from->schema->format == NULL)
        return refuse(from, "there is no schema, no format or no array", err);
    if (from->schema->release == NULL || array->release == NULL) return refuse(from, "it was released", err);
    if (array->length < 0 || array->offset < 0 || array->length > INT64_MAX - array->offset ||
        (uint64_t)(array->length + array->offset) > PTRDIFF_MAX / 16)
        return refuse(from, "a length or an offset that no array has", err);
    if (array->n_buffers < 0 || (array->n_buffers > 0 && array->buffers == NULL))
        return refuse(from, "there are no buffers", err);
    return EML_OK;
}

/* Validity, and values of `rows` rows from the array's row `first` on. */
static eml_status take_buffers(const source *from, size_t first, size_t rows, eml_array_view *out, eml_error *err) {
    const struct ArrowArray *array = from->array;
    if (array->n_buffers != (is_text(out->type) ? 3 : 2))
        return refuse(from, "another number of buffers than its format has", err);
    out->first = (size_t)array->offset + first;
    out->rows = rows;
    out->validity = array->null_count == 0 ? NULL : array->buffers[0];
    if (array->null_count > 0 && array->buffers[0] == NULL)
        return refuse(from, "there are nulls, but no buffer that says where", err);
    if (array->buffers[1] == NULL && rows > 0) return refuse(from, "there is no buffer of values", err);
    out->stride = (ptrdiff_t)eml_array_width(out->type);
    out->values = array->buffers[1];
    if (out->values != NULL) out->values += (ptrdiff_t)out->first * out->stride;
    if (is_text(out->type)) out->bytes = array->buffers[2];
    return EML_OK;
}

static eml_status take_dictionary(const source *from, eml_array_view *out, eml_error *err) {
    const source words = {from->table, from->column, from->schema->dictionary, from->array->dictionary};
    EML_TRY(check_structure(&words, err));
    eml_array_view dictionary = {.type = type_of(words.schema->format)};
    if (!is_text(dictionary.type) || words.schema->dictionary != NULL) {
        out->type = EML_ARRAY_UNKNOWN;
        out->format = words.schema->format;
        return EML_OK;
    }
    EML_TRY(take_buffers(&words, 0, (size_t)words.array->length, &dictionary, err));
    out->dictionary = eml_alloc(1, sizeof *out->dictionary);
    *out->dictionary = dictionary;
    return EML_OK;
}

/* The batch's rows of a child: its offset counts besides. */
static eml_status take_child(const source *from, size_t first, size_t rows, eml_array_view *out, eml_error *err) {
    EML_TRY(check_structure(from, err));
    out->format = from->schema->format;
    out->type = type_of(out->format);
    bool encoded = from->schema->dictionary != NULL;
    if (encoded && !(out->type >= EML_ARRAY_INT64 && out->type <= EML_ARRAY_UINT8))
        return refuse(from, "a dictionary whose indices are no integers", err);
    if (encoded != (from->array->dictionary != NULL))
        return refuse(from, "a dictionary that only one of schema and array has", err);
    if ((uint64_t)from->array->length < first + rows) return refuse(from, "it has fewer rows than the batch", err);
    if (out->type == EML_ARRAY_UNKNOWN) return EML_OK;
    EML_TRY(take_buffers(from, first, rows, out, err));
    return encoded ? take_dictionary(from, out, err) : EML_OK;
}

static eml_status check_batch(const source *from, eml_error *err) {
    const struct ArrowArray *batch = from->array;
    EML_TRY(check_structure(from, err));
    if (strcmp(from->schema->format, "+s") != 0)
        return refuse(from, "no record batch, which is a struct array (format \"+s\")", err);
    if (batch->n_children != from->schema->n_children || batch->n_children < 0 ||
        (batch->n_children > 0 && (batch->children == NULL || from->schema->children == NULL)))
        return refuse(from, "schema and array do not have the same columns", err);
    if (batch->n_buffers != 1) return refuse(from, "another number of buffers than its format has", err);
    eml_array_view rows = {.validity = batch->null_count == 0 ? NULL : batch->buffers[0],
                           .first = (size_t)batch->offset};
    for (size_t row = 0; row < (size_t)batch->length; row++)
        if (eml_array_is_null(&rows, row))
            return eml_fail(err, EML_ERR_INPUT, "%s: row %zu: Arrow: it is null as a whole", from->table, row + 1);
    return EML_OK;
}

eml_status eml_arrow_open(const char *name, const struct ArrowSchema *schema, const struct ArrowArray *batch,
                          eml_array_view **columns, size_t *count, size_t *rows, eml_error *err) {
    EML_TRY(check_batch(&(source){.table = name, .schema = schema, .array = batch}, err));
    size_t length = (size_t)batch->length, children = (size_t)batch->n_children;
    eml_array_view *out = eml_alloc(children, sizeof *out);
    eml_status status = EML_OK;
    for (size_t c = 0; c < children && status == EML_OK; c++) {
        const struct ArrowSchema *child = schema->children[c];
        out[c].name = child == NULL || child->name == NULL ? "" : child->name;
        status = take_child(&(source){name, out[c].name, child, batch->children[c]}, (size_t)batch->offset, length,
                            &out[c], err);
    }
    if (status == EML_OK) {
        *columns = out;
        *count = children;
        *rows = length;
        return EML_OK;
    }
    for (size_t c = 0; c < children; c++) eml_array_free(&out[c]);
    eml_free(out);
    return status;
}
