#include "compiler/cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100, OPTION_COLUMN = 30 };

/* Breaks text into lines of at most WIDTH columns, each indented; the first line already has column characters. */
static void print_wrapped(const char *text, size_t column, size_t indent, eml_buf *out) {
    while (*text != '\0') {
        size_t length = strlen(text), room = WIDTH - indent;
        if (length > room) {
            size_t cut = room;
            while (cut > 0 && text[cut] != ' ') cut--;
            length = cut > 0 ? cut : room;
        }
        eml_buf_printf(out, "%*s%.*s\n", (int)(indent - column), "", (int)length, text);
        column = 0;
        text += length;
        while (*text == ' ') text++;
    }
}

/* "  -o, --output FILE           the file to write" */
static void print_option(const eml_cli_option_info *info, eml_buf *out) {
    char letter[5] = "    ", left[OPTION_COLUMN + 64];
    if (info->letter != 0) snprintf(letter, sizeof letter, "-%c, ", info->letter);
    int length = snprintf(left, sizeof left, "  %s--%s%s%s", letter, info->name, info->argument == NULL ? "" : " ",
                          info->argument == NULL ? "" : info->argument);
    eml_buf_put_text(out, left);
    bool fits = length < OPTION_COLUMN;
    if (!fits) eml_buf_put_text(out, "\n");
    print_wrapped(info->meaning, fits ? (size_t)length : 0, OPTION_COLUMN, out);
}

static void print_options(uint64_t options, const char *open, const char *close, eml_buf *out) {
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) {
        const eml_cli_option_info *info = &eml_cli_options[i];
        if ((options >> i & 1) == 0 || i == EML_CLI_HELP) continue;
        eml_buf_printf(out, " %s--%s%s%s%s%s", open, info->name, info->argument == NULL ? "" : " ",
                       info->argument == NULL ? "" : info->argument, close, info->many ? "..." : "");
    }
}

void eml_cli_print_synopsis(const eml_cli_command *command, eml_buf *out) {
    eml_buf_printf(out, "eml %s%s%s", command->name, command->operands[0] == '\0' ? "" : " ", command->operands);
    print_options(command->needed, "", "", out);
    print_options(command->options & ~command->needed, "[", "]", out);
}

void eml_cli_print_help(const eml_cli_command *command, eml_buf *out) {
    eml_buf synopsis = {0};
    eml_cli_print_synopsis(command, &synopsis);
    eml_buf_put_u8(&synopsis, 0);
    eml_buf_printf(out, "eml %s: %s\n\n", command->name, command->meaning);
    print_wrapped((const char *)synopsis.data, 0, 2, out);
    eml_buf_free(&synopsis);
    eml_buf_put_text(out, "\n");
    print_wrapped(command->details, 0, 0, out);
    eml_buf_put_text(out, "\nOptions:\n");
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++)
        if ((command->options >> i & 1) != 0) print_option(&eml_cli_options[i], out);
    if (command->options >> EML_CLI_EMIT & 1u) {
        eml_buf_put_text(out, "\nKinds:\n");
#define EMIT(NAME, name, weights, meaning) eml_buf_printf(out, "  %-12s  %s\n", name, meaning);
#include "compiler/emit/emit.def"
#undef EMIT
    }
    eml_buf_printf(out, "\nExample:\n  %s\n", command->example);
}

void eml_cli_print_usage(eml_buf *out) {
    eml_buf_put_text(
        out, "eml: compile, run, prove and verify regression models\n\n  eml COMMAND [ARGUMENT]...\n\nCommands:\n");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++)
        eml_buf_printf(out, "  %-9s  %s\n", eml_cli_commands[i].name, eml_cli_commands[i].meaning);
    eml_buf_put_text(out, "\nOptions:\n");
    print_option(&eml_cli_options[EML_CLI_HELP], out);
    print_option(&eml_cli_options[EML_CLI_VERSION], out);
    eml_buf_put_text(out, "\nExit status: 0 yes; 1 a definite no (a refused proof, a failing test);\n"
                          "2 bad usage or bad input; 3 a fault of the program.\n"
                          "\nExample:\n  eml compile model.eml -o model.emb\n"
                          "\neml COMMAND --help explains a command.\n");
}
