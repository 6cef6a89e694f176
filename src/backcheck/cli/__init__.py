"""The command line: parse, call one function, render. Each module here registers the command of its name."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated

import typer

from backcheck import __version__
from backcheck.cli._output import hush
from backcheck.errors import BackcheckError, ExitCode
from backcheck.escape import printable

_HELP = "Every item of a backend checklist gets a verdict, with evidence that you can open."


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backcheck {__version__}")
        raise typer.Exit


def application() -> typer.Typer:
    """Return the application with the command of every module in this package."""
    app = typer.Typer(
        name="backcheck",
        help=_HELP,
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # rich would be imported for `--help` alone: 60 ms
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def backcheck(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
        ] = False,
    ) -> None:
        """Every item of a backend checklist gets a verdict, with evidence that you can open."""

    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            import_module(f"{__name__}.{module.name}").register(app)
    return app


def main() -> None:
    """Run the command line and leave with the exit code of what happened."""
    # A stream that the caller closed (`>&-`) is None, and every print would break.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.stdout = sys.stdout or os.fdopen(nowhere, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(nowhere, "w", closefd=False)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; expected errors are printed on stderr with what to do."""
    # A command makes a great many objects, keeps most of them to its end, and ends: looking for cycles among them every
    # 700 took an eighth of the time of a lint of 2,000 definitions.
    gc.set_threshold(50_000, 20, 20)
    try:
        code = application()(arguments, prog_name="backcheck", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except BackcheckError as error:
        return _said(str(error), error.help, error.exit_code)
    except (BrokenPipeError, SystemExit):
        # The reader of a pipe left a command that decides nothing (`--help | head`); typer leaves with 1 by itself.
        hush()
        return ExitCode.OK
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _said(f"{error.strerror or error}{where}", "mend that and try again", ExitCode.ENVIRONMENT)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # typer refuses the words of the command line
            error.show()
            return ExitCode.USAGE
        if os.environ.get("BACKCHECK_DEBUG"):
            raise
        return _ours(error)
    if code == ExitCode.INTERRUPTED:  # typer makes this code of Ctrl-C, and says nothing
        return _said("interrupted", "", ExitCode.INTERRUPTED)
    return int(code or ExitCode.OK)


def _ours(error: BaseException) -> int:
    if isinstance(error, typer.Abort) and error.__cause__:
        error = error.__cause__  # typer takes an EOFError for a person who left; nothing here asks anybody
    kind = type(error).__name__
    return _said(
        f"this is a bug in backcheck: {kind}: {error}",
        "run again with BACKCHECK_DEBUG=1 and report the traceback",
        ExitCode.OURS,
    )


def _said(message: str, help_line: str, code: ExitCode) -> int:
    sys.stderr.write(f"error: {printable(message)}\n")
    if help_line:
        sys.stderr.write(f"help: {printable(help_line)}\n")
    return int(code)
