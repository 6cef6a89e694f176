"""JavaScript's manifest: package.json."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from backcheck.extract.manifests.form import Form, Malformed

if TYPE_CHECKING:
    from backcheck.extract.manifests.folder import Folder
    from backcheck.extract.manifests.form import Dependencies


def _package(text: str, _path: str, _folder: Folder) -> Dependencies | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {str(error)[:200]}") from error
    if not isinstance(data, dict):
        raise Malformed("not a JSON object")
    sections = [data.get("dependencies"), data.get("optionalDependencies")]
    if not any(isinstance(section, dict) for section in sections):
        return None
    return [
        (name, constraint if isinstance(constraint, str) else "")
        for section in sections
        if isinstance(section, dict)
        for name, constraint in section.items()
        if not (isinstance(constraint, str) and constraint.startswith(("workspace:", "file:", "link:")))
    ]


FORMS = (
    Form(
        "npm",
        re.compile(r"(?:^|/)package\.json$"),
        _package,
        (
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "bun.lockb",
            "deno.lock",
        ),
    ),
)
