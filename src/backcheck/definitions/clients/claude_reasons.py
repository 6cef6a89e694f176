"""Why Claude Code drops a definition or reads it otherwise than it was written: sentences that a person can act on."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any

from backcheck.escape import printable

if TYPE_CHECKING:
    from backcheck.definitions.clients.bun import BunYamlError

_FAULTS = {
    "alias": "a `*` that begins a value points to an anchor, and there is none of that name",
    "anchors": "two `&` begin one value",
    "character": "a character stands here that YAML forbids",
    "colon": "a `: ` stands in an unquoted value",
    "depth": "values are nested too deeply",
    "directive": "a line begins with `%`",
    "escape": "a backslash in double quotes begins no escape that YAML knows",
    "flow": "a list in brackets or a mapping in braces is not closed, or its entries are not parted by commas",
    "header": "text stands beside the `|` or `>` that begins a block",
    "indent": "a text goes on in a line that is not indented more than its key",
    "quote": "a quote is opened here and never closed",
    "tab": "a tab indents the line",
    "tags": "two `!` begin one value",
    "token": "what stands here is no `key: value`, or goes on behind the end of a value",
}
_SIMPLE = re.compile(r"[A-Za-z_-]+:\s+(?P<value>\S.*)")
_MARKS = "{}[]*&#!|>%@`"
SPECIAL = re.compile(rf"[{re.escape(_MARKS)}]|: ")
"""What makes the client put the value of a line in quotes before it tries again."""
_CUTTING = re.compile(r"(?P<key>name|description):[ \t]+(?P<text>[^\"'|>\s].*)")
_SHOWN = 60


def no_front_matter(content: bytes, text: str) -> str:
    """Return why a file has no front matter for the client."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"-\0-\0-" in content[:8]:
        return "the file is UTF-16, and the client reads UTF-8 only"
    first = text.partition("\n")[0]
    needs = "the client reads a front matter only from the very first line on, which has to be '---'"
    match first.strip():
        case "---" if first.startswith("---") and "\n" in text:
            return "the front matter has no end: no '---' closes it"
        case "---" if first.startswith("---"):
            return "the file ends behind its first '---'"
        case "---":
            return f"{needs}: here it is indented"
        case "" if not text.strip():
            return "the file is empty"
        case "":
            return f"{needs}: blank lines stand before it"
        case marked if marked.startswith(("<!--", "#", "//")):
            return f"{needs}: a comment stands before it"
        case fenced if fenced.startswith(("```", "~~~")):
            return f"{needs}: here it is inside a code fence"
        case dashes if dashes.startswith("---") and "\r" in first:
            return "the lines end in CR alone, and the client needs LF or CR LF"
        case dashes if dashes.startswith("---"):
            return f"{needs}: here it is {_shown(first)}"
        case _:
            return f"{needs}: here it is {_shown(first)}, so the file does not begin with a front matter"


def not_yaml(error: BunYamlError, block: str, first_line: int) -> str:
    """Return where the client's second reading of a block fails, and why quoting did not help."""
    lines = block.split("\n")
    line = lines[error.line - 1] if error.line <= len(lines) else ""
    return (
        f"line {first_line + error.line - 1} is not YAML: {_FAULTS[error.what]} ({_shown(line)}). "
        f"The client also tried with the values of simple lines in quotes, but {_unhelped(error, line, lines)}"
    )


def _unhelped(error: BunYamlError, line: str, lines: list[str]) -> str:
    simple = _SIMPLE.fullmatch(line.rstrip("\r"))
    if error.what == "character":
        return "quotes do not help against that character: remove it"
    if line.endswith("\r") and simple and SPECIAL.search(simple["value"]):
        return "it does so in no line that ends in CR LF: save the file with LF, or put the value in quotes"
    if simple and simple["value"][0] == simple["value"][-1] and simple["value"][0] in "\"'":
        return 'it takes what begins and ends with a quote for quoted: double the inner \' or write \\" for an inner "'
    above = next((text for text in reversed(lines[: error.line - 1]) if text.strip()), "")
    if not simple and re.search(r"[|>][-+0-9]*\s*$", above):
        return "that made a text of the '|' or '>' above, and a text of several lines is left as it is: mend the other fault"
    if not simple:
        return "it quotes only `key: value` on one line: put the whole text in quotes, or indent it below `key: |`"
    if not SPECIAL.search(simple["value"]):
        return f"it does so only where `: ` or one of {_MARKS} is in the value, and a `:` that ends it is none of these: quote it"
    return "that does not help here: put the value in quotes"


def changed(text: str, fields: dict[str, Any], description: str, meant: str | None) -> str:
    r"""Return how the client's reading differs from what was written; empty where it does not.

    White space does not count, nor does `\n` for a new line: the client writes each as a new line.
    """
    name: str = fields["name"]
    lines = text.split("\n")
    if "\ufffd" in name:
        return f"the name holds bytes that are not UTF-8: for the client it is {_shown(name)}"
    if meant is None or _folded(meant) == _folded(description):
        return _cut(lines, "name", name, f"for the client it is {_shown(name)}")
    if "\ufffd" in description and "\ufffd" not in meant:
        return "the description holds bytes that are not UTF-8: the client shows \ufffd for each"
    kept = f"{len(description)} of {len(meant)} characters are left"
    return (
        _cut(lines, "description", description, kept)
        or _taken(lines, fields, meant, kept)
        or f"the description is cut or changed: {kept}, and it ends with {_shown(description.rstrip()[-_SHOWN:])}"
    )


def _cut(lines: list[str], key: str, left: str, kept: str) -> str:
    """Return what ends a value early; empty where nothing does that a person can see in its line."""
    for number, line in enumerate(lines[1:], 2):
        if line.startswith("---"):
            return ""
        if "---" in line and key == "description":
            return f"the {key} is cut: the client ends the front matter at the '---' in line {number}; {kept}"
        match = _CUTTING.fullmatch(line.rstrip())
        if match is None or match["key"] != key:
            continue
        value = match["text"]
        if value[0] in "&!" and not left.startswith(value[0]):
            what = "the name of an anchor" if value[0] == "&" else "a tag"
            return f"the {key} is cut in line {number}: {value[0]!r} begins {what}; {kept}"
        if " #" in value and key == "description" and value.startswith(left.strip()) and len(left) < len(value):
            return f"the {key} is cut in line {number}: ' #' begins a comment; {kept}"
    return ""


def _taken(lines: list[str], fields: dict[str, Any], meant: str, kept: str) -> str:
    """Return which line of the description the client takes for a key of its own."""
    below = {line.strip() for line in meant.split("\n")[1:]}
    start = next((number for number, line in enumerate(lines, 1) if line.startswith("description")), len(lines))
    for number, line in enumerate(lines[start:], start + 1):
        key = line.partition(":")[0]
        if key in fields and line.partition("\\n")[0].strip() in below:
            return f"the description is cut above line {number}: {_shown(key + ':')} is taken for a key; {kept}"
    return ""


def _folded(text: str) -> list[str]:
    return text.replace("\\n", "\n").split()


def _shown(text: str) -> str:
    text = text.strip()
    return repr(printable(text[:_SHOWN], keep="").replace("'", "\u2019")) + ("…" if len(text) > _SHOWN else "")
