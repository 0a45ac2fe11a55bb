/* The eml command: finds the command in the table, parses its options, calls it. */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"

typedef int handler(const eml_cli_args *args);

static handler *const handlers[] = {
#define COMMAND(name, operands, min, max, options, meaning, details, example) eml_cli_##name,
#include "compiler/cli/commands.def"
#undef COMMAND
};

static int usage_error(const eml_error *err) {
    fprintf(stderr, "eml: %s\n", err->text);
    return eml_status_exit(EML_ERR_INPUT);
}

static int print(eml_buf *text) {
    eml_error err;
    eml_status status = eml_cli_print(text, &err);
    eml_buf_free(text);
    if (status != EML_OK) fprintf(stderr, "eml: %s\n", err.text);
    return eml_status_exit(status);
}

static int unknown_command(const char *name) {
    const char *names[64];
    size_t count = 0;
    while (count < eml_cli_command_count && count < 64) {
        names[count] = eml_cli_commands[count].name;
        count++;
    }
    const char *nearest = eml_diag_nearest(name, names, count);
    eml_error err;
    if (nearest != NULL)
        eml_fail(&err, EML_ERR_INPUT, "unknown command %s; did you mean %s?", name, nearest);
    else
        eml_fail(&err, EML_ERR_INPUT, "unknown command %s; eml --help lists the commands", name);
    return usage_error(&err);
}

static int run_command(size_t index, int argc, char **argv) {
    const eml_cli_command *command = &eml_cli_commands[index];
    eml_cli_args args;
    eml_error err;
    if (eml_cli_parse(command, argc, argv, &args, &err) != EML_OK) {
        eml_error_prefix(&err, "%s", command->name);
        fprintf(stderr, "eml %s\n", err.text);
        return eml_status_exit(EML_ERR_INPUT);
    }
    int exit_status;
    if (eml_cli_has(&args, EML_CLI_HELP)) {
        eml_buf text = {0};
        eml_cli_print_help(command, &text);
        exit_status = print(&text);
    } else {
        exit_status = handlers[index](&args);
    }
    eml_cli_args_free(&args);
    return exit_status;
}

int main(int argc, char **argv) {
    eml_buf text = {0};
    if (argc < 2) {
        eml_error err;
        eml_fail(&err, EML_ERR_INPUT, "a command is missing; eml --help lists the commands");
        return usage_error(&err);
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (strcmp(name, "help") == 0 && argc == 2)) {
        eml_cli_print_usage(&text);
        return print(&text);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        eml_buf_printf(&text, "eml %s\n", eml_version());
        return print(&text);
    }
    for (size_t i = 0; i < eml_cli_command_count; i++)
        if (strcmp(name, eml_cli_commands[i].name) == 0) return run_command(i, argc - 2, argv + 2);
    return unknown_command(name);
}
