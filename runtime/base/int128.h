/* 128-bit integers: a GNU extension of both supported compilers. */
#ifndef EML_BASE_INT128_H
#define EML_BASE_INT128_H

__extension__ typedef unsigned __int128 eml_u128;
__extension__ typedef __int128 eml_i128;

#endif
