"""Every Markdown page in `fastapi/` is one small project and the model that it must give."""

import re
from pathlib import Path

import pytest

from backcheck.backend import Backend, Route, Unresolved
from backcheck.extract import extract
from backcheck.program import load
from backcheck.source import collect

PAGES = sorted(Path(__file__).parent.glob("fastapi/*.md"))
FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def body(route: Route) -> str:
    """Say what validates a route's body: `-` where it takes none, `raw` where nothing does, `?` where that is open."""
    if isinstance(route.takes_body, Unresolved) or isinstance(route.body, Unresolved):
        return "?"
    if not route.takes_body:
        return "-"
    return "raw" if route.body is None else route.body.name


def table(backend: Backend) -> list[str]:
    return sorted(
        f"{route.method} {route.path} {route.authentication} {body(route)} {'limited' if route.limiters else '-'}"
        for route in backend.routes
    )


def effects(backend: Backend) -> list[str]:
    return sorted(
        f"{application.name} {' '.join(sorted({effect for guard in application.guards for effect in guard.effects})) or '-'}"
        for application in backend.applications
    )


def lines(text: str) -> list[str]:
    return sorted(" ".join(line.split()) for line in text.splitlines() if line.strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_project_gives_the_model_on_its_page(page: Path, tmp_path: Path) -> None:
    fences = FENCE.findall(page.read_text("utf-8"))
    for _, title, text in fences:
        if title:
            (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / title).write_text(text, "utf-8")
    backend = extract(load(collect(tmp_path)))
    expected = {language: lines(text) for language, title, text in fences if not title}
    found = {"routes": table(backend), "effects": effects(backend)}
    assert expected, "the page states no model"
    assert {name: found[name] for name in expected} == expected


def test_there_are_pages() -> None:
    assert PAGES
