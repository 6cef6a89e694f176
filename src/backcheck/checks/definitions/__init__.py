"""Checks of agent definitions: what they say, against what a client makes of it."""
