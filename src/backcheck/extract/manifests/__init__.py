"""Manifests, the lock files that fix their versions, and the frameworks that they and the code's imports name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Backend, Manifest
from backcheck.extract.manifests import javascript, others, python
from backcheck.extract.manifests.folder import Folder
from backcheck.extract.manifests.form import Malformed
from backcheck.extract.manifests.frameworks import imported, named_in_manifests
from backcheck.extract.manifests.locks import lock_of
from backcheck.findings import Place, Unread
from backcheck.source import Role

if TYPE_CHECKING:
    from backcheck.extract.manifests.form import Form
    from backcheck.program import Program

FORMS: tuple[Form, ...] = (*python.FORMS, *javascript.FORMS, *others.FORMS)


def extract(program: Program) -> Backend:
    """Return the manifests of the application's own folders, and the frameworks that it builds on."""
    manifests: list[Manifest] = []
    unread: list[Unread] = []
    folder = Folder(program.tree)
    for file in program.tree.files:
        form = next((form for form in FORMS if form.names(file.path)), None)
        if form is None or file.role is not Role.APPLICATION:
            continue
        text = folder.text(file.path)
        if text is None:
            unread.append(Unread(file.path, "a manifest that cannot be read, or is far too large for one"))
            continue
        try:
            dependencies = form.read(text, file.path, folder)
        except Malformed as error:
            unread.append(Unread(file.path, str(error)))
            continue
        if dependencies is not None:
            place = folder.line_of(file.path, dependencies[0][0]) if dependencies else Place(file.path)
            lock = lock_of(form, file.path, dependencies, folder)
            manifests.append(Manifest(place, form.ecosystem, tuple(dependencies), lock))
    frameworks = (*named_in_manifests(manifests, folder), *imported(program))
    first = {framework.name: framework for framework in reversed(frameworks)}
    return Backend(
        manifests=tuple(manifests),
        frameworks=tuple(sorted(first.values(), key=lambda framework: framework.place)),
        unread=tuple(unread),
    )
