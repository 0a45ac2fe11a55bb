/* What a call with secrets leaves behind outside of its allocations. */
#ifndef EML_BASE_WIPE_H
#define EML_BASE_WIPE_H

/* Overwrites the stack below the caller, as far as such a call uses it, and the vector registers. */
void eml_wipe_stack(void);

#endif
