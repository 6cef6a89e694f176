"""Definitions mended: every value kept, in a form that strict YAML and the clients read. Nothing is guessed, each mend is proved."""

from backcheck.definitions.fix.change import Change, Fixed
from backcheck.definitions.fix.diff import unified
from backcheck.definitions.fix.fixing import fixed
from backcheck.definitions.fix.many import Mend, mends
from backcheck.definitions.fix.replacing import replace

__all__ = ["Change", "Fixed", "Mend", "fixed", "mends", "replace", "unified"]
