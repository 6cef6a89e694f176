"""Cards: the account of a definition in the words of a person, for a terminal or a page of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcheck.definitions.roster.abilities import EVERY_SERVER, KINDS
from backcheck.definitions.roster.colours import OFFICIAL, nearest
from backcheck.definitions.running.wishes import is_misspelt
from backcheck.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Template

_CENT_OF_A_CENT = 0.0001
_ASKED = ("priority", "effort", "maxTurns", "permissionMode", "context_mode", "background", "isolation", "memory")
"""Keys of one word each that say how the agent is to be run."""


@dataclass(frozen=True, slots=True)
class Card:
    """One definition as a client sees it."""

    title: str
    colour: str | None
    """One of the official colours; None where the definition has none of them, nor one that is near."""
    outcome: str
    """`loads`, `changed` or `dead`."""
    reason: str
    file: str
    facts: tuple[tuple[str, str], ...]
    """Label and text, in the order in which they matter."""
    badges: tuple[str, ...] = ()
    """Words on its place: its scope, its priority, what hides it."""


def card(one: dict[str, Any], badges: Iterable[str] = ()) -> Card:
    """Return the card of an account, its text made printable. ``badges`` stand beside the title."""
    fields = one["fields"]
    title = one["name"] or (fields["name"] if isinstance(fields.get("name"), str) else Path(one["file"]).stem)
    colour = fields.get("color")
    return Card(
        _line(title),
        nearest(colour) if isinstance(colour, str) else None,
        one["outcome"],
        _line(one["reason"]),
        _line(one["file"]),
        tuple((label, _line(text)) for label, text in _facts(one) if text),
        tuple(_line(badge) for badge in badges if badge),
    )


def can(one: dict[str, Any]) -> str:
    """Return what the agent can do, in one line: `everything`, `nothing`, the kinds, or no word where nobody can say."""
    kinds = one["capability"]["can"]
    if not kinds and not one["capability"]["cannot"]:
        return ""
    return "everything" if len(kinds) == len(KINDS) else ", ".join(kinds) or "nothing"


def page(title: str, cards: Iterable[Card], summary: str) -> str:
    """Return one page of HTML that needs nothing else: no script, no font, no picture from anywhere."""
    return _template().render(title=title, cards=tuple(cards), summary=summary, shades=OFFICIAL)


def _facts(one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if one["outcome"] == "dead":
        yield "says", one["fields"].get("description") if isinstance(one["fields"].get("description"), str) else ""
    else:
        yield "says", one["description"] or ""
        yield from _abilities(one)
        yield "model", _model(one["model"])
        yield "asks", ", ".join(f"{key} {one['fields'][key]}" for key in _ASKED if _is_word(one["fields"].get(key)))
        tokens = one["tokens"]
        yield "tokens", f"about {tokens['roster']:,} in every conversation, {tokens['body']:,} more at each start"
    yield "recovered", ", ".join(f"{entry['rule']} (line {entry['line']})" for entry in one["recoveries"])


def _abilities(one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    capability, tools = one["capability"], one["tools"]
    if capability["can"] or capability["cannot"]:
        refused = bool(tools["written"]) and not tools["effective"] and not capability["mcp"]
        yield "can", "nothing: the client refuses to start it without a single tool" if refused else can(one)
    yield "cannot", ", ".join(capability["cannot"])
    yield "lost", ", ".join(f"{loss['what']} ({loss['why']})" for loss in capability["lost"])
    if tools["gained"]:
        keys = ", ".join(f"`{key}`" for key in one["fields"] if is_misspelt(key)) or "a key"
        everything = not capability["gained"] or set(tools["gained"]) >= set(tools["effective"])
        what = "every tool" if everything else ", ".join(capability["gained"])
        yield "gained", f"{what}, since the client does not read {keys}"
    if tools["written"] is not None:
        yield "tools", ", ".join(tools["effective"]) or "none"
    yield "dropped", ", ".join(_dropped(tools))
    yield "unknown", ", ".join(tools["unknown"])
    servers = capability["mcp"]
    named = f"{', '.join(servers)}, where {'it runs' if len(servers) == 1 else 'they run'}" if servers else ""
    yield "servers", "every one that is connected" if EVERY_SERVER in servers else named


def _dropped(tools: dict[str, Any]) -> Iterator[str]:
    """Give what the client leaves out of the names in the file; tools of a server come with it."""
    held = "Bash" in tools["effective"]
    for name in tools["lost"]:
        if not name.startswith("mcp__"):
            yield f"{name} (Bash has it)" if held and name in {"Grep", "Glob"} else name


def _model(model: dict[str, Any]) -> str:
    written, name, dollars = model["written"], model["id"], model["usd_per_start"]
    if name is None:
        return "its caller's"
    told = name if written == name else f"{written}: {name}"
    told += f", which ends on {model['ends']}" if model["ends"] else ""
    if dollars is None:
        return f"{told}, price unknown"
    return f"{told}, {f'about {dollars:.4f}' if dollars >= _CENT_OF_A_CENT else 'less than 0.0001'} USD at each start"


def _is_word(value: object) -> bool:
    return isinstance(value, str | int) and bool(str(value).strip())


def _line(text: str) -> str:
    return printable(" ".join(text.split()), keep="")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - 40 ms, for a page alone

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("cards.html").read_text(encoding="utf-8"))
