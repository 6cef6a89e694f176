"""YAML as Claude Code's own reader takes it: that of Bun 1.4.4, compared with it on some hundred thousand small documents.

It is YAML 1.2 with the core schema, and differs from PyYAML in what it refuses and in what it lets pass: an unknown tag is
dropped, the last of two equal keys holds, several documents are a list of them, `yes` and dates are text. Time is linear.
"""

from backcheck.definitions.clients.bun.block import read
from backcheck.definitions.clients.bun.text import BunYamlError

__all__ = ["BunYamlError", "read"]
