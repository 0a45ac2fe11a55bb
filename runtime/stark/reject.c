#include "runtime/stark/reject.h"

static const struct {
    const char *name, *sentence;
} rejections[] = {
#define REJECT(NAME, name, sentence) [EML_REJECT_##NAME] = {name, sentence},
#include "runtime/stark/reject.def"
#undef REJECT
};

const char *eml_reject_name(eml_reject reject) { return rejections[reject].name; }
const char *eml_reject_sentence(eml_reject reject) { return rejections[reject].sentence; }
