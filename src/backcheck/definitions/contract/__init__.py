"""The contract: what an agent definition promises of its output, and the items that answer each line."""

from backcheck.definitions.contract.binding import BoundContract, BoundLine, bind, bind_contract
from backcheck.definitions.contract.documents import DocumentRule
from backcheck.definitions.contract.merging import Contradiction
from backcheck.definitions.contract.reading import Contract, Promise, Rule, read_contract
from backcheck.definitions.contract.targets import Target

__all__ = [
    "BoundContract",
    "BoundLine",
    "Contract",
    "Contradiction",
    "DocumentRule",
    "Promise",
    "Rule",
    "Target",
    "bind",
    "bind_contract",
    "read_contract",
]
