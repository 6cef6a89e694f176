"""The Backend: everything that extraction found in one code base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.findings import Subject

if TYPE_CHECKING:
    from backcheck.backend.calls import Call
    from backcheck.backend.routes import Guard, Route
    from backcheck.backend.settings import Setting
    from backcheck.backend.tables import Table
    from backcheck.findings import Place, Unread


@dataclass(frozen=True, slots=True)
class Framework:
    """A web framework that a manifest or an import names."""

    name: str
    """`fastapi`, `express`, `django`, `rails` …"""
    place: Place
    """Where it is named."""
    read: bool
    """Whether an extractor of ours reads it."""


@dataclass(frozen=True, slots=True)
class Application:
    """One web application: what one server process would serve."""

    name: str
    """Path of its file and its variable: `app/main.py:app`."""
    framework: str
    place: Place
    """Where it is created: the anchor of findings about something that is absent."""
    guards: tuple[Guard, ...] = ()
    """Application-wide middlewares and dependencies, in order."""

    @property
    def subject(self) -> Subject:
        """The application as a subject."""
        return Subject("application", self.name, self.place)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that names dependencies: `pyproject.toml`, `requirements.txt`, `package.json`."""

    place: Place
    ecosystem: str
    """`pypi`, `npm`, `go`, `maven`, `gems` …"""
    dependencies: tuple[tuple[str, str], ...]
    """Normalised name and version constraint as written (empty where none), run-time ones only."""
    lock: Place | None = None
    """The lock file that fixes the versions, if one lies beside it or above it."""

    @property
    def subject(self) -> Subject:
        """The manifest as a subject: its path."""
        return Subject("manifest", self.place.path, self.place)


@dataclass(frozen=True, slots=True)
class Backend:
    """The model of one code base. Tuples are in order of path and line, so that two runs give equal models."""

    applications: tuple[Application, ...] = ()
    routes: tuple[Route, ...] = ()
    tables: tuple[Table, ...] = ()
    calls: tuple[Call, ...] = ()
    settings: tuple[Setting, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    deployment: tuple[Guard, ...] = ()
    """What deployment files in the repository do in front of the application: `https-redirect` at a proxy …"""
    files: tuple[str, ...] = ()
    """Application files that an extractor examined."""
    unread: tuple[Unread, ...] = ()
    """Files, or parts of them, that nobody could read, and why."""
