"""The tools on the Backend: what the code base is, how it stands, what an item asks, and documents.

The rooms behind them are imported when one is first called: a server that only reads files never pays for them.
"""

# ruff: noqa: PLC0415 - as the docstring says

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.errors import ToolError, UsageError
from backcheck.toolbox._last_report import keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Route
    from backcheck.findings import AuditResult, ItemVerdict
    from backcheck.workspace import Workspace

_ROUTES = 200
"""Routes that one answer lists."""
_FAILURES = 30
"""Failed subjects that one answer lists."""


async def routes(workspace: Workspace, path: str = "", offset: int = 0) -> str:
    """Give the routes of the code base."""
    from backcheck.overview import survey

    backend = await asyncio.to_thread(survey, Path(workspace.root))
    found = [route for route in backend.routes if route.path.startswith(path)]
    lines = [_route(route) for route in found[offset : offset + _ROUTES]]
    lines.append(f"[routes {offset + 1}-{offset + len(lines)} of {len(found)}]" if lines else "[no routes]")
    if offset + _ROUTES < len(found):
        lines.append(f"[go on with offset={offset + _ROUTES}]")
    lines += [
        f"{framework.name} is named at {framework.place} and not read"
        for framework in backend.frameworks
        if not framework.read
    ]
    lines += [f"not read: {entry.path}: {entry.why}" for entry in backend.unread[:20]]
    return "\n".join(lines)


async def audit(
    workspace: Workspace, checklist: str = "", agent: str = "", items: list[str] | None = None, base: str = ""
) -> str:
    """Judge the code of the workspace."""
    from backcheck.audit import Options
    from backcheck.audit import audit as judge
    from backcheck.definitions.agents import find_agent

    if "/" in agent or "/" in checklist:
        # A definition that lies in the workspace was perhaps written by whoever is being judged.
        raise UsageError("the audit takes the name of a shipped agent or checklist", help="see `explain` for the items")
    if agent:
        find_agent(agent)
    options = Options(checklist=checklist, agent=agent, items=tuple(items or ()), base=base or None)
    result = await asyncio.to_thread(judge, Path(workspace.root), options)
    keep(workspace, result)
    return "\n".join(_verdicts(result))


async def explain(workspace: Workspace, item: str) -> str:  # noqa: ARG001 - every tool is given the workspace
    """Give an item's page."""
    from backcheck.definitions.items import load_items, unknown_item

    known = load_items()
    if item not in known:
        error = unknown_item(item, known)
        raise ToolError(str(error), help=f"the items are {', '.join(known)}")
    found = known[item]
    return f"# {found.title}\n\n{found.page.body.strip()}"


async def docs(workspace: Workspace, kind: str, api: str) -> str:
    """Write a dated document."""
    from backcheck.docs import Kind, new_document, write

    root = Path(workspace.root)
    today = datetime.now().astimezone().date()
    document = await asyncio.to_thread(new_document, Kind(kind), root, api=api, day=today)
    write(root, document)
    return f"wrote {document.path}"


def _route(route: Route) -> str:
    """Give a route on one line: what a model needs to find it and to see what is missing."""
    facts = [f"auth {route.authentication.value}"]
    if route.takes_body:
        facts.append(f"body {_schema(route.body)}")
    facts += [f"limiter {guard.name}" for guard in route.limiters]
    return f"{route.method} {route.path}  {route.handler} ({route.place})  {', '.join(facts)}"


def _schema(schema: object) -> str:
    return "not validated" if schema is None else str(getattr(schema, "name", "unknown"))


def _verdicts(result: AuditResult) -> Iterator[str]:
    from backcheck.findings import Verdict

    judged = [verdict for verdict in result.verdicts if verdict.verdict is not Verdict.MANUAL]
    yield f"checklist {result.checklist}, exit code {int(result.exit_code)}"
    for verdict in judged:
        yield f"{verdict.verdict.value}  {verdict.item}: {verdict.reason}"
    failures = [line for verdict in judged for line in _failures(verdict)]
    if failures:
        yield ""
        yield from failures[:_FAILURES]
    if len(failures) > _FAILURES:
        yield f"[{len(failures) - _FAILURES} more failures]"
    by_hand = len(result.verdicts) - len(judged)
    if by_hand:
        yield f"[{by_hand} more are manual: no instrument can judge them]"
    yield from (f"not read: {entry.path}: {entry.why}" for entry in result.unread[:20])


def _failures(verdict: ItemVerdict) -> Iterator[str]:
    for subject in verdict.subjects:
        if subject.judgement == "fail" and not subject.waived:
            places = ", ".join(str(evidence.place) for evidence in subject.evidence[:2])
            yield f"{verdict.item} at {places or subject.id}: {subject.id}: {subject.reason}"
