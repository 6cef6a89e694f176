"""The model of a code base: dataclasses and nothing else. Every entity has a place, and unknown is a value."""

from backcheck.backend.calls import Call, CallKind
from backcheck.backend.model import Application, Backend, Framework, Manifest
from backcheck.backend.routes import Authentication, Guard, GuardKind, Route, Schema, Unresolved
from backcheck.backend.settings import Setting
from backcheck.backend.tables import Column, ForeignKey, Table

__all__ = [
    "Application",
    "Authentication",
    "Backend",
    "Call",
    "CallKind",
    "Column",
    "ForeignKey",
    "Framework",
    "Guard",
    "GuardKind",
    "Manifest",
    "Route",
    "Schema",
    "Setting",
    "Table",
    "Unresolved",
]
