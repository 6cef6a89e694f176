"""Python: its lowering, and where its modules lie."""

from backcheck.program.python.modules import Locator
from backcheck.program.python.statements import lower

__all__ = ["Locator", "lower"]
