#include "runtime/base/escape.h"

#include <stdlib.h>

#include "runtime/base/thread.h"

static EML_THREAD_LOCAL eml_escape *innermost;
static EML_THREAD_LOCAL size_t asked_for;

void eml_escape_set(eml_escape *escape) {
    escape->outer = innermost;
    escape->rescues = NULL;
    innermost = escape;
}

eml_escape *eml_escape_drop(void) {
    eml_escape *escape = innermost;
    innermost = escape->outer;
    return escape;
}

size_t eml_escape_asked_for(void) { return asked_for; }
void eml_escape_note(size_t bytes) { asked_for = bytes; }

_Noreturn void eml_out_of_memory(size_t bytes) {
    if (!innermost) abort();
    for (eml_rescue *rescue = innermost->rescues; rescue; rescue = rescue->outer) rescue->run(rescue->context);
    asked_for = bytes;
    longjmp(innermost->place, 1);
}

void eml_rescue_add(eml_rescue *rescue) {
    if (!innermost) return;
    rescue->outer = innermost->rescues;
    innermost->rescues = rescue;
}

void eml_rescue_drop(const eml_rescue *rescue) {
    if (innermost) innermost->rescues = rescue->outer;
}
