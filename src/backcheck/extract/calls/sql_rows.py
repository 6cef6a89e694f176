"""What SQL text says of the number of rows that it gives."""

from __future__ import annotations

import re

_SYSTEM = re.compile(r"\s*(?:sqlite_master|sqlite_schema|information_schema\.|pg_)", re.IGNORECASE)
_AGGREGATE = re.compile(r"\s*(?:count|sum|avg|min|max|exists|json_agg|array_agg|coalesce)\s*\(", re.IGNORECASE)


def classify(sql: str) -> tuple[bool, bool]:
    """Return whether SQL text may give any number of rows, and whether it limits them."""
    text = re.sub(r"--[^\n]*|'(?:[^']|'')*'", " ", sql)
    select = re.match(
        r"\s*(?:\(\s*)?(?:WITH\b.*?\)\s*)?SELECT\b(?P<what>.*?)(?:\bFROM\b(?P<rest>.*))?$",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if select is None or select["rest"] is None:
        return False, True
    rest = select["rest"]
    if _SYSTEM.match(rest):
        return False, True
    if re.search(r"\bGROUP\s+BY\b", rest, re.IGNORECASE):
        return False, True
    if _AGGREGATE.match(select["what"]) and "," not in re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", select["what"]):
        return False, True
    where = re.search(r"\bWHERE\b(.*?)(?:\bORDER\s+BY\b|\bLIMIT\b|$)", rest, re.IGNORECASE | re.DOTALL)
    if where and _names_one_row(where[1]):
        return False, True
    limited = re.search(r"\bLIMIT\b|\bFETCH\s+(?:FIRST|NEXT)\b|\bTOP\b|\bROWNUM\b", text, re.IGNORECASE)
    return True, limited is not None


def _names_one_row(condition: str) -> bool:
    """Whether a condition looks a row up: `id = $1`, `email = ?`; not by a key of another table (`user_id = $1`)."""
    if re.search(r"\bOR\b", condition, re.IGNORECASE):
        return False
    if re.search(r"\bIN\s*\(|=\s*ANY\s*\(", condition, re.IGNORECASE):
        return True
    equal = re.findall(r"([\w.\"`]+)\s*=\s*(?:\$\d|\?|%s|:\w+|%\(\w+\)s|@\w+)", condition)
    names = [name.rpartition(".")[2].strip('"`').casefold() for name in equal]
    return any(
        name in {"id", "uuid", "email", "username", "slug", "token", "code", "sku", "key", "pk", "_id"}
        for name in names
    )
