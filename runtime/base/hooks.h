/* GMP and jansson allocate through functions that belong to the whole process. While one of our calls runs, in
 * whichever thread, these are ours: in a thread within a call they allocate in its region, in every other thread, and
 * in the host's own callbacks, they hand on to the functions that were set before. When the last call ends, those are
 * set again. */
#ifndef EML_BASE_HOOKS_H
#define EML_BASE_HOOKS_H

void eml_hooks_acquire(void); /* at the beginning of a call */
void eml_hooks_release(void); /* at its end */

#endif
