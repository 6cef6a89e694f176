"""Express paths: written with `{name}`, joined, and compared with the scope of a middleware."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"\{\?[^}]*\}|:(\w+)(?:\((?:[^()]|\([^()]*\))*\))?([?*+]?)")
_NAME = re.compile(r"\{(\w[^{}?*+]*)[?*+]?\}")
_DEFINITE = re.compile(r"/(?:[\w.~-]|$)")
_GROUP = re.compile(r"\{(/?):(\w+)\}")


def readable(path: str) -> str:
    """Return a path with its parameters as `{name}`, optional ones as `{name?}`; a regular expression stays as written."""
    if path.startswith("/") and path.endswith(("/", "/i", "/g")) and ("\\" in path or "^" in path):
        return path
    plain = _GROUP.sub(r"\1:\2?", path)
    return _PARAMETER.sub(lambda match: f"{{{match[1]}{match[2]}}}" if match[1] else match[0], plain)


def join(prefix: str, path: str) -> str:
    """Return the path below a prefix, without a slash at its end."""
    path = readable(path)
    if not path or path == "/":
        return prefix or "/"
    glue = "" if path.startswith("/") or (not prefix and path.startswith("{?")) else "/"
    return (prefix.rstrip("/") + glue + path).rstrip("/") or "/"


def parameters(path: str) -> tuple[str, ...]:
    """Return the names of a path's parameters, in order."""
    return tuple(_NAME.findall(path))


def covers(scope: str, path: str) -> bool:
    """Return whether a middleware on this path sees requests for the other: segment by segment, from the start."""
    if scope in {"", "/", "*", "/*"}:
        return True
    wanted, given = scope.strip("/").split("/"), path.strip("/").split("/")
    for index, segment in enumerate(wanted):
        if segment.startswith("*") or segment == "(.*)":
            return True
        if index >= len(given):
            return segment.endswith("?}")
        if not _alike(segment, given[index]):
            return False
    return True


def matches(pattern: str, path: str) -> bool:
    """Return whether a route's path also answers the other path."""
    if "*" in pattern:
        return covers(pattern, path)
    return pattern.count("/") == path.count("/") and covers(pattern, path)


def below(scope: str, path: str) -> str:
    """Return what is left of a path below where a middleware is mounted; nothing where that cannot be told."""
    if "*" in scope or "{?" in scope or "?}" in scope:
        return path if scope in {"*", "/*"} else ""
    taken = len([segment for segment in scope.split("/") if segment])
    return "/" + "/".join(path.strip("/").split("/")[taken:])


def definite(path: str) -> str:
    """Return a path, or nothing where it may be any: one that begins with a parameter, a wildcard or a pattern."""
    return path if _DEFINITE.match(path) and "{?" not in path else ""


def _alike(segment: str, other: str) -> bool:
    if segment == other:
        return True
    return segment.startswith("{") and not segment.startswith("{?")
