/* Lines "NAME X UNIT" of standard input, fractions p/q -> a line each of standard output: the integer k for which k *
 * UNIT is nearest to NAME(X), or "refused". For tests that ask somebody else. */
#include <stdio.h>
#include <string.h>

#include "runtime/function/function.h"

static bool by_name(const char *name, eml_function *out) {
    for (int i = 0; i < EML_FUNCTION_COUNT; i++) {
        if (strcmp(eml_function_name((eml_function)i), name) != 0) continue;
        *out = (eml_function)i;
        return true;
    }
    return false;
}

int main(void) {
    static char name[32], numbers[2][4096];
    mpq_t x, unit;
    mpz_t k;
    mpq_inits(x, unit, NULL);
    mpz_init(k);
    while (scanf("%31s %4095s %4095s", name, numbers[0], numbers[1]) == 3) {
        eml_function function;
        if (!by_name(name, &function) || mpq_set_str(x, numbers[0], 10) != 0 || mpq_set_str(unit, numbers[1], 10) != 0)
            return 2;
        mpq_canonicalize(x);
        mpq_canonicalize(unit);
        if (eml_function_round(function, x, unit, k, NULL) == EML_OK)
            gmp_printf("%Zd\n", k);
        else
            puts("refused");
    }
    mpz_clear(k);
    mpq_clears(x, unit, NULL);
    return 0;
}
