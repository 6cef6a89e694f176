"""A hook under an event that the client does not have."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.definitions.roster.gathering import Definitions
    from backcheck.findings import Judgement

_EVENTS = frozenset(
    {
        "PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "Notification", "UserPromptSubmit",
        "UserPromptExpansion", "SessionStart", "SessionEnd", "Stop", "StopFailure", "SubagentStart", "SubagentStop",
        "PreCompact", "PostCompact", "PreModelSwitch", "PostModelSwitch", "PermissionRequest", "PermissionDenied", "Setup",
        "TeammateIdle", "TaskCreated", "TaskCompleted", "Elicitation", "ElicitationResult", "ConfigChange", "WorktreeCreate",
        "WorktreeRemove", "InstructionsLoaded", "CwdChanged", "FileChanged", "DirectoryAdded", "MessageDisplay",
    }
)  # fmt: skip
"""The events of Claude Code 2.1.329, as the types of its software kit list them."""
_SHOWN = 3


def check(definitions: Definitions) -> Iterator[Judgement]:
    """Judge every agent with hooks: whether the client has each of their events."""
    for definition, agent in definitions.equipped:
        hooks = agent.fields.get("hooks")
        if not isinstance(hooks, dict) or not hooks:
            continue
        strange = [str(event) for event in hooks if event not in _EVENTS]
        if strange:
            told = ", ".join(f"`{event[:40]}`{_hint(event)}" for event in strange[:_SHOWN])
            yield failed(
                definition, f"no event is called {told}: what stands there never runs", at=definition.at("hooks")
            )
        else:
            yield passed(definition, "the client has each event of its hooks")


def _hint(event: str) -> str:
    close = get_close_matches(event.lower(), [one.lower() for one in _EVENTS], n=1, cutoff=0.6)
    meant = {one.lower(): one for one in _EVENTS}
    return f" (did you mean `{meant[close[0]]}`?)" if close else ""
