"""Agents, tools, prompts, items and checklists: the pages that people write, loaded and typed."""
