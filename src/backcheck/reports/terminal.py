"""A table for a person, then what failed and where, what is undecided and why, what was not read, and what to do."""

from __future__ import annotations

import textwrap
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

from backcheck.errors import ExitCode
from backcheck.escape import printable
from backcheck.findings import Outcome, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import Console

    from backcheck.definitions.items import Item
    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject

_STYLE = {
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
    Verdict.UNKNOWN: "yellow",
    Verdict.MANUAL: "cyan",
    Verdict.WAIVED: "blue",
    Verdict.PASS: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
"""In the order in which verdicts are listed: what needs a person first."""
_SHOWN = 20
"""Lines of one item's failures, or of unread files; the rest is counted."""
_ROOMY = 100
"""Columns from which the table shows the severity too; on fewer, the result needs them more."""
_HANGING = 12
"""Columns before the second line of an entry: those of its first word."""
_MEANING = {
    ExitCode.OK: "nothing failed",
    ExitCode.FAILED: "failed",
    ExitCode.UNDECIDED: "undecided",
    ExitCode.OURS: "a fault of backcheck",
}


def render(result: AuditResult, items: Mapping[str, Item], *, width: int = 100, colour: bool = False) -> str:  # noqa: ARG001 - the form that every format has
    """Return the text for a terminal ``width`` columns wide, with ANSI colours if asked."""
    # Rich is slow to import and only a person's report needs it.
    from rich.console import Console  # noqa: PLC0415

    out = StringIO()
    console = Console(
        file=out,
        width=max(width, 40),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    _head(console, result)
    _table(console, result)
    _contract(console, result)
    _details(console, result)
    _tail(console, result)
    return out.getvalue()


def _head(console: Console, result: AuditResult) -> None:
    parts = [f"audit of {result.root}", f"checklist {result.checklist}"]
    if result.commit:
        parts.append(f"commit {result.commit[:12]}" + (" and uncommitted changes" if result.dirty else ""))
    else:
        parts.append("no commit")
    if result.base:
        parts.append(f"new since {result.base[:12]}")
    _print(console, " · ".join(parts), style="bold")
    for note in result.notes:
        _print(console, f"note: {note}", style="dim")
    console.print()


def _table(console: Console, result: AuditResult) -> None:
    from rich import box  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    narrow = console.width < _ROOMY
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("verdict", no_wrap=True)
    table.add_column("item", no_wrap=True, overflow="ellipsis", min_width=12)
    if not narrow:
        table.add_column("severity", no_wrap=True)
    table.add_column("looked at", justify="right", no_wrap=True)
    table.add_column("result", ratio=1)
    for verdict in _sorted(verdict for verdict in result.verdicts if not _is_contract_line(verdict)):
        name = Text(_word(verdict) + (" (preview)" if verdict.preview else ""), style=_STYLE[verdict.verdict])
        severity = () if narrow else (verdict.severity.value,)
        told = Text(printable(_told(verdict), keep=" "))
        table.add_row(name, Text(printable(verdict.item)), *severity, str(verdict.examined), told)
    console.print(table)


def _told(verdict: ItemVerdict) -> str:
    """Return the result in short: why subjects are undecided stands beside each of them below the table."""
    undecided = verdict.count(Outcome.UNDECIDED)
    if verdict.verdict is Verdict.UNKNOWN and undecided:
        return f"{undecided} of {verdict.examined} undecided"
    return verdict.reason or verdict.title


def _contract(console: Console, result: AuditResult) -> None:
    """List the lines of an agent's contract that no item answers: they are sentences, which a table would squeeze."""
    lines = _sorted(verdict for verdict in result.verdicts if _is_contract_line(verdict))
    if not lines:
        return
    console.print()
    plural = "line" if len(lines) == 1 else "lines"
    _print(console, f"{len(lines)} {plural} of the contract that no item answers:", style=_STYLE[Verdict.MANUAL])
    for verdict in lines:
        # A manual line's reason begins with its number; the rest of it is the same for all and stands above.
        where = (
            verdict.reason.partition(" of the definition")[0] if verdict.verdict is Verdict.MANUAL else verdict.reason
        )
        _print(console, f"  {_word(verdict):<9} {verdict.title}" + (f" ({where})" if where else ""))


def _is_contract_line(verdict: ItemVerdict) -> bool:
    return verdict.area == "contract"


def _word(verdict: ItemVerdict) -> str:
    return verdict.verdict.value.replace("_", " ")


def _details(console: Console, result: AuditResult) -> None:
    for verdict in _sorted(result.verdicts):
        failed = [s for s in verdict.subjects if s.judgement is Outcome.FAIL]
        undecided = [s for s in verdict.subjects if s.judgement is Outcome.UNDECIDED]
        if not failed and not undecided:
            continue
        console.print()
        _print(console, f"{verdict.item}: {verdict.title}", style=_STYLE[verdict.verdict])
        for line in _lines(failed, "fail"):
            _print(console, line)
        for line in _lines(undecided, "undecided"):
            _print(console, line, style="yellow")


def _lines(subjects: list[JudgedSubject], word: str) -> Iterator[str]:
    for subject in subjects[:_SHOWN]:
        place = subject.evidence[0].place if subject.evidence else None
        named = "" if place and place.path == subject.id else subject.id  # a file that is judged as a whole
        where = "  ".join(part for part in (str(place or ""), named) if part)
        waived = f" (waived: {subject.waived})" if subject.waived else ""
        sign = "waived" if subject.waived else word
        yield f"  {sign:<9} {where}: {subject.reason}{waived}"
    if len(subjects) > _SHOWN:
        yield f"  … {len(subjects) - _SHOWN} more; `--format json` lists all"


def _tail(console: Console, result: AuditResult) -> None:
    if result.unread:
        console.print()
        _print(console, "not read:", style="yellow")
        for unread in result.unread[:_SHOWN]:
            _print(console, f"  {unread.path}: {unread.why}")
        if len(result.unread) > _SHOWN:
            _print(console, f"  … {len(result.unread) - _SHOWN} more; `--format json` lists all")
    counts = Counter(verdict.verdict for verdict in result.verdicts)
    words = ", ".join(f"{counts[verdict]} {verdict.value.replace('_', ' ')}" for verdict in _STYLE if counts[verdict])
    examined = sum(verdict.examined for verdict in result.verdicts)
    code = result.exit_code
    console.print()
    told = f"{_counted(len(result.verdicts), 'item')}: {words or 'none'}; {_counted(examined, 'subject')} examined"
    _print(console, told, style="bold")
    _print(console, f"exit code {int(code)}: {_MEANING.get(code, code.name.lower())}", style="bold")
    for line in _help(result):
        _print(console, f"help: {line}", style="dim")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _help(result: AuditResult) -> Iterator[str]:
    verdicts = {verdict.verdict: verdict.item for verdict in reversed(_sorted(result.verdicts))}
    if item := verdicts.get(Verdict.FAIL):
        yield f"`backcheck explain {item}` tells why it matters and how to mend it"
    if Verdict.MANUAL in verdicts:
        yield "a manual item is settled by an attestation with owner and date in .backcheck/attestations.yaml"
    if Verdict.ERROR in verdicts:
        yield "an item with the verdict error is our fault: run again with --debug and report the traceback"
    if result.exit_code is ExitCode.UNDECIDED and not sum(verdict.examined for verdict in result.verdicts):
        if result.verdicts:
            yield "nothing was examined: name the folder that holds the backend's source"
        else:
            yield "nothing was asked: name a checklist, or an agent whose contract is not empty"


def _sorted(verdicts: Iterable[ItemVerdict]) -> list[ItemVerdict]:
    """Sort by what needs a person first, then by harm."""
    order = list(_STYLE)
    return sorted(verdicts, key=lambda v: (order.index(v.verdict), list(Severity).index(v.severity)))


def _print(console: Console, text: str, style: str | None = None) -> None:
    """Print one line of text, wrapped between words: a path must not be broken, a workspace's text must not act."""
    shown = printable(text, keep="")
    hanging = " " * _HANGING if shown.startswith("  ") else ""
    lines = textwrap.wrap(
        shown, console.width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    for line in lines:
        console.print(line, style=style, soft_wrap=True)
