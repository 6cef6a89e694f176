"""Which items are judged: a checklist's, an agent's contract's, or those that the caller names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.definitions.agents import find_agent, load_agent
from backcheck.definitions.checklists import load_checklist, read_checklist
from backcheck.definitions.contract import bind_contract
from backcheck.definitions.items import Area, Method, load_items, unknown_item
from backcheck.errors import UsageError
from backcheck.findings import ItemVerdict, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from backcheck.definitions.agents import Agent
    from backcheck.definitions.contract import BoundLine, Target
    from backcheck.definitions.items import Item
    from backcheck.settings import Configuration

DEFAULT = "ci"
_JUDGED_PARTS = frozenset({"items", "promises", "targets"})
"""What a contract says of the code. Its rules of work and of documents are for the run and the documents to keep."""
_MAX_NAME = 60
"""Characters of the name that a promise goes by in reports and attestations: the start of its text."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is judged, in which order, and under which name."""

    name: str
    """The checklist's name, `agent:NAME`, or `items`."""
    items: tuple[Item, ...]
    known: Mapping[str, Item]
    """Every item that exists: shipped ones and the repository's own."""
    targets: tuple[Target, ...] = ()
    promises: tuple[ItemVerdict, ...] = ()
    """Lines of a contract that no item answers, as manual verdicts: listed, never dropped."""


def select(root: Path, wanted: Configuration) -> Selection:
    """Return the items that the configuration asks for; the repository's own pages count as items of theirs.

    Items win over an agent, an agent over a checklist; areas narrow each of them. Raises `UsageError` for a name that
    is none and for a choice that leaves nothing to judge.
    """
    known = load_items(root / ".backcheck" / "checklists")
    for area in wanted.areas:
        _check_area(area)
    match wanted:
        case _ if wanted.items:
            selection = _named(wanted.items, known)
        case _ if wanted.agent:
            selection = _contracted(_agent(root, wanted), known)
        case _:
            selection = _listed(root, wanted, known)
    items = tuple(item for item in selection.items if not wanted.areas or item.area in wanted.areas)
    if not items and not selection.promises:
        areas = f" in {', '.join(wanted.areas)}" if wanted.areas else ""
        raise UsageError(f"{selection.name} has no item{areas} to judge", help="name another checklist, area or item")
    return Selection(selection.name, items, known, selection.targets, selection.promises)


def evidence_items(selection: Selection) -> tuple[Item, ...]:
    """Return the items that are judged by reports and are not selected: a report given to the audit may answer them."""
    chosen = {item.id for item in selection.items}
    return tuple(
        item
        for item in selection.known.values()
        if item.method is Method.EVIDENCE and item.id not in chosen and item.shipped
    )


def _named(ids: tuple[str, ...], known: Mapping[str, Item]) -> Selection:
    for name in ids:
        if name not in known:
            raise unknown_item(name, known)
    return Selection("items", tuple(known[name] for name in dict.fromkeys(ids)), known)


def _listed(root: Path, wanted: Configuration, known: Mapping[str, Item]) -> Selection:
    name = wanted.checklist or DEFAULT
    if _is_path(name):
        checklist = read_checklist(_path(root, name, wanted.origin.get("checklist", "")), known)
    else:
        checklist = load_checklist(name, known)
    return Selection(checklist.name, tuple(known[item] for item in checklist.items), known)


def _contracted(agent: Agent, known: Mapping[str, Item]) -> Selection:
    if agent.contract.is_empty:
        raise UsageError(
            f"the agent {agent.name!r} ({agent.path}) promises nothing that can be judged",
            help="add a checklist (`- [ ] Rate limiting configured`) or a target (`p95 < 200 ms`) to its text",
        )
    bound = bind_contract(agent.contract, known)
    judged = [line for line in bound.manual if line.part in _JUDGED_PARTS]
    return Selection(
        f"agent:{agent.name}",
        tuple(known[item] for item in bound.items),
        known,
        agent.contract.targets,
        tuple(_promises(judged)),
    )


def _promises(lines: Iterable[BoundLine]) -> Iterator[ItemVerdict]:
    names: Counter[str] = Counter()
    for line in lines:
        text = line.entry.text
        name = "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:_MAX_NAME].strip("-") or "promise"
        names[name] += 1
        unique = name if names[name] == 1 else f"{name}-{names[name]}"
        reason = f"line {line.entry.line} of the definition: no item answers it, a person has to look"
        yield ItemVerdict(unique, "contract", text, Verdict.MANUAL, Severity.MEDIUM, Method.ATTESTATION.value, reason)


def _agent(root: Path, wanted: Configuration) -> Agent:
    if _is_path(wanted.agent):
        return load_agent(_path(root, wanted.agent, wanted.origin.get("agent", "")))
    return find_agent(wanted.agent)


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith((".md", ".yaml", ".yml"))


def _path(root: Path, name: str, origin: str) -> Path:
    """Return the file: relative to where the caller stands, or, named by the repository itself, below its root."""
    if origin == "command line":
        return Path(name)
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{origin}: {name!r} lies outside of the repository", help="name a file inside it")
    return path


def _check_area(area: str) -> None:
    if area not in list(Area):
        close = get_close_matches(area, list(Area), n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UsageError(f"no area {area!r}", help=f"{hint}there are: {', '.join(Area)}")
