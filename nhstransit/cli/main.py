"""`nhstransit`: the commands, and the messages for errors.

An error in the input ends with one sentence and exit status 2. An unexpected fault ends with a note on where to report
it and exit status 1. A traceback is shown only with `--debug`.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import click

from nhstransit.caches import FOLDER, usual_folder
from nhstransit.cli.letters import printable
from nhstransit.errors import ConservationError, NhstransitError, RestoredWarning, shown

ISSUES = "https://github.com/nhstransit/nhstransit/issues"
VERBS = {
    "new": "Make a folder for your own organisation from a payroll extract.",
    "run": "Simulate a scenario, report what happened and write a results folder.",
    "report": "Write a report of a saved run, a scenario or a study: a page, a workbook or Markdown.",
    "career": "Print one person's career from a results folder.",
    "compare": "Compare two scenarios with the same random numbers.",
    "choose": "Find which of several options to choose, how certain this choice is, and what would change the choice.",
    "benchmark-policies": "Run a versioned set of policy variants, and compare the table with an earlier one.",
    "diverge": "Find where two runs first differ, and why; prove that they were the same until then.",
    "scenarios": "List the bundled scenarios.",
    "explain": "Describe in words what a scenario will do, before a run.",
    "levers": "List every number, date and switch of a scenario that can be set.",
    "show": "Print a scenario's opening workforce and its sources.",
    "sweep": "Run, resume or extend the study in a TOML file.",
    "table": "Print the results of a study, scenario by scenario or run by run.",
    "gaps": "Print how the scenarios of a study differ, with intervals.",
    "store": "Check, repair or merge stores of runs: `store check FILE`, `store merge FILES`.",
    "calibrate": "Fit a scenario to target figures, and write the fit, its draws and the fitted scenario.",
    "forecast": "Make a sealed forecast, or score one against outcomes: `forecast make`, `forecast score`.",
    "validate": "Compare a scenario with every published figure, with a verdict on each.",
    "migrate": "Convert a scenario or study file of version 0.1.0 to the names of this version.",
    "sources": "Print every bundled number with its source.",
    "reproduce": "Simulate a saved run again, and compare the two results.",
    "about": "Print versions, platform and digests, for a bug report.",
}
ELSEWHERE = {"show": "opening", "benchmark-policies": "benchmark_policies"}  # commands whose module has another name


class _Verbs(click.Group):
    """A group whose commands are imported when called, so that `--help` is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        verb: click.Command = import_module(f"nhstransit.cli.{ELSEWHERE.get(cmd_name, cmd_name)}").command
        return verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Click's own message does not suggest the nearest command.
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from nhstransit.errors import nearest

            raise click.UsageError(f"{args[0]!r} is not a command; {nearest(args[0], VERBS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="nhstransit", prog_name="nhstransit")
def cli(debug: bool) -> None:
    """Simulate what happens to people, money and expertise when public employers are abolished and others created."""
    if FOLDER not in os.environ:  # cache opening staff for the next command, unless the user set the variable to ""
        with suppress(RuntimeError):  # the user has no home folder, so nothing can be cached
            os.environ[FOLDER] = str(usual_folder(os.environ))


def main(arguments: list[str] | None = None) -> None:
    """The entry point: run a command, and turn errors into sentences and exit statuses."""
    words = sys.argv[1:] if arguments is None else arguments
    if sys.stdout is None:
        _tell("standard output is closed, so nothing can be printed; leave it open, or redirect it to a file")
        sys.exit(2)
    printable()
    # Accepted anywhere in the line, also after the command, where click would not know it.
    debug = "--debug" in words
    try:
        with _restoring_shown():
            status = cli.main(args=[word for word in words if word != "--debug"], standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _tell("stopped")
        sys.exit(130)
    except click.ClickException as error:
        _tell(error.format_message())
        sys.exit(2)
    # People, posts or money do not add up: this is the library's mistake and not the user's.
    except ConservationError as error:
        if debug:
            raise
        _tell(f"a bug in the library ({error}); please report it at {ISSUES}")
        sys.exit(1)
    except NhstransitError as error:
        if debug:
            raise
        _tell(str(error))
        sys.exit(2)
    except BrokenPipeError:
        _end_unread()
    except SystemExit as end:
        # At a closed pipe click and rich end the program themselves; click leaves its wrapper on standard output.
        if isinstance(end.__context__, BrokenPipeError) or type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            _end_unread()
        raise
    except Exception as error:
        if isinstance(error, OSError) and _came_from_printing(error):
            if sys.platform == "win32" and error.errno == errno.EINVAL:  # a closed pipe in Windows
                _end_unread()
            _drop_output()
            _tell(f"standard output cannot be written ({error.strerror}); free some space, or redirect it")
            sys.exit(2)
        if debug:
            raise
        if isinstance(error, OSError) and error.filename is not None:  # the system refused a file name
            _tell(f"{shown(str(error.filename))}: cannot be used ({error.strerror}); check the name")
            sys.exit(2)
        _tell(f"an unexpected error ({type(error).__name__}: {error}); please report it at {ISSUES}")
        _tell("run the command again as `nhstransit --debug …` to see where it happened")
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _end_unread() -> None:
    """End without a message and with status 141, as programs do when the reader of a pipe, such as `head`, has ended."""
    _drop_output()
    sys.exit(141)


def _came_from_printing(error: OSError) -> bool:
    """Whether an error occurred while printing, and not while writing a file."""
    frame = error.__traceback__
    # The innermost frame is where the error was raised.
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    module = "" if frame is None else str(frame.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] in ("click", "rich") or module.startswith("nhstransit.cli")


def _drop_output() -> None:
    """Redirect standard output to the null device, so that Python's last write at the end raises no error."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


@contextmanager
def _restoring_shown() -> Iterator[None]:
    """Print a sentence on standard error if an interrupted command's old results are moved back to their folder."""

    def tell(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if issubclass(category, RestoredWarning):
            _tell(str(message))
        else:
            before(message, category, *rest)

    with warnings.catch_warnings():
        before = warnings.showwarning
        warnings.simplefilter("always", RestoredWarning)
        warnings.showwarning = tell  # type: ignore[assignment]  # other warnings pass through unchanged
        yield


def _tell(sentence: str) -> None:
    """Print a sentence on standard error; several errors take one line each."""
    # Control characters in a file name could change the terminal, so they are written as escapes.
    sentence = re.sub(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]", lambda found: repr(found.group())[1:-1], sentence)
    # Other line separators within an error would split a sentence; only real line ends do.
    lines = [re.sub(r"\s*[\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*", " ", line).strip() for line in sentence.split("\n")]
    click.echo("nhstransit: " + "\n".join(line for line in lines if line), err=True)
