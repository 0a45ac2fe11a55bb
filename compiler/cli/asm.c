#include "compiler/cli/cli.h"
#include "runtime/base/memory.h"

int eml_cli_asm(const eml_cli_args *args) {
    eml_error err = {0};
    char *path;
    eml_status status = eml_cli_bundle_path(args, &path, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_bytes bundle;
    eml_answer answer = eml_assemble(&(eml_file){.path = args->operands[0]}, &bundle, &err);
    if (answer == EML_ANSWER_YES) {
        answer = eml_answer_of(eml_cli_write(path, bundle.data, bundle.size, &err));
        eml_bytes_free(&bundle);
    }
    eml_free(path);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
