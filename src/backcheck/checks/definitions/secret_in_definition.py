"""A key or token in the text of a definition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcheck.definitions.roster.gathering import Definition, Definitions
    from backcheck.findings import Judgement, Place

_MARKS = (
    "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "k_live_", "xox", "AIza", "glpat-", "SG.", "npm_", "hf_", "dop_v1_",
)  # fmt: skip
_SHORT = re.compile(r"sk-[\w-]{30}")
_ADDRESS = re.compile(r"://[^\s/]*@")
"""Marks that many a word holds: `task-`, `://`."""
_KEY = "PRIVATE KEY"
_WORD = re.compile(r"[^\s=\"'`,;()<>|\\]+")
_LOGIN = re.compile(r"://(?P<user>[^\s:/]*):(?P<password>[^\s/]*)@(?P<host>[^\s/:?#]+)")
_STAND_IN = re.compile(
    r"example|your|xxx|\.\.\.|placeholder|dummy|fake|sample|redacted|\*\*|1234567|abcdef|changeme|user(?:name)?:pass|:pass(?:word)?@"
    r"|:secret@|[$\[{<%]",
    re.IGNORECASE,
)


def check(definitions: Definitions, is_secret: Callable[[str], bool]) -> Iterator[Judgement]:
    """Judge the text of every definition: whether something in it has the form of a provider's token or a private key."""
    for definition in definitions.every:
        places = tuple(_secrets(definition, is_secret))
        if places:
            yield failed(definition, "a key or token stands in the text", at=places, secret=True)
        else:
            yield passed(definition, "nothing has the form of a key or token")


def _secrets(definition: Definition, is_secret: Callable[[str], bool]) -> Iterator[Place]:
    if not _may_hold(definition.text) and _KEY not in definition.text:
        return
    lines = definition.text.split("\n")
    for number, line in enumerate(lines, 1):
        if _may_hold(line):
            found = any(is_secret(word) for word in _WORD.findall(line) if not _stands_in(word))
        elif _KEY in line:
            after = lines[number] if number < len(lines) else ""
            found = not _STAND_IN.search(after) and is_secret(f"{line.strip()}\n{after.strip()}")
        else:
            continue
        if found:
            yield definition.line(number)


def _may_hold(text: str) -> bool:
    """Whether a mark stands in a text: most files are done after this look at the whole."""
    return (
        any(map(text.__contains__, _MARKS))
        or ("sk-" in text and _SHORT.search(text) is not None)
        or ("@" in text and _ADDRESS.search(text) is not None)
    )


def _stands_in(word: str) -> bool:
    """Whether a word only shows where a secret goes, or is the address of a host that nobody else reaches."""
    if login := _LOGIN.search(word):
        host, password = login["host"], login["password"]
        near = "." not in host or host.startswith(("127.", "0.", "10.", "192.168."))
        if near or password == login["user"] or "test" in password:
            return True
    return _STAND_IN.search(word) is not None
