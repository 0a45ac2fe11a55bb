#include "compiler/cli/cli.h"
#include "runtime/base/file.h"
#include "runtime/base/memory.h"

int eml_cli_asm(const eml_cli_args *args) {
    eml_error err = {0};
    char *path;
    eml_status status = eml_cli_bundle_path(args, &path, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_bytes bundle;
    eml_answer answer = eml_assemble(&(eml_file){.path = args->operands[0]}, &bundle, &err);
    if (answer == EML_ANSWER_YES) {
        eml_bundle_kind kind = EML_BUNDLE_OPEN;
        bool secret = eml_bundle_begins(bundle.data, bundle.size, &kind) && kind == EML_BUNDLE_OWNERS;
        eml_file_access access = secret ? eml_cli_owners_access(path, NULL) : EML_FILE_ORDINARY;
        answer = eml_answer_of(eml_file_write(path, bundle.data, bundle.size, access, &err));
        eml_bytes_wipe(&bundle);
    }
    eml_free(path);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
