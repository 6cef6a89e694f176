"""A rule on the names of documents, judged by the names of the files that lie in the folders of the same contract."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from backcheck.audit.judging import marked
from backcheck.audit.quotes import NotThereError
from backcheck.findings import Confidence, JudgedSubject, Outcome, Place, Subject, Verdict, failed, passed
from backcheck.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from backcheck.audit.quotes import Quotes
    from backcheck.findings import Evidence, ItemVerdict, Judgement

_PARTS = (
    ("YYYY", r"\d{4}"),
    ("MM", r"(?:0[1-9]|1[0-2])"),
    ("DD", r"(?:0[1-9]|[12]\d|3[01])"),
    (r"N{2,}", r"\d+"),
    (r"\[[^\]/]+\]|<[^>/]+>|\{[^}/]+\}|\*", r"[^/]+?"),
)
_PART = re.compile("|".join(f"({written})" for written, _ in _PARTS))
_EXEMPT = frozenset({"readme", "index", "changelog", "template"})
"""Stems of files that every folder of documents may hold."""


@dataclass(frozen=True)
class Naming:
    """How files in some folders have to be named."""

    pattern: str
    """`YYYY-MM-DD_backend_[api-name].md`: dates, numbers (`NNN`), and words in brackets or a star for any text."""
    folders: tuple[str, ...]

    @cached_property
    def _name(self) -> re.Pattern[str]:
        fixed = PurePosixPath(self.pattern).name
        return re.compile("".join(_expressions(fixed)))

    def about(self, paths: Iterable[str]) -> Iterator[Judgement]:
        """Give one judgement for each document in the folders: a file with the ending that the pattern has."""
        within = tuple(folder.removeprefix("./").strip("/") + "/" for folder in self.folders)
        ending = PurePosixPath(self.pattern).suffix
        for path in paths:
            file = PurePosixPath(path)
            if not path.startswith(within) or file.suffix != ending or file.stem.lower() in _EXEMPT:
                continue
            document = _Document(path)
            if self._name.fullmatch(file.name):
                yield passed(document, f"named as {self.pattern}")
            else:
                yield failed(document, f"the name is not of the form {self.pattern}")


@dataclass(frozen=True, slots=True)
class _Document:
    path: str

    @property
    def subject(self) -> Subject:
        return Subject("document", self.path, Place(self.path, 1, 1))


def judge_names(
    line: ItemVerdict,
    naming: Naming,
    paths: Iterable[str],
    quotes: Quotes,
    applied: Callable[[str, JudgedSubject], JudgedSubject],
) -> ItemVerdict:
    """Return the verdict of the line that states the rule; as it is where no document lies in the folders."""
    judgements = sorted(naming.about(paths), key=lambda judgement: judgement.subject.id)
    subjects = tuple(
        applied(line.item, _judged(judgement, mark, quotes)) for judgement, mark in marked(line.item, judgements)
    )
    if not subjects:
        return replace(line, reason=f"{line.reason}: no document lies in {', '.join(naming.folders)}")
    failing = [subject for subject in subjects if subject.judgement is Outcome.FAIL]
    still = [subject for subject in failing if not subject.waived]
    verdict = Verdict.FAIL if still else Verdict.WAIVED if failing else Verdict.PASS
    count = len(still) or len(failing)
    said = (
        f"{count} of {len(subjects)} documents are named otherwise"
        if failing
        else f"{len(subjects)} documents looked at"
    )
    return replace(line, verdict=verdict, method="static", reason=said, subjects=subjects)


def _judged(judgement: Judgement, mark: str, quotes: Quotes) -> JudgedSubject:
    subject = judgement.subject
    return JudgedSubject(
        subject.id,
        subject.kind,
        judgement.outcome,
        Confidence.MEDIUM,
        judgement.reason,
        mark,
        _evidence(subject, quotes),
    )


def _evidence(subject: Subject, quotes: Quotes) -> tuple[Evidence, ...]:
    """Return the document's first line; nothing where it cannot be read, for its name is what was judged."""
    try:
        return (quotes.evidence(subject.place),) if subject.place else ()
    except (NotThereError, Unreadable, OSError):
        return ()


def _expressions(pattern: str) -> Iterator[str]:
    done = 0
    for part in _PART.finditer(pattern):
        yield re.escape(pattern[done : part.start()])
        yield _PARTS[(part.lastindex or 1) - 1][1]
        done = part.end()
    yield re.escape(pattern[done:])
