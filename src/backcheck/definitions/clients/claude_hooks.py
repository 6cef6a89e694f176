"""The field `hooks` as Claude Code 2.1.329 checks it: a fault in one makes it drop the whole agent without saying why."""

from __future__ import annotations

import math
import re
from typing import Any

_GATES = ("PreToolUse", "PermissionRequest")
"""Events that decide whether a tool may run. The client forgives what is wrong with the hooks of any other event."""
_NEEDED = {
    "command": ("command",),
    "prompt": ("prompt",),
    "agent": ("prompt",),
    "http": ("url",),
    "mcp_tool": ("server", "tool"),
}
"""Kinds of hooks, and the texts that each needs."""
_OPTIONAL: dict[str, type] = {
    "statusMessage": str,
    "if": str,
    "once": bool,
    "async": bool,
    "asyncRewake": bool,
    "timeout": object,
}
_FURTHER: dict[str, dict[str, type]] = {
    "command": {"shell": str, "args": list},
    "prompt": {"model": str},
    "agent": {"model": str},
    "http": {"headers": dict, "allowedEnvVars": list},
}
"""Fields that a hook may have, and what each holds; others are not looked at."""
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_refused(hooks: object) -> bool:
    """Whether the client drops an agent for this value of its field `hooks`."""
    if hooks in (None, False, 0, ""):
        return False
    return not isinstance(hooks, dict) or any(not _is_sound(hooks[event]) for event in _GATES if event in hooks)


def _is_sound(matchers: object) -> bool:
    if matchers is None:
        return True
    return isinstance(matchers, list) and all(
        isinstance(matcher, dict)
        and isinstance(matcher.get("matcher", ""), str)
        and isinstance(matcher.get("hooks"), list)
        and all(isinstance(hook, dict) and _is_hook(hook) for hook in matcher["hooks"])
        for matcher in matchers
    )


def _is_hook(hook: dict[str, Any]) -> bool:
    kind = hook.get("type")
    if not isinstance(kind, str) or kind not in _NEEDED:
        return False
    may = _OPTIONAL | _FURTHER.get(kind, {})
    return (
        all(isinstance(hook.get(key), str) for key in _NEEDED[kind])
        and all(isinstance(hook[key], may[key]) for key in may.keys() & hook.keys())
        and (kind != "http" or _URL.match(hook["url"]) is not None)
        and (kind != "command" or hook.get("shell", "bash") in ("bash", "powershell"))
        and _is_time(hook.get("timeout", 1))
    )


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
