/* Escapes: where a thread goes on when there is no memory. A guard (guard.h) sets one around each call. */
#ifndef EML_BASE_ESCAPE_H
#define EML_BASE_ESCAPE_H

#include <setjmp.h>
#include <stddef.h>

/* What to undo should memory end: run(context), before the escape is reached. Lives in the function that adds it, which
 * drops the last one added first. */
typedef struct eml_rescue {
    void (*run)(void *context);
    void *context;
    struct eml_rescue *outer;
} eml_rescue;

/* Lives in the function that sets it, and calls setjmp(place) next. */
typedef struct eml_escape {
    jmp_buf place;
    struct eml_escape *outer;
    eml_rescue *rescues;
} eml_escape;

void eml_escape_set(eml_escape *escape); /* as the thread's innermost */
eml_escape *eml_escape_drop(void);       /* the innermost, which there is */

/* Leaves for the innermost escape; without one, that is, outside the library's calls and the eml command, aborts. */
_Noreturn void eml_out_of_memory(size_t bytes);
/* How much was asked for when memory last ended in this thread; where that was not in a call, whoever noticed says so.
 */
size_t eml_escape_asked_for(void);
void eml_escape_note(size_t bytes);

void eml_rescue_add(eml_rescue *rescue);
void eml_rescue_drop(const eml_rescue *rescue);

#endif
