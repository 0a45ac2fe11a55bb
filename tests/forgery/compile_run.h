/* A run of a model as the compiler emits it. */
#ifndef EML_TESTS_FORGERY_COMPILE_RUN_H
#define EML_TESTS_FORGERY_COMPILE_RUN_H

#include "tests/forgery/forge.h"

/* The test fails when the model does not compile. */
void compile_run(const char *source, run *out);

#endif
