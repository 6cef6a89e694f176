"""The pages in `tools/`: what a model is told of a tool, and examples that are its tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.definitions.page import read_page
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backcheck.definitions.page import Page

_REQUIRED = ("name", "title", "annotations", "input_schema")
_HINTS = frozenset({"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"})


@dataclass(frozen=True, slots=True)
class ToolExample:
    """One example of a page: the files it starts from, the calls in their order, and what the last one answers."""

    title: str
    files: dict[str, str]
    calls: tuple[dict[str, Any], ...]
    answer: str | None
    """The whole text of the last answer, or None where the page does not show it."""


@dataclass(frozen=True, slots=True)
class ToolPage:
    """One tool as a model sees it."""

    name: str
    title: str
    description: str
    """The page's text before its examples."""
    input_schema: dict[str, Any]
    annotations: dict[str, bool]
    """All four hints of the Model Context Protocol, by their names there."""
    limits: dict[str, Any]
    """What it gives or takes at most, for a person to read."""
    examples: tuple[ToolExample, ...]

    @property
    def reads_only(self) -> bool:
        """Whether a call changes nothing, so that several may run at once."""
        return self.annotations["readOnlyHint"]


def load_tool_pages(folder: Path | None = None) -> dict[str, ToolPage]:
    """Return the pages of ``folder`` (the shipped one by default) by tool name, in the order of names.

    Raises `UsageError` for a page that lacks something, or whose name is not its file's.
    """
    paths = sorted((folder or data.root() / "tools").glob("*.md"))
    return {page.name: page for page in map(_tool_page, paths)}


def _tool_page(path: Path) -> ToolPage:
    page = read_page(path)
    meta = page.meta
    if missing := [key for key in _REQUIRED if key not in meta]:
        raise UsageError(
            f"{path}: the front matter lacks {', '.join(missing)}", help="see the other pages of the folder"
        )
    if meta["name"] != path.stem:
        raise UsageError(f"{path}: its name is {meta['name']!r}", help=f"call it {path.stem!r}, as the file")
    if set(meta["annotations"]) != _HINTS:
        raise UsageError(f"{path}: annotations are not the four hints", help=f"give {', '.join(sorted(_HINTS))}")
    if meta["input_schema"].get("additionalProperties") is not False:
        raise UsageError(f"{path}: input_schema lets unknown arguments pass", help="set additionalProperties: false")
    return ToolPage(
        name=meta["name"],
        title=meta["title"],
        description=page.body.split("\n## ", 1)[0].strip(),
        input_schema=meta["input_schema"],
        annotations=meta["annotations"],
        limits=meta.get("limits", {}),
        examples=tuple(_examples(page)),
    )


def _examples(page: Page) -> Iterator[ToolExample]:
    """Give one example for each heading under `## Examples`.

    A fence with `title=PATH` is a file of the workspace, one in `json` a call, one in `text` the last call's answer.
    """
    titles = list(dict.fromkeys(fence.headings for fence in page.fences() if fence.headings[:1] == ("Examples",)))
    for headings in titles:
        fences = [fence for fence in page.fences() if fence.headings == headings]
        answers = [fence.text for fence in fences if fence.language == "text" and "title" not in fence.options]
        yield ToolExample(
            title=headings[-1],
            files={fence.options["title"]: fence.text for fence in fences if "title" in fence.options},
            calls=tuple(
                json.loads(fence.text) for fence in fences if fence.language == "json" and "title" not in fence.options
            ),
            answer=answers[-1].rstrip("\n") if answers else None,
        )
