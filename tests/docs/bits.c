/* The presets' parameters and bits of security, as the program computes them: one line a table row, cells separated by
 * tabs. */
#include <stdio.h>

#include "runtime/stark/params.h"

static const unsigned trace_sizes[] = {5, 8, 12, 16, 20, 24}; /* log2 */
static const unsigned slot_counts[] = {0, 9, 20, 30, 40};     /* log2 */

static void print_preset(const eml_stark_params *p) {
    printf("%s\t%u\t%u\t%u\t%u\t%u\t%u", p->name, p->blowup, p->queries, p->grinding, p->folding, p->remainder_degree,
           p->extension);
    for (size_t i = 0; i < sizeof trace_sizes / sizeof *trace_sizes; i++)
        printf("\t%u", eml_security_bits(p, 1u << trace_sizes[i], 0, 1).proven);
    printf("\t%u\n", eml_security_bits(p, 1u << trace_sizes[0], 0, 1).conjectured);
}

static void print_slots(const eml_stark_params *p) {
    printf("%s", p->name);
    for (size_t i = 0; i < sizeof slot_counts / sizeof *slot_counts; i++)
        printf("\t%u", eml_security_bits(p, 1u << 12, 0, UINT64_C(1) << slot_counts[i]).proven);
    printf("\n");
}

int main(void) {
    printf("preset\tblowup\tqueries\tgrinding\tfolding\tremainder degree\textension");
    for (size_t i = 0; i < sizeof trace_sizes / sizeof *trace_sizes; i++) printf("\tproven, n = 2^%u", trace_sizes[i]);
    printf("\tconjectured\n");
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) print_preset(eml_preset_params(i));
    printf("\nproven, n = 2^12");
    for (size_t i = 0; i < sizeof slot_counts / sizeof *slot_counts; i++) printf("\tN = 2^%u", slot_counts[i]);
    printf("\n");
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) print_slots(eml_preset_params(i));
    return 0;
}
