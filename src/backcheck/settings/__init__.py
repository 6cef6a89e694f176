"""Configuration and where each value comes from; the directories of state and cache; stored blobs."""

from backcheck.settings.blobs import Blobs
from backcheck.settings.configuration import Configuration, load_configuration
from backcheck.settings.confined import read_below
from backcheck.settings.directories import cache_directory, home_folder, state_directory

__all__ = [
    "Blobs",
    "Configuration",
    "cache_directory",
    "home_folder",
    "load_configuration",
    "read_below",
    "state_directory",
]
