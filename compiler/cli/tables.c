#include "compiler/cli/cli.h"

const eml_cli_option_info eml_cli_options[EML_CLI_OPTION_COUNT] = {
#define OPTION(NAME, long_name, short_name, argument, many, meaning)                                                   \
    [EML_CLI_##NAME] = {long_name, short_name, argument, many, meaning},
#include "compiler/cli/options.def"
#undef OPTION
};

#define BIT(NAME) (1u << EML_CLI_##NAME)
#define MANY      SIZE_MAX
const eml_cli_command eml_cli_commands[] = {
#define COMMAND(name, operands, min, max, options, meaning, details, example)                                          \
    {#name, operands, min, max, (options) | BIT(HELP), meaning, details, example},
#include "compiler/cli/commands.def"
#undef COMMAND
};

const size_t eml_cli_command_count = sizeof eml_cli_commands / sizeof eml_cli_commands[0];
