"""Bytes and files to definitions: whatever holds a description is read, with every mend on record."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from backcheck.definitions.agents.definition import Agent, tool_names, word
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.agents.frontmatter import parse
from backcheck.definitions.agents.restrictions import ALLOWED, letters
from backcheck.definitions.agents.span import FieldSpan, Span
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.definitions.agents.frontmatter import FrontMatter

MAX_BYTES = 1 << 20
"""Largest definition that is read. The largest of 2,314 public ones has 70 KB."""

_HELP = "name a definition: a Markdown file"


def load_agent(path: Path) -> Agent:
    """Return the definition in a file.

    Raises `UsageError` for a file that cannot be read, is larger than `MAX_BYTES`, has no front matter or no description.
    """
    return parse_agent(read_bytes(path), path)


def parse_agent(content: bytes, path: Path) -> Agent:
    """Return the definition that these bytes hold; ``path`` names them in errors and gives a missing name."""
    decoded = decode(content)
    parsed = parse(decoded.text)
    if parsed is None:
        raise UsageError(f"{path} has no front matter", help="begin it with a line '---', `name:` and `description:`")
    description = _description(parsed, path)
    # A body that ends with the file ends where the bytes do; the way there is long, and past every end of line.
    is_last = parsed.body_end == len(decoded.text)
    at = decoded.in_bytes(
        [
            *(parsed.start, parsed.end, parsed.body_start),
            *([] if is_last else [parsed.body_end]),
            *(offset for entry in parsed.entries for offset in (entry.start, entry.value, entry.end)),
        ]
    )
    spans = {
        entry.key: FieldSpan(
            Span(at[entry.start], at[entry.end]), Span(at[entry.value], at[entry.end]), entry.line, entry.last_line
        )
        for entry in parsed.entries
    }
    fields = _with_name(parsed, decoded.text)
    model = fields.get("model")
    # Clients ignore `allowed-tools` and grant everything; we honour it.
    misspelt = (key for key in fields if letters(key) == ALLOWED)
    restriction = "tools" if "tools" in fields else next(misspelt, None)
    return Agent(
        name=word(fields.get("name")) or path.stem,
        description=description,
        tools=None if restriction is None else tool_names(fields[restriction]),
        model=model.strip() if isinstance(model, str) and model.strip() else None,
        fields=fields,
        body=parsed.body,
        body_line=parsed.body_line,
        path=path,
        recoveries=(*decoded.mends, *parsed.recoveries),
        spans=spans,
        front=Span(at[parsed.start], at[parsed.end]),
        body_span=Span(at[parsed.body_start], len(content) if is_last else at[parsed.body_end]),
    )


def _description(parsed: FrontMatter, path: Path) -> str:
    found = parsed.fields.get("description")
    if isinstance(found, str) and found.strip():
        return found
    what = "has no description" if found is None or isinstance(found, str) else "has a description that is no text"
    raise UsageError(f"{path} {what}", help="say in `description:` when the agent is to be used")


def _with_name(parsed: FrontMatter, text: str) -> dict[str, Any]:
    """Return the fields; a name that YAML takes for a number or a truth value as it is written, since it is meant as a name."""
    if not isinstance(parsed.fields.get("name"), int | float):
        return parsed.fields
    written = next(text[entry.value : entry.end] for entry in parsed.entries if entry.key == "name")
    return {**parsed.fields, "name": written.partition(" #")[0].strip()}


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a definition. Raises `UsageError` for what is no readable file of at most `MAX_BYTES`."""
    try:
        # A pipe would be waited for, and a device may never end: each is opened without waiting, and then looked at.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{str(path)!r} is no regular file", help=_HELP)
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name with a NUL in it is a fault of value
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot read {path}: {why}", help=_HELP) from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES} bytes", help="a definition is a page of text")
    return content
