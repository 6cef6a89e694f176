"""`backcheck agents fix`: definitions made sound, with nothing changed in what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcheck.cli._output import emit, progress
from backcheck.cli.agents._shown import FORMAT, Format, as_json
from backcheck.errors import BackcheckError, ExitCode, UsageError, worst
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.fix import Mend


def fix(
    wanted: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Definitions, or folders of them.")],
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change, write nothing; exit 1 if anything would.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="As --diff, without showing it.")] = False,
    tools: Annotated[
        bool,
        typer.Option("--tools", help="Also rename retired tools and misspelt restrictions: this changes values."),
    ] = False,
    form: FORMAT = Format.TERMINAL,
) -> None:
    """Mend definitions that strict YAML or Claude Code misreads: the same values, in a form that all of them read.

    Every mend is proved before it is written. What cannot be mended without a guess is left as it is and listed; exit code 1.
    A file is replaced whole: a second name of it (a hard link) keeps the old text.
    """
    found = list(_mends(wanted, tools=tools))
    dry = diff or check
    codes = [ExitCode.FAILED] if any(mend.left or (dry and mend.is_changed) for mend in found) else []
    if not dry:
        found = [_written(mend, codes) for mend in found]
    if form is Format.JSON:
        as_json(_account(found, diff=diff, dry=dry))
    else:
        emit("".join(_lines(found, diff=diff, dry=dry)))
    raise typer.Exit(worst(*codes))


def _mends(wanted: list[Path], *, tools: bool) -> Iterator[Mend]:
    from backcheck.definitions.fix import mends
    from backcheck.definitions.roster.folder import definitions_below

    named = [(path, definitions_below(path) if path.is_dir() else (_file(path),)) for path in wanted]
    show, wipe = progress(quiet=False)
    seen: set[Path] = set()
    try:
        for word, paths in named:
            fresh = [path for path in paths if path.absolute() not in seen]
            seen.update(path.absolute() for path in fresh)
            for number, mend in enumerate(mends(fresh, tools=tools, lone=not word.is_dir())):
                show(f"mending {printable(str(mend.path), keep='')} ({number + 1} of {len(fresh)})")
                yield mend
    finally:
        wipe()


def _file(path: Path) -> Path:
    if path.is_symlink() or path.is_file():
        return path
    if path.exists():
        raise UsageError(f"{str(path)!r} is no regular file", help="name a definition: a Markdown file")
    raise UsageError(f"cannot read {path}: there is no such file", help="name a definition, or a folder of them")


def _written(mend: Mend, codes: list[ExitCode]) -> Mend:
    """Write one file; what keeps it from being written is said of it, and the others go on."""
    from backcheck.definitions.fix import replace

    if not mend.is_changed:
        return mend
    try:
        replace(mend.path, mend.before, mend.after)
    except BackcheckError as error:
        codes.append(ExitCode.FAILED if isinstance(error, UsageError) else error.exit_code)
        return mend.unwritten(str(error))
    return mend


def _lines(found: list[Mend], *, diff: bool, dry: bool) -> Iterator[str]:
    from backcheck.definitions.fix import unified

    for mend in found:
        where = printable(str(mend.path), keep="")
        if mend.is_changed:
            if diff:
                yield unified(mend.before, mend.after, str(mend.path))
            else:
                yield f"{where}: {'would be ' if dry else ''}mended: {_told(mend)}\n"
    for mend in found:
        if mend.left:
            yield f"{printable(str(mend.path), keep='')}: left for you: {printable(mend.left, keep='')}\n"
    yield _summary(found, dry=dry)


def _told(mend: Mend) -> str:
    return ", ".join(
        f"{printable(change.what, keep='')} ({change.rule}, line {change.line})" for change in mend.changes
    )


def _summary(found: list[Mend], *, dry: bool) -> str:
    changed, left = sum(mend.is_changed for mend in found), sum(bool(mend.left) for mend in found)
    if not changed and not left:
        return f"{_counted(len(found))} read, nothing to mend.\n"
    mended = f"{changed} {'would be ' if dry else ''}mended"
    return f"{_counted(len(found))} read, {mended}" + (f", {left} left for you.\n" if left else ".\n")


def _counted(number: int) -> str:
    return f"{number} definition{'' if number == 1 else 's'}"


def _account(found: list[Mend], *, diff: bool, dry: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from backcheck.definitions.fix import unified

    files = [
        {
            "file": str(mend.path),
            "changed": mend.is_changed,
            "changes": [asdict(change) for change in mend.changes],
            "left": mend.left,
        }
        | ({"diff": unified(mend.before, mend.after, str(mend.path))} if diff else {})
        for mend in found
    ]
    return {
        "files": files,
        "written": not dry,
        "changed": sum(mend.is_changed for mend in found),
        "left": sum(bool(mend.left) for mend in found),
    }


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(fix)
