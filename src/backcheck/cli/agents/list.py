"""`backcheck agents list`: the shipped definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.cli.agents._shown import FORMAT, Format, as_json, table

if TYPE_CHECKING:
    import typer


def list_agents(form: FORMAT = Format.TERMINAL) -> None:
    """List the agents that backcheck ships."""
    from backcheck.definitions.agents import shipped_agents

    agents = shipped_agents()
    if form is Format.JSON:
        as_json({"agents": [{"name": a.name, "description": a.description, "file": str(a.path)} for a in agents]})
        return
    table(
        ("agent", "model", "tools", "contract", "used for"),
        (
            (
                agent.name,
                agent.model or "inherited",
                "default" if agent.tools is None else str(len(agent.tools)),
                f"{sum(1 for _ in agent.contract.lines())} lines",
                agent.description.split("Example")[0].split(". ")[0].strip().rstrip("."),
            )
            for agent in agents
        ),
    )


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("list")(list_agents)
