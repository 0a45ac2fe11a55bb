#include "compiler/check/names.h"

#include <string.h>

#include "runtime/bundle/abi.h"
#include "runtime/text/names.h"

/* A column's name must fit EML_NAME_MAX with its indices, at most "[4194303][4194303]". */
enum { NAME_BYTES_MAX = EML_NAME_MAX - 20 };

static const char *const function_names[EML_FUNCTION_COUNT] = {"dot", "sum"};

eml_function eml_function_by_name(const char *name) {
    for (int i = 0; i < EML_FUNCTION_COUNT; i++) {
        if (strcmp(function_names[i], name) == 0) return (eml_function)i;
    }
    return EML_FUNCTION_COUNT;
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

static void report_unknown(resolver *r, const eml_expr *expr) {
    const eml_ast *ast = r->names->ast;
    eml_diag *diag = eml_diag_add(r->diags, EML_DIAG_NAME_UNKNOWN, expr->span, "`%s` is not declared", expr->text);
    const char **candidates = eml_alloc(r->limit, sizeof *candidates);
    for (size_t i = 0; i < r->limit; i++) candidates[i] = ast->decls[i].name.text;
    const char *nearest = eml_diag_nearest(expr->text, candidates, r->limit);
    if (nearest != NULL) eml_diag_note(r->diags, diag, "did you mean `%s`?", nearest);
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
    if (eml_function_by_name(expr->text) != EML_FUNCTION_COUNT) return;
    eml_diag *diag =
        eml_diag_add(r->diags, EML_DIAG_FUNCTION_UNKNOWN, expr->op_span, "there is no function `%s`", expr->text);
    const char *nearest = eml_diag_nearest(expr->text, function_names, EML_FUNCTION_COUNT);
    if (nearest != NULL) {
        eml_diag_note(r->diags, diag, "did you mean `%s`?", nearest);
    } else {
        eml_diag_note(r->diags, diag, "the functions are `dot(a, b)` and `sum(a)`");
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

/* Who reads a table must not take one column for another. Names are ASCII, so that case is all that can differ. */
static void report_alike(const eml_names *names, eml_diags *diags) {
    const eml_ast *ast = names->ast;
    const char **columns = eml_alloc(ast->decl_count, sizeof *columns), *a, *b;
    size_t count = 0;
    for (size_t i = 0; i < ast->decl_count; i++)
        if (ast->decls[i].kind == EML_DECL_INPUT || ast->decls[i].kind == EML_DECL_OUTPUT)
            columns[count++] = ast->decls[i].name.text;
    eml_name_index index;
    eml_name_index_init(&index, columns, count);
    if (eml_name_index_pair(&index, &a, &b)) {
        size_t x = eml_names_find(names, a), y = eml_names_find(names, b), later = x > y ? x : y, first = x ^ y ^ later;
        eml_diag *diag =
            eml_diag_add(diags, EML_DIAG_NAME_ALIKE, ast->decls[later].name.span, "`%s` and `%s` differ only by case",
                         ast->decls[first].name.text, ast->decls[later].name.text);
        eml_diag_note_at(diags, diag, ast->decls[first].name.span, "first declared here");
    }
    eml_name_index_free(&index);
    eml_free(columns);
}

static void report_unused(const eml_ast *ast, const bool *used, eml_diags *diags) {
    for (size_t i = 0; i < ast->decl_count; i++) {
        const eml_decl *decl = &ast->decls[i];
        if (used[i] || (decl->kind != EML_DECL_PARAM && decl->kind != EML_DECL_LET)) continue;
        eml_diag_add(diags, EML_DIAG_UNUSED, decl->name.span, "`%s` is never used", decl->name.text);
    }
}

void eml_resolve(const eml_ast *ast, eml_diags *diags, eml_names *out) {
    size_t size = 16;
    while (size < 2 * ast->decl_count) size *= 2;
    *out = (eml_names){.ast = ast, .slots = eml_alloc(size, sizeof *out->slots), .mask = size - 1};
    for (size_t i = 0; i < ast->decl_count; i++) declare(out, i, diags);
    report_alike(out, diags);
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
