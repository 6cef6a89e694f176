"""Bytes and files to definitions: whatever holds a description is read, with every mend on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.agents.definition import Agent, tool_names, word
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.agents.frontmatter import parse
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 20
"""Largest definition that is read. The largest of 2,314 public ones has 70 KB."""

_RESTRICTIONS = ("tools", "allowed-tools", "allowedTools")
"""Keys that say what an agent may use. Clients ignore the two misspelt ones and grant everything; we honour them."""


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
        name=word(parsed.fields.get("name")) or path.stem,
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
