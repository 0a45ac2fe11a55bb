#include "compiler/cli/cli.h"

#define NO_FILE             0
#define READ                EML_CLI_NAMES_FILE
#define WRITTEN_BY(command) (EML_CLI_NAMES_FILE | 1u << EML_CLI_COMMAND_##command)
const eml_cli_option_info eml_cli_options[EML_CLI_OPTION_COUNT] = {
#define OPTION(NAME, long_name, short_name, argument, many, files, meaning)                                            \
    [EML_CLI_##NAME] = {long_name, short_name, argument, many, files, meaning},
#include "compiler/cli/options.def"
#undef OPTION
};

#define BIT(NAME) (UINT64_C(1) << EML_CLI_##NAME)
#define MANY      SIZE_MAX
const eml_cli_command eml_cli_commands[EML_CLI_COMMAND_COUNT] = {
#define COMMAND(name, operands, min, max, needed, options, meaning, details, example)                                  \
    {#name, operands, min, max, needed, (needed) | (options) | BIT(HELP), meaning, details, example},
#include "compiler/cli/commands.def"
#undef COMMAND
};
