"""Claude Code: `.claude/agents/<name>.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.definitions.lowering.bringing import brings
from backcheck.definitions.lowering.claude import front
from backcheck.definitions.lowering.exported import Exported, Place
from backcheck.definitions.lowering.naming import slug
from backcheck.definitions.lowering.writing import front_matter

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent

PLACE = Place(".claude/agents", ".claude/agents", variable="CLAUDE_CONFIG_DIR")


def lower(agent: Agent) -> Exported:
    """Return the agent with a front matter that every reader takes alike, and tools under the names of today."""
    fields, losses = front(agent, "mcp__{server}__{tool}")
    path = f"{PLACE.project}/{slug(agent.name)}{PLACE.ending}"
    return Exported(str(fields["name"]), path, front_matter(fields, agent.body), (*brings(fields), *losses))
