/* The library as a whole: its version, its threads. */
#include "runtime/base/parallel.h"
#include "runtime/include/eml.h"

const char *eml_version(void) { return EML_VERSION; }

void eml_set_threads(unsigned threads) { eml_threads_set(threads); }
