// Command heist steals machine-learning models through their prediction APIs:
// your own models, on your own machine.
//
//	heist serve      the page and oracles, on http://localhost:8080
//	heist run        one experiment, its events and its figures
//	heist publish    a victim for others to steal
//	heist reproduce  a table or figure of the paper, measured again
//	heist params     every setting of an experiment
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// A command is one subcommand. Its run returns nil, an error (exit code 1) or
// an error made by usagef (exit code 2).
type command struct {
	name, args, help string
	run              func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

// commands is filled by init, not by an initialiser: help lists the table it is in.
var commands []command

func init() {
	commands = []command{
		{"serve", "[--dir dist] [--port 8080] [--state FILE] [--origins …] [--hosts …]", "serve the built page and oracles on this machine", serve},
		{"run", "[--json] [--save FILE] key=value …", "steal one victim; its events, and files of what came of it", run},
		{"sweep", "[--seeds=N] [--first-seed=N] [--csv] key=value …", "mean and worst over seeds; a key given twice is varied", sweep},
		{"publish", "--name NAME key=value …", "put a victim up on a server", publish},
		{"token", "--model NAME --budget N", "make a token for a published victim", token},
		{"submit", "--model NAME --name YOU --file copy.json", "hand in a stolen copy", submit},
		{"reproduce", "[NAME] [--full] [key=value …]", "measure a table or figure of the paper again", reproduce},
		{"record", "key=value …", "one theft on the plane, as the page plays it without its engine", record},
		{"params", "[--json]", "list every setting of an experiment", params},
		{"help", "", "show this text", help},
		{"version", "", "print the version", version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// dispatch runs the command that args[0] names and returns the exit code.
func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{"help"}
	}
	switch args[0] {
	case "-h", "--help":
		args = append([]string{"help"}, args[1:]...)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return exitCode(c.run(ctx, args[1:], stdout, stderr), stderr)
		}
	}
	return exitCode(usagef("unknown command %q; heist help lists them", args[0]), stderr)
}

// usageError is a mistake in the arguments.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef makes the error of a command that was called wrongly.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "heist:", err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}

func help(_ context.Context, _ []string, stdout, _ io.Writer) error {
	fmt.Fprintln(stdout, "heist steals machine-learning models through their prediction APIs.")
	fmt.Fprintln(stdout)
	for _, c := range commands {
		fmt.Fprintf(stdout, "  heist %-36s %s\n", c.name+" "+c.args, c.help)
	}
	return nil
}

// buildVersion is set by build.sh: -ldflags "-X main.buildVersion=…".
var buildVersion string

func version(_ context.Context, _ []string, stdout, _ io.Writer) error {
	_, err := fmt.Fprintln(stdout, "heist", programVersion())
	return err
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && buildVersion == "" {
		return info.Main.Version
	}
	return buildVersion
}
