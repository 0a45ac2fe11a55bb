#include "runtime/base/guard.h"

#include <assert.h>

#include "runtime/base/hooks.h"
#include "runtime/base/wipe.h"

bool eml_guard_enter(eml_guard *guard, eml_region *region, bool own) {
    if (!region) {
        eml_escape_note(sizeof *guard);
        return false;
    }
    eml_hooks_acquire();
    eml_escape_set(&guard->escape);
    guard->outer_region = eml_region_current();
    guard->region = region;
    guard->own = own;
    eml_region_make_current(region);
    return true;
}

static eml_guard *pop(void) {
    eml_guard *guard = (eml_guard *)eml_escape_drop(); /* its first member */
    eml_region_make_current(guard->outer_region);
    return guard;
}

void eml_guard_leave(void) {
    eml_guard *guard = pop();
    if (eml_region_is_secret(guard->region)) eml_wipe_stack();
    if (guard->own) {
        assert(eml_region_is_empty(guard->region)); /* results were detached, the rest freed */
        eml_region_free(guard->region);
    }
    eml_hooks_release();
}

void eml_guard_failed(void) {
    eml_guard *guard = pop();
    if (eml_region_is_secret(guard->region)) eml_wipe_stack();
    if (guard->own)
        eml_region_free(guard->region);
    else
        eml_region_clear(guard->region);
    eml_hooks_release();
}

eml_status eml_guard_fail(eml_error *err) {
    return eml_fail(err, EML_ERR_MEMORY, "out of memory (asked for %zu bytes)", eml_escape_asked_for());
}

eml_region *eml_guard_pause(void) {
    eml_region *paused = eml_region_current();
    eml_region_make_current(NULL);
    return paused;
}

void eml_guard_resume(eml_region *paused) { eml_region_make_current(paused); }
