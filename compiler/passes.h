/* What the passes of one compilation leave, in order. The driver fills it; dumps and tests read it. */
#ifndef EML_COMPILER_PASSES_H
#define EML_COMPILER_PASSES_H

#include "compiler/driver.h"
#include "compiler/code/lower.h"

typedef enum eml_stage {
    EML_STAGE_SOURCE, /* read */
    EML_STAGE_PARSED,
    EML_STAGE_CHECKED, /* model */
    EML_STAGE_QUANTIZED,
    EML_STAGE_COMPILED, /* lowered, laid out, validated, packed */
} eml_stage;

typedef struct eml_passes {
    eml_stage reached; /* what follows it is empty */
    eml_ast ast;
    eml_names names;
    eml_model model;
    eml_quant quant;
    eml_lowered lowered;
} eml_passes;

#endif
