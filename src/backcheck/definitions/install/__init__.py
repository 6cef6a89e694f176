"""Definitions where clients read them: installed with a stamp, found again by it, and taken out without a trace."""

from backcheck.definitions.install.drift import Drift, Health, survey
from backcheck.definitions.install.exporting import write_below
from backcheck.definitions.install.installing import Installed, State, install
from backcheck.definitions.install.scope import Scope
from backcheck.definitions.install.servers import connected, unconnected
from backcheck.definitions.install.source import Source, source_of
from backcheck.definitions.install.uninstalling import uninstall

__all__ = [
    "Drift",
    "Health",
    "Installed",
    "Scope",
    "Source",
    "State",
    "connected",
    "install",
    "source_of",
    "survey",
    "unconnected",
    "uninstall",
    "write_below",
]
