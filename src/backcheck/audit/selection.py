"""Which items are judged: a checklist's, an agent's contract's, or those that the caller names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.audit.contract import unanswered
from backcheck.definitions.agents import find_agent, load_agent
from backcheck.definitions.checklists import load_checklist, read_checklist
from backcheck.definitions.contract import bind_contract
from backcheck.definitions.items import Area, Method, load_items, unknown_item
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backcheck.audit.naming import Naming
    from backcheck.definitions.agents import Agent
    from backcheck.definitions.contract import Target
    from backcheck.definitions.items import Item
    from backcheck.findings import ItemVerdict
    from backcheck.settings import Configuration

DEFAULT = "ci"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is judged, in which order, and under which name."""

    name: str
    """The checklist's name, `agent:NAME`, or `items`."""
    items: tuple[Item, ...]
    known: Mapping[str, Item]
    """Every item that exists: shipped ones and the repository's own."""
    targets: tuple[Target, ...] = ()
    promises: tuple[tuple[ItemVerdict, Naming | None], ...] = ()
    """Lines of a contract that no item answers, as manual verdicts: listed, never dropped. Some can be judged by names."""
    notes: tuple[str, ...] = ()
    """What has to be said of the choice itself."""


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
        case _ if wanted.areas == (Area.DEFINITIONS,) and not wanted.checklist:
            # No checklist for code holds them, and whoever asks for them alone means them all.
            selection = Selection(Area.DEFINITIONS, tuple(item for item in known.values() if item.shipped), known)
        case _:
            selection = _listed(root, wanted, known)
    items = tuple(item for item in selection.items if not wanted.areas or item.area in wanted.areas)
    if not items and not selection.promises and not selection.notes:
        areas = f" in {', '.join(wanted.areas)}" if wanted.areas else ""
        raise UsageError(f"{selection.name} has no item{areas} to judge", help="name another checklist, area or item")
    return replace(selection, items=items)


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
        said = (
            f"the contract of {agent.name!r} ({agent.path}) is empty: its text promises nothing, so it decides nothing"
        )
        return Selection(f"agent:{agent.name}", (), known, notes=(said,))
    bound = bind_contract(agent.contract, known, agent.name)
    return Selection(
        f"agent:{agent.name}",
        tuple(known[item] for item in bound.items),
        known,
        agent.contract.targets,
        unanswered(bound),
        tuple(_clashes(agent)),
    )


def _clashes(agent: Agent) -> Iterator[str]:
    for clash in agent.contract.contradictions:
        first, second = clash.first, clash.second
        yield f"lines {first.line} and {second.line} of {agent.path} ask different things of one measure: {clash.metric}"


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
