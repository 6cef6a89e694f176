"""The one tree of errors that people see, and the exit code of each.

An error ends the run; a finding never does. Each error says what went wrong and where, and ``help`` says what to do
next. An exception outside this tree that reaches a door is our own fault, and the door says so (`ExitCode.OURS`).
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command leaves behind for the shell. Where several hold, `worst` tells which one wins."""

    OK = 0
    """Nothing failed, and at least one subject was examined."""
    FAILED = 1
    """At least one item failed."""
    USAGE = 2
    """Wrong use or configuration."""
    UNDECIDED = 3
    """Something could not be decided: unknown, or manual without an attestation."""
    OURS = 4
    """A fault of backcheck itself."""
    ENVIRONMENT = 5
    """The surroundings: a server, a disk, no sandbox, a question where nobody can answer."""
    INTERRUPTED = 130
    """Ctrl-C."""


_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.OURS,
    ExitCode.ENVIRONMENT,
    ExitCode.USAGE,
    ExitCode.FAILED,
    ExitCode.UNDECIDED,
    ExitCode.OK,
)


def worst(*codes: ExitCode) -> ExitCode:
    """Return the code that wins where several hold; `ExitCode.OK` for none."""
    return min(codes, key=_PRECEDENCE.index, default=ExitCode.OK)


class BackcheckError(Exception):
    """Something that a person can act on: the message says what and where, ``help`` what to do."""

    exit_code = ExitCode.OURS

    def __init__(self, message: str, *, help: str = "") -> None:  # noqa: A002 - the word users read in the output
        """Keep ``message`` (one line: what and where) and ``help`` (one line: what to do; may be empty)."""
        super().__init__(message)
        self.help = help


class UsageError(BackcheckError):
    """Wrong use or configuration: a missing path, an unknown item, a page that does not parse."""

    exit_code = ExitCode.USAGE


class EnvironmentFault(BackcheckError):  # noqa: N818 - `EnvironmentError` is a builtin
    """The surroundings failed: no sandbox, a full disk, a server that refuses, a question in CI."""

    exit_code = ExitCode.ENVIRONMENT


class ToolError(BackcheckError):
    """A tool's refusal: its text goes back to the model (one line of cause, ``help`` one line of what to do)."""

    exit_code = ExitCode.USAGE
