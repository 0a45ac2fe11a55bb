/* The presets' parameters and bits of security, as the program computes them: one line a table row, cells separated by
 * tabs. */
#include <stdio.h>

#include "runtime/stark/params.h"
#include "runtime/statement/statement.h"

static const unsigned trace_sizes[] = {5, 8, 12, 16, 20, 24}; /* log2 */
static const unsigned read_counts[] = {0, 4, 10, 16, 22};     /* log2 */

static void print_preset(const eml_stark_params *p) {
    printf("%s\t%u\t%u\t%u\t%u\t%u\t%u", p->name, p->blowup, p->queries, p->grinding, p->folding, p->remainder_degree,
           p->extension);
    for (size_t i = 0; i < sizeof trace_sizes / sizeof *trace_sizes; i++)
        printf("\t%u", eml_security_bits(p, 1u << trace_sizes[i], 0, 128).proven);
    printf("\t%u\n", eml_security_bits(p, 1u << trace_sizes[0], 0, 128).conjectured);
}

/* Of a proof about many rows of which the verifier has only the hash. */
static uint32_t bits_of_hash(const eml_stark_params *p, uint32_t reads) {
    const eml_abi abi = {.raw = false};
    const eml_shape shape = {.public_len = reads};
    return eml_security_bits(p, 1u << 12, 0, eml_statement_bits(&abi, &shape, 2, false)).proven;
}

static void print_reads(const eml_stark_params *p) {
    printf("%s", p->name);
    for (size_t i = 0; i < sizeof read_counts / sizeof *read_counts; i++)
        printf("\t%u", bits_of_hash(p, 1u << read_counts[i]));
    printf("\n");
}

int main(void) {
    printf("preset\tblowup\tqueries\tgrinding\tfolding\tremainder degree\textension");
    for (size_t i = 0; i < sizeof trace_sizes / sizeof *trace_sizes; i++) printf("\tproven, n = 2^%u", trace_sizes[i]);
    printf("\tconjectured\n");
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) print_preset(eml_preset_params(i));
    printf("\nproven, n = 2^12");
    for (size_t i = 0; i < sizeof read_counts / sizeof *read_counts; i++) printf("\tREADs = 2^%u", read_counts[i]);
    printf("\n");
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) print_reads(eml_preset_params(i));
    return 0;
}
