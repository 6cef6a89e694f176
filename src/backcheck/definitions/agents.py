"""Agent definitions: the shipped ones and anybody's, read forgivingly, with every mend on record."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcheck import data
from backcheck.definitions.contract import Contract, read_contract
from backcheck.definitions.encoding import decode
from backcheck.definitions.frontmatter import parse
from backcheck.definitions.yaml_core import read_mapping
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from backcheck.definitions.recovery import Recovery

MAX_BYTES = 1 << 20
"""Largest definition that is read. The largest of 2,314 public ones has 70 KB."""

_TOOL = re.compile(r"[^\s,()]+(?:\([^()]*\))?")
_RESTRICTIONS = ("tools", "allowed-tools", "allowedTools")
"""Keys that say what an agent may use. Clients ignore the two misspelt ones and grant everything; we honour them."""


@dataclass(frozen=True)
class Agent:
    """One agent definition, as its author meant it."""

    name: str
    """The field `name`; the file's stem where there is none."""
    description: str
    tools: tuple[str, ...] | None
    """Names as written; None where the definition does not say, empty where it says that there are none."""
    model: str | None
    fields: dict[str, Any]
    """Every field of the front matter, these included."""
    body: str
    body_line: int
    """Line of the file on which the body starts."""
    path: Path
    recoveries: tuple[Recovery, ...] = ()
    """What had to be mended to read the file; empty where strict YAML reads it alike."""

    @property
    def color(self) -> str | None:
        """Colour in a client's list."""
        return _word(self.fields.get("color"))

    @property
    def priority(self) -> str | None:
        """Hint for a scheduler, such as `high`."""
        return _word(self.fields.get("priority"))

    @property
    def context_mode(self) -> str | None:
        """How much the prompt tells of the project: `minimal` asks for no overview."""
        return _word(self.fields.get("context_mode"))

    @property
    def disallowed(self) -> tuple[str, ...]:
        """Names of tools that the definition takes away."""
        keys = ("disallowedTools", "disallowed-tools")
        return tuple(name for key in keys for name in tool_names(self.fields.get(key)))

    @cached_property
    def contract(self) -> Contract:
        """What the body promises of the agent's output; empty where it promises nothing."""
        return read_contract(self.body, self.body_line)


def load_agent(path: Path) -> Agent:
    """Return the definition in a file.

    Raises `UsageError` for a file that cannot be read, is larger than `MAX_BYTES`, has no front matter or no description.
    """
    return parse_agent(read_bytes(path), path)


def parse_agent(content: bytes, path: Path) -> Agent:
    """Return the definition that these bytes hold; ``path`` names them in errors and gives a missing name."""
    text, mends = decode(content)
    parsed = parse(text)
    if parsed is None:
        raise UsageError(f"{path} has no front matter", help="begin it with a line '---', `name:` and `description:`")
    description = parsed.fields.get("description")
    if not isinstance(description, str) or not description.strip():
        what = "has no description" if description in (None, "") else "has a description that is no text"
        raise UsageError(f"{path} {what}", help="say in `description:` when the agent is to be used")
    model = parsed.fields.get("model")
    restriction = next((key for key in _RESTRICTIONS if key in parsed.fields), None)
    return Agent(
        name=_word(parsed.fields.get("name")) or path.stem,
        description=description,
        tools=None if restriction is None else tool_names(parsed.fields[restriction]),
        model=model.strip() if isinstance(model, str) and model.strip() else None,
        fields=parsed.fields,
        body=parsed.body,
        body_line=parsed.body_line,
        path=path,
        recoveries=(*mends, *parsed.recoveries),
    )


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a definition. Raises `UsageError` for what is no readable file of at most `MAX_BYTES`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", help="name a definition: a Markdown file") from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES} bytes", help="a definition is a page of text")
    return content


@cache
def shipped_agents() -> tuple[Agent, ...]:
    """Return the agents that backcheck ships, by name."""
    return tuple(sorted((load_agent(path) for path in (data.root() / "agents").glob("*.md")), key=lambda a: a.name))


def find_agent(wanted: str) -> Agent:
    """Return the shipped agent of that name, else the definition at that path. Raises `UsageError` for neither."""
    for agent in shipped_agents():
        if agent.name == wanted:
            return agent
    path = Path(wanted)
    if path.is_file() or "/" in wanted or path.suffix:
        return load_agent(path)
    names = [agent.name for agent in shipped_agents()]
    close = get_close_matches(wanted, names, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(names)}"
    raise UsageError(f"no agent {wanted!r}", help=hint)


def definition_paths(folder: Path) -> tuple[Path, ...]:
    """Return every `.md` file below the folder, sorted; links are not followed."""
    return tuple(
        path
        for path in sorted(folder.rglob("*.md"))
        if not any(part.is_symlink() for part in (path, *path.parents) if part != folder and folder in part.parents)
        and stat.S_ISREG(path.lstat().st_mode)
    )


def tool_names(value: object) -> tuple[str, ...]:
    """Return the names in a `tools` field of any shape that people write: text, list, map of switches, nothing."""
    match value:
        case None | False:
            return ()
        case str() if value.strip().startswith("["):
            inner = (read_mapping(f"tools: {value}") or {}).get("tools")
            return tool_names(inner if isinstance(inner, list) else value.strip("[] "))
        case str():
            return tuple(dict.fromkeys(_TOOL.findall(value)))
        case list():
            return tuple(dict.fromkeys(name for entry in value for name in _entry(entry)))
        case dict():
            return tuple(str(name) for name, on in value.items() if on is not False)
        case _:
            return (str(value),)


def _entry(entry: object) -> tuple[str, ...]:
    return (entry.strip(),) if isinstance(entry, str) else tool_names(entry)


def _word(value: object) -> str | None:
    """Return a field's scalar as text; None where it is absent, empty or no scalar."""
    return str(value).strip() or None if isinstance(value, str | int | float) else None
