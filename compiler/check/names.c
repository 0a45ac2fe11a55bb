#include "compiler/check/names.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/bundle/abi.h"
#include "runtime/text/names.h"

/* A column's name must fit EML_NAME_MAX with its indices, at most "[4194303][4194303]". */
enum { NAME_BYTES_MAX = EML_NAME_MAX - 20 };

static const char *const function_names[EML_CALL_COUNT] = {
#define CALL(NAME, name, arguments, shown, meaning) name,
#include "compiler/check/call.def"
#undef CALL
};

eml_call eml_call_by_name(const char *name) {
    for (int i = 0; i < EML_CALL_COUNT; i++) {
        if (strcmp(function_names[i], name) == 0) return (eml_call)i;
    }
    return EML_CALL_COUNT;
}

static size_t hash_text(const char *text) { /* FNV-1a, 64 bits */
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return (size_t)hash;
}

/* The slot that holds text, or the empty one where it would go. The table is at most half full. */
static size_t find_slot(const eml_names *names, const char *text) {
    size_t slot = hash_text(text) & names->mask;
    while (names->slots[slot] != 0 && strcmp(names->ast->decls[names->slots[slot] - 1].name.text, text) != 0) {
        slot = (slot + 1) & names->mask;
    }
    return slot;
}

size_t eml_names_find(const eml_names *names, const char *text) { return names->slots[find_slot(names, text)] - 1; }

/* What a declaration's expressions may name: the declarations before `limit`. */
typedef struct resolver {
    const eml_names *names;
    eml_diags *diags;
    bool *used; /* by declaration */
    size_t limit;
} resolver;

/* How this language says what other languages call so; NULL: nothing is known of it. */
static const char *elsewhere(const char *name) {
    static const char *const words[][2] = {
#define ELSEWHERE(name, note) {name, note},
#include "compiler/check/elsewhere.def"
#undef ELSEWHERE
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], name) == 0) return words[i][1];
    return NULL;
}

static void report_unknown(resolver *r, const eml_expr *expr) {
    const eml_ast *ast = r->names->ast;
    eml_diag *diag = eml_diag_add(r->diags, EML_DIAG_NAME_UNKNOWN, expr->span, "`%s` is not declared", expr->text);
    const char **candidates = eml_alloc(r->limit, sizeof *candidates);
    for (size_t i = 0; i < r->limit; i++) candidates[i] = ast->decls[i].name.text;
    const char *nearest = eml_diag_nearest(expr->text, candidates, r->limit);
    const char *note = elsewhere(expr->text);
    if (note != NULL)
        eml_diag_note(r->diags, diag, "%s", note);
    else if (nearest != NULL)
        eml_diag_note(r->diags, diag, "did you mean `%s`?", nearest);
    eml_free(candidates);
}

static void resolve_name(resolver *r, const eml_expr *expr) {
    size_t found = eml_names_find(r->names, expr->text);
    if (found == SIZE_MAX) {
        report_unknown(r, expr);
    } else if (found >= r->limit) {
        const eml_decl *decl = &r->names->ast->decls[found];
        eml_diag *diag =
            eml_diag_add(r->diags, EML_DIAG_NAME_EARLY, expr->span, "`%s` is used before its declaration", expr->text);
        eml_diag_note_at(r->diags, diag, decl->name.span, "declared here");
    } else {
        r->used[found] = true;
    }
}

static void resolve_call(resolver *r, const eml_expr *expr) {
    static const char *const shown[] = {
#define CALL(NAME, name, arguments, shown, meaning) shown,
#include "compiler/check/call.def"
#undef CALL
    };
    if (eml_call_by_name(expr->text) != EML_CALL_COUNT) return;
    eml_diag *diag =
        eml_diag_add(r->diags, EML_DIAG_FUNCTION_UNKNOWN, expr->op_span, "there is no function `%s`", expr->text);
    const char *nearest = eml_diag_nearest(expr->text, function_names, EML_CALL_COUNT);
    const char *note = elsewhere(expr->text);
    if (note != NULL) {
        eml_diag_note(r->diags, diag, "%s", note);
    } else if (nearest != NULL) {
        eml_diag_note(r->diags, diag, "did you mean `%s`?", nearest);
    } else {
        eml_buf names = {0};
        for (int i = 0; i < EML_CALL_COUNT; i++) eml_buf_printf(&names, "%s`%s`", i > 0 ? ", " : "", shown[i]);
        eml_diag_note(r->diags, diag, "the functions are %.*s", (int)names.len, (const char *)names.data);
        eml_buf_free(&names);
    }
}

