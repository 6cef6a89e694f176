"""osv-scanner: `--format json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcheck.evidence.document import items, mapping, string
from backcheck.evidence.rating import rated, scored
from backcheck.evidence.reading import Reading
from backcheck.evidence.report import Advisory, VulnerabilityScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.evidence.document import Document
    from backcheck.findings import Severity


def read(document: Document) -> Reading | None:
    """Read a scan. Without `--all-packages` it lists only what is vulnerable, so a clean one proves nothing."""
    results = document.object.get("results")
    if not isinstance(results, list) or not all("packages" in mapping(result) for result in results):
        return None
    packages = [mapping(package) for result in results for package in items(mapping(result)["packages"])]
    clean = sum(not package.get("vulnerabilities") for package in packages)
    scan = VulnerabilityScan(
        audited=len(packages) if clean else None,
        skipped=(),
        advisories=tuple(advisory for package in packages for advisory in _advisories(package)),
    )
    return Reading("vulnerability", "osv-scanner", scan, document.line_of('"vulnerabilities"', '"results"'))


def _advisories(entry: dict[str, Any]) -> Iterator[Advisory]:
    package = mapping(entry.get("package"))
    groups = [mapping(group) for group in items(entry.get("groups"))]
    for found in map(mapping, items(entry.get("vulnerabilities"))):
        identity = string(found.get("id"))
        group = next((group for group in groups if identity in items(group.get("ids"))), {})
        yield Advisory(
            string(package.get("name")), string(package.get("version")), identity, _severity(found, group), ""
        )


def _severity(found: dict[str, Any], group: dict[str, Any]) -> Severity | None:
    stated = rated(string(mapping(found.get("database_specific")).get("severity")))
    return stated or scored(group.get("max_severity"))
