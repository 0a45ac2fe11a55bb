#include "runtime/text/csv.h"

#include <string.h>

#include "runtime/text/text.h"

const eml_csv_dialect eml_csv_table = {.separators = ",", .blanks = " \t", .quotes = true};
const eml_csv_dialect eml_csv_numbers = {.separators = ",;\t", .blanks = " \r\"", .quotes = false};

void eml_csv_open(eml_csv *csv, const eml_csv_dialect *dialect, char *text, size_t length) {
    *csv = (eml_csv){
        .dialect = dialect, .at = text + eml_utf8_mark(text, length), .end = text + length, .ended = true, .next = 1};
}

void eml_csv_reopen(eml_csv *csv, char *text, size_t length, size_t line) {
    csv->at = text;
    csv->end = text + length;
    csv->ended = true;
    csv->next = line;
}

static bool is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

static bool at_line_end(const eml_csv *csv) {
    if (csv->at == csv->end || *csv->at == '\n') return true;
    return *csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n';
}

static void skip_blanks(eml_csv *csv) {
    while (csv->at < csv->end && is_one_of(*csv->at, csv->dialect->blanks)) csv->at++;
}

/* From the opening quote to past the closing one, doubled quotes halved in place. */
static eml_status scan_quoted(eml_csv *csv, eml_csv_field *field, eml_error *err) {
    char *to = ++csv->at;
    field->text = to;
    for (; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"') {
            if (csv->at + 1 == csv->end || csv->at[1] != '"') break;
            csv->at++;
        }
        if (*csv->at == '\n') csv->next++;
        *to++ = *csv->at;
    }
    if (csv->at == csv->end) return eml_fail(err, EML_ERR_INPUT, "line %zu: a quote is not closed", csv->line);
    csv->at++;
    field->length = (size_t)(to - field->text);
    skip_blanks(csv);
    if (at_line_end(csv) || is_one_of(*csv->at, csv->dialect->separators)) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "line %zu: text after a closing quote%s", csv->line,
                    is_one_of(*csv->at, ";|") ? ": columns are separated by commas" : "");
}

static eml_status scan_field(eml_csv *csv, eml_csv_field *field, eml_error *err) {
    skip_blanks(csv);
    if (csv->dialect->quotes && csv->at < csv->end && *csv->at == '"') return scan_quoted(csv, field, err);
    field->text = csv->at;
    while (!at_line_end(csv) && !is_one_of(*csv->at, csv->dialect->separators)) csv->at++;
    field->length = (size_t)(csv->at - field->text);
    while (field->length > 0 && is_one_of(field->text[field->length - 1], csv->dialect->blanks)) field->length--;
    return EML_OK;
}

static void skip_line_end(eml_csv *csv) {
    if (csv->at < csv->end && *csv->at == '\r') csv->at++;
    if (csv->at < csv->end) csv->at++;
    csv->next++;
}

eml_status eml_csv_next_field(eml_csv *csv, eml_csv_field *field, bool *more, eml_error *err) {
    *more = !csv->ended || csv->at < csv->end;
    if (!*more) return EML_OK;
    if (csv->ended) {
        csv->record = csv->at;
        csv->line = csv->next;
    }
    EML_TRY(scan_field(csv, field, err));
    csv->ended = at_line_end(csv);
    if (csv->ended)
        skip_line_end(csv);
    else
        csv->at++; /* the separator */
    return EML_OK;
}

eml_status eml_csv_next(eml_csv *csv, size_t fields_max, bool *more, eml_error *err) {
    csv->count = 0;
    do {
        bool another;
        eml_csv_field field;
        if (csv->count == fields_max)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "line %zu: more than %zu fields", csv->line,
                               fields_max);
        EML_TRY(eml_csv_next_field(csv, &field, &another, err));
        *more = another || csv->count > 0;
        if (!another) return EML_OK;
        csv->fields = eml_grow(csv->fields, &csv->capacity, csv->count + 1, sizeof *csv->fields);
        csv->fields[csv->count++] = field;
    } while (!csv->ended);
    return EML_OK;
}

/* Past the closing quote; the end of the text when there is none. */
static const char *skip_quoted(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at != '"') continue;
        if (at + 1 < end && at[1] == '"')
            at++;
        else
            return at + 1;
    }
    return end;
}

const char *eml_csv_record_end(const eml_csv_dialect *dialect, const char *text, size_t length) {
    const char *at = text, *end = text + length;
    for (bool first = true; at < end; at++) { /* first: of a field, but for blanks */
        if (first && dialect->quotes && *at == '"') at = skip_quoted(at, end);
        if (at == end) break;
        if (*at == '\n') return at + 1;
        first = is_one_of(*at, dialect->separators) || (first && is_one_of(*at, dialect->blanks));
    }
    return NULL;
}

bool eml_csv_is_blank(const eml_csv *csv) { return csv->count == 1 && csv->fields[0].length == 0; }

void eml_csv_close(eml_csv *csv) {
    eml_free(csv->fields);
    *csv = (eml_csv){0};
}
