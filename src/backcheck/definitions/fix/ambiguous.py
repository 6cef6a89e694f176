"""Unquoted words that one reader of YAML takes for a text and another for a number, a date or a switch.

YAML 1.1 (PyYAML), YAML 1.2 (Claude Code, the package `yaml`) and js-yaml between the two each have rules of their own.
"""

from __future__ import annotations

import re

import yaml

from backcheck.definitions.agents.yaml_core import read_mapping
from backcheck.definitions.fix.writing import quoted

_OCTAL = r"0[0-7_]+|0o[0-7_]+|0b[01_]+"
_GROUPED = r"\d[\d_]*_[\d_.]*|0x[\da-f]*_[\da-f_]*"
_SIXTIES = r"\d+(?::[0-5]?\d)+(?:\.\d*)?"
_POWER = r"(?:\d+\.?\d*|\.\d+)e[-+]?\d+"
_DATE = r"\d{4}-\d\d?-\d\d?(?:[t \t]+\d[\d:.+ \tz-]*)?"
_WORD = rf"[-+]?(?:{_OCTAL}|{_GROUPED}|{_SIXTIES}|{_POWER})|yes|no|on|off|y|n|{_DATE}|<<|="
_AMBIGUOUS = re.compile(_WORD, re.IGNORECASE)
_LIKELY = re.compile(rf"(?:^|[-:,?\[{{])[ \t]*(?:{_WORD})[ \t]*(?:[,:\]}}#]|$)", re.IGNORECASE | re.MULTILINE)


def settled(block: str) -> str:
    """Return the block with such words written so that every reader takes them as Claude Code does.

    Texts are quoted, numbers written in the one form that all know. Gives the block itself where nothing is ambiguous.
    Raises `yaml.YAMLError` for what is no YAML.
    """
    if not _LIKELY.search(block):
        return block
    parts: list[str] = []
    done = 0
    tagged = False
    for token in yaml.scan(block, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and token.plain and not tagged and _AMBIGUOUS.fullmatch(token.value):
            parts += block[done : token.start_mark.index], _settled_word(token.value)
            done = token.end_mark.index
        tagged = isinstance(token, yaml.TagToken)
    return "".join([*parts, block[done:]])


def _settled_word(word: str) -> str:
    match (read_mapping(f"word: {word}") or {}).get("word"):
        case int() | float() as number:
            return yaml.safe_dump(number).removesuffix("\n...\n")
        case _:
            return quoted(word)
