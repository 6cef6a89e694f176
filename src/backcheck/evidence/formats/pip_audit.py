"""pip-audit: `-f json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.evidence.document import items, mapping, string
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import Advisory, VulnerabilityScan

if TYPE_CHECKING:
    from backcheck.evidence.document import Document


def read(document: Document) -> Reading | None:
    """Read pip-audit's result. It rates nothing, and lists what it could not look up beside what it did."""
    dependencies = document.object.get("dependencies")
    if not isinstance(dependencies, list):
        return None
    entries = [mapping(entry) for entry in dependencies]
    if not all("name" in entry and ("vulns" in entry or "skip_reason" in entry) for entry in entries):
        return None
    skipped = tuple(
        f"{string(entry['name'])}: {string(entry['skip_reason'])}" for entry in entries if "skip_reason" in entry
    )
    advisories = tuple(
        Advisory(
            package=string(entry["name"]),
            version=string(entry.get("version")),
            id=string(found.get("id")),
            severity=None,
            mended_in=", ".join(map(string, items(found.get("fix_versions")))),
        )
        for entry in entries
        for found in map(mapping, items(entry.get("vulns")))
    )
    scan = VulnerabilityScan(len(entries) - len(skipped), skipped, advisories)
    return Reading("vulnerability", "pip-audit", scan, document.line_of('"vulns": [{', '"vulns"', '"dependencies"'))
