"""Manifests of the languages that we do not read: names enough to know which framework a code base is built on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backcheck.extract.manifests.form import Form, Malformed
from backcheck.extract.manifests.python import parse_toml, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from backcheck.extract.manifests.folder import Folder
    from backcheck.extract.manifests.form import Dependencies

_GO = re.compile(
    r"^\s*(?:require\s+)?([\w.-]{1,100}\.[\w.-]{1,100}/\S{1,300})\s+(v\S{1,100})(?!.*// indirect)", re.MULTILINE
)
_GEM = re.compile(r"""^\s*gem\s*\(?\s*["']([\w-]{1,100})["'](?:\s*,\s*["']([^"']{1,100})["'])?""", re.MULTILINE)
_GRADLE = re.compile(
    r"""^\s*(?:implementation|api|compile|runtimeOnly)\s*[( ]\s*["']([\w.-]{1,200}:[\w.-]{1,200})(?::([^"'@]{1,100}))?""",
    re.MULTILINE,
)
_MIX = re.compile(r"^\s*\{:(\w{1,100}),\s*\"([^\"]{1,100})\"", re.MULTILINE)
_NUGET = re.compile(r'<PackageReference\s+Include="([\w.-]{1,200})"(?:\s+Version="([^"]{1,100})")?')
_WEB_SDK = re.compile(r'<Project\s+Sdk="(Microsoft\.NET\.Sdk\.Web)"')

_EXACT_VERSION = re.compile(r"(?:\d[\w.-]*|)")


def _matching(*forms: re.Pattern[str]) -> Callable[[str, str, Folder], Dependencies]:
    def read(text: str, _path: str, _folder: Folder) -> Dependencies:
        return [
            (match[1], (match[2] or "") if form.groups > 1 else "") for form in forms for match in form.finditer(text)
        ]

    return read


def _pom(text: str, _path: str, _folder: Folder) -> Dependencies:
    try:
        root = fromstring(text.encode("utf-8", "replace"))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Malformed(f"not XML that is safe to read: {str(error)[:200]}") from error
    found = []
    for entry in root.iter():
        if entry.tag.rpartition("}")[2] not in {"dependency", "parent"}:
            continue
        parts = {part.tag.rpartition("}")[2]: (part.text or "").strip() for part in entry}
        if parts.get("scope") not in {"test", "provided"} and "artifactId" in parts:
            found.append((f"{parts.get('groupId', '')}:{parts['artifactId']}", parts.get("version", "")))
    return found


def _composer(text: str, _path: str, _folder: Folder) -> Dependencies:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {str(error)[:200]}") from error
    required = table(table(data).get("require"))
    return [(name, str(constraint)) for name, constraint in required.items() if "/" in name]


def _cargo(text: str, _path: str, _folder: Folder) -> Dependencies | None:
    entries = parse_toml(text).get("dependencies")
    if not isinstance(entries, dict):
        return None
    return [
        (name, value if isinstance(value, str) else str(table(value).get("version", "")))
        for name, value in entries.items()
    ]


FORMS = (
    Form("go", re.compile(r"(?:^|/)go\.mod$"), _matching(_GO), ("go.sum",)),
    Form("maven", re.compile(r"(?:^|/)pom\.xml$"), _pom, (), re.compile(r"(?:\d[\w.-]*|\$\{[\w.-]+\}|)")),
    Form("maven", re.compile(r"(?:^|/)build\.gradle(?:\.kts)?$"), _matching(_GRADLE), ("gradle.lockfile",), re.compile(r"(?:\d[\w.-]*\w|)")),
    Form("gems", re.compile(r"(?:^|/)Gemfile$"), _matching(_GEM), ("Gemfile.lock",)),
    Form("composer", re.compile(r"(?:^|/)composer\.json$"), _composer, ("composer.lock",)),
    Form("cargo", re.compile(r"(?:^|/)Cargo\.toml$"), _cargo, ("Cargo.lock",)),
    Form("hex", re.compile(r"(?:^|/)mix\.exs$"), _matching(_MIX), ("mix.lock",)),
    Form("nuget", re.compile(r"\.csproj$"), _matching(_NUGET, _WEB_SDK), ("packages.lock.json",), _EXACT_VERSION),
)  # fmt: skip
