"""npm audit and pnpm audit: `--json`, of npm 6 and of npm 7 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcheck.evidence.document import count, items, mapping, string
from backcheck.evidence.rating import rated
from backcheck.evidence.reading import Reading, refused
from backcheck.evidence.report import Advisory, VulnerabilityScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.evidence.document import Document


def read(document: Document) -> Reading | None:
    """Read an audit, or the JSON that npm leaves in its place when the registry refused it."""
    data = document.object
    error = mapping(data.get("error"))
    if error and "metadata" not in data and ("message" in data or "code" in error or "summary" in error):
        words = string(data.get("message")) or string(error.get("summary")) or string(error.get("code"))
        return refused("vulnerability", "npm audit", f"the audit itself failed: {words or 'no reason is stated'}")
    metadata = mapping(data.get("metadata"))
    if "vulnerabilities" not in metadata:
        return None
    advisories = tuple(_current(data) if "auditReportVersion" in data else _former(data))
    scan = VulnerabilityScan(_audited(metadata), (), advisories)
    return Reading("vulnerability", "npm audit", scan, document.line_of('"severity"', '"metadata"'))


def _current(data: dict[str, Any]) -> Iterator[Advisory]:
    """Give the advisories of npm 7 and later: each stands at the package it is about, and is named where that is used."""
    for name, entry in mapping(data.get("vulnerabilities")).items():
        for via in map(mapping, items(mapping(entry).get("via"))):
            if via:
                url = string(via.get("url")).rpartition("/")[2]
                severity = rated(string(via.get("severity")))
                yield Advisory(string(via.get("name")) or name, "", url or str(via.get("source", "")), severity)


def _former(data: dict[str, Any]) -> Iterator[Advisory]:
    for entry in map(mapping, mapping(data.get("advisories")).values()):
        found = mapping(next(iter(items(entry.get("findings"))), None))
        identity = next(map(string, items(entry.get("cves"))), "") or string(entry.get("url")).rpartition("/")[2]
        yield Advisory(
            string(entry.get("module_name")),
            string(found.get("version")),
            identity or str(entry.get("id", "")),
            rated(string(entry.get("severity"))),
            string(entry.get("patched_versions")),
        )


def _audited(metadata: dict[str, Any]) -> int | None:
    dependencies = metadata.get("dependencies")
    if isinstance(dependencies, dict):
        return count(dependencies.get("total"))
    if "totalDependencies" in metadata:
        return count(metadata["totalDependencies"])
    return None if dependencies is None else count(dependencies)
