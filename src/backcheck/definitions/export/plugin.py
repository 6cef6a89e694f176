"""A plugin of Claude Code: `agents/<name>.md` and the manifest that makes a folder one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backcheck import __version__
from backcheck.definitions.lowering.claude import front
from backcheck.definitions.lowering.exported import Effect, Exported, Loss
from backcheck.definitions.lowering.fields import unkept
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.writing import front_matter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcheck.definitions.agents import Agent

_IGNORED = ("hooks", "mcpServers", "permissionMode")
"""Fields that Claude Code does not read in the agents of a plugin."""


def lower(agent: Agent) -> Exported:
    """Return the agent as a plugin carries it."""
    fields, losses = front(agent, "mcp__plugin_{server}_{server}__{tool}")
    ignored = {key: fields.pop(key) for key in _IGNORED if key in fields}
    said = unkept(agent, *(key for key in agent.fields if key not in ignored))
    return Exported(
        str(fields["name"]), f"agents/{slug(agent.name)}.md", front_matter(fields, agent.body), (*losses, *said)
    )


def beside(files: Sequence[Exported]) -> tuple[Exported, ...]:
    """Return the manifest of a plugin that ships these agents."""
    name = slug(files[0].name) if len(files) == 1 else "exported-agents"
    manifest = {
        "name": name.replace("_", "-"),
        "version": "0.1.0",
        "description": f"Agents: {', '.join(file.name for file in files)}.",
        "author": {"name": f"written by backcheck {__version__}"},
    }
    note = Loss(Effect.NEEDS, "a name", f"the plugin is called {manifest['name']}: rename it, and say who wrote it")
    return (Exported("", ".claude-plugin/plugin.json", json.dumps(manifest, indent=2) + "\n", (note,)),)
