/* What this CPU can do, for the selection of vector kernels. */
#ifndef EML_BASE_CPU_H
#define EML_BASE_CPU_H

typedef enum eml_cpu_flag {
    EML_CPU_AVX2 = 1,        /* AVX2 and FMA together */
    EML_CPU_AVX512 = 2,      /* AVX-512 F, DQ, VL and BW together */
    EML_CPU_AVX512_IFMA = 4, /* IFMA on top of those */
} eml_cpu_flag;

enum { EML_CPU_ALL = EML_CPU_AVX2 | EML_CPU_AVX512 | EML_CPU_AVX512_IFMA };

/* The flags that the CPU and the operating system support and the mask lets through. The mask is EML_CPU_ALL at first,
 * or the number in the environment variable EML_CPU_MASK (0 for the portable code); anything that is not a number is
 * ignored. A thread that does not round to nearest does without EML_CPU_AVX2, whose field kernels compute in doubles.
 */
unsigned eml_cpu_flags(void);

/* Replaces the mask. For tests, which run every kernel against the C definition. */
void eml_cpu_set_mask(unsigned mask);

#endif
