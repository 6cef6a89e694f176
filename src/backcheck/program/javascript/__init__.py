"""JavaScript and TypeScript: their lowering, where their modules lie, and what those export."""

from backcheck.program.javascript.exports import exports
from backcheck.program.javascript.modules import Locator
from backcheck.program.javascript.statements import lower

__all__ = ["Locator", "exports", "lower"]
