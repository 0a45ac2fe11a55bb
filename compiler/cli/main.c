/* The eml command: finds the command in the table, parses its options, calls it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/guard.h"

typedef int handler(const eml_cli_args *args);

static handler *const handlers[] = {
#define COMMAND(name, operands, min, max, needed, options, meaning, details, example) eml_cli_##name,
#include "compiler/cli/commands.def"
#undef COMMAND
};

static int print(eml_buf *text) {
    eml_error err;
    eml_status status = eml_cli_print(text, &err);
    eml_buf_free(text);
    if (status != EML_OK) eml_cli_say(NULL, &err);
    return (int)eml_answer_of(status);
}

static int unknown_command(const char *name) {
    static const char *const names[] = {
#define COMMAND(name, operands, min, max, needed, options, meaning, details, example) #name,
#include "compiler/cli/commands.def"
#undef COMMAND
    };
    const char *nearest = eml_diag_nearest(name, names, sizeof names / sizeof names[0]);
    eml_error err;
    if (nearest != NULL)
        eml_fail(&err, EML_ERR_INPUT, "unknown command %s; did you mean %s?", name, nearest);
    else
        eml_fail(&err, EML_ERR_INPUT, "unknown command %s; eml --help lists the commands", name);
    eml_cli_say(NULL, &err);
    return (int)eml_answer_of(EML_ERR_INPUT);
}

static const eml_cli_command *find_command(const char *name) {
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++)
        if (strcmp(name, eml_cli_commands[i].name) == 0) return &eml_cli_commands[i];
    return NULL;
}

/* eml --help, eml help COMMAND */
static int help(const eml_cli_command *command) {
    eml_buf text = {0};
    if (command == NULL)
        eml_cli_print_usage(&text);
    else
        eml_cli_print_help(command, &text);
    return print(&text);
}

static int run_command(const eml_cli_command *command, int argc, char **argv) {
    eml_cli_args args;
    eml_error err;
    if (eml_cli_parse(command, argc, argv, &args, &err) != EML_OK)
        return eml_cli_fail(&(eml_cli_args){.command = command}, EML_ERR_INPUT, &err);
    int exit_status;
    if (eml_cli_has(&args, EML_CLI_HELP))
        exit_status = help(command);
    else if (eml_cli_check_files(&args, &err) != EML_OK)
        exit_status = eml_cli_fail(&args, EML_ERR_INPUT, &err);
    else
        exit_status = handlers[command - eml_cli_commands](&args);
    eml_cli_args_free(&args);
    return exit_status;
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        fputs("eml: a command is missing; eml --help lists the commands\n", stderr);
        return (int)eml_answer_of(EML_ERR_INPUT);
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 && argc > 2)
        return find_command(argv[2]) != NULL ? help(find_command(argv[2])) : unknown_command(argv[2]);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) return help(NULL);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        eml_buf text = {0};
        eml_buf_printf(&text, "eml %s\n", eml_version());
        return print(&text);
    }
    const eml_cli_command *command = find_command(name);
    return command == NULL ? unknown_command(name) : run_command(command, argc - 2, argv + 2);
}

static int no_memory(void) {
    eml_error err;
    eml_status status = eml_guard_fail(&err);
    fprintf(stderr, "eml: %s\n", err.text);
    return (int)eml_answer_of(status);
}

int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error like others, said and cleaned up after */
    EML_GUARDED(eml_region_new(true), true, run(argc, argv), no_memory());
}
