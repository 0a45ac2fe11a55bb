#include "runtime/base/cpu.h"
#include "runtime/hash/blake3_core.h"

eml_blake3_chunks_fn *eml_blake3_chunks(void) {
#if EML_HASH_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512) return eml_blake3_chunks_avx512;
    if (flags & EML_CPU_AVX2) return eml_blake3_chunks_avx2;
#endif
    return eml_blake3_chunks_c;
}

eml_blake3_nonces_fn *eml_blake3_nonces(void) {
#if EML_HASH_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512) return eml_blake3_nonces_avx512;
    if (flags & EML_CPU_AVX2) return eml_blake3_nonces_avx2;
#endif
    return eml_blake3_nonces_c;
}

eml_blake3_outputs_fn *eml_blake3_outputs(void) {
#if EML_HASH_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512) return eml_blake3_outputs_avx512;
    if (flags & EML_CPU_AVX2) return eml_blake3_outputs_avx2;
#endif
    return eml_blake3_outputs_c;
}