/* The first item is visited by the loop, so that a chain a + b + c + ... takes no stack; the rest nests at most
 * EML_NESTING_MAX deep. */
static void resolve_expr(resolver *r, const eml_expr *expr) {
    while (expr != NULL) {
        if (expr->kind == EML_EXPR_NAME) resolve_name(r, expr);
        if (expr->kind == EML_EXPR_CALL) resolve_call(r, expr);
        for (size_t i = 0; i < expr->subscript_count; i++) {
            resolve_expr(r, expr->subscripts[i].lo);
            resolve_expr(r, expr->subscripts[i].hi);
        }
        for (size_t i = 1; i < expr->count; i++) resolve_expr(r, expr->items[i]);
        expr = expr->count > 0 ? expr->items[0] : NULL;
    }
}

static void resolve_decl(resolver *r, const eml_decl *decl) {
    for (size_t i = 0; i < decl->dims.count; i++) resolve_expr(r, decl->dims.items[i]);
    const eml_expr *parts[] = {decl->value, decl->lo, decl->hi, decl->step, decl->frac, decl->tolerance};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) resolve_expr(r, parts[i]);
}

static void declare(eml_names *names, size_t index, eml_diags *diags) {
    const eml_name *name = &names->ast->decls[index].name;
    size_t slot = find_slot(names, name->text);
    if (strlen(name->text) > NAME_BYTES_MAX) {
        eml_diag_add(diags, EML_DIAG_NAME_LONG, name->span, "a name has at most %d bytes, this one has %zu",
                     NAME_BYTES_MAX, strlen(name->text));
    }
    if (names->slots[slot] == 0) {
        names->slots[slot] = index + 1;
        return;
    }
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_NAME_TWICE, name->span, "`%s` is declared twice", name->text);
    eml_diag_note_at(diags, diag, names->ast->decls[names->slots[slot] - 1].name.span, "first declared here");
}

/* ----- Columns */

static bool has_columns(const eml_decl *decl) { return decl->kind != EML_DECL_PARAM && decl->kind != EML_DECL_LET; }

/* What is derived is an input, though no table has it. */
static bool is_input(const eml_decl *decl) { return decl->kind == EML_DECL_INPUT || decl->kind == EML_DECL_DERIVE; }

/* Results stand in the table of outputs. */
static bool same_table(const eml_decl *a, const eml_decl *b) { return is_input(a) == is_input(b); }

static void check_column(const eml_decl *decl, eml_diags *diags) {
    const eml_name *column = &decl->column;
    if (column->text == NULL) return;
    char fault[EML_NAME_FAULT_TEXT];
    size_t length = strlen(column->text);
    if (decl->dims.count > 0)
        eml_diag_add(diags, EML_DIAG_COLUMN, column->span,
                     "one name for several columns: those of `%s` are called `%s[0]`, `%s[1]` and so on",
                     decl->name.text, decl->name.text, decl->name.text);
    else if (length > EML_NAME_MAX)
        eml_diag_add(diags, EML_DIAG_NAME_LONG, column->span, "a name has at most %d bytes, this one has %zu",
                     EML_NAME_MAX, length);
    else if (eml_name_has_fault(column->text, length, fault))
        eml_diag_add(diags, EML_DIAG_COLUMN, column->span, "the name of the column %s", fault);
}

static const eml_name *column_of(const eml_decl *decl) {
    return decl->column.text != NULL ? &decl->column : &decl->name;
}

typedef struct column {
    const char *name;
    const eml_decl *decl;
} column;

/* By name, those of inputs and of outputs apart, then as they are declared. */
static int compare_columns(const void *a, const void *b) {
    const column *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order == 0) order = !is_input(x->decl) - !is_input(y->decl);
    return order != 0 ? order : x->decl < y->decl ? -1 : x->decl > y->decl;
}

