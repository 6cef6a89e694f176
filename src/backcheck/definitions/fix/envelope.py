"""The fences around the front matter, and its margin: as every client wants them, with nothing lost that stood around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from backcheck.definitions.agents.fences import find_fences
from backcheck.definitions.agents.recovery import Recovery
from backcheck.definitions.fix.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.agents import Agent

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FENCE = re.compile(r"---[ \t]*(?:\r?\n)?")
_CODE_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*\w*\s*")
_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")
_ODD = re.compile(r"\0|\r(?!\n)|\ufffd|\A\s")
_SAID = {
    "text-before-front-matter": "what stood above the front matter is gone, or a comment in it",
    "code-fence": "the code fence around the front matter is gone",
    "loose-fence": "a plain `---` in place of a loose fence",
    "no-opening-fence": "a line `---` opens the front matter",
    "no-closing-fence": "a line `---` ends the front matter",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A definition in three parts. Together they are the file, its line ends as they are."""

    opening: str
    """The line that opens the front matter."""
    block: str
    """The lines between the fences, with the end of the last."""
    closing: str
    """The closing fence and the body."""
    end: str
    """What ends a line of the front matter: CRLF or LF."""
    line: int
    """Line of the file as it was on which the fields begin; lines of the block before them came from further up."""
    above: int
    """How many lines of the block those are."""

    @property
    def text(self) -> str:
        """The whole file."""
        return self.opening + self.block + self.closing

    def with_block(self, block: str) -> Envelope:
        """Return the same with other fields."""
        return replace(self, block=block)


def plain(content: bytes, agent: Agent) -> Envelope | None:
    """Return the parts of a file that stands between plain fences already; None for any other.

    Nearly every file does, and of these only the front matter has to be looked at.
    """
    front = content[agent.front.start : agent.front.end].decode(errors="replace")
    opening, newline, rest = front.partition("\n")
    block, _, fence = rest.rpartition("\n")
    around = all(_FENCE.fullmatch(each) for each in (opening + newline, fence))
    if agent.front.start or not around or not block or _ODD.search(f"{block}\n"):
        return None
    closing = content[agent.front.end - len(fence.encode()) :].decode(errors="surrogateescape")
    return Envelope(opening + newline, f"{block}\n", closing, "\r\n" if "\r\n" in front else "\n", 2, 0)


def enveloped(text: str) -> tuple[Envelope, tuple[Change, ...]]:
    """Return the file between two plain fences, the first of which is its first line, and what was changed for that.

    Comments and text that stood above become comments of the front matter. The file has a front matter of some kind.
    """
    lines = _LINE.findall(text)
    fences = find_fences([line.rstrip("\r\n").replace("\0", "") for line in lines])
    if fences is None:
        raise ValueError("a text without front matter")
    end = "\r\n" if "\r\n" in "".join(lines[: fences.stop]) else "\n"
    above = [line for line in lines[: fences.start] if not _is_fence(line)]
    comments = "".join(_comment(line, end) for line in above if line.strip())
    opening = lines[fences.opening] if fences.start > fences.opening else ""
    closing = lines[fences.stop] if fences.body > fences.stop else ""
    body = "".join(lines[fences.body : fences.end])
    if fences.end < len(lines):  # what ended the body's last line belongs to the code fence below it
        body = body.removesuffix("\n").removesuffix("\r")
    mends = dict.fromkeys((*fences.recoveries, *_odd(opening, fences.opening), *_odd(closing, fences.stop)))
    fields, inside = _fields("".join(lines[fences.start : fences.stop]), fences.start + 1, end)
    around = [Change(mend.rule, mend.line, _SAID.get(mend.rule, "the fences are plain lines `---`")) for mend in mends]
    envelope = Envelope(
        opening if _FENCE.fullmatch(opening) else f"---{end}",
        comments + fields,
        (closing if _FENCE.fullmatch(closing) else f"---{end}") + body,
        end,
        fences.start + 1,
        comments.count("\n"),
    )
    return envelope, tuple(sorted((*around, *inside), key=attrgetter("line")))


def _odd(fence: str, index: int) -> Iterator[Recovery]:
    """Yield what is wrong with a fence that the reader took for a plain one."""
    if fence and not _FENCE.fullmatch(fence) and fence.replace("\0", "").strip() == "---":
        yield Recovery("loose-fence", index + 1)


def _is_fence(line: str) -> bool:
    return bool(_CODE_FENCE.fullmatch(line)) or not line.strip().strip("-")


def _comment(line: str, end: str) -> str:
    text = line.replace("\0", "").strip()
    return (text if text.startswith("#") else f"# {text}") + end


def _fields(text: str, line: int, end: str) -> tuple[str, list[Change]]:
    """Return the lines of the fields without margin, NUL or lone carriage returns, and what was changed for that."""
    changes = []
    if "\0" in text:
        changes.append(Change("nul", line + text[: text.index("\0")].count("\n"), "NUL characters are gone"))
        text = text.replace("\0", "")
    if _CARRIAGE_RETURN.search(text):
        changes.append(Change("carriage-return", line, "lines of the front matter end with a newline"))
        text = _CARRIAGE_RETURN.sub("\n", text)
    if text and not text.endswith("\n"):
        text += end
    first = next((one for one in text.split("\n") if one.strip()), "")
    if margin := first[: len(first) - len(first.lstrip(" \t"))]:
        changes.append(Change("indented-front-matter", line, "the front matter begins at the margin"))
        text = re.sub(rf"^[ \t]{{1,{len(margin)}}}", "", text, flags=re.MULTILINE)
    return text, changes
