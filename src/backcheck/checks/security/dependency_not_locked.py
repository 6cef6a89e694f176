"""Every installation gets the versions that were tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Manifest
    from backcheck.findings import Judgement


def check(manifests: tuple[Manifest, ...]) -> Iterator[Judgement]:
    """Give one judgement for each manifest that names run-time dependencies: locked or not."""
    for manifest in manifests:
        if not manifest.dependencies:
            continue
        if manifest.lock is None:
            reason = (
                f"no lock file beside it or above it names all its {len(manifest.dependencies)} dependencies: "
                "the next installation may get other versions"
            )
            yield failed(manifest, reason)
        elif manifest.lock.path == manifest.place.path:
            yield passed(manifest, "it names exact versions")
        else:
            yield passed(manifest, f"{manifest.lock.path} fixes its versions", at=(manifest.lock,))
