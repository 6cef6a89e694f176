"""Agent definitions: the shipped ones and anybody's, read forgivingly, with every mend on record."""

from backcheck.definitions.agents.definition import Agent, tool_names
from backcheck.definitions.agents.loading import MAX_BYTES, load_agent, parse_agent, read_bytes
from backcheck.definitions.agents.recovery import RULES, Recovery
from backcheck.definitions.agents.shipped import find_agent, shipped_agents

__all__ = [
    "MAX_BYTES",
    "RULES",
    "Agent",
    "Recovery",
    "find_agent",
    "load_agent",
    "parse_agent",
    "read_bytes",
    "shipped_agents",
    "tool_names",
]
