/* Guards: where a call comes back to when there is no memory.
 *
 * Code in a call allocates as if memory never ended. When it does end, eml_out_of_memory leaves the call for the
 * innermost guard, which frees all that the call allocated: ours, GMP's and jansson's, which allocate in the same
 * region while a guard is set (hooks.h). What is no memory (a file descriptor, a temporary file) is undone by an
 * eml_rescue. A lock is never held over an allocation. */
#ifndef EML_BASE_GUARD_H
#define EML_BASE_GUARD_H

#include "runtime/base/escape.h"
#include "runtime/base/region.h"
#include "runtime/base/status.h"

/* Lives in the function that sets it. */
typedef struct eml_guard {
    eml_escape escape; /* first */
    eml_region *region, *outer_region;
    bool own; /* the region ends with the guard */
} eml_guard;

/* Makes region current and the guard the innermost; the caller calls setjmp(guard->escape.place) next. own: the region
 * was made for this call and is freed with it. False, with nothing changed, when region is NULL, that is, when there
 * was no memory for it. */
EML_NODISCARD bool eml_guard_enter(eml_guard *guard, eml_region *region, bool own);
void eml_guard_leave(void); /* of a secret region: the stack that the call used is overwritten */

/* After setjmp returned again, in place of eml_guard_leave: frees what is in the region and overwrites the stack that a
 * secret call used. */
void eml_guard_failed(void);

/* EML_ERR_MEMORY, and how much the call that failed last in this thread asked for. */
eml_status eml_guard_fail(eml_error *err);

/* What the functions around a call do: evaluates call, of an integer type, in a guard, and returns its value, or else
 * failed. Nothing is changed between setjmp and longjmp in the function that this stands in. */
#define EML_GUARDED(region, own, call, failed)                                                                         \
    do {                                                                                                               \
        eml_guard guard_;                                                                                              \
        if (!eml_guard_enter(&guard_, region, own)) return failed;                                                     \
        if (setjmp(guard_.escape.place) != 0) {                                                                        \
            eml_guard_failed();                                                                                        \
            return failed;                                                                                             \
        }                                                                                                              \
        __typeof__(call) value_ = call;                                                                                \
        eml_guard_leave();                                                                                             \
        return value_;                                                                                                 \
    } while (0)

/* Between these the host's own code runs: its allocations are none of ours. */
eml_region *eml_guard_pause(void);
void eml_guard_resume(eml_region *paused);

#endif
