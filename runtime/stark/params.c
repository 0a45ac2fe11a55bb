#include "runtime/stark/params.h"

#include <string.h>

static const eml_stark_params presets[EML_PRESET_COUNT] = {
    [EML_PRESET_STANDARD] = {"standard", 8, 59, 16, 8, 127, 2},
    [EML_PRESET_HIGH] = {"high", 8, 80, 16, 8, 127, 2},
    [EML_PRESET_TEST] = {"test", 8, 27, 0, 8, 127, 1},
};

const eml_stark_params *eml_preset_params(eml_preset preset) { return &presets[preset]; }

bool eml_preset_by_name(const char *name, eml_preset *out) {
    for (int i = 0; i < EML_PRESET_COUNT; i++) {
        if (strcmp(name, presets[i].name) != 0) continue;
        *out = (eml_preset)i;
        return true;
    }
    return false;
}

static bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

bool eml_stark_params_valid(const eml_stark_params *params) {
    return params->queries >= 1 && params->queries <= 255 && is_power_of_two(params->blowup) && params->blowup >= 2 &&
           params->blowup <= 128 && params->grinding <= 32 && is_power_of_two(params->folding) &&
           params->folding >= 2 && params->folding <= 16 && is_power_of_two(params->remainder_degree + 1) &&
           params->remainder_degree <= 255 && (params->extension == 1 || params->extension == 2);
}

bool eml_preset_by_params(const eml_stark_params *params, eml_preset *out) {
    for (int i = 0; i < EML_PRESET_COUNT; i++) {
        const eml_stark_params *p = &presets[i];
        if (p->blowup != params->blowup || p->queries != params->queries || p->grinding != params->grinding ||
            p->folding != params->folding || p->remainder_degree != params->remainder_degree ||
            p->extension != params->extension)
            continue;
        *out = (eml_preset)i;
        return true;
    }
    return false;
}
