"""The audit: look, judge, quote, decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backcheck import repository
from backcheck.audit.change import judged_as_before, since, standing_before
from backcheck.audit.judging import judge
from backcheck.audit.look import look, silent
from backcheck.audit.naming import judge_names
from backcheck.audit.options import Options
from backcheck.audit.quotes import Quotes, secret_lines
from backcheck.audit.read_definitions import ReadDefinitions
from backcheck.audit.reports import read_reports, reader
from backcheck.audit.ruff import observe
from backcheck.audit.rules import read_rules
from backcheck.audit.selection import evidence_items, select
from backcheck.audit.verdicts import verdict
from backcheck.checks import Facts
from backcheck.definitions.clients import CLAUDE_CODE
from backcheck.definitions.items import Area
from backcheck.definitions.roster.gathering import Definitions, gather
from backcheck.findings import AuditResult, Verdict
from backcheck.overview import check_folder
from backcheck.source import collect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.audit.judging import Judged
    from backcheck.audit.look import Look, Progress
    from backcheck.audit.rules import Rules
    from backcheck.audit.selection import Selection
    from backcheck.definitions.items import Item
    from backcheck.evidence import Report
    from backcheck.findings import ItemVerdict

_PLAIN = Options()


def audit(root: Path, options: Options = _PLAIN, progress: Progress = silent) -> AuditResult:
    """Judge the code below ``root`` and return a verdict for each item, with evidence.

    Nothing of the folder is run, imported or obeyed, and nothing is written to it. With a base, only what did not fail
    there counts as failed. ``progress`` is told what is being done. Raises `UsageError` for wrong use (a missing folder,
    an unknown item, a report of no known format) and `EnvironmentFault` where the surroundings fail; what is wrong with
    the code is in the result.
    """
    check_folder(root)
    with standing_before(root, options.base) as before:
        if before is None:
            return _audited(root, None, options, progress)
        _, change = judge_change(before.folder, root, options, progress=progress)
        return replace(change, base=before.label)


def judge_change(
    base: Path,
    head: Path,
    options: Options = _PLAIN,
    *,
    before: AuditResult | None = None,
    progress: Progress = silent,
) -> tuple[AuditResult, AuditResult]:
    """Judge the folder ``head`` by the rules of the folder ``base``: every verdict, and those over the change alone.

    ``before`` is the audit of ``base`` with the same options, if the caller has it already. In the second result a
    failure that was there before is marked as waived, and says so.
    """
    if before is None:
        before = _audited(base, None, replace(options, evidence=()), progress)
    result = _audited(head, base, options, progress)
    return result, since(result, before, str(base))


def _audited(root: Path, base: Path | None, options: Options, progress: Progress) -> AuditResult:
    ruling = base or root
    rules = read_rules(ruling, options)
    selection = select(ruling, rules.configuration)
    reports = read_reports(root, options.evidence)
    return _Audit(root, base, options, progress, rules, selection, reports).result()


@dataclass(frozen=True, slots=True)
class _Audit:
    """One audit on its way."""

    root: Path
    base: Path | None
    """The folder whose rules hold, where that is another one."""
    options: Options
    progress: Progress
    rules: Rules
    selection: Selection
    reports: tuple[Report, ...]

    def result(self) -> AuditResult:
        """Look, judge, and put the verdicts together."""
        self.progress("listing files")
        tree, before = collect(self.root), collect(self.base) if self.base else None
        if before is not None:
            tree = judged_as_before(tree, before)
        seen = look(tree, self.progress, before)
        items = (*self.selection.items, *self._answered(seen))
        definitions = self._definitions(items)
        judged, trouble = self._judged(seen, items, definitions)
        verdicts = tuple(self._verdicts(items, judged, seen, definitions))
        self.progress("comparing with the commit")
        return AuditResult(
            root=str(self.root),
            commit=repository.head(self.root),
            dirty=repository.is_dirty(self.root),
            checklist=self.selection.name,
            verdicts=(*verdicts, *self._promised(seen)),
            unread=(*seen.unread, *definitions.unread),
            notes=tuple(self._notes(trouble, verdicts)),
            undecided_ok=self._undecided_ok,
            prefix=repository.prefix(self.root),
        )

    def _answered(self, seen: Look) -> tuple[Item, ...]:
        """Return the unselected items to which the reports have something to say: their judgements differ with them."""
        extra = evidence_items(self.selection) if self.reports else ()
        with_them = judge(extra, self._facts(seen, self.reports), ()).judgements
        without = judge(extra, self._facts(seen, ()), ()).judgements
        return tuple(item for item in extra if with_them.get(item.id) != without.get(item.id))

    def _definitions(self, items: tuple[Item, ...]) -> Definitions:
        """Return the repository's agent definitions where an item is about them."""
        wanted = any(item.area is Area.DEFINITIONS for item in items)
        return gather(self.root, [self.root], CLAUDE_CODE) if wanted else Definitions(CLAUDE_CODE)

    def _facts(self, seen: Look, reports: tuple[Report, ...], definitions: Definitions | None = None) -> Facts:
        return Facts(seen.program, seen.backend, reports, self.selection.targets, definitions)

    def _judged(self, seen: Look, items: tuple[Item, ...], definitions: Definitions) -> tuple[Judged, str]:
        """Run the checks on one look; also why the second instrument could not help, if so."""
        self.progress("judging")
        observations, trouble = observe(seen.program)
        facts = self._facts(seen, self.reports, definitions)
        return judge(items, facts, observations, debug=self.options.debug), trouble

    def _verdicts(
        self, items: tuple[Item, ...], judged: Judged, seen: Look, definitions: Definitions
    ) -> Iterator[ItemVerdict]:
        quotes = Quotes(reader(seen, self.reports), secret_lines(judged.every))
        read = ReadDefinitions(definitions)
        for item in items:
            coverage = read if item.area is Area.DEFINITIONS else seen.coverage
            yield verdict(item, judged, quotes, coverage, self.rules)

    def _promised(self, seen: Look) -> Iterator[ItemVerdict]:
        """Give the lines of a contract that no item answers; a live attestation answers one, and shows."""
        quotes = Quotes(reader(seen, self.reports))
        for line, naming in self.selection.promises:
            attestation = self.rules.attestations.about(line.item)
            if naming:
                paths = (file.path for file in seen.tree.files)
                judged = judge_names(line, naming, paths, quotes, self.rules.applied)
            else:
                judged = line
            if attestation and judged.verdict is Verdict.MANUAL:
                judged = replace(judged, verdict=Verdict.PASS, reason=f"attested by {attestation}")
            yield judged

    @property
    def _undecided_ok(self) -> bool:
        return self.rules.configuration.undecided == "ok"

    def _notes(self, trouble: str, verdicts: tuple[ItemVerdict, ...]) -> Iterator[str]:
        yield from self.selection.notes
        yield from self.rules.notes
        yield from self.rules.idle([(verdict.item, subject) for verdict in verdicts for subject in verdict.subjects])
        if self._undecided_ok:
            origin = self.rules.configuration.origin.get("undecided", "")
            yield f"undecided items do not count for the exit code ({origin})"
        if trouble:
            yield trouble
        if borrowed := repository.alternates(self.root):
            yield f"the repository borrows objects from {', '.join(borrowed)}: its commits may hold what is not its own"