/* Of inputs or of outputs: a table has each once. */
static void report_same_columns(const column *columns, size_t count, eml_diags *diags) {
    for (size_t i = 1; i < count; i++) {
        const eml_decl *first = columns[i - 1].decl, *later = columns[i].decl;
        if (strcmp(columns[i - 1].name, columns[i].name) != 0 || !same_table(first, later) ||
            strcmp(first->name.text, later->name.text) == 0)
            continue;
        eml_diag *diag = eml_diag_add(diags, EML_DIAG_COLUMN, column_of(later)->span, "two columns are called `%s`",
                                      columns[i].name);
        eml_diag_note_at(diags, diag, column_of(first)->span, "the first is here");
    }
}

static const eml_decl *decl_of(const column *columns, size_t count, const char *name) {
    size_t i = 0;
    while (i + 1 < count && columns[i].name != name) i++;
    return columns[i].decl;
}

/* Who reads a table must not take one column for another. */
static void report_alike(const column *columns, size_t count, eml_diags *diags) {
    const char **names = eml_alloc(count, sizeof *names), *a, *b;
    for (size_t i = 0; i < count; i++) names[i] = columns[i].name;
    eml_name_index index;
    eml_name_index_init(&index, names, count);
    if (eml_name_index_pair(&index, &a, &b)) {
        const eml_decl *x = decl_of(columns, count, a), *y = decl_of(columns, count, b);
        const eml_name *first = column_of(x < y ? x : y), *later = column_of(x < y ? y : x);
        eml_diag *diag = eml_diag_add(diags, EML_DIAG_NAME_ALIKE, later->span,
                                      "`%s` and `%s` differ only by case, width or script", first->text, later->text);
        eml_diag_note_at(diags, diag, first->span, "first declared here");
    }
    eml_name_index_free(&index);
    eml_free(names);
}

static void check_columns(const eml_ast *ast, eml_diags *diags) {
    column *columns = eml_alloc(ast->decl_count, sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < ast->decl_count; i++) {
        const eml_decl *decl = &ast->decls[i];
        if (!has_columns(decl)) continue;
        check_column(decl, diags);
        columns[count++] = (column){column_of(decl)->text, decl};
    }
    qsort(columns, count, sizeof *columns, compare_columns);
    report_same_columns(columns, count, diags);
    report_alike(columns, count, diags);
    eml_free(columns);
}

static void report_unused(const eml_ast *ast, const bool *used, eml_diags *diags) {
    for (size_t i = 0; i < ast->decl_count; i++) {
        const eml_decl *decl = &ast->decls[i];
        bool checked = decl->kind == EML_DECL_DERIVE && decl->lo != NULL; /* rows are, by its range */
        if (used[i] || checked || (has_columns(decl) && decl->kind != EML_DECL_DERIVE)) continue;
        eml_diag_add(diags, EML_DIAG_UNUSED, decl->name.span, "`%s` is never used", decl->name.text);
    }
}

void eml_resolve(const eml_ast *ast, eml_diags *diags, eml_names *out) {
    size_t size = 16;
    while (size < 2 * ast->decl_count) size *= 2;
    *out = (eml_names){.ast = ast, .slots = eml_alloc(size, sizeof *out->slots), .mask = size - 1};
    for (size_t i = 0; i < ast->decl_count; i++) declare(out, i, diags);
    check_columns(ast, diags);
    resolver r = {.names = out, .diags = diags, .used = eml_alloc(ast->decl_count, sizeof(bool))};
    for (size_t i = 0; i < ast->decl_count; i++) {
        r.limit = i;
        resolve_decl(&r, &ast->decls[i]);
    }
    r.limit = ast->decl_count;
    for (size_t i = 0; i < ast->test_count; i++) {
        for (size_t j = 0; j < ast->tests[i].assign_count; j++) {
            resolve_expr(&r, ast->tests[i].assigns[j].value);
            resolve_expr(&r, ast->tests[i].assigns[j].tolerance);
        }
    }
    report_unused(ast, r.used, diags);
    eml_free(r.used);
}

void eml_names_free(eml_names *names) {
    eml_free(names->slots);
    *names = (eml_names){0};
}
