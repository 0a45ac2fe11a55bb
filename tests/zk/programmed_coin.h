/* The coin of a random oracle that the simulator programs: it says what it will say, whatever is absorbed. Linked in
 * place of runtime/stark/coin.c, which it becomes again when programmed_coin is false. */
#ifndef EML_TESTS_PROGRAMMED_COIN_H
#define EML_TESTS_PROGRAMMED_COIN_H

#include <stdbool.h>

extern bool programmed_coin;

#endif
