#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "scenarios/nearest.h"
#include "scenarios/play.h"
#include "sim/cli/commands.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"
#include "sim/cli/version.h"

static const char head[] = "viaport demo                  a failed registration and its cure, as a ladder\n"
			   "viaport run lab.yaml          run a scenario or a matrix\n"
			   "viaport explain F01           what a cause means and what cures it\n"
			   "\n"
			   "A test lab for SIP telephony: which phone works behind which router with which\n"
			   "server, why, and what would make the others work.\n"
			   "\n";

static const char tail[] = "viaport COMMAND --help tells more; viaport --version names the version\n"
			   "exit codes: 0 all as expected  1 something unexpected  2 wrong command line\n"
			   "  3 a scenario is invalid  4 input or output failed  5 nothing selected\n"
			   "  6 results are incomplete  130 interrupted\n";

/** "  also: schema, completion" */
static void put_hidden(struct sink *s)
{
	const char *before = "  also: ";
	for (size_t i = 0; commands[i]; i++) {
		if (!commands[i]->hidden)
			continue;
		sink_printf(s, "%s%s", before, commands[i]->name);
		before = ", ";
	}
	sink_char(s, '\n');
}

static int print_help(void)
{
	struct sink s = { 0 };
	sink_text(&s, head);
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			sink_printf(&s, "  %-8s %-12s %s\n", commands[i]->name, commands[i]->operands,
				    commands[i]->summary);
	put_hidden(&s);
	sink_text(&s, tail);
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int print_version(void)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport %s", version_number);
	if (*version_commit)
		sink_printf(&s, " (commit %s)", version_commit);
	sink_char(&s, '\n');
	int code = output_print(&s);
	sink_free(&s);
	return code;
}

static int unknown_command(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	bool option = word[0] == '-';
	for (size_t i = 0; commands[i]; i++)
		nearest_offer(&nearest, commands[i]->name);
	nearest_offer(&nearest, "--help");
	nearest_offer(&nearest, "--version");
	fprintf(stderr, "viaport: there is no %s '%s'", option ? "option" : "command", word);
	if (nearest.best)
		fprintf(stderr, ", did you mean %s?", nearest.best);
	fputs("\nhelp: viaport --help\n", stderr);
	return EXIT_USAGE;
}

/** `help run` is `run --help`. */
static int help_on(char *word)
{
	char option[] = "--help";
	char *line[] = { word, option, NULL };
	const struct command *command = command_find(word);
	return command ? command->run(command, 2, line) : unknown_command(word);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		fputs("viaport: it needs a command\nhelp: viaport --help\n", stderr);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h", "help"))
		return argc > 2 ? help_on(argv[2]) : print_help();
	if (is_one_of(argv[1], "--version", "-V", "version"))
		return print_version();
	const struct command *command = command_find(argv[1]);
	return command ? command->run(command, argc - 1, argv + 1) : unknown_command(argv[1]);
}

/**
 * Standard streams that were closed before the start are taken, so that no file and no event of libuv gets their number, which
 * others would write into. What is taken does not let itself be used: the way round that a stream needs is the one that is shut.
 */
static void streams_take(void)
{
	static const int shut[] = { [STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY };
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", shut[fd]) < 0)
			_exit(EXIT_IO); /* the lowest free number is this one */
}

int main(int argc, char **argv)
{
	streams_take();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, see output.c */
	signal(SIGXFSZ, SIG_IGN); /* and so is a file that must not grow */
	terminal_setup();
	play_setup();
	int code = dispatch(argc, argv);
	if (ferror(stdout) && code < EXIT_IO)
		code = EXIT_IO;
	uv_library_shutdown();
	return code;
}
