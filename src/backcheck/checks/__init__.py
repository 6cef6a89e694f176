"""The checks: one function for each page of `checklists/`, found by the item's area and id. Pure: facts in, judgements out."""

from backcheck.checks.finding import Check, find
from backcheck.checks.subjects import DefinitionFacts, Facts, Named, run

__all__ = ["Check", "DefinitionFacts", "Facts", "Named", "find", "run"]
