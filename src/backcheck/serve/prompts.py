"""Agents as MCP prompts: the agent's own words, then the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mcp.types as wire
from mcp.shared.exceptions import MCPError

from backcheck.definitions.agents import shipped_agents

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

_TASK = wire.PromptArgument(name="task", description="What the agent is to do, in a sentence or more.", required=True)


class Prompts:
    """Lists the shipped agents and gives one as a prompt."""

    def __init__(self) -> None:
        """Load the agents that are shipped; a workspace's own are never offered."""
        self._agents = {agent.name: agent for agent in shipped_agents()}

    async def list(
        self, _context: ServerRequestContext[Any], _params: wire.PaginatedRequestParams | None
    ) -> wire.ListPromptsResult:
        """Give every agent, by name."""
        return wire.ListPromptsResult(
            prompts=[
                wire.Prompt(name=name, description=agent.description, arguments=[_TASK])
                for name, agent in sorted(self._agents.items())
            ]
        )

    async def get(
        self, _context: ServerRequestContext[Any], params: wire.GetPromptRequestParams
    ) -> wire.GetPromptResult:
        """Give one agent with its task. An unknown agent or a missing task is an invalid request."""
        agent = self._agents.get(params.name)
        if agent is None:
            known = ", ".join(sorted(self._agents))
            raise MCPError(wire.INVALID_PARAMS, f"no agent {params.name!r}; there are: {known}")
        task = (params.arguments or {}).get("task", "").strip()
        if not task:
            raise MCPError(wire.INVALID_PARAMS, f"the agent {params.name!r} needs the argument 'task'")
        text = f"{agent.body.strip()}\n\n# Your task\n\n{task}"
        return wire.GetPromptResult(
            description=agent.description,
            messages=[wire.PromptMessage(role="user", content=wire.TextContent(type="text", text=text))],
        )
