/* Pass 1, resolve: every name means one declaration, declared above its use. */
#ifndef EML_COMPILER_CHECK_NAMES_H
#define EML_COMPILER_CHECK_NAMES_H

#include "lang/ast.h"

/* The declarations by name. Of declarations with one name the first counts. */
typedef struct eml_names {
    const eml_ast *ast; /* borrowed */
    size_t *slots;      /* open addressing: declaration index + 1, 0 where empty; owned */
    size_t mask;
} eml_names;

/* The functions of the language. */
typedef enum eml_call {
#define CALL(NAME, name, arguments, shown, meaning) EML_CALL_##NAME,
#include "compiler/check/call.def"
#undef CALL
    EML_CALL_COUNT
} eml_call;
/* EML_CALL_COUNT when there is none of that name. */
eml_call eml_call_by_name(const char *name);

/* Reports duplicates, unknown names (with the nearest one), uses before the declaration, unknown functions, names that
 * are too long, and params, lets and derives that nothing uses. */
void eml_resolve(const eml_ast *ast, eml_diags *diags, eml_names *out);
/* The declaration's index, or SIZE_MAX. */
size_t eml_names_find(const eml_names *names, const char *text);
void eml_names_free(eml_names *names);

#endif
